//! Says before any score whether a face can carry one: size, blur, yaw, brightness.

use crate::faces::align::Crop;
use crate::faces::{FaceBox, Gate};

/// What the gate looked at, in units people can check.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaceQuality {
    /// Smaller side of the box in the frame's pixels.
    pub size_px: f32,
    /// Variance of the Laplacian of the luma in the crop, levels squared.
    pub sharpness: f32,
    /// Turn of the head to the side, radians, 0 is frontal; from the landmarks.
    pub yaw_radians: f32,
    /// Mean luma of the face, 0 to 255.
    pub brightness: f32,
}

/// Measures one face.
pub fn measure(face: &FaceBox, crop: &Crop) -> FaceQuality {
    let _ = (face, crop);
    todo!("faces helper")
}

/// Judges one face.
pub fn judge(quality: &FaceQuality) -> Gate {
    let _ = quality;
    todo!("faces helper")
}

/// Judges a whole track by the share of its faces in each state.
pub fn judge_track(qualities: &[FaceQuality]) -> Gate {
    let _ = qualities;
    todo!("faces helper")
}
