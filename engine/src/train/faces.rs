//! The faces of a training, of either kind that methods learn from.

use std::sync::Arc;

use crate::data::labelled::LabelledFaces;
use crate::forge::pristine::PristineFaces;
use crate::methods::{Examples, MethodInfo};
use crate::train::loader::Source;
use crate::train::masked::MaskedSet;
use crate::train::{TrainConfig, TrainError};

/// Faces to train or to validate on.
#[derive(Clone)]
pub enum Faces {
    /// Examples are made of them.
    Pristine(Arc<PristineFaces>),
    /// They are the examples.
    Labelled(Arc<LabelledFaces>),
}

impl Faces {
    /// Paths of all clips.
    pub fn clips(&self) -> Vec<String> {
        match self {
            Self::Pristine(faces) => faces.clips.clone(),
            Self::Labelled(faces) => faces.clips.iter().map(|clip| clip.path.clone()).collect(),
        }
    }

    /// How many faces there are of each clip.
    pub fn counts(&self) -> Vec<usize> {
        let (num_clips, clip_of_face): (usize, Vec<usize>) = match self {
            Self::Pristine(faces) => (
                faces.clips.len(),
                faces.faces.iter().map(|face| face.clip).collect(),
            ),
            Self::Labelled(faces) => (
                faces.clips.len(),
                faces.faces.iter().map(|face| face.clip).collect(),
            ),
        };
        let mut counts = vec![0; num_clips];
        for clip in clip_of_face {
            counts[clip] += 1;
        }
        counts
    }

    /// What was done to each clip; `None` for pristine ones.
    pub fn techniques(&self) -> Vec<Option<String>> {
        match self {
            Self::Pristine(faces) => vec![None; faces.clips.len()],
            Self::Labelled(faces) => {
                let name = |technique: u8| faces.techniques[usize::from(technique)].clone();
                let clips = faces.clips.iter();
                clips.map(|clip| clip.technique.map(name)).collect()
            }
        }
    }

    /// Names of all techniques, by the number that batches carry.
    pub fn technique_names(&self) -> &[String] {
        match self {
            Self::Pristine(_) => &[],
            Self::Labelled(faces) => &faces.techniques,
        }
    }

    /// How a method makes its batches of them. Fails where the method learns from the other kind.
    /// `masked` are faces with masks beside those, where the method learns from masks.
    pub fn source(
        &self,
        method: &MethodInfo,
        config: &TrainConfig,
        masked: &MaskedSet,
    ) -> Result<Source, TrainError> {
        match (self, &method.examples) {
            (Self::Pristine(faces), Examples::MadeUp { draw, .. }) => {
                let (draw, config) = (*draw, config.clone());
                Ok(Source::MadeUp {
                    faces: Arc::clone(faces),
                    draw: Box::new(move |step| draw(&config, step)),
                })
            }
            (Self::Labelled(faces), Examples::Labelled(plan)) => {
                let (plan, config) = (*plan, config.clone());
                Ok(Source::Labelled {
                    faces: Arc::clone(faces),
                    masked: masked.clone(),
                    plan: Box::new(move |step| plan(&config, step)),
                })
            }
            _ => Err(TrainError::Config {
                reason: "the method does not learn from faces of this kind".to_owned(),
            }),
        }
    }
}
