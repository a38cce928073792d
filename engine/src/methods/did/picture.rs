//! Faces as DID takes them: gray, in three equal channels for a backbone that was made for color.

use std::borrow::Cow;

use burn::prelude::{Device, Tensor};

use crate::methods::did::preset::DidSettings;

impl DidSettings {
    /// Square RGB8 pictures, one after the other, as the backbone takes them.
    ///
    /// # Shapes
    /// - `pixels`: `batch * size_px * size_px * 3` bytes
    /// - output: `[batch, 3, size_px, size_px]`
    pub fn pictures(&self, pixels: &[u8], size_px: u32, device: &Device) -> Tensor<4> {
        let pixels = if self.is_gray {
            Cow::Owned(gray(pixels))
        } else {
            Cow::Borrowed(pixels)
        };
        let normalization = self.backbone.normalization();
        normalization.pictures(&pixels, size_px, device)
    }
}

/// Luma of ITU-R BT.601 (.299, .587, .114), rounded, three times for each pixel.
fn gray(pixels: &[u8]) -> Vec<u8> {
    let (pixels, _) = pixels.as_chunks::<3>();
    let luma = |&[red, green, blue]: &[u8; 3]| {
        let weighted =
            19_595 * u32::from(red) + 38_470 * u32::from(green) + 7_471 * u32::from(blue);
        // The weights sum to 2^16, so that this is at most 255.
        ((weighted + 0x8000) >> 16) as u8
    };
    pixels.iter().flat_map(|pixel| [luma(pixel); 3]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gray_is_the_luma_of_broadcast() {
        // Image.convert("L") of Pillow.
        let pixels = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 12, 200, 90];
        let luma: Vec<u8> = gray(&pixels).chunks(3).map(|pixel| pixel[0]).collect();
        assert_eq!(luma, [76, 150, 29, 255, 131]);
    }

    #[test]
    fn color_is_kept_where_it_is_wanted() {
        let pixels = [255, 0, 0].repeat(16);
        let device = Device::flex();
        let mean = |is_gray| {
            let settings = DidSettings {
                is_gray,
                ..DidSettings::default()
            };
            let red = settings.pictures(&pixels, 4, &device).narrow(1, 0, 1);
            red.mean().into_scalar::<f32>()
        };
        assert_eq!(mean(false), 1.0);
        assert!((mean(true) - (76.0 / 127.5 - 1.0)).abs() < 1e-5);
    }
}
