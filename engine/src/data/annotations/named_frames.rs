//! Reads exactly the frames that annotations name, out of one clip, picture or folder of frames.

use std::path::{Path, PathBuf};

use crate::data::annotations::FrameName;
use crate::data::annotations::identity::{self, Mismatch};
use crate::data::crops::{CropError, Footage};
use crate::job::{Cancelled, JobContext};
use crate::media::{self, Frame, FrameSource, MediaError, MediaHash};

const STAGE: &str = "Finding frames";

/// So much before the wanted frame, reading on is left to the decoder, which then need not go back for it.
const NEAR_NANOS: i64 = 1_000_000_000;

/// An open file. Frames asked for in the order of time are read in one pass.
pub struct NamedFrames {
    path: PathBuf,
    media: MediaHash,
    source: Box<dyn FrameSource>,
    /// Time of the last frame decoded by reading on; up to here a seek is quick.
    reached_nanos: i64,
}

/// Why there is no such frame.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error("{reason}")]
    Unreadable { reason: String },
    #[error("{mismatch}\nFile: {path:?}")]
    Mismatch { mismatch: Mismatch, path: PathBuf },
}

/// SHA-256 of a clip or picture; of a folder, of the names and hashes of its pictures.
pub fn hash_of(path: &Path, job: &mut JobContext) -> Result<MediaHash, FrameError> {
    let footage = Footage::of(path)?;
    Ok(footage.hash(job, &mut |job| job.tick("Hashing", 0, None))?)
}

impl NamedFrames {
    /// `media` is what [`hash_of`] gives for the file.
    pub fn open(path: &Path, media: MediaHash) -> Result<Self, FrameError> {
        Ok(Self {
            path: path.to_owned(),
            media,
            source: Footage::of(path)?.open(media)?,
            reached_nanos: i64::MIN,
        })
    }

    pub fn media(&self) -> MediaHash {
        self.media
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The frame named, beyond doubt. Stops between two frames where the job is cancelled.
    pub fn frame(&mut self, named: &FrameName, job: &mut JobContext) -> Result<Frame, FrameError> {
        let found = self.find(named, job)?;
        found.map_err(|mismatch| FrameError::Mismatch {
            mismatch,
            path: self.path.clone(),
        })
    }

    /// The same, with what differs where it is another.
    pub fn find(
        &mut self,
        named: &FrameName,
        job: &mut JobContext,
    ) -> Result<Result<Frame, Mismatch>, FrameError> {
        if let Err(mismatch) = identity::check_media(named, self.media) {
            return Ok(Err(mismatch));
        }
        let Some(frame) = self.at(named.pts_nanos, job)? else {
            return Ok(Err(Mismatch::Ended {
                index: named.index,
                at_nanos: named.pts_nanos,
            }));
        };
        Ok(identity::check(named, &frame).map(|()| frame))
    }

    /// The frame with this number, whatever its time; the one at `near_nanos` is tried first. `None` where the
    /// file ends before.
    pub fn with_index(
        &mut self,
        index: u32,
        near_nanos: i64,
        job: &mut JobContext,
    ) -> Result<Option<Frame>, FrameError> {
        let near = self.at(near_nanos, job)?;
        if near.as_ref().is_some_and(|frame| frame.id.index == index) {
            return Ok(near);
        }
        self.source.seek(i64::MIN)?;
        for at in 0..index {
            job.tick(STAGE, u64::from(at), Some(u64::from(index)))?;
            if self.source.skip_frame()?.is_none() {
                return Ok(None);
            }
        }
        let frame = self.source.next_frame()?;
        Ok(frame.filter(|frame| frame.id.index == index))
    }

    /// Every frame from the first on, until `see` says that it has seen enough.
    pub fn each(
        &mut self,
        job: &mut JobContext,
        mut see: impl FnMut(&Frame) -> bool,
    ) -> Result<(), FrameError> {
        self.source.seek(i64::MIN)?;
        let mut num_seen = 0;
        while let Some(frame) = self.source.next_frame()? {
            job.tick(STAGE, num_seen, None)?;
            num_seen += 1;
            self.reached_nanos = self.reached_nanos.max(frame.id.pts_nanos);
            if !see(&frame) {
                break;
            }
        }
        Ok(())
    }

    /// The frame after the one that was read last.
    pub fn following(&mut self) -> Result<Option<Frame>, FrameError> {
        let frame = self.source.next_frame()?;
        if let Some(frame) = &frame {
            self.reached_nanos = self.reached_nanos.max(frame.id.pts_nanos);
        }
        Ok(frame)
    }

    /// The last frame that starts at or before this time; the first one where there is none.
    pub fn at(&mut self, nanos: i64, job: &mut JobContext) -> Result<Option<Frame>, FrameError> {
        // Beyond what was read, a seek must decode all in between; done here, it can be stopped.
        let near = nanos.saturating_sub(NEAR_NANOS);
        while self.reached_nanos < near && !media::is_indexed(self.media) {
            job.tick(STAGE, 0, None)?;
            match self.source.skip_frame()? {
                Some(id) => self.reached_nanos = self.reached_nanos.max(id.pts_nanos),
                None => break,
            }
        }
        job.check()?;
        self.source.seek(nanos)?;
        let frame = self.source.next_frame()?;
        if let Some(frame) = &frame {
            self.reached_nanos = self.reached_nanos.max(frame.id.pts_nanos);
        }
        Ok(frame)
    }
}

impl From<CropError> for FrameError {
    fn from(err: CropError) -> Self {
        match err {
            CropError::Cancelled(err) => Self::Cancelled(err),
            CropError::Media(err) => Self::Media(err),
            err => Self::Unreadable {
                reason: err.to_string(),
            },
        }
    }
}
