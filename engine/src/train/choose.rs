//! Which faces are asked masks for inside a training, and their exact masks, where the data has them
//! (METHODS 3.3): chosen by what the model of that step knows of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::data::annotations::{Order, whole};
use crate::data::labelled::{LabelledFace, LabelledFaces};
use crate::data::{CropPlace, Manifest, masks_at};
use crate::job::JobContext;
use crate::methods::Trainer;
use crate::methods::lae::selection::{
    Candidate, Ranked, concepts_for, rank, without_near_duplicates,
};
use crate::methods::training::{Batch, MaskPlan};
use crate::train::loader::{batch_as_is, read_face};
use crate::train::masked::{MaskedFace, MaskedSet};
use crate::train::{TrainConfig, TrainError};

const FILE: &str = "masked_faces.json";
const STAGE: &str = "Choosing faces for masks";

/// What was chosen at one step, as the run's folder keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// Steps done by then.
    pub step: u64,
    pub order: Order,
    /// Those that tell manipulated faces, strongest first; empty for other orders.
    pub channels: Vec<u32>,
    /// Faces that could have been chosen and nearly repeat another one.
    pub near_duplicates: usize,
    pub faces: Vec<ChosenFace>,
}

/// One face that was chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChosenFace {
    /// As the manifest has it.
    pub path: String,
    pub frame_index: u32,
    /// What the order sorts by.
    pub value: f32,
}

/// Chooses by the model as it is. Only manipulated faces of items with a mask can be chosen.
pub fn choose(
    trainer: &mut dyn Trainer,
    faces: &LabelledFaces,
    manifest: &Manifest,
    config: &TrainConfig,
    plan: MaskPlan,
    step: u64,
    job: &mut JobContext,
) -> Result<Choice, TrainError> {
    let mut candidates = Vec::with_capacity(faces.faces.len());
    let total = Some(faces.faces.len() as u64);
    for chunk in faces.faces.chunks(config.batch_size.max(1)) {
        job.tick(STAGE, candidates.len() as u64, total)?;
        let batch = batch_as_is(faces, chunk.iter()).map_err(unread)?;
        let (features, logits) = seen(trainer, &batch)?;
        for ((face, features), logit) in chunk.iter().zip(features).zip(logits) {
            candidates.push(Candidate {
                features,
                logit,
                is_manipulated: faces.technique(face).is_some(),
                clip: face.clip,
                frame_index: face.place.frame_index,
            });
        }
    }
    let concepts = concepts_for(plan.order, &candidates);
    let concepts = concepts.map_err(|err| TrainError::Config {
        reason: err.to_string(),
    })?;
    let ranked = rank(plan.order, &candidates, concepts.as_ref(), config.seed);
    let has_mask = |at: usize| {
        let clip = &faces.clips[faces.faces[at].clip];
        candidates[at].is_manipulated && manifest.items[clip.item].mask.is_some()
    };
    let ranked: Vec<Ranked> = ranked
        .into_iter()
        .filter(|one| has_mask(one.candidate))
        .collect();
    let (kept, left_out) = without_near_duplicates(&ranked, &candidates);
    let chosen = kept.iter().take(plan.count).map(|one| {
        let face = &faces.faces[one.candidate];
        ChosenFace {
            path: faces.clips[face.clip].path.clone(),
            frame_index: face.place.frame_index,
            value: one.value,
        }
    });
    let channels = concepts.iter().flat_map(|concepts| &concepts.channels);
    Ok(Choice {
        step,
        order: plan.order,
        channels: channels.map(|concept| concept.channel).collect(),
        near_duplicates: left_out.len(),
        faces: chosen.collect(),
    })
}

fn seen(trainer: &mut dyn Trainer, batch: &Batch) -> Result<(Vec<Vec<f32>>, Vec<f32>), TrainError> {
    let Some(features) = trainer.features(batch)? else {
        return Err(TrainError::Config {
            reason: "the method has no features that faces could be chosen by".to_owned(),
        });
    };
    let scores = trainer.score(batch)?;
    Ok((features, scores.iter().map(|score| score.logit).collect()))
}

fn unread(detail: String) -> TrainError {
    TrainError::Loader { detail }
}

/// The faces of a choice with their exact masks; those whose mask has no such frame are left out with a warning.
pub fn exact_masks(
    choice: &Choice,
    faces: &LabelledFaces,
    manifest: &Manifest,
    job: &mut JobContext,
) -> Result<MaskedSet, TrainError> {
    let mut by_clip: BTreeMap<usize, Vec<&LabelledFace>> = BTreeMap::new();
    for chosen in &choice.faces {
        let is_it = |face: &&LabelledFace| {
            face.place.frame_index == chosen.frame_index
                && faces.clips[face.clip].path == chosen.path
        };
        if let Some(face) = faces.faces.iter().find(is_it) {
            by_clip.entry(face.clip).or_default().push(face);
        }
    }
    let total = Some(by_clip.len() as u64);
    let mut masked = Vec::with_capacity(choice.faces.len());
    for (done, (clip, of_clip)) in by_clip.into_iter().enumerate() {
        let item = &manifest.items[faces.clips[clip].item];
        let places: Vec<CropPlace> = of_clip.iter().map(|face| face.place).collect();
        let mut tick = |job: &mut JobContext| job.tick("Reading masks", done as u64, total);
        let masks =
            masks_at(manifest, item, &places, job, &mut tick).map_err(|err| TrainError::Data {
                path: manifest.full_path(item.mask.as_deref().unwrap_or(&item.path)),
                reason: err.to_string(),
            })?;
        for (face, mask) in of_clip.into_iter().zip(masks) {
            let source = faces.source(face);
            let Some(mask) = mask else {
                job.warn(format!("There is no mask of {source}"));
                continue;
            };
            let mut pixels = Vec::new();
            read_face(faces, face, &mut pixels).map_err(unread)?;
            masked.push(MaskedFace {
                pixels,
                mask,
                source,
            });
        }
    }
    Ok(MaskedSet {
        faces: Arc::new(masked),
    })
}

/// All choices of a run so far; none where it made none.
pub fn kept(out: &Path) -> Result<Vec<Choice>, TrainError> {
    let path = out.join(FILE);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let failed = |reason: String| TrainError::Resume {
        path: path.clone(),
        reason,
    };
    let text = std::fs::read_to_string(&path).map_err(|err| failed(err.to_string()))?;
    serde_json::from_str(&text).map_err(|err| failed(err.to_string()))
}

/// Adds a choice in the place of those of the same step and later ones. Written beside and renamed.
pub fn keep(out: &Path, choice: Choice) -> Result<(), TrainError> {
    let mut all = kept(out)?;
    all.retain(|one| one.step < choice.step);
    all.push(choice);
    let path = out.join(FILE);
    let text = serde_json::to_string_pretty(&all).expect("plain names and numbers are JSON");
    whole::write(&path, text.as_bytes()).map_err(|source| TrainError::Write { path, source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{FrameRule, Item};
    use crate::detectors::FaceScore;
    use crate::methods::training::Loss;
    use crate::nn::named::NamedTensors;

    /// Knows a face by its level, which is ten times its clip's number, in channel 1 and by nothing in channel 0.
    struct Levels;

    impl Trainer for Levels {
        fn step(&mut self, _: u64, _: &Batch) -> Result<Vec<Loss>, TrainError> {
            Ok(Vec::new())
        }

        fn score(&mut self, batch: &Batch) -> Result<Vec<FaceScore>, TrainError> {
            Ok(batch
                .labels
                .iter()
                .map(|label| FaceScore::of(*label))
                .collect())
        }

        fn facts(&self) -> Result<serde_json::Value, TrainError> {
            Ok(serde_json::Value::Null)
        }

        fn features(&mut self, batch: &Batch) -> Result<Option<Vec<Vec<f32>>>, TrainError> {
            let picture = batch.pixels.len() / batch.labels.len();
            let levels = batch.pixels.iter().step_by(picture);
            Ok(Some(
                levels.map(|level| vec![0.5, f32::from(*level)]).collect(),
            ))
        }

        fn save_weights(&self, _: &Path) -> Result<(), TrainError> {
            Ok(())
        }

        fn save_state(&self, _: &Path) -> Result<(), TrainError> {
            Ok(())
        }

        fn resume(&mut self, _: &Path) -> Result<(), TrainError> {
            Ok(())
        }

        fn start_backbone(&mut self, _: NamedTensors) -> Result<(), TrainError> {
            Ok(())
        }
    }

    fn item(number: usize, label: u8, mask: Option<&str>) -> Item {
        Item {
            path: format!("clip-{number}.mp4"),
            frames: FrameRule::Spread,
            label,
            source: format!("person-{number}"),
            donors: Vec::new(),
            technique: None,
            split: None,
            mask: mask.map(str::to_owned),
            dataset: "made up".to_owned(),
            sha256: None,
            details: BTreeMap::new(),
        }
    }

    fn chosen(order: Order, count: usize) -> Choice {
        // Clips 3, 4 and 5 are manipulated, the brightest the higher their number; 5 has no mask.
        let clips = [None, None, None, Some(0), Some(0), Some(0)];
        let faces = LabelledFaces::made_up(&clips, 2, 2);
        let manifest = Manifest {
            dir: "nowhere".into(),
            items: (0..6)
                .map(|at| {
                    let mask = (at == 3 || at == 4).then_some("mask.mkv");
                    item(at, u8::from(3 <= at), mask)
                })
                .collect(),
        };
        let mut config = crate::methods::find("ce-xception")
            .and_then(|method| (method.preset)("laptop"))
            .unwrap();
        config.batch_size = 5;
        let plan = MaskPlan {
            from_step: 7,
            count,
            order,
            every: None,
        };
        let job = &mut JobContext::detached();
        choose(&mut Levels, &faces, &manifest, &config, plan, 7, job).unwrap()
    }

    #[test]
    fn the_faces_that_fire_most_are_chosen_among_those_with_a_mask() {
        let active = chosen(Order::Active, 10);
        assert_eq!((active.step, active.order), (7, Order::Active));
        assert_eq!(active.channels, [1]);
        // The two frames of a clip are the same to the model, and one frame apart.
        let names: Vec<(&str, u32)> = active
            .faces
            .iter()
            .map(|face| (face.path.as_str(), face.frame_index))
            .collect();
        assert_eq!(names, [("clip-4.mp4", 0), ("clip-3.mp4", 0)]);
        assert_eq!(active.near_duplicates, 2);
        assert_eq!(chosen(Order::Active, 1).faces.len(), 1);
        let random = chosen(Order::Random, 10);
        assert!(random.channels.is_empty());
        assert_eq!(random.faces.len(), 2);
    }

    #[test]
    fn a_run_keeps_what_it_chose_and_forgets_what_it_does_again() {
        let dir = tempfile::tempdir().unwrap();
        assert!(kept(dir.path()).unwrap().is_empty());
        let first = chosen(Order::Active, 2);
        let second = Choice {
            step: 9,
            ..chosen(Order::Random, 2)
        };
        keep(dir.path(), first.clone()).unwrap();
        keep(dir.path(), second.clone()).unwrap();
        assert_eq!(kept(dir.path()).unwrap(), [first.clone(), second]);
        keep(dir.path(), first.clone()).unwrap();
        assert_eq!(kept(dir.path()).unwrap(), [first]);
    }
}
