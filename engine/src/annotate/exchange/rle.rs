//! Run lengths of a mask, column by column, and the text that pycocotools makes of them.
//!
//! After `rleEncode`, `rleToString` and `rleFrString` in `common/maskApi.c` of the COCO API: the runs alternate,
//! beginning with the unmarked; from the fourth on the difference to the run two before is written, in groups of
//! five bits, lowest first, each as one letter from `0` on, the sixth bit saying that more follow.

use crate::data::annotations::Mask;
use crate::data::annotations::mask::HALF;

const MORE: u8 = 0x20;
const SIGN: u8 = 0x10;
const FIRST_LETTER: u8 = b'0';
/// Groups of five bits that a number of 32 bits and its sign can take.
const MAX_GROUPS: u32 = 7;

/// Runs of pixels that are less and at least half marked, in turn.
pub fn counts(mask: &Mask) -> Vec<u32> {
    let (width, height) = (mask.width as usize, mask.height as usize);
    let mut counts = Vec::new();
    let (mut is_marked, mut run) = (false, 0);
    for x in 0..width {
        for y in 0..height {
            if (HALF <= mask.values[y * width + x]) != is_marked {
                counts.push(run);
                run = 0;
                is_marked = !is_marked;
            }
            run += 1;
        }
    }
    counts.push(run);
    counts
}

/// The mask of 0 and 255 that the runs describe; an error in words where they do not fill it exactly.
pub fn mask(counts: &[u32], width: u32, height: u32) -> Result<Mask, String> {
    let num_px = u64::from(width) * u64::from(height);
    let sum: u64 = counts.iter().map(|count| u64::from(*count)).sum();
    if sum != num_px {
        return Err(format!(
            "its run lengths cover {sum} pixels, and {width} x {height} are {num_px}"
        ));
    }
    let mut mask = Mask::empty(width, height);
    let (width, height) = (width as usize, height as usize);
    let mut at = 0;
    for (place, count) in counts.iter().enumerate() {
        let end = at + *count as usize;
        if place % 2 == 1 {
            for at in at..end {
                mask.values[at % height * width + at / height] = 255;
            }
        }
        at = end;
    }
    Ok(mask)
}

/// The text of pycocotools.
pub fn to_text(counts: &[u32]) -> String {
    let mut text = String::new();
    for (at, count) in counts.iter().enumerate() {
        let mut rest = i64::from(*count);
        if 2 < at {
            rest -= i64::from(counts[at - 2]);
        }
        loop {
            let group = (rest & 0x1f) as u8;
            rest >>= 5;
            let is_last = rest == if group & SIGN == 0 { 0 } else { -1 };
            let more = if is_last { 0 } else { MORE };
            text.push(char::from(FIRST_LETTER + (group | more)));
            if is_last {
                break;
            }
        }
    }
    text
}

/// The runs of a text of pycocotools.
pub fn from_text(text: &str) -> Result<Vec<u32>, String> {
    let mut counts: Vec<u32> = Vec::new();
    let mut letters = text.bytes();
    while let Some(mut letter) = letters.next() {
        let (mut number, mut groups) = (0_i64, 0);
        loop {
            let group = letter.wrapping_sub(FIRST_LETTER);
            if 0x3f < group || groups == MAX_GROUPS {
                return Err("its text is none of run lengths".to_owned());
            }
            number |= i64::from(group & 0x1f) << (5 * groups);
            groups += 1;
            if group & MORE == 0 {
                if group & SIGN != 0 {
                    number |= -1 << (5 * groups);
                }
                break;
            }
            letter = letters.next().ok_or("its text ends within a number")?;
        }
        if let Some(before) = counts.len().checked_sub(2).filter(|_| 2 < counts.len()) {
            number += i64::from(counts[before]);
        }
        let count = u32::try_from(number);
        counts.push(
            count
                .ok()
                .ok_or("one of its run lengths is negative or too large")?,
        );
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask_where(width: u32, height: u32, is_marked: impl Fn(u32, u32) -> bool) -> Mask {
        let mut mask = Mask::empty(width, height);
        for (at, value) in mask.values.iter_mut().enumerate() {
            let (x, y) = (at as u32 % width, at as u32 / width);
            *value = 255 * u8::from(is_marked(x, y));
        }
        mask
    }

    /// Counts and text are those of a port of `maskApi.c` to Python.
    #[track_caller]
    fn check(own: &Mask, expected: &[u32], text: &str) {
        let counts = counts(own);
        assert_eq!(counts, expected);
        assert_eq!(to_text(&counts), text);
        assert_eq!(from_text(text).unwrap(), counts);
        assert_eq!(&mask(&counts, own.width, own.height).unwrap(), own);
    }

    #[test]
    fn masks_become_the_text_of_pycocotools() {
        check(&mask_where(7, 5, |_, _| false), &[35], "S1");
        check(&mask_where(7, 5, |_, _| true), &[0, 35], "0S1");
        let ring = |x, y| (2..5).contains(&x) && (1..4).contains(&y) && (x, y) != (3, 2);
        check(
            &mask_where(7, 5, ring),
            &[11, 3, 2, 1, 1, 1, 2, 3, 11],
            ";32NO0129",
        );
        check(
            &mask_where(11, 6, |x, y| (7 * x + 5 * y + x * y) % 3 == 0),
            &[
                0, 1, 2, 1, 9, 1, 2, 1, 1, 1, 2, 1, 9, 1, 2, 1, 1, 1, 2, 1, 9, 1, 2, 1, 1, 1, 2, 1,
                8,
            ],
            "012070I0O01070I0O01070I0O0106",
        );
    }

    #[test]
    fn long_runs_take_more_letters() {
        let check = |counts: &[u32], text: &str| {
            assert_eq!(to_text(counts), text);
            assert_eq!(from_text(text).unwrap(), counts);
        };
        check(&[0, 5, 100_000, 3, 7, 50_000, 1, 2], "05PeQ3NW[nL]j`1JbU_N");
        check(&[8_294_400], "PPTm7");
        check(&[15, 16, 17, 31, 32, 33], "?`0a0??2");
    }

    #[test]
    fn soft_pixels_are_cut_at_half() {
        let mut soft = Mask::empty(4, 1);
        soft.values = vec![0, 127, 128, 255];
        assert_eq!(counts(&soft), [2, 2]);
    }

    #[test]
    fn what_is_no_text_of_runs_is_refused() {
        for text in ["~", "S", "ooooooooooo0", "000O", "\u{e9}"] {
            assert!(from_text(text).is_err(), "{text}");
        }
        assert!(mask(&[3, 4], 2, 3).unwrap_err().contains("7 pixels"));
    }
}
