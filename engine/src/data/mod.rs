//! Labelled data: one manifest that training and evaluation read, whatever dataset it came from.

pub mod annotations;
pub mod crops;
pub mod geometry;
mod held_back;
pub mod import;
pub mod labelled;
pub mod logistic;
pub mod manifest;
pub mod overview;
mod picture_store;

pub use crops::{
    CropCache, CropError, CropPlace, CropSettings, FaceSample, crops_of_item, masks_at,
    masks_of_item,
};
pub use geometry::{Geometry, geometry_of, geometry_probe};
pub use held_back::hold_back;
pub use import::{DatasetKind, ImportError, ImportOptions, ImportReport, ImportSettings};
pub use manifest::{FrameRule, Item, MANIFEST_FILE, Manifest, ManifestError, Split};
