//! Masks as arrays of `numpy` in one zip file, stored or deflated.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use serde_json::Value;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::annotate::exchange::{IDENTITY_ENTRY, npy};
use crate::annotate::import::Incoming;
use crate::annotate::import::file::{ListingFile, record};
use crate::data::annotations::Mask;

/// A longer listing is none: about a kilobyte a mask is usual.
const MAX_LISTING_BYTES: u64 = 1 << 30;

pub(super) struct NpzMasks {
    zip: ZipArchive<BufReader<File>>,
    listing: Option<ListingFile>,
    /// Without the ending.
    arrays: Vec<String>,
}

impl NpzMasks {
    pub fn open(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|err| err.to_string())?;
        let mut zip = ZipArchive::new(BufReader::new(file))
            .map_err(|err| format!("it is no whole zip file: {err}"))?;
        let listing = listing(&mut zip)?;
        let mut arrays = Vec::new();
        for name in zip.file_names() {
            let name = name.map_err(|err| format!("a name in it is no text: {err}"))?;
            arrays.extend(name.strip_suffix(".npy").map(str::to_owned));
        }
        arrays.sort_unstable();
        Ok(Self {
            zip,
            listing,
            arrays,
        })
    }

    pub fn program(&self) -> Option<String> {
        self.listing.as_ref()?.made_by.clone()
    }

    /// Arrays that no listing names are refused by name, not passed over.
    pub fn take_records(&mut self) -> Vec<Incoming> {
        let listed = self
            .listing
            .as_ref()
            .map(|listing| listing.masks.as_slice());
        let listed = listed.unwrap_or_default();
        let named = listed.iter().zip(1..).map(|(value, number)| Incoming {
            name: name(value).map_or_else(|| format!("Record {number}"), str::to_owned),
            record: record(value),
        });
        let mut records: Vec<Incoming> = named.collect();
        let is_listed = |array: &&String| listed.iter().any(|value| name(value) == Some(array));
        let others = self.arrays.iter().filter(|array| !is_listed(array));
        records.extend(others.map(|array| Incoming {
            name: array.clone(),
            record: record(&Value::Null),
        }));
        records
    }

    pub fn mask(&mut self, at: usize, width: u32, height: u32) -> Result<Mask, String> {
        let value = self
            .listing
            .as_ref()
            .and_then(|listing| listing.masks.get(at));
        let name = value.and_then(name).ok_or("it names no array")?;
        let entry = self.zip.by_name(&format!("{name}.npy"));
        let mut entry = entry.map_err(|err| format!("its array cannot be read: {err}"))?;
        npy::read(&mut entry, width, height)
    }
}

fn listing(zip: &mut ZipArchive<BufReader<File>>) -> Result<Option<ListingFile>, String> {
    let entry = match zip.by_name(IDENTITY_ENTRY) {
        Err(ZipError::FileNotFound) => return Ok(None),
        entry => entry.map_err(|err| format!("{IDENTITY_ENTRY} cannot be read: {err}"))?,
    };
    let value: Value = serde_json::from_reader(BufReader::new(entry.take(MAX_LISTING_BYTES)))
        .map_err(|err| format!("{IDENTITY_ENTRY} cannot be read: {err}"))?;
    ListingFile::of(value).map(Some)
}

fn name(value: &Value) -> Option<&str> {
    value.get("mask")?.as_str()
}
