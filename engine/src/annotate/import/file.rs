//! A file of masks, whatever its format: known by what is in it, not by its name.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::annotate::exchange::{LISTING_FILE, MaskRecord, SCHEMA};
use crate::annotate::import::Incoming;
use crate::annotate::import::coco::CocoMasks;
use crate::annotate::import::npz::NpzMasks;
use crate::annotate::import::png::PngMasks;
use crate::data::annotations::Mask;

/// What a zip file begins with.
const ZIP_MAGIC: &[u8] = b"PK\x03\x04";

/// Larger frames are refused before anything is allocated; no camera makes them.
const MAX_PX: u64 = 72_000_000;

/// Without one, nothing says which frame a mask is of.
const NO_IDENTITY: &str =
    "it says nothing of which frame it is of: file, time, number and pixels are needed";

pub(super) enum MaskFile {
    Png(PngMasks),
    Coco(CocoMasks),
    Npz(NpzMasks),
}

/// The listing beside PNG masks and within npz files, as far as it can be told before each record is read.
#[derive(Deserialize)]
pub(super) struct ListingFile {
    schema: String,
    #[serde(default)]
    pub made_by: Option<String>,
    pub masks: Vec<Value>,
}

impl MaskFile {
    /// In words why it is none.
    pub fn open(path: &Path) -> Result<Self, String> {
        if path.is_dir() {
            let listing = path.join(LISTING_FILE);
            if !listing.is_file() {
                return Err(format!(
                    "there is no {LISTING_FILE} in the folder, so nothing says which frames its pictures are of"
                ));
            }
            return Self::open(&listing);
        }
        if has_magic(path).map_err(in_words)? {
            return NpzMasks::open(path).map(Self::Npz);
        }
        let text = fs::read(path).map_err(in_words)?;
        let value: Value = serde_json::from_slice(&text)
            .map_err(|err| format!("it is neither npz nor JSON: {err}"))?;
        if value.get("images").is_some() && value.get("annotations").is_some() {
            return CocoMasks::of(value).map(Self::Coco);
        }
        let dir = path.parent().unwrap_or(Path::new(""));
        Ok(Self::Png(PngMasks::of(dir, ListingFile::of(value)?)))
    }

    /// Who made it.
    pub fn program(&self) -> String {
        let name = match self {
            Self::Png(file) => file.program(),
            Self::Coco(file) => file.program(),
            Self::Npz(file) => file.program(),
        };
        let name = name.filter(|name| !name.is_empty());
        name.unwrap_or_else(|| "another program".to_owned())
    }

    /// Every mask that is in it, in its order. Given once.
    pub fn take_records(&mut self) -> Vec<Incoming> {
        match self {
            Self::Png(file) => file.take_records(),
            Self::Coco(file) => file.take_records(),
            Self::Npz(file) => file.take_records(),
        }
    }

    /// The pixels of the record at this place, which are to have this size.
    pub fn mask(&mut self, at: usize, width: u32, height: u32) -> Result<Mask, String> {
        if MAX_PX < u64::from(width) * u64::from(height) {
            return Err(format!(
                "{width} x {height} pixels are more than can be read"
            ));
        }
        match self {
            Self::Png(file) => file.mask(at, width, height),
            Self::Coco(file) => file.mask(at, width, height),
            Self::Npz(file) => file.mask(at, width, height),
        }
    }
}

impl ListingFile {
    pub fn of(value: Value) -> Result<Self, String> {
        let listing: Self = serde_json::from_value(value)
            .map_err(|err| format!("it is no listing of masks, and no COCO file: {err}"))?;
        if listing.schema != SCHEMA {
            return Err(format!(
                "its format is {}, this Seam reads {SCHEMA}",
                listing.schema
            ));
        }
        Ok(listing)
    }
}

/// A record as it stands in a file.
pub(super) fn record(value: &Value) -> Result<MaskRecord, String> {
    let has_frame = value.get("frame").is_some_and(Value::is_object);
    if !has_frame {
        return Err(NO_IDENTITY.to_owned());
    }
    MaskRecord::deserialize(value)
        .map_err(|err| format!("what it says of its frame is not whole: {err}"))
}

/// In words that a mask has another size than its frame.
pub(super) fn other_size(mask: [u32; 2], frame: [u32; 2]) -> String {
    format!(
        "the mask has {} x {} pixels, and its frame {} x {}",
        mask[0], mask[1], frame[0], frame[1]
    )
}

fn has_magic(path: &Path) -> io::Result<bool> {
    let mut head = Vec::new();
    File::open(path)?
        .take(ZIP_MAGIC.len() as u64)
        .read_to_end(&mut head)?;
    Ok(head == ZIP_MAGIC)
}

#[expect(clippy::needless_pass_by_value, reason = "the form of map_err")]
fn in_words(err: io::Error) -> String {
    err.to_string()
}
