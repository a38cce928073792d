//! The way of an optimizer through a network: each parameter with its gradient, by path.

#[cfg(test)]
use burn::module::ModuleVisitor;
use burn::module::{ModuleMapper, Param};
use burn::prelude::{Device, Module, Tensor, TensorData};
use burn::tensor::Gradients;

use crate::nn::named::HostTensor;

/// The network with what `change` makes of path, value and gradient of each parameter that has a
/// gradient; both are flat. All others stay as they are.
pub fn descend<M: Module>(
    module: M,
    gradients: Gradients,
    change: impl FnMut(&str, Tensor<1>, Tensor<1>) -> Tensor<1>,
) -> M {
    module.map(&mut Descent {
        path: Vec::new(),
        gradients,
        change,
    })
}

struct Descent<F> {
    path: Vec<String>,
    gradients: Gradients,
    change: F,
}

impl<F> ModuleMapper for Descent<F>
where
    F: FnMut(&str, Tensor<1>, Tensor<1>) -> Tensor<1>,
{
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if !param.is_require_grad() {
            return param;
        }
        let Some(gradient) = param.val().grad_remove(&mut self.gradients) else {
            return param;
        };
        let (id, value, mapper) = param.consume();
        let shape = value.dims();
        let length = shape.iter().product::<usize>();
        let value = value.inner().reshape([length]);
        let gradient = gradient.reshape([length]);
        let value = (self.change)(&self.path.join("."), value, gradient);
        let value = Tensor::from_inner(value.reshape(shape)).require_grad();
        Param::from_mapped_value(id, value, mapper)
    }
}

/// Back from a checkpoint, flat, as an optimizer remembers it.
///
/// # Shapes
/// - output: `[count]`
pub fn remembered(tensor: HostTensor, device: &Device) -> Tensor<1> {
    let length = tensor.values.len();
    Tensor::from_data(TensorData::new(tensor.values, [length]), device)
}

/// The length of all gradients of the parameters whose path begins so.
#[cfg(test)]
pub fn gradient_norm<M: Module>(module: &M, gradients: &Gradients, start: &str) -> f64 {
    struct Norm<'a> {
        path: Vec<String>,
        gradients: &'a Gradients,
        start: &'a str,
        squares: f64,
    }
    impl ModuleVisitor for Norm<'_> {
        fn enter_module(&mut self, name: &str, _container_type: &str) {
            self.path.push(name.to_owned());
        }

        fn exit_module(&mut self, _name: &str, _container_type: &str) {
            self.path.pop();
        }

        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if !self.path.join(".").starts_with(self.start) {
                return;
            }
            if let Some(gradient) = param.val().grad(self.gradients) {
                let squares = (gradient.clone() * gradient).sum();
                self.squares += f64::from(squares.into_scalar::<f32>());
            }
        }
    }
    let mut norm = Norm {
        path: Vec::new(),
        gradients,
        start,
        squares: 0.0,
    };
    module.visit(&mut norm);
    norm.squares.sqrt()
}
