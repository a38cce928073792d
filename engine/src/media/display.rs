//! From stored pixels to the picture as shown: turned upright, with square pixels.

/// What a display matrix asks for, in quarter turns and mirrors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Turn {
    /// Clockwise, in quarters of a full turn: 0 to 3.
    pub quarters: u8,
    /// Left and right are swapped before the turn.
    pub is_mirrored: bool,
}

/// Largest aspect ratio of one pixel that is believed; more than this is damage.
const MAX_PIXEL_ASPECT: u32 = 16;

impl Turn {
    /// Reads the nine 32-bit numbers of a display matrix as libavutil stores them. The nearest
    /// quarter turn where the matrix says something between.
    pub fn of_matrix(bytes: &[u8]) -> Option<Self> {
        let number = |index: usize| {
            let part = bytes.get(4 * index..4 * index + 4)?;
            Some(i64::from(i32::from_ne_bytes(part.try_into().ok()?)))
        };
        // x' = a x + c y and y' = b x + d y, with y pointing down.
        let (a, b, c, d) = (number(0)?, number(1)?, number(3)?, number(4)?);
        let is_lying = a.abs() + d.abs() < b.abs() + c.abs();
        let (quarters, is_mirrored) = match (is_lying, a < 0, d < 0, b < 0, c < 0) {
            (false, false, false, ..) => (0, false),
            (false, true, true, ..) => (2, false),
            (false, true, false, ..) => (0, true),
            (false, false, true, ..) => (2, true),
            (true, _, _, false, true) => (1, false),
            (true, _, _, true, false) => (3, false),
            (true, _, _, false, false) => (3, true),
            (true, _, _, true, true) => (1, true),
        };
        Some(Self {
            quarters,
            is_mirrored,
        })
    }

    /// Clockwise, in degrees: 0, 90, 180 or 270.
    pub fn degrees(self) -> u32 {
        90 * u32::from(self.quarters)
    }

    /// The filters that do it, each with a comma before it.
    pub fn filters(self) -> &'static str {
        match (self.is_mirrored, self.quarters % 4) {
            (false, 0) => "",
            (false, 1) => ",transpose=clock",
            (false, 2) => ",hflip,vflip",
            (false, _) => ",transpose=cclock",
            (true, 0) => ",hflip",
            (true, 1) => ",transpose=clock_flip",
            (true, 2) => ",vflip",
            (true, _) => ",transpose=cclock_flip",
        }
    }

    /// Width and height after the turn.
    pub fn size(self, (width, height): (u32, u32)) -> (u32, u32) {
        if self.quarters % 2 == 1 {
            (height, width)
        } else {
            (width, height)
        }
    }
}

/// A pixel aspect ratio as a fraction, or one to one where the stored one makes no sense.
pub(super) fn pixel_aspect(numerator: i32, denominator: i32) -> (u32, u32) {
    match (u32::try_from(numerator), u32::try_from(denominator)) {
        (Ok(n), Ok(d))
            if n > 0
                && d > 0
                && n.div_ceil(d) <= MAX_PIXEL_ASPECT
                && d.div_ceil(n) <= MAX_PIXEL_ASPECT =>
        {
            (n, d)
        }
        _ => (1, 1),
    }
}

/// The size with square pixels, before any turn: the width is stretched, the height kept.
pub(super) fn square_size((width, height): (u32, u32), (num, den): (u32, u32)) -> (u32, u32) {
    let (num, den) = (u64::from(num), u64::from(den));
    let stretched = (u64::from(width) * num + den / 2) / den;
    let stretched = u32::try_from(stretched.max(1)).unwrap_or(width);
    (stretched, height)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(a: i32, b: i32, c: i32, d: i32) -> (u32, bool) {
        let numbers = [a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30];
        let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_ne_bytes()).collect();
        let turn = Turn::of_matrix(&bytes).unwrap();
        (turn.degrees(), turn.is_mirrored)
    }

    #[test]
    fn the_eight_ways_to_hold_a_camera() {
        assert_eq!(turn(1, 0, 0, 1), (0, false));
        assert_eq!(turn(0, 1, -1, 0), (90, false));
        assert_eq!(turn(-1, 0, 0, -1), (180, false));
        assert_eq!(turn(0, -1, 1, 0), (270, false));
        assert_eq!(turn(-1, 0, 0, 1), (0, true));
        assert_eq!(turn(1, 0, 0, -1), (180, true));
        assert_eq!(turn(0, 1, 1, 0), (270, true));
        assert_eq!(turn(0, -1, -1, 0), (90, true));
        assert_eq!(Turn::of_matrix(&[0; 8]), None);
    }

    #[test]
    fn pixels_become_square() {
        assert_eq!(square_size((720, 576), pixel_aspect(16, 15)), (768, 576));
        assert_eq!(square_size((720, 576), pixel_aspect(0, 1)), (720, 576));
        assert_eq!(square_size((720, 576), pixel_aspect(-3, 1)), (720, 576));
        assert_eq!(square_size((720, 576), pixel_aspect(999, 1)), (720, 576));
        assert_eq!(square_size((1, 1), pixel_aspect(1, 3)), (1, 1));
    }
}
