//! Pictures as PNG files, for export.

use std::fs;
use std::io;
use std::path::Path;

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder as _};

/// Writes RGB8 pixels, row by row, beside and renamed; `size_px` is width and height.
///
/// # Errors
/// Where the pixels are not as many as the size says, or the file cannot be written.
pub fn write_rgb(path: &Path, size_px: [u32; 2], rgb: &[u8]) -> io::Result<()> {
    let [width, height] = size_px;
    if rgb.len() != 3 * width as usize * height as usize {
        return Err(io::Error::other(
            "the picture has another size than it says",
        ));
    }
    let mut png = Vec::new();
    PngEncoder::new(&mut png)
        .write_image(rgb, width, height, ExtendedColorType::Rgb8)
        .map_err(io::Error::other)?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    fs::write(&beside, png)?;
    fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.png");
        let rgb: Vec<u8> = (0..18).collect();
        write_rgb(&path, [3, 2], &rgb).unwrap();
        assert_eq!(image::open(&path).unwrap().to_rgb8().into_raw(), rgb);
        write_rgb(&path, [4, 2], &rgb).unwrap_err();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
