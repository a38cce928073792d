//! What a file is: container, streams, frames counted by decoding, signs of an earlier encoding.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::job::{Cancelled, JobContext};
use crate::media::{MediaError, MediaHash};

/// Facts about one file, as `seam probe --json` prints them and every record keeps them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MediaInfo {
    pub path: PathBuf,
    pub sha256: MediaHash,
    pub bytes: u64,
    /// Short names of the container as libavformat or the picture decoder gives them: `mov,mp4,…`, `png`.
    pub container: String,
    pub video: VideoInfo,
    /// Other streams in words: `1 audio: aac 44100 Hz stereo`.
    pub other_streams: Vec<String>,
    /// Container and stream tags that tell of the file's history: encoder, creation time, handler.
    pub tags: Vec<(String, String)>,
    /// Signs that the file was encoded more than once or by a messenger, each a sentence.
    pub reencode_signs: Vec<String>,
    /// Damage met while decoding, each a sentence.
    pub warnings: Vec<String>,
}

/// The stream that is shown and analyzed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VideoInfo {
    pub stream: u32,
    pub codec: String,
    pub profile: Option<String>,
    pub pixel_format: String,
    /// Size as shown: after rotation and with square pixels.
    pub width: u32,
    pub height: u32,
    /// Clockwise turn that was applied to show the picture upright: 0, 90, 180 or 270.
    pub rotation: u32,
    /// Pixel aspect ratio as stored, before it was applied.
    pub pixel_aspect: (u32, u32),
    pub interlaced: bool,
    pub color: String,
    pub is_still: bool,
    /// Counted by decoding every frame.
    pub frames_decoded: u64,
    /// What the container says, if anything: kept to show where it is wrong.
    pub frames_claimed: Option<u64>,
    pub first_pts_secs: f64,
    pub duration_secs: f64,
    pub fps_mean: f64,
    pub variable_rate: bool,
    pub bits_per_second: Option<u64>,
    /// Presentation times of all decoded frames, in order; what the player steps through.
    #[serde(skip)]
    pub pts_nanos: Vec<i64>,
}

/// Why a probe ended early.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Decodes the whole file once, without making pictures, and tells what it is. `media` was computed
/// before ([`crate::media::hash::hash_file`]).
pub fn probe(path: &Path, media: MediaHash, job: &mut JobContext) -> Result<MediaInfo, ProbeError> {
    let _ = (path, media, job);
    todo!("media helper")
}
