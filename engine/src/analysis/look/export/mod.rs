//! Pictures of looks as files: bare PNG, raw values, and what they are.

mod note;
mod npy;
#[cfg(test)]
mod tests;

use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::{ExtendedColorType, ImageEncoder as _, codecs::png::PngEncoder};
use serde::{Deserialize, Serialize};

use crate::analysis::look::Look;
use crate::data::annotations::whole;
use crate::detectors::{Map, MapKind};

pub use note::{CropNote, FrameNote, MapNote, MediaNote};

/// Names may not be longer than this many bytes, so that every system takes them.
const MAX_NAME: usize = 80;

/// One picture to be written.
pub struct Export<'a> {
    pub look: &'a Look,
    /// `None` is the face as it was cut for the method.
    pub kind: Option<MapKind>,
    /// Name of the clip's file, `clip.mp4`.
    pub media_name: &'a str,
    pub picture: Option<Colored>,
    /// Raw values as `.npy` and `.csv`; a face has none but its pixels.
    pub has_values: bool,
}

/// A map in colors, as it is drawn: RGB8, row by row, of the map's own size.
pub struct Colored {
    pub pixels: Vec<u8>,
    pub colors: Colors,
}

/// The scale that a map was colored on. Values beyond an end have its color.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Colors {
    /// Name of the scale, `inferno`.
    pub name: String,
    pub low: f32,
    pub high: f32,
}

/// Why a picture was not written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("The face was not looked at for this map: {0}")]
    NoMap(String),
    #[error("The picture does not fit its size: {0}")]
    Picture(String),
    #[error("Could not write the file: {reason}\nFile: {path:?}")]
    Write { path: PathBuf, reason: String },
}

impl Export<'_> {
    /// Writes into a folder, which is made where it is missing; gives the files. Each is written beside and renamed,
    /// and none takes the place of another: where the name is taken, a number is added.
    ///
    /// # Errors
    ///
    /// When the look has no such map, or a file could not be written.
    pub fn write(&self, dir: &Path) -> Result<Vec<PathBuf>, ExportError> {
        whole::make_dir(dir).map_err(|err| failed(dir, &err))?;
        let map = match self.kind {
            None => None,
            Some(kind) => Some(self.look.map(kind).ok_or_else(|| {
                let name = kind.name().into_owned();
                ExportError::NoMap(name)
            })?),
        };
        let mut files: Vec<(&str, Vec<u8>)> = Vec::new();
        if let Some(png) = self.png(map)? {
            files.push(("png", png));
        }
        if let (Some(map), true) = (map, self.has_values) {
            files.push(("npy", npy::npy(map)));
            files.push(("csv", npy::csv(map).into_bytes()));
        }
        let stem = free_stem(dir, &stem(self.look, self.kind, self.media_name));
        let colors = self.picture.as_ref().map(|colored| colored.colors.clone());
        let mut note = MapNote::of(self.look, map, self.media_name, colors);
        note.files = files
            .iter()
            .map(|(ending, _)| format!("{stem}.{ending}"))
            .collect();
        let text = serde_json::to_vec_pretty(&note).map_err(|err| failed(dir, &err))?;
        files.push(("json", text));
        let mut written = Vec::with_capacity(files.len());
        for (ending, bytes) in files {
            let path = dir.join(format!("{stem}.{ending}"));
            whole::write(&path, &bytes).map_err(|err| failed(&path, &err))?;
            written.push(path);
        }
        Ok(written)
    }

    /// The face is always a picture; a map is one where its colors were given.
    fn png(&self, map: Option<&Map>) -> Result<Option<Vec<u8>>, ExportError> {
        let side = self.look.crop.size_px;
        let (pixels, width, height) = match (map, &self.picture) {
            (None, _) => (&self.look.crop.pixels, side, side),
            (Some(map), Some(colored)) => (&colored.pixels, map.width, map.height),
            (Some(_), None) => return Ok(None),
        };
        if pixels.len() != 3 * width as usize * height as usize {
            let text = format!("{} bytes for {width} x {height} pixels", pixels.len());
            return Err(ExportError::Picture(text));
        }
        let mut bytes = Cursor::new(Vec::new());
        PngEncoder::new(&mut bytes)
            .write_image(pixels, width, height, ExtendedColorType::Rgb8)
            .map_err(|err| ExportError::Picture(err.to_string()))?;
        Ok(Some(bytes.into_inner()))
    }
}

/// Says what the picture is: `clip_person1_00m03s240_f81_did_m_df`.
pub fn stem(look: &Look, kind: Option<MapKind>, media_name: &str) -> String {
    let picture = match kind {
        None => "face".to_owned(),
        Some(MapKind::ReconstructionDifference) => "f1_minus_f0".to_owned(),
        Some(MapKind::PristineResidual) => "x_minus_f0".to_owned(),
        Some(MapKind::ManipulatedResidual) => "x_minus_f1".to_owned(),
        Some(kind) => kind.name().replace('-', "_"),
    };
    let moment = moment(look, media_name);
    format!("{moment}_{}_{picture}", look.key.method)
}

/// Says which face it is, on which frame: `clip_person1_00m03s240_f81`.
pub fn moment(look: &Look, media_name: &str) -> String {
    let millis = look.frame.pts_nanos.max(0) / 1_000_000;
    format!(
        "{}_person{}_{:02}m{:02}s{:03}_f{}",
        plain(media_name),
        look.key.track.0,
        millis / 60_000,
        millis / 1000 % 60,
        millis % 1000,
        look.frame.index
    )
}

/// A file's name without its ending, in letters that every system takes.
fn plain(media_name: &str) -> String {
    let stem = Path::new(media_name).file_stem().unwrap_or_default();
    let mut name = String::new();
    for letter in stem.to_string_lossy().chars() {
        let is_plain = letter.is_alphanumeric() || "-_.".contains(letter);
        if MAX_NAME < name.len() + letter.len_utf8() {
            break;
        }
        name.push(if is_plain { letter } else { '_' });
    }
    if name.is_empty() {
        "clip".to_owned()
    } else {
        name
    }
}

/// The stem, with a number where a file of this name is there already.
fn free_stem(dir: &Path, stem: &str) -> String {
    let is_taken = |stem: &str| {
        ["png", "npy", "csv", "json"]
            .iter()
            .any(|ending| dir.join(format!("{stem}.{ending}")).exists())
    };
    let numbered = (2u32..).map(|number| format!("{stem}_{number}"));
    std::iter::once(stem.to_owned())
        .chain(numbered)
        .find(|stem| !is_taken(stem))
        .unwrap_or_else(|| stem.to_owned())
}

fn failed(path: &Path, err: &dyn std::fmt::Display) -> ExportError {
    ExportError::Write {
        path: path.to_owned(),
        reason: err.to_string(),
    }
}
