//! What the window works out of a density model's look, off the window's thread.

use seam_engine::analysis::likelihood::sentence;
use seam_engine::analysis::look::Look;
use seam_engine::detectors::MapKind;
use seam_engine::detectors::likelihood::{LikelihoodPlace, place};

use crate::maps::costliest::Costliest;
use crate::maps::histogram::Histogram;

/// A face's likelihood beside the references, and its costliest pixels. Nothing where the method models no
/// density.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Density {
    pub histogram: Option<Histogram>,
    pub place: Option<LikelihoodPlace>,
    /// The place in words; empty without a likelihood.
    pub sentence: String,
    /// Where they are to be marked.
    pub costliest: Option<Costliest>,
}

impl Density {
    /// `costliest` is the share of the pixels that are to be marked, if any are.
    pub fn of(look: &Look, costliest: Option<f32>) -> Self {
        let map = look.map(MapKind::LogLikelihood).zip(costliest);
        let costliest = map.and_then(|(map, share)| Costliest::of(map, share));
        let Some(likelihood) = &look.likelihood else {
            return Self {
                costliest,
                ..Self::default()
            };
        };
        let place = place(likelihood.face, &likelihood.references);
        Self {
            histogram: Histogram::of(&likelihood.references),
            place,
            sentence: sentence(likelihood.face, place),
            costliest,
        }
    }
}
