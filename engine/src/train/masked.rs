//! Faces with masks, for methods that learn where to look: which they are, and how they come into a batch.

use std::sync::Arc;

use rand::RngExt as _;

use crate::forge::addg::example_rng;
use crate::methods::training::MaskedFaces;

/// Places in a batch from this one on are those of masked faces: they draw numbers of their own.
const FIRST_PLACE: u64 = 1 << 32;

/// One manipulated face with its mask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskedFace {
    /// RGB8, row by row.
    pub pixels: Vec<u8>,
    /// One byte a pixel: 255 is manipulated.
    pub mask: Vec<u8>,
    /// Where it comes from: `clip.mp4 frame 12`.
    pub source: String,
}

/// All of a training, of one size.
#[derive(Clone, Debug, Default)]
pub struct MaskedSet {
    pub faces: Arc<Vec<MaskedFace>>,
}

impl MaskedSet {
    /// `count` faces of one step, each as likely as any other, half of them mirrored where they may be. `None` where
    /// there are none.
    pub fn draw(
        &self,
        seed: u64,
        step: u64,
        count: usize,
        size_px: usize,
        may_mirror: bool,
    ) -> Option<MaskedFaces> {
        if self.faces.is_empty() || count == 0 {
            return None;
        }
        let mut drawn = MaskedFaces::default();
        for at in 0..count as u64 {
            let mut rng = example_rng(seed, step, FIRST_PLACE + at);
            let face = &self.faces[rng.random_range(0..self.faces.len())];
            if may_mirror && rng.random_bool(0.5) {
                mirrored(&face.pixels, size_px, 3, &mut drawn.pixels);
                mirrored(&face.mask, size_px, 1, &mut drawn.masks);
            } else {
                drawn.pixels.extend_from_slice(&face.pixels);
                drawn.masks.extend_from_slice(&face.mask);
            }
        }
        Some(drawn)
    }
}

fn mirrored(picture: &[u8], size_px: usize, channels: usize, out: &mut Vec<u8>) {
    for row in picture.chunks_exact(size_px * channels) {
        for pixel in row.chunks_exact(channels).rev() {
            out.extend_from_slice(pixel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_face_and_its_mask_are_drawn_and_mirrored_together() {
        let face = MaskedFace {
            pixels: vec![1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4],
            mask: vec![10, 20, 30, 40],
            source: String::new(),
        };
        let set = MaskedSet {
            faces: Arc::new(vec![face]),
        };
        let plain = set.draw(1, 2, 3, 2, false).unwrap();
        assert_eq!(plain.masks, [10, 20, 30, 40].repeat(3));
        let drawn = set.draw(1, 2, 64, 2, true).unwrap();
        assert_eq!(set.draw(1, 2, 64, 2, true).unwrap(), drawn);
        let mut num_mirrored = 0;
        for (pixels, mask) in drawn.pixels.chunks(12).zip(drawn.masks.chunks(4)) {
            assert_eq!(mask[0], 10 * pixels[0]);
            assert!(
                mask == [10, 20, 30, 40] || mask == [20, 10, 40, 30],
                "{mask:?}"
            );
            num_mirrored += usize::from(mask[0] == 20);
        }
        assert!((16..48).contains(&num_mirrored), "{num_mirrored}");
        assert_eq!(MaskedSet::default().draw(1, 2, 3, 2, true), None);
    }
}
