//! Looks: what one method sees in one face of one frame, made on demand for a person who looks.

mod desk;
pub mod export;
mod recent;
#[cfg(test)]
mod tests;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::analysis::record::Score;
use crate::detectors::likelihood::{FaceLikelihood, LikelihoodReference};
use crate::detectors::{DetectorError, FaceScore, Map, MapKind};
use crate::device::{DeviceError, Preference};
use crate::faces::align::Crop;
use crate::faces::landmarks::LandmarkError;
use crate::faces::{FaceBox, Gate, TrackId};
use crate::latest::LatestWorker;
use crate::media::{Frame, FrameId, MediaError, MediaHash};

use desk::Desk;

/// Makes looks on the thread `look`. Dropping it ends the thread after the look in hand.
pub struct Looker {
    worker: LatestWorker<LookWish>,
}

/// What to look at. A newer wish replaces one that still waits.
#[derive(Clone, Debug)]
pub struct LookWish {
    pub settings: LookSettings,
    /// Name of a method, `dadd`.
    pub method: &'static str,
    pub kinds: Vec<MapKind>,
    /// Answered in this order. Without any, only [`LookEvent::Methods`] may come.
    pub faces: Vec<LookFace>,
}

/// Where models are found and what they run on: the same as of the scan that a look is compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LookSettings {
    pub device: Preference,
    /// As in [`crate::analysis::ScanSettings`].
    pub model_dirs: Vec<PathBuf>,
    /// As in [`crate::analysis::ScanSettings`].
    pub landmark_model: Option<PathBuf>,
    /// Models are opened anew when this changes: a scan, too, takes the folders as they are when it starts.
    pub round: u64,
}

/// One face on one frame. The box is the scan's, so that the crop is the one it scored.
#[derive(Clone, Debug)]
pub struct LookFace {
    pub track: TrackId,
    pub box_in_frame: FaceBox,
    pub picture: LookPicture,
}

/// Where the frame comes from.
#[derive(Clone, Debug)]
pub enum LookPicture {
    Decoded(Arc<Frame>),
    /// Decoded on the look's thread: the frame on screen at this time.
    InFile {
        path: PathBuf,
        media: MediaHash,
        pts_nanos: i64,
    },
}

/// Names a look before it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookKey {
    pub media: MediaHash,
    pub pts_nanos: i64,
    pub track: TrackId,
    pub method: &'static str,
}

/// What the thread tells.
#[derive(Clone, Debug)]
pub enum LookEvent {
    /// Methods that draw maps and have a model, in the order of the list of methods. Comes before the first
    /// look with new settings.
    Methods(Vec<&'static str>),
    Looked(LookKey, Result<Arc<Look>, String>),
    /// All faces of a wish were answered.
    Done,
}

/// One face as a method sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    pub key: LookKey,
    pub frame: FrameId,
    pub crop: Crop,
    pub raw: FaceScore,
    /// Probability after calibration.
    pub score: Score,
    /// Whether the face is fit for scoring: a scan leaves out those that are not.
    pub gate: Gate,
    /// In the order of [`LookWish::kinds`].
    pub maps: Vec<Map>,
    /// Where the method models a density.
    pub likelihood: Option<LookLikelihood>,
    /// Name and weights' hash of the model, as records hold it.
    pub model: String,
    /// From the frame to the maps; decoding and opening the model are not in it.
    pub took: Duration,
}

/// How likely one face is, beside the faces of the model's validation.
#[derive(Clone, Debug, PartialEq)]
pub struct LookLikelihood {
    pub face: FaceLikelihood,
    /// Pristine faces first, then those of each technique.
    pub references: Arc<[LikelihoodReference]>,
}

/// Why there is no look.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    #[error("This method has no trained model here")]
    NoModel,
    #[error("There is no method {0:?}")]
    NoMethod(String),
    #[error("The method gave no number for this face")]
    NoScore,
    #[error("There is no frame at this time")]
    NoFrame,
    #[error(transparent)]
    Device(#[from] DeviceError),
    #[error(transparent)]
    Landmarks(#[from] LandmarkError),
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error(transparent)]
    Detector(#[from] DetectorError),
}

impl Looker {
    /// Starts the thread; `tell` is called on it.
    ///
    /// # Errors
    ///
    /// When the thread could not be started.
    pub fn new(tell: impl Fn(LookEvent) + Send + 'static) -> io::Result<Self> {
        let worker = LatestWorker::spawn_made("look", move || {
            let mut desk = Desk::default();
            move |wish: LookWish| desk.answer(&wish, &tell)
        })?;
        Ok(Self { worker })
    }

    /// Looks next at these faces. Never waits.
    pub fn ask(&self, wish: LookWish) {
        self.worker.request(wish);
    }
}

impl LookFace {
    /// The name of a look of this method at this face.
    pub fn key(&self, method: &'static str) -> LookKey {
        let (media, pts_nanos) = match &self.picture {
            LookPicture::Decoded(frame) => (frame.id.media, frame.id.pts_nanos),
            LookPicture::InFile {
                media, pts_nanos, ..
            } => (*media, *pts_nanos),
        };
        LookKey {
            media,
            pts_nanos,
            track: self.track,
            method,
        }
    }
}

impl Look {
    /// The map of this kind, if it was asked for.
    pub fn map(&self, kind: MapKind) -> Option<&Map> {
        self.maps.iter().find(|map| map.kind == kind)
    }

    /// Bytes of its pictures.
    pub fn bytes(&self) -> usize {
        let maps = self.maps.iter().map(|map| 4 * map.values.len());
        self.crop.pixels.len() + maps.sum::<usize>()
    }
}
