//! The tiles of 64 pixels that strokes and their records are kept by.

use crate::data::annotations::{Mask, PixelRect};

/// Side of a tile; those at the right and lower border of a mask are cut off there.
pub const TILE_PX: u32 = 64;

/// Bytes of a whole tile.
pub const TILE_BYTES: usize = (TILE_PX * TILE_PX) as usize;

/// How the tiles of a mask lie: row by row, counted from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tiles {
    width: u32,
    height: u32,
}

/// What a tile holds, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TileBytes {
    /// The same value everywhere.
    Even(u8),
    Bytes(Box<[u8]>),
}

impl Tiles {
    /// Sides of the mask in pixels.
    pub fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    pub fn columns(&self) -> u32 {
        self.width.div_ceil(TILE_PX)
    }

    pub fn len(&self) -> usize {
        self.columns() as usize * self.height.div_ceil(TILE_PX) as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The pixels of a tile.
    pub fn rect(&self, tile: usize) -> PixelRect {
        let columns = self.columns() as usize;
        let x0 = (tile % columns) as u32 * TILE_PX;
        let y0 = (tile / columns) as u32 * TILE_PX;
        PixelRect {
            x0,
            y0,
            x1: (x0 + TILE_PX).min(self.width),
            y1: (y0 + TILE_PX).min(self.height),
        }
    }

    /// The tiles that hold any pixel of `rect`, in ascending order.
    pub fn within(&self, rect: PixelRect) -> impl Iterator<Item = usize> + use<> {
        let columns = self.columns();
        let rect = rect.intersected(PixelRect {
            x0: 0,
            y0: 0,
            x1: self.width,
            y1: self.height,
        });
        let is_empty = rect.is_empty();
        let rows = rect.y0 / TILE_PX..rect.y1.div_ceil(TILE_PX);
        rows.filter(move |_| !is_empty).flat_map(move |row| {
            let first = (row * columns + rect.x0 / TILE_PX) as usize;
            let last = (row * columns + rect.x1.div_ceil(TILE_PX)) as usize;
            first..last
        })
    }
}

impl TileBytes {
    /// Those of `mask` in `rect`, which lies in it and is not empty.
    pub fn of(mask: &Mask, rect: PixelRect) -> Self {
        if let Some(value) = even_value(mask, rect) {
            return Self::Even(value);
        }
        let mut bytes = Vec::with_capacity(rect.area());
        for row in mask.rows(rect) {
            bytes.extend_from_slice(row);
        }
        Self::Bytes(bytes.into_boxed_slice())
    }

    /// Writes them into `mask`, at the `rect` that they are of.
    pub fn restore(&self, mask: &mut Mask, rect: PixelRect) {
        match self {
            Self::Even(value) => mask.fill(rect, *value),
            Self::Bytes(bytes) => {
                let width = (rect.x1 - rect.x0) as usize;
                for (row, own) in mask.rows_mut(rect).zip(bytes.chunks_exact(width)) {
                    row.copy_from_slice(own);
                }
            }
        }
    }
}

/// The value of all pixels in `rect`, where they have but one.
pub fn even_value(mask: &Mask, rect: PixelRect) -> Option<u8> {
    let first = *mask.rows(rect).next()?.first()?;
    mask.rows(rect)
        .all(|row| is_even(row, first))
        .then_some(first)
}

/// Whether all bytes are `value`; without a branch for each, so that it is quick.
pub fn is_even(bytes: &[u8], value: u8) -> bool {
    bytes.iter().fold(0, |sum, byte| sum | (byte ^ value)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_every_pixel_once() {
        for (width, height) in [(1, 1), (64, 64), (65, 64), (200, 129), (63, 1)] {
            let tiles = Tiles::new(width, height);
            let mut mask = Mask::empty(width, height);
            for tile in 0..tiles.len() {
                for row in mask.rows_mut(tiles.rect(tile)) {
                    row.iter_mut().for_each(|value| *value += 1);
                }
            }
            assert!(
                mask.values.iter().all(|value| *value == 1),
                "{width} {height}"
            );
            assert!(tiles.within(mask.rect()).eq(0..tiles.len()));
        }
    }

    #[test]
    fn only_tiles_with_a_pixel_of_a_rect_are_within_it() {
        let tiles = Tiles::new(200, 200);
        let rect = |x0, y0, x1, y1| PixelRect { x0, y0, x1, y1 };
        let found = |rect| tiles.within(rect).collect::<Vec<_>>();
        assert_eq!(found(rect(63, 0, 64, 1)), [0]);
        assert_eq!(found(rect(63, 64, 65, 128)), [4, 5]);
        assert_eq!(found(rect(190, 190, 900, 900)), [10, 11, 14, 15]);
        assert!(found(rect(5, 5, 5, 9)).is_empty());
        assert!(found(rect(300, 0, 400, 10)).is_empty());
    }

    #[test]
    fn a_tile_is_kept_and_restored_byte_for_byte() {
        let mut mask = Mask::empty(100, 80);
        for (at, value) in mask.values.iter_mut().enumerate() {
            *value = (at * 7 % 251) as u8;
        }
        let tiles = Tiles::new(100, 80);
        mask.fill(tiles.rect(0), 9);
        let before = mask.clone();
        let kept: Vec<TileBytes> = (0..tiles.len())
            .map(|tile| TileBytes::of(&mask, tiles.rect(tile)))
            .collect();
        assert_eq!(kept[0], TileBytes::Even(9));
        mask.fill(mask.rect(), 77);
        for (tile, bytes) in kept.iter().enumerate() {
            bytes.restore(&mut mask, tiles.rect(tile));
        }
        assert_eq!(mask, before);
    }
}
