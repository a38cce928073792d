//! What the cache keeps for one item, as bytes: whole and unchanged, or nothing.
//!
//! All numbers are little-endian; floats are kept bit by bit. The file ends with the SHA-256 of all
//! that is before it.

use sha2::{Digest as _, Sha256};

use crate::data::crops::FaceSample;
use crate::data::crops::follow::Found;
use crate::faces::align::Crop;
use crate::faces::{Aligner, FaceBox, Landmarks};

const MAGIC: &[u8] = b"seam-crops/1\n";
const DIGEST_BYTES: usize = 32;

/// The bytes of what was found under a key.
pub(super) fn write(key: &str, found: &Found) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    put_text(&mut bytes, key);
    put_count(&mut bytes, found.warnings.len());
    for warning in &found.warnings {
        put_text(&mut bytes, warning);
    }
    put_count(&mut bytes, found.samples.len());
    for sample in &found.samples {
        put_sample(&mut bytes, sample);
    }
    let digest = Sha256::digest(&bytes);
    bytes.extend_from_slice(&digest);
    bytes
}

/// `None` where the bytes are cut off, changed, of another version, or of another key.
pub(super) fn read(key: &str, bytes: &[u8]) -> Option<Found> {
    let (body, digest) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST_BYTES)?)?;
    if Sha256::digest(body)[..] != *digest {
        return None;
    }
    let mut rest = Rest(body.strip_prefix(MAGIC)?);
    if rest.text()? != key {
        return None;
    }
    let num_warnings = rest.count()?;
    let warnings = (0..num_warnings).map(|_| rest.text().map(str::to_owned));
    let warnings = warnings.collect::<Option<_>>()?;
    let num_samples = rest.count()?;
    let samples = (0..num_samples).map(|_| rest.sample());
    let samples = samples.collect::<Option<_>>()?;
    rest.0.is_empty().then_some(Found { samples, warnings })
}

fn put_count(bytes: &mut Vec<u8>, count: usize) {
    bytes.extend_from_slice(&(count as u32).to_le_bytes());
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put_count(bytes, text.len());
    bytes.extend_from_slice(text.as_bytes());
}

fn put_floats(bytes: &mut Vec<u8>, values: &[f32]) {
    for value in values {
        bytes.extend_from_slice(&value.to_le_bytes());
    }
}

fn put_sample(bytes: &mut Vec<u8>, sample: &FaceSample) {
    let FaceBox {
        x,
        y,
        width,
        height,
        confidence,
    } = sample.box_in_frame;
    let crop = &sample.crop;
    let [frame_width, frame_height] = sample.frame_size;
    for number in [sample.frame_index, frame_width, frame_height, crop.size_px] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&sample.pts_secs.to_le_bytes());
    bytes.push(match crop.landmarks.aligner {
        Aligner::Dlib68 => 0,
        Aligner::BoxEstimate => 1,
    });
    put_floats(bytes, &[x, y, width, height, confidence]);
    put_floats(bytes, &crop.frame_from_crop);
    put_floats(bytes, crop.landmarks.points.as_flattened());
    put_count(bytes, crop.pixels.len());
    bytes.extend_from_slice(&crop.pixels);
}

/// What is still to be read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn number(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn count(&mut self) -> Option<usize> {
        self.number().map(|count| count as usize)
    }

    fn text(&mut self) -> Option<&'a str> {
        let count = self.count()?;
        std::str::from_utf8(self.take(count)?).ok()
    }

    fn floats<const N: usize>(&mut self) -> Option<[f32; N]> {
        let mut values = [0.0; N];
        for value in &mut values {
            *value = self.array().map(f32::from_le_bytes)?;
        }
        Some(values)
    }

    fn sample(&mut self) -> Option<FaceSample> {
        let frame_index = self.number()?;
        let frame_size = [self.number()?, self.number()?];
        let size_px = self.number()?;
        let pts_secs = self.array().map(f64::from_le_bytes)?;
        let aligner = match self.take(1)? {
            [0] => Aligner::Dlib68,
            [1] => Aligner::BoxEstimate,
            _ => return None,
        };
        let [x, y, width, height, confidence] = self.floats()?;
        let frame_from_crop = self.floats()?;
        let mut points = [[0.0; 2]; 68];
        for point in &mut points {
            *point = self.floats()?;
        }
        let count = self.count()?;
        if count as u64 != 3 * u64::from(size_px) * u64::from(size_px) {
            return None;
        }
        Some(FaceSample {
            frame_index,
            pts_secs,
            box_in_frame: FaceBox {
                x,
                y,
                width,
                height,
                confidence,
            },
            frame_size,
            crop: Crop {
                size_px,
                pixels: self.take(count)?.to_vec(),
                landmarks: Landmarks { points, aligner },
                frame_from_crop,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::crops::tests::sample;

    #[test]
    fn what_is_read_is_what_was_written_or_nothing() {
        let found = Found {
            samples: vec![sample(3, 8), sample(7, 16)],
            warnings: vec!["frames are damaged".to_owned()],
        };
        let bytes = write("key", &found);
        assert_eq!(read("key", &bytes), Some(found));
        assert_eq!(read("other", &bytes), None);
        assert_eq!(
            read("key", &write("key", &Found::default())),
            Some(Found::default())
        );
        for cut in [0, 5, 40, bytes.len() / 2, bytes.len() - 1] {
            assert_eq!(read("key", &bytes[..cut]), None, "cut at {cut}");
        }
        for at in (0..bytes.len()).step_by(97) {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(read("key", &changed), None, "changed at {at}");
        }
    }
}
