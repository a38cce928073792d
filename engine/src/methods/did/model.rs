//! The whole network (METHODS 2.1): a backbone's features are divided into what tells of forging as such
//! and the rest, and the rest is asked which technique it was.

use burn::nn::{Linear, LinearConfig};
use burn::prelude::{Device, Module, Tensor};
use burn::tensor::activation::relu;

use crate::methods::did::attention::{Attention, AttentionConfig};
use crate::methods::did::decorrelation::{Estimator, EstimatorConfig};
use crate::methods::did::preset::DidSettings;
use crate::nn::backbone::{Backbone, BackboneConfig};
use crate::nn::noise::Noise;
use crate::nn::pool::pool;

/// How much smaller than the picture the last feature map is.
const SHRINKS: usize = 32;

/// Everything that is trained.
#[derive(Module, Debug)]
pub struct Did {
    /// G.
    pub backbone: Backbone,
    pub scorer: Scorer,
    /// None where there is no attention to leave a rest.
    pub domain: Option<DomainBranch>,
    /// T; none in the ablation without it.
    pub estimator: Option<Estimator>,
}

/// What scores, behind the backbone.
#[derive(Module, Debug)]
pub struct Scorer {
    /// `A_df`; none for the backbone with the classifier alone.
    pub attention: Option<Attention>,
    /// C.
    pub classifier: Mlp,
}

/// What says which technique the rest is like.
#[derive(Module, Debug)]
pub struct DomainBranch {
    /// `A_dom`; none in the ablation without it, where the classifier sees all of the rest.
    pub attention: Option<Attention>,
    pub classifier: Mlp,
}

/// Mean over places, a hidden layer, and outputs.
#[derive(Module, Debug)]
pub struct Mlp {
    hidden: Linear,
    output: Linear,
}

/// Features divided by the mask of `A_df`.
///
/// # Shapes
/// - all `[batch, channels, height, width]`
#[derive(Clone, Debug)]
pub struct Split {
    /// `M_df`, 0 to 1.
    pub mask: Tensor<4>,
    /// `I_df`: what tells of forging as such.
    pub forgery: Tensor<4>,
    /// `I_os`: everything else. Both sum to the features exactly.
    pub rest: Tensor<4>,
}

/// What the network says of a batch in training.
#[derive(Debug)]
pub struct Seen<'a> {
    /// `[batch]`, above zero leans to manipulated.
    pub logits: Tensor<1>,
    /// `[batch, domains]`.
    pub domain_logits: Option<Tensor<2>>,
    pub split: Option<SplitPair<'a>>,
}

/// Divided features with the network that tells how much they know of each other.
#[derive(Debug)]
pub struct SplitPair<'a> {
    split: Split,
    estimator: Option<&'a Estimator>,
}

impl DidSettings {
    fn backbone_config(&self) -> BackboneConfig {
        BackboneConfig::new(self.backbone)
            .with_width(self.width)
            .with_middle_blocks(self.middle_blocks)
            .with_drop_path(self.drop_path)
            .with_is_aligned(true)
    }

    fn attention(&self, device: &Device) -> Attention {
        AttentionConfig {
            channels: self.backbone_config().features(),
            reduction: self.reduction,
            depthwise_kernel: self.depthwise_kernel,
            spatial_kernel: self.spatial_kernel,
            combination: self.combination,
        }
        .init(device)
    }

    pub fn new_backbone(&self, device: &Device) -> Backbone {
        self.backbone_config().init(device)
    }

    pub fn new_scorer(&self, device: &Device) -> Scorer {
        Scorer {
            attention: self.has_attention.then(|| self.attention(device)),
            classifier: Mlp::new(self.backbone_config().features(), self.hidden, 1, device),
        }
    }

    /// `num_domains` counts pristine and every technique.
    pub fn new_domain(&self, num_domains: usize, device: &Device) -> Option<DomainBranch> {
        let features = self.backbone_config().features();
        self.has_attention.then(|| DomainBranch {
            attention: self.has_domain_attention.then(|| self.attention(device)),
            classifier: Mlp::new(features, self.hidden, num_domains, device),
        })
    }
}

impl Did {
    /// For square pictures of `size_px`; `num_domains` counts pristine and every technique.
    pub fn new(settings: &DidSettings, size_px: u32, num_domains: usize, device: &Device) -> Self {
        let has_estimator = settings.has_attention && settings.has_decorrelation;
        Self {
            backbone: settings.new_backbone(device),
            scorer: settings.new_scorer(device),
            domain: settings.new_domain(num_domains, device),
            estimator: has_estimator.then(|| {
                EstimatorConfig {
                    channels: settings.backbone_config().features(),
                    side: (size_px as usize).div_ceil(SHRINKS),
                    hidden: settings.estimator_channels,
                }
                .init(device)
            }),
        }
    }

    /// # Shapes
    /// - `images`: `[batch, 3, size_px, size_px]`, by `BackboneKind::normalization`
    pub fn forward(&self, images: Tensor<4>, noise: &mut Noise) -> Seen<'_> {
        let features = self.backbone.forward_with_noise(images, noise);
        let Some(split) = self.scorer.split(features.clone()) else {
            return Seen {
                logits: self.scorer.classifier.logit(features),
                domain_logits: None,
                split: None,
            };
        };
        let domain_logits = self
            .domain
            .as_ref()
            .map(|domain| domain.classifier.forward(domain.seen(split.rest.clone())));
        Seen {
            logits: self.scorer.classifier.logit(split.forgery.clone()),
            domain_logits,
            split: Some(SplitPair {
                split,
                estimator: self.estimator.as_ref(),
            }),
        }
    }
}

impl Scorer {
    /// None without attention.
    ///
    /// # Shapes
    /// - `features`: `[batch, channels, height, width]`
    pub fn split(&self, features: Tensor<4>) -> Option<Split> {
        let mask = self.attention.as_ref()?.mask(features.clone());
        Some(Split::of(features, mask))
    }

    /// # Shapes
    /// - `features`: `[batch, channels, height, width]`
    /// - output: `[batch]`, above zero leans to manipulated
    pub fn logit(&self, features: Tensor<4>) -> Tensor<1> {
        match self.split(features.clone()) {
            None => self.classifier.logit(features),
            Some(split) => self.classifier.logit(split.forgery),
        }
    }
}

impl Split {
    /// # Shapes
    /// - both `[batch, channels, height, width]`; `mask` from 0 to 1
    fn of(features: Tensor<4>, mask: Tensor<4>) -> Self {
        let forgery = features.clone() * mask.clone();
        Self {
            // As good as (1 - M) * I, and nothing is lost to rounding.
            rest: features - forgery.clone(),
            forgery,
            mask,
        }
    }
}

impl SplitPair<'_> {
    /// None without T; the reason, where `shift` leaves every face in its place.
    pub fn decorrelation(&self, shift: usize, strength: f64) -> Result<Option<Tensor<1>>, String> {
        let Split { forgery, rest, .. } = &self.split;
        self.estimator
            .map(|estimator| estimator.loss(forgery.clone(), rest.clone(), shift, strength))
            .transpose()
    }
}

impl DomainBranch {
    /// `M_dom`, 0 to 1: of the rest, what tells the technique; one where there is no attention.
    ///
    /// # Shapes
    /// - `rest` and output: `[batch, channels, height, width]`
    pub fn mask(&self, rest: Tensor<4>) -> Tensor<4> {
        match &self.attention {
            Some(attention) => attention.mask(rest),
            None => rest.ones_like(),
        }
    }

    /// `I_dom`.
    ///
    /// # Shapes
    /// - `rest` and output: `[batch, channels, height, width]`
    pub fn seen(&self, rest: Tensor<4>) -> Tensor<4> {
        match &self.attention {
            Some(attention) => attention.mask(rest.clone()) * rest,
            None => rest,
        }
    }
}

impl Mlp {
    pub fn new(features: usize, hidden: usize, outputs: usize, device: &Device) -> Self {
        Self {
            hidden: LinearConfig::new(features, hidden).init(device),
            output: LinearConfig::new(hidden, outputs).init(device),
        }
    }

    /// # Shapes
    /// - `features`: `[batch, channels, height, width]`
    /// - output: `[batch, outputs]`
    pub fn forward(&self, features: Tensor<4>) -> Tensor<2> {
        self.output
            .forward(relu(self.hidden.forward(pool(features))))
    }

    /// Of a network with one output.
    ///
    /// # Shapes
    /// - `features`: `[batch, channels, height, width]`
    /// - output: `[batch]`
    pub fn logit(&self, features: Tensor<4>) -> Tensor<1> {
        let [batch, ..] = features.dims();
        self.forward(features).reshape([batch])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::did::preset::{PRESETS, preset};
    use crate::nn::initial::seeded;
    use crate::nn::named::{self, host_tensor};

    fn laptop() -> DidSettings {
        DidSettings::read(&preset("laptop").unwrap()).unwrap()
    }

    fn model(settings: &DidSettings) -> Did {
        seeded(Did::new(settings, 64, 5, &Device::flex()), 1)
    }

    fn pictures() -> Tensor<4> {
        let values: Vec<f32> = (0..2 * 3 * 64 * 64)
            .map(|at| (at % 251) as f32 / 125.0 - 1.0)
            .collect();
        Tensor::from_data(
            burn::prelude::TensorData::new(values, [2, 3, 64, 64]),
            &Device::flex(),
        )
    }

    #[test]
    fn the_parts_sum_to_the_features_exactly() {
        // METHODS 2.8, 1.
        let model = model(&laptop());
        let features = model.backbone.forward(pictures());
        let split = model.scorer.split(features.clone()).unwrap();
        let values = |tensor: Tensor<4>| host_tensor(tensor).unwrap().values;
        let masks = values(split.mask);
        assert!(masks.iter().all(|mask| (0.0..=1.0).contains(mask)));
        let sum = values(split.forgery.clone() + split.rest.clone());
        let expected = values(features);
        for (sum, expected) in sum.iter().zip(&expected) {
            assert!(
                (sum - expected).abs() <= f32::EPSILON * expected.abs(),
                "{sum} {expected}"
            );
        }
        for ((forgery, mask), feature) in values(split.forgery).iter().zip(&masks).zip(&expected) {
            assert!((forgery - mask * feature).abs() < 1e-6);
        }
        for ((rest, mask), feature) in values(split.rest.clone()).iter().zip(&masks).zip(&expected)
        {
            assert!((rest - (1.0 - mask) * feature).abs() < 1e-5);
        }
        let domain = model.domain.unwrap();
        let seen = domain.seen(split.rest.clone());
        let again = values(seen.clone() + (split.rest.clone() - seen));
        for (again, rest) in again.iter().zip(values(split.rest)) {
            assert!((again - rest).abs() <= 2.0 * f32::EPSILON * rest.abs());
        }
    }

    #[test]
    fn counts_follow_from_the_parts() {
        let device = Device::flex();
        let count = |name: &str| {
            let config = preset(name).unwrap();
            let settings = DidSettings::read(&config).unwrap();
            let model = Did::new(&settings, config.size_px, 5, &device);
            let mlp =
                |channels: usize, outputs: usize| channels * 512 + 512 + 512 * outputs + outputs;
            (
                named::num_trainable(&model),
                named::num_trainable(&model.backbone),
                mlp,
            )
        };
        for (name, channels, attention, estimator) in [
            ("paper", 1280, 425_194, 2_786_689),
            ("paper-resnet50", 2048, 1_073_434, 3_573_121),
        ] {
            assert!(PRESETS.contains(&name));
            let (all, backbone, mlp) = count(name);
            let heads = mlp(channels, 1) + mlp(channels, 5);
            assert_eq!(all, backbone + 2 * attention + estimator + heads, "{name}");
        }
    }

    #[test]
    fn ablations_leave_out_what_they_name() {
        let paths = |settings: &DidSettings| named::shapes(&model(settings));
        let has = |settings: &DidSettings, start: &str| {
            paths(settings).keys().any(|path| path.starts_with(start))
        };
        let whole = laptop();
        for start in [
            "scorer.attention.",
            "domain.attention.",
            "domain.classifier.",
            "estimator.",
        ] {
            assert!(has(&whole, start), "{start}");
        }
        let without_domain = DidSettings {
            has_domain_attention: false,
            ..laptop()
        };
        assert!(!has(&without_domain, "domain.attention."));
        assert!(has(&without_domain, "domain.classifier."));
        let without_t = DidSettings {
            has_decorrelation: false,
            ..laptop()
        };
        assert!(!has(&without_t, "estimator."));
        let plain = DidSettings {
            has_attention: false,
            alpha: 1.0,
            ..laptop()
        };
        assert!(
            !["scorer.attention.", "domain.", "estimator."]
                .iter()
                .any(|start| has(&plain, start))
        );
    }
}
