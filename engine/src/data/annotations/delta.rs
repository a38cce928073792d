//! What one stroke changed, as its own inverse: laid on a mask once it does the stroke, twice it undoes it.
//!
//! For each tile of 64 pixels that changed: its place, and the exclusive or of its bytes before and after, which is one
//! byte where that is the same everywhere. All of it deflated as one block.

use std::io::{self, Read as _, Write as _};

use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use crate::data::annotations::tiles::{TILE_BYTES, TileBytes, Tiles, is_even};
use crate::data::annotations::{Mask, PixelRect};

/// What a file with one of them begins with.
const MAGIC: &[u8; 8] = b"seamstrk";
const VERSION: u32 = 1;

/// Magic, then in little-endian 32-bit words: version, width, height, number of tiles, checksum of all after it and of
/// the three words before it.
const HEAD_BYTES: usize = 28;

/// No frame is larger; a larger size is damage.
const MAX_SIDE_PX: u32 = 1 << 16;

/// A change to a mask of one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    width: u32,
    height: u32,
    num_tiles: u32,
    /// Around the tiles that change.
    rect: PixelRect,
    /// Deflated; for each tile in ascending order its place in 32 bits, then the byte that all of its own change by, or 0
    /// and a byte for each pixel.
    packed: Vec<u8>,
}

/// Why a change cannot be read or laid on a mask.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeltaError {
    #[error(
        "The stroke is for a mask of {} x {} pixels, this one has {} x {}", .of[0], .of[1], .mask[0], .mask[1]
    )]
    OtherSize { of: [u32; 2], mask: [u32; 2] },
    #[error("The bytes are no stroke of a mask")]
    NoStroke,
    #[error("The stroke has format version {0}; this program reads {VERSION}")]
    OtherVersion(u32),
    #[error("The stroke is damaged: {0}")]
    Damaged(&'static str),
}

/// By what the pixels of a tile change.
enum Change<'a> {
    Even(u8),
    /// Row by row.
    Bytes(&'a [u8]),
}

impl Delta {
    /// From one mask to another of the same size; `None` where they are the same, or differ in size.
    pub fn between(before: &Mask, after: &Mask) -> Option<Self> {
        if (before.width, before.height) != (after.width, after.height) {
            return None;
        }
        let tiles = Tiles::new(before.width, before.height);
        let kept: Vec<(usize, TileBytes)> = (0..tiles.len())
            .map(|tile| (tile, TileBytes::of(before, tiles.rect(tile))))
            .collect();
        Self::since(kept.iter().map(|(tile, bytes)| (*tile, bytes)), after)
    }

    /// From tiles as they were before, in ascending order, to the same tiles of `after`; tiles that are not listed
    /// did not change. `None` where nothing did.
    pub fn since<'a>(
        before: impl IntoIterator<Item = (usize, &'a TileBytes)>,
        after: &Mask,
    ) -> Option<Self> {
        let tiles = Tiles::new(after.width, after.height);
        let mut writer = DeflateEncoder::new(Vec::new(), Compression::fast());
        let mut change = Vec::with_capacity(TILE_BYTES);
        let (mut num_tiles, mut rect) = (0, PixelRect::NOTHING);
        for (tile, bytes) in before {
            let own = tiles.rect(tile);
            difference(bytes, after, own, &mut change);
            let first = change.first().copied().unwrap_or_default();
            let is_one = is_even(&change, first);
            if is_one && first == 0 {
                continue;
            }
            num_tiles += 1;
            rect = rect.united(own);
            let [a, b, c, d] = (tile as u32).to_le_bytes();
            let written = if is_one {
                writer.write_all(&[a, b, c, d, first])
            } else {
                writer
                    .write_all(&[a, b, c, d, 0])
                    .and_then(|()| writer.write_all(&change))
            };
            written.expect("memory can always be written to");
        }
        let packed = writer.finish().expect("memory can always be written to");
        (num_tiles != 0).then_some(Self {
            width: after.width,
            height: after.height,
            num_tiles,
            rect,
            packed,
        })
    }

    /// Does the stroke, or undoes it where it is done; gives what may look different now.
    ///
    /// # Errors
    ///
    /// Where the mask has another size, and then it is as before.
    pub fn apply(&self, mask: &mut Mask) -> Result<PixelRect, DeltaError> {
        if (mask.width, mask.height) != (self.width, self.height) {
            return Err(DeltaError::OtherSize {
                of: [self.width, self.height],
                mask: [mask.width, mask.height],
            });
        }
        self.for_each_tile(|rect, change| match change {
            Change::Even(by) => {
                for row in mask.rows_mut(rect) {
                    row.iter_mut().for_each(|value| *value ^= by);
                }
            }
            Change::Bytes(bytes) => {
                let width = (rect.x1 - rect.x0) as usize;
                for (row, by) in mask.rows_mut(rect).zip(bytes.chunks_exact(width)) {
                    for (value, by) in row.iter_mut().zip(by) {
                        *value ^= by;
                    }
                }
            }
        })?;
        Ok(self.rect)
    }

    /// Sides of the masks that it changes, in pixels.
    pub fn size(&self) -> [u32; 2] {
        [self.width, self.height]
    }

    /// Around all that it changes.
    pub fn rect(&self) -> PixelRect {
        self.rect
    }

    /// Bytes that it takes in memory, and about those on disk.
    pub fn num_bytes(&self) -> usize {
        HEAD_BYTES + self.packed.len()
    }

    /// For a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD_BYTES + self.packed.len());
        bytes.extend_from_slice(MAGIC);
        let checksum = checksum([self.width, self.height, self.num_tiles], &self.packed);
        for word in [VERSION, self.width, self.height, self.num_tiles, checksum] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        bytes.extend_from_slice(&self.packed);
        bytes
    }

    /// What [`Self::to_bytes`] gave. Everything is read once here, so that what comes out can be laid on a mask;
    /// never takes more memory than a few times `bytes`.
    ///
    /// # Errors
    ///
    /// Where the bytes are something else, of a later version, cut off or changed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DeltaError> {
        let Some((head, packed)) = bytes.split_at_checked(HEAD_BYTES) else {
            return Err(if bytes.starts_with(MAGIC) {
                DeltaError::Damaged("it is cut off")
            } else {
                DeltaError::NoStroke
            });
        };
        let (magic, words) = head.split_at(MAGIC.len());
        if magic != MAGIC {
            return Err(DeltaError::NoStroke);
        }
        let mut words = words
            .as_chunks::<4>()
            .0
            .iter()
            .map(|word| u32::from_le_bytes(*word));
        let [version, width, height, num_tiles, sum] =
            std::array::from_fn(|_| words.next().unwrap_or_default());
        if version != VERSION {
            return Err(DeltaError::OtherVersion(version));
        }
        if checksum([width, height, num_tiles], packed) != sum {
            return Err(DeltaError::Damaged("its checksum is wrong"));
        }
        if MAX_SIDE_PX < width || MAX_SIDE_PX < height {
            return Err(DeltaError::Damaged("its size is out of bounds"));
        }
        let mut delta = Self {
            width,
            height,
            num_tiles,
            rect: PixelRect::NOTHING,
            packed: packed.to_vec(),
        };
        let mut rect = PixelRect::NOTHING;
        delta.for_each_tile(|own, _| rect = rect.united(own))?;
        delta.rect = rect;
        Ok(delta)
    }

    /// Takes no more memory than one tile.
    fn for_each_tile(&self, mut act: impl FnMut(PixelRect, Change<'_>)) -> Result<(), DeltaError> {
        let tiles = Tiles::new(self.width, self.height);
        let mut reader = DeflateDecoder::new(self.packed.as_slice());
        let mut buffer = vec![0; TILE_BYTES];
        let mut next = 0;
        for _ in 0..self.num_tiles {
            let mut head = [0; 5];
            reader.read_exact(&mut head).map_err(cut_off)?;
            let [a, b, c, d, by] = head;
            let tile = u32::from_le_bytes([a, b, c, d]) as usize;
            if tile < next || tiles.len() <= tile {
                return Err(DeltaError::Damaged("its tiles are in no order"));
            }
            next = tile + 1;
            let rect = tiles.rect(tile);
            if by != 0 {
                act(rect, Change::Even(by));
                continue;
            }
            let bytes = &mut buffer[..rect.area()];
            reader.read_exact(bytes).map_err(cut_off)?;
            act(rect, Change::Bytes(bytes));
        }
        match reader.read(&mut [0]) {
            Ok(0) => Ok(()),
            Ok(_) => Err(DeltaError::Damaged("it goes on after its end")),
            Err(error) => Err(cut_off(error)),
        }
    }
}

/// Fills `change` with what turns `before` into the pixels of `rect`.
fn difference(before: &TileBytes, after: &Mask, rect: PixelRect, change: &mut Vec<u8>) {
    change.clear();
    match before {
        TileBytes::Even(before) => {
            for row in after.rows(rect) {
                change.extend(row.iter().map(|value| value ^ before));
            }
        }
        TileBytes::Bytes(bytes) => {
            let width = (rect.x1 - rect.x0) as usize;
            for (row, before) in after.rows(rect).zip(bytes.chunks_exact(width)) {
                change.extend(row.iter().zip(before).map(|(value, before)| value ^ before));
            }
        }
    }
}

fn checksum(words: [u32; 3], packed: &[u8]) -> u32 {
    let mut crc = Crc::new();
    for word in words {
        crc.update(&word.to_le_bytes());
    }
    crc.update(packed);
    crc.sum()
}

fn cut_off(_: io::Error) -> DeltaError {
    DeltaError::Damaged("what it holds cannot be inflated")
}

#[cfg(test)]
mod tests;
