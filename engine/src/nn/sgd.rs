//! Gradient descent with momentum, with its state kept by the path of each parameter, so that a
//! checkpoint can go on exactly.
//!
//! `PyTorch`'s form: dampening is 0, where burn's default of 0.1 is not what the papers used (METHODS 0.2).

use std::collections::BTreeMap;

use burn::prelude::{Device, Module, Tensor};
use burn::tensor::Gradients;

use crate::nn::descent::{descend, remembered};
use crate::nn::kernels::buffers;
use crate::nn::kernels::update::sgd::{SgdStep, sgd_step};
use crate::nn::named::{NamedTensors, host_tensor};

/// What [`Sgd::state`] calls the momenta.
const PREFIX: &str = "momentum.";

/// Numbers of the update.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SgdSettings {
    /// The share of the last step's direction that is kept, 0 to below 1.
    pub momentum: f32,
    /// Added to the gradient, times the parameter.
    pub weight_decay: f32,
}

/// The optimizer and its memory of past gradients.
pub struct Sgd {
    settings: SgdSettings,
    /// Flat, of every parameter that has ever had a gradient.
    momenta: BTreeMap<String, Tensor<1>>,
}

impl Default for SgdSettings {
    fn default() -> Self {
        Self {
            momentum: 0.9,
            weight_decay: 0.0,
        }
    }
}

impl Sgd {
    pub fn new(settings: SgdSettings) -> Self {
        Self {
            settings,
            momenta: BTreeMap::new(),
        }
    }

    /// One update of the parameters that have a gradient. All others keep their value and their
    /// momentum: neither old momentum nor weight decay moves them.
    pub fn step<M: Module>(&mut self, module: M, gradients: Gradients, rate: f64) -> M {
        self.step_with_rates(module, gradients, |_| rate)
    }

    /// As [`Self::step`], with the learning rate of each parameter by its path.
    pub fn step_with_rates<M: Module>(
        &mut self,
        module: M,
        gradients: Gradients,
        rate: impl Fn(&str) -> f64,
    ) -> M {
        descend(module, gradients, |path, value, gradient| {
            let step = SgdStep {
                momentum: self.settings.momentum,
                weight_decay: self.settings.weight_decay,
                rate: rate(path) as f32,
            };
            let [value, momentum] = sgd_step(value, gradient, self.momenta.remove(path), step);
            self.momenta.insert(path.to_owned(), momentum);
            value
        })
    }

    /// The state: `momentum.PATH`.
    pub fn state(&self) -> Result<NamedTensors, String> {
        self.momenta
            .iter()
            .map(|(path, momentum)| {
                let momentum = host_tensor(momentum.clone())?;
                Ok((format!("{PREFIX}{path}"), momentum))
            })
            .collect()
    }

    /// Takes up a state; `device` is the one the gradients are on.
    pub fn restore(&mut self, state: NamedTensors, device: &Device) -> Result<(), String> {
        let device = device.clone().without_autodiff();
        self.momenta = state
            .into_iter()
            .map(|(name, momentum)| match name.strip_prefix(PREFIX) {
                Some(path) => Ok((path.to_owned(), remembered(momentum, &device))),
                None => Err(format!("{name} is not a momentum")),
            })
            .collect::<Result<_, _>>()?;
        Ok(())
    }
}

/// The end of a training: nobody takes up the memory its steps kept.
impl Drop for Sgd {
    fn drop(&mut self) {
        buffers::clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::{HostTensor, apply, collect};
    use burn::nn::{Linear, LinearConfig};
    use burn::prelude::TensorData;

    const SETTINGS: SgdSettings = SgdSettings {
        momentum: 0.9,
        weight_decay: 0.1,
    };

    #[derive(Module, Debug)]
    struct Pair {
        used: Linear,
        other: Linear,
    }

    fn pair(device: &Device) -> Pair {
        let linear = || LinearConfig::new(3, 1).with_bias(false).init(device);
        let weight = || HostTensor {
            shape: vec![3, 1],
            values: vec![1.0, -2.0, 0.5],
        };
        let tensors = ["used.weight", "other.weight"].map(|name| (name.to_owned(), weight()));
        let pair = Pair {
            used: linear(),
            other: linear(),
        };
        apply(pair, NamedTensors::from(tensors)).unwrap()
    }

    /// A step in which the gradient of a layer's weight is `slope`.
    fn step(sgd: &mut Sgd, pair: Pair, both: bool, slope: [f32; 3], device: &Device) -> Pair {
        let input = Tensor::<2>::from_data(TensorData::new(slope.to_vec(), [1, 3]), device);
        let mut loss = pair.used.forward(input.clone()).sum();
        if both {
            loss = loss + pair.other.forward(input).sum();
        }
        sgd.step(pair, loss.backward(), 0.1)
    }

    fn weight(linear: &Linear) -> Vec<f32> {
        host_tensor(linear.weight.val()).unwrap().values
    }

    #[test]
    fn three_steps_give_the_numbers_of_pytorch() {
        // p = torch.tensor([1., -2., .5], requires_grad=True)
        // o = torch.optim.SGD([p], lr=.1, momentum=.9, weight_decay=.1)
        // for g in [[.5, 1., 2.], [-1., .3, 0.], [.25, -4., 1.]]:
        //     p.grad = torch.tensor(g); o.step(); print(p)
        let device = Device::flex().autodiff();
        let mut sgd = Sgd::new(SETTINGS);
        let mut pair = pair(&device);
        for (slope, expected) in [
            ([0.5, 1.0, 2.0], [0.94, -2.08, 0.295]),
            ([-1.0, 0.3, 0.0], [0.976_6, -2.161_199_8, 0.107_55]),
            ([0.25, -4.0, 1.0], [0.974_774, -1.812_667_8, -0.162_230_5]),
        ] {
            pair = step(&mut sgd, pair, false, slope, &device);
            for (found, expected) in weight(&pair.used).iter().zip(expected) {
                // Rounding of numbers up to 3.
                assert!((found - expected).abs() < 1e-6, "{found} and {expected}");
            }
        }
    }

    #[test]
    fn parameters_without_a_gradient_rest_despite_momentum_and_decay() {
        let device = Device::flex().autodiff();
        let mut sgd = Sgd::new(SETTINGS);
        let pair = step(&mut sgd, pair(&device), true, [0.5, 1.0, 2.0], &device);
        let (before, memory) = (collect(&pair.valid()).unwrap(), sgd.state().unwrap());
        let pair = step(&mut sgd, pair, false, [0.5, 1.0, 2.0], &device);
        let (after, remembered) = (collect(&pair.valid()).unwrap(), sgd.state().unwrap());
        for name in ["used.weight", "other.weight"] {
            let rests = name.starts_with("other");
            assert_eq!(before[name] == after[name], rests);
            let name = format!("{PREFIX}{name}");
            assert_eq!(memory[&name] == remembered[&name], rests);
        }
    }

    #[test]
    fn a_restored_state_goes_on_to_the_same_number() {
        let device = Device::flex().autodiff();
        let mut sgd = Sgd::new(SETTINGS);
        let pair = step(&mut sgd, pair(&device), true, [0.5, 1.0, 2.0], &device);
        let mut other = Sgd::new(SETTINGS);
        other.restore(sgd.state().unwrap(), &device).unwrap();
        let straight = step(&mut sgd, pair.clone(), true, [-1.0, 0.3, 0.0], &device);
        let resumed = step(&mut other, pair, true, [-1.0, 0.3, 0.0], &device);
        assert_eq!(weight(&straight.used), weight(&resumed.used));
        assert_eq!(sgd.state().unwrap(), other.state().unwrap());
    }
}
