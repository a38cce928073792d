//! Which frame a mask from elsewhere is of: the one it names, or another one that its pixels give away.

use crate::data::annotations::named_frames::{FrameError, NamedFrames};
use crate::data::annotations::{FrameName, pixel_hash};
use crate::job::JobContext;
use crate::media::FrameId;

pub use crate::data::annotations::identity::{Mismatch, check};

/// All frames of one clip by their pixels.
#[derive(Debug, Default)]
pub struct PixelIndex {
    frames: Vec<(FrameId, String)>,
}

impl PixelIndex {
    /// Decodes the clip once.
    pub fn of(clip: &mut NamedFrames, job: &mut JobContext) -> Result<Self, FrameError> {
        let mut frames = Vec::new();
        clip.each(job, |frame| {
            frames.push((frame.id, pixel_hash(frame)));
            true
        })?;
        Ok(Self { frames })
    }

    /// From names that are known already.
    pub fn of_names<'a>(names: impl IntoIterator<Item = &'a FrameName>) -> Self {
        let frames = names.into_iter();
        Self {
            frames: frames
                .map(|name| (name.id(), name.pixels_sha256.clone()))
                .collect(),
        }
    }

    /// The frame with the pixels that are named: the nearest to the number named, where the clip stands still.
    pub fn nearest(&self, named: &FrameName) -> Option<FrameId> {
        let same =
            |(_, pixels): &&(FrameId, String)| pixels.eq_ignore_ascii_case(&named.pixels_sha256);
        let same = self.frames.iter().filter(same).map(|(id, _)| *id);
        same.min_by_key(|id| id.index.abs_diff(named.index))
    }

    /// Why the named frame is not in the clip as it is named, in words.
    pub fn explained(&self, named: &FrameName, mismatch: &Mismatch) -> String {
        let index = named.index;
        match self.nearest(named) {
            Some(found) if found.index != index => {
                let shift = match found.index.abs_diff(index) {
                    1 => "one".to_owned(),
                    frames => format!("{frames} frames"),
                };
                format!(
                    "It says frame {index}, and these pixels are those of frame {}: the mask is shifted by {shift}",
                    found.index
                )
            }
            Some(found) => format!(
                "Frame {index} has these pixels, but is at {:.3} s and not at {:.3} s: its time is taken from a \
                 frame rate that the clip does not keep",
                found.pts_secs(),
                named.id().pts_secs()
            ),
            None => format!("{mismatch}. No frame of the clip has the pixels that were marked"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::annotations::example::Example;

    #[test]
    fn pixels_tell_which_frame_a_shifted_mask_is_of() {
        let example = Example::new();
        let names: Vec<FrameName> = example.frames.iter().map(FrameName::of).collect();
        let index = PixelIndex::of_names(&names);
        let words = |named: &FrameName, at: usize| {
            let mismatch = check(named, &example.frames[at]).unwrap_err();
            index.explained(named, &mismatch)
        };
        let shifted = FrameName {
            pixels_sha256: names[19].pixels_sha256.clone(),
            ..names[20].clone()
        };
        assert_eq!(
            words(&shifted, 20),
            "It says frame 20, and these pixels are those of frame 19: the mask is shifted by one"
        );
        let early = FrameName {
            pts_nanos: names[20].pts_nanos - 1_000_000,
            ..names[20].clone()
        };
        assert!(words(&early, 20).contains("is at 0.800 s and not at 0.799 s"));
        let strange = FrameName {
            pixels_sha256: "cd".repeat(32),
            ..names[20].clone()
        };
        assert!(words(&strange, 20).contains("No frame of the clip has the pixels"));
    }
}
