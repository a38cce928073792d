//! One zip file of arrays, as `numpy.savez_compressed` makes it, with the listing as an entry of its own.

use std::io::{Cursor, Write as _};
use std::path::PathBuf;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::annotate::exchange::{IDENTITY_ENTRY, Listed, Listing, MaskRecord, npy};
use crate::annotate::export::ExportError;
use crate::data::annotations::{Mask, whole};

/// Packs in memory: masks become a few kilobytes each.
pub(super) struct NpzWriter {
    out: PathBuf,
    zip: ZipWriter<Cursor<Vec<u8>>>,
    listed: Vec<Listed>,
}

impl NpzWriter {
    pub fn new(out: PathBuf) -> Self {
        Self {
            out,
            zip: ZipWriter::new(Cursor::new(Vec::new())),
            listed: Vec::new(),
        }
    }

    pub fn push(&mut self, record: MaskRecord, mask: &Mask) -> Result<(), ExportError> {
        let number = record.task.map_or(self.listed.len() as u32, |task| task.0);
        let name = format!("mask_{number:06}");
        self.entry(&format!("{name}.npy"), &npy::write(mask))?;
        self.listed.push(Listed { mask: name, record });
        Ok(())
    }

    pub fn finish(mut self) -> Result<(), ExportError> {
        let listing = Listing::new(std::mem::take(&mut self.listed));
        let text =
            serde_json::to_vec(&listing).map_err(|err| ExportError::write(&self.out, &err))?;
        self.entry(IDENTITY_ENTRY, &text)?;
        let bytes = self.zip.finish();
        let bytes = bytes.map_err(|err| ExportError::write(&self.out, &err))?;
        whole::write(&self.out, bytes.get_ref()).map_err(|err| ExportError::write(&self.out, &err))
    }

    fn entry(&mut self, name: &str, bytes: &[u8]) -> Result<(), ExportError> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        self.zip
            .start_file(name, options)
            .map_err(|err| ExportError::write(&self.out, &err))?;
        self.zip
            .write_all(bytes)
            .map_err(|err| ExportError::write(&self.out, &err))
    }
}
