//! A backbone, the mean over all places, dropout, and a linear layer (METHODS 6).

use burn::nn::{Linear, LinearConfig};
use burn::prelude::{Device, Module, Tensor};

use crate::methods::ce::preset::CeSettings;
use crate::nn::backbone::{Backbone, BackboneConfig};
use crate::nn::backbone_kind::BackboneKind;
use crate::nn::dropout::Dropout;
use crate::nn::noise::Noise;
use crate::nn::pool::pool;

#[derive(Module, Debug)]
pub struct Classifier {
    pub backbone: Backbone,
    pub head: Head,
}

/// Everything behind the feature map.
#[derive(Module, Debug)]
pub struct Head {
    dropout: Dropout,
    /// Weight `[features, outputs]`. Two outputs: pristine, manipulated. One: above zero leans to
    /// manipulated.
    linear: Linear,
}

/// What a map explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Manipulated,
    Pristine,
}

impl Classifier {
    pub fn new(kind: BackboneKind, settings: &CeSettings, device: &Device) -> Self {
        let backbone = BackboneConfig::new(kind)
            .with_width(settings.width)
            .with_middle_blocks(settings.middle_blocks)
            .with_is_aligned(settings.is_aligned)
            .with_drop_path(settings.drop_path);
        let features = backbone.features();
        Self {
            backbone: backbone.init(device),
            head: Head::new(features, settings.outputs, settings.dropout, device),
        }
    }
}

impl Head {
    /// `outputs` is 1 or 2; `dropout` is how likely a pooled feature is dropped in training.
    pub fn new(features: usize, outputs: usize, dropout: f64, device: &Device) -> Self {
        Self {
            dropout: Dropout::new(dropout),
            linear: LinearConfig::new(features, outputs).init(device),
        }
    }

    /// The logit, above zero leaning to manipulated: of two outputs their difference, whose logistic
    /// function is the softmax.
    ///
    /// # Shapes
    /// - `features`: `[batch, channels, height, width]`
    /// - output: `[batch]`
    pub fn logit(&self, features: Tensor<4>, noise: &mut Noise) -> Tensor<1> {
        let outputs = self.outputs(features, noise);
        match outputs.dims() {
            [batch, 1] => outputs.reshape([batch]),
            [batch, _] => {
                let output = |at| outputs.clone().narrow(1, at, 1).reshape([batch]);
                output(1) - output(0)
            }
        }
    }

    /// The score before softmax or sigmoid that speaks for a side: its own output, or of a single one
    /// that or its negative (METHODS 15).
    ///
    /// # Shapes
    /// - `features`: `[batch, channels, height, width]`
    /// - output: `[batch]`
    pub fn score_for(&self, features: Tensor<4>, side: Side) -> Tensor<1> {
        let outputs = self.outputs(features, &mut Noise::off());
        let [batch, count] = outputs.dims();
        match (count, side) {
            (1, Side::Manipulated) => outputs.reshape([batch]),
            (1, Side::Pristine) => outputs.reshape([batch]).neg(),
            (_, Side::Manipulated) => outputs.narrow(1, 1, 1).reshape([batch]),
            (_, Side::Pristine) => outputs.narrow(1, 0, 1).reshape([batch]),
        }
    }

    fn outputs(&self, features: Tensor<4>, noise: &mut Noise) -> Tensor<2> {
        let pooled = self.dropout.forward(pool(features), noise);
        self.linear.forward(pooled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::gradcam::grad_cam;
    use crate::nn::initial::seeded;
    use crate::nn::named::{self, host_tensor};
    use burn::prelude::TensorData;

    fn head(outputs: usize) -> Head {
        seeded(Head::new(6, outputs, 0.5, &Device::flex()), 4)
    }

    fn features() -> Tensor<4> {
        let values: Vec<f32> = (0..6 * 6).map(|i| (i * 31 % 13) as f32 * 0.2).collect();
        Tensor::from_data(TensorData::new(values, [1, 6, 2, 3]), &Device::flex())
    }

    fn map(head: &Head, side: Side) -> Vec<f32> {
        let head = head.clone().train();
        let map = grad_cam(features(), |features| head.score_for(features, side));
        map.unwrap().values
    }

    /// METHODS 15: for a mean and a linear layer, Grad-CAM is the class activation map.
    fn check(outputs: usize, side: Side, column: usize, sign: f32) {
        let head = head(outputs);
        let weight = named::collect(&head).unwrap()["linear.weight"]
            .values
            .clone();
        let values = host_tensor(features()).unwrap().values;
        for (place, found) in map(&head, side).iter().enumerate() {
            let cam: f32 = (0..6)
                .map(|c| sign * weight[outputs * c + column] * values[6 * c + place])
                .sum();
            assert!((found - cam.max(0.0)).abs() < 1e-5, "{found} and {cam}");
        }
    }

    #[test]
    fn maps_of_two_outputs_explain_the_output_and_not_the_softmax() {
        check(2, Side::Manipulated, 1, 1.0);
        check(2, Side::Pristine, 0, 1.0);
    }

    #[test]
    fn a_single_logit_speaks_for_pristine_by_its_negative() {
        check(1, Side::Manipulated, 0, 1.0);
        check(1, Side::Pristine, 0, -1.0);
    }

    #[test]
    fn a_bias_changes_no_map_and_nothing_gives_a_zero_map() {
        let head = head(1);
        let mut tensors = named::collect(&head).unwrap();
        tensors.get_mut("linear.bias").unwrap().values[0] += 3.0;
        let shifted = named::apply(head.clone(), tensors).unwrap();
        assert_eq!(
            map(&head, Side::Manipulated),
            map(&shifted, Side::Manipulated)
        );
        let both = [Side::Manipulated, Side::Pristine].map(|side| map(&head, side));
        let is_zero_where_the_other_is_not = both[0]
            .iter()
            .zip(&both[1])
            .all(|(one, other)| one.min(*other) == 0.0);
        assert!(is_zero_where_the_other_is_not);
    }

    #[test]
    fn the_logit_of_two_outputs_is_their_difference() {
        let head = head(2);
        let side = |side| {
            host_tensor(head.score_for(features(), side))
                .unwrap()
                .values[0]
        };
        let logit = head.logit(features(), &mut Noise::off());
        let logit = host_tensor(logit).unwrap().values[0];
        let difference = side(Side::Manipulated) - side(Side::Pristine);
        assert!((logit - difference).abs() < 1e-6);
    }

    #[test]
    fn counts_of_two_classes_are_the_published_ones() {
        let check = |kind, expected| {
            let model = Classifier::new(kind, &CeSettings::default(), &Device::flex());
            assert_eq!(named::num_trainable(&model), expected, "{kind:?}");
        };
        check(BackboneKind::Xception, 20_811_050);
        check(BackboneKind::EfficientNetB5, 28_344_882);
        check(BackboneKind::ResNet50, 23_512_130);
        check(BackboneKind::EfficientNetV2L, 117_236_834);
    }
}
