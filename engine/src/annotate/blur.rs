//! Three box blurs in turn, near enough to a bell: how edges become soft.

use crate::annotate::coverage::Coverage;
use crate::data::annotations::tiles::is_even;
use crate::data::annotations::{Mask, PixelRect};

/// More is as good as nothing left.
pub const MAX_SOFT_PX: u32 = 4096;

/// Blurred so that no pixel feels another more than `reach_px` away, along either axis; past the border the pixels at
/// the border go on. Even parts stay as they are.
pub fn blurred(mask: &Mask, reach_px: u32) -> Mask {
    let mut mask = mask.clone();
    let reach_px = reach_px.min(MAX_SOFT_PX);
    if mask.values.is_empty() {
        return mask;
    }
    for pass in 0..3 {
        let radius = ((reach_px + pass) / 3) as usize;
        if radius != 0 {
            along_rows(&mut mask, radius);
            along_columns(&mut mask, radius);
        }
    }
    mask
}

/// The mask with `change` done to its part in `rect` and `margin_px` around, as much as lies in the frame.
pub fn around(
    mask: &Mask,
    rect: PixelRect,
    margin_px: u32,
    change: impl FnOnce(&Mask) -> Mask,
) -> Coverage {
    if rect.is_empty() {
        return Coverage::nothing();
    }
    let rect = PixelRect {
        x0: rect.x0.saturating_sub(margin_px),
        y0: rect.y0.saturating_sub(margin_px),
        x1: rect.x1.saturating_add(margin_px),
        y1: rect.y1.saturating_add(margin_px),
    }
    .intersected(mask.rect());
    Coverage::new(rect, change(&mask.crop(rect)))
}

/// Divides sums over `2 radius + 1` bytes, rounding: multiply, then take the upper byte.
struct Mean {
    factor: u32,
}

impl Mean {
    fn over(radius: usize) -> Self {
        let count = 2 * radius as u32 + 1;
        Self {
            factor: ((1 << 24) + count / 2) / count,
        }
    }

    fn of(&self, sum: u32) -> u8 {
        ((sum * self.factor + (1 << 23)) >> 24) as u8
    }
}

fn along_rows(mask: &mut Mask, radius: usize) {
    let mean = Mean::over(radius);
    let width = mask.width as usize;
    let mut line = vec![0; width + 2 * radius + 1];
    for row in mask.values.chunks_exact_mut(width) {
        let (first, last) = (row[0], row[width - 1]);
        if is_even(row, first) {
            continue;
        }
        line[..radius].fill(first);
        line[radius..radius + width].copy_from_slice(row);
        line[radius + width..].fill(last);
        let mut sum: u32 = line[..=2 * radius]
            .iter()
            .map(|value| u32::from(*value))
            .sum();
        let moves = line.iter().zip(&line[2 * radius + 1..]);
        for (value, (gone, come)) in row.iter_mut().zip(moves) {
            *value = mean.of(sum);
            sum = sum + u32::from(*come) - u32::from(*gone);
        }
    }
}

fn along_columns(mask: &mut Mask, radius: usize) {
    let mean = Mean::over(radius);
    let width = mask.width as usize;
    let last = mask.height as usize - 1;
    let from = mask.values.clone();
    let row_at = |y: usize| {
        let y = y.saturating_sub(radius).min(last);
        &from[y * width..][..width]
    };
    // Rows are counted from `radius` above the first.
    let mut sums = vec![0_u32; width];
    for y in 0..=2 * radius {
        for (sum, value) in sums.iter_mut().zip(row_at(y)) {
            *sum += u32::from(*value);
        }
    }
    for (y, row) in mask.values.chunks_exact_mut(width).enumerate() {
        let moves = row_at(y).iter().zip(row_at(y + 2 * radius + 1));
        for ((value, sum), (gone, come)) in row.iter_mut().zip(&mut sums).zip(moves) {
            *value = mean.of(*sum);
            *sum = *sum + u32::from(*come) - u32::from(*gone);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_masks_stay_and_an_edge_fades_over_its_reach() {
        for value in [0, 77, 255] {
            let mut even = Mask::empty(90, 50);
            even.fill(even.rect(), value);
            for reach in [1, 2, 7, 60, 3000] {
                assert_eq!(blurred(&even, reach), even, "{value} {reach}");
            }
        }
        let mut edge = Mask::empty(200, 3);
        edge.fill(
            PixelRect {
                x0: 100,
                ..edge.rect()
            },
            255,
        );
        for reach in [1, 3, 10, 40] {
            let row = &blurred(&edge, reach as u32).values[200..400];
            assert!(row.is_sorted(), "{reach}");
            assert!(
                row[..100 - reach].iter().all(|value| *value == 0),
                "{reach}"
            );
            assert!(
                row[100 + reach..].iter().all(|value| *value == 255),
                "{reach}"
            );
            assert!(0 < row[99] && row[100] < 255, "{reach}");
            for at in 0..100 {
                assert!(row[at].abs_diff(255 - row[199 - at]) <= 2, "{reach} {at}");
            }
        }
    }

    #[test]
    fn rows_and_columns_are_alike() {
        let mut mask = Mask::empty(64, 64);
        for (at, value) in mask.values.iter_mut().enumerate() {
            *value = (at * at % 253) as u8;
        }
        let turned = |mask: &Mask| {
            let mut turned = mask.clone();
            for at in 0..64 * 64 {
                turned.values[at] = mask.values[at % 64 * 64 + at / 64];
            }
            turned
        };
        let one = blurred(&mask, 1);
        assert_eq!(turned(&one).values.len(), 64 * 64);
        let (here, there) = (blurred(&mask, 20), turned(&blurred(&turned(&mask), 20)));
        for (here, there) in here.values.iter().zip(&there.values) {
            assert!(here.abs_diff(*there) <= 2, "but for rounding");
        }
    }
}
