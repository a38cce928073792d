//! Pictures to tensors `[batch, channels, height, width]`, and maps back.

use burn::prelude::{Device, Tensor, TensorData};

/// Square RGB8 pictures, one after the other, as Xception wants them: mean and deviation .5.
///
/// # Shapes
/// - `pixels`: `batch * size_px * size_px * 3` bytes; a last picture that is not whole is left out
/// - output: `[batch, 3, size_px, size_px]`, RGB, -1 to 1
pub fn pictures(pixels: &[u8], size_px: u32, device: &Device) -> Tensor<4> {
    let levels = std::array::from_fn(|level| level as f32 / 127.5 - 1.0);
    planes(pixels, size_px, &[levels; 3], device)
}

/// Square RGB8 pictures, one after the other, as a network was trained: of every value from 0 to 1 the
/// channel's mean is taken away, and the rest is divided by its deviation.
///
/// # Shapes
/// - `pixels`: `batch * size_px * size_px * 3` bytes; a last picture that is not whole is left out
/// - output: `[batch, 3, size_px, size_px]`, RGB
pub fn normalized_pictures(
    pixels: &[u8],
    size_px: u32,
    mean: [f32; 3],
    deviation: [f32; 3],
    device: &Device,
) -> Tensor<4> {
    let levels = std::array::from_fn(|channel| {
        std::array::from_fn(|level| (level as f32 / 255.0 - mean[channel]) / deviation[channel])
    });
    planes(pixels, size_px, &levels, device)
}

/// Square RGB8 pictures as planes; `levels` is what each byte of each channel becomes.
fn planes(pixels: &[u8], size_px: u32, levels: &[[f32; 256]; 3], device: &Device) -> Tensor<4> {
    let size = size_px as usize;
    let area = size * size;
    let batch = pixels.len() / (3 * area);
    let mut values = Vec::with_capacity(batch * 3 * area);
    for picture in pixels.chunks_exact(3 * area) {
        for (channel, levels) in levels.iter().enumerate() {
            let plane = picture.iter().skip(channel).step_by(3);
            values.extend(plane.map(|&value| levels[usize::from(value)]));
        }
    }
    Tensor::from_data(TensorData::new(values, [batch, 3, size, size]), device)
}

/// Enlarges a map by bilinear interpolation; outer pixels repeat the border (pixel centers at .5, as
/// `PyTorch` does without `align_corners`).
///
/// # Shapes
/// - `map`: `width * height` values, row by row; neither may be 0
/// - output: `size * size` values
pub fn enlarged(map: &[f32], width: usize, height: usize, size: usize) -> Vec<f32> {
    let columns: Vec<Between> = (0..size).map(|x| Between::new(x, size, width)).collect();
    (0..size)
        .flat_map(|y| {
            let row = Between::new(y, size, height);
            columns.iter().map(move |column| {
                let top = column.mix(&map[row.low * width..][..width]);
                let bottom = column.mix(&map[row.high * width..][..width]);
                top + (bottom - top) * row.share
            })
        })
        .collect()
}

/// Where a pixel of the large map lies between two of the small one.
struct Between {
    low: usize,
    high: usize,
    /// How far towards `high`, 0 to 1.
    share: f32,
}

impl Between {
    fn new(at: usize, size: usize, small: usize) -> Self {
        let place = ((at as f32 + 0.5) * small as f32 / size as f32 - 0.5).max(0.0);
        let low = (place as usize).min(small - 1);
        Self {
            low,
            high: (low + 1).min(small - 1),
            share: place - low as f32,
        }
    }

    fn mix(&self, row: &[f32]) -> f32 {
        row[self.low] + (row[self.high] - row[self.low]) * self.share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_become_planes_from_minus_one_to_one() {
        let pixels = [0, 255, 51, 255, 0, 51, 0, 0, 0, 255, 255, 255];
        let tensor = pictures(&pixels, 2, &Device::flex());
        assert_eq!(tensor.dims(), [1, 3, 2, 2]);
        let data = tensor.into_data();
        let values = data.as_slice::<f32>().unwrap();
        let expected = [
            -1.0, 1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0, -0.6, -0.6, -1.0, 1.0,
        ];
        for (value, expected) in values.iter().zip(expected) {
            assert!((value - expected).abs() < 1e-6, "{values:?}");
        }
    }

    #[test]
    fn normalizing_by_halves_gives_minus_one_to_one() {
        let pixels: Vec<u8> = (0..=255).cycle().take(2 * 3 * 16).collect();
        let device = Device::flex();
        let one = normalized_pictures(&pixels, 4, [0.5; 3], [0.5; 3], &device).into_data();
        let other = pictures(&pixels, 4, &device).into_data();
        let pairs = one.as_slice::<f32>().unwrap().iter();
        for (one, other) in pairs.zip(other.as_slice::<f32>().unwrap()) {
            assert!((one - other).abs() < 1e-6);
        }
        let (mean, deviation) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
        let white = normalized_pictures(&[255; 3], 1, mean, deviation, &device).into_data();
        let white = white.as_slice::<f32>().unwrap();
        let expected = [2.248_908_3, 2.428_571_5, 2.64];
        for (value, expected) in white.iter().zip(expected) {
            assert!((value - expected).abs() < 1e-5, "{white:?}");
        }
    }

    #[test]
    fn an_enlarged_map_keeps_flat_areas_and_corners() {
        assert_eq!(enlarged(&[2.5; 6], 3, 2, 5), vec![2.5; 25]);
        let map = enlarged(&[0.0, 1.0, 2.0, 3.0], 2, 2, 4);
        // torch.nn.functional.interpolate(torch.tensor([[[[0., 1.], [2., 3.]]]]), size=4,
        //     mode="bilinear", align_corners=False)
        let first_row = [0.0, 0.25, 0.75, 1.0];
        let second_row = [0.5, 0.75, 1.25, 1.5];
        assert_eq!(map[..4], first_row);
        assert_eq!(map[4..8], second_row);
        assert_eq!(map[15], 3.0);
    }
}
