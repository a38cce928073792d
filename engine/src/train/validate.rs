//! Validation: the same made-up examples of held-back clips every time, and what the model says of them.

use crate::detectors::FaceScore;
use crate::detectors::card::CategoryAuc;
use crate::eval::metrics::{Scored, auc};
use crate::forge::pristine::PristineFaces;
use crate::job::JobContext;
use crate::methods::{Examples, MethodInfo};
use crate::train::faces::Faces;
use crate::train::loader::{LoaderSettings, validation_batch, validation_batches};
use crate::train::watch::Watchable;
use crate::train::{Batch, TrainConfig, TrainError};

/// Fixed batches.
pub struct ValidationSet {
    categories: Vec<String>,
    batches: Vec<ValidationBatch>,
    clips: Vec<String>,
}

struct ValidationBatch {
    batch: Batch,
    /// Its faces are compared within this category alone; `None`: its pristine faces with those of
    /// every category.
    category: Option<usize>,
}

/// What one validation found. AUCs are `None` where they cannot be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Validation {
    /// Over all categories together.
    pub auc: Option<f64>,
    pub by_category: Vec<CategoryAuc>,
    /// Every face with its final score.
    pub scored: Vec<Scored>,
}

impl ValidationSet {
    /// The examples to validate on; the same for the same faces and configuration.
    pub fn make(
        method: &MethodInfo,
        config: &TrainConfig,
        faces: &Faces,
        job: &mut JobContext,
    ) -> Result<Self, TrainError> {
        let settings = LoaderSettings {
            seed: config.seed,
            size_px: config.size_px,
            batch_size: config.batch_size,
            first_step: 0,
            num_threads: 1,
        };
        let (categories, batches) = match (faces, &method.examples) {
            (Faces::Pristine(faces), Examples::MadeUp { categories, .. }) => {
                let names = categories.iter().map(|name| (*name).to_owned()).collect();
                (
                    names,
                    made_up(faces, &settings, config, categories.len(), job)?,
                )
            }
            (Faces::Labelled(faces), Examples::Labelled(_)) => {
                job.tick("Reading validation faces", 0, None)?;
                let most = config.validation_batches as usize * config.batch_size;
                let batches = validation_batches(faces, &settings, most)
                    .map_err(|detail| TrainError::Loader { detail })?;
                let unbound = |batch| ValidationBatch {
                    batch,
                    category: None,
                };
                let batches = batches.into_iter().map(unbound).collect();
                (faces.techniques.clone(), batches)
            }
            _ => {
                return Err(TrainError::Config {
                    reason: "the method does not validate on faces of this kind".to_owned(),
                });
            }
        };
        Ok(Self {
            categories,
            batches,
            clips: faces.clips(),
        })
    }

    /// All batches.
    pub fn batches(&self) -> impl Iterator<Item = &Batch> {
        self.batches.iter().map(|validation| &validation.batch)
    }

    /// Every face, as what may be watched.
    pub fn watchable(&self) -> Vec<Watchable<'_>> {
        let mut all = Vec::new();
        for ValidationBatch { batch, category } in &self.batches {
            let length = 3 * batch.size_px as usize * batch.size_px as usize;
            let pictures = batch.pixels.chunks_exact(length);
            for (at, (pixels, label)) in pictures.zip(&batch.labels).enumerate() {
                let is_manipulated = 0.5 < *label;
                let own = batch.categories.get(at).copied().flatten();
                let category = own.map(usize::from).or(*category);
                let technique = category.and_then(|at| self.categories.get(at));
                let technique = technique.map(String::as_str);
                all.push(Watchable {
                    size_px: batch.size_px,
                    rgb: pixels,
                    is_manipulated,
                    technique: technique.filter(|_| is_manipulated),
                    clip: clip_of(batch.sources.get(at), &self.clips),
                });
            }
        }
        all
    }

    /// Scores all batches by `score` and compares.
    pub fn validate(
        &self,
        job: &mut JobContext,
        mut score: impl FnMut(&Batch) -> Result<Vec<FaceScore>, TrainError>,
    ) -> Result<Validation, TrainError> {
        let total = self.batches.len() as u64;
        let mut scored = Vec::new();
        let mut final_scores = vec![Vec::new(); self.categories.len()];
        let mut part_scores = vec![Vec::new(); self.categories.len()];
        for (done, ValidationBatch { batch, category }) in self.batches.iter().enumerate() {
            job.tick("Validating", done as u64, Some(total))?;
            let scores = score(batch)?;
            for (at, (face, label)) in scores.iter().zip(&batch.labels).enumerate() {
                let of = |score: f32| Scored {
                    is_manipulated: 0.5 < *label,
                    score: score.into(),
                    clip: clip_of(batch.sources.get(at), &self.clips),
                };
                scored.push(of(face.logit));
                let own = batch.categories.get(at).copied().flatten();
                let category = category.or(own.map(usize::from));
                // A pristine face that belongs to no category is compared with all.
                let compared = match category {
                    Some(category) => category..category + 1,
                    None => 0..self.categories.len(),
                };
                for category in compared {
                    final_scores[category].push(of(face.logit));
                    if let Some(part) = face.parts.get(category) {
                        part_scores[category].push(of(*part));
                    }
                }
            }
        }
        let by_category = self
            .categories
            .iter()
            .enumerate()
            .map(|(at, category)| CategoryAuc {
                category: category.clone(),
                auc: auc(&final_scores[at]),
                auc_of_part: auc(&part_scores[at]),
            })
            .collect();
        Ok(Validation {
            auc: auc(&scored),
            by_category,
            scored,
        })
    }
}

fn made_up(
    faces: &PristineFaces,
    settings: &LoaderSettings,
    config: &TrainConfig,
    num_categories: usize,
    job: &mut JobContext,
) -> Result<Vec<ValidationBatch>, TrainError> {
    let total = num_categories as u64;
    let mut batches = Vec::new();
    for category in 0..num_categories {
        job.tick("Making validation examples", category as u64, Some(total))?;
        for part in 0..config.validation_batches {
            batches.push(ValidationBatch {
                batch: validation_batch(faces, settings, category as u8, part)?,
                category: Some(category),
            });
        }
    }
    Ok(batches)
}

/// The clip that a source names: the longest path it begins with. Unknown ones count as one clip.
fn clip_of(source: Option<&String>, clips: &[String]) -> usize {
    let Some(source) = source else {
        return clips.len();
    };
    let named = clips
        .iter()
        .enumerate()
        .filter(|(_, clip)| source.starts_with(clip.as_str()));
    named
        .max_by_key(|(_, clip)| clip.len())
        .map_or(clips.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(labels: &[f32], sources: &[&str]) -> Batch {
        Batch {
            size_px: 1,
            pixels: vec![0; 3 * labels.len()],
            labels: labels.to_vec(),
            categories: vec![None; labels.len()],
            sources: sources.iter().map(|source| (*source).to_owned()).collect(),
            masked: None,
        }
    }

    fn of(category: usize, batch: Batch) -> ValidationBatch {
        ValidationBatch {
            batch,
            category: Some(category),
        }
    }

    #[test]
    fn pristine_faces_of_no_category_are_compared_with_every_technique() {
        let mut batch = batch(&[0.0, 1.0, 1.0], &["a frame 1", "b frame 1", "c frame 1"]);
        batch.categories = vec![None, Some(0), Some(1)];
        let set = ValidationSet {
            categories: vec!["one".to_owned(), "two".to_owned(), "none".to_owned()],
            batches: vec![ValidationBatch {
                batch,
                category: None,
            }],
            clips: ["a", "b", "c"].map(str::to_owned).to_vec(),
        };
        let score = |logit| FaceScore {
            logit,
            parts: Vec::new(),
        };
        let validation = set
            .validate(&mut JobContext::detached(), |_| {
                Ok([1.0, 2.0, 0.0].map(score).to_vec())
            })
            .unwrap();
        let aucs: Vec<Option<f64>> = validation.by_category.iter().map(|c| c.auc).collect();
        assert_eq!(aucs, [Some(1.0), Some(0.0), None]);
        assert_eq!(validation.auc, Some(0.5));
        assert_eq!(validation.scored.len(), 3);
        let watchable = set.watchable();
        let told = watchable.iter().map(|face| face.technique);
        assert!(told.eq([None, Some("one"), Some("two")]));
        assert_eq!(watchable[2].clip, 2);
    }

    #[test]
    fn categories_are_told_apart_and_together() {
        let set = ValidationSet {
            categories: vec!["one".to_owned(), "two".to_owned()],
            batches: vec![
                of(0, batch(&[0.0, 1.0], &["a.mp4 frame 1", "b.mp4 frame 1"])),
                of(
                    1,
                    batch(&[0.0, 1.0], &["a.mp4 frame 2", "a.mp4.mp4 frame 2"]),
                ),
            ],
            clips: vec![
                "a.mp4".to_owned(),
                "a.mp4.mp4".to_owned(),
                "b.mp4".to_owned(),
            ],
        };
        let mut calls = 0;
        let validation = set
            .validate(&mut JobContext::detached(), |_| {
                calls += 1;
                let logits = if calls == 1 { [0.0, 2.0] } else { [3.0, 1.0] };
                Ok(logits
                    .map(|logit| FaceScore {
                        logit,
                        parts: vec![logit, -logit],
                    })
                    .to_vec())
            })
            .unwrap();
        let aucs: Vec<_> = validation
            .by_category
            .iter()
            .map(|category| (category.auc, category.auc_of_part))
            .collect();
        assert_eq!(aucs, [(Some(1.0), Some(1.0)), (Some(0.0), Some(1.0))]);
        assert_eq!(validation.auc, Some(0.5));
        let clips: Vec<usize> = validation.scored.iter().map(|face| face.clip).collect();
        assert_eq!(clips, [0, 2, 0, 1]);
    }
}
