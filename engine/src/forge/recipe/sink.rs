//! Where frames go: into a clip, or into a folder of lossless pictures.

use std::fs;
use std::path::{Path, PathBuf};

use image::{GrayImage, RgbImage};

use crate::forge::ForgeError;
use crate::media::encode::{ClipFormat, ClipWriter, Picture};

/// Frames of one clip in the making.
pub enum Sink {
    Clip(Box<ClipWriter>),
    /// `00000.png` and so on.
    Pictures {
        dir: PathBuf,
        count: u32,
    },
}

impl Sink {
    /// A clip at `path`, or a folder of that name where `format` is `None`.
    pub fn create(path: &Path, format: Option<ClipFormat>) -> Result<Self, ForgeError> {
        let failed = |source| ForgeError::Write {
            path: path.to_owned(),
            source,
        };
        let Some(format) = format else {
            fs::create_dir_all(path).map_err(failed)?;
            return Ok(Self::Pictures {
                dir: path.to_owned(),
                count: 0,
            });
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        Ok(Self::Clip(Box::new(ClipWriter::create(path, format)?)))
    }

    pub fn push_rgb(&mut self, frame: &RgbImage) -> Result<(), ForgeError> {
        match self {
            Self::Clip(writer) => Ok(writer.push(frame)?),
            Self::Pictures { dir, count } => {
                let path = next_path(dir, count);
                frame.save(&path).map_err(|err| write_error(path, err))
            }
        }
    }

    pub fn push_gray(&mut self, mask: &GrayImage) -> Result<(), ForgeError> {
        match self {
            Self::Clip(writer) => Ok(writer.push(mask)?),
            Self::Pictures { dir, count } => {
                let path = next_path(dir, count);
                mask.save(&path).map_err(|err| write_error(path, err))
            }
        }
    }

    pub fn finish(self) -> Result<(), ForgeError> {
        if let Self::Clip(writer) = self {
            writer.finish()?;
        }
        Ok(())
    }
}

/// Codes a finished clip once more, as a platform does on upload: in place, by rename.
pub fn code_again(path: &Path, rate: [u32; 2], rate_factor: u8) -> Result<(), ForgeError> {
    let media = crate::media::hash::hash_file::<ForgeError>(path, |_, _| Ok(()))?;
    let mut source = crate::media::open(path, media)?;
    let beside = path.with_extension("again.mp4");
    let mut writer = None;
    while let Some(frame) = source.next_frame()? {
        let writer = match &mut writer {
            Some(writer) => writer,
            None => {
                let format = ClipFormat {
                    picture: Picture::Color { rate_factor },
                    width: frame.width,
                    height: frame.height,
                    rate,
                };
                writer.insert(ClipWriter::create(&beside, format)?)
            }
        };
        writer.push(&frame.pixels)?;
    }
    if let Some(writer) = writer {
        writer.finish()?;
        fs::rename(&beside, path).map_err(|source| ForgeError::Write {
            path: path.to_owned(),
            source,
        })?;
    }
    Ok(())
}

fn next_path(dir: &Path, count: &mut u32) -> PathBuf {
    let path = dir.join(format!("{count:05}.png"));
    *count += 1;
    path
}

fn write_error(path: PathBuf, err: image::ImageError) -> ForgeError {
    ForgeError::Write {
        path,
        source: std::io::Error::other(err),
    }
}
