//! Labelled data: one manifest that training and evaluation read, whatever dataset it came from.

pub mod crops;
pub mod manifest;

pub use crops::{CropCache, CropError, CropSettings, FaceSample, crops_of_item};
pub use manifest::{FrameRule, Item, Manifest, ManifestError, Split};
