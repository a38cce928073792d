//! Reading video and pictures: what a file is, and its frames with exact times and stable names.

mod animation;
mod container;
mod decode;
mod describe;
mod display;
pub mod encode;
mod exif;
pub mod facts;
mod filter;
pub mod hash;
mod heif;
mod heif_items;
mod heif_still;
mod jpeg;
pub mod player;
pub mod png;
pub mod probe;
mod signs;
mod sniff;
mod still;
mod table;
mod video;
mod warnings;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use animation::AnimationSource;
pub use hash::MediaHash;
pub use probe::{MediaInfo, VideoInfo};
use sniff::Kind;
use still::{StillFacts, StillSource};
use video::VideoSource;

/// Names one decoded frame for good: the same on every machine, by seeking and by reading through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FrameId {
    pub media: MediaHash,
    /// Stream number in the container; 0 for stills.
    pub stream: u32,
    /// Presentation time since the start of the media.
    pub pts_nanos: i64,
    /// Place among the decoded frames in presentation order, from zero.
    pub index: u32,
}

/// One decoded picture, upright and with square pixels. RGB8 (sRGB/BT.709 primaries as stored),
/// row by row, `3 * width * height` bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub id: FrameId,
    pub width: u32,
    pub height: u32,
    pub pixels: Vec<u8>,
}

/// Frames in presentation order.
pub trait FrameSource: Send {
    /// The next frame; `Ok(None)` is the end of the media.
    fn next_frame(&mut self) -> Result<Option<Frame>, MediaError>;

    /// Decodes the next frame without making a picture of it, which is much cheaper.
    fn skip_frame(&mut self) -> Result<Option<FrameId>, MediaError>;

    /// After this, [`Self::next_frame`] gives the last frame that starts at or before `pts_nanos`
    /// (the first frame if there is none). Pixels and id are those of reading through.
    fn seek(&mut self, pts_nanos: i64) -> Result<(), MediaError>;

    /// What went wrong without ending the media: damaged packets, a cut-off end. Emptied by the call.
    fn take_warnings(&mut self) -> Vec<String>;
}

/// Why a file gave no frames.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    #[error("Could not read the file: {source}\nFile: {path:?}")]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("Could not open the file: it is empty\nFile: {path:?}")]
    Empty { path: PathBuf },
    #[error("Could not open the file: {reason}\nFile: {path:?}")]
    Unreadable { path: PathBuf, reason: String },
    #[error("The file has no picture in it: {reason}\nFile: {path:?}")]
    NoPicture { path: PathBuf, reason: String },
    #[error(
        "The picture is too large: {width} x {height} pixels, the limit is {limit_px} pixels\nFile: {path:?}"
    )]
    TooLarge {
        path: PathBuf,
        width: u64,
        height: u64,
        limit_px: u64,
    },
    #[error("Could not decode the file: {reason}\nFile: {path:?}")]
    Decode { path: PathBuf, reason: String },
}

/// Opens any supported video, animation or still by its content, not its extension.
///
/// `media` is the hash of the whole file ([`hash::hash_file`]); it goes into every [`FrameId`].
pub fn open(path: &Path, media: MediaHash) -> Result<Box<dyn FrameSource>, MediaError> {
    Ok(match Opened::open(path, media)? {
        Opened::Still(_, source) => Box::new(source),
        Opened::Animation(source) => Box::new(source),
        Opened::Video(source) => source,
    })
}

/// Whether the whole file was read through in this process, so that going to any frame of it is quick.
pub fn is_indexed(media: MediaHash) -> bool {
    table::known(media).is_some()
}

/// Where a file can be gone to quickly: known once it was read through in this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyTimes {
    /// Frames of the whole file.
    pub frames: usize,
    /// Presentation times of its key frames, in order.
    pub keys: Vec<i64>,
}

/// The key frames of a file that was read through in this process.
pub fn key_times(media: MediaHash) -> Option<KeyTimes> {
    let table = table::known(media)?;
    let keys = table.entries.iter().filter(|entry| entry.is_key);
    Some(KeyTimes {
        frames: table.len(),
        keys: keys.map(|entry| entry.nanos).collect(),
    })
}

/// A file as opened by whoever can read it.
enum Opened {
    Still(StillFacts, StillSource),
    Animation(AnimationSource),
    Video(Box<VideoSource>),
}

impl Opened {
    fn open(path: &Path, media: MediaHash) -> Result<Self, MediaError> {
        let video = || VideoSource::open(path, media).map(|source| Self::Video(Box::new(source)));
        match sniff::sniff(path)? {
            Kind::Stream => video(),
            Kind::AnimatedWebp => Ok(Self::Animation(AnimationSource::open(path, media)?)),
            // Sequences, which hold no still, are for libavformat. Its reason would say less.
            Kind::Heif(brand) => match heif_still::open(path, brand, media) {
                Ok((facts, source)) => Ok(Self::Still(facts, source)),
                Err(err @ (MediaError::TooLarge { .. } | MediaError::Io { .. })) => Err(err),
                Err(err) => video().map_err(|_second| err),
            },
            Kind::Still(format) => match still::open(path, format, media) {
                Ok((facts, source)) => Ok(Self::Still(facts, source)),
                Err(err @ (MediaError::TooLarge { .. } | MediaError::Io { .. })) => Err(err),
                // libavcodec knows stranger pictures, and patches damaged ones. Its reason would
                // say less than the first one.
                Err(err) => video().map_err(|_second| err),
            },
        }
    }
}

impl FrameId {
    /// Presentation time in seconds, for people and JSON.
    pub fn pts_secs(&self) -> f64 {
        self.pts_nanos as f64 * 1e-9
    }
}

impl Frame {
    /// Red, green and blue at a pixel; the nearest border pixel outside the frame.
    pub fn rgb(&self, x: i64, y: i64) -> [u8; 3] {
        let x = x.clamp(0, i64::from(self.width) - 1) as usize;
        let y = y.clamp(0, i64::from(self.height) - 1) as usize;
        let at = 3 * (y * self.width as usize + x);
        [self.pixels[at], self.pixels[at + 1], self.pixels[at + 2]]
    }
}
