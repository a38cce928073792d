//! Stochastic depth: in training a block is skipped for some samples, and counts more for the others.
//! Huang et al., Deep Networks with Stochastic Depth, 2016, in the per-sample form of `timm`.

use burn::module::{Flag, Param};
use burn::prelude::{Module, Tensor, TensorData};

use crate::nn::noise::Noise;

/// Works only on an autodiff device, with noise, and while its module is not frozen, as burn's dropout
/// does.
#[derive(Module, Debug)]
pub struct DropPath {
    rate: f64,
    training: Param<Flag>,
}

impl DropPath {
    /// `rate`: how likely a sample goes without the block, at least 0 and below 1.
    pub fn new(rate: f64) -> Self {
        Self {
            rate,
            training: Param::from_bool(true),
        }
    }

    /// # Shapes
    /// - `block`, what the block adds to its input, and output: `[batch, channels, height, width]`
    pub fn forward(&self, block: Tensor<4>, noise: &mut Noise) -> Tensor<4> {
        let [batch, ..] = block.dims();
        let device = block.device();
        if !(self.training.is_enabled() && device.is_autodiff()) {
            return block;
        }
        match noise.factors(batch, self.rate) {
            Some(factors) => {
                let factors = TensorData::new(factors, [batch, 1, 1, 1]);
                block * Tensor::from_data(factors, &device)
            }
            None => block,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::host_tensor;
    use burn::prelude::Device;

    /// One number a sample: what ones become.
    fn dropped(layer: &DropPath, device: &Device, noise: &mut Noise) -> Vec<f32> {
        let output = layer.forward(Tensor::ones([64, 2, 1, 2], device), noise);
        let values = host_tensor(output.without_autodiff()).unwrap().values;
        let (samples, _) = values.as_chunks::<4>();
        assert!(samples.iter().all(|sample| *sample == [sample[0]; 4]));
        samples.iter().map(|sample| sample[0]).collect()
    }

    #[test]
    fn whole_samples_are_dropped_and_the_others_make_up_for_them() {
        let device = Device::flex().autodiff();
        let values = dropped(&DropPath::new(0.5), &device, &mut Noise::of_step(1, 1));
        assert!(values.iter().all(|&value| value == 0.0 || value == 2.0));
        let count = values.iter().filter(|&&value| value == 0.0).count();
        assert!((16..48).contains(&count), "{count}");
    }

    #[test]
    fn the_same_step_drops_the_same_samples() {
        let device = Device::flex().autodiff();
        let values = |step| dropped(&DropPath::new(0.5), &device, &mut Noise::of_step(1, step));
        assert_eq!(values(5), values(5));
        assert_ne!(values(5), values(6));
    }

    #[test]
    fn inference_and_frozen_modules_drop_nothing() {
        let device = Device::flex().autodiff();
        let layer = DropPath::new(0.9);
        let noise = || Noise::of_step(1, 1);
        let all = vec![1.0; 64];
        assert_eq!(dropped(&layer, &Device::flex(), &mut noise()), all);
        assert_eq!(dropped(&layer, &device, &mut Noise::off()), all);
        assert_eq!(dropped(&layer.valid(), &device, &mut noise()), all);
        assert_eq!(dropped(&layer.freeze(), &device, &mut noise()), all);
    }
}
