//! Backbones and blocks, one a file, and what every network needs: starts, steps, files.

pub mod adam;
pub mod conv;
pub mod initial;
pub mod kernels;
pub mod named;
pub mod norm;
pub mod separable;
pub mod weights;
pub mod xception;
pub mod xception_block;
