//! Names of the standard networks and what pictures they expect.

use std::fmt;
use std::str::FromStr;

use burn::prelude::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use crate::tensor::normalized_pictures;

/// Written as in `seam train ce-efficientnet-b5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum BackboneKind {
    Xception,
    EfficientNetB0,
    EfficientNetB1,
    EfficientNetB2,
    EfficientNetB3,
    EfficientNetB4,
    EfficientNetB5,
    EfficientNetB6,
    EfficientNetB7,
    EfficientNetV2S,
    EfficientNetV2M,
    EfficientNetV2L,
    ResNet18,
    ResNet50,
}

/// No backbone has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no backbone {name:?}")]
pub struct UnknownBackbone {
    pub name: String,
}

/// How pixel values from 0 to 1 become what a network expects: `(value - mean) / deviation`, RGB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normalization {
    pub mean: [f32; 3],
    pub deviation: [f32; 3],
}

impl BackboneKind {
    pub const ALL: [Self; 14] = [
        Self::Xception,
        Self::EfficientNetB0,
        Self::EfficientNetB1,
        Self::EfficientNetB2,
        Self::EfficientNetB3,
        Self::EfficientNetB4,
        Self::EfficientNetB5,
        Self::EfficientNetB6,
        Self::EfficientNetB7,
        Self::EfficientNetV2S,
        Self::EfficientNetV2M,
        Self::EfficientNetV2L,
        Self::ResNet18,
        Self::ResNet50,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Xception => "xception",
            Self::EfficientNetB0 => "efficientnet-b0",
            Self::EfficientNetB1 => "efficientnet-b1",
            Self::EfficientNetB2 => "efficientnet-b2",
            Self::EfficientNetB3 => "efficientnet-b3",
            Self::EfficientNetB4 => "efficientnet-b4",
            Self::EfficientNetB5 => "efficientnet-b5",
            Self::EfficientNetB6 => "efficientnet-b6",
            Self::EfficientNetB7 => "efficientnet-b7",
            Self::EfficientNetV2S => "efficientnet-v2-s",
            Self::EfficientNetV2M => "efficientnet-v2-m",
            Self::EfficientNetV2L => "efficientnet-v2-l",
            Self::ResNet18 => "resnet18",
            Self::ResNet50 => "resnet50",
        }
    }

    /// Side in pixels of the pictures it was published with (for V2, trained with); any other works.
    pub fn resolution(self) -> u32 {
        match self {
            Self::Xception => 299,
            Self::EfficientNetB0 | Self::ResNet18 | Self::ResNet50 => 224,
            Self::EfficientNetB1 => 240,
            Self::EfficientNetB2 => 260,
            Self::EfficientNetB3 | Self::EfficientNetV2S => 300,
            Self::EfficientNetB4 => 380,
            Self::EfficientNetB5 => 456,
            Self::EfficientNetB6 => 528,
            Self::EfficientNetB7 => 600,
            Self::EfficientNetV2M | Self::EfficientNetV2L => 384,
        }
    }

    pub fn normalization(self) -> Normalization {
        match self {
            Self::Xception
            | Self::EfficientNetV2S
            | Self::EfficientNetV2M
            | Self::EfficientNetV2L => Normalization::HALF,
            _ => Normalization::IMAGE_NET,
        }
    }
}

impl fmt::Display for BackboneKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for BackboneKind {
    type Err = UnknownBackbone;

    fn from_str(name: &str) -> Result<Self, UnknownBackbone> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == name);
        found.ok_or_else(|| UnknownBackbone {
            name: name.to_owned(),
        })
    }
}

impl TryFrom<String> for BackboneKind {
    type Error = UnknownBackbone;

    fn try_from(name: String) -> Result<Self, UnknownBackbone> {
        name.parse()
    }
}

impl From<BackboneKind> for String {
    fn from(kind: BackboneKind) -> Self {
        kind.name().to_owned()
    }
}

impl Normalization {
    /// Pixel values become -1 to 1.
    pub const HALF: Self = Self {
        mean: [0.5; 3],
        deviation: [0.5; 3],
    };

    /// Of `ImageNet`'s pictures, as torchvision and `timm` have it.
    pub const IMAGE_NET: Self = Self {
        mean: [0.485, 0.456, 0.406],
        deviation: [0.229, 0.224, 0.225],
    };

    /// Square RGB8 pictures, one after the other, as the network takes them.
    ///
    /// # Shapes
    /// - `pixels`: `batch * size_px * size_px * 3` bytes
    /// - output: `[batch, 3, size_px, size_px]`
    pub fn pictures(self, pixels: &[u8], size_px: u32, device: &Device) -> Tensor<4> {
        normalized_pictures(pixels, size_px, self.mean, self.deviation, device)
    }

    /// # Shapes
    /// - `images`: `[batch, 3, height, width]`, RGB, 0 to 1
    /// - output: `[batch, 3, height, width]`
    pub fn apply(self, images: Tensor<4>) -> Tensor<4> {
        let device = images.device();
        (images - per_channel(self.mean, &device)) / per_channel(self.deviation, &device)
    }

    /// The way back.
    ///
    /// # Shapes
    /// - `images`: `[batch, 3, height, width]`
    /// - output: `[batch, 3, height, width]`, RGB, 0 to 1
    pub fn undo(self, images: Tensor<4>) -> Tensor<4> {
        let device = images.device();
        images * per_channel(self.deviation, &device) + per_channel(self.mean, &device)
    }
}

/// # Shapes
/// - output: `[1, 3, 1, 1]`
fn per_channel(values: [f32; 3], device: &Device) -> Tensor<4> {
    Tensor::from_data(TensorData::new(values.to_vec(), [1, 3, 1, 1]), device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::host_tensor;

    #[test]
    fn names_are_read_as_they_are_written() {
        for kind in BackboneKind::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
            let json = serde_json::to_string(&kind).unwrap();
            assert_eq!(json, format!("\"{kind}\""));
            assert_eq!(serde_json::from_str::<BackboneKind>(&json).unwrap(), kind);
        }
        let failure = "vgg".parse::<BackboneKind>().unwrap_err();
        assert_eq!(failure.to_string(), "there is no backbone \"vgg\"");
    }

    #[test]
    fn the_mean_becomes_zero_and_a_deviation_one() {
        let values = vec![0.485, 0.456 + 0.224, 0.406 - 0.225];
        let images = Tensor::from_data(TensorData::new(values, [1, 3, 1, 1]), &Device::flex());
        let output = Normalization::IMAGE_NET.apply(images.clone());
        let again = host_tensor(Normalization::IMAGE_NET.undo(output.clone())).unwrap();
        for (found, expected) in again.values.iter().zip(host_tensor(images).unwrap().values) {
            assert!((found - expected).abs() < 1e-6, "{found} and {expected}");
        }
        for (found, expected) in host_tensor(output)
            .unwrap()
            .values
            .iter()
            .zip([0.0, 1.0, -1.0])
        {
            assert!((found - expected).abs() < 1e-5, "{found}");
        }
    }
}
