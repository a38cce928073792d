//! Colors that a mask can have over a face.

use egui::Color32;
use serde::{Deserialize, Serialize};

/// Far from skin and from each other for people who tell few colors apart (Okabe and Ito 2008), and none of the
/// evidence scale's reds: a mask is a person's word, no evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaskColor {
    #[default]
    Sky,
    Yellow,
    Violet,
    White,
}

impl MaskColor {
    pub const ALL: [Self; 4] = [Self::Sky, Self::Yellow, Self::Violet, Self::White];

    pub fn color(self) -> Color32 {
        match self {
            Self::Sky => Color32::from_rgb(56, 172, 240),
            Self::Yellow => Color32::from_rgb(244, 228, 66),
            Self::Violet => Color32::from_rgb(190, 96, 230),
            Self::White => Color32::from_rgb(245, 246, 248),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Sky => "Sky",
            Self::Yellow => "Yellow",
            Self::Violet => "Violet",
            Self::White => "White",
        }
    }

    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|color| *color == self);
        Self::ALL[(at.unwrap_or(0) + 1) % Self::ALL.len()]
    }
}
