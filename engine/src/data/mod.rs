//! Labelled data: one manifest that training and evaluation read, whatever dataset it came from.

pub mod manifest;

pub use manifest::{FrameRule, Item, Manifest, ManifestError, Split};
