//! Follows a plan: plays each shot once, and forges, writes and lists all that is made of it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use image::RgbImage;
use rayon::iter::{IntoParallelRefMutIterator as _, ParallelIterator as _};

use crate::data::{FrameRule, Item, Split};
use crate::forge::manipulate::{FaceSample, Technique, prepare};
use crate::forge::output::Output;
use crate::forge::recipe::Recipe;
use crate::forge::recipe::footage::{Footage, samples};
use crate::forge::recipe::lane::Lane;
use crate::forge::recipe::plan::{Forgery, Pair, ShotPlan, plan};
use crate::forge::recipe::sheet::{NUM_MOMENTS, Sheet};
use crate::forge::recipe::sink::{Sink, code_again};
use crate::forge::recipe::sources::Sources;
use crate::forge::{ForgeError, ForgeSettings};
use crate::job::JobContext;
use crate::media::encode::{ClipFormat, Picture};
use crate::media::hash;

const STAGE: &str = "Forging";

/// All that is needed while a set is made.
struct Studio<'a> {
    settings: &'a ForgeSettings,
    recipe: &'a Recipe,
    output: Output,
    sheets: BTreeMap<&'static str, Sheet>,
    done: u64,
    total: u64,
}

/// One shot of a plan, ready to be played.
struct Take<'a> {
    footage: &'a dyn Footage,
    /// Name of its files, without an ending.
    name: &'a str,
    source: &'a str,
    donor: Option<&'a str>,
    split: Split,
    shot: &'a ShotPlan,
}

/// Writes `clips/pristine/`, `clips/<technique>/`, `masks/<technique>/`, `contact_sheets/` and
/// `manifest.jsonl`; gives the number of clips. The folder appears whole or not at all, and is the same
/// for the same seed.
pub fn write_clips(
    recipe: &Recipe,
    settings: &ForgeSettings,
    job: &mut JobContext,
) -> Result<u64, ForgeError> {
    let output = Output::begin(&settings.out)?;
    let mut sources = Sources::open(recipe, settings, job)?;
    let techniques = match &settings.techniques {
        Some(techniques) => techniques.clone(),
        None => recipe.techniques.to_vec(),
    };
    let pairs = plan(recipe, &techniques, &sources.likeness, settings.seed);
    let shots = pairs
        .iter()
        .map(|pair| pair.shots.len() as u64)
        .sum::<u64>();
    let mut studio = Studio {
        settings,
        recipe,
        output,
        sheets: BTreeMap::new(),
        done: 0,
        total: shots * u64::from(recipe.frames),
    };
    let mut num_clips = 0;
    for pair in &pairs {
        num_clips += studio.make_pair(pair, &mut sources, job)?;
    }
    for (technique, sheet) in &studio.sheets {
        let path = format!("contact_sheets/{technique}.png");
        studio.output.write_picture(&path, &sheet.picture())?;
    }
    studio.output.finish()?;
    job.tick(STAGE, studio.total, Some(studio.total))?;
    Ok(num_clips)
}

impl Studio<'_> {
    fn make_pair(
        &mut self,
        pair: &Pair,
        sources: &mut Sources,
        job: &mut JobContext,
    ) -> Result<u64, ForgeError> {
        sources.bring(&pair.sources);
        // By source and number of the shot: each lends its samples to itself and to its partner.
        let mut learned: BTreeMap<(usize, usize), Vec<FaceSample>> = BTreeMap::new();
        let mut num_clips = 0;
        for shot in &pair.shots {
            let donor = shot.donor.and_then(|donor| {
                let is_it =
                    |other: &&ShotPlan| other.source == donor && other.number == shot.number;
                pair.shots.iter().find(is_it)
            });
            if !shot.forgeries.is_empty() {
                for wanted in [Some(shot), donor].into_iter().flatten() {
                    if let Entry::Vacant(place) = learned.entry((wanted.source, wanted.number)) {
                        let footage = sources.footage(self.recipe, wanted);
                        place.insert(samples(&*footage, job)?);
                    }
                }
            }
            let known = |shot: &ShotPlan| {
                let samples = learned.get(&(shot.source, shot.number));
                samples.map_or(&[][..], Vec::as_slice)
            };
            let footage = sources.footage(self.recipe, shot);
            let take = Take {
                footage: &*footage,
                name: &format!("{}-{}", sources.file_names[shot.source], shot.number),
                source: &sources.names[shot.source],
                donor: shot.donor.map(|donor| sources.names[donor].as_str()),
                split: pair.split,
                shot,
            };
            num_clips += self.make_shot(&take, known(shot), donor.map_or(&[], known), job)?;
        }
        Ok(num_clips)
    }

    /// Plays one shot through all its lanes.
    fn make_shot(
        &mut self,
        take: &Take<'_>,
        own: &[FaceSample],
        donor: &[FaceSample],
        job: &mut JobContext,
    ) -> Result<u64, ForgeError> {
        let mut lanes = Vec::with_capacity(take.shot.forgeries.len());
        for forgery in &take.shot.forgeries {
            lanes.push(self.lane(take, forgery, own, donor, job)?);
        }
        let pristine_path = self.path("clips", "pristine", take.name, "mp4");
        let format = self.format(take);
        let mut pristine = Sink::create(&self.output.place(&pristine_path)?, format)?;
        let mut reel = take.footage.play()?;
        let [width, height] = take.footage.size();
        let mut frame = RgbImage::new(width, height);
        for index in 0..take.footage.num_frames() {
            job.tick(STAGE, self.done, Some(self.total))?;
            let Some(points) = reel.next_frame(&mut frame)? else {
                break;
            };
            let written = rayon::join(
                || pristine.push_rgb(&frame),
                || {
                    lanes
                        .par_iter_mut()
                        .try_for_each(|lane| lane.push(&frame, &points, index))
                },
            );
            written.0.and(written.1)?;
            self.done += 1;
        }
        // A real clip may be shorter than the recipe allows.
        let missing = self.recipe.frames.saturating_sub(take.footage.num_frames());
        self.done += u64::from(missing);
        pristine.finish()?;
        let mut num_clips = 1;
        self.list(take, &pristine_path, None)?;
        for lane in lanes {
            let Lane {
                forgery,
                clip,
                mask,
                tiles,
                num_manipulated,
                ..
            } = lane;
            clip.finish()?;
            mask.finish()?;
            let name = forgery.technique.name();
            if num_manipulated == 0 {
                job.warn(format!(
                    "No frame of {} could be manipulated by {name}; it is left out",
                    take.name
                ));
                continue;
            }
            let label = format!("{} {}", take.name, forgery.level.name());
            self.sheets.entry(name).or_default().add(label, tiles);
            let path = self.path("clips", name, &forged_name(take, &forgery), "mp4");
            self.list(take, &path, Some((&forgery, num_manipulated)))?;
            num_clips += 1;
        }
        Ok(num_clips)
    }

    fn lane(
        &self,
        take: &Take<'_>,
        forgery: &Forgery,
        own: &[FaceSample],
        donor: &[FaceSample],
        job: &mut JobContext,
    ) -> Result<Lane, ForgeError> {
        let quality = forgery.level.quality(self.recipe.face_model);
        let donor = if forgery.technique.needs_donor() {
            donor
        } else {
            &[]
        };
        let manipulation = prepare(forgery.technique, &quality, own, donor, forgery.seed, job)?;
        let technique = forgery.technique.name();
        let name = forged_name(take, forgery);
        let clip = self
            .output
            .place(&self.path("clips", technique, &name, "mp4"))?;
        let mask = self
            .output
            .place(&self.path("masks", technique, &name, "mkv"))?;
        let format = self.format(take);
        let mask_format = format.map(|format| ClipFormat {
            picture: Picture::Mask,
            ..format
        });
        let num_frames = take.footage.num_frames();
        let moments = (1..=NUM_MOMENTS).map(|at| at * num_frames / (NUM_MOMENTS + 1));
        Ok(Lane {
            forgery: *forgery,
            manipulation,
            clip: Sink::create(&clip, format)?,
            mask: Sink::create(&mask, mask_format)?,
            moments: moments.collect(),
            tiles: Vec::new(),
            num_manipulated: 0,
            frame: RgbImage::default(),
        })
    }

    /// Adds a finished clip to the manifest, coded once more where the plan wants it.
    fn list(
        &mut self,
        take: &Take<'_>,
        path: &str,
        forged: Option<(&Forgery, u32)>,
    ) -> Result<(), ForgeError> {
        let place = self.output.place(path)?;
        let rate = take.footage.rate();
        let mut sha256 = None;
        if !self.settings.as_pictures {
            if let Some(rate_factor) = take.shot.second_rate_factor {
                code_again(&place, rate, rate_factor)?;
            }
            let media = hash::hash_file::<ForgeError>(&place, |_, _| Ok(()))?;
            sha256 = Some(media.to_string());
        }
        let mut details = BTreeMap::new();
        details.insert("rate_factor".to_owned(), take.shot.rate_factor.into());
        if let Some(factor) = take.shot.second_rate_factor {
            details.insert("second_rate_factor".to_owned(), factor.into());
        }
        let mut mask = None;
        if let Some((forgery, num_manipulated)) = forged {
            details.insert("level".to_owned(), forgery.level.name().into());
            details.insert("manipulated_frames".to_owned(), num_manipulated.into());
            let name = forged_name(take, forgery);
            mask = Some(self.path("masks", forgery.technique.name(), &name, "mkv"));
        }
        let has_donor = forged.is_some_and(|(forgery, _)| forgery.technique.needs_donor());
        self.output.list(&Item {
            path: path.to_owned(),
            frames: FrameRule::Spread,
            label: u8::from(forged.is_some()),
            source: take.source.to_owned(),
            donors: match take.donor {
                Some(donor) if has_donor => vec![donor.to_owned()],
                _ => Vec::new(),
            },
            technique: forged.map(|(forgery, _)| forgery.technique.name().to_owned()),
            split: Some(take.split),
            mask,
            dataset: format!("forge-{}", self.recipe.name),
            sha256,
            details,
        })
    }

    fn path(&self, kind: &str, technique: &str, name: &str, ending: &str) -> String {
        if self.settings.as_pictures {
            format!("{kind}/{technique}/{name}")
        } else {
            format!("{kind}/{technique}/{name}.{ending}")
        }
    }

    /// `None` where frames are written as pictures.
    fn format(&self, take: &Take<'_>) -> Option<ClipFormat> {
        let [width, height] = take.footage.size();
        let format = ClipFormat {
            picture: Picture::Color {
                rate_factor: take.shot.rate_factor,
            },
            width,
            height,
            rate: take.footage.rate(),
        };
        (!self.settings.as_pictures).then_some(format)
    }
}

/// `person-ab12cd34-0-by-person-98ef76ab`, the donor only where there is one.
fn forged_name(take: &Take<'_>, forgery: &Forgery) -> String {
    match take.donor {
        Some(donor) if forgery.technique.needs_donor() => {
            format!("{}-by-{}", take.name, super::sources::file_name(donor))
        }
        _ => take.name.to_owned(),
    }
}

/// For settings: the techniques named in a list with commas; `none` is the empty list.
pub fn techniques_named(text: &str) -> Result<Vec<Technique>, String> {
    if text == "none" {
        return Ok(Vec::new());
    }
    let find = |name: &str| {
        let known = Technique::ALL.iter().find(|it| it.name() == name);
        known.copied().ok_or_else(|| {
            let names: Vec<&str> = Technique::ALL.iter().map(|it| it.name()).collect();
            format!(
                "There is no technique {name:?}; there are: {}",
                names.join(", ")
            )
        })
    };
    text.split(',').map(|name| find(name.trim())).collect()
}
