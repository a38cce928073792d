//! People of Seam's own, drawn by the CPU from seeds, with exact truth for each frame.

mod background;
mod body;
mod camera;
pub mod expression;
mod features;
mod hair;
mod hairline;
mod head_shape;
pub mod identity;
mod landmarks;
mod lids;
mod light;
mod mesh;
mod model;
mod motion;
mod noise;
mod parts;
mod person;
mod raster;
mod shade;
mod shot;
mod space;
#[cfg(test)]
mod tests;
mod texture;

pub use expression::Expression;
pub use identity::Identity;
pub use parts::Part;
pub use person::Person;
pub use shot::{RenderedFace, RenderedFrame, Shot, ShotSettings};
