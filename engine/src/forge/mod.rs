//! Makes labelled manipulations of pristine faces, with exact masks.

pub mod addg;
mod clip;
mod font;
mod output;
pub mod person;
pub mod pristine;
mod sheet;
#[cfg(test)]
pub(crate) mod synthetic;

use std::path::PathBuf;

use rand::RngExt as _;

use crate::faces::Aligner;
use crate::faces::align::CropRule;
use crate::faces::landmarks::Landmarker;
use crate::forge::addg::{Addg, AddgError, AddgSettings, CATEGORIES, Scratch, example_rng};
use crate::forge::output::{Line, Output};
use crate::forge::pristine::{GatherSettings, PristineFaces, gather};
use crate::forge::sheet::{ContactSheet, EXAMPLES_PER_ROW};
use crate::job::{Cancelled, JobContext};

/// The size at which METHODS 5.2 gives its numbers.
const SIZE_PX: u32 = 256;

/// Frames taken from each clip (paper 004, section 4.1).
const FRAMES_PER_CLIP: usize = 20;

/// What `seam forge` was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct ForgeSettings {
    /// `addg`; later recipes join it.
    pub recipe: String,
    /// Folder of pristine clips, searched with its subfolders.
    pub from: PathBuf,
    /// A new or empty folder.
    pub out: PathBuf,
    pub seed: u64,
    /// Examples of each category.
    pub per_category: usize,
    pub landmark_model: Option<PathBuf>,
}

/// Why nothing was forged.
#[derive(Debug, thiserror::Error)]
pub enum ForgeError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error("There is no recipe {name:?}; there is: addg")]
    NoSuchRecipe { name: String },
    #[error("No usable pristine face: {reason}\nFolder: {path:?}")]
    NoFaces { path: PathBuf, reason: String },
    #[error("Could not make examples: {source}\nFolder: {path:?}")]
    Examples { path: PathBuf, source: AddgError },
    #[error("Could not write the example: {source}\nFile: {path:?}")]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    Landmarks(#[from] crate::faces::landmarks::LandmarkError),
}

/// Writes labelled examples, their masks, a manifest and a contact sheet; gives their number.
///
/// The folder appears whole or not at all. It holds as many pristine examples as manipulated ones:
/// `images/<category>/NNNN.png`, `masks/<category>/NNNN.png` (255 where pixels are perturbed),
/// `pristine/NNNN.png`, `manifest.jsonl` and `contact_sheet.png`. Examples are not augmented, so that
/// a picture and its source differ only under the mask.
pub fn forge(settings: &ForgeSettings, job: &mut JobContext) -> Result<u64, ForgeError> {
    if settings.recipe != "addg" {
        return Err(ForgeError::NoSuchRecipe {
            name: settings.recipe.clone(),
        });
    }
    let output = Output::begin(&settings.out)?;
    let landmarker = Landmarker::load(settings.landmark_model.as_deref())?;
    if landmarker.aligner() == Aligner::BoxEstimate {
        job.warn(
            "No landmark model was found: masks follow a mean face laid into each box, not the face",
        );
    }
    let gathering = GatherSettings {
        rule: CropRule {
            size_px: SIZE_PX,
            margin: 1.3,
            is_aligned: true,
        },
        frames_per_clip: FRAMES_PER_CLIP,
    };
    let faces = gather(&settings.from, &gathering, &landmarker, job)?;
    write_examples(&faces, settings, output, job)
}

fn write_examples(
    faces: &PristineFaces,
    settings: &ForgeSettings,
    mut output: Output,
    job: &mut JobContext,
) -> Result<u64, ForgeError> {
    let wanted = AddgSettings {
        size_px: SIZE_PX,
        is_color_matched: true,
        is_augmented: false,
    };
    let addg = Addg::new(faces, wanted).map_err(|source| ForgeError::Examples {
        path: settings.from.clone(),
        source,
    })?;
    let mut scratch = Scratch::default();
    let mut sheet = ContactSheet::new();
    let total = 2 * (CATEGORIES.len() * settings.per_category) as u64;
    let mut num_written = 0;
    for category in 0..CATEGORIES.len() as u8 {
        let name = CATEGORIES[usize::from(category)];
        for place in 0..settings.per_category.max(EXAMPLES_PER_ROW) {
            job.tick("Forging", num_written, Some(total))?;
            let mut rng = example_rng(settings.seed, u64::from(category), 2 * place as u64);
            let face = rng.random_range(0..faces.faces.len());
            let example = addg.negative(face, category, &mut rng, &mut scratch);
            if place < EXAMPLES_PER_ROW {
                sheet.add(&example, SIZE_PX, place);
            }
            if settings.per_category <= place {
                continue;
            }
            let path = format!("images/{name}/{place:04}.png");
            let mask = format!("masks/{name}/{place:04}.png");
            output.write_rgb(&path, SIZE_PX, example.pixels)?;
            output.write_gray(&mask, SIZE_PX, example.mask)?;
            output.list(&Line::new(faces, &example, path, Some(mask)))?;

            let mut rng = example_rng(settings.seed, u64::from(category), 2 * place as u64 + 1);
            let example = addg.pristine(face, category, &mut rng, &mut scratch);
            let number = usize::from(category) * settings.per_category + place;
            let path = format!("pristine/{number:04}.png");
            output.write_rgb(&path, SIZE_PX, example.pixels)?;
            output.list(&Line::new(faces, &example, path, None))?;
            num_written += 2;
        }
    }
    output.write_picture("contact_sheet.png", sheet.picture())?;
    output.finish()?;
    job.tick("Forging", total, Some(total))?;
    Ok(num_written)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    fn settings(out: &Path) -> ForgeSettings {
        ForgeSettings {
            recipe: "addg".to_owned(),
            from: PathBuf::from("clips"),
            out: out.to_owned(),
            seed: 3,
            per_category: 2,
            landmark_model: None,
        }
    }

    fn forged(out: &Path) -> PristineFaces {
        let faces = synthetic::faces(3, 2, SIZE_PX);
        let output = Output::begin(out).unwrap();
        let job = &mut JobContext::detached();
        let num_examples = write_examples(&faces, &settings(out), output, job).unwrap();
        assert_eq!(num_examples, 36);
        faces
    }

    #[test]
    fn an_unknown_recipe_is_refused() {
        let mut unknown = settings(Path::new("out"));
        unknown.recipe = "soup".to_owned();
        let err = forge(&unknown, &mut JobContext::detached()).unwrap_err();
        assert!(err.to_string().contains("soup"));
    }

    #[test]
    fn the_manifest_lists_every_picture_and_pictures_differ_only_under_their_masks() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        let faces = forged(&out);
        let manifest = fs::read_to_string(out.join("manifest.jsonl")).unwrap();
        let lines: Vec<Line> = manifest
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 36);
        assert_eq!(lines.iter().filter(|line| line.label == 1).count(), 18);
        for line in &lines {
            let picture = image::open(out.join(&line.path)).unwrap().into_rgb8();
            let Some(mask) = &line.mask else {
                assert_eq!((line.label, line.category.as_deref()), (0, None));
                continue;
            };
            let mask = image::open(out.join(mask)).unwrap().into_luma8();
            let clip = faces.clips.iter().position(|clip| *clip == line.source);
            let face = faces
                .faces
                .iter()
                .find(|face| Some(face.clip) == clip && face.frame_index == line.frame);
            let original = face.unwrap().crop.pixels.chunks_exact(3);
            for ((x_n, x), m) in picture.pixels().zip(original).zip(mask.pixels()) {
                assert!(m.0[0] != 0 || x_n.0 == *x, "{}", line.path);
            }
        }
        let sheet = image::open(out.join("contact_sheet.png")).unwrap();
        assert!(1000 < sheet.width() && 1000 < sheet.height());
    }

    #[test]
    fn the_same_seed_writes_the_same_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (dir.path().join("one"), dir.path().join("two"));
        forged(&one);
        forged(&two);
        for name in [
            "manifest.jsonl",
            "images/sb-rand/0001.png",
            "pristine/0009.png",
        ] {
            assert_eq!(
                fs::read(one.join(name)).unwrap(),
                fs::read(two.join(name)).unwrap()
            );
        }
    }
}
