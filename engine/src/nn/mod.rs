//! Backbones and blocks, one a file.

pub mod xception;
