//! Changed pixels that wait for the graphics card.

use seam_engine::data::annotations::{Mask, PixelRect};

/// Beyond so many bytes that nobody drew, everything is sent anew instead.
const MAX_WAITING_BYTES: usize = 64 << 20;

/// What changed since the last frame was drawn.
#[derive(Debug)]
pub struct Patches {
    /// Of the texture, in its own pixels.
    pub size: [u32; 2],
    /// Pixels of the mask on a side of one of the texture's.
    pub factor: u32,
    /// Counts masks: another number is another texture.
    pub number: u64,
    waiting: Vec<Patch>,
    waiting_bytes: usize,
}

/// A rectangle of the texture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    pub at: [u32; 2],
    pub size: [u32; 2],
    pub values: Vec<u8>,
}

impl Patches {
    pub fn new(mask: &Mask, max_side_px: u32) -> Self {
        use std::sync::atomic::{AtomicU64, Ordering};
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let factor = mask
            .width
            .max(mask.height)
            .div_ceil(max_side_px.max(1))
            .max(1);
        let mut patches = Self {
            size: [mask.width, mask.height].map(|side| side.div_ceil(factor).max(1)),
            factor,
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            waiting: Vec::new(),
            waiting_bytes: 0,
        };
        patches.push(mask, mask.rect());
        patches
    }

    pub fn push(&mut self, mask: &Mask, dirty: PixelRect) {
        if dirty.is_empty() {
            return;
        }
        let mut patch = patch(mask, dirty, self.factor);
        if MAX_WAITING_BYTES < self.waiting_bytes + patch.values.len() {
            self.take();
            patch = self::patch(mask, mask.rect(), self.factor);
        }
        self.waiting_bytes += patch.values.len();
        self.waiting.push(patch);
    }

    pub fn take(&mut self) -> Vec<Patch> {
        self.waiting_bytes = 0;
        std::mem::take(&mut self.waiting)
    }
}

/// Cuts `dirty` out of the mask, grown to whole pixels of the texture and averaged where these are larger.
fn patch(mask: &Mask, dirty: PixelRect, factor: u32) -> Patch {
    let [x0, y0] = [dirty.x0, dirty.y0].map(|at| at / factor);
    let x1 = dirty.x1.min(mask.width).div_ceil(factor);
    let y1 = dirty.y1.min(mask.height).div_ceil(factor);
    let size = [x1.saturating_sub(x0), y1.saturating_sub(y0)];
    let width = mask.width as usize;
    let mut values = Vec::with_capacity(size[0] as usize * size[1] as usize);
    for y in y0..y1 {
        if factor == 1 {
            let start = y as usize * width;
            values.extend_from_slice(&mask.values[start + x0 as usize..start + x1 as usize]);
            continue;
        }
        for x in x0..x1 {
            values.push(mean(mask, [x, y], factor));
        }
    }
    Patch {
        at: [x0, y0],
        size,
        values,
    }
}

/// Of the mask's pixels under one of the texture's.
fn mean(mask: &Mask, at: [u32; 2], factor: u32) -> u8 {
    let [right, bottom] = [mask.width, mask.height];
    let rows = at[1] * factor..((at[1] + 1) * factor).min(bottom);
    let columns = at[0] * factor..((at[0] + 1) * factor).min(right);
    let num = (rows.len() * columns.len()).max(1) as u32;
    let sum: u32 = rows
        .map(|y| {
            let start = y as usize * right as usize;
            let row = &mask.values[start + columns.start as usize..start + columns.end as usize];
            row.iter().map(|value| u32::from(*value)).sum::<u32>()
        })
        .sum();
    (sum / num) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(width: u32, height: u32) -> Mask {
        let mut mask = Mask::empty(width, height);
        for (at, value) in mask.values.iter_mut().enumerate() {
            *value = (at % 251) as u8;
        }
        mask
    }

    fn rect(x0: u32, y0: u32, x1: u32, y1: u32) -> PixelRect {
        PixelRect { x0, y0, x1, y1 }
    }

    #[test]
    fn only_what_changed_is_sent_and_exactly() {
        let mask = mask(10, 6);
        let mut patches = Patches::new(&mask, 8192);
        let whole = patches.take();
        assert_eq!(whole.len(), 1);
        assert_eq!((whole[0].size, &whole[0].values), ([10, 6], &mask.values));
        patches.push(&mask, rect(2, 1, 5, 3));
        patches.push(&mask, rect(3, 3, 3, 9));
        let sent = patches.take();
        assert_eq!(sent.len(), 1, "an empty rectangle is nothing to send");
        assert_eq!((sent[0].at, sent[0].size), ([2, 1], [3, 2]));
        assert_eq!(sent[0].values, [12, 13, 14, 22, 23, 24]);
        assert!(patches.take().is_empty());
    }

    #[test]
    fn masks_beyond_the_cards_limit_are_shown_at_a_whole_part() {
        let mut mask = Mask::empty(9, 4);
        mask.values[9 * 2 + 8] = 200;
        let mut patches = Patches::new(&mask, 5);
        assert_eq!((patches.factor, patches.size), (2, [5, 2]));
        patches.take();
        // A changed pixel is grown to the whole pixel of the texture; its missing neighbors do not count.
        patches.push(&mask, rect(8, 2, 9, 3));
        let sent = patches.take();
        assert_eq!((sent[0].at, sent[0].size), ([4, 1], [1, 1]));
        assert_eq!(sent[0].values, [100]);
    }

    #[test]
    fn what_nobody_draws_does_not_pile_up() {
        let mask = Mask::empty(4096, 2160);
        let mut patches = Patches::new(&mask, 8192);
        for _ in 0..40 {
            patches.push(&mask, mask.rect());
            assert!(patches.waiting_bytes <= MAX_WAITING_BYTES);
        }
        let sent = patches.take();
        assert_eq!(sent.last().map(|patch| patch.size), Some([4096, 2160]));
    }
}
