//! The losses of METHODS 2.4 and 2.5. The paper writes the AUC loss over logits, and so it is unless a
//! setting says otherwise.

use burn::prelude::{Int, Tensor};
use burn::tensor::activation::{log_softmax, relu, sigmoid};

use crate::methods::did::model::Seen;
use crate::methods::did::preset::DidSettings;
use crate::methods::loss::cross_entropies;

/// What a batch is, on the device of the network.
///
/// # Shapes
/// - all `[batch]`
pub struct Truth {
    /// 1 is manipulated.
    pub labels: Tensor<1>,
    /// 0 is pristine; techniques follow.
    pub domains: Tensor<1, Int>,
}

/// How the decorrelation is made at one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decorrelation {
    /// Of the gradient reversal.
    pub strength: f64,
    /// How far faces are moved on to make pairs of two.
    pub shift: usize,
}

/// The parts of L with their weights, that of the decorrelation where a setting puts it; the reason, where pairs of two faces cannot be made.
pub fn weighted(
    seen: &Seen<'_>,
    truth: &Truth,
    settings: &DidSettings,
    decorrelation: Decorrelation,
) -> Result<Vec<(&'static str, Tensor<1>)>, String> {
    let DidSettings {
        alpha,
        lambda_cls,
        lambda_dom,
        lambda_dec,
        ..
    } = *settings;
    let mut parts = Vec::new();
    if 0.0 < alpha {
        let entropy = cross_entropies(seen.logits.clone(), truth.labels.clone()).mean();
        parts.push(("cross-entropy", entropy * (lambda_cls * alpha)));
    }
    if alpha < 1.0 {
        let scores = if settings.auc_on_sigmoid {
            sigmoid(seen.logits.clone())
        } else {
            seen.logits.clone()
        };
        let ranking = ranking_loss(&scores, &truth.labels, settings.gamma, settings.power);
        parts.push(("ranking", ranking * (lambda_cls * (1.0 - alpha))));
    }
    if let Some(logits) = &seen.domain_logits {
        let entropy = domain_entropy(logits.clone(), truth.domains.clone());
        parts.push(("domain", entropy * lambda_dom));
    }
    if let Some(split) = &seen.split {
        let Decorrelation { strength, shift } = decorrelation;
        let (weight, strength) = if settings.lambda_on_estimator {
            (lambda_dec, strength)
        } else {
            (1.0, strength * lambda_dec)
        };
        if let Some(loss) = split.decorrelation(shift, strength)? {
            parts.push(("decorrelation", loss * weight));
        }
    }
    Ok(parts)
}

/// `L_AUC`: of every pair of a manipulated and a pristine face, how far the first's score is from lying
/// `gamma` above the second's, to the power. Zero where there is no such pair.
///
/// # Shapes
/// - `scores`, `labels`: `[batch]`, 1 is manipulated
/// - output: `[1]`
pub fn ranking_loss(scores: &Tensor<1>, labels: &Tensor<1>, gamma: f64, power: f64) -> Tensor<1> {
    let [batch] = scores.dims();
    let column = |tensor: Tensor<1>| tensor.reshape([batch, 1]);
    let row = |tensor: Tensor<1>| tensor.reshape([1, batch]);
    let pristine = labels.clone().neg() + 1.0;
    let num_pairs = labels.clone().sum() * pristine.clone().sum();
    let is_pair = column(labels.clone()) * row(pristine);
    let apart = column(scores.clone()) - row(scores.clone());
    let short = relu(apart.neg() + gamma).powf_scalar(power as f32);
    (short * is_pair).sum() / num_pairs.clamp_min(1.0)
}

/// `L_dom`: cross entropy over domains, the mean over the batch.
///
/// # Shapes
/// - `logits`: `[batch, domains]`; `domains`: `[batch]`
/// - output: `[1]`
pub fn domain_entropy(logits: Tensor<2>, domains: Tensor<1, Int>) -> Tensor<1> {
    let [batch, _] = logits.dims();
    let chosen = log_softmax(logits, 1).gather(1, domains.reshape([batch, 1]));
    chosen.mean().neg()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::host_tensor;
    use burn::prelude::Device;

    const LABELS: [f32; 4] = [1.0, 1.0, 0.0, 0.0];
    const SCORES: [f32; 4] = [2.0, 0.1, 0.0, 1.95];

    fn of(values: &[f32], device: &Device) -> Tensor<1> {
        Tensor::from_floats(values, device)
    }

    fn loss(scores: &[f32], labels: &[f32]) -> f32 {
        let device = Device::flex();
        let loss = ranking_loss(&of(scores, &device), &of(labels, &device), 0.15, 2.0);
        loss.into_scalar::<f32>()
    }

    #[test]
    fn the_worked_example_comes_out() {
        // METHODS 2.5.
        let ranking = loss(&SCORES, &LABELS);
        assert!((ranking - 1.003_125).abs() < 1e-6, "{ranking}");
        let device = Device::flex();
        let entropy = cross_entropies(of(&SCORES, &device), of(&LABELS, &device)).mean();
        let entropy = entropy.into_scalar::<f32>();
        assert!((entropy - 0.886_873).abs() < 1e-6, "{entropy}");
        assert!((0.5 * (ranking + entropy) - 0.944_999).abs() < 1e-6);
    }

    #[test]
    fn the_order_of_faces_does_not_count() {
        let order = [2, 0, 3, 1];
        let moved = |values: [f32; 4]| order.map(|at| values[at]);
        let difference = loss(&moved(SCORES), &moved(LABELS)) - loss(&SCORES, &LABELS);
        assert!(difference.abs() < 1e-6, "{difference}");
    }

    #[test]
    fn one_kind_alone_makes_no_pair() {
        assert_eq!(loss(&SCORES, &[1.0; 4]), 0.0);
        assert_eq!(loss(&SCORES, &[0.0; 4]), 0.0);
    }

    #[test]
    fn pairs_that_are_far_enough_apart_have_no_gradient() {
        // Face 0 is above both pristine ones by at least gamma, but for 1.95; face 1 only above 0.0 by 0.1.
        let device = Device::flex().autodiff();
        let gradient = |scores: &[f32]| {
            let scores = of(scores, &device).require_grad();
            let loss = ranking_loss(&scores, &of(&LABELS, &device), 0.15, 2.0);
            let gradients = loss.backward();
            host_tensor(scores.grad(&gradients).unwrap())
                .unwrap()
                .values
        };
        assert_eq!(gradient(&[3.0, 2.5, 0.0, 1.0]), [0.0; 4]);
        let found = gradient(&[3.0, 0.1, 0.0, -5.0]);
        // Of four pairs one is short, by 0.05: 2 * 0.05 / 4.
        for (found, expected) in found.iter().zip([0.0, -0.025, 0.025, 0.0]) {
            assert!((found - expected).abs() < 1e-6, "{found}");
        }
    }

    #[test]
    fn a_domain_classifier_without_a_clue_loses_the_logarithm_of_their_number() {
        let device = Device::flex();
        let domains = Tensor::from_ints([0, 3, 4], &device);
        let loss = domain_entropy(Tensor::zeros([3, 5], &device), domains);
        assert!((loss.into_scalar::<f32>() - 5.0_f32.ln()).abs() < 1e-6);
        let sure = Tensor::from_floats([[20.0, 0.0], [0.0, 20.0]], &device);
        let right = domain_entropy(sure.clone(), Tensor::from_ints([0, 1], &device));
        assert!(right.into_scalar::<f32>() < 1e-6);
        let wrong = domain_entropy(sure, Tensor::from_ints([1, 0], &device));
        assert!((wrong.into_scalar::<f32>() - 20.0).abs() < 1e-5);
    }
}
