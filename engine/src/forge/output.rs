//! The folder of a forge: pictures and a manifest, written beside and renamed when whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder as _, RgbImage};

use crate::data::Item;
use crate::forge::ForgeError;

/// A folder in the making; dropped before [`Self::finish`], it leaves nothing.
pub struct Output {
    out: PathBuf,
    beside: PathBuf,
    manifest: Vec<u8>,
    is_finished: bool,
}

impl Output {
    /// Refuses a folder with something in it, before any work is done.
    pub fn begin(out: &Path) -> Result<Self, ForgeError> {
        let has_content = fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some());
        if has_content || out.is_file() {
            let full = io::Error::new(io::ErrorKind::AlreadyExists, "there is something already");
            return Err(write_error(out, full));
        }
        let mut name = out.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let beside = out.with_file_name(name);
        fs::create_dir_all(&beside).map_err(|err| write_error(&beside, err))?;
        Ok(Self {
            out: out.to_owned(),
            beside,
            manifest: Vec::new(),
            is_finished: false,
        })
    }

    pub fn write_rgb(&self, path: &str, size_px: u32, pixels: &[u8]) -> Result<(), ForgeError> {
        self.write_png(path, [size_px; 2], pixels, ExtendedColorType::Rgb8)
    }

    pub fn write_gray(&self, path: &str, size_px: u32, pixels: &[u8]) -> Result<(), ForgeError> {
        self.write_png(path, [size_px; 2], pixels, ExtendedColorType::L8)
    }

    pub fn write_picture(&self, path: &str, picture: &RgbImage) -> Result<(), ForgeError> {
        let size = [picture.width(), picture.height()];
        self.write_png(path, size, picture, ExtendedColorType::Rgb8)
    }

    /// Where a file of the folder lies until it is finished; makes the folder around it.
    pub fn place(&self, path: &str) -> Result<PathBuf, ForgeError> {
        let place = self.beside.join(path);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).map_err(|err| write_error(folder, err))?;
        }
        Ok(place)
    }

    pub fn write_text(&self, path: &str, text: &str) -> Result<(), ForgeError> {
        let place = self.place(path)?;
        fs::write(&place, text).map_err(|err| write_error(&place, err))
    }

    /// Adds a line to the manifest.
    pub fn list(&mut self, item: &Item) -> Result<(), ForgeError> {
        serde_json::to_writer(&mut self.manifest, item)
            .map_err(|err| write_error(&self.out.join(&item.path), err.into()))?;
        self.manifest.push(b'\n');
        Ok(())
    }

    /// Writes the manifest, where anything is listed, and gives the folder its name.
    pub fn finish(mut self) -> Result<(), ForgeError> {
        if !self.manifest.is_empty() {
            let manifest = self.beside.join("manifest.jsonl");
            fs::write(&manifest, &self.manifest).map_err(|err| write_error(&manifest, err))?;
        }
        // An empty folder may be there already; where it is not, there is nothing to remove.
        fs::remove_dir(&self.out).ok();
        fs::rename(&self.beside, &self.out).map_err(|err| write_error(&self.out, err))?;
        self.is_finished = true;
        Ok(())
    }

    fn write_png(
        &self,
        path: &str,
        [width, height]: [u32; 2],
        pixels: &[u8],
        color: ExtendedColorType,
    ) -> Result<(), ForgeError> {
        let path = self.beside.join(path);
        let write = || -> io::Result<()> {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let mut file = BufWriter::new(File::create(&path)?);
            PngEncoder::new(&mut file)
                .write_image(pixels, width, height, color)
                .map_err(io::Error::other)?;
            file.flush()
        };
        write().map_err(|err| write_error(&path, err))
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if !self.is_finished {
            // Nothing more can be done about a half folder that cannot be removed.
            fs::remove_dir_all(&self.beside).ok();
        }
    }
}

fn write_error(path: &Path, source: io::Error) -> ForgeError {
    ForgeError::Write {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_appears_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        let output = Output::begin(&out).unwrap();
        output
            .write_gray("masks/a.png", 2, &[0, 255, 0, 255])
            .unwrap();
        drop(output);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        fs::create_dir(&out).unwrap();
        let output = Output::begin(&out).unwrap();
        output
            .write_gray("masks/a.png", 2, &[0, 255, 0, 255])
            .unwrap();
        output.finish().unwrap();
        assert!(out.join("masks/a.png").is_file());
        // Nothing was listed.
        assert!(!out.join("manifest.jsonl").exists());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_with_something_in_it_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("mine.txt"), "kept").unwrap();
        let err = Output::begin(dir.path()).err().unwrap();
        assert!(err.to_string().contains("something already"), "{err}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
