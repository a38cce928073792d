//! First weights of a network, drawn from a seed on the host: the same on every device and whatever
//! else runs. burn's own initializers share one generator a device among all threads.

use burn::module::{ModuleMapper, Param};
use burn::prelude::{Module, Tensor, TensorData};

use crate::nn::noise::SplitMix;

/// Replaces weights and biases by uniform numbers within `1 / sqrt(inputs)` (burn's and `PyTorch`'s
/// default); batch norms keep their ones and zeros.
pub fn seeded<M: Module>(module: M, seed: u64) -> M {
    drawn(module, seed, |inputs, _, _| {
        let bound = 1.0 / inputs.sqrt();
        [Law::Uniform(bound), Law::Uniform(bound)]
    })
}

/// Replaces weights by uniform numbers within `sqrt(6 / (inputs + outputs))` and biases by zeros: Keras's
/// default (Glorot and Bengio 2010, equation 16).
pub fn glorot<M: Module>(module: M, seed: u64) -> M {
    drawn(module, seed, |inputs, outputs, _| {
        let bound = (6.0 / (inputs + outputs)).sqrt();
        [Law::Uniform(bound), Law::Uniform(0.0)]
    })
}

/// Replaces weights by normal numbers of deviation `sqrt(2 / inputs)` and biases by zeros (He et al.,
/// Delving Deep into Rectifiers, 2015): what follows a `ReLU` keeps its strength from layer to layer.
pub fn he_normal<M: Module>(module: M, seed: u64) -> M {
    drawn(module, seed, |inputs, _, _| {
        [Law::Normal((2.0 / inputs).sqrt()), Law::Uniform(0.0)]
    })
}

/// DCGAN's start (Radford et al. 2016, as its authors' code has it): weights of convolutions of deviation
/// 0.02 around 0, scales of batch norms of deviation 0.02 around 1; biases of convolutions and linear layers
/// as [`seeded`].
pub fn dcgan<M: Module>(module: M, seed: u64) -> M {
    let law: WeightLaw = |inputs, _, is_linear| {
        let bound = Law::Uniform(1.0 / inputs.sqrt());
        [if is_linear { bound } else { Law::Normal(0.02) }, bound]
    };
    module.map(&mut Drawer {
        scale_deviation: Some(0.02),
        ..Drawer::new(seed, law)
    })
}

fn drawn<M: Module>(module: M, seed: u64, law: WeightLaw) -> M {
    module.map(&mut Drawer::new(seed, law))
}

/// Of a weight and of the bias after it, by the numbers that flow into one output and out of one input, and
/// by whether the layer is linear.
type WeightLaw = fn(f32, f32, bool) -> [Law; 2];

/// How numbers around zero are drawn.
#[derive(Clone, Copy)]
enum Law {
    /// Between the bound below zero and that above.
    Uniform(f32),
    /// With this deviation.
    Normal(f32),
}

struct Drawer {
    path: Vec<String>,
    numbers: SplitMix,
    law: WeightLaw,
    /// Of the last weight: a bias follows its weight.
    bias_law: Law,
    /// Of the scales of batch norms around 1; none leaves them alone.
    scale_deviation: Option<f32>,
}

impl Drawer {
    fn new(seed: u64, law: WeightLaw) -> Self {
        Self {
            path: Vec::new(),
            numbers: SplitMix::new(seed),
            law,
            bias_law: Law::Uniform(1.0),
            scale_deviation: None,
        }
    }

    fn draw(&mut self, law: Law, count: usize) -> Vec<f32> {
        match law {
            Law::Uniform(bound) => (0..count)
                .map(|_| bound * (2.0 * self.numbers.uniform() - 1.0))
                .collect(),
            Law::Normal(deviation) => (0..count.div_ceil(2))
                .flat_map(|_| self.numbers.normals())
                .take(count)
                .map(|number| deviation * number)
                .collect(),
        }
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
        let mut center = 0.0;
        let law = match (self.path.last().map(String::as_str), self.scale_deviation) {
            (Some("weight"), _) => {
                // Linear weights are [in, out]; convolutions [out, in / groups, height, width].
                let (inputs, outputs) = if D == 2 {
                    (shape[0], shape[1])
                } else {
                    let taps: usize = shape[2..].iter().product();
                    (shape[1] * taps, shape[0] * taps)
                };
                let [law, bias_law] = (self.law)(inputs as f32, outputs as f32, D == 2);
                self.bias_law = bias_law;
                law
            }
            (Some("bias"), _) => self.bias_law,
            (Some("gamma"), Some(deviation)) => {
                center = 1.0;
                Law::Normal(deviation)
            }
            _ => return param,
        };
        let mut values = self.draw(law, shape.num_elements());
        for value in &mut values {
            *value += center;
        }
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
    fn normal_starts_have_their_deviations() {
        let device = Device::flex();
        let spread = |values: &[f32], center: f32| {
            let squares = values.iter().map(|value| (value - center).powi(2));
            (squares.sum::<f32>() / values.len() as f32).sqrt()
        };
        // 14,400 numbers: the deviation is met within a few percent.
        let conv = Conv2dConfig::new([40, 40], [3, 3]);
        let tensors = collect(&he_normal(conv.init(&device), 1)).unwrap();
        let found = spread(&tensors["weight"].values, 0.0) / (2.0_f32 / 360.0).sqrt();
        assert!((found - 1.0).abs() < 0.03, "{found}");
        assert!(tensors["bias"].values.iter().all(|&bias| bias == 0.0));
        let tensors = collect(&dcgan(conv.init(&device), 1)).unwrap();
        let found = spread(&tensors["weight"].values, 0.0) / 0.02;
        assert!((found - 1.0).abs() < 0.03, "{found}");
        let norm = burn::nn::BatchNormConfig::new(4_000).init(&device);
        let tensors = collect(&dcgan(norm, 1)).unwrap();
        let found = spread(&tensors["gamma"].values, 1.0) / 0.02;
        assert!((found - 1.0).abs() < 0.05, "{found}");
        assert!(tensors["beta"].values.iter().all(|&shift| shift == 0.0));
    }

    #[test]
    fn parameters_on_an_autodiff_device_stay_trainable() {
        let linear = seeded(LinearConfig::new(2, 2).init(&Device::flex().autodiff()), 1);
        assert!(linear.weight.is_require_grad());
    }
}
