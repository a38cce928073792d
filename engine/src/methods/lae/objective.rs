//! What each stage makes smaller (METHODS 3.2): the parts of `L_1` and of `L_2`, with their weights.

#[cfg(test)]
mod tests;

use burn::prelude::{Module as _, Tensor};

use crate::methods::lae::attention::{attention_loss, class_activation};
use crate::methods::lae::comparator::Comparator;
use crate::methods::lae::discriminator::Discriminator;
use crate::methods::lae::latent::Activations;
use crate::methods::lae::loss::taken_for_true;
use crate::methods::lae::network::{Autoencoder, Encoder};
use crate::methods::lae::preset::LaeSettings;

/// Parts of a loss with their names, each of shape `[1]`.
pub type Parts = Vec<(&'static str, Tensor<1>)>;

/// A batch as the autoencoder sees it.
pub struct Seen {
    /// z. `[batch, latent]`.
    pub latent: Tensor<2>,
    /// What was to be painted. `[batch, 3, side, side]`.
    pub wanted: Tensor<4>,
    /// What was painted. `[batch, 3, side, side]`, -1 to 1.
    pub painted: Tensor<4>,
}

/// Manipulated faces with their masks.
pub struct Masked {
    /// `[batch, 3, side, side]`, RGB, `ImageNet` mean and deviation.
    pub pictures: Tensor<4>,
    /// Of `attention::masks`.
    pub masks: Tensor<4>,
}

impl Seen {
    /// # Shapes
    /// - `pictures`: `[batch, 3, side, side]`, RGB, `ImageNet` mean and deviation
    pub fn of(autoencoder: &Autoencoder, settings: &LaeSettings, pictures: Tensor<4>) -> Self {
        let features = autoencoder.encoder.features(pictures.clone());
        let latent = autoencoder.encoder.latent(features);
        Self {
            painted: autoencoder.decoder.forward(latent.clone()),
            latent,
            wanted: settings.target.of(pictures),
        }
    }

    /// `L_1` (Eq. 2 to 5): parts without weight are left out.
    ///
    /// # Shapes
    /// - `labels`: `[batch]`, 1 is manipulated
    pub fn first_stage(
        self,
        settings: &LaeSettings,
        labels: &Tensor<1>,
        comparator: Option<&Comparator>,
        discriminator: &Discriminator,
    ) -> Parts {
        let mut parts = Parts::new();
        let mut add = |name, weight: f64, loss: &dyn Fn() -> Tensor<1>| {
            if 0.0 < weight {
                parts.push((name, loss() * weight));
            }
        };
        let LaeSettings { alpha1, target, .. } = *settings;
        let difference = settings.difference;
        add("pixels", alpha1 * settings.beta1, &|| {
            difference.of(self.painted.clone(), self.wanted.clone())
        });
        if let Some(comparator) = comparator {
            add("perceptual", alpha1 * settings.beta2, &|| {
                let features = |picture| comparator.features(target.standardized(picture));
                difference.of(
                    features(self.painted.clone()),
                    features(self.wanted.clone()).detach(),
                )
            });
        }
        add("adversarial", alpha1 * settings.beta3, &|| {
            // Its weights rest while the autoencoder learns from it; its norms go on as in training.
            let judge = discriminator.clone().no_grad();
            taken_for_true(judge.logits(self.painted.clone()))
        });
        add("latent", settings.alpha2, &|| {
            let activations = Activations::of(self.latent.clone(), settings.pristine_units);
            activations.loss(labels.clone())
        });
        parts
    }
}

/// `L_2` (Eq. 9 and 11), which the encoder alone learns from. Faces with masks go through the encoder together
/// with the others, so that its norms are the same for both, in training as afterwards.
///
/// # Shapes
/// - `pictures`: `[batch, 3, side, side]`, RGB, `ImageNet` mean and deviation
/// - `labels`: `[batch]`, 1 is manipulated
pub fn second_stage(
    encoder: &Encoder,
    settings: &LaeSettings,
    pictures: Tensor<4>,
    labels: Tensor<1>,
    masked: Option<Masked>,
) -> Parts {
    let [batch, ..] = pictures.dims();
    let (pictures, masks) = match masked {
        None => (pictures, None),
        Some(masked) => {
            let all = vec![pictures, masked.pictures];
            (Tensor::cat(all, 0), Some(masked.masks))
        }
    };
    let features = encoder.features(pictures);
    let latent = encoder.latent(features.clone());
    let activations = Activations::of(latent.clone().narrow(0, 0, batch), settings.pristine_units);
    let mut parts = vec![("latent", activations.loss(labels) * settings.lambda1)];
    if let Some(masks) = masks {
        let [count, ..] = masks.dims();
        let maps = class_activation(
            encoder,
            features.narrow(0, batch, count),
            latent.narrow(0, batch, count),
            settings.pristine_units,
            settings.map_scale,
        );
        parts.push(("attention", attention_loss(maps, masks) * settings.lambda2));
    }
    parts
}
