//! Where footage comes from: people to render, or the clips of a folder.

use std::collections::BTreeMap;
use std::sync::Arc;

use rand::RngExt as _;

use crate::faces::Aligner;
use crate::faces::landmarks::Landmarker;
use crate::forge::addg::example_rng;
use crate::forge::person::identity::Beard;
use crate::forge::person::{Identity, Person};
use crate::forge::pristine::list_clips;
use crate::forge::recipe::Recipe;
use crate::forge::recipe::filmed::Filmed;
use crate::forge::recipe::footage::Footage;
use crate::forge::recipe::plan::ShotPlan;
use crate::forge::recipe::rendered::Rendered;
use crate::forge::{ForgeError, ForgeSettings};
use crate::job::JobContext;

/// Keeps the draws of people apart from all others.
const PEOPLE_STEP: u64 = 0x50_454f_504c;

/// The people or clips of a set, by their places in a list.
pub struct Sources {
    /// As they stand in the manifest.
    pub names: Vec<String>,
    /// Fit for file names, each only once.
    pub file_names: Vec<String>,
    /// Who looks like whom: near numbers make better pairs. All 0 where nothing is known.
    pub likeness: Vec<f32>,
    kind: Kind,
}

enum Kind {
    People {
        seeds: Vec<u64>,
        present: BTreeMap<usize, Arc<Person>>,
    },
    Clips(Vec<Arc<Filmed>>),
}

impl Sources {
    /// People of the recipe, or the clips below the folder of the settings. Clips without a usable
    /// face are warned of and left out.
    pub fn open(
        recipe: &Recipe,
        settings: &ForgeSettings,
        job: &mut JobContext,
    ) -> Result<Self, ForgeError> {
        let Some(dir) = &settings.from else {
            let count = settings.people.unwrap_or(recipe.people);
            return Ok(Self::people(recipe.cast, count, settings.seed));
        };
        let landmarker = Landmarker::load(settings.landmark_model.as_deref())?;
        if landmarker.aligner() == Aligner::BoxEstimate {
            job.warn(
                "No landmark model was found: faces are warped by a mean face laid into each box, which looks bad",
            );
        }
        let paths = list_clips(dir)?;
        let total = paths.len() as u64;
        let (mut names, mut file_names, mut clips) = (Vec::new(), Vec::new(), Vec::new());
        for (done, path) in paths.iter().enumerate() {
            let mut tick =
                |job: &mut JobContext| job.tick("Finding faces", done as u64, Some(total));
            match Filmed::find(path, recipe.frames, &landmarker, job, &mut tick) {
                Ok(filmed) => {
                    let name = path.strip_prefix(dir).unwrap_or(path).to_string_lossy();
                    file_names.push(format!("{:03}-{}", clips.len(), file_name(&name)));
                    names.push(name.into_owned());
                    clips.push(Arc::new(filmed));
                }
                Err(ForgeError::Cancelled(cancelled)) => return Err(cancelled.into()),
                Err(err) => job.warn(err.to_string()),
            }
        }
        if clips.is_empty() {
            return Err(ForgeError::NoFaces {
                path: dir.clone(),
                reason: format!("none of its {total} files shows one for long enough"),
            });
        }
        Ok(Self {
            likeness: vec![0.0; names.len()],
            names,
            file_names,
            kind: Kind::Clips(clips),
        })
    }

    /// `count` people of a cast, named by their identity.
    pub fn people(cast: u64, count: usize, seed: u64) -> Self {
        let seeds: Vec<u64> = (0..count)
            .map(|at| example_rng(seed, PEOPLE_STEP ^ cast, at as u64).random())
            .collect();
        let names: Vec<String> = seeds
            .iter()
            .map(|seed| format!("person-{:08x}", seed >> 32))
            .collect();
        Self {
            likeness: seeds
                .iter()
                .map(|seed| likeness(&Identity::new(*seed)))
                .collect(),
            file_names: names.clone(),
            names,
            kind: Kind::People {
                seeds,
                present: BTreeMap::new(),
            },
        }
    }

    /// Makes these people, and lets all others go: each holds tens of megabytes of skin.
    pub fn bring(&mut self, wanted: &[usize]) {
        let Kind::People { seeds, present } = &mut self.kind else {
            return;
        };
        present.retain(|at, _| wanted.contains(at));
        for at in wanted {
            present
                .entry(*at)
                .or_insert_with(|| Arc::new(Person::new(seeds[*at])));
        }
    }

    /// One of the people brought.
    ///
    /// # Panics
    ///
    /// Where the person was not brought, or the sources are clips.
    pub fn person(&self, at: usize) -> Arc<Person> {
        match &self.kind {
            Kind::People { present, .. } => Arc::clone(&present[&at]),
            Kind::Clips(_) => panic!("clips have no rendered people"),
        }
    }

    /// The shot of a plan; its people must have been brought.
    pub fn footage(&self, recipe: &Recipe, shot: &ShotPlan) -> Box<dyn Footage> {
        if let Kind::Clips(clips) = &self.kind {
            return Box::new(Arc::clone(&clips[shot.source]));
        }
        let [low, high] = recipe.face_px;
        let face_px = example_rng(shot.seed, 0, 0).random_range(low..=high);
        Box::new(Rendered::new(
            &[self.person(shot.source)],
            0,
            shot.seed,
            recipe.frame_px,
            recipe.rate,
            recipe.frames,
            face_px,
        ))
    }
}

/// Skin counts most; then a beard and glasses, which a face takes along when it is swapped.
fn likeness(person: &Identity) -> f32 {
    let has_beard = !matches!(person.beard, Beard::None);
    3.0 * person.skin_light
        + if has_beard { 0.7 } else { 0.0 }
        + if person.has_glasses { 0.5 } else { 0.0 }
}

/// Letters and digits of a path, the rest as dashes; without the ending.
pub fn file_name(path: &str) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    stem.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casts_and_seeds_are_different_people() {
        let names = |cast, seed| Sources::people(cast, 30, seed).names;
        assert_eq!(names(1, 5), names(1, 5));
        let mut all = [names(1, 5), names(2, 5), names(1, 6)].concat();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 90);
    }

    #[test]
    fn file_names_are_plain() {
        assert_eq!(file_name("a b/ü.tar.mp4"), "a-b---tar");
        assert_eq!(file_name("plain"), "plain");
    }
}
