//! FWA, face warping artifacts (METHODS 10; Li and Lyu 2019): a pristine face is shrunk to the size of a
//! generator's output, blurred and warped back, which leaves what a pasted face leaves.
//!
//! Where this differs from the public code:
//! - It starts from faces cut upright with a margin of 1.3, not from whole photographs, so that the head
//!   crop ends at the border of the cut.
//! - The template is the drawn mean face of `faces::mean_face`.
//! - Outside of the picture it reads the mirrored picture, not black.
//! - Label 1 is manipulated (there: 0).

mod generator;
mod head;
mod jitter;
mod template;
mod warp;

pub use generator::{Example, Fwa, FwaSettings, Scratch};

use rand::RngExt as _;
use rand::rngs::StdRng;

/// Where the warped face replaces the pristine one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Region {
    /// The whole square that was warped.
    Square,
    /// The hull of brows and mouth within it.
    Polygon,
    /// `DeepfakeBench`'s variant: the whole crop is shrunk, and one of the five hulls of METHODS 5.2
    /// takes it.
    Hull,
}

impl Region {
    pub const ALL: [Self; 3] = [Self::Square, Self::Polygon, Self::Hull];

    /// As the public code draws: the square, or as often the polygon.
    pub fn draw(rng: &mut StdRng) -> Self {
        if rng.random_bool(0.5) {
            Self::Polygon
        } else {
            Self::Square
        }
    }

    /// The technique in manifests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Square => "fwa-square",
            Self::Polygon => "fwa-polygon",
            Self::Hull => "fwa-hull",
        }
    }
}
