//! Whether a decoded frame is the one that a mask was made for. A mask on any other frame is worse than none.

use crate::data::annotations::{FrameName, pixel_hash};
use crate::media::{Frame, MediaHash};

/// What is not as it was when the frame was named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    #[error(
        "The file is another than the one that was marked: its SHA-256 is {found}, not {named}"
    )]
    OtherFile { named: MediaHash, found: MediaHash },
    #[error("The frame is of stream {found} of the file, not of stream {named}")]
    OtherStream { named: u32, found: u32 },
    #[error("The frame at {} is now number {found}, not {named}", secs(*at_nanos))]
    OtherNumber {
        at_nanos: i64,
        named: u32,
        found: u32,
    },
    #[error(
        "There is no frame at {} any more: number {index} is at {}",
        secs(*named_nanos),
        secs(*found_nanos)
    )]
    OtherTime {
        index: u32,
        named_nanos: i64,
        found_nanos: i64,
    },
    #[error(
        "Frame {index} has {} x {} pixels, and {} x {} were marked",
        found[0], found[1], named[0], named[1]
    )]
    OtherSize {
        index: u32,
        named: [u32; 2],
        found: [u32; 2],
    },
    #[error(
        "The pixels of frame {index} are not those that were marked: it is decoded differently here, or the mask is \
         another frame's"
    )]
    OtherPixels { index: u32 },
    #[error("The file has no frame {index}: it ends before {}", secs(*at_nanos))]
    Ended { index: u32, at_nanos: i64 },
}

/// That `decoded` is the frame named, from the file down to the last pixel.
pub fn check(named: &FrameName, decoded: &Frame) -> Result<(), Mismatch> {
    check_media(named, decoded.id.media)?;
    let found = decoded.id;
    if named.stream != found.stream {
        return Err(Mismatch::OtherStream {
            named: named.stream,
            found: found.stream,
        });
    }
    let is_same_time = named.pts_nanos == found.pts_nanos;
    if is_same_time && named.index != found.index {
        return Err(Mismatch::OtherNumber {
            at_nanos: named.pts_nanos,
            named: named.index,
            found: found.index,
        });
    }
    if !is_same_time {
        return Err(Mismatch::OtherTime {
            index: found.index,
            named_nanos: named.pts_nanos,
            found_nanos: found.pts_nanos,
        });
    }
    let sizes = [(named.width, named.height), (decoded.width, decoded.height)];
    let [named_size, found_size] = sizes.map(|(width, height)| [width, height]);
    if named_size != found_size {
        return Err(Mismatch::OtherSize {
            index: named.index,
            named: named_size,
            found: found_size,
        });
    }
    if !named
        .pixels_sha256
        .eq_ignore_ascii_case(&pixel_hash(decoded))
    {
        return Err(Mismatch::OtherPixels { index: named.index });
    }
    Ok(())
}

/// That a file is the one that the frame is of.
pub fn check_media(named: &FrameName, found: MediaHash) -> Result<(), Mismatch> {
    if named.media == found {
        return Ok(());
    }
    Err(Mismatch::OtherFile {
        named: named.media,
        found,
    })
}

/// Seconds to the millisecond, for people.
fn secs(nanos: i64) -> String {
    format!("{:.3} s", nanos as f64 * 1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::FrameId;

    fn frame() -> Frame {
        Frame {
            id: FrameId {
                media: MediaHash::of(b"clip"),
                stream: 0,
                pts_nanos: 1_240_000_000,
                index: 31,
            },
            width: 2,
            height: 1,
            pixels: vec![1, 2, 3, 4, 5, 6],
        }
    }

    #[track_caller]
    fn check_words(change: impl Fn(&mut Frame), words: &str) {
        let named = FrameName::of(&frame());
        let mut found = frame();
        change(&mut found);
        let text = check(&named, &found).unwrap_err().to_string();
        assert!(text.contains(words), "{text}");
    }

    #[test]
    fn the_same_frame_is_the_same() {
        check(&FrameName::of(&frame()), &frame()).unwrap();
    }

    #[test]
    fn every_difference_is_named() {
        check_words(|frame| frame.id.media = MediaHash::of(b"other"), "another");
        check_words(|frame| frame.id.stream = 2, "stream 2");
        check_words(
            |frame| frame.id.index = 32,
            "The frame at 1.240 s is now number 32, not 31",
        );
        check_words(
            |frame| frame.id.pts_nanos = 1_200_000_000,
            "no frame at 1.240 s any more: number 31 is at 1.200 s",
        );
        check_words(|frame| (frame.width, frame.height) = (1, 2), "1 x 2 pixels");
        check_words(|frame| frame.pixels[5] = 7, "pixels of frame 31");
    }
}
