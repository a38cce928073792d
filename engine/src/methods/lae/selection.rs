//! Which faces are worth a mask (METHODS 3.3; paper 002, Eq. 10): channels that tell manipulated faces, and
//! candidates by how much those fire.

mod duplicates;
#[cfg(test)]
mod tests;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde::{Deserialize, Serialize};

pub use crate::methods::lae::selection::duplicates::{LeftOut, without_near_duplicates};

use crate::data::annotations::{Chosen, Order};
use crate::data::logistic;

/// Concepts kept: "ten largest components of w" (METHODS 3.3).
pub const MAX_CONCEPTS: usize = 10;

/// Channels that are larger on manipulated faces, and what is needed to say how much they fire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Concepts {
    /// At most [`MAX_CONCEPTS`], of positive weight, by weight descending.
    pub channels: Vec<Concept>,
    /// Of each channel over the faces that the concepts were found with.
    pub mean: Vec<f32>,
    /// Standard deviation of each channel over them; 0 where it does not vary.
    pub deviation: Vec<f32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Concept {
    pub channel: u32,
    /// What one standard deviation of the channel adds to the logit of "manipulated".
    pub weight: f32,
}

/// A face that a mask may be asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// u: the global average pool of the last convolution, one value a channel.
    pub features: Vec<f32>,
    /// The model's score; above zero leans to manipulated.
    pub logit: f32,
    /// By its label.
    pub is_manipulated: bool,
    /// The same number for all faces of one clip, or picture.
    pub clip: usize,
    /// Place among the clip's decoded frames, from zero.
    pub frame_index: u32,
}

/// A candidate's place in a queue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    /// Its place in the list of candidates.
    pub candidate: usize,
    /// What the order sorts by, larger first: the sum of deviations ([`Concepts::value`]) for active selection,
    /// minus the distance of the logit from zero for uncertainty, a number from 0 to 1 for chance.
    pub value: f32,
}

/// Why no concepts were found.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SelectionError {
    #[error(
        "Could not find what tells manipulated faces: there are {num_pristine} pristine and {num_manipulated} \
         manipulated ones, and both are needed"
    )]
    OneSided {
        num_pristine: usize,
        num_manipulated: usize,
    },
    #[error(
        "Could not find what tells manipulated faces: face {face} has {found} features and {expected} were expected"
    )]
    Uneven {
        face: usize,
        expected: usize,
        found: usize,
    },
    #[error(
        "Could not find what tells manipulated faces: feature {channel} of face {face} is not a number"
    )]
    NotFinite { face: usize, channel: usize },
    #[error(
        "Could not find what tells manipulated faces: no channel is larger on them than on pristine ones"
    )]
    NoConcept,
}

/// Finds the channels that tell manipulated faces, by logistic regression on standardized features with a
/// ridge.
///
/// Eq. 10 as printed has no minus sign and the paper's l, which is 1 for pristine faces; read as it must be, it is
/// the cross-entropy with target 1 - l, and that is our label (METHODS 3.3).
///
/// `features` and `is_manipulated` go together, one each for a face. Some seconds for thousands of faces.
pub fn concepts(
    features: &[Vec<f32>],
    is_manipulated: &[bool],
) -> Result<Concepts, SelectionError> {
    let num_manipulated = is_manipulated.iter().filter(|is| **is).count();
    if features.len() != is_manipulated.len()
        || num_manipulated == 0
        || num_manipulated == features.len()
    {
        return Err(SelectionError::OneSided {
            num_pristine: features.len().saturating_sub(num_manipulated),
            num_manipulated,
        });
    }
    check_rows(features)?;
    let rows: Vec<Vec<f64>> = features
        .iter()
        .map(|row| row.iter().copied().map(f64::from).collect())
        .collect();
    let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
    let shares = vec![1.0; rows.len()];
    let line = logistic::fit(&rows, is_manipulated, &shares).ok_or(SelectionError::NoConcept)?;

    let single = |values: &[f64]| values.iter().map(|value| *value as f32).collect();
    let mut channels: Vec<Concept> = (0_u32..)
        .zip(&line.weights)
        .map(|(channel, weight)| Concept {
            channel,
            weight: *weight as f32,
        })
        .filter(|concept| 0.0 < concept.weight)
        .collect();
    if channels.is_empty() {
        return Err(SelectionError::NoConcept);
    }
    // Stable: of equal weights the first channel stays first.
    channels.sort_by(|one, other| other.weight.total_cmp(&one.weight));
    channels.truncate(MAX_CONCEPTS);
    Ok(Concepts {
        channels,
        mean: single(&line.means),
        deviation: single(&line.deviations),
    })
}

/// Those of all candidates where the order goes by them; `None` for other orders.
pub fn concepts_for(
    order: Order,
    candidates: &[Candidate],
) -> Result<Option<Concepts>, SelectionError> {
    if order != Order::Active {
        return Ok(None);
    }
    let all = || candidates.iter();
    let features: Vec<Vec<f32>> = all().map(|one| one.features.clone()).collect();
    let labels: Vec<bool> = all().map(|one| one.is_manipulated).collect();
    concepts(&features, &labels).map(Some)
}

fn check_rows(features: &[Vec<f32>]) -> Result<(), SelectionError> {
    let expected = features.first().map_or(0, Vec::len);
    for (face, row) in features.iter().enumerate() {
        if row.len() != expected {
            return Err(SelectionError::Uneven {
                face,
                expected,
                found: row.len(),
            });
        }
        if let Some(channel) = row.iter().position(|value| !value.is_finite()) {
            return Err(SelectionError::NotFinite { face, channel });
        }
    }
    Ok(())
}

impl Concepts {
    /// How much a face fires them: the sum of their standardized activations, each in deviations from its mean. The
    /// paper does not say how channels are joined; a sum without weights is METHODS 3.3's reading.
    pub fn value(&self, features: &[f32]) -> f32 {
        let concepts = self.channels.iter();
        concepts
            .map(|concept| self.deviations(concept.channel, features))
            .sum()
    }

    /// Those that are above their mean on a face, farthest above first.
    pub fn fired(&self, features: &[f32]) -> Vec<Chosen> {
        let mut fired: Vec<Chosen> = self
            .channels
            .iter()
            .map(|concept| Chosen {
                channel: concept.channel,
                weight: concept.weight,
                deviations: self.deviations(concept.channel, features),
            })
            .filter(|chosen| 0.0 < chosen.deviations)
            .collect();
        fired.sort_by(|one, other| other.deviations.total_cmp(&one.deviations));
        fired
    }

    /// Standard deviations of a channel above its mean; 0 for one that does not vary or that a face lacks.
    fn deviations(&self, channel: u32, features: &[f32]) -> f32 {
        let channel = channel as usize;
        let of = |values: &[f32]| values.get(channel).copied().unwrap_or(0.0);
        let deviation = of(&self.deviation);
        if 0.0 < deviation && channel < features.len() {
            (of(features) - of(&self.mean)) / deviation
        } else {
            0.0
        }
    }
}

/// Puts candidates in order, what is to be marked first at the front; equals stay in the order of their numbers.
///
/// Masks are asked for manipulated faces alone, as in the paper, in every order, so that orders compare. Where no
/// candidate is manipulated by its label, as for clips without labels, all are ranked. Active selection needs
/// `concepts` and without them ranks none. `seed` deals the order by chance: a candidate's draw is by its number, so
/// that it does not change with the labels of others. What a person asks for ([`Order::Asked`]) stays as it comes.
pub fn rank(
    order: Order,
    candidates: &[Candidate],
    concepts: Option<&Concepts>,
    seed: u64,
) -> Vec<Ranked> {
    let is_labelled = candidates.iter().any(|candidate| candidate.is_manipulated);
    let mut rng = StdRng::seed_from_u64(seed);
    let mut ranked = Vec::new();
    for (at, candidate) in candidates.iter().enumerate() {
        let value = match order {
            Order::Active => match concepts {
                Some(concepts) => concepts.value(&candidate.features),
                None => return Vec::new(),
            },
            Order::Uncertainty => -candidate.logit.abs(),
            Order::Random => rng.random::<f32>(),
            Order::Asked => 0.0,
        };
        if candidate.is_manipulated || !is_labelled {
            ranked.push(Ranked {
                candidate: at,
                // What cannot be measured comes last.
                value: if value.is_nan() {
                    f32::NEG_INFINITY
                } else {
                    value
                },
            });
        }
    }
    ranked.sort_by(|one, other| other.value.total_cmp(&one.value));
    ranked
}
