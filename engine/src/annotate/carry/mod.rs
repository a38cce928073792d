//! Carries a finished mask along its face to neighboring frames, and says where it stops fitting.

mod drift;
mod face;
mod fit;
mod keyframes;
mod place;
mod run;
mod template;
#[cfg(test)]
mod tests;
mod walk;
mod warp;

pub use drift::{Drift, FLAGGED};
pub use face::{CarriedFace, Ended, FaceCarrier};
pub use keyframes::{Keyframe, Keyframes};
pub use place::now_secs;
pub use run::{Carried, CarriedTask, CarryError, CarrySettings, carry};
pub use walk::Direction;
