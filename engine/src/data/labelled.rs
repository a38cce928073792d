//! Faces with labels, for methods that learn from pristine and manipulated clips.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::data::picture_store::{MAX_IN_MEMORY, PictureStore};
use crate::data::{CropCache, CropError, CropPlace, CropSettings, Item, Manifest, crops_of_item};
use crate::faces::landmarks::Landmarker;
use crate::job::{Cancelled, JobContext};

const STAGE: &str = "Gathering faces";

/// What a manipulated item without a technique is called.
const UNKNOWN_TECHNIQUE: &str = "unknown";

/// Techniques that can be told apart; batches carry them as one byte.
const MAX_TECHNIQUES: usize = 255;

/// Faces of the items of a manifest.
#[derive(Clone, Debug)]
pub struct LabelledFaces {
    pub clips: Vec<LabelledClip>,
    /// Names, sorted; what clips call their technique by is a place in it.
    pub techniques: Vec<String>,
    pub faces: Vec<LabelledFace>,
    /// Side of every face, pixels.
    pub size_px: u32,
    pictures: Arc<PictureStore>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelledClip {
    /// As the manifest has it.
    pub path: String,
    /// Its place in the manifest.
    pub item: usize,
    /// `None` is pristine.
    pub technique: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelledFace {
    /// A place in [`LabelledFaces::clips`].
    pub clip: usize,
    /// Where it was cut.
    pub place: CropPlace,
    picture: usize,
}

/// Why no labelled faces were gathered.
#[derive(Debug, thiserror::Error)]
pub enum LabelledError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error("{reason}")]
    NoFaces { reason: String },
    #[error("Could not keep face crops on disk: {source}\nFile: {path:?}")]
    Store { path: PathBuf, source: io::Error },
}

/// Cuts the faces of every item that `is_wanted`: of the person with most usable frames in it. Items
/// that cannot be read or show no face are warned of and left out. `spill` is the file for what does
/// not fit into memory.
///
/// # Errors
/// Where there is no face of each kind, pristine and manipulated, and where `spill` cannot be written.
pub fn gather_labelled(
    manifest: &Manifest,
    is_wanted: impl Fn(&Item) -> bool,
    settings: &CropSettings,
    landmarker: &Landmarker,
    cache: Option<&CropCache>,
    spill: &Path,
    job: &mut JobContext,
) -> Result<LabelledFaces, LabelledError> {
    let numbered = manifest.items.iter().enumerate();
    let items: Vec<(usize, &Item)> = numbered.filter(|(_, item)| is_wanted(item)).collect();
    let techniques = techniques(&items)?;
    let size_px = settings.rule.size_px;
    let picture_bytes = 3 * size_px as usize * size_px as usize;
    let mut pictures = PictureStore::new(picture_bytes, MAX_IN_MEMORY, spill);
    let (mut clips, mut faces) = (Vec::new(), Vec::new());
    let total = items.len() as u64;
    for (done, (at, item)) in items.into_iter().enumerate() {
        job.tick(STAGE, done as u64, Some(total))?;
        let mut tick = |job: &mut JobContext| job.tick(STAGE, done as u64, Some(total));
        let found = crops_of_item(manifest, item, settings, landmarker, cache, job, &mut tick);
        let samples = match found {
            Ok(samples) => samples,
            Err(CropError::Cancelled(cancelled)) => return Err(cancelled.into()),
            Err(err) => {
                job.warn(err.to_string());
                continue;
            }
        };
        for sample in samples {
            let picture =
                pictures
                    .push(&sample.crop.pixels)
                    .map_err(|source| LabelledError::Store {
                        path: spill.to_owned(),
                        source,
                    })?;
            faces.push(LabelledFace {
                clip: clips.len(),
                place: CropPlace::of(&sample),
                picture,
            });
        }
        let technique = technique_of(item).and_then(|name| {
            let place = techniques.iter().position(|technique| technique == name)?;
            u8::try_from(place).ok()
        });
        clips.push(LabelledClip {
            path: item.path.clone(),
            item: at,
            technique,
        });
    }
    job.tick(STAGE, total, Some(total))?;
    let gathered = LabelledFaces {
        clips,
        techniques,
        faces,
        size_px,
        pictures: Arc::new(pictures),
    };
    gathered.check("among all items")?;
    Ok(gathered)
}

fn technique_of(item: &Item) -> Option<&str> {
    (item.label == 1).then(|| item.technique.as_deref().unwrap_or(UNKNOWN_TECHNIQUE))
}

fn techniques(items: &[(usize, &Item)]) -> Result<Vec<String>, LabelledError> {
    let mut names: Vec<String> = items
        .iter()
        .filter_map(|(_, item)| technique_of(item).map(str::to_owned))
        .collect();
    names.sort_unstable();
    names.dedup();
    if MAX_TECHNIQUES < names.len() {
        return Err(LabelledError::NoFaces {
            reason: format!(
                "it names {} techniques, and at most {MAX_TECHNIQUES} can be told apart",
                names.len()
            ),
        });
    }
    Ok(names)
}

impl LabelledFaces {
    /// Clips that are not `in_second`, and those that are. Both keep the full lists of clips and
    /// techniques.
    pub fn divide(self, in_second: impl Fn(usize) -> bool) -> (Self, Self) {
        let (second, first) = self
            .faces
            .iter()
            .copied()
            .partition(|face| in_second(face.clip));
        let part = |faces| Self {
            faces,
            clips: self.clips.clone(),
            techniques: self.techniques.clone(),
            size_px: self.size_px,
            pictures: Arc::clone(&self.pictures),
        };
        (part(first), part(second))
    }

    /// Refuses faces of one kind alone; `place` says where in words.
    pub fn check(&self, place: &str) -> Result<(), LabelledError> {
        for (is_manipulated, kind) in [(false, "pristine"), (true, "manipulated")] {
            let is_kind = |face: &LabelledFace| self.technique(face).is_some() == is_manipulated;
            if !self.faces.iter().any(is_kind) {
                return Err(LabelledError::NoFaces {
                    reason: format!("there is no usable {kind} face {place}"),
                });
            }
        }
        Ok(())
    }

    /// What was done to a face; `None` is pristine.
    pub fn technique(&self, face: &LabelledFace) -> Option<u8> {
        self.clips[face.clip].technique
    }

    /// Fills `pixels` with RGB8, `3 * size_px * size_px` bytes.
    pub fn read(&self, face: &LabelledFace, pixels: &mut Vec<u8>) -> io::Result<()> {
        self.pictures.read(face.picture, pixels)
    }

    /// Where a face comes from, for manifests and errors: `clip.mp4 frame 12`.
    pub fn source(&self, face: &LabelledFace) -> String {
        format!(
            "{} frame {}",
            self.clips[face.clip].path, face.place.frame_index
        )
    }

    /// Made-up faces for tests: for each technique, `None` being pristine, a clip of flat pictures
    /// whose level is the clip's number, times ten.
    #[cfg(test)]
    pub(crate) fn made_up(clips: &[Option<u8>], faces_a_clip: u32, size_px: u32) -> Self {
        let bytes = 3 * (size_px * size_px) as usize;
        let mut pictures = PictureStore::new(bytes, usize::MAX, Path::new("never made"));
        let mut faces = Vec::new();
        for clip in 0..clips.len() {
            for frame_index in 0..faces_a_clip {
                let picture = pictures.push(&vec![10 * clip as u8; bytes]).unwrap();
                faces.push(LabelledFace {
                    clip,
                    place: CropPlace {
                        frame_index,
                        frame_size: [size_px; 2],
                        frame_from_crop: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
                        size_px,
                    },
                    picture,
                });
            }
        }
        let most = clips.iter().flatten().max().map_or(0, |most| most + 1);
        Self {
            clips: clips
                .iter()
                .enumerate()
                .map(|(item, technique)| LabelledClip {
                    path: format!("clip-{item}.mp4"),
                    item,
                    technique: *technique,
                })
                .collect(),
            techniques: (0..most).map(|n| format!("technique-{n}")).collect(),
            faces,
            size_px,
            pictures: Arc::new(pictures),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dividing_keeps_every_face_once_and_its_picture() {
        let faces = LabelledFaces::made_up(&[None, Some(0), None, Some(1)], 3, 2);
        let (first, second) = faces.divide(|clip| clip == 2);
        assert_eq!((first.faces.len(), second.faces.len()), (9, 3));
        let mut pixels = Vec::new();
        second.read(&second.faces[1], &mut pixels).unwrap();
        assert_eq!(pixels, [20; 12]);
        assert_eq!(second.source(&second.faces[1]), "clip-2.mp4 frame 1");
        assert_eq!(first.technique(&first.faces[8]), Some(1));
    }

    #[test]
    fn one_kind_alone_is_refused_by_name() {
        let check = |clips: &[Option<u8>]| {
            let faces = LabelledFaces::made_up(clips, 1, 2);
            faces.check("here").map_err(|err| err.to_string())
        };
        assert_eq!(check(&[None, Some(0)]), Ok(()));
        let missing = |kind| Err(format!("there is no usable {kind} face here"));
        assert_eq!(check(&[None]), missing("manipulated"));
        assert_eq!(check(&[Some(0)]), missing("pristine"));
    }
}
