//! LGSC's networks (METHODS 7): an encoder, the decoder that paints the cue C, and a separate classifier that
//! judges face and cue together, x + C, in training alone.

use burn::nn::{Linear, LinearConfig};
use burn::prelude::{Device, Module, Tensor};

use crate::methods::lgsc::decoder::{CueDecoder, CueDecoderConfig, Painted};
use crate::methods::lgsc::preset::LgscSettings;
use crate::methods::lgsc::scale::CueScale;
use crate::nn::backbone::{Backbone, BackboneConfig};
use crate::nn::dropout::Dropout;
use crate::nn::noise::Noise;
use crate::nn::pool::pool;
use crate::nn::resnet::{ResNet, ResNetConfig};

#[derive(Module, Debug)]
pub struct Lgsc {
    pub encoder: Backbone,
    pub decoder: CueDecoder,
    pub classifier: CueClassifier,
    /// Weight `[features, 1]`: what the encoder's own features say in the first steps.
    pub start: Option<Linear>,
    pub scale: CueScale,
}

/// `ResNet18`, the mean over all places, dropout, and a linear layer.
#[derive(Module, Debug)]
pub struct CueClassifier {
    network: ResNet,
    dropout: Dropout,
    /// Weight `[features, 2]`: pristine, manipulated.
    linear: Linear,
}

impl Lgsc {
    pub fn new(settings: &LgscSettings, device: &Device) -> Self {
        let encoder = BackboneConfig::new(settings.backbone)
            .with_width(settings.width)
            .with_middle_blocks(settings.middle_blocks)
            .with_is_aligned(true);
        let decoder =
            CueDecoderConfig::new(encoder.tap_channels()).with_width(settings.decoder_width);
        let network = ResNetConfig::resnet18();
        let channels = (network.channels as f64 * settings.classifier_width).round();
        let network = network.with_channels((channels as usize).max(1));
        let start = LinearConfig::new(encoder.features(), 1);
        Self {
            start: (0.0 < settings.encoder_share).then(|| start.init(device)),
            encoder: encoder.init(device),
            decoder: decoder.init(device),
            classifier: CueClassifier {
                dropout: Dropout::new(settings.dropout),
                linear: LinearConfig::new(network.features(), 2).init(device),
                network: network.init(device),
            },
            scale: CueScale::new(device),
        }
    }

    /// # Shapes
    /// - `pictures`: `[batch, 3, height, width]`, both multiples of 32
    pub fn paint(&self, pictures: Tensor<4>, noise: &mut Noise) -> Painted {
        let pyramid = self.encoder.pyramid(pictures, noise);
        self.decoder.forward(pyramid.taps)
    }

    /// What the encoder's features say by themselves, above zero leaning to manipulated, where it learns so
    /// in its first steps.
    ///
    /// # Shapes
    /// - `features`: `[batch, channels, height, width]`
    /// - output: `[batch]`
    pub fn start_logit(&self, features: Tensor<4>) -> Option<Tensor<1>> {
        let [batch, ..] = features.dims();
        let linear = self.start.as_ref()?;
        Some(linear.forward(pool(features)).reshape([batch]))
    }
}

impl CueClassifier {
    /// The logit, above zero leaning to manipulated: the difference of two outputs, whose logistic
    /// function is the softmax.
    ///
    /// # Shapes
    /// - `sums`: `[batch, 3, height, width]`, picture and cue added
    /// - output: `[batch]`
    pub fn logit(&self, sums: Tensor<4>, noise: &mut Noise) -> Tensor<1> {
        let [batch, ..] = sums.dims();
        let pooled = self
            .dropout
            .forward(pool(self.network.run(sums, None)), noise);
        let outputs = self.linear.forward(pooled);
        let output = |at| outputs.clone().narrow(1, at, 1).reshape([batch]);
        output(1) - output(0)
    }
}

/// Mean |C| over channels and places.
///
/// # Shapes
/// - `cue`: `[batch, 3, height, width]`
/// - output: `[batch]`, 0 to 1
pub fn strength(cue: Tensor<4>) -> Tensor<1> {
    let [batch, channels, height, width] = cue.dims();
    cue.abs()
        .reshape([batch, channels * height * width])
        .mean_dim(1)
        .reshape([batch])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::lgsc::preset;
    use crate::nn::initial::seeded;
    use crate::nn::named::{host_tensor, num_trainable};

    #[test]
    fn counts_are_the_published_ones() {
        let settings = LgscSettings::read(&preset::paper()).unwrap();
        let model = Lgsc::new(&settings, &Device::flex());
        assert_eq!(num_trainable(&model.encoder), 11_176_512);
        assert_eq!(num_trainable(&model.decoder), 5_146_071);
        assert_eq!(num_trainable(&model.classifier), 11_176_512 + 1_026);
        assert_eq!(num_trainable(&model), 27_500_121);
    }

    #[test]
    fn cues_stay_within_their_range_over_every_family() {
        let device = Device::flex();
        for (backbone, width) in [
            ("xception", 0.05),
            ("efficientnet-b0", 0.2),
            ("resnet18", 0.1),
        ] {
            let settings = LgscSettings {
                backbone: backbone.parse().unwrap(),
                width,
                middle_blocks: 1,
                classifier_width: 0.1,
                ..LgscSettings::default()
            };
            let model = seeded(Lgsc::new(&settings, &device), 3);
            let pictures = Tensor::<4>::ones([1, 3, 64, 96], &device) * 50.0;
            let painted = model.paint(pictures, &mut Noise::off());
            assert_eq!(painted.maps.len(), 5, "{backbone}");
            assert_eq!(painted.cue.dims(), [1, 3, 64, 96], "{backbone}");
            let strength = host_tensor(strength(painted.cue)).unwrap().values[0];
            assert!((0.0..1.0).contains(&strength), "{backbone}: {strength}");
        }
    }

    #[test]
    fn the_strength_is_the_mean_of_magnitudes() {
        let cue = Tensor::<4>::from_data(
            [[[[0.5_f32, -0.5]], [[0.0, 0.3]], [[-0.2, 0.0]]]],
            &Device::flex(),
        );
        let strength = host_tensor(strength(cue)).unwrap().values[0];
        assert!((strength - 0.25).abs() < 1e-6);
    }
}
