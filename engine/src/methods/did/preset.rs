//! Numbers of DID: the paper's, and those that a laptop can train in minutes (METHODS 2.2 to 2.6).

use serde::{Deserialize, Serialize};

use crate::forge::labelled::LabelledAugmentation;
use crate::methods::did::attention::Combination;
use crate::methods::training::{Sampling, TrainConfig, TrainError};
use crate::nn::backbone_kind::BackboneKind;

/// Names that [`preset`] knows.
pub const PRESETS: &[&str] = &["laptop", "paper", "paper-resnet50"];

/// What only this method knows: [`TrainConfig::method_config`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DidSettings {
    /// G; the paper's are `EfficientNetV2`-L and `ResNet50`.
    pub backbone: BackboneKind,
    /// Scales the backbone's channels; 1 is the published network.
    pub width: f64,
    /// Xception's middle blocks; 8 in the published network. Other backbones do not look at it.
    pub middle_blocks: usize,
    /// How likely the backbone's last block is skipped in training; earlier ones less (`EfficientNet`).
    pub drop_path: f64,
    /// The crop's side over the face's side; 1 is the template of the alignment itself.
    pub margin: f32,
    /// Faces lose their color, as in the paper.
    pub is_gray: bool,
    /// Without it the backbone and its classifier are alone: what the paper compares with.
    pub has_attention: bool,
    /// Without it the domain classifier sees all of the rest: the ablation without `A_dom`.
    pub has_domain_attention: bool,
    /// Without it nothing keeps the two parts apart: the ablation without T.
    pub has_decorrelation: bool,
    /// The channel branch of the attention narrows by this factor.
    pub reduction: usize,
    pub depthwise_kernel: usize,
    pub spatial_kernel: usize,
    pub combination: Combination,
    /// Hidden units of both classifiers.
    pub hidden: usize,
    /// Outputs of T's convolutions.
    pub estimator_channels: [usize; 3],
    /// Share of cross entropy in the classification loss; the rest is the ranking (AUC) loss.
    pub alpha: f64,
    /// By how much a manipulated face's score is to lie above a pristine one's.
    pub gamma: f64,
    /// Power of what is missing to that.
    pub power: f64,
    /// The ranking loss looks at probabilities instead of logits.
    pub auc_on_sigmoid: bool,
    /// Weights of L.
    pub lambda_cls: f64,
    pub lambda_dom: f64,
    pub lambda_dec: f64,
    /// `lambda_dec` also scales what T itself learns from. Otherwise only what features feel of T, which is
    /// the same for all but T: Adam takes no notice of a scale, but its weight decay does, and with a
    /// hundredth of a gradient it was measured to leave T at zero within 200 steps.
    pub lambda_on_estimator: bool,
    /// Eq. 5 to the letter: the schedule scales T's own steps, and features feel T in full.
    pub schedule_on_estimator: bool,
    /// Learning rate of everything behind the backbone, over the backbone's.
    pub head_rate: f64,
    /// Steps over which the learning rate rises from zero.
    pub warmup_steps: u64,
    /// The learning rate falls along a cosine to this share of itself; 1 keeps it.
    pub final_rate_share: f64,
    /// How batches are drawn.
    pub sampling: Sampling,
    pub augmentation: LabelledAugmentation,
}

impl Default for DidSettings {
    /// The paper's, with `EfficientNetV2`-L.
    fn default() -> Self {
        Self {
            backbone: BackboneKind::EfficientNetV2L,
            width: 1.0,
            middle_blocks: 8,
            drop_path: 0.2,
            margin: 1.0,
            is_gray: true,
            has_attention: true,
            has_domain_attention: true,
            has_decorrelation: true,
            reduction: 16,
            depthwise_kernel: 3,
            spatial_kernel: 7,
            combination: Combination::SigmoidOfProduct,
            hidden: 512,
            estimator_channels: [512, 256, 128],
            alpha: 0.5,
            gamma: 0.15,
            power: 2.0,
            auc_on_sigmoid: false,
            lambda_cls: 1.0,
            lambda_dom: 1.0,
            lambda_dec: 0.01,
            lambda_on_estimator: false,
            schedule_on_estimator: false,
            head_rate: 10.0,
            warmup_steps: 0,
            final_rate_share: 1.0,
            sampling: Sampling::PerDomain,
            augmentation: LabelledAugmentation::None,
        }
    }
}

impl DidSettings {
    /// From the method's table of a configuration; refuses unknown keys and impossible numbers.
    pub fn read(config: &TrainConfig) -> Result<Self, TrainError> {
        let settings: Self = config.own_settings()?;
        let is_within = |value: f64, most: f64| 0.0 < value && value <= most;
        let is_share = |value: f64| (0.0..=1.0).contains(&value);
        let is_weight = |value: f64| (0.0..=1e6).contains(&value);
        let is_odd = |kernel: usize| kernel % 2 == 1 && kernel <= 31;
        let is_some = |count: usize| (1..=65_536).contains(&count);
        let weights = [
            settings.lambda_cls,
            settings.lambda_dom,
            settings.lambda_dec,
        ];
        config.check([
            (
                !config.size_px.is_multiple_of(32),
                "size_px must be a multiple of 32, for T",
            ),
            (
                !is_within(settings.width, 4.0),
                "width must be above 0 and at most 4",
            ),
            (
                !(0.0..1.0).contains(&settings.drop_path),
                "drop_path must be at least 0 and below 1",
            ),
            (
                !(0.5..=4.0).contains(&settings.margin),
                "margin must be between 0.5 and 4",
            ),
            (
                !is_some(settings.reduction)
                    || !is_some(settings.hidden)
                    || !settings.estimator_channels.into_iter().all(is_some),
                "reduction, hidden and estimator_channels must be between 1 and 65536",
            ),
            (
                !is_odd(settings.depthwise_kernel) || !is_odd(settings.spatial_kernel),
                "depthwise_kernel and spatial_kernel must be odd and at most 31",
            ),
            (!is_share(settings.alpha), "alpha must be between 0 and 1"),
            (
                !is_weight(settings.gamma) || !(1.0..=8.0).contains(&settings.power),
                "gamma must be at least 0, and power between 1 and 8",
            ),
            (
                !weights.into_iter().all(is_weight),
                "lambda_cls, lambda_dom and lambda_dec must be at least 0",
            ),
            (
                !is_within(settings.head_rate, 1e3),
                "head_rate must be above 0 and at most 1000",
            ),
            (
                !is_share(settings.final_rate_share),
                "final_rate_share must be between 0 and 1",
            ),
        ])?;
        Ok(settings)
    }

    fn table(&self) -> toml::Table {
        toml::Table::try_from(self).expect("plain numbers and names fit a table")
    }
}

/// A preset's numbers; `None` for another name than [`PRESETS`].
pub fn preset(name: &str) -> Option<TrainConfig> {
    match name {
        "laptop" => Some(laptop()),
        "paper" => Some(paper()),
        "paper-resnet50" => Some(paper_resnet50()),
        _ => None,
    }
}

/// The paper's numbers with `EfficientNetV2`-L. What it does not state: the number of epochs.
fn paper() -> TrainConfig {
    let epoch = 6_000;
    TrainConfig {
        method: "did".to_owned(),
        preset: "paper".to_owned(),
        seed: 1,
        size_px: 224,
        // Three faces of each of five domains.
        batch_size: 15,
        steps: 20 * epoch,
        learning_rate: 1e-5,
        weight_decay: 5e-4,
        frames_per_clip: 270,
        validation_share: 0.15,
        validate_every: epoch,
        validation_batches: 200,
        checkpoint_every: epoch / 4,
        init: None,
        techniques: Vec::new(),
        method_config: DidSettings::default().table(),
    }
}

/// The paper's numbers with `ResNet50`.
fn paper_resnet50() -> TrainConfig {
    TrainConfig {
        preset: "paper-resnet50".to_owned(),
        method_config: DidSettings {
            backbone: BackboneKind::ResNet50,
            drop_path: 0.0,
            ..DidSettings::default()
        }
        .table(),
        ..paper()
    }
}

/// A narrow network from random numbers, for a few hundred forged clips and two cores: sizes and faces of
/// the plain classifiers' `laptop`, so that they compare.
fn laptop() -> TrainConfig {
    TrainConfig {
        preset: "laptop".to_owned(),
        size_px: 128,
        // Five domains, five faces each; any other number of techniques shares it as evenly.
        batch_size: 25,
        steps: 2_400,
        // The plain classifiers'.
        learning_rate: 1e-3,
        weight_decay: 5e-4,
        frames_per_clip: 16,
        validation_share: 0.2,
        validate_every: 300,
        validation_batches: 4,
        checkpoint_every: 100,
        method_config: DidSettings {
            backbone: BackboneKind::Xception,
            width: 0.25,
            middle_blocks: 4,
            drop_path: 0.0,
            margin: 1.3,
            hidden: 128,
            estimator_channels: [128, 64, 32],
            // The backbone, too, starts from random numbers: nothing in it is to be kept.
            head_rate: 1.0,
            warmup_steps: 36,
            final_rate_share: 0.02,
            augmentation: LabelledAugmentation::Strong,
            ..DidSettings::default()
        }
        .table(),
        ..paper()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_read_back() {
        for name in PRESETS {
            let config = preset(name).unwrap();
            let settings = DidSettings::read(&config).unwrap();
            assert_eq!(settings.table(), config.method_config);
            assert_eq!((config.method.as_str(), &config.preset[..]), ("did", *name));
            // METHODS 2.5 and 2.6.
            let DidSettings {
                alpha,
                gamma,
                power,
                lambda_cls,
                lambda_dom,
                lambda_dec,
                ..
            } = settings;
            let numbers = [alpha, gamma, power, lambda_cls, lambda_dom, lambda_dec];
            assert_eq!(numbers, [0.5, 0.15, 2.0, 1.0, 1.0, 0.01]);
            assert!(settings.is_gray);
            assert_eq!(settings.head_rate == 10.0, *name != "laptop");
        }
        assert!(preset("desktop").is_none());
        let paper = paper();
        assert_eq!((paper.size_px, paper.batch_size), (224, 15));
        assert_eq!((paper.learning_rate, paper.weight_decay), (1e-5, 5e-4));
    }

    #[test]
    fn wrong_numbers_are_refused_with_the_key() {
        let check = |key: &str, value: toml::Value| {
            let mut config = laptop();
            config.method_config.insert(key.to_owned(), value);
            let text = DidSettings::read(&config).unwrap_err().to_string();
            assert!(text.contains(key), "{text}");
        };
        check("width", 0.0.into());
        check("drop_path", 1.0.into());
        check("margin", 9.0.into());
        check("reduction", 0.into());
        check("spatial_kernel", 6.into());
        check("alpha", 1.5.into());
        check("gamma", f64::NAN.into());
        check("power", 0.5.into());
        check("lambda_dec", (-1.0).into());
        check("head_rate", 0.0.into());
        check("combination", "sum".into());
        check("lambda4", 1.0.into());
        let mut config = laptop();
        config.size_px = 100;
        let text = DidSettings::read(&config).unwrap_err().to_string();
        assert!(text.contains("size_px"), "{text}");
    }
}
