//! Validation: the same made-up examples of held-back clips every time, and what the model says of them.

use crate::detectors::FaceScore;
use crate::detectors::card::CategoryAuc;
use crate::eval::metrics::{Scored, auc};
use crate::forge::pristine::PristineFaces;
use crate::job::JobContext;
use crate::methods::MethodInfo;
use crate::train::loader::{LoaderSettings, validation_batch};
use crate::train::{Batch, TrainConfig, TrainError};

/// Fixed batches, those of each category together.
pub struct ValidationSet {
    categories: &'static [&'static str],
    by_category: Vec<Vec<Batch>>,
    clips: Vec<String>,
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
    /// Makes the examples; the same for the same faces and configuration.
    pub fn make(
        method: &MethodInfo,
        config: &TrainConfig,
        faces: &PristineFaces,
        job: &mut JobContext,
    ) -> Result<Self, TrainError> {
        let settings = LoaderSettings {
            seed: config.seed,
            size_px: config.size_px,
            batch_size: config.batch_size,
            first_step: 0,
            num_threads: 1,
        };
        let total = method.categories.len() as u64;
        let mut by_category = Vec::with_capacity(method.categories.len());
        for category in 0..total {
            job.tick("Making validation examples", category, Some(total))?;
            let batches = (0..config.validation_batches)
                .map(|part| validation_batch(faces, &settings, category as u8, part))
                .collect::<Result<_, _>>()?;
            by_category.push(batches);
        }
        Ok(Self {
            categories: method.categories,
            by_category,
            clips: faces.clips.clone(),
        })
    }

    /// Batches with the number of their category.
    pub fn batches(&self) -> impl Iterator<Item = (usize, &Batch)> {
        let numbered = self.by_category.iter().enumerate();
        numbered.flat_map(|(category, batches)| batches.iter().map(move |batch| (category, batch)))
    }

    /// Scores all batches by `score` and compares.
    pub fn validate(
        &self,
        job: &mut JobContext,
        mut score: impl FnMut(&Batch) -> Result<Vec<FaceScore>, TrainError>,
    ) -> Result<Validation, TrainError> {
        let total = self.batches().count() as u64;
        let mut final_scores = vec![Vec::new(); self.categories.len()];
        let mut part_scores = vec![Vec::new(); self.categories.len()];
        for (done, (category, batch)) in self.batches().enumerate() {
            job.tick("Validating", done as u64, Some(total))?;
            let scores = score(batch)?;
            for (at, (face, label)) in scores.iter().zip(&batch.labels).enumerate() {
                let scored = |score: f32| Scored {
                    is_manipulated: 0.5 < *label,
                    score: score.into(),
                    clip: clip_of(batch.sources.get(at), &self.clips),
                };
                final_scores[category].push(scored(face.logit));
                if let Some(part) = face.parts.get(category) {
                    part_scores[category].push(scored(*part));
                }
            }
        }
        let by_category = self
            .categories
            .iter()
            .enumerate()
            .map(|(at, category)| CategoryAuc {
                category: (*category).to_owned(),
                auc: auc(&final_scores[at]),
                auc_of_part: auc(&part_scores[at]),
            })
            .collect();
        let scored = final_scores.concat();
        Ok(Validation {
            auc: auc(&scored),
            by_category,
            scored,
        })
    }
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
        }
    }

    #[test]
    fn categories_are_told_apart_and_together() {
        let set = ValidationSet {
            categories: &["one", "two"],
            by_category: vec![
                vec![batch(&[0.0, 1.0], &["a.mp4 frame 1", "b.mp4 frame 1"])],
                vec![batch(&[0.0, 1.0], &["a.mp4 frame 2", "a.mp4.mp4 frame 2"])],
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
