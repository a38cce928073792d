//! Adam, with its state kept by the path of each parameter, so that a checkpoint can go on exactly.
//!
//! burn's own optimizer reads its state onto the default device, which is fixed when the program is
//! built and may be a graphics adapter that is not there.

use std::collections::BTreeMap;

use burn::prelude::{Device, Module, Tensor};
use burn::tensor::Gradients;

use crate::nn::descent::{descend, remembered};
use crate::nn::kernels::buffers;
use crate::nn::kernels::update::{AdamStep, adam_step};
use crate::nn::named::{HostTensor, NamedTensors, host_tensor};

/// Numbers of the update; `PyTorch`'s defaults, with its coupled weight decay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamSettings {
    pub beta_1: f32,
    pub beta_2: f32,
    /// METHODS 0.2: burn's default of 1e-5 is not what the papers used.
    pub epsilon: f32,
    /// Added to the gradient, times the parameter.
    pub weight_decay: f32,
}

/// The optimizer and its memory of past gradients.
pub struct Adam {
    settings: AdamSettings,
    moments: BTreeMap<String, Moments>,
}

struct Moments {
    /// Updates this parameter has had; parameters of different sub-tasks have different ages.
    steps: u32,
    /// Running means of the gradient and of its square, flat.
    first: Tensor<1>,
    second: Tensor<1>,
}

impl Default for AdamSettings {
    fn default() -> Self {
        Self {
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-8,
            weight_decay: 0.0,
        }
    }
}

impl Adam {
    pub fn new(settings: AdamSettings) -> Self {
        Self {
            settings,
            moments: BTreeMap::new(),
        }
    }

    /// One update of the parameters that have a gradient. All others keep their value and their
    /// moments: neither old momentum nor weight decay moves them.
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
            self.update(path, value, gradient, rate(path))
        })
    }

    /// The state: `first.PATH`, `second.PATH` and `steps.PATH`.
    pub fn state(&self) -> Result<NamedTensors, String> {
        let mut state = NamedTensors::new();
        for (path, moments) in &self.moments {
            state.insert(format!("first.{path}"), host_tensor(moments.first.clone())?);
            state.insert(
                format!("second.{path}"),
                host_tensor(moments.second.clone())?,
            );
            let steps = HostTensor {
                shape: vec![1],
                // Exact up to 16 million steps.
                values: vec![moments.steps as f32],
            };
            state.insert(format!("steps.{path}"), steps);
        }
        Ok(state)
    }

    /// Takes up a state; `device` is the one the gradients are on.
    pub fn restore(&mut self, mut state: NamedTensors, device: &Device) -> Result<(), String> {
        let device = device.clone().without_autodiff();
        let paths: Vec<String> = state
            .keys()
            .filter_map(|name| name.strip_prefix("steps."))
            .map(str::to_owned)
            .collect();
        self.moments.clear();
        for path in paths {
            let mut take = |part: &str| {
                let name = format!("{part}.{path}");
                state.remove(&name).ok_or(format!("{name} is missing"))
            };
            let steps = take("steps")?.values.first().copied().unwrap_or_default();
            let moments = Moments {
                steps: steps as u32,
                first: remembered(take("first")?, &device),
                second: remembered(take("second")?, &device),
            };
            self.moments.insert(path, moments);
        }
        match state.keys().next() {
            Some(name) => Err(format!("{name} is not Adam's")),
            None => Ok(()),
        }
    }

    /// The value after the update.
    fn update(
        &mut self,
        path: &str,
        value: Tensor<1>,
        gradient: Tensor<1>,
        rate: f64,
    ) -> Tensor<1> {
        let AdamSettings {
            beta_1,
            beta_2,
            epsilon,
            weight_decay,
        } = self.settings;
        let old = self.moments.remove(path);
        let steps = old.as_ref().map_or(0, |old| old.steps) + 1;
        let age = i32::try_from(steps).unwrap_or(i32::MAX);
        let correction_1 = 1.0 - f64::from(beta_1).powi(age);
        let correction_2 = (1.0 - f64::from(beta_2).powi(age)).sqrt();
        let step = AdamStep {
            beta_1,
            beta_2,
            epsilon,
            weight_decay,
            rate: (rate / correction_1) as f32,
            spread: (1.0 / correction_2) as f32,
        };
        let old = old.map(|old| [old.first, old.second]);
        let [value, first, second] = adam_step(value, gradient, old, step);
        let moments = Moments {
            steps,
            first,
            second,
        };
        self.moments.insert(path.to_owned(), moments);
        value
    }
}

/// The end of a training: nobody takes up the memory its steps kept.
impl Drop for Adam {
    fn drop(&mut self) {
        buffers::clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::initial::seeded;
    use crate::nn::named::collect;
    use burn::nn::{Linear, LinearConfig};

    fn linear(device: &Device) -> Linear {
        let linear: Linear = LinearConfig::new(1, 1).with_bias(false).init(device);
        let tensors = NamedTensors::from([(
            "weight".to_owned(),
            HostTensor {
                shape: vec![1, 1],
                values: vec![1.0],
            },
        )]);
        crate::nn::named::apply(linear, tensors).unwrap()
    }

    /// The gradient of the weight is `slope`.
    fn step(adam: &mut Adam, linear: Linear, slope: f32, device: &Device) -> Linear {
        let loss = linear
            .forward(Tensor::<2>::full([1, 1], slope, device))
            .sum();
        adam.step(linear, loss.backward(), 0.1)
    }

    fn weight(linear: &Linear) -> f32 {
        linear.weight.val().into_scalar::<f32>()
    }

    #[test]
    fn two_steps_match_the_formula() {
        // w = torch.tensor(1.); m, v = 0, 0
        // for t, g in [(1, 2.), (2, -0.5)]: m = .9*m+.1*g; v = .999*v+.001*g*g
        //     w -= .1 * (m/(1-.9**t)) / ((v/(1-.999**t))**.5 + 1e-8)
        let device = Device::flex().autodiff();
        let mut adam = Adam::new(AdamSettings::default());
        let linear = step(&mut adam, linear(&device), 2.0, &device);
        assert!((weight(&linear) - 0.9).abs() < 1e-6);
        let linear = step(&mut adam, linear, -0.5, &device);
        let m: f64 = 0.9 * 0.2 - 0.05;
        let v: f64 = 0.999 * 0.004 + 0.00025;
        let expected = 0.9 - 0.1 * (m / 0.19) / ((v / (1.0 - 0.999_f64.powi(2))).sqrt() + 1e-8);
        assert!((f64::from(weight(&linear)) - expected).abs() < 1e-6);
    }

    #[test]
    fn tiny_gradients_still_move_the_weight_by_the_rate() {
        // With burn's epsilon of 1e-5 the step would be a tenth of it.
        let device = Device::flex().autodiff();
        let mut adam = Adam::new(AdamSettings::default());
        let linear = step(&mut adam, linear(&device), 1e-6, &device);
        assert!((weight(&linear) - 0.9).abs() < 2e-3, "{}", weight(&linear));
    }

    #[derive(Module, Debug)]
    struct Pair {
        used: Linear,
        unused: Linear,
    }

    #[test]
    fn parameters_without_a_gradient_rest_despite_momentum_and_decay() {
        let device = Device::flex().autodiff();
        let mut adam = Adam::new(AdamSettings {
            weight_decay: 0.1,
            ..AdamSettings::default()
        });
        let pair = Pair {
            used: LinearConfig::new(2, 2).init(&device),
            unused: LinearConfig::new(2, 2).init(&device),
        };
        let pair = seeded(pair, 3);
        let x = Tensor::<2>::ones([1, 2], &device);
        let both = (pair.used.forward(x.clone()) + pair.unused.forward(x.clone())).sum();
        let pair = adam.step(pair, both.backward(), 0.1);
        let before = collect(&pair.valid()).unwrap();
        let one = pair.used.forward(x).sum();
        let pair = adam.step(pair, one.backward(), 0.1);
        let after = collect(&pair.valid()).unwrap();
        for (name, tensor) in &before {
            assert_eq!(*tensor == after[name], name.starts_with("unused"), "{name}");
        }
    }

    #[test]
    fn a_restored_state_goes_on_to_the_same_number() {
        let device = Device::flex().autodiff();
        let mut adam = Adam::new(AdamSettings::default());
        let linear = step(&mut adam, linear(&device), 2.0, &device);
        let mut other = Adam::new(AdamSettings::default());
        other.restore(adam.state().unwrap(), &device).unwrap();
        let straight = step(&mut adam, linear.clone(), -0.5, &device);
        let resumed = step(&mut other, linear, -0.5, &device);
        assert_eq!(weight(&straight).to_bits(), weight(&resumed).to_bits());
    }
}
