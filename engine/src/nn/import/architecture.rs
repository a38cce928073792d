//! The networks whose weights can be brought along, by the names of the command line.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use burn::prelude::Device;
use serde::{Serialize, Serializer};

use crate::nn::backbone::{Backbone, BackboneConfig};
use crate::nn::backbone_kind::BackboneKind;
use crate::nn::named::shapes;
use crate::nn::vgg16::Vgg16FeaturesConfig;

/// A published network at its published size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    Backbone(BackboneKind),
    /// The 13 convolutions of VGG16, which compare pictures (METHODS 3.1).
    Vgg16,
}

/// Networks with one way of naming their tensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Xception,
    EfficientNet,
    ResNet,
    Vgg16,
}

/// Shapes by path in the network itself: `blocks.0.convs.1.depthwise.weight`.
pub type Shapes = BTreeMap<String, Vec<usize>>;

/// No network of this name is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no architecture {name:?}; there are {}", names().join(", "))]
pub struct UnknownArchitecture {
    pub name: String,
}

impl Architecture {
    /// In the order of `BackboneKind::ALL`, VGG16 last.
    pub fn all() -> impl Iterator<Item = Self> {
        let backbones = BackboneKind::ALL.into_iter().map(Self::Backbone);
        backbones.chain([Self::Vgg16])
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Backbone(kind) => kind.name(),
            Self::Vgg16 => "vgg16",
        }
    }

    pub fn family(self) -> Family {
        match self {
            Self::Backbone(BackboneKind::Xception) => Family::Xception,
            Self::Backbone(BackboneKind::ResNet18 | BackboneKind::ResNet50) => Family::ResNet,
            Self::Backbone(_) => Family::EfficientNet,
            Self::Vgg16 => Family::Vgg16,
        }
    }

    /// Every tensor of the network, running statistics included.
    pub fn shapes(self) -> Shapes {
        let device = Device::flex();
        match self {
            Self::Backbone(kind) => match BackboneConfig::new(kind).init(&device) {
                Backbone::Xception(network) => shapes(&network),
                Backbone::EfficientNet(network) => shapes(&network),
                Backbone::ResNet(network) => shapes(&network),
            },
            Self::Vgg16 => shapes(&Vgg16FeaturesConfig::new().init(&device)),
        }
    }
}

fn names() -> Vec<&'static str> {
    Architecture::all().map(Architecture::name).collect()
}

impl From<BackboneKind> for Architecture {
    fn from(kind: BackboneKind) -> Self {
        Self::Backbone(kind)
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Architecture {
    type Err = UnknownArchitecture;

    fn from_str(name: &str) -> Result<Self, UnknownArchitecture> {
        let found = Self::all().find(|architecture| architecture.name() == name);
        found.ok_or_else(|| UnknownArchitecture {
            name: name.to_owned(),
        })
    }
}

impl Serialize for Architecture {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for architecture in Architecture::all() {
            assert_eq!(architecture.name().parse(), Ok(architecture));
        }
        let failure = "alexnet".parse::<Architecture>().unwrap_err().to_string();
        assert!(failure.contains("\"alexnet\""), "{failure}");
        assert!(failure.ends_with("resnet50, vgg16"), "{failure}");
    }

    #[test]
    fn shapes_are_those_of_the_published_network() {
        let resnet = Architecture::Backbone(BackboneKind::ResNet18).shapes();
        assert_eq!(resnet["stem.conv.weight"], [64, 3, 7, 7]);
        let trained: usize = resnet
            .iter()
            .filter(|(path, _)| !path.contains("running_"))
            .map(|(_, shape)| shape.iter().product::<usize>())
            .sum();
        assert_eq!(trained, 11_176_512);
        assert_eq!(Architecture::Vgg16.shapes().len(), 2 * 13);
    }
}
