//! Pictures that a density model draws of itself: what it has learned of faces, on a grid.

use std::path::{Path, PathBuf};

use burn::prelude::Device;
use image::{ImageFormat, RgbImage, imageops};

use crate::job::JobContext;
use crate::methods::pixelcnn;
use crate::methods::pixelcnn::sampler::{Sampler, Wish};
use crate::train::TrainError;

/// Between two pictures of a grid, pixels.
const GAP_PX: u32 = 4;

/// What to draw, as asked for by a person.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleSettings {
    /// A model's folder, or that of its run.
    pub model: PathBuf,
    /// The PNG to write.
    pub out: PathBuf,
    pub count: usize,
    /// The same seed draws the same faces.
    pub seed: u64,
    /// 1 draws from the model; below, likelier faces.
    pub temperature: f64,
}

/// Draws faces and writes them as one picture.
pub fn sample(settings: &SampleSettings, job: &mut JobContext) -> Result<PathBuf, TrainError> {
    if settings.count == 0 || !(0.0..=4.0).contains(&settings.temperature) {
        return Err(TrainError::Config {
            reason: "at least one face must be drawn, at a temperature of 0 to 4".to_owned(),
        });
    }
    let run = settings.model.join("model");
    let dir = if run.is_dir() { &run } else { &settings.model };
    let (background, side_px) =
        pixelcnn::background(dir, &Device::flex()).map_err(|err| TrainError::Config {
            reason: err.to_string(),
        })?;
    let sampler = Sampler::new(&background).map_err(|detail| TrainError::Device { detail })?;
    let wish = Wish {
        count: settings.count,
        side_px: side_px as usize,
        seed: settings.seed,
        temperature: settings.temperature,
    };
    let pictures = sampler.sample(wish, &mut |done, rows| {
        job.tick("Drawing rows", done as u64, Some(rows as u64))
    })?;
    write_grid(&pictures, side_px, &settings.out)?;
    Ok(settings.out.clone())
}

/// Writes square RGB8 pictures side by side, as a PNG that is written beside and renamed.
pub fn write_grid(pictures: &[u8], side_px: u32, path: &Path) -> Result<(), TrainError> {
    let failed = |source: std::io::Error| TrainError::Write {
        path: path.to_owned(),
        source,
    };
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).map_err(failed)?;
    }
    let beside = path.with_extension("png.part");
    grid(pictures, side_px)
        .save_with_format(&beside, ImageFormat::Png)
        .map_err(|err| failed(std::io::Error::other(err)))?;
    std::fs::rename(&beside, path).map_err(failed)
}

fn grid(pictures: &[u8], side_px: u32) -> RgbImage {
    let length = 3 * side_px as usize * side_px as usize;
    let count = pictures.chunks_exact(length).len() as u32;
    let columns = f64::from(count).sqrt().ceil().max(1.0) as u32;
    let step = side_px + GAP_PX;
    let rows = count.div_ceil(columns).max(1);
    let mut sheet = RgbImage::new(columns * step - GAP_PX, rows * step - GAP_PX);
    for (at, pixels) in pictures.chunks_exact(length).enumerate() {
        let picture = RgbImage::from_raw(side_px, side_px, pixels.to_vec())
            .expect("the pixels are as many as the sides say");
        let (column, row) = (at as u32 % columns, at as u32 / columns);
        let (x, y) = (i64::from(column * step), i64::from(row * step));
        imageops::replace(&mut sheet, &picture, x, y);
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_lie_side_by_side_in_rows() {
        let pictures: Vec<u8> = (0..5).flat_map(|number| [40 * (number + 1); 12]).collect();
        let sheet = grid(&pictures, 2);
        assert_eq!(sheet.dimensions(), (3 * 6 - 4, 2 * 6 - 4));
        assert_eq!(sheet.get_pixel(0, 0).0, [40; 3]);
        assert_eq!(sheet.get_pixel(2, 0).0, [0; 3]);
        assert_eq!(sheet.get_pixel(12, 1).0, [120; 3]);
        assert_eq!(sheet.get_pixel(7, 7).0, [200; 3]);
    }

    #[test]
    fn a_folder_without_a_model_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let settings = SampleSettings {
            model: dir.path().to_owned(),
            out: dir.path().join("faces.png"),
            count: 1,
            seed: 1,
            temperature: 1.0,
        };
        let err = sample(&settings, &mut JobContext::detached()).unwrap_err();
        assert!(err.to_string().contains("card.json"), "{err}");
        let none = SampleSettings {
            count: 0,
            ..settings
        };
        assert!(sample(&none, &mut JobContext::detached()).is_err());
    }
}
