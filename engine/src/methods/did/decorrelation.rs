//! The network T that tells pairs of features of one face from pairs of two, and the estimate of mutual
//! information it gives (METHODS 2.3 and 2.4). A bound up to a constant: never to be read as nats.

use burn::nn::{Linear, LinearConfig};
use burn::prelude::{Device, Module, Tensor};
use burn::tensor::activation::log_sigmoid;

use crate::nn::conv::{Conv, ConvConfig, Padding};
use crate::nn::gradient_reversal::reversed;
use crate::nn::norm::Activation;

/// T: three convolutions with `ReLU`, and one linear layer.
#[derive(Module, Debug)]
pub struct Estimator {
    first: Conv,
    second: Conv,
    third: Conv,
    output: Linear,
}

/// The form of T.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EstimatorConfig {
    /// Of each of the two feature maps.
    pub channels: usize,
    /// Side of the feature maps.
    pub side: usize,
    /// Outputs of the three convolutions.
    pub hidden: [usize; 3],
}

impl EstimatorConfig {
    pub fn init(&self, device: &Device) -> Estimator {
        let [first, second, third] = self.hidden;
        let halving = |channels_in, channels_out| {
            ConvConfig::new(channels_in, channels_out, 3)
                .with_stride(2)
                .with_padding(Padding::Even(1))
                .with_bias(true)
                .init(device)
        };
        let side = self.side.div_ceil(2).div_ceil(2);
        Estimator {
            first: ConvConfig::new(2 * self.channels, first, 1)
                .with_bias(true)
                .init(device),
            second: halving(first, second),
            third: halving(second, third),
            output: LinearConfig::new(third * side * side, 1).init(device),
        }
    }
}

impl Estimator {
    /// Above zero where both features are thought to be of the same face.
    ///
    /// # Shapes
    /// - `forgery`, `rest`: `[batch, channels, side, side]`
    /// - output: `[batch]`
    pub fn forward(&self, forgery: Tensor<4>, rest: Tensor<4>) -> Tensor<1> {
        let mut x = Tensor::cat(vec![forgery, rest], 1);
        for conv in [&self.first, &self.second, &self.third] {
            x = conv.forward_then(x, Activation::Relu);
        }
        let [batch, channels, height, width] = x.dims();
        let x = x.reshape([batch, channels * height * width]);
        self.output.forward(x).reshape([batch])
    }

    /// `L_T`, which T makes smaller, while what lies before the features makes it larger, by `strength`:
    /// the gradient reversal layer is on T's inputs. T without any sense of it gives 2 ln 2.
    ///
    /// Pairs of two faces are made by moving `rest` on by `shift` faces; the reason, where that would leave
    /// every face in its place.
    ///
    /// # Shapes
    /// - `forgery`, `rest`: `[batch, channels, side, side]`
    /// - output: `[1]`
    pub fn loss(
        &self,
        forgery: Tensor<4>,
        rest: Tensor<4>,
        shift: usize,
        strength: f64,
    ) -> Result<Tensor<1>, String> {
        let [batch, ..] = forgery.dims();
        let forgery = reversed(forgery, strength);
        let rest = reversed(rest, strength);
        let others = moved_on(&rest, shift)?;
        // Both kinds of pairs in one pass.
        let both = self.forward(
            Tensor::cat(vec![forgery.clone(), forgery], 0),
            Tensor::cat(vec![rest, others], 0),
        );
        let joint = both.clone().narrow(0, 0, batch);
        let marginal = both.narrow(0, batch, batch);
        Ok(information(joint, marginal).neg())
    }
}

/// The Jensen-Shannon estimate of mutual information, at most zero: -2 ln 2 where pairs of one face and of
/// two cannot be told apart, zero where they always can.
///
/// # Shapes
/// - `joint`, `marginal`: `[batch]`, T of pairs of one face and of two
/// - output: `[1]`
pub fn information(joint: Tensor<1>, marginal: Tensor<1>) -> Tensor<1> {
    log_sigmoid(joint).mean() + log_sigmoid(marginal.neg()).mean()
}

/// Each face's features in the place of the face `shift` before it; the reason, where all would stay.
fn moved_on(features: &Tensor<4>, shift: usize) -> Result<Tensor<4>, String> {
    let [batch, ..] = features.dims();
    let shift = shift.checked_rem(batch).unwrap_or_default();
    if shift == 0 {
        return Err(format!(
            "pairs of two faces cannot be made of {batch} faces that stay in their places"
        ));
    }
    let part = |start, length| features.clone().narrow(0, start, length);
    let parts = vec![part(batch - shift, shift), part(0, batch - shift)];
    Ok(Tensor::cat(parts, 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::initial::seeded;
    use crate::nn::named::{self, host_tensor};
    use burn::prelude::TensorData;

    const CONFIG: EstimatorConfig = EstimatorConfig {
        channels: 3,
        side: 4,
        hidden: [8, 6, 5],
    };

    fn features(seed: usize, device: &Device) -> Tensor<4> {
        let values: Vec<f32> = (0..6 * 3 * 16)
            .map(|at| ((at * 31 + seed * 17) % 29) as f32 * 0.1 - 1.0)
            .collect();
        Tensor::from_data(TensorData::new(values, [6, 3, 4, 4]), device)
    }

    fn value(tensor: Tensor<1>) -> f32 {
        tensor.into_scalar::<f32>()
    }

    #[test]
    fn counts_are_those_of_the_reconstruction() {
        // METHODS 2.3.
        for (channels, expected) in [(1280, 2_786_689), (2048, 3_573_121)] {
            let config = EstimatorConfig {
                channels,
                side: 7,
                hidden: [512, 256, 128],
            };
            assert_eq!(
                named::num_trainable(&config.init(&Device::flex())),
                expected
            );
        }
    }

    #[test]
    fn the_estimate_is_that_of_the_formula() {
        // METHODS 2.8, 3.
        let device = Device::flex();
        let full = |value: f32| Tensor::<1>::full([5], value, &device);
        let nothing = value(information(full(0.0), full(0.0)));
        assert!(
            (nothing + 2.0 * std::f32::consts::LN_2).abs() < 1e-6,
            "{nothing}"
        );
        let much = value(information(full(3.0), full(-3.0)));
        assert!((much + 0.097_175).abs() < 1e-6, "{much}");
        assert_eq!(value(information(full(200.0), full(-200.0))), 0.0);
    }

    #[test]
    fn faces_that_stay_in_their_places_are_refused() {
        // METHODS 2.8, 6.
        let device = Device::flex();
        for shift in [0, 6, 12] {
            assert!(moved_on(&features(1, &device), shift).is_err());
        }
        let one = features(1, &device).narrow(0, 0, 1);
        assert!(moved_on(&one, 1).is_err());
        let row = |tensor: &Tensor<4>, at| host_tensor(tensor.clone().narrow(0, at, 1)).unwrap();
        let faces = features(1, &device);
        let moved = moved_on(&faces, 8).unwrap();
        for at in 0..6 {
            assert_eq!(row(&moved, (at + 2) % 6), row(&faces, at));
        }
    }

    /// METHODS 2.8, 4: one step on one side, with the other held.
    #[test]
    fn features_make_the_estimate_smaller_and_the_network_makes_it_larger() {
        let device = Device::flex().autodiff();
        let network = seeded(CONFIG.init(&device), 3);
        let forgery = features(1, &device).require_grad();
        let rest = features(2, &device).require_grad();
        let estimate = |network: &Estimator, forgery: Tensor<4>, rest: Tensor<4>| {
            -value(network.loss(forgery, rest, 1, 1.0).unwrap())
        };
        let before = estimate(&network, forgery.clone(), rest.clone());
        let loss = network.loss(forgery.clone(), rest.clone(), 1, 1.0).unwrap();
        let gradients = loss.backward();
        let stepped = |tensor: &Tensor<4>| {
            let gradient = tensor.grad(&gradients).unwrap();
            Tensor::from_inner(tensor.clone().inner() - gradient * 0.5)
        };
        let after = estimate(&network, stepped(&forgery), stepped(&rest));
        assert!(after < before, "{after} and {before}");

        let mut descent = crate::nn::sgd::Sgd::new(crate::nn::sgd::SgdSettings {
            momentum: 0.0,
            weight_decay: 0.0,
        });
        let loss = network.loss(forgery.clone(), rest.clone(), 1, 1.0).unwrap();
        let network = descent.step(network, loss.backward(), 0.05);
        let after = estimate(&network, forgery, rest);
        assert!(before < after, "{before} and {after}");
    }

    #[test]
    fn without_strength_features_learn_nothing_from_it() {
        let device = Device::flex().autodiff();
        let network = seeded(CONFIG.init(&device), 3);
        let forgery = features(1, &device).require_grad();
        let loss = network
            .loss(forgery.clone(), features(2, &device), 2, 0.0)
            .unwrap();
        let gradients = loss.backward();
        let gradient = host_tensor(forgery.grad(&gradients).unwrap()).unwrap();
        assert!(gradient.values.iter().all(|&value| value == 0.0));
    }
}
