//! What hangs together: pixels of one kind that can be reached from one, sideways and up and down.

use crate::data::annotations::Mask;

/// A flood asks whether to stop after so many stretches of pixels.
const STRETCHES: usize = 4096;

/// Turns all pixels of the value `from` that hang together with `seed` into `to`; gives how many there were, `None` where
/// `is_cancelled` said so. The seed lies in the mask; `from` and `to` differ.
///
/// `ready` is called with a row and its place before the row is first looked at, and may fill it.
pub fn flood(
    mask: &mut Mask,
    seed: [u32; 2],
    [from, to]: [u8; 2],
    mut ready: impl FnMut(usize, &mut [u8]),
    is_cancelled: impl Fn() -> bool,
) -> Option<usize> {
    let (width, height) = (mask.width as usize, mask.height as usize);
    let mut is_ready = vec![false; height];
    let mut waiting = vec![(seed[0] as usize, seed[1] as usize)];
    let (mut count, mut num_stretches) = (0, 0_usize);
    while let Some((x, y)) = waiting.pop() {
        let rows = is_ready.iter_mut().enumerate();
        for (near, is_ready) in rows.take(y + 2).skip(y.saturating_sub(1)) {
            if !*is_ready {
                *is_ready = true;
                ready(near, &mut mask.values[near * width..][..width]);
            }
        }
        let row = &mut mask.values[y * width..][..width];
        if row[x] != from {
            continue;
        }
        num_stretches += 1;
        if num_stretches.is_multiple_of(STRETCHES) && is_cancelled() {
            return None;
        }
        let left = row[..x].iter().rposition(|value| *value != from);
        let left = left.map_or(0, |at| at + 1);
        let right = row[x..].iter().position(|value| *value != from);
        let right = right.map_or(width, |at| x + at);
        row[left..right].fill(to);
        count += right - left;
        for near in [y.wrapping_sub(1), y + 1] {
            if height <= near {
                continue;
            }
            let row = &mask.values[near * width..][left..right];
            let mut was_open = false;
            for (at, value) in row.iter().enumerate() {
                let is_open = *value == from;
                if is_open && !was_open {
                    waiting.push((left + at, near));
                }
                was_open = is_open;
            }
        }
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `#` is 1, anything else 0.
    fn drawn(rows: &[&str]) -> Mask {
        let mut mask = Mask::empty(rows[0].len() as u32, rows.len() as u32);
        let marks = rows.iter().flat_map(|row| row.bytes());
        mask.values = marks.map(|mark| u8::from(mark == b'#')).collect();
        mask
    }

    #[test]
    fn only_what_hangs_together_is_flooded() {
        let mut mask = drawn(&["###..#", "..#..#", "#.###.", "#.#.#.", "#.###."]);
        assert_eq!(
            flood(&mut mask, [0, 0], [1, 9], |_, _| (), || false),
            Some(12)
        );
        let rest: usize = mask.values.iter().filter(|value| **value == 1).count();
        assert_eq!(rest, 5, "the corners of pixels do not join them");
        assert_eq!(
            flood(&mut mask, [1, 1], [1, 9], |_, _| (), || false),
            Some(0)
        );
    }

    #[test]
    fn rows_are_filled_once_and_only_where_the_flood_comes() {
        let mut mask = Mask::empty(5, 40);
        let mut asked = Vec::new();
        let fill = |y: usize, row: &mut [u8]| {
            asked.push(y);
            row.fill(u8::from((10..20).contains(&y)));
        };
        assert_eq!(flood(&mut mask, [2, 15], [1, 2], fill, || false), Some(50));
        asked.sort_unstable();
        assert!(asked.into_iter().eq(9..21));
    }

    #[test]
    fn a_flood_stops_when_asked() {
        let mut comb = Mask::empty(20_000, 2);
        for (at, value) in comb.values.iter_mut().enumerate() {
            *value = u8::from(at < 20_000 || at % 2 == 0);
        }
        assert_eq!(flood(&mut comb, [0, 0], [1, 2], |_, _| (), || true), None);
    }
}
