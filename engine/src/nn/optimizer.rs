//! Whichever optimizer trains a network.

use burn::prelude::{Device, Module};
use burn::tensor::Gradients;

use crate::nn::adam::Adam;
use crate::nn::named::NamedTensors;
use crate::nn::sgd::Sgd;

pub enum Optimizer {
    Adam(Adam),
    Sgd(Sgd),
}

impl Optimizer {
    /// One update of the parameters that have a gradient; all others keep their value and their memory.
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
        match self {
            Self::Adam(adam) => adam.step_with_rates(module, gradients, rate),
            Self::Sgd(sgd) => sgd.step_with_rates(module, gradients, rate),
        }
    }

    /// What it remembers of past gradients, by kind of memory and path of the parameter.
    pub fn state(&self) -> Result<NamedTensors, String> {
        match self {
            Self::Adam(adam) => adam.state(),
            Self::Sgd(sgd) => sgd.state(),
        }
    }

    /// Takes up a state, which must be of the same kind; `device` is the one the gradients are on.
    pub fn restore(&mut self, state: NamedTensors, device: &Device) -> Result<(), String> {
        match self {
            Self::Adam(adam) => adam.restore(state, device),
            Self::Sgd(sgd) => sgd.restore(state, device),
        }
    }
}

impl From<Adam> for Optimizer {
    fn from(adam: Adam) -> Self {
        Self::Adam(adam)
    }
}

impl From<Sgd> for Optimizer {
    fn from(sgd: Sgd) -> Self {
        Self::Sgd(sgd)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::adam::AdamSettings;
    use crate::nn::sgd::SgdSettings;
    use burn::nn::LinearConfig;
    use burn::prelude::Tensor;

    #[test]
    fn the_memory_of_one_kind_is_not_taken_for_that_of_the_other() {
        let device = Device::flex().autodiff();
        let fresh = || -> [Optimizer; 2] {
            [
                Adam::new(AdamSettings::default()).into(),
                Sgd::new(SgdSettings::default()).into(),
            ]
        };
        let linear = LinearConfig::new(2, 1).init(&device);
        for (one, mut optimizer) in fresh().into_iter().enumerate() {
            let loss = linear.forward(Tensor::<2>::ones([1, 2], &device)).sum();
            optimizer.step(linear.clone(), loss.backward(), 0.1);
            for (other, mut fresh) in fresh().into_iter().enumerate() {
                let restored = fresh.restore(optimizer.state().unwrap(), &device);
                assert_eq!(restored.is_ok(), one == other, "{restored:?}");
            }
        }
    }
}
