//! The table of all frames of one stream: when each is shown, and how to know it again.
//!
//! A frame found by seeking is taken for frame `n` only if its stored time and its pixels are those
//! of entry `n`. So a seek that lands wrong, or a decoder that starts without a reference picture, is
//! noticed, and the reader goes further back.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use ffmpeg_next::frame;

use crate::media::MediaHash;

/// Complete tables kept for files that are opened again.
const MAX_KNOWN: usize = 64;
/// Every so many rows go into an entry's sum.
const ROW_STEP: usize = 8;

/// Tables of files that were read through, newest last. A probe fills it, and the player, which
/// opens the same file, can then go anywhere at once.
static KNOWN: Mutex<VecDeque<(MediaHash, Arc<Table>)>> = Mutex::new(VecDeque::new());

/// The frames seen so far, from the first one on without a gap.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub entries: Vec<Entry>,
    /// The stream ends after the last entry.
    pub is_complete: bool,
    /// Every frame has a stored time, and these grow.
    is_unordered: bool,
}

/// One frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Presentation time as stored, in ticks of the stream.
    pub raw: Option<i64>,
    /// Presentation time as given to the outside; larger than that of the entry before.
    pub nanos: i64,
    pub fingerprint: u32,
    pub is_key: bool,
    pub is_interlaced: bool,
}

impl Entry {
    /// Whether these are the same frame, as far as one can tell without comparing all pixels.
    pub fn is_same(&self, other: &Self) -> bool {
        (self.raw, self.fingerprint) == (other.raw, other.fingerprint)
    }
}

impl Table {
    pub fn push(&mut self, entry: Entry) {
        self.is_unordered |= match (entry.raw, self.entries.last()) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(raw), Some(last)) => last.raw.is_none_or(|last| raw <= last),
        };
        self.entries.push(entry);
    }

    /// Forgets the entries from `len` on: what was read shows that they are wrong.
    pub fn truncate(&mut self, len: usize) {
        self.is_complete = false;
        self.entries.truncate(len);
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The index of the last frame that starts at or before this time (else the first one), if the
    /// table reaches far enough to tell.
    pub fn index_at(&self, nanos: i64) -> Option<usize> {
        let after = self.entries.partition_point(|entry| entry.nanos <= nanos);
        let is_known = self.is_complete || after < self.entries.len();
        (is_known && !self.entries.is_empty()).then(|| after.saturating_sub(1))
    }

    /// The index of the frame with this stored time; `None` also where times are not unique.
    pub fn index_of_raw(&self, raw: i64) -> Option<usize> {
        if self.is_unordered {
            return None;
        }
        self.entries
            .binary_search_by_key(&Some(raw), |entry| entry.raw)
            .ok()
    }

    /// Whether frames can be told apart by their stored times.
    pub fn can_seek(&self) -> bool {
        !self.is_unordered
    }

    /// Indices of key frames at or before `index`, nearest first.
    pub fn keys_before(&self, index: usize) -> impl Iterator<Item = usize> {
        let entries = self.entries.get(..=index).unwrap_or(&self.entries);
        (0..entries.len()).rev().filter(|&i| entries[i].is_key)
    }
}

/// The table of a file that was read through before in this process.
pub(super) fn known(media: MediaHash) -> Option<Arc<Table>> {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let (_, table) = known.iter().find(|(hash, _)| *hash == media)?;
    Some(Arc::clone(table))
}

/// Keeps a complete table for the next who opens the file.
pub(super) fn remember(media: MediaHash, table: &Table) {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.retain(|(hash, _)| *hash != media);
    if known.len() >= MAX_KNOWN {
        known.pop_front();
    }
    known.push_back((media, Arc::new(table.clone())));
}

/// A number that differs, but for one chance in billions, where the pictures' sampled rows differ.
///
/// One row in eight of the first plane: about 50 microseconds at 1080p, and enough to notice a
/// picture decoded from wrong references.
pub(super) fn fingerprint(frame: &frame::Video) -> u32 {
    let width = frame.width() as usize;
    let stride = if frame.planes() > 0 {
        frame.stride(0)
    } else {
        0
    };
    // Pictures stored bottom up have a negative stride, which this interface shows as a huge one.
    // Those with less than a byte a pixel would bring padding into the sum.
    if stride < width || stride > (1 << 24) {
        return 0;
    }
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for row in frame.data(0).chunks(stride).step_by(ROW_STEP) {
        let (words, rest) = row[..width.min(row.len())].as_chunks::<8>();
        for word in words {
            sum = (sum ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            sum ^= sum >> 32;
        }
        for byte in rest {
            sum = (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    (sum ^ (sum >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(times: &[i64], is_complete: bool) -> Table {
        let mut table = Table::default();
        for (index, &nanos) in times.iter().enumerate() {
            table.push(Entry {
                raw: Some(nanos),
                nanos,
                fingerprint: 0,
                is_key: index % 3 == 0,
                is_interlaced: false,
            });
        }
        table.is_complete = is_complete;
        table
    }

    #[test]
    fn a_time_between_two_frames_is_the_earlier_one() {
        let whole = table(&[10, 20, 30, 40], true);
        assert_eq!(whole.index_at(0), Some(0));
        assert_eq!(whole.index_at(20), Some(1));
        assert_eq!(whole.index_at(29), Some(1));
        assert_eq!(whole.index_at(99), Some(3));
        assert_eq!(table(&[10, 20], false).index_at(20), None);
        assert_eq!(table(&[10, 20], false).index_at(19), Some(0));
        assert_eq!(table(&[], true).index_at(0), None);
    }

    #[test]
    fn key_frames_come_nearest_first() {
        let whole = table(&[10, 20, 30, 40, 50], true);
        assert_eq!(whole.keys_before(4).collect::<Vec<_>>(), [3, 0]);
        assert_eq!(whole.keys_before(2).collect::<Vec<_>>(), [0]);
    }

    #[test]
    fn times_that_repeat_forbid_seeking() {
        assert!(table(&[10, 20, 30], true).can_seek());
        let repeated = table(&[10, 20, 20], true);
        assert!(!repeated.can_seek());
        assert_eq!(repeated.index_of_raw(20), None);
    }
}
