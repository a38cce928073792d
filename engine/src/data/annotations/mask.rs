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
    pub fn is_empty(&self) -> bool {
        self.x1 <= self.x0 || self.y1 <= self.y0
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
}
