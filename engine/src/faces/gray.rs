//! Gray pictures for the face detector: a frame's luma, shrunk, padded or turned.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use crate::media::Frame;

/// One byte of luma a pixel, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gray {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<u8>,
}

/// BT.601 luma, 0 to 255.
pub(super) fn luma([red, green, blue]: [u8; 3]) -> u8 {
    let sum = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
    (sum >> 8) as u8
}

impl Gray {
    /// The whole frame at `scale`, each pixel averaged over all it covers. At least one pixel a side.
    pub fn of(frame: &Frame, scale: f32) -> Self {
        let width = scaled(frame.width, scale);
        let height = scaled(frame.height, scale);
        let colors = resized(frame, width, height);
        let colors = colors.as_deref().unwrap_or(&frame.pixels);
        let pixels = colors
            .chunks_exact(3)
            .map(|rgb| luma([rgb[0], rgb[1], rgb[2]]))
            .collect();
        Self {
            width: width as usize,
            height: height as usize,
            pixels,
        }
    }

    /// The same with `border` more pixels on every side, which repeat the nearest one.
    pub fn padded(&self, border: usize) -> Self {
        let width = self.width + 2 * border;
        let height = self.height + 2 * border;
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            let y = y.saturating_sub(border).min(self.height - 1);
            let row = &self.pixels[y * self.width..(y + 1) * self.width];
            pixels.extend(std::iter::repeat_n(row[0], border));
            pixels.extend_from_slice(row);
            pixels.extend(std::iter::repeat_n(row[self.width - 1], border));
        }
        Self {
            width,
            height,
            pixels,
        }
    }

    /// Turned about its center by `radians` (positive turns the picture clockwise on screen) onto a
    /// canvas that holds all of it; the corners repeat the border.
    pub fn turned(&self, radians: f32) -> Self {
        let (sin, cos) = radians.sin_cos();
        let (own_width, own_height) = (self.width as f32, self.height as f32);
        let width = (own_width * cos.abs() + own_height * sin.abs()).ceil() as usize;
        let height = (own_width * sin.abs() + own_height * cos.abs()).ceil() as usize;
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            let from_center_y = y as f32 + 0.5 - 0.5 * height as f32;
            for x in 0..width {
                let from_center_x = x as f32 + 0.5 - 0.5 * width as f32;
                let own_x = cos * from_center_x + sin * from_center_y + 0.5 * own_width;
                let own_y = -sin * from_center_x + cos * from_center_y + 0.5 * own_height;
                pixels.push(self.nearest(own_x, own_y));
            }
        }
        Self {
            width,
            height,
            pixels,
        }
    }

    fn nearest(&self, x: f32, y: f32) -> u8 {
        let x = (x.max(0.0) as usize).min(self.width - 1);
        let y = (y.max(0.0) as usize).min(self.height - 1);
        self.pixels[y * self.width + x]
    }
}

fn scaled(side: u32, scale: f32) -> u32 {
    ((side as f32 * scale).round() as u32).max(1)
}

/// RGB8 at another size; `None` where the frame has that size, or is not a whole picture.
fn resized(frame: &Frame, width: u32, height: u32) -> Option<Vec<u8>> {
    if (width, height) == (frame.width, frame.height) {
        return None;
    }
    let source = ImageRef::new(frame.width, frame.height, &frame.pixels, PixelType::U8x3).ok()?;
    let mut shrunk = Image::new(width, height, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new().resize(&source, &mut shrunk, &options).ok()?;
    Some(shrunk.into_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turning_and_turning_back_keeps_the_middle() {
        let gray = Gray {
            width: 41,
            height: 31,
            pixels: (0..41 * 31).map(|at| (at % 41 * 5) as u8).collect(),
        };
        let turned = gray.turned(0.5).turned(-0.5);
        let middle = |gray: &Gray| gray.pixels[gray.height / 2 * gray.width + gray.width / 2];
        assert!(middle(&gray).abs_diff(middle(&turned)) <= 10);
    }

    #[test]
    fn padding_repeats_the_border() {
        let gray = Gray {
            width: 2,
            height: 1,
            pixels: vec![3, 7],
        };
        let padded = gray.padded(1);
        assert_eq!((padded.width, padded.height), (4, 3));
        assert_eq!(padded.pixels, [3, 3, 7, 7].repeat(3));
    }
}
