//! Where a training has its masks from: a person's annotations, or the exact ones of the data for the faces that
//! it chooses itself.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::data::annotations::{AnnotationFolder, FinishedError, finished_faces, whole_path};
use crate::data::{Manifest, Split};
use crate::detectors::card::CardMasks;
use crate::job::JobContext;
use crate::methods::MethodInfo;
use crate::methods::training::MaskPlan;
use crate::train::choose::{self, Choice};
use crate::train::masked::{MaskedFace, MaskedSet};
use crate::train::{TrainConfig, TrainError, TrainSettings};

/// The masks of a training.
pub enum Masks {
    /// The method, or its configuration, learns from none.
    None,
    /// Finished masks of annotations.
    Given { plan: MaskPlan, set: MaskedSet },
    /// Exact masks of the data.
    Exact {
        plan: MaskPlan,
        manifest: Box<Manifest>,
    },
}

/// What was asked for. Refuses masks for a method that learns from none, and data without masks where some are needed.
pub fn of(
    settings: &TrainSettings,
    method: &MethodInfo,
    config: &TrainConfig,
    manifest: Option<Manifest>,
    job: &mut JobContext,
) -> Result<Masks, TrainError> {
    let plan = method.masks.and_then(|masks| masks(config));
    // A training that ends before masks count needs none.
    let Some(plan) = plan.filter(|plan| plan.from_step < config.steps) else {
        return match &settings.masks {
            None => Ok(Masks::None),
            Some(folder) => Err(TrainError::Config {
                reason: format!(
                    "{:?} learns from no masks with these settings\nFolder: {folder:?}",
                    config.method
                ),
            }),
        };
    };
    let Some(manifest) = manifest else {
        return Ok(Masks::None);
    };
    if let Some(folder) = &settings.masks {
        let set = annotated(folder, method, config, &manifest, job)?;
        return Ok(Masks::Given { plan, set });
    }
    let is_chosen_from = |item: &&crate::data::Item| {
        item.label == 1 && item.mask.is_some() && matches!(item.split, Some(Split::Train) | None)
    };
    if !manifest.items.iter().any(|item| is_chosen_from(&item)) {
        return Err(TrainError::Config {
            reason: "no manipulated item of the data has a mask. Paint some (`seam annotate queue`) and give their \
                     folder with --masks, or set num_masks to 0"
                .to_owned(),
        });
    }
    Ok(Masks::Exact {
        plan,
        manifest: Box::new(manifest),
    })
}

/// Finished masks of clips that the training may learn from.
fn annotated(
    folder: &Path,
    method: &MethodInfo,
    config: &TrainConfig,
    manifest: &Manifest,
    job: &mut JobContext,
) -> Result<MaskedSet, TrainError> {
    let failed = |reason: String| TrainError::Config { reason };
    let annotations = AnnotationFolder::open(folder).map_err(|err| failed(err.to_string()))?;
    let rule = (method.crop_rule)(config);
    let finished = finished_faces(&annotations, rule, job).map_err(|err| match err {
        FinishedError::Cancelled(cancelled) => TrainError::Cancelled(cancelled),
        err => failed(err.to_string()),
    })?;
    let held_back = [Split::Val, Split::Test].map(|split| manifest.of_split(split));
    let held_back: BTreeSet<PathBuf> = held_back
        .into_iter()
        .flatten()
        .map(|(_, item)| whole_path(&manifest.full_path(&item.path)))
        .collect();
    let mut faces = Vec::with_capacity(finished.len());
    for face in finished {
        let source = format!("{}, task {}", face.item, face.task.0);
        if held_back.contains(&whole_path(&annotations.item_path(&face.item))) {
            job.warn(format!(
                "The mask of {source} is left out: its clip is held back from training"
            ));
            continue;
        }
        faces.push(MaskedFace {
            pixels: face.pixels,
            mask: face.mask,
            source,
        });
    }
    if faces.is_empty() {
        return Err(failed(format!(
            "there is no finished mask to learn from\nFolder: {folder:?}"
        )));
    }
    Ok(MaskedSet {
        faces: Arc::new(faces),
    })
}

impl Masks {
    /// What a run that goes on after so many steps had chosen.
    pub fn chosen_before(&self, step: u64, out: &Path) -> Result<Option<Choice>, TrainError> {
        let Self::Exact { .. } = self else {
            return Ok(None);
        };
        let mut choices = choose::kept(out)?.into_iter();
        Ok(choices.rfind(|choice| choice.step < step))
    }

    /// Whether faces are taken, or chosen anew, after so many steps; `has_any` tells whether there are any yet.
    pub fn are_due(&self, step: u64, has_any: bool) -> bool {
        match self {
            Self::None => false,
            Self::Given { plan, .. } => plan.from_step <= step && !has_any,
            Self::Exact { plan, .. } => {
                let Some(since) = step.checked_sub(plan.from_step) else {
                    return false;
                };
                let is_again = plan
                    .every
                    .is_some_and(|every| since.is_multiple_of(every.max(1)));
                0 < plan.count && (!has_any || since == 0 || is_again)
            }
        }
    }

    /// For the model's card.
    pub fn told(&self, num_faces: usize, out: &Path) -> Option<CardMasks> {
        let (origin, order) = match self {
            Self::None => return None,
            Self::Given { .. } => ("painted by a person, or filled in by hand", None),
            Self::Exact { plan, .. } => ("exact, of the data", Some(plan.order.name().to_owned())),
        };
        let choices = choose::kept(out).unwrap_or_default();
        Some(CardMasks {
            faces: num_faces,
            origin: origin.to_owned(),
            order,
            channels: choices
                .last()
                .map(|last| last.channels.clone())
                .unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::annotations::Order;

    #[test]
    fn faces_are_chosen_where_masks_begin_to_count_and_again_as_often_as_wanted() {
        let masks = |every, count| Masks::Exact {
            plan: MaskPlan {
                from_step: 10,
                count,
                order: Order::Active,
                every,
            },
            manifest: Box::new(Manifest {
                dir: "nowhere".into(),
                items: Vec::new(),
            }),
        };
        let due = |masks: &Masks, steps: &[u64]| -> Vec<u64> {
            let mut has_any = false;
            let is_due = |step: &u64| {
                let is_due = masks.are_due(*step, has_any);
                has_any |= is_due;
                is_due
            };
            steps.iter().copied().filter(is_due).collect()
        };
        let steps: Vec<u64> = (0..20).collect();
        assert_eq!(due(&masks(None, 5), &steps), [10]);
        assert_eq!(due(&masks(Some(4), 5), &steps), [10, 14, 18]);
        assert!(due(&masks(None, 0), &steps).is_empty());
        assert!(due(&Masks::None, &steps).is_empty());
        // A run that starts after that step, as with a model given, chooses at once.
        assert_eq!(due(&masks(None, 5), &[12, 13]), [12]);
    }
}
