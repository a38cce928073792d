//! How well a manipulation is blended, from crude to invisible.

use serde::{Deserialize, Serialize};

/// Which colors a face pasted in takes from the one it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColorMatch {
    None,
    /// Means in Lab.
    Mean,
    /// Means and deviations in Lab.
    MeanStd,
    /// Quantiles of red, green and blue.
    Histogram,
}

/// What makes `resynth`'s faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaceModel {
    /// Principal components of the donor's samples; ready in a fraction of a second.
    LowRank { rank: usize },
    /// A convolutional autoencoder with a shared encoder and a decoder for each person, trained on the
    /// two; half a minute.
    Autoencoder { steps: u32 },
}

/// Every technique reads what concerns it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// Width of the soft border inside the region, as a share of the face's width.
    pub feather: f32,
    /// Whether the region is made to meet its surroundings by a membrane (Poisson cloning).
    pub is_poisson: bool,
    pub color_match: ColorMatch,
    /// Whether the target's grain is put on what is smoother than it.
    pub is_grain_matched: bool,
    /// Width of the face as it was made, in pixels: a larger target gets it enlarged. `None` for the
    /// target's own.
    pub face_px: Option<u32>,
    /// Sharpening after that enlargement, 0 for none; large values leave rings.
    pub sharpening: f32,
    /// How much of the target's soft light and shadow falls on the face pasted in, 0 to 1.
    pub relighting: f32,
    pub face_model: FaceModel,
}

impl Quality {
    /// Visible at a glance: hard borders, foreign colors, a coarse and oversharpened face.
    pub fn crude() -> Self {
        Self {
            feather: 0.0,
            is_poisson: false,
            color_match: ColorMatch::None,
            is_grain_matched: false,
            face_px: Some(48),
            sharpening: 0.9,
            relighting: 0.0,
            face_model: FaceModel::Autoencoder { steps: 300 },
        }
    }

    /// As the first generation of data sets: soft borders, mean colors, a coarse face.
    pub fn low() -> Self {
        Self {
            feather: 0.07,
            is_poisson: false,
            color_match: ColorMatch::Mean,
            is_grain_matched: false,
            face_px: Some(72),
            sharpening: 0.4,
            relighting: 0.0,
            face_model: FaceModel::Autoencoder { steps: 300 },
        }
    }

    /// As the second generation: colors and borders agree, the face is a little soft.
    pub fn high() -> Self {
        Self {
            feather: 0.12,
            is_poisson: true,
            color_match: ColorMatch::MeanStd,
            is_grain_matched: true,
            face_px: Some(128),
            sharpening: 0.2,
            relighting: 0.4,
            face_model: FaceModel::Autoencoder { steps: 450 },
        }
    }

    /// Nothing to see for a person who does not know.
    pub fn invisible() -> Self {
        Self {
            feather: 0.15,
            is_poisson: true,
            color_match: ColorMatch::MeanStd,
            is_grain_matched: true,
            face_px: None,
            sharpening: 0.0,
            relighting: 0.7,
            face_model: FaceModel::Autoencoder { steps: 600 },
        }
    }
}
