//! Fills batches with labelled faces: the same bytes for the same seed, step and place.

use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::data::labelled::{LabelledFace, LabelledFaces};
use crate::forge::addg::example_rng;
use crate::forge::labelled::{LabelledAugmentation, LabelledScratch};
use crate::job::CancelToken;
use crate::methods::training::{LabelPlan, Sampling};
use crate::train::Batch;
use crate::train::loader::LoaderSettings;
use crate::train::masked::MaskedSet;

/// Fills batches; one for each thread.
pub struct LabelledMaker<'a> {
    faces: &'a LabelledFaces,
    masked: &'a MaskedSet,
    settings: &'a LoaderSettings,
    /// Clips with faces, each with those: pristine ones, then those of each technique that has any.
    pristine: Vec<Vec<LabelledFace>>,
    manipulated: Vec<Vec<Vec<LabelledFace>>>,
    scratch: LabelledScratch,
    pixels: Vec<u8>,
}

impl<'a> LabelledMaker<'a> {
    /// Fails where there are not faces of both kinds, or where they have another size.
    pub fn new(
        faces: &'a LabelledFaces,
        masked: &'a MaskedSet,
        settings: &'a LoaderSettings,
    ) -> Result<Self, String> {
        faces.check("to train on").map_err(|err| err.to_string())?;
        if faces.size_px != settings.size_px {
            return Err(format!(
                "faces are cut at {} px, and {} px are wanted",
                faces.size_px, settings.size_px
            ));
        }
        let mut by_clip: Vec<Vec<LabelledFace>> = vec![Vec::new(); faces.clips.len()];
        for face in &faces.faces {
            by_clip[face.clip].push(*face);
        }
        let mut pristine = Vec::new();
        let mut manipulated = vec![Vec::new(); faces.techniques.len()];
        for (clip, of_clip) in faces.clips.iter().zip(by_clip) {
            match clip.technique {
                _ if of_clip.is_empty() => {}
                None => pristine.push(of_clip),
                Some(technique) => manipulated[usize::from(technique)].push(of_clip),
            }
        }
        manipulated.retain(|clips| !clips.is_empty());
        Ok(Self {
            faces,
            masked,
            settings,
            pristine,
            manipulated,
            scratch: LabelledScratch::default(),
            pixels: Vec::new(),
        })
    }

    /// The batch of one step; `None` if the job was cancelled meanwhile.
    pub fn training_batch(
        &mut self,
        step: u64,
        plan: LabelPlan,
        cancel: &CancelToken,
    ) -> Result<Option<Batch>, String> {
        let mut batch = self.settings.empty_batch();
        let count = plan.batch_size.unwrap_or(self.settings.batch_size);
        for at in 0..count as u64 {
            if cancel.is_cancelled() {
                return Ok(None);
            }
            let mut rng = example_rng(self.settings.seed, step, at);
            let face = self.draw(plan.sampling, at, &mut rng);
            let mut pixels = std::mem::take(&mut self.pixels);
            read_face(self.faces, &face, &mut pixels)?;
            let size_px = self.settings.size_px as usize;
            plan.augmentation
                .apply(&mut pixels, size_px, &mut rng, &mut self.scratch);
            add(&mut batch, self.faces, &face, &pixels);
            self.pixels = pixels;
        }
        batch.masked = self.masked.draw(
            self.settings.seed,
            step,
            plan.masked,
            self.settings.size_px as usize,
            plan.augmentation != LabelledAugmentation::None,
        );
        Ok(Some(batch))
    }

    /// Even places of balanced batches are manipulated, odd ones pristine; those of batches by domain go
    /// around, pristine first.
    fn draw(&self, sampling: Sampling, at: u64, rng: &mut StdRng) -> LabelledFace {
        let clips = match sampling {
            Sampling::Natural => {
                return self.faces.faces[rng.random_range(0..self.faces.faces.len())];
            }
            Sampling::Balanced if at.is_multiple_of(2) => one_of(&self.manipulated, rng),
            Sampling::PerDomain => match at as usize % (1 + self.manipulated.len()) {
                0 => &self.pristine,
                technique => &self.manipulated[technique - 1],
            },
            Sampling::Balanced | Sampling::Pristine => &self.pristine,
        };
        *one_of(one_of::<Vec<LabelledFace>>(clips, rng), rng)
    }
}

fn one_of<'a, T>(all: &'a [T], rng: &mut StdRng) -> &'a T {
    &all[rng.random_range(0..all.len())]
}

/// Fixed batches to validate on, as they are: of pristine faces and of those of each technique at most
/// `most` each, evenly spread.
pub fn validation_batches(
    faces: &LabelledFaces,
    settings: &LoaderSettings,
    most: usize,
) -> Result<Vec<Batch>, String> {
    let kinds = (0..faces.techniques.len()).map(|at| u8::try_from(at).ok());
    let mut chosen = Vec::new();
    for kind in std::iter::once(None).chain(kinds) {
        let of_kind: Vec<&LabelledFace> = faces
            .faces
            .iter()
            .filter(|face| faces.technique(face) == kind)
            .collect();
        let count = of_kind.len().min(most);
        chosen.extend((0..count).map(|n| of_kind[n * of_kind.len() / count]));
    }
    let parts = chosen.chunks(settings.batch_size.max(1));
    parts
        .map(|part| batch_as_is(faces, part.iter().copied()))
        .collect()
}

/// These faces in their order, as they are.
pub fn batch_as_is<'a>(
    faces: &LabelledFaces,
    chosen: impl ExactSizeIterator<Item = &'a LabelledFace>,
) -> Result<Batch, String> {
    let mut batch = Batch::empty(faces.size_px, chosen.len());
    let mut pixels = Vec::new();
    for face in chosen {
        read_face(faces, face, &mut pixels)?;
        add(&mut batch, faces, face, &pixels);
    }
    Ok(batch)
}

/// Fills `pixels` as [`LabelledFaces::read`] does; the reason in words where it cannot.
pub fn read_face(
    faces: &LabelledFaces,
    face: &LabelledFace,
    pixels: &mut Vec<u8>,
) -> Result<(), String> {
    faces
        .read(face, pixels)
        .map_err(|err| format!("a face crop kept on disk could not be read back: {err}"))
}

fn add(batch: &mut Batch, faces: &LabelledFaces, face: &LabelledFace, pixels: &[u8]) {
    let technique = faces.technique(face);
    batch.pixels.extend_from_slice(pixels);
    batch.labels.push(f32::from(u8::from(technique.is_some())));
    batch.categories.push(technique);
    batch.sources.push(faces.source(face));
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: LoaderSettings = LoaderSettings {
        seed: 3,
        size_px: 4,
        batch_size: 600,
        first_step: 0,
        num_threads: 1,
    };

    const PLAN: LabelPlan = LabelPlan {
        sampling: Sampling::Balanced,
        augmentation: LabelledAugmentation::None,
        batch_size: None,
        masked: 0,
    };

    /// Six pristine clips, two of technique 0, one of technique 2.
    fn faces() -> LabelledFaces {
        let mut clips = vec![None; 6];
        clips.extend([Some(0), Some(0), Some(2)]);
        LabelledFaces::made_up(&clips, 4, 4)
    }

    fn batch(plan: LabelPlan, step: u64) -> Batch {
        let faces = faces();
        let masked = MaskedSet::default();
        let mut maker = LabelledMaker::new(&faces, &masked, &SETTINGS).unwrap();
        let made = maker.training_batch(step, plan, &CancelToken::default());
        made.unwrap().unwrap()
    }

    #[test]
    fn balanced_batches_share_alike_among_labels_techniques_and_clips() {
        let batch = batch(PLAN, 1);
        let count = |kind| {
            batch
                .categories
                .iter()
                .filter(|drawn| **drawn == kind)
                .count()
        };
        assert_eq!(count(None), 300);
        assert!((120..180).contains(&count(Some(0))), "{}", count(Some(0)));
        assert_eq!(count(Some(0)) + count(Some(2)), 300);
        for (at, category) in batch.categories.iter().enumerate() {
            assert_eq!(batch.labels[at] == 1.0, category.is_some());
            let clip = batch.pixels[at * 48] / 10;
            assert_eq!(category.is_some(), 6 <= clip);
            assert!(batch.sources[at].starts_with(&format!("clip-{clip}.mp4")));
        }
    }

    #[test]
    fn batches_by_domain_hold_each_in_equal_shares() {
        let plan = LabelPlan {
            sampling: Sampling::PerDomain,
            ..PLAN
        };
        let kinds = batch(plan, 1).categories;
        let count = |kind| kinds.iter().filter(|drawn| **drawn == kind).count();
        assert_eq!([count(None), count(Some(0)), count(Some(2))], [200; 3]);
        assert_eq!(kinds[..4], [None, Some(0), Some(2), None]);
    }

    #[test]
    fn a_plan_may_want_pristine_faces_alone_and_another_number_of_them() {
        let plan = LabelPlan {
            sampling: Sampling::Pristine,
            batch_size: Some(7),
            ..PLAN
        };
        assert_eq!(batch(plan, 1).categories, [None; 7]);
    }

    #[test]
    fn natural_batches_have_the_shares_of_the_data() {
        let plan = LabelPlan {
            sampling: Sampling::Natural,
            ..PLAN
        };
        let sum: f32 = batch(plan, 1).labels.iter().sum();
        assert!((150.0..250.0).contains(&sum), "{sum}");
    }

    #[test]
    fn the_same_step_gives_the_same_batch() {
        let plan = LabelPlan {
            augmentation: LabelledAugmentation::Deepfakebench,
            ..PLAN
        };
        assert_eq!(batch(plan, 5), batch(plan, 5));
        assert_ne!(batch(plan, 5).sources, batch(plan, 6).sources);
    }

    #[test]
    fn validation_takes_of_each_kind_and_changes_nothing() {
        let settings = LoaderSettings {
            batch_size: 5,
            ..SETTINGS
        };
        let batches = validation_batches(&faces(), &settings, 6).unwrap();
        let kinds: Vec<Option<u8>> = batches.iter().flat_map(|b| b.categories.clone()).collect();
        let count = |kind| kinds.iter().filter(|drawn| **drawn == kind).count();
        assert_eq!((count(None), count(Some(0)), count(Some(2))), (6, 6, 4));
        assert_eq!(batches.len(), 4);
        // One pristine face of each clip: spread, not the first clip's alone.
        let clips: Vec<u8> = batches[0].pixels.chunks(48).map(|p| p[0] / 10).collect();
        assert_eq!(clips, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_size_that_does_not_fit_is_refused() {
        let settings = LoaderSettings {
            size_px: 8,
            ..SETTINGS
        };
        let faces = faces();
        let masked = MaskedSet::default();
        let err = LabelledMaker::new(&faces, &masked, &settings);
        let err = err.err().unwrap();
        assert!(err.contains("4 px"), "{err}");
    }
}
