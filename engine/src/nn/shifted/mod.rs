//! Convolutions that see only what lies above, or above and left: the parts of PixelCNN++ (METHODS 4.2;
//! Salimans et al. 2017), with weight normalization and its start from data.

pub mod conv;
pub mod gated;
pub mod shift;
pub mod start;
