//! Animated WebP through `image`: a frame stays on screen for the time the file gives it.
//!
//! The decoder of `image` may not leave its thread, so it has one of its own, two frames ahead.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::thread;

use crossbeam_channel::Receiver;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder as _, ImageDecoder as _, ImageError};

use crate::media::filter::on_matte;
use crate::media::{Frame, FrameId, FrameSource, MediaError, MediaHash, still};

/// Frames shorter than this are shown this long, so that every frame has its own time.
const MIN_NANOS: i64 = 1_000_000;

/// Decoded frames that may wait.
const MAX_WAITING: usize = 2;

/// Reads forward only; a seek back starts again.
pub(super) struct AnimationSource {
    path: PathBuf,
    media: MediaHash,
    frames: Receiver<Result<image::Frame, ImageError>>,
    /// Decoded, not given yet.
    waiting: Option<Timed>,
    next_index: u32,
    next_nanos: i64,
    warnings: Vec<String>,
}

struct Timed {
    id: FrameId,
    end_nanos: i64,
    image: image::RgbaImage,
}

impl AnimationSource {
    pub(super) fn open(path: &Path, media: MediaHash) -> Result<Self, MediaError> {
        let mut source = Self {
            path: path.to_owned(),
            media,
            frames: start(path)?,
            waiting: None,
            next_index: 0,
            next_nanos: 0,
            warnings: Vec::new(),
        };
        source.decode();
        if source.waiting.is_none() {
            let reason = source.take_warnings().join("; ");
            return Err(MediaError::Decode {
                path: path.to_owned(),
                reason: format!("none of its frames: {reason}"),
            });
        }
        Ok(source)
    }

    /// Width and height of the frame that waits; of every frame, in this format.
    pub(super) fn size(&self) -> (u32, u32) {
        self.waiting
            .as_ref()
            .map_or((0, 0), |timed| timed.image.dimensions())
    }

    /// Time at which the last decoded frame ends.
    pub(super) fn end_nanos(&self) -> i64 {
        self.next_nanos
    }

    /// Fills `waiting`, if there are more frames.
    fn decode(&mut self) {
        if self.waiting.is_some() {
            return;
        }
        match self.frames.recv() {
            // The thread ended: there are no more frames.
            Err(_) => {}
            Ok(Err(err)) => {
                self.warnings.push(format!(
                    "The animation is damaged after {} frames: {err}",
                    self.next_index
                ));
            }
            Ok(Ok(frame)) => {
                let (numerator, denominator) = frame.delay().numer_denom_ms();
                let nanos = i64::from(numerator) * 1_000_000 / i64::from(denominator.max(1));
                let id = FrameId {
                    media: self.media,
                    stream: 0,
                    pts_nanos: self.next_nanos,
                    index: self.next_index,
                };
                self.next_index += 1;
                self.next_nanos += nanos.max(MIN_NANOS);
                self.waiting = Some(Timed {
                    id,
                    end_nanos: self.next_nanos,
                    image: frame.into_buffer(),
                });
            }
        }
    }
}

/// Starts the thread `animation`, which ends when the receiver is dropped or at the first damage:
/// what follows builds on the damaged frame.
fn start(path: &Path) -> Result<Receiver<Result<image::Frame, ImageError>>, MediaError> {
    let failed = |err: ImageError| MediaError::Unreadable {
        path: path.to_owned(),
        reason: format!("{err}"),
    };
    let io = |source| MediaError::Io {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(io)?;
    let decoder = WebPDecoder::new(BufReader::new(file)).map_err(failed)?;
    let (width, height) = decoder.dimensions();
    still::check_size(path, width, height)?;
    let (frames_tx, frames_rx) = crossbeam_channel::bounded(MAX_WAITING);
    thread::Builder::new()
        .name("animation".to_owned())
        .spawn(move || {
            for frame in decoder.into_frames() {
                let is_last = frame.is_err();
                if frames_tx.send(frame).is_err() || is_last {
                    break;
                }
            }
        })
        .map_err(io)?;
    Ok(frames_rx)
}

impl FrameSource for AnimationSource {
    fn next_frame(&mut self) -> Result<Option<Frame>, MediaError> {
        self.decode();
        let Some(timed) = self.waiting.take() else {
            return Ok(None);
        };
        let rgba = timed.image.as_raw().as_chunks::<4>().0.iter();
        Ok(Some(Frame {
            id: timed.id,
            width: timed.image.width(),
            height: timed.image.height(),
            pixels: rgba.flat_map(|pixel| on_matte(*pixel)).collect(),
        }))
    }

    fn skip_frame(&mut self) -> Result<Option<FrameId>, MediaError> {
        self.decode();
        Ok(self.waiting.take().map(|timed| timed.id))
    }

    fn seek(&mut self, pts_nanos: i64) -> Result<(), MediaError> {
        let next_start = self
            .waiting
            .as_ref()
            .map_or(self.next_nanos, |it| it.id.pts_nanos);
        if pts_nanos < next_start || self.waiting.is_none() {
            *self = Self::open(&self.path, self.media)?;
        }
        loop {
            self.decode();
            if self
                .waiting
                .as_ref()
                .is_none_or(|timed| pts_nanos < timed.end_nanos)
            {
                break;
            }
            let passed = self.waiting.take();
            self.decode();
            // The last frame stays on screen.
            if self.waiting.is_none() {
                self.waiting = passed;
                break;
            }
        }
        Ok(())
    }

    fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }
}
