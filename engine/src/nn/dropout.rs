//! Element-wise dropout before a classifier, from numbers of our own (`noise`): burn's draws from a
//! generator that all threads share.

use burn::module::{Flag, Param};
use burn::prelude::{Module, Tensor, TensorData};

use crate::nn::noise::Noise;

/// Works only on an autodiff device, with noise, and while its module is not frozen, as burn's does.
#[derive(Module, Debug)]
pub struct Dropout {
    rate: f64,
    training: Param<Flag>,
}

impl Dropout {
    /// `rate`: how likely an element becomes 0, at least 0 and below 1.
    pub fn new(rate: f64) -> Self {
        Self {
            rate,
            training: Param::from_bool(true),
        }
    }

    /// # Shapes
    /// - `features` and output: `[batch, features]`
    pub fn forward(&self, features: Tensor<2>, noise: &mut Noise) -> Tensor<2> {
        let [batch, length] = features.dims();
        let device = features.device();
        if !(self.training.is_enabled() && device.is_autodiff()) {
            return features;
        }
        match noise.factors(batch * length, self.rate) {
            Some(factors) => {
                let factors = TensorData::new(factors, [batch, length]);
                features * Tensor::from_data(factors, &device)
            }
            None => features,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::host_tensor;
    use burn::prelude::Device;

    fn dropped(layer: &Dropout, device: &Device, noise: &mut Noise) -> Vec<f32> {
        let output = layer.forward(Tensor::ones([20, 50], device), noise);
        host_tensor(output.without_autodiff()).unwrap().values
    }

    #[test]
    fn elements_are_dropped_one_by_one_and_repeatably() {
        let device = Device::flex().autodiff();
        let values = dropped(&Dropout::new(0.2), &device, &mut Noise::of_step(2, 9));
        assert!(values.iter().all(|&value| value == 0.0 || value == 1.25));
        let count = values.iter().filter(|&&value| value == 0.0).count();
        assert!((140..260).contains(&count), "{count}");
        let again = dropped(&Dropout::new(0.2), &device, &mut Noise::of_step(2, 9));
        assert_eq!(values, again);
    }

    #[test]
    fn inference_drops_nothing() {
        let layer = Dropout::new(0.5);
        let values = dropped(&layer, &Device::flex(), &mut Noise::of_step(2, 9));
        assert_eq!(values, vec![1.0; 1000]);
    }
}
