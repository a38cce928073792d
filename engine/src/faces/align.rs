//! Cuts faces out of frames: upright, at a fixed size, with a margin.

use crate::faces::{FaceBox, Landmarks};
use crate::media::Frame;

/// How a method wants its faces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CropRule {
    /// Side of the square crop in pixels.
    pub size_px: u32,
    /// The crop's side over the face's side; METHODS 16 uses 1.3.
    pub margin: f32,
    /// Turned upright by the eyes (similarity to the template), or cut straight from the box.
    pub is_aligned: bool,
}

/// A picture of one face. RGB8, row by row, `3 * size_px * size_px` bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Crop {
    pub size_px: u32,
    pub pixels: Vec<u8>,
    /// Points in the crop's pixels.
    pub landmarks: Landmarks,
    /// Affine map `[a, b, c, d, e, f]`: x_frame = a x + b y + c, y_frame = d x + e y + f.
    pub frame_from_crop: [f32; 6],
}

/// Cuts one face; pixels outside the frame repeat its border.
pub fn crop(frame: &Frame, face: &FaceBox, landmarks: &Landmarks, rule: CropRule) -> Crop {
    let _ = (frame, face, landmarks, rule);
    todo!("faces helper")
}
