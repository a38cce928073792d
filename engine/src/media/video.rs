//! Video and animations: frames in presentation order, and the same frames by seeking.
//!
//! Times count from the start of the container. Where stored times are missing or go back, a frame
//! keeps its place in the decoder's order and gets a time just after the one before it.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ffmpeg_next::frame;

use crate::media::container::{StreamFacts, nanos_of};
use crate::media::decode::Decoding;
use crate::media::filter::{Converter, Picture, deinterlace};
use crate::media::table::{self, Entry, Table};
use crate::media::{Frame, FrameId, FrameSource, MediaError, MediaHash};

/// The frame to give next and the one after it: a deinterlaced frame needs its neighbor.
const AHEAD: usize = 2;
/// How many key frames further back each try of a seek starts, until the start of the stream.
const KEYS_BACK: [usize; 4] = [0, 1, 3, 8];

/// One video stream, read by libavformat and libavcodec.
pub(super) struct VideoSource {
    path: PathBuf,
    media: MediaHash,
    pub(super) decoding: Decoding,
    converter: Converter,
    table: Arc<Table>,
    /// Index of `ahead[0]`.
    next_index: usize,
    ahead: VecDeque<frame::Video>,
    /// The frame before `ahead[0]`, where that one is interlaced.
    before: Option<frame::Video>,
    /// Every frame since the first one was read, without a seek.
    is_from_start: bool,
    has_ended: bool,
    last_duration_ticks: i64,
}

impl VideoSource {
    /// Fails where not one frame can be decoded.
    pub(super) fn open(path: &Path, media: MediaHash) -> Result<Self, MediaError> {
        let decoding = Decoding::open(path)?;
        let turn = decoding.stream().turn;
        let mut source = Self {
            path: path.to_owned(),
            media,
            decoding,
            converter: Converter::new(turn),
            table: table::known(media).unwrap_or_default(),
            next_index: 0,
            ahead: VecDeque::new(),
            before: None,
            is_from_start: true,
            has_ended: false,
            last_duration_ticks: 0,
        };
        source.fill()?;
        if source.ahead.is_empty() {
            return Err(source.no_frame());
        }
        Ok(source)
    }

    /// The frame that is given next, as decoded.
    pub(super) fn peek(&self) -> Option<&frame::Video> {
        self.ahead.front()
    }

    pub(super) fn stream(&self) -> StreamFacts {
        self.decoding.stream()
    }

    /// All frames met so far.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.table.entries
    }

    /// How long the last decoded frame stays on screen, where the container says so.
    pub(super) fn last_duration_nanos(&self) -> Option<i64> {
        let ticks = Some(self.last_duration_ticks).filter(|&ticks| ticks > 0)?;
        Some(nanos_of(ticks, self.stream().time_base))
    }

    fn no_frame(&mut self) -> MediaError {
        let why = self.take_warnings().join("; ");
        MediaError::Decode {
            path: self.path.clone(),
            reason: if why.is_empty() {
                "its video stream holds no frames".to_owned()
            } else {
                format!("none of its frames: {why}")
            },
        }
    }

    /// Decodes until enough frames wait.
    fn fill(&mut self) -> Result<(), MediaError> {
        while self.ahead.len() < AHEAD && !self.has_ended {
            let index = self.next_index + self.ahead.len();
            match self.decoding.next() {
                Some(frame) => {
                    if !self.note(index, &frame) {
                        self.go_from_start(self.next_index)?;
                        continue;
                    }
                    self.last_duration_ticks = frame.packet().duration;
                    self.ahead.push_back(frame);
                }
                None if index < self.table.len() && !self.is_from_start => {
                    self.go_from_start(self.next_index)?;
                }
                None => {
                    self.has_ended = true;
                    self.end_table(index);
                }
            }
        }
        Ok(())
    }

    /// Compares a frame with the table, or adds it. `false` if it is not the one that belongs here.
    fn note(&mut self, index: usize, frame: &frame::Video) -> bool {
        let entry = self.entry_of(index, frame);
        match self.table.entries.get(index) {
            Some(known) if known.is_same(&entry) => return true,
            Some(_) if !self.is_from_start => return false,
            // What is read from the start is the truth, whatever the table came from.
            Some(_) => Arc::make_mut(&mut self.table).truncate(index),
            None => {}
        }
        if entry.raw.is_some_and(|raw| {
            self.table
                .entries
                .last()
                .is_some_and(|last| Some(raw) <= last.raw)
        }) {
            let secs = entry.nanos as f64 * 1e-9;
            let what = "frames have a time that is not after the frame before them";
            self.decoding.warnings.add(what, secs);
        }
        Arc::make_mut(&mut self.table).push(entry);
        true
    }

    fn entry_of(&self, index: usize, frame: &frame::Video) -> Entry {
        let stream = self.stream();
        let raw = frame.timestamp();
        let last = index.checked_sub(1).and_then(|i| self.table.entries.get(i));
        let stored = raw.map(|raw| nanos_of(raw, stream.time_base) - stream.start_nanos);
        let nanos = match (stored, last) {
            (Some(nanos), None) => nanos,
            (Some(nanos), Some(last)) => nanos.max(last.nanos + 1),
            (None, None) => 0,
            (None, Some(last)) => last.nanos + stream.interval_nanos.max(1),
        };
        Entry {
            raw,
            nanos,
            fingerprint: table::fingerprint(frame),
            is_key: frame.is_key(),
            is_interlaced: frame.is_interlaced(),
        }
    }

    fn end_table(&mut self, num_frames: usize) {
        let is_news = !self.table.is_complete || num_frames < self.table.len();
        if !is_news || num_frames == 0 {
            return;
        }
        let table = Arc::make_mut(&mut self.table);
        table.truncate(num_frames);
        table.is_complete = true;
        if self.is_from_start {
            table::remember(self.media, &self.table);
        }
    }

    /// Gives up the first waiting frame; with its id and the frame before it.
    fn take(&mut self) -> Result<Option<(FrameId, frame::Video)>, MediaError> {
        self.fill()?;
        let Some(frame) = self.ahead.pop_front() else {
            return Ok(None);
        };
        let id = FrameId {
            media: self.media,
            stream: self.stream().index as u32,
            pts_nanos: self.table.entries[self.next_index].nanos,
            index: self.next_index as u32,
        };
        self.next_index += 1;
        Ok(Some((id, frame)))
    }

    /// Keeps the frame just given up if the next one needs it.
    fn leave_behind(&mut self, frame: impl FnOnce() -> frame::Video) {
        let is_needed = self.ahead.front().is_some_and(|next| next.is_interlaced());
        self.before = is_needed.then(frame);
    }

    fn picture(&mut self, frame: frame::Video) -> Result<Picture, ffmpeg_next::Error> {
        if frame.is_interlaced() {
            let made = deinterlace(self.before.as_ref(), &frame, self.ahead.front())?;
            self.leave_behind(|| frame);
            return self.converter.convert(&made);
        }
        // Converting consumes the pixels, so the copy is made first.
        self.leave_behind(|| frame.clone());
        self.converter.convert(&frame)
    }

    /// After this, `ahead[0]` is the frame with this index, which is in the table.
    fn go_to(&mut self, index: usize) -> Result<(), MediaError> {
        let is_ahead = self.next_index <= index;
        let key = self.table.keys_before(index).next().unwrap_or(0);
        if is_ahead && key <= self.next_index + AHEAD {
            return self.skip_to(index);
        }
        if self.table.can_seek() {
            for back in KEYS_BACK {
                let key = self.table.keys_before(index).nth(back).unwrap_or(0);
                if self.go_by_key(key, index) {
                    return Ok(());
                }
                if key == 0 {
                    break;
                }
            }
        }
        self.go_from_start(index)
    }

    fn skip_to(&mut self, index: usize) -> Result<(), MediaError> {
        while self.next_index < index && self.skip_frame()?.is_some() {}
        Ok(())
    }

    fn go_from_start(&mut self, index: usize) -> Result<(), MediaError> {
        self.decoding.restart()?;
        self.clear(0);
        self.is_from_start = true;
        self.skip_to(index)
    }

    fn clear(&mut self, next_index: usize) {
        self.ahead.clear();
        self.before = None;
        self.next_index = next_index;
        self.has_ended = false;
    }

    /// Decodes from a key frame up to the wanted frame, and says whether that was reached and is the
    /// one of the table, with its neighbor before it where that is needed.
    fn go_by_key(&mut self, key: usize, index: usize) -> bool {
        let wanted = self.table.entries[index];
        let Some(raw) = self.table.entries[key].raw else {
            return false;
        };
        self.clear(index);
        self.is_from_start = false;
        if !self.decoding.seek(raw) {
            return false;
        }
        while let Some(frame) = self.decoding.next() {
            let found = frame
                .timestamp()
                .and_then(|raw| self.table.index_of_raw(raw));
            let Some(found) = found else {
                if frame.timestamp() > wanted.raw {
                    return false;
                }
                continue;
            };
            let is_same = || self.table.entries[found].fingerprint == table::fingerprint(&frame);
            if found > index {
                return false;
            }
            if found == index {
                let has_neighbor = !wanted.is_interlaced || self.before.is_some() || index == 0;
                let is_reached = has_neighbor && is_same();
                self.ahead.push_back(frame);
                return is_reached;
            }
            if found + 1 == index && wanted.is_interlaced && is_same() {
                self.before = Some(frame);
            }
        }
        false
    }
}

impl FrameSource for VideoSource {
    fn next_frame(&mut self) -> Result<Option<Frame>, MediaError> {
        let Some((id, frame)) = self.take()? else {
            return Ok(None);
        };
        let picture = self.picture(frame).map_err(|err| MediaError::Decode {
            path: self.path.clone(),
            reason: format!("its frames could not be converted: {err}"),
        })?;
        Ok(Some(Frame {
            id,
            width: picture.width,
            height: picture.height,
            pixels: picture.pixels,
        }))
    }

    fn skip_frame(&mut self) -> Result<Option<FrameId>, MediaError> {
        let Some((id, frame)) = self.take()? else {
            return Ok(None);
        };
        self.leave_behind(|| frame);
        Ok(Some(id))
    }

    fn seek(&mut self, pts_nanos: i64) -> Result<(), MediaError> {
        if !self.table.is_complete
            && let Some(known) = table::known(self.media)
        {
            self.table = known;
        }
        if let Some(index) = self.table.index_at(pts_nanos) {
            return self.go_to(index);
        }
        // Beyond what was read so far: only reading on tells which frame that is.
        self.go_to(self.table.len().saturating_sub(1))?;
        loop {
            self.fill()?;
            let next = self.table.entries.get(self.next_index + 1);
            if self.ahead.len() < AHEAD || next.is_some_and(|next| next.nanos > pts_nanos) {
                return Ok(());
            }
            self.skip_frame()?;
        }
    }

    fn take_warnings(&mut self) -> Vec<String> {
        self.decoding.warnings.take()
    }
}
