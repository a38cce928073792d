//! Labelled data: one manifest that training and evaluation read, whatever dataset it came from.

pub mod crops;
pub mod geometry;
pub mod import;
mod logistic;
pub mod manifest;

pub use crops::{CropCache, CropError, CropSettings, FaceSample, crops_of_item};
pub use geometry::{Geometry, geometry_of, geometry_probe};
pub use import::{DatasetKind, ImportError, ImportOptions, ImportReport, ImportSettings};
pub use manifest::{FrameRule, Item, Manifest, ManifestError, Split};
