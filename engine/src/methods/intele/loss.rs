//! The losses of Eq. 1 to 5 (METHODS 1.2), as means over the batch, and of pictures over pixels and channels
//! (METHODS 0.3).
//!
//! The sign of Eq. 2 is taken literally: f0's pictures are called pristine and f1's manipulated, all of
//! them. The paper's text has its two parentheses there the other way around.

use burn::prelude::Tensor;

use crate::methods::intele::model::{Intele, Painted};
use crate::methods::intele::preset::InteleSettings;
use crate::methods::loss::cross_entropies;
use crate::nn::noise::Noise;

#[cfg(test)]
mod tests;

/// The parts of one batch's loss, each of shape `[1]` and without its weight.
#[derive(Debug)]
pub struct Losses {
    /// `L_AE`, Eq. 1.
    pub reconstruction: Tensor<1>,
    /// None without `f_SC`.
    pub semantic: Option<SemanticLosses>,
    /// `L_cls`, Eq. 4.
    pub classification: Tensor<1>,
}

/// The two losses of `f_SC`.
#[derive(Debug)]
pub struct SemanticLosses {
    /// `L_CE`, Eq. 2: on what the decoders painted.
    pub painted: Tensor<1>,
    /// `L_aux`, Eq. 3: on the pictures themselves.
    pub shown: Tensor<1>,
}

impl Losses {
    /// Of a model in training.
    ///
    /// # Shapes
    /// - `images`: `[batch, 3, height, width]`, RGB, by `BackboneKind::normalization`
    /// - `labels`: `[batch]`, 1 is manipulated
    pub fn of(
        model: &Intele,
        settings: &InteleSettings,
        images: &Tensor<4>,
        labels: &Tensor<1>,
        noise: &mut Noise,
    ) -> Self {
        let seen = model.forward(images.clone(), noise);
        let logits = model.classifier.logit(seen.pyramid.features, noise);
        let semantic = model.semantic.as_ref().map(|semantic| {
            let painted = if settings.detach_enc_for_sc {
                // Painted again, from features that pass no gradient on.
                let taps = seen.pyramid.taps.into_iter().map(Tensor::detach);
                model.decoders.forward(&taps.collect::<Vec<_>>())
            } else {
                seen.painted.clone()
            };
            let [batch, ..] = images.dims();
            let all = vec![painted.pristine, painted.manipulated, images.clone()];
            // One pass, so that norms see painted and shown pictures alike.
            let all = settings.backbone.normalization().undo(Tensor::cat(all, 0));
            let logits = semantic.forward(all, noise);
            let of = |at: usize| logits.clone().narrow(0, at * batch, batch);
            SemanticLosses::of(of(0), of(1), of(2), labels)
        });
        Self {
            reconstruction: reconstruction(images, seen.painted, labels),
            semantic,
            classification: cross_entropies(logits, labels.clone()).mean(),
        }
    }

    /// The parts with their weights, whose sum is L of Eq. 5.
    pub fn weighted(self, settings: &InteleSettings) -> Vec<(&'static str, Tensor<1>)> {
        let InteleSettings {
            alpha,
            lambda1,
            lambda2,
            ..
        } = *settings;
        let mut parts = vec![
            ("reconstruction", self.reconstruction),
            ("classification", self.classification * lambda2),
        ];
        if let Some(semantic) = self.semantic {
            parts.push(("semantic of painted", semantic.painted * lambda1));
            parts.push(("semantic of shown", semantic.shown * (lambda1 * alpha)));
        }
        parts
    }
}

impl SemanticLosses {
    /// # Shapes
    /// - logits of `f_SC` on f0's pictures, on f1's, and on the pictures themselves, and `labels`: `[batch]`
    pub fn of(
        pristine: Tensor<1>,
        manipulated: Tensor<1>,
        shown: Tensor<1>,
        labels: &Tensor<1>,
    ) -> Self {
        let (zeros, ones) = (labels.zeros_like(), labels.ones_like());
        let painted = cross_entropies(pristine, zeros) + cross_entropies(manipulated, ones);
        Self {
            painted: painted.mean(),
            shown: cross_entropies(shown, labels.clone()).mean(),
        }
    }
}

/// `L_AE`: every picture against what the decoder of its own kind made of it; the other decoder's gradient
/// is zero.
///
/// # Shapes
/// - `images`: `[batch, 3, height, width]`
/// - `labels`: `[batch]`, 1 is manipulated
/// - output: `[1]`
pub fn reconstruction(images: &Tensor<4>, painted: Painted, labels: &Tensor<1>) -> Tensor<1> {
    let [batch, channels, height, width] = images.dims();
    let errors = |painted: Tensor<4>| {
        let difference = images.clone() - painted;
        let squares = difference.clone() * difference;
        squares
            .reshape([batch, channels * height * width])
            .mean_dim(1)
            .reshape([batch])
    };
    let of_pristine = errors(painted.pristine) * (labels.clone().neg() + 1.0);
    let of_manipulated = errors(painted.manipulated) * labels.clone();
    (of_pristine + of_manipulated).mean()
}
