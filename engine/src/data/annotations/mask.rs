//! The native form of a mask: one byte a pixel of the whole frame, holes and all.

/// How much of each pixel of a frame is manipulated, row by row: 0 is not at all, 255 wholly; what lies between is a
/// soft edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    pub width: u32,
    pub height: u32,
    pub values: Vec<u8>,
}

/// Pixels from `x0`, `y0` up to, without, `x1`, `y1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PixelRect {
    pub x0: u32,
    pub y0: u32,
    pub x1: u32,
    pub y1: u32,
}

/// From this value on a pixel counts as manipulated, where only yes and no can be told.
pub const HALF: u8 = 128;

impl Mask {
    /// With nothing marked; sides in pixels.
    pub fn empty(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            values: vec![0; width as usize * height as usize],
        }
    }

    /// The whole frame.
    pub fn rect(&self) -> PixelRect {
        PixelRect {
            x0: 0,
            y0: 0,
            x1: self.width,
            y1: self.height,
        }
    }

    /// The rows of `rect`, which lies in the frame.
    pub fn rows(&self, rect: PixelRect) -> impl Iterator<Item = &[u8]> {
        let width = self.width.max(1) as usize;
        let (x0, x1) = (rect.x0 as usize, rect.x1.max(rect.x0) as usize);
        let rows = self.values.chunks_exact(width);
        rows.take(rect.y1 as usize)
            .skip(rect.y0 as usize)
            .map(move |row| &row[x0..x1])
    }

    /// The rows of `rect`, which lies in the frame, to be changed.
    pub fn rows_mut(&mut self, rect: PixelRect) -> impl Iterator<Item = &mut [u8]> {
        let width = self.width.max(1) as usize;
        let (x0, x1) = (rect.x0 as usize, rect.x1.max(rect.x0) as usize);
        let rows = self.values.chunks_exact_mut(width);
        rows.take(rect.y1 as usize)
            .skip(rect.y0 as usize)
            .map(move |row| &mut row[x0..x1])
    }

    /// Sets all of `rect`, which lies in the frame, to one value.
    pub fn fill(&mut self, rect: PixelRect, value: u8) {
        for row in self.rows_mut(rect) {
            row.fill(value);
        }
    }

    /// Around all that is marked, however softly; `None` where nothing is.
    pub fn bounds(&self) -> Option<PixelRect> {
        let width = self.width.max(1) as usize;
        let mut rect: Option<PixelRect> = None;
        for (y, row) in self.values.chunks_exact(width).enumerate() {
            let Some(first) = row.iter().position(|value| *value != 0) else {
                continue;
            };
            let last = row.iter().rposition(|value| *value != 0).unwrap_or(first);
            let own = PixelRect {
                x0: first as u32,
                y0: y as u32,
                x1: last as u32 + 1,
                y1: y as u32 + 1,
            };
            rect = Some(rect.map_or(own, |rect| rect.united(own)));
        }
        rect
    }

    /// The part of it in `rect`, as a mask of its own; what lies out of the frame is not marked.
    pub fn crop(&self, rect: PixelRect) -> Self {
        let (width, height) = (
            rect.x1.saturating_sub(rect.x0),
            rect.y1.saturating_sub(rect.y0),
        );
        let mut part = Self::empty(width, height);
        let inside = rect.intersected(self.rect());
        if inside.is_empty() {
            return part;
        }
        let own = PixelRect {
            x0: inside.x0 - rect.x0,
            y0: inside.y0 - rect.y0,
            x1: inside.x1 - rect.x0,
            y1: inside.y1 - rect.y0,
        };
        for (row, from) in part.rows_mut(own).zip(self.rows(inside)) {
            row.copy_from_slice(from);
        }
        part
    }

    /// Nothing is marked, not even softly.
    pub fn is_empty(&self) -> bool {
        self.values.iter().all(|value| *value == 0)
    }

    /// Marked pixels, soft ones by their share.
    pub fn area_px(&self) -> f64 {
        let sum: u64 = self.values.iter().map(|value| u64::from(*value)).sum();
        sum as f64 / 255.0
    }

    /// Intersection over union of the pixels that are at least half marked; 1 for two empty masks, 0 for
    /// masks of different sizes.
    pub fn iou(&self, other: &Self) -> f64 {
        if (self.width, self.height) != (other.width, other.height) {
            return 0.0;
        }
        let pairs = self.values.iter().zip(&other.values);
        let (mut both, mut either) = (0_u64, 0_u64);
        for (one, other) in pairs {
            let (one, other) = (HALF <= *one, HALF <= *other);
            both += u64::from(one && other);
            either += u64::from(one || other);
        }
        if either == 0 {
            1.0
        } else {
            both as f64 / either as f64
        }
    }
}

impl PixelRect {
    /// Of no pixel.
    pub const NOTHING: Self = Self {
        x0: 0,
        y0: 0,
        x1: 0,
        y1: 0,
    };

    pub fn is_empty(&self) -> bool {
        self.x1 <= self.x0 || self.y1 <= self.y0
    }

    /// Its pixels.
    pub fn area(&self) -> usize {
        if self.is_empty() {
            return 0;
        }
        (self.x1 - self.x0) as usize * (self.y1 - self.y0) as usize
    }

    /// What lies in both.
    pub fn intersected(self, other: Self) -> Self {
        Self {
            x0: self.x0.max(other.x0),
            y0: self.y0.max(other.y0),
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
        }
    }

    /// The smallest one around both; an empty one adds nothing.
    pub fn united(self, other: Self) -> Self {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        Self {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn soft_pixels_count_by_their_share_and_for_overlap_by_half() {
        let mut one = Mask::empty(4, 1);
        let mut other = one.clone();
        assert!(one.is_empty());
        assert_eq!(one.iou(&other), 1.0, "two empty masks agree");
        one.values = vec![255, 255, 127, 0];
        other.values = vec![255, 0, 128, 0];
        assert!((one.area_px() - (2.0 + 127.0 / 255.0)).abs() < 1e-12);
        assert_eq!(one.iou(&other), 1.0 / 3.0);
        assert_eq!(one.iou(&Mask::empty(2, 2)), 0.0);
    }

    #[test]
    fn bounds_and_crops_hold_just_what_is_marked() {
        let mut mask = Mask::empty(10, 8);
        assert_eq!(mask.bounds(), None);
        mask.values[3 * 10 + 4] = 7;
        mask.values[5 * 10 + 2] = 1;
        let rect = PixelRect {
            x0: 2,
            y0: 3,
            x1: 5,
            y1: 6,
        };
        assert_eq!(mask.bounds(), Some(rect));
        assert_eq!(mask.crop(rect).values, [0, 0, 7, 0, 0, 0, 1, 0, 0]);
        let over = PixelRect {
            x0: 4,
            y0: 3,
            x1: 12,
            y1: 4,
        };
        assert_eq!(mask.crop(over).values, [7, 0, 0, 0, 0, 0, 0, 0]);
        let out = PixelRect {
            x0: 20,
            y0: 20,
            x1: 22,
            y1: 21,
        };
        assert_eq!(mask.crop(out).values, [0, 0]);
    }
}
