//! Recipes that make single pictures: pristine faces in, examples with masks, manifest and contact sheet out.

mod addg;
mod blended;
mod fwa;

use std::collections::BTreeMap;

use rand::RngExt as _;
use rand::rngs::StdRng;
use serde_json::Value;

use crate::data::{FrameRule, Item};
use crate::faces::Aligner;
use crate::faces::align::CropRule;
use crate::faces::landmarks::Landmarker;
use crate::forge::addg::example_rng;
use crate::forge::output::Output;
use crate::forge::pristine::{ExampleError, GatherSettings, PristineFaces, gather};
use crate::forge::sheet::{ContactSheet, EXAMPLES_PER_ROW};
use crate::forge::{ForgeError, ForgeSettings};
use crate::job::JobContext;

/// Side of the examples in pixels; the size at which METHODS 5.2 gives its numbers.
const SIZE_PX: u32 = 256;

/// Frames taken from each clip (paper 004, section 4.1).
const FRAMES_PER_CLIP: usize = 20;

/// Pictures of one example on the contact sheet; the last only where there is one.
const COLUMNS: [&str; 5] = ["pristine", "result", "mask", "diff x4", "x-ray"];

/// Which generator makes the pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StillRecipe {
    /// METHODS 5.1-5.2.
    Addg,
    /// METHODS 10.
    Fwa,
    /// METHODS 11.
    Blended,
}

/// What the folder needs to know of an example, whatever made it. Pictures are squares of the
/// generator's size: RGB8, and one byte a pixel for masks.
pub struct Still<'s> {
    pub pixels: &'s [u8],
    /// The pristine picture it was made of; equal to `pixels` wherever the mask is 0.
    pub original: &'s [u8],
    pub mask: &'s [u8],
    /// Where two sources meet (Face X-ray), for the generator that tells it.
    pub xray: Option<&'s [u8]>,
    /// `None` for pristine examples.
    pub technique: Option<&'static str>,
    /// A place in the list of pristine faces, as is `donor`.
    pub face: usize,
    /// Whose face went in.
    pub donor: Option<usize>,
    /// What only this generator knows.
    pub details: BTreeMap<String, Value>,
}

/// A generator of single pictures, with its buffers.
pub trait StillGenerator {
    /// Names of the folders and of the rows of the contact sheet.
    fn techniques(&self) -> &'static [&'static str];

    fn size_px(&self) -> u32;

    /// Whether its examples tell where two sources meet.
    fn has_xray(&self) -> bool {
        false
    }

    /// `technique` is a place in [`Self::techniques`].
    fn manipulated(&mut self, face: usize, technique: usize, rng: &mut StdRng) -> Still<'_>;

    /// A pristine example to stand against this technique.
    fn pristine(&mut self, face: usize, technique: usize, rng: &mut StdRng) -> Still<'_>;
}

impl StillRecipe {
    pub const ALL: [Self; 3] = [Self::Addg, Self::Fwa, Self::Blended];

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|recipe| recipe.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Addg => "addg",
            Self::Fwa => "fwa",
            Self::Blended => "blended",
        }
    }

    fn generator(
        self,
        faces: &PristineFaces,
        size_px: u32,
    ) -> Result<Box<dyn StillGenerator + '_>, ExampleError> {
        Ok(match self {
            Self::Addg => Box::new(addg::AddgStills::new(faces, size_px)?),
            Self::Fwa => Box::new(fwa::FwaStills::new(faces, size_px)?),
            Self::Blended => Box::new(blended::BlendedStills::new(faces, size_px)?),
        })
    }
}

/// Writes labelled examples, their masks, a manifest and a contact sheet; gives their number.
///
/// The folder appears whole or not at all. It holds as many pristine examples as manipulated ones:
/// `images/<technique>/NNNN.png`, `masks/<technique>/NNNN.png` (not 0 where pixels are changed),
/// `pristine/NNNN.png`, `manifest.jsonl` and `contact_sheet.png`; `xray/<technique>/NNNN.png` where
/// the generator tells it. Examples are not augmented, so that a picture and its source differ only
/// under the mask.
pub fn forge(
    recipe: StillRecipe,
    settings: &ForgeSettings,
    job: &mut JobContext,
) -> Result<u64, ForgeError> {
    let Some(from) = &settings.from else {
        return Err(ForgeError::NeedsFolder {
            name: settings.recipe.clone(),
        });
    };
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
    let faces = gather(from, &gathering, &landmarker, job)?;
    write_examples(recipe, &faces, settings, output, job)
}

fn write_examples(
    recipe: StillRecipe,
    faces: &PristineFaces,
    settings: &ForgeSettings,
    mut output: Output,
    job: &mut JobContext,
) -> Result<u64, ForgeError> {
    let mut generator =
        recipe
            .generator(faces, SIZE_PX)
            .map_err(|source| ForgeError::Examples {
                path: settings.from.clone().unwrap_or_default(),
                source,
            })?;
    let techniques = generator.techniques();
    let size_px = generator.size_px();
    let columns = if generator.has_xray() {
        &COLUMNS[..]
    } else {
        &COLUMNS[..4]
    };
    let mut sheet = ContactSheet::new(techniques, columns);
    let total = 2 * (techniques.len() * settings.per_category) as u64;
    let mut num_written = 0;
    for (at, name) in techniques.iter().enumerate() {
        for place in 0..settings.per_category.max(EXAMPLES_PER_ROW) {
            job.tick("Forging", num_written, Some(total))?;
            let mut rng = example_rng(settings.seed, at as u64, 2 * place as u64);
            let face = rng.random_range(0..faces.faces.len());
            let example = generator.manipulated(face, at, &mut rng);
            if place < EXAMPLES_PER_ROW {
                sheet.add(at, place, size_px, pictures(&example));
            }
            if settings.per_category <= place {
                continue;
            }
            let path = format!("images/{name}/{place:04}.png");
            let mask = format!("masks/{name}/{place:04}.png");
            output.write_rgb(&path, size_px, example.pixels)?;
            output.write_gray(&mask, size_px, example.mask)?;
            let mut item = line_of(recipe, faces, &example, path, Some(mask));
            if let Some(xray) = example.xray {
                let path = format!("xray/{name}/{place:04}.png");
                output.write_gray(&path, size_px, xray)?;
                item.details.insert("xray".to_owned(), path.into());
            }
            output.list(&item)?;

            let mut rng = example_rng(settings.seed, at as u64, 2 * place as u64 + 1);
            let example = generator.pristine(face, at, &mut rng);
            let path = format!("pristine/{:04}.png", at * settings.per_category + place);
            output.write_rgb(&path, size_px, example.pixels)?;
            output.list(&line_of(recipe, faces, &example, path, None))?;
            num_written += 2;
        }
    }
    output.write_picture("contact_sheet.png", sheet.picture())?;
    output.finish()?;
    job.tick("Forging", total, Some(total))?;
    Ok(num_written)
}

/// What the contact sheet shows of an example, in the order of [`COLUMNS`].
fn pictures(example: &Still<'_>) -> Vec<Vec<u8>> {
    let rgb = |gray: &[u8]| gray.iter().flat_map(|value| [*value; 3]).collect();
    let pairs = example.original.iter().zip(example.pixels);
    let difference = pairs.map(|(x, x_n)| x.abs_diff(*x_n).saturating_mul(4));
    let mut pictures = vec![
        example.original.to_vec(),
        example.pixels.to_vec(),
        rgb(example.mask),
        difference.collect(),
    ];
    pictures.extend(example.xray.map(rgb));
    pictures
}

/// The line of the manifest; not in any split.
fn line_of(
    recipe: StillRecipe,
    faces: &PristineFaces,
    example: &Still<'_>,
    path: String,
    mask: Option<String>,
) -> Item {
    let face = &faces.faces[example.face];
    let donor = example.donor.map(|donor| &faces.faces[donor]);
    let mut details = example.details.clone();
    details.insert("frame".to_owned(), face.frame_index.into());
    if let Some(donor) = donor {
        details.insert("donor_frame".to_owned(), donor.frame_index.into());
    }
    Item {
        path,
        frames: FrameRule::Spread,
        label: u8::from(example.technique.is_some()),
        source: faces.clips[face.clip].clone(),
        donors: donor
            .map(|donor| faces.clips[donor.clip].clone())
            .into_iter()
            .collect(),
        technique: example.technique.map(str::to_owned),
        split: None,
        mask,
        dataset: format!("forge-{}", recipe.name()),
        sha256: None,
        details,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Manifest;
    use crate::forge::synthetic;
    use std::fs;
    use std::path::{Path, PathBuf};

    const PER_CATEGORY: usize = 2;

    fn forged(recipe: StillRecipe, out: &Path) -> PristineFaces {
        let settings = ForgeSettings {
            recipe: recipe.name().to_owned(),
            from: Some(PathBuf::from("clips")),
            out: out.to_owned(),
            seed: 3,
            per_category: PER_CATEGORY,
            people: None,
            techniques: None,
            as_pictures: false,
            landmark_model: None,
        };
        let faces = synthetic::faces(3, 2, SIZE_PX);
        let output = Output::begin(out).unwrap();
        let job = &mut JobContext::detached();
        let num_examples = write_examples(recipe, &faces, &settings, output, job).unwrap();
        let num_techniques = recipe
            .generator(&faces, SIZE_PX)
            .unwrap()
            .techniques()
            .len();
        assert_eq!(num_examples as usize, 2 * PER_CATEGORY * num_techniques);
        faces
    }

    #[test]
    fn every_recipe_is_found_by_its_name() {
        for recipe in StillRecipe::ALL {
            assert_eq!(StillRecipe::named(recipe.name()), Some(recipe));
        }
        assert_eq!(StillRecipe::named("soup"), None);
    }

    #[test]
    fn the_manifest_lists_every_picture_and_pictures_differ_only_under_their_masks() {
        let dir = tempfile::tempdir().unwrap();
        for recipe in StillRecipe::ALL {
            let out = dir.path().join(recipe.name());
            let faces = forged(recipe, &out);
            let manifest = Manifest::read(&out.join("manifest.jsonl")).unwrap();
            let num_manipulated = manifest.items.iter().filter(|item| item.label == 1).count();
            assert_eq!(2 * num_manipulated, manifest.items.len());
            for item in &manifest.items {
                assert_eq!(item.split, None);
                let picture = image::open(out.join(&item.path)).unwrap().into_rgb8();
                let Some(mask) = &item.mask else {
                    assert_eq!((item.label, &item.technique), (0, &None));
                    continue;
                };
                assert!(mask.contains(item.technique.as_deref().unwrap()));
                let mask = image::open(out.join(mask)).unwrap().into_luma8();
                let original = original(&faces, item);
                let pairs = picture.pixels().zip(original.chunks_exact(3));
                let mut num_changed = 0;
                for ((x_n, x), m) in pairs.zip(mask.pixels()) {
                    assert!(m.0[0] != 0 || x_n.0 == *x, "{}", item.path);
                    num_changed += u32::from(x_n.0 != *x);
                }
                assert!(0 < num_changed, "{}", item.path);
                let xray = item.details.get("xray").and_then(Value::as_str);
                assert_eq!(xray.is_some(), recipe == StillRecipe::Blended);
                if let Some(xray) = xray {
                    let xray = image::open(out.join(xray)).unwrap().into_luma8();
                    for (x, m) in xray.pixels().zip(mask.pixels()) {
                        assert!(x.0[0] == 0 || ![0, 255].contains(&m.0[0]));
                    }
                }
            }
            let sheet = image::open(out.join("contact_sheet.png")).unwrap();
            assert!(1000 < sheet.width() && 300 < sheet.height());
        }
    }

    fn original<'f>(faces: &'f PristineFaces, item: &Item) -> &'f [u8] {
        let clip = faces.clips.iter().position(|clip| *clip == item.source);
        let is_it = |face: &&crate::forge::pristine::PristineFace| {
            Some(face.clip) == clip && item.details["frame"] == face.frame_index
        };
        &faces.faces.iter().find(is_it).unwrap().crop.pixels
    }

    #[test]
    fn the_same_seed_writes_the_same_bytes() {
        let dir = tempfile::tempdir().unwrap();
        for recipe in StillRecipe::ALL {
            let (one, two) = (dir.path().join("one"), dir.path().join("two"));
            forged(recipe, &one);
            forged(recipe, &two);
            let manifest = Manifest::read(&one.join("manifest.jsonl")).unwrap();
            assert_eq!(
                fs::read(one.join("manifest.jsonl")).unwrap(),
                fs::read(two.join("manifest.jsonl")).unwrap()
            );
            for item in &manifest.items {
                for path in std::iter::once(&item.path).chain(&item.mask) {
                    let (first, second) = (fs::read(one.join(path)), fs::read(two.join(path)));
                    assert_eq!(first.unwrap(), second.unwrap(), "{path}");
                }
            }
            fs::remove_dir_all(one).unwrap();
            fs::remove_dir_all(two).unwrap();
        }
    }
}
