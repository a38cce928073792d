//! The frame under the playhead: a named thread that decodes the newest wish and keeps neighbors.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::latest::{Latest, LatestWorker};
use crate::media::{self, Frame, FrameSource, MediaError, MediaHash, table};

/// Pixels of recent frames that are kept.
const CACHE_BYTES: usize = 256 << 20;
/// Frames decoded after the wished one, so that a step forward or play finds them.
const READ_AHEAD: usize = 4;
/// Reading ahead goes on only from this near to the wish: elsewhere it would help nobody.
const NEAR_NANOS: i64 = 1_000_000_000;

/// Decodes single frames for the window. Dropping it ends its thread without waiting.
pub struct Player {
    shown: Latest<Result<Arc<Frame>, String>>,
    /// Counts wishes, so that work for an old one can stop.
    newest: Arc<AtomicU64>,
    worker: LatestWorker<Wish>,
}

#[derive(Clone, Copy)]
struct Wish {
    number: u64,
    pts_nanos: i64,
}

/// What lives on the thread `scrub`.
struct Scrubber {
    path: PathBuf,
    media: MediaHash,
    newest: Arc<AtomicU64>,
    source: Option<Box<dyn FrameSource>>,
    cache: Cache,
    /// Time of the frame that the source gave last, and the latest one it ever reached.
    position: Option<i64>,
    reached: i64,
}

impl Player {
    /// Starts the thread `scrub`. `wake` is called after each new frame, from that thread.
    pub fn open(
        path: PathBuf,
        media: MediaHash,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let shown = Latest::default();
        let newest = Arc::new(AtomicU64::new(0));
        let mut scrubber = Scrubber {
            path,
            media,
            newest: Arc::clone(&newest),
            source: None,
            cache: Cache::default(),
            position: None,
            reached: i64::MIN,
        };
        let slot = shown.clone();
        let worker = LatestWorker::spawn("scrub", move |wish: Wish| {
            let found = scrubber.find(wish).map_err(|err| {
                // The next wish opens the file again.
                scrubber.source = None;
                scrubber.position = None;
                err.to_string()
            });
            if let Some(result) = found.transpose() {
                slot.set(result);
                wake();
            }
            scrubber.read_ahead(wish);
        })?;
        Ok(Self {
            shown,
            newest,
            worker,
        })
    }

    /// Asks for the frame on screen at this time; a newer wish replaces one still waiting.
    pub fn show(&self, pts_nanos: i64) {
        let number = self.newest.fetch_add(1, Ordering::Relaxed) + 1;
        self.worker.request(Wish { number, pts_nanos });
    }

    /// The newest decoded frame, or why there is none.
    pub fn shown(&self) -> Option<Arc<Result<Arc<Frame>, String>>> {
        self.shown.get()
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        // A number no wish has: what is in hand stops at its next frame.
        self.newest.store(u64::MAX, Ordering::Relaxed);
    }
}

impl Scrubber {
    /// `Ok(None)` where a newer wish came while this one was worked on.
    fn find(&mut self, wish: Wish) -> Result<Option<Arc<Frame>>, MediaError> {
        // Playing and stepping forward: the wish is on screen already or one of the next frames.
        for _ in 0..READ_AHEAD {
            if let Some(frame) = self.cache.at(wish.pts_nanos) {
                return Ok(Some(frame));
            }
            let is_before = self.position.is_some_and(|at| at <= wish.pts_nanos);
            if !is_before || self.read()?.is_none() {
                break;
            }
        }
        if !self.go_to(wish)? {
            return Ok(None);
        }
        match self.read()? {
            Some(frame) => Ok(Some(frame)),
            None => Ok(self.cache.last()),
        }
    }

    /// After this, the next frame read is the wished one. `false` if a newer wish came.
    fn go_to(&mut self, wish: Wish) -> Result<bool, MediaError> {
        // Beyond what was read, a seek must decode all in between; so it is done frame by frame here,
        // until the probe of the same file leaves its table of frames.
        while self.reached < wish.pts_nanos && table::known(self.media).is_none() {
            if self.is_outdated(wish) {
                return Ok(false);
            }
            match self.source()?.skip_frame()? {
                Some(id) => self.passed(id.pts_nanos),
                None => break,
            }
        }
        self.source()?.seek(wish.pts_nanos)?;
        Ok(true)
    }

    fn read(&mut self) -> Result<Option<Arc<Frame>>, MediaError> {
        let Some(frame) = self.source()?.next_frame()? else {
            return Ok(None);
        };
        let frame = Arc::new(frame);
        self.passed(frame.id.pts_nanos);
        self.cache.insert(Arc::clone(&frame));
        Ok(Some(frame))
    }

    /// Decodes a few frames more while nobody waits.
    fn read_ahead(&mut self, wish: Wish) {
        for _ in 0..READ_AHEAD {
            let distance = self.position.map(|at| at.abs_diff(wish.pts_nanos));
            if distance.is_none_or(|nanos| nanos > NEAR_NANOS as u64) {
                break;
            }
            let is_over =
                self.is_outdated(wish) || self.cache.holds_after(wish.pts_nanos, READ_AHEAD);
            // An error will come again when the frame is wished for, and is shown then.
            if is_over || !matches!(self.read(), Ok(Some(_))) {
                break;
            }
        }
    }

    fn source(&mut self) -> Result<&mut Box<dyn FrameSource>, MediaError> {
        match &mut self.source {
            Some(source) => Ok(source),
            empty => Ok(empty.insert(media::open(&self.path, self.media)?)),
        }
    }

    fn passed(&mut self, pts_nanos: i64) {
        self.position = Some(pts_nanos);
        self.reached = self.reached.max(pts_nanos);
    }

    fn is_outdated(&self, wish: Wish) -> bool {
        self.newest.load(Ordering::Relaxed) != wish.number
    }
}

/// Recent frames, oldest use first.
#[derive(Default)]
struct Cache {
    frames: VecDeque<Arc<Frame>>,
    bytes: usize,
}

impl Cache {
    fn insert(&mut self, frame: Arc<Frame>) {
        if self.frames.iter().any(|kept| kept.id == frame.id) {
            return;
        }
        self.bytes += frame.pixels.len();
        self.frames.push_back(frame);
        while self.bytes > CACHE_BYTES && self.frames.len() > 1 {
            if let Some(oldest) = self.frames.pop_front() {
                self.bytes -= oldest.pixels.len();
            }
        }
    }

    /// The frame on screen at this time, if its end is known: the next one is kept too.
    fn at(&mut self, pts_nanos: i64) -> Option<Arc<Frame>> {
        let place = (self.frames.iter()).position(|frame| {
            frame.id.pts_nanos == pts_nanos
                || frame.id.pts_nanos < pts_nanos
                    && self
                        .with_index(frame.id.index + 1)
                        .is_some_and(|next| pts_nanos < next.id.pts_nanos)
        })?;
        let frame = self.frames.remove(place)?;
        self.frames.push_back(Arc::clone(&frame));
        Some(frame)
    }

    /// Whether the next `count` frames after the one at this time are kept.
    fn holds_after(&self, pts_nanos: i64, count: usize) -> bool {
        let current = self
            .frames
            .iter()
            .filter(|frame| frame.id.pts_nanos <= pts_nanos);
        let Some(current) = current.map(|frame| frame.id.index).max() else {
            return false;
        };
        (1..=count as u32).all(|step| self.with_index(current + step).is_some())
    }

    fn with_index(&self, index: u32) -> Option<&Arc<Frame>> {
        self.frames.iter().find(|frame| frame.id.index == index)
    }

    /// The frame shown at the very end.
    fn last(&self) -> Option<Arc<Frame>> {
        self.frames
            .iter()
            .max_by_key(|frame| frame.id.index)
            .cloned()
    }
}
