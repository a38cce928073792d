//! A rectangular part of a square picture, at another size.

/// Pixels of a square picture that are taken: whole ones, all inside of it, and at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub left: usize,
    pub top: usize,
    pub width: usize,
    pub height: usize,
}

/// How a pixel is read between others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    Nearest,
    /// Pixel areas aligned, the part's border repeated, no smoothing before shrinking.
    Bilinear,
    /// Bilinear, and 0 only where every pixel that counts is 0. A picture read with [`Self::Bilinear`]
    /// then still shows only unchanged pixels wherever its mask is 0.
    Cover,
}

impl Part {
    pub fn whole(size_px: usize) -> Self {
        Self {
            left: 0,
            top: 0,
            width: size_px,
            height: size_px,
        }
    }
}

/// Fills `target` with a part of `source`, stretched to a square of `target_px`. Both have `CHANNELS`
/// bytes a pixel; `source` is a square of `size_px`. At its own size a part keeps every byte.
pub fn cut<const CHANNELS: usize>(
    source: &[u8],
    size_px: usize,
    part: Part,
    filter: Filter,
    target_px: usize,
    target: &mut Vec<u8>,
) {
    target.resize(CHANNELS * target_px * target_px, 0);
    if [part.width, part.height] == [target_px; 2] {
        for (y, row) in target.chunks_exact_mut(CHANNELS * target_px).enumerate() {
            let from = CHANNELS * ((part.top + y) * size_px + part.left);
            row.copy_from_slice(&source[from..from + CHANNELS * target_px]);
        }
        return;
    }
    for (y, row) in target.chunks_exact_mut(CHANNELS * target_px).enumerate() {
        let rows = tap(y, part.height, target_px, filter);
        for (x, pixel) in row.chunks_exact_mut(CHANNELS).enumerate() {
            let columns = tap(x, part.width, target_px, filter);
            let at = |row: usize, column: usize| {
                CHANNELS * ((part.top + row) * size_px + part.left + column)
            };
            let corners = [
                at(rows.first, columns.first),
                at(rows.first, columns.second),
                at(rows.second, columns.first),
                at(rows.second, columns.second),
            ];
            for (channel, value) in pixel.iter_mut().enumerate() {
                let [a, b, c, d] = corners.map(|corner| f32::from(source[corner + channel]));
                let upper = a + (b - a) * columns.share;
                let lower = c + (d - c) * columns.share;
                let level = upper + (lower - upper) * rows.share;
                *value = (level + 0.5) as u8;
                if filter == Filter::Cover && *value == 0 && 0.0 < level {
                    *value = 1;
                }
            }
        }
    }
}

/// Two neighbors along one axis, and the share of the second.
struct Tap {
    first: usize,
    second: usize,
    share: f32,
}

fn tap(at: usize, source_px: usize, target_px: usize, filter: Filter) -> Tap {
    let middle = (at as f32 + 0.5) * (source_px as f32 / target_px as f32);
    let last = source_px - 1;
    if filter == Filter::Nearest {
        let first = (middle as usize).min(last);
        return Tap {
            first,
            second: first,
            share: 0.0,
        };
    }
    let middle = (middle - 0.5).clamp(0.0, last as f32);
    let first = middle as usize;
    Tap {
        first,
        second: (first + 1).min(last),
        share: middle - first as f32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::synthetic;

    #[test]
    fn a_part_at_its_own_size_keeps_every_byte() {
        let picture = synthetic::noise(40, 1);
        let part = Part {
            left: 3,
            top: 9,
            width: 20,
            height: 20,
        };
        for filter in [Filter::Nearest, Filter::Bilinear, Filter::Cover] {
            let mut target = Vec::new();
            cut::<3>(&picture, 40, Part::whole(40), filter, 40, &mut target);
            assert_eq!(target, picture);
            cut::<3>(&picture, 40, part, filter, 20, &mut target);
            for y in 0..20 {
                let from = 3 * ((y + 9) * 40 + 3);
                assert_eq!(target[60 * y..60 * (y + 1)], picture[from..from + 60]);
            }
        }
    }

    #[test]
    fn a_part_is_stretched_along_each_axis_by_its_own_factor() {
        let picture: Vec<u8> = (0..16u8).map(|at| 16 * (at % 4)).collect();
        let part = Part {
            left: 1,
            top: 0,
            width: 2,
            height: 4,
        };
        let mut target = Vec::new();
        cut::<1>(&picture, 4, part, Filter::Bilinear, 4, &mut target);
        assert_eq!(target[..4], [16, 20, 28, 32]);
        assert_eq!(target[12..], [16, 20, 28, 32]);
        cut::<1>(&picture, 4, part, Filter::Nearest, 4, &mut target);
        assert_eq!(target[..4], [16, 16, 32, 32]);
    }

    #[test]
    fn a_covering_mask_is_zero_only_where_no_changed_pixel_counts() {
        let before = synthetic::noise(50, 2);
        let mut after = before.clone();
        let mut mask = vec![0; 50 * 50];
        for at in (0..mask.len()).step_by(7) {
            mask[at] = 1;
            after[3 * at] ^= 0x80;
        }
        for side in [20, 50, 77, 131] {
            let whole = Part::whole(50);
            let [mut x, mut x_n, mut m] = [(); 3].map(|()| Vec::new());
            cut::<3>(&before, 50, whole, Filter::Bilinear, side, &mut x);
            cut::<3>(&after, 50, whole, Filter::Bilinear, side, &mut x_n);
            cut::<1>(&mask, 50, whole, Filter::Cover, side, &mut m);
            for (at, m) in m.iter().enumerate() {
                assert!(*m != 0 || x[3 * at] == x_n[3 * at], "{side} px, pixel {at}");
            }
        }
    }
}
