//! Recipes: whole sets of labelled clips with exact masks, from rendered people or from real clips.

mod filmed;
mod footage;
mod lane;
mod plan;
mod rendered;
mod samples;
mod sheet;
mod sink;
mod sources;
mod write;

pub use samples::{NAME as SAMPLES, write_samples};
pub use write::{techniques_named, write_clips};

use crate::forge::manipulate::{FaceModel, Quality, Technique};

/// A set of clips by its numbers. All of it follows from these, a seed and the build.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    pub name: &'static str,
    /// For people.
    pub about: &'static str,
    /// People to render, where no clips are given; forged in pairs, each with the other's face.
    pub people: usize,
    /// Sets with different numbers show different people under the same seed.
    pub cast: u64,
    pub shots_per_person: usize,
    /// Frames of a shot at most.
    pub frames: u32,
    /// Of rendered frames, pixels.
    pub frame_px: [u32; 2],
    pub rate: [u32; 2],
    /// Bounds of the width of rendered faces, pixels.
    pub face_px: [f32; 2],
    /// How many of [`Self::techniques`] are done to each shot, in turn.
    pub techniques_per_shot: usize,
    pub techniques: &'static [Technique],
    /// Taken in turn.
    pub levels: &'static [Level],
    pub face_model: FaceModel,
    /// x264's rate factors, one drawn for each shot and used for the pristine clip and its forgeries.
    pub rate_factors: &'static [u8],
    /// A second coding on top, as when a clip is uploaded: drawn likewise; empty for none.
    pub second_rate_factors: &'static [u8],
}

/// How well blended, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Crude,
    Low,
    High,
    Invisible,
}

/// All recipes for clips.
pub static RECIPES: [Recipe; 3] = [
    Recipe {
        name: "tiny",
        about: "seconds to make, for tests: 6 people, all techniques, every blending quality",
        people: 6,
        cast: 1,
        shots_per_person: 1,
        frames: 12,
        frame_px: [256, 256],
        rate: [25, 1],
        face_px: [104.0, 120.0],
        techniques_per_shot: 6,
        techniques: &Technique::ALL,
        levels: &[Level::Crude, Level::Low, Level::High, Level::Invisible],
        face_model: FaceModel::LowRank { rank: 8 },
        rate_factors: &[18],
        second_rate_factors: &[],
    },
    Recipe {
        name: "standard",
        about: "the benchmark of this project: 24 people, crude and low blending quality",
        people: 24,
        cast: 2,
        shots_per_person: 2,
        frames: 40,
        frame_px: [384, 384],
        rate: [25, 1],
        face_px: [130.0, 180.0],
        techniques_per_shot: 3,
        techniques: &Technique::ALL,
        levels: &[Level::Low, Level::Crude],
        face_model: FaceModel::Autoencoder { steps: 100 },
        rate_factors: &[18, 23],
        second_rate_factors: &[],
    },
    Recipe {
        name: "realistic",
        about: "other people, blended as well as can be and coded twice: the cross-dataset test",
        people: 16,
        cast: 3,
        shots_per_person: 2,
        frames: 40,
        frame_px: [448, 384],
        rate: [30, 1],
        face_px: [110.0, 190.0],
        techniques_per_shot: 3,
        techniques: &Technique::ALL,
        levels: &[Level::High, Level::Invisible],
        face_model: FaceModel::Autoencoder { steps: 150 },
        rate_factors: &[20, 24],
        second_rate_factors: &[26, 30],
    },
];

/// The recipe of this name.
pub fn find(name: &str) -> Option<&'static Recipe> {
    RECIPES.iter().find(|recipe| recipe.name == name)
}

impl Level {
    pub fn name(self) -> &'static str {
        match self {
            Self::Crude => "crude",
            Self::Low => "low",
            Self::High => "high",
            Self::Invisible => "invisible",
        }
    }

    fn quality(self, face_model: FaceModel) -> Quality {
        let quality = match self {
            Self::Crude => Quality::crude(),
            Self::Low => Quality::low(),
            Self::High => Quality::high(),
            Self::Invisible => Quality::invisible(),
        };
        Quality {
            face_model,
            ..quality
        }
    }
}
