//! First weights of a network, drawn from a seed on the host: the same on every device and whatever
//! else runs. burn's own initializers share one generator a device among all threads.

use burn::module::{ModuleMapper, Param};
use burn::prelude::{Module, Tensor, TensorData};

use crate::nn::noise::SplitMix;

/// Replaces weights and biases by uniform numbers within `1 / sqrt(inputs)` (burn's and `PyTorch`'s
/// default); batch norms keep their ones and zeros.
pub fn seeded<M: Module>(module: M, seed: u64) -> M {
    drawn(module, seed, |inputs, _| {
        let bound = 1.0 / inputs.sqrt();
        [bound, bound]
    })
}

/// Replaces weights by uniform numbers within `sqrt(6 / (inputs + outputs))` and biases by zeros: Keras's
/// default (Glorot and Bengio 2010, equation 16).
pub fn glorot<M: Module>(module: M, seed: u64) -> M {
    drawn(module, seed, |inputs, outputs| {
        [(6.0 / (inputs + outputs)).sqrt(), 0.0]
    })
}

/// `bounds`: of a weight and of the bias after it, by the numbers that flow into one output and out of
/// one input.
fn drawn<M: Module>(module: M, seed: u64, bounds: fn(f32, f32) -> [f32; 2]) -> M {
    module.map(&mut Drawer {
        path: Vec::new(),
        numbers: SplitMix::new(seed),
        bounds,
        bias_bound: 1.0,
    })
}

struct Drawer {
    path: Vec<String>,
    numbers: SplitMix,
    bounds: fn(f32, f32) -> [f32; 2],
    /// Of the last weight: a bias follows its weight.
    bias_bound: f32,
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
        let bound = match self.path.last().map(String::as_str) {
            Some("weight") => {
                // Linear weights are [in, out]; convolutions [out, in / groups, height, width].
                let (inputs, outputs) = if D == 2 {
                    (shape[0], shape[1])
                } else {
                    let taps: usize = shape[2..].iter().product();
                    (shape[1] * taps, shape[0] * taps)
                };
                let [bound, bias_bound] = (self.bounds)(inputs as f32, outputs as f32);
                self.bias_bound = bias_bound;
                bound
            }
            Some("bias") => self.bias_bound,
            _ => return param,
        };
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
    use burn::nn::conv::Conv2dConfig;
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
    fn glorots_bound_looks_at_both_sides_and_leaves_biases_zero() {
        let conv = Conv2dConfig::new([6, 10], [3, 5]).init(&Device::flex());
        let tensors = collect(&glorot(conv, 1)).unwrap();
        let most = |name: &str| tensors[name].values.iter().copied().fold(0.0, f32::max);
        // torch.nn.init.xavier_uniform_: sqrt(6 / (90 + 150)), nearly met by 900 numbers.
        let bound = 0.025_f32.sqrt();
        assert!((0.99 * bound..=bound).contains(&most("weight")));
        assert!(tensors["bias"].values.iter().all(|&bias| bias == 0.0));
    }

    #[test]
    fn parameters_on_an_autodiff_device_stay_trainable() {
        let linear = seeded(LinearConfig::new(2, 2).init(&Device::flex().autodiff()), 1);
        assert!(linear.weight.is_require_grad());
    }
}
