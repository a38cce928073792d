//! Whether a JPEG was cut off. Source: ITU-T T.81, annex B.

use std::path::Path;

const END_OF_IMAGE: u8 = 0xd9;
const START_OF_SCAN: u8 = 0xda;

/// Whether the first picture in the file has its end. `true` also where the file cannot be read.
pub(super) fn is_whole(path: &Path) -> bool {
    std::fs::read(path).map_or(true, |bytes| has_end(&bytes))
}

/// Walks over the segments, whose lengths are told, and the coded data between them, so that the end
/// of a small picture inside a segment is not taken for the end of this one.
fn has_end(bytes: &[u8]) -> bool {
    let mut at = 2;
    loop {
        let Some(&[fill, marker]) = bytes.get(at..at + 2).and_then(|pair| pair.first_chunk())
        else {
            return false;
        };
        match (fill, marker) {
            (0xff, END_OF_IMAGE) => return true,
            // A byte that fills up, or coded data: a marker in it is followed by a zero.
            (_, 0xff) => at += 1,
            (0xff, 0x00 | 0x01 | 0xd0..=0xd8) => at += 2,
            (0xff, marker) => {
                let Some(&[high, low]) = bytes.get(at + 2..at + 4).and_then(|it| it.first_chunk())
                else {
                    return false;
                };
                at += 2 + usize::from(u16::from_be_bytes([high, low])).max(2);
                if marker == START_OF_SCAN && bytes.len() <= at {
                    return false;
                }
            }
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cut_is_noticed_and_thumbnails_do_not_count() {
        let mut bytes = vec![0xff, 0xd8];
        // A segment with a whole small picture in it.
        bytes.extend([0xff, 0xe1, 0, 6, 0xff, 0xd8, 0xff, 0xd9]);
        bytes.extend([0xff, 0xda, 0, 3, 1]);
        bytes.extend([7, 0xff, 0x00, 8, 0xff, 0xd1, 9]);
        assert!(!has_end(&bytes));
        bytes.extend([0xff, 0xd9]);
        assert!(has_end(&bytes));
        for len in 0..bytes.len() {
            assert!(!has_end(&bytes[..len]), "{len}");
        }
    }
}
