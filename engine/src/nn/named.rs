//! A module's tensors by their path in it: counted, read to the host, and put back.

use std::collections::BTreeMap;

use burn::module::{ModuleMapper, ModuleVisitor, Param};
use burn::prelude::{Module, Tensor, TensorData};

/// Tensors that are state of a layer, not parameters to train.
const BUFFERS: [&str; 2] = ["running_mean", "running_var"];

/// A tensor on the host, in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub struct HostTensor {
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

/// Tensors by path: `backbone.blocks.0.convs.1.depthwise.weight`.
pub type NamedTensors = BTreeMap<String, HostTensor>;

/// Trainable numbers: weights, biases, and scale and shift of batch norms, without running statistics.
pub fn num_trainable<M: Module>(module: &M) -> usize {
    let mut counter = Counter::default();
    module.visit(&mut counter);
    counter.count
}

/// All tensors of a module, running statistics included.
///
/// Give it `module.valid()`: batch norms of a module in training hold their newest statistics back.
pub fn collect<M: Module>(module: &M) -> Result<NamedTensors, String> {
    let mut collector = Collector::default();
    module.visit(&mut collector);
    match collector.failure {
        None => Ok(collector.tensors),
        Some(failure) => Err(failure),
    }
}

/// Shapes of all tensors by path, running statistics included; nothing is read or initialized.
pub fn shapes<M: Module>(module: &M) -> BTreeMap<String, Vec<usize>> {
    let mut shapes = Shapes::default();
    module.visit(&mut shapes);
    shapes.found
}

/// Puts tensors into a module; every tensor of the module must be there, with its shape, and no other.
pub fn apply<M: Module>(module: M, tensors: NamedTensors) -> Result<M, String> {
    let mut applier = Applier {
        path: Vec::new(),
        tensors,
        failures: Vec::new(),
    };
    let module = module.map(&mut applier);
    let unused = applier
        .tensors
        .keys()
        .map(|name| format!("{name} is not in the model"));
    let mut failures = applier.failures;
    failures.extend(unused);
    if failures.is_empty() {
        return Ok(module);
    }
    let more = failures.len().saturating_sub(3);
    failures.truncate(3);
    if 0 < more {
        failures.push(format!("and {more} more"));
    }
    Err(failures.join("; "))
}

#[derive(Default)]
struct Counter {
    path: Vec<String>,
    count: usize,
}

impl ModuleVisitor for Counter {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let is_buffer = self
            .path
            .last()
            .is_some_and(|name| BUFFERS.contains(&name.as_str()));
        if !is_buffer {
            self.count += param.lazy_shape().num_elements();
        }
    }
}

#[derive(Default)]
struct Shapes {
    path: Vec<String>,
    found: BTreeMap<String, Vec<usize>>,
}

impl ModuleVisitor for Shapes {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let shape = param.lazy_shape()[..].to_vec();
        self.found.insert(self.path.join("."), shape);
    }
}

#[derive(Default)]
struct Collector {
    path: Vec<String>,
    tensors: NamedTensors,
    failure: Option<String>,
}

impl ModuleVisitor for Collector {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let name = self.path.join(".");
        match host_tensor(param.val()) {
            Ok(tensor) => {
                self.tensors.insert(name, tensor);
            }
            Err(reason) => self.failure = Some(format!("{name}: {reason}")),
        }
    }
}

/// Reads a tensor back from its device.
pub fn host_tensor<const D: usize>(tensor: Tensor<D>) -> Result<HostTensor, String> {
    let shape = tensor.dims().to_vec();
    let data = tensor.try_into_data().map_err(|err| err.to_string())?;
    let values = data
        .as_slice::<f32>()
        .map_err(|err| format!("{err:?}"))?
        .to_vec();
    Ok(HostTensor { shape, values })
}

struct Applier {
    path: Vec<String>,
    tensors: NamedTensors,
    failures: Vec<String>,
}

impl ModuleMapper for Applier {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let name = self.path.join(".");
        let expected = param.lazy_shape();
        let Some(found) = self.tensors.remove(&name) else {
            self.failures.push(format!("{name} is missing"));
            return param;
        };
        if found.shape[..] != expected[..] {
            self.failures.push(format!(
                "{name} has the shape {:?} instead of {:?}",
                found.shape,
                &expected[..]
            ));
            return param;
        }
        let data = TensorData::new(found.values, expected);
        let id = param.id;
        let tensor = Tensor::from_data(data, &param.lazy_device());
        param.transform_for_load(tensor, id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig};
    use burn::prelude::Device;

    #[derive(Module, Debug)]
    struct Small {
        linear: Linear,
        norm: BatchNorm,
    }

    fn small(device: &Device) -> Small {
        Small {
            linear: LinearConfig::new(3, 2).init(device),
            norm: BatchNormConfig::new(2).init(device),
        }
    }

    #[test]
    fn running_statistics_are_kept_but_not_counted() {
        let module = small(&Device::flex());
        assert_eq!(num_trainable(&module), 3 * 2 + 2 + 2 + 2);
        let names: Vec<String> = collect(&module).unwrap().into_keys().collect();
        assert_eq!(
            names,
            [
                "linear.bias",
                "linear.weight",
                "norm.beta",
                "norm.gamma",
                "norm.running_mean",
                "norm.running_var"
            ]
        );
    }

    #[test]
    fn what_was_collected_can_be_applied() {
        let device = Device::flex();
        let tensors = collect(&small(&device)).unwrap();
        let other = apply(small(&device), tensors.clone()).unwrap();
        assert_eq!(collect(&other).unwrap(), tensors);
    }

    #[test]
    fn tensors_that_do_not_fit_are_named() {
        let device = Device::flex();
        let mut tensors = collect(&small(&device)).unwrap();
        tensors.remove("linear.bias");
        tensors.get_mut("norm.beta").unwrap().shape = vec![3];
        tensors.insert("extra".to_owned(), tensors["norm.gamma"].clone());
        let failure = apply(small(&device), tensors).unwrap_err();
        assert_eq!(
            failure,
            "linear.bias is missing; norm.beta has the shape [3] instead of [2]; \
             extra is not in the model"
        );
    }
}
