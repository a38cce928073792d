//! Half precision for inference where a device gains by it.

use burn::module::{ModuleMapper, Param};
use burn::prelude::{Device, Module, Tensor};
use burn::tensor::FloatDType;

/// What inference should compute in: 16-bit floats on graphics adapters that can, 32-bit ones elsewhere.
///
/// The CPU device has 16-bit floats too, but computes in 32 bits and only converts more.
pub fn inference_dtype(device: &Device) -> FloatDType {
    let device = device.clone().without_autodiff();
    // Of the two halves, F16 keeps 3 bits more than BF16; features of normalized networks stay far
    // below its largest number.
    if device != Device::flex() && device.supports_dtype(FloatDType::F16) {
        FloatDType::F16
    } else {
        FloatDType::F32
    }
}

/// All floats of a module as `dtype`. Give it a folded module: batch norms change their running
/// statistics for all clones. Pictures must be cast before, and scores after.
pub fn cast<M: Module>(module: M, dtype: FloatDType) -> M {
    module.map(&mut Caster { dtype })
}

struct Caster {
    dtype: FloatDType,
}

impl ModuleMapper for Caster {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|tensor| tensor.cast(self.dtype))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::initial::seeded;
    use crate::nn::named::host_tensor;
    use crate::nn::resnet::ResNetConfig;

    #[test]
    fn the_cpu_stays_at_full_precision() {
        assert_eq!(inference_dtype(&Device::flex()), FloatDType::F32);
        assert_eq!(inference_dtype(&Device::flex().autodiff()), FloatDType::F32);
    }

    #[test]
    fn a_network_in_half_precision_gives_nearly_the_same_features() {
        let device = Device::flex();
        let config = ResNetConfig::resnet18().with_channels(4);
        let network = seeded(config.init(&device), 1).folded();
        let images = Tensor::<4>::ones([1, 3, 32, 32], &device);
        let full = host_tensor(network.run(images.clone(), None)).unwrap();
        let half = cast(network, FloatDType::F16).run(images.cast(FloatDType::F16), None);
        assert_eq!(half.dtype(), FloatDType::F16.into());
        let half = host_tensor(half.cast(FloatDType::F32)).unwrap();
        let largest = full.values.iter().copied().fold(0.0, f32::max);
        for (full, half) in full.values.iter().zip(&half.values) {
            // Eleven bits, rounded some twenty times.
            assert!((full - half).abs() < 0.01 * largest, "{full} and {half}");
        }
    }
}
