//! What LAE has to be told beside what every training is: every choice of METHODS 3 with its default.

use serde::{Deserialize, Serialize};

use crate::data::annotations::Order;
use crate::forge::labelled::LabelledAugmentation;
use crate::methods::lae::attention::{MapScale, MaskSize};
use crate::methods::lae::choice::ComparatorChoice;
use crate::methods::lae::discriminator::{DiscriminatorConfig, Extent};
use crate::methods::lae::loss::Difference;
use crate::methods::lae::network::AutoencoderConfig;
use crate::methods::lae::target::Target;
use crate::methods::schedule::{dropped, learning_rate};
use crate::methods::training::{MaskPlan, Sampling, TrainConfig, TrainError};

/// What only this method knows: [`TrainConfig::method_config`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaeSettings {
    /// Scale the channels; 1 are the published networks.
    pub width: f64,
    pub decoder_width: f64,
    pub discriminator_width: f64,
    pub discriminator: Extent,
    /// Numbers of the latent vector, `d_z`.
    pub latent: usize,
    /// So many of them, the first, are to be active on pristine faces; the rest on manipulated ones.
    pub pristine_units: usize,
    /// What painted faces are held against.
    pub comparator: ComparatorChoice,
    /// Scales the substitute's channels; VGG16 has its own.
    pub comparator_width: f64,
    /// Side of the pictures that the comparator sees.
    pub comparator_px: usize,
    /// Weights of `L_rec` and `L_latent` in the first stage.
    pub alpha1: f64,
    pub alpha2: f64,
    /// Weights in `L_rec` of pixels, of the comparator's features, and of the discriminator.
    pub beta1: f64,
    pub beta2: f64,
    pub beta3: f64,
    /// Weights of `L_latent` and `L_att` in the second stage.
    pub lambda1: f64,
    pub lambda2: f64,
    /// How pixels and features are compared.
    pub difference: Difference,
    /// What the decoder is to paint.
    pub target: Target,
    pub map_scale: MapScale,
    pub mask_size: MaskSize,
    /// How first weights are drawn.
    pub autoencoder_start: FirstWeights,
    pub discriminator_start: FirstWeights,
    pub discriminator_rate: f64,
    /// Steps of the first stage; what is left of `steps` is the second's.
    pub stage1_steps: u64,
    /// Steps over which the first stage's rate rises from zero.
    pub warmup_steps: u64,
    /// The first stage's rate falls along a cosine to this share of itself; 1 keeps it.
    pub final_rate_share: f64,
    /// The second stage's rate; `learning_rate` is the first's.
    pub stage2_rate: f64,
    /// It is multiplied by this at the start of each of so many equal parts of the stage but the first.
    pub stage2_drop: f64,
    pub stage2_parts: u64,
    /// Faces with masks beside a batch of the second stage.
    pub masked_batch: usize,
    /// Faces whose masks a training asks for, where nobody gave any.
    pub num_masks: usize,
    /// How they are chosen.
    pub order: Order,
    /// Chosen anew every so many steps; 0 chooses once.
    pub reselect_every: u64,
    pub sampling: Sampling,
    pub augmentation: LabelledAugmentation,
}

/// How weights are drawn before the first step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstWeights {
    /// `PyTorch`'s own way.
    Default,
    /// DCGAN's.
    Dcgan,
}

impl Default for LaeSettings {
    /// The published networks and their training.
    fn default() -> Self {
        Self {
            width: 1.0,
            decoder_width: 1.0,
            discriminator_width: 1.0,
            discriminator: Extent::Whole,
            latent: 128,
            pristine_units: 64,
            comparator: ComparatorChoice::Auto,
            comparator_width: 1.0,
            comparator_px: 224,
            alpha1: 1.0,
            alpha2: 1.0,
            beta1: 1.0,
            beta2: 1.0,
            beta3: 0.01,
            lambda1: 0.5,
            lambda2: 1.0,
            difference: Difference::Mae,
            target: Target::Symmetric,
            map_scale: MapScale::Sum,
            mask_size: MaskSize::Picture,
            autoencoder_start: FirstWeights::Default,
            discriminator_start: FirstWeights::Dcgan,
            discriminator_rate: 1e-3,
            stage1_steps: 0,
            warmup_steps: 0,
            final_rate_share: 1.0,
            stage2_rate: 1e-4,
            stage2_drop: 0.1,
            stage2_parts: 3,
            masked_batch: 64,
            num_masks: 100,
            order: Order::Active,
            reselect_every: 0,
            sampling: Sampling::Natural,
            augmentation: LabelledAugmentation::None,
        }
    }
}

impl LaeSettings {
    /// From the method's table of a configuration; refuses unknown keys and impossible numbers.
    pub fn read(config: &TrainConfig) -> Result<Self, TrainError> {
        let settings: Self = config.own_settings()?;
        let is_width = |width: f64| 0.0 < width && width <= 4.0;
        let is_share = |share: f64| (0.0..=1.0).contains(&share);
        let is_rate = |rate: f64| 0.0 < rate && rate <= 1.0;
        let weights = [
            settings.alpha1,
            settings.alpha2,
            settings.beta1,
            settings.beta2,
            settings.beta3,
            settings.lambda1,
            settings.lambda2,
        ];
        let are_weights = weights.iter().all(|weight| (0.0..=1e6).contains(weight));
        config.check([
            (
                !config.size_px.is_power_of_two() || !(32..=512).contains(&config.size_px),
                "size_px must be 32, 64, 128, 256 or 512: the networks halve it down to 16 and 4",
            ),
            (
                !is_width(settings.width)
                    || !is_width(settings.decoder_width)
                    || !is_width(settings.discriminator_width),
                "width, decoder_width and discriminator_width must be above 0 and at most 4",
            ),
            (
                !(0.0..=1.0).contains(&settings.comparator_width)
                    || settings.comparator_width == 0.0,
                "comparator_width must be above 0 and at most 1",
            ),
            (
                !settings.comparator_px.is_multiple_of(8)
                    || !(16..=512).contains(&settings.comparator_px),
                "comparator_px must be a multiple of 8 from 16 to 512",
            ),
            (
                !(2..=4096).contains(&settings.latent),
                "latent must be 2 to 4096",
            ),
            (
                !(1..settings.latent).contains(&settings.pristine_units),
                "pristine_units must be at least 1 and below latent",
            ),
            (
                !are_weights,
                "alpha1, alpha2, beta1, beta2, beta3, lambda1 and lambda2 must be 0 to a million",
            ),
            (
                !is_rate(settings.discriminator_rate) || !is_rate(settings.stage2_rate),
                "discriminator_rate and stage2_rate must be above 0 and at most 1",
            ),
            (
                !is_share(settings.final_rate_share) || !is_share(settings.stage2_drop),
                "final_rate_share and stage2_drop must be between 0 and 1",
            ),
            (
                settings.stage2_parts == 0 || 1000 < settings.stage2_parts,
                "stage2_parts must be 1 to 1000",
            ),
            (
                config.steps < settings.stage1_steps,
                "stage1_steps must be at most steps",
            ),
            (
                settings.order == Order::Asked,
                "order must be active, uncertainty or random: nobody is there to be asked",
            ),
        ])?;
        Ok(settings)
    }

    pub fn autoencoder(&self, size_px: u32) -> AutoencoderConfig {
        AutoencoderConfig {
            side_px: size_px as usize,
            width: self.width,
            decoder_width: self.decoder_width,
            latent: self.latent,
        }
    }

    pub fn discriminator(&self, size_px: u32) -> DiscriminatorConfig {
        DiscriminatorConfig {
            side_px: size_px as usize,
            width: self.discriminator_width,
            extent: self.discriminator,
        }
    }

    /// The autoencoder's learning rate at a step of a training.
    pub fn rate(&self, config: &TrainConfig, step: u64) -> f64 {
        let Some(step) = step.checked_sub(self.stage1_steps) else {
            return learning_rate(
                config.learning_rate,
                step,
                self.stage1_steps,
                self.warmup_steps,
                self.final_rate_share,
            );
        };
        let steps = config.steps.saturating_sub(self.stage1_steps);
        let part = |part: u64| (part * steps).div_ceil(self.stage2_parts);
        let drops: Vec<u64> = (1..self.stage2_parts).map(part).collect();
        dropped(self.stage2_rate, step, &drops, self.stage2_drop)
    }

    /// The masks that the second stage learns from, where it does.
    pub fn mask_plan(&self) -> Option<MaskPlan> {
        let wants = 0 < self.num_masks && 0 < self.masked_batch && 0.0 < self.lambda2;
        wants.then(|| MaskPlan {
            from_step: self.stage1_steps,
            count: self.num_masks,
            order: self.order,
            every: (0 < self.reselect_every).then_some(self.reselect_every),
        })
    }

    pub(super) fn table(&self) -> toml::Table {
        toml::Table::try_from(self).expect("plain numbers and names fit a table")
    }
}
