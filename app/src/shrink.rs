//! Frames made small, for pictures in lists and beside the pointer.

use egui::ColorImage;
use seam_engine::media::Frame;

/// The frame in no more than `side_px` pixels to a side, each the mean of what it covers.
pub fn shrunk(frame: &Frame, side_px: usize) -> ColorImage {
    let (width, height) = (frame.width as usize, frame.height as usize);
    let longer = width.max(height).max(1);
    let scale = |side: usize| (side * side_px.min(longer) / longer).max(1);
    averaged(frame, [scale(width), scale(height)])
}

/// The frame in this many pixels, width and height, each the mean of what it covers.
pub fn averaged(frame: &Frame, size: [usize; 2]) -> ColorImage {
    let (width, height) = (frame.width as usize, frame.height as usize);
    let mut pixels = Vec::with_capacity(3 * size[0] * size[1]);
    for row in 0..size[1] {
        let rows =
            row * height / size[1]..((row + 1) * height / size[1]).max(row * height / size[1] + 1);
        for column in 0..size[0] {
            let first = column * width / size[0];
            let last = ((column + 1) * width / size[0]).max(first + 1);
            let mut sums = [0_u64; 3];
            for y in rows.clone() {
                let line = &frame.pixels[3 * (y * width + first)..3 * (y * width + last)];
                for pixel in line.as_chunks::<3>().0 {
                    for (sum, &value) in sums.iter_mut().zip(pixel) {
                        *sum += u64::from(value);
                    }
                }
            }
            let area = (rows.len() * (last - first)) as u64;
            pixels.extend(sums.map(|sum| (sum / area) as u8));
        }
    }
    ColorImage::from_rgb(size, &pixels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use seam_engine::media::{FrameId, MediaHash};

    fn frame(width: u32, height: u32) -> Frame {
        Frame {
            id: FrameId {
                media: MediaHash::of(b"test"),
                stream: 0,
                pts_nanos: 0,
                index: 0,
            },
            width,
            height,
            pixels: (0..width * height)
                .flat_map(|at| {
                    if at % 2 == 0 {
                        [0, 10, 200]
                    } else {
                        [100, 10, 200]
                    }
                })
                .collect(),
        }
    }

    #[test]
    fn pictures_keep_their_shape_and_their_mean() {
        let small = shrunk(&frame(640, 360), 160);
        assert_eq!(small.size, [160, 90]);
        let tall = shrunk(&frame(90, 160), 40);
        assert_eq!(tall.size, [22, 40]);
        assert!(
            small
                .pixels
                .iter()
                .all(|p| (p.r(), p.g(), p.b()) == (50, 10, 200))
        );
        assert_eq!(shrunk(&frame(8, 4), 160).size, [8, 4]);
        assert_eq!(shrunk(&frame(300, 1), 100).size, [100, 1]);
    }
}
