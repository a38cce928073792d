//! Carries a finished mask along its face to neighboring frames, and says where it stops fitting.

mod drift;
mod face;
mod fit;
#[cfg(test)]
mod tests;
mod warp;

pub use drift::{Drift, FLAGGED};
pub use face::{CarriedFace, Ended, FaceCarrier};
