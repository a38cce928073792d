//! People of Seam's own, drawn by the CPU from seeds, with exact truth for each frame.
//!
//! A [`Person`] is an identity: a head shape melted from rounded bodies (`head_shape`), laid out as a grid
//! (`mesh`), painted (`texture`) and grown over with hair. A [`Shot`] films people: it decides light,
//! background, motion and camera, and draws any frame at any time. Pictures depend on the two seeds,
//! the settings and the frame's index alone, not on threads or the machine.

mod background;
mod body;
mod camera;
pub mod expression;
mod face_hair;
mod features;
mod hair;
mod hairline;
mod head_shape;
pub mod identity;
mod individual;
mod landmarks;
mod lids;
mod light;
mod mesh;
mod model;
mod motion;
mod noise;
mod parts;
mod raster;
mod scene;
mod shade;
mod shadow;
mod shot;
mod space;
mod stand;
#[cfg(test)]
mod tests;
mod texture;

pub use expression::Expression;
pub use identity::Identity;
pub use individual::Person;
pub use parts::Part;
pub use shot::{RenderedFace, RenderedFrame, Shot, ShotSettings};
