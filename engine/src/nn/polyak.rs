//! Polyak averaging: a running mean of a network's parameters over its training, which is what scores
//! (METHODS 4.7).

use std::collections::BTreeMap;

use burn::module::{ModuleMapper, ModuleVisitor, Param};
use burn::prelude::{Module, Tensor};

/// The averaged network; without gradients.
pub struct Polyak<M> {
    average: M,
    decay: f64,
    updates: u64,
}

impl<M: Module> Polyak<M> {
    /// Starts at `model`, not at its values before a start from data.
    pub fn new(model: &M, decay: f64) -> Self {
        Self {
            average: model.valid(),
            decay,
            updates: 0,
        }
    }

    /// Goes on from an average that was kept.
    pub fn resumed(average: M, decay: f64, updates: u64) -> Self {
        Self {
            average,
            decay,
            updates,
        }
    }

    pub fn average(&self) -> &M {
        &self.average
    }

    /// Steps it has taken in.
    pub fn updates(&self) -> u64 {
        self.updates
    }

    /// Takes in `model` after an optimizer step. The first steps count more than `1 - decay`, so that the
    /// mean does not drag its start along: `decay` is at most `(1 + n) / (10 + n)` after `n` updates.
    pub fn update(&mut self, model: &M) {
        let updates = self.updates as f64;
        let decay = self.decay.min((1.0 + updates) / (10.0 + updates));
        self.updates += 1;
        let mut newest = Newest::default();
        model.valid().visit(&mut newest);
        self.average = self.average.clone().map(&mut Mixing {
            path: Vec::new(),
            newest: newest.values,
            decay,
        });
    }
}

/// Values by path, flat.
#[derive(Default)]
struct Newest {
    path: Vec<String>,
    values: BTreeMap<String, Tensor<1>>,
}

impl ModuleVisitor for Newest {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        let length = value.dims().iter().product::<usize>();
        self.values
            .insert(self.path.join("."), value.reshape([length]));
    }
}

struct Mixing {
    path: Vec<String>,
    newest: BTreeMap<String, Tensor<1>>,
    decay: f64,
}

impl ModuleMapper for Mixing {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(newest) = self.newest.remove(&self.path.join(".")) else {
            return param;
        };
        let (id, value, mapper) = param.consume();
        let newest = newest.reshape(value.dims());
        // Exact where both are equal.
        let mixed = newest.clone() + (value - newest) * self.decay;
        Param::from_mapped_value(id, mixed, mapper)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::initial::seeded;
    use crate::nn::named::collect;
    use burn::nn::{Linear, LinearConfig};
    use burn::prelude::Device;

    fn linear(seed: u64) -> Linear {
        seeded(
            LinearConfig::new(3, 2).init(&Device::flex().autodiff()),
            seed,
        )
    }

    #[test]
    fn the_mean_moves_by_the_schedule_and_keeps_what_does_not_change() {
        let (first, second) = (linear(1), linear(2));
        let mut polyak = Polyak::new(&first, 0.9995);
        polyak.update(&first);
        assert_eq!(
            collect(polyak.average()).unwrap(),
            collect(&first.valid()).unwrap()
        );
        polyak.update(&second);
        // The second update: (1 + 1) / (10 + 1) of the old one stays.
        let average = collect(polyak.average()).unwrap();
        let (first, second) = (
            collect(&first.valid()).unwrap(),
            collect(&second.valid()).unwrap(),
        );
        for (name, tensor) in &average {
            for (at, value) in tensor.values.iter().enumerate() {
                let (old, new) = (first[name].values[at], second[name].values[at]);
                let expected = new + (old - new) * 2.0 / 11.0;
                assert!((value - expected).abs() < 1e-6, "{name}");
            }
        }
    }

    #[test]
    fn a_long_training_has_the_decay_asked_for() {
        let mut polyak = Polyak::resumed(linear(1).valid(), 0.5, 1_000_000);
        polyak.update(&linear(2));
        let average = collect(polyak.average()).unwrap();
        let old = collect(&linear(1).valid()).unwrap();
        let new = collect(&linear(2).valid()).unwrap();
        for (name, tensor) in &average {
            let mean = 0.5 * (old[name].values[0] + new[name].values[0]);
            assert!((tensor.values[0] - mean).abs() < 1e-6, "{name}");
        }
    }
}
