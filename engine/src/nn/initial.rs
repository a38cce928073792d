//! First weights of a network, drawn from a seed on the host: the same on every device and whatever
//! else runs. burn's own initializers share one generator a device among all threads.

use burn::module::{ModuleMapper, Param};
use burn::prelude::{Module, Tensor, TensorData};

use crate::nn::noise::SplitMix;

/// Replaces weights and biases by uniform numbers within `1 / sqrt(inputs)` (burn's and `PyTorch`'s
/// default); batch norms keep their ones and zeros.
pub fn seeded<M: Module>(module: M, seed: u64) -> M {
    module.map(&mut Drawer {
        path: Vec::new(),
        numbers: SplitMix::new(seed),
        num_inputs: 1,
    })
}

struct Drawer {
    path: Vec<String>,
    numbers: SplitMix,
    /// Of the last weight: a bias follows its weight and has the same bound.
    num_inputs: usize,
}

impl Drawer {
    /// In -1 to 1.
    fn uniform(&mut self) -> f32 {
        2.0 * self.numbers.uniform() - 1.0
    }
}

impl ModuleMapper for Drawer {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let shape = param.lazy_shape();
        match self.path.last().map(String::as_str) {
            // Linear weights are [in, out]; convolutions [out, in / groups, height, width].
            Some("weight") if D == 2 => self.num_inputs = shape[0],
            Some("weight") => self.num_inputs = shape[1..].iter().product(),
            Some("bias") => {}
            _ => return param,
        }
        let bound = 1.0 / (self.num_inputs as f32).sqrt();
        let values: Vec<f32> = (0..shape.num_elements())
            .map(|_| bound * self.uniform())
            .collect();
        let tensor = Tensor::from_data(TensorData::new(values, shape), &param.lazy_device());
        let id = param.id;
        param.transform_for_load(tensor, id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::collect;
    use burn::nn::LinearConfig;
    use burn::prelude::Device;

    #[test]
    fn a_seed_gives_the_same_numbers_and_another_seed_others() {
        let start = |seed| {
            let linear = LinearConfig::new(4, 8).init(&Device::flex());
            collect(&seeded(linear, seed)).unwrap()
        };
        assert_eq!(start(7), start(7));
        assert_ne!(start(7), start(8));
    }

    #[test]
    fn numbers_fill_the_bound_on_both_sides() {
        let linear = LinearConfig::new(4, 4096).init(&Device::flex());
        let tensors = collect(&seeded(linear, 1)).unwrap();
        for tensor in tensors.values() {
            let min = tensor.values.iter().copied().fold(f32::MAX, f32::min);
            let max = tensor.values.iter().copied().fold(f32::MIN, f32::max);
            assert!((-0.5..-0.49).contains(&min), "{min}");
            assert!((0.49..=0.5).contains(&max), "{max}");
        }
    }

    #[test]
    fn parameters_on_an_autodiff_device_stay_trainable() {
        let linear = seeded(LinearConfig::new(2, 2).init(&Device::flex().autodiff()), 1);
        assert!(linear.weight.is_require_grad());
    }
}
