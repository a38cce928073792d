//! A folder of 8-bit gray pictures, one a mask, with the listing beside them.

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _};

use crate::annotate::exchange::{LISTING_FILE, Listed, Listing, MaskRecord};
use crate::annotate::export::ExportError;
use crate::data::annotations::{Mask, whole};

pub(super) struct PngWriter {
    out: PathBuf,
    listed: Vec<Listed>,
}

impl PngWriter {
    /// Makes the folder.
    pub fn create(out: PathBuf) -> Result<Self, ExportError> {
        fs::create_dir_all(&out).map_err(|err| ExportError::write(&out, &err))?;
        Ok(Self {
            out,
            listed: Vec::new(),
        })
    }

    pub fn push(&mut self, record: MaskRecord, mask: &Mask) -> Result<(), ExportError> {
        let number = record.task.map_or(self.listed.len() as u32, |task| task.0);
        let name = format!("{number:06}.png");
        let path = self.out.join(&name);
        let mut bytes = Cursor::new(Vec::new());
        // Masks are even over long stretches: unfiltered rows pack best, and quickest.
        let encoder =
            PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::NoFilter);
        encoder
            .write_image(&mask.values, mask.width, mask.height, ExtendedColorType::L8)
            .map_err(|err| ExportError::write(&path, &err))?;
        whole::write(&path, bytes.get_ref()).map_err(|err| ExportError::write(&path, &err))?;
        self.listed.push(Listed { mask: name, record });
        Ok(())
    }

    /// The listing comes last: where it is, all pictures are.
    pub fn finish(self) -> Result<(), ExportError> {
        let path = self.out.join(LISTING_FILE);
        let failed = |err: std::io::Error| ExportError::write(&path, &err);
        let text =
            serde_json::to_vec(&Listing::new(self.listed)).map_err(|err| failed(err.into()))?;
        whole::write(&path, &text).map_err(failed)
    }
}
