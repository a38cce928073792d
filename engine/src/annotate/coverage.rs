//! Shares of the pixels in a part of a frame: what a tool found, before it is laid on a mask.

use crate::data::annotations::{Mask, PixelRect};

/// One byte a pixel of `rect`, which lies in its frame: 255 is wholly covered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    rect: PixelRect,
    /// Of the rect's size.
    values: Mask,
}

impl Coverage {
    /// `values` has the size of `rect`.
    ///
    /// # Panics
    ///
    /// Where it has not.
    pub fn new(rect: PixelRect, values: Mask) -> Self {
        assert_eq!(
            [
                rect.x1.saturating_sub(rect.x0),
                rect.y1.saturating_sub(rect.y0)
            ],
            [values.width, values.height],
            "one byte for each pixel of the rect"
        );
        Self { rect, values }
    }

    /// Of no pixel.
    pub fn nothing() -> Self {
        Self {
            rect: PixelRect::NOTHING,
            values: Mask::empty(0, 0),
        }
    }

    /// A part of a mask as it is.
    pub fn of(mask: &Mask, rect: PixelRect) -> Self {
        let rect = rect.intersected(mask.rect());
        if rect.is_empty() {
            return Self::nothing();
        }
        Self::new(rect, mask.crop(rect))
    }

    /// Where it lies in the frame.
    pub fn rect(&self) -> PixelRect {
        self.rect
    }

    /// By itself: its first pixel is the first of the rect.
    pub fn values(&self) -> &Mask {
        &self.values
    }

    /// On a frame of its own with nothing else marked; sides in pixels.
    pub fn to_mask(&self, width: u32, height: u32) -> Mask {
        let mut mask = Mask::empty(width, height);
        let own = self.rect.intersected(mask.rect());
        if !own.is_empty() {
            for (row, from) in mask.rows_mut(own).zip(self.rows(own)) {
                row.copy_from_slice(from);
            }
        }
        mask
    }

    /// The rows of a part, which lies in the rect; in pixels of the frame.
    pub(super) fn rows(&self, part: PixelRect) -> impl Iterator<Item = &[u8]> {
        let [x, y] = [self.rect.x0, self.rect.y0];
        self.values.rows(PixelRect {
            x0: part.x0 - x,
            y0: part.y0 - y,
            x1: part.x1 - x,
            y1: part.y1 - y,
        })
    }
}
