//! A stroke in hand: tools paint through it, it keeps what was there before, and ends as one change.

use crate::annotate::coverage::Coverage;
use crate::data::annotations::tiles::{TILE_PX, TileBytes, Tiles};
use crate::data::annotations::{Delta, Mask, PixelRect};

/// Whether a tool marks pixels or takes marks away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A pixel becomes as marked as it is covered, unless it is more so already.
    Paint,
    /// A pixel keeps at most the share that is not covered.
    Erase,
}

/// One stroke from pressing to letting go, over a mask that nothing else changes meanwhile. Going over a pixel again
/// adds nothing: opacity does not build up.
///
/// Everything that changes a mask gives the pixels that may look different now; an empty rect where none do.
///
/// # Panics
///
/// All of it, where a mask has another size than the one it began with.
#[derive(Clone, Debug)]
pub struct Stroke {
    tiles: Tiles,
    size: [u32; 2],
    /// What each tile held before its first change.
    before: Vec<Option<TileBytes>>,
    /// The value of all of a tile's pixels, where it is known to be one.
    even: Vec<Option<u8>>,
}

/// One row of a tile.
pub(super) type TileRow = [u8; TILE_PX as usize];

impl Mode {
    /// The value that a wholly covered pixel gets.
    fn whole(self) -> u8 {
        match self {
            Self::Paint => 255,
            Self::Erase => 0,
        }
    }

    /// Lays a row of shares (255 is wholly covered) over as many pixels.
    fn lay(self, row: &mut [u8], shares: &[u8]) {
        let pairs = row.iter_mut().zip(shares);
        match self {
            Self::Paint => pairs.for_each(|(value, share)| *value = (*value).max(*share)),
            Self::Erase => pairs.for_each(|(value, share)| *value = (*value).min(255 - share)),
        }
    }
}

impl Stroke {
    pub fn begin(mask: &Mask) -> Self {
        let tiles = Tiles::new(mask.width, mask.height);
        Self {
            tiles,
            size: [mask.width, mask.height],
            before: vec![None; tiles.len()],
            even: vec![None; tiles.len()],
        }
    }

    /// Ends it; `None` where nothing is different from before.
    pub fn finish(self, mask: &Mask) -> Option<Delta> {
        self.check(mask);
        let before = self.before.iter().enumerate();
        let kept = before.filter_map(|(tile, bytes)| bytes.as_ref().map(|bytes| (tile, bytes)));
        Delta::since(kept, mask)
    }

    /// Puts everything back as it was.
    pub fn cancel(self, mask: &mut Mask) -> PixelRect {
        self.check(mask);
        let mut dirty = PixelRect::NOTHING;
        for (tile, bytes) in self.before.iter().enumerate() {
            if let Some(bytes) = bytes {
                let rect = self.tiles.rect(tile);
                bytes.restore(mask, rect);
                dirty = dirty.united(rect);
            }
        }
        dirty
    }

    /// Paints or erases what is covered.
    pub fn lay(&mut self, mask: &mut Mask, coverage: &Coverage, mode: Mode) -> PixelRect {
        self.check(mask);
        let mut dirty = PixelRect::NOTHING;
        for tile in self.tiles.within(coverage.rect()) {
            let own = self.tiles.rect(tile).intersected(coverage.rect());
            if coverage
                .rows(own)
                .all(|row| row.iter().all(|value| *value == 0))
            {
                continue;
            }
            if self.even[tile] == Some(mode.whole()) || !self.keep(mask, tile, mode.whole()) {
                continue;
            }
            for (row, shares) in mask.rows_mut(own).zip(coverage.rows(own)) {
                mode.lay(row, shares);
            }
            dirty = dirty.united(own);
        }
        dirty
    }

    /// Sets the pixels of the coverage's rect to its values, whatever they were.
    pub fn replace(&mut self, mask: &mut Mask, values: &Coverage) -> PixelRect {
        self.check(mask);
        let mut dirty = PixelRect::NOTHING;
        for tile in self.tiles.within(values.rect()) {
            let own = self.tiles.rect(tile).intersected(values.rect());
            if mask.rows(own).eq(values.rows(own)) {
                continue;
            }
            self.keep_any(mask, tile);
            for (row, own) in mask.rows_mut(own).zip(values.rows(own)) {
                row.copy_from_slice(own);
            }
            dirty = dirty.united(own);
        }
        dirty
    }

    /// Covers a whole tile; whether any pixel may have changed.
    pub(super) fn cover_tile(&mut self, mask: &mut Mask, tile: usize, mode: Mode) -> bool {
        let whole = mode.whole();
        if self.even[tile] == Some(whole) || !self.keep(mask, tile, whole) {
            return false;
        }
        mask.fill(self.tiles.rect(tile), whole);
        self.even[tile] = Some(whole);
        true
    }

    /// Covers a tile by the shares that `cover` writes, row by row; `cover` is only called where that can change
    /// a pixel, and so is `true` given.
    pub(super) fn cover_rows(
        &mut self,
        mask: &mut Mask,
        tile: usize,
        mode: Mode,
        cover: impl FnOnce(&mut [TileRow; TILE_PX as usize]),
    ) -> bool {
        if self.even[tile] == Some(mode.whole()) || !self.keep(mask, tile, mode.whole()) {
            return false;
        }
        let mut shares = [[0; TILE_PX as usize]; TILE_PX as usize];
        cover(&mut shares);
        for (row, shares) in mask.rows_mut(self.tiles.rect(tile)).zip(&shares) {
            mode.lay(row, shares);
        }
        true
    }

    pub(super) fn tiles(&self) -> Tiles {
        self.tiles
    }

    /// Keeps a tile that is about to be moved towards `whole`; `false` where it is that all over, so that nothing
    /// would change.
    fn keep(&mut self, mask: &Mask, tile: usize, whole: u8) -> bool {
        if self.before[tile].is_none() {
            let bytes = TileBytes::of(mask, self.tiles.rect(tile));
            if bytes == TileBytes::Even(whole) {
                self.even[tile] = Some(whole);
                return false;
            }
            self.before[tile] = Some(bytes);
        }
        self.even[tile] = None;
        true
    }

    /// Keeps a tile that is about to become anything.
    fn keep_any(&mut self, mask: &Mask, tile: usize) {
        if self.before[tile].is_none() {
            self.before[tile] = Some(TileBytes::of(mask, self.tiles.rect(tile)));
        }
        self.even[tile] = None;
    }

    fn check(&self, mask: &Mask) {
        assert_eq!(
            [mask.width, mask.height],
            self.size,
            "a stroke goes on over the mask that it began on"
        );
    }
}

#[cfg(test)]
mod tests;
