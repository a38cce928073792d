//! Manipulates faces in clips, frame by frame, and knows the exact mask: six techniques, each blended from
//! crude to invisible (DESIGN 7).
//!
//! [`prepare`] gets a bounded number of samples of the target's face and of the donor's; the
//! [`Manipulation`] it gives then changes one frame after the other. Points come from a renderer (exact) or
//! from a landmark model (noisy; smoothed here).

mod autoencoder;
mod color;
mod distortion;
mod grain;
mod grid;
mod inpaint;
mod low_rank;
mod mesh;
mod outline;
mod person;
mod pick;
mod picture;
mod poisson;
mod quality;
mod recolor;
mod reenact;
mod region;
mod resynth;
mod sample;
mod stage;
mod steady;
mod swap;
#[cfg(test)]
pub(crate) mod tests;
mod texture;

use image::{GrayImage, RgbImage};
use serde::{Deserialize, Serialize};

pub use quality::{ColorMatch, FaceModel, Quality};
pub use sample::FaceSample;

use crate::forge::manipulate::mesh::Mesh;
use crate::forge::manipulate::person::Person;
use crate::forge::manipulate::stage::{Painter, Stage};
use crate::job::{Cancelled, JobContext};

/// The 68 landmarks of the iBUG scheme, in pixels of the picture they belong to.
pub type Points = [[f32; 2]; 68];

/// Each is one domain for methods that tell techniques apart, and one case to leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Technique {
    /// The donor's face, warped in by landmarks.
    Swap,
    /// The target's own mouth and brows, moved to another expression.
    Reenact,
    /// The donor's face as a small model trained on both people makes it from the target's.
    Resynth,
    /// Mouth and chin from other frames of the target, as a neural texture renders them.
    Texture,
    /// Nose and cheeks cut out and filled again.
    Inpaint,
    /// Skin, lips or make-up in another color.
    Recolor,
}

impl Technique {
    pub const ALL: [Self; 6] = [
        Self::Swap,
        Self::Reenact,
        Self::Resynth,
        Self::Texture,
        Self::Inpaint,
        Self::Recolor,
    ];

    /// As manifests and file names have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Swap => "swap",
            Self::Reenact => "reenact",
            Self::Resynth => "resynth",
            Self::Texture => "texture",
            Self::Inpaint => "inpaint",
            Self::Recolor => "recolor",
        }
    }

    /// Whether it needs samples of another person.
    pub fn needs_donor(self) -> bool {
        matches!(self, Self::Swap | Self::Resynth)
    }
}

/// Why nothing could be prepared.
#[derive(Debug, thiserror::Error)]
pub enum ManipulateError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error("Cannot prepare {technique}: no sample of the {role}'s face has usable landmarks")]
    NoSamples {
        technique: &'static str,
        /// `target` or `donor`.
        role: &'static str,
    },
    #[error("Cannot prepare resynth: the face model could not be trained: {detail}")]
    Model { detail: String },
}

/// One manipulation of one person in one clip. Frames come in order; gaps are fine.
pub trait Manipulation: Send {
    /// Changes the face in place and gives the exact mask, of the frame's size: 255 on the region that is
    /// decided by the landmarks and takes part in blending (a pixel there may differ), 0 where the frame
    /// is the pristine one bit for bit. Where the points are no face, or none of it is in the frame, the
    /// frame stays untouched and the mask is all 0.
    fn apply(&mut self, frame: &mut RgbImage, points: &Points, index: u32) -> GrayImage;

    /// Frames left untouched so far.
    fn num_skipped(&self) -> u64;
}

/// Gets a technique ready for one clip. Everything random is drawn here, from the seed: the same seed,
/// samples and frames give the same bytes.
///
/// The donor's samples are used by `swap`, `resynth` and (some of them) `inpaint`; the other techniques
/// take none. About 12 to 40 samples of each person, spread over the clip, are enough; more cost memory
/// (0.3 to 1.5 MiB each).
pub fn prepare(
    technique: Technique,
    quality: &Quality,
    target: &[FaceSample],
    donor: &[FaceSample],
    seed: u64,
    job: &mut JobContext,
) -> Result<Box<dyn Manipulation>, ManipulateError> {
    job.check()?;
    let person = |samples: &[FaceSample], role| {
        Person::of(samples).ok_or(ManipulateError::NoSamples {
            technique: technique.name(),
            role,
        })
    };
    let target = person(target, "target")?;
    let mesh = Mesh::of(target.shapes());
    let painter: Box<dyn Painter> = match technique {
        Technique::Swap => Box::new(swap::Swap::new(person(donor, "donor")?, mesh)),
        Technique::Reenact => Box::new(reenact::Reenact::new(target, mesh, seed)),
        Technique::Resynth => {
            let donor = person(donor, "donor")?;
            Box::new(resynth::Resynth::new(
                &target, &donor, quality, mesh, seed, job,
            )?)
        }
        Technique::Texture => Box::new(texture::Texture::new(target, mesh, quality, seed)),
        Technique::Inpaint => {
            let donor = Person::of(donor);
            Box::new(inpaint::Inpaint::new(
                &target,
                donor.as_ref(),
                mesh,
                quality,
                seed,
            ))
        }
        Technique::Recolor => Box::new(recolor::Recolor::new(quality, seed)),
    };
    Ok(Box::new(Stage::new(*quality, painter)))
}
