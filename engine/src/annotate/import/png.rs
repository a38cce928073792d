//! Masks as pictures in a folder, with their listing.

use std::path::{Component, Path, PathBuf};

use image::{DynamicImage, ImageReader};
use serde_json::Value;

use crate::annotate::import::Incoming;
use crate::annotate::import::file::{ListingFile, other_size, record};
use crate::data::annotations::Mask;

pub(super) struct PngMasks {
    dir: PathBuf,
    listing: ListingFile,
}

impl PngMasks {
    pub fn of(dir: &Path, listing: ListingFile) -> Self {
        Self {
            dir: dir.to_owned(),
            listing,
        }
    }

    pub fn program(&self) -> Option<String> {
        self.listing.made_by.clone()
    }

    pub fn take_records(&mut self) -> Vec<Incoming> {
        let masks = self.listing.masks.iter().zip(1..);
        masks
            .map(|(value, number)| Incoming {
                name: name(value).map_or_else(|| format!("Record {number}"), str::to_owned),
                record: record(value),
            })
            .collect()
    }

    pub fn mask(&self, at: usize, width: u32, height: u32) -> Result<Mask, String> {
        let name = self.listing.masks.get(at).and_then(name);
        let name = Path::new(name.ok_or("it names no picture")?);
        // A listing from elsewhere opens files of its own folder only.
        let is_plain = name
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if !is_plain {
            return Err("its picture is outside of the folder".to_owned());
        }
        let path = self.dir.join(name);
        let open = || ImageReader::open(&path)?.with_guessed_format();
        let reader = open().map_err(|err| format!("its picture cannot be read: {err}"))?;
        let broken = |err| format!("its picture cannot be read: {err}");
        let size = reader.into_dimensions().map_err(broken)?;
        if size != (width, height) {
            return Err(other_size(size.into(), [width, height]));
        }
        let reader = open().map_err(|err| format!("its picture cannot be read: {err}"))?;
        Ok(Mask {
            width,
            height,
            values: gray(reader.decode().map_err(broken)?),
        })
    }
}

/// Gray pictures as they are; of others the brightest channel counts: some programs color their masks.
fn gray(picture: DynamicImage) -> Vec<u8> {
    match picture {
        DynamicImage::ImageLuma8(gray) => gray.into_raw(),
        DynamicImage::ImageLuma16(_) | DynamicImage::ImageLumaA8(_) => {
            picture.into_luma8().into_raw()
        }
        picture => {
            let rgb = picture.into_rgb8().into_raw();
            let brightest = |[r, g, b]: &[u8; 3]| *r.max(g).max(b);
            rgb.as_chunks().0.iter().map(brightest).collect()
        }
    }
}

fn name(value: &Value) -> Option<&str> {
    value.get("mask")?.as_str()
}
