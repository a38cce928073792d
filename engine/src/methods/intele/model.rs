//! Encoder, two decoders, and two classifiers (METHODS 1.1 and 1.3).

use burn::prelude::{Device, Module, Tensor};

use crate::methods::ce::model::Head;
use crate::methods::intele::preset::InteleSettings;
use crate::methods::intele::semantic::Semantic;
use crate::nn::backbone::{Backbone, BackboneConfig, Pyramid};
use crate::nn::backbone_kind::Normalization;
use crate::nn::noise::Noise;
use crate::nn::unet::{UnetConfig, UnetDecoder};

/// Everything that is trained.
#[derive(Module, Debug)]
pub struct Intele {
    pub encoder: Backbone,
    /// `f_cls`.
    pub classifier: Head,
    pub decoders: Decoders,
    /// `f_SC`; none in the ablation without it.
    pub semantic: Option<Semantic>,
}

/// What scores: encoder and `f_cls`, under the same paths as in [`Intele`].
#[derive(Module, Debug)]
pub struct Scorer {
    pub encoder: Backbone,
    pub classifier: Head,
}

/// Two of one form, with weights of their own.
#[derive(Module, Debug)]
pub struct Decoders {
    /// f0: paints pristine faces.
    pub pristine: UnetDecoder,
    /// f1: paints manipulated faces.
    pub manipulated: UnetDecoder,
}

/// What the whole model says of a batch.
pub struct Seen {
    pub pyramid: Pyramid,
    pub painted: Painted,
}

/// Pictures of both decoders.
///
/// # Shapes
/// - each: `[batch, 3, height, width]`, as the encoder's pictures are normalized
#[derive(Clone, Debug)]
pub struct Painted {
    /// f0's.
    pub pristine: Tensor<4>,
    /// f1's.
    pub manipulated: Tensor<4>,
}

impl InteleSettings {
    fn encoder(&self) -> BackboneConfig {
        BackboneConfig::new(self.backbone)
            .with_width(self.width)
            .with_middle_blocks(self.middle_blocks)
            .with_drop_path(self.drop_path)
            .with_is_aligned(true)
    }
}

impl Intele {
    pub fn new(settings: &InteleSettings, device: &Device) -> Self {
        let Scorer {
            encoder,
            classifier,
        } = Scorer::new(settings, device);
        let semantic = settings
            .has_semantic_classifier
            .then(|| settings.semantic.init(device));
        Self {
            encoder,
            classifier,
            decoders: Decoders::new(settings, device),
            semantic,
        }
    }

    /// Every picture goes through both decoders, whatever it is.
    ///
    /// # Shapes
    /// - `images`: `[batch, 3, height, width]`, RGB, by `BackboneKind::normalization`, both sides multiples
    ///   of 32
    pub fn forward(&self, images: Tensor<4>, noise: &mut Noise) -> Seen {
        let pyramid = self.encoder.pyramid(images, noise);
        let painted = self.decoders.forward(&pyramid.taps);
        Seen { pyramid, painted }
    }
}

impl Scorer {
    pub fn new(settings: &InteleSettings, device: &Device) -> Self {
        let encoder = settings.encoder();
        Self {
            classifier: Head::new(encoder.features(), 1, settings.dropout, device),
            encoder: encoder.init(device),
        }
    }

    /// Whether a tensor of [`Intele`] with this path belongs to it.
    pub fn has(path: &str) -> bool {
        path.starts_with("encoder.") || path.starts_with("classifier.")
    }
}

impl Decoders {
    /// Where its tensors are in [`Intele`].
    pub const PATH: &str = "decoders.";

    pub fn new(settings: &InteleSettings, device: &Device) -> Self {
        // Pictures from -1 to 1 end in a hyperbolic tangent; ImageNet's normalization has no such ends.
        let has_tanh = settings.backbone.normalization() == Normalization::HALF;
        let decoder = UnetConfig::new(settings.encoder().tap_channels(), has_tanh)
            .with_width(settings.decoder_width);
        Self {
            pristine: decoder.init(device),
            manipulated: decoder.init(device),
        }
    }

    /// # Shapes
    /// - `taps`: of pictures `[batch, 3, height, width]`, both sides multiples of 32: `Pyramid::taps`
    pub fn forward(&self, taps: &[Tensor<4>]) -> Painted {
        Painted {
            pristine: self.pristine.forward(taps.to_vec()),
            manipulated: self.manipulated.forward(taps.to_vec()),
        }
    }

    /// The inference form: see `nn::fold`. Give it `module.valid()`.
    pub fn folded(self) -> Self {
        Self {
            pristine: self.pristine.folded(),
            manipulated: self.manipulated.folded(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::backbone_kind::BackboneKind;
    use crate::nn::named;

    fn settings(backbone: BackboneKind, width: f64) -> InteleSettings {
        InteleSettings {
            backbone,
            width,
            middle_blocks: 1,
            decoder_width: width,
            ..InteleSettings::default()
        }
    }

    #[test]
    fn counts_are_those_of_the_reference() {
        // METHODS 1.3, 6.1, 6.2 and 8; one logit.
        let check = |backbone, decoder, encoder| {
            let settings = InteleSettings {
                middle_blocks: 8,
                ..settings(backbone, 1.0)
            };
            let model = Intele::new(&settings, &Device::flex());
            assert_eq!(named::num_trainable(&model.decoders.pristine), decoder);
            assert_eq!(named::num_trainable(&model.decoders.manipulated), decoder);
            assert_eq!(named::num_trainable(&model.encoder), encoder);
            let all = 2 * decoder + encoder + 2049 + 27_977;
            assert_eq!(named::num_trainable(&model), all);
        };
        check(BackboneKind::Xception, 7_962_739, 20_806_952);
        check(BackboneKind::EfficientNetB5, 2_875_507, 28_340_784);
    }

    #[test]
    fn painted_pictures_have_the_size_of_the_shown_ones() {
        let device = Device::flex();
        for backbone in [BackboneKind::Xception, BackboneKind::EfficientNetB0] {
            let model = Intele::new(&settings(backbone, 0.03), &device);
            for [height, width] in [[32, 32], [64, 64], [96, 160]] {
                let images = Tensor::ones([1, 3, height, width], &device);
                let seen = model.forward(images, &mut Noise::off());
                assert_eq!(seen.painted.pristine.dims(), [1, 3, height, width]);
                assert_eq!(seen.painted.manipulated.dims(), [1, 3, height, width]);
            }
        }
    }

    #[test]
    fn the_scoring_part_and_the_decoders_are_found_in_the_model_by_path() {
        let device = Device::flex();
        let settings = settings(BackboneKind::Xception, 0.03);
        let whole = named::shapes(&Intele::new(&settings, &device));
        let scoring: Vec<&String> = whole.keys().filter(|path| Scorer::has(path)).collect();
        let expected = named::shapes(&Scorer::new(&settings, &device));
        assert_eq!(scoring, expected.keys().collect::<Vec<_>>());
        let decoders = named::shapes(&Decoders::new(&settings, &device));
        for path in decoders.keys() {
            assert!(whole.contains_key(&format!("{}{path}", Decoders::PATH)));
        }
    }

    #[test]
    fn without_the_shallow_classifier_both_decoders_stay() {
        let settings = InteleSettings {
            has_semantic_classifier: false,
            ..settings(BackboneKind::Xception, 0.03)
        };
        let paths = named::shapes(&Intele::new(&settings, &Device::flex()));
        let has = |start: &str| paths.keys().any(|path| path.starts_with(start));
        assert!(has("decoders.pristine.") && has("decoders.manipulated."));
        assert!(!has("semantic"));
    }
}
