//! What follows from a finished record and takes too long to work out for every frame of the window.

use std::collections::BTreeMap;

use seam_engine::analysis::disagreement::{self, Disagreement};
use seam_engine::analysis::next_steps::{NextStep, next_steps};
use seam_engine::analysis::record::Analysis;
use seam_engine::analysis::spread::Spread;
use seam_engine::analysis::unchecked::not_checked;
use seam_engine::faces::TrackId;

/// Made once a record is there.
#[derive(Debug)]
pub struct Digest {
    /// By person, then by the method's stable name.
    pub spreads: BTreeMap<TrackId, BTreeMap<String, Spread>>,
    pub disagreements: BTreeMap<TrackId, Disagreement>,
    pub not_checked: Vec<String>,
    pub next_steps: Vec<NextStep>,
}

impl Digest {
    pub fn of(analysis: &Analysis) -> Self {
        let spreads = analysis.tracks.iter().map(|track| {
            let checks = track.checks.iter().filter_map(|check| {
                let spread = Spread::of_frames(&check.frames)?;
                Some((check.method.clone(), spread))
            });
            (track.id, checks.collect())
        });
        let disagreements = (analysis.tracks.iter())
            .filter_map(|track| Some((track.id, disagreement::on_track(track)?)));
        Self {
            spreads: spreads.collect(),
            disagreements: disagreements.collect(),
            not_checked: not_checked(analysis),
            next_steps: next_steps(analysis),
        }
    }

    pub fn spread(&self, track: TrackId, method: &str) -> Option<&Spread> {
        self.spreads.get(&track)?.get(method)
    }
}
