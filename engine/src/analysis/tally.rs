//! What is known of each person so far, and the record made of it in the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use crate::analysis::intake::FaceGroup;
use crate::analysis::record::{BaseRate, Check, CheckState, FrameRecord, Score, TrackRecord};
use crate::analysis::{TrackScore, likelihood, resemblance, summary};
use crate::detectors::DetectorInfo;
use crate::detectors::card::{Calibration, PristineScores};
use crate::detectors::likelihood::LikelihoodReference;
use crate::faces::gate::{self, FaceQuality};
use crate::faces::{Gate, GateState, TrackId, TrackedFace};
use crate::media::FrameId;

/// Every person met so far, by id.
#[derive(Default)]
pub struct Tally {
    tracks: BTreeMap<TrackId, TrackTally>,
}

/// How one detector fared in the whole analysis.
pub struct DetectorRun {
    pub info: &'static DetectorInfo,
    /// Name and weights' hash.
    pub model: String,
    pub calibrated: bool,
    /// From logits to probabilities, where the card has it.
    pub calibration: Option<Calibration>,
    /// How the model takes pristine faces, where its card tells.
    pub pristine: Option<PristineScores>,
    /// What faces can resemble, pristine first; empty where the detector does not tell.
    pub domains: Arc<[String]>,
    /// Of the model's validation faces, pristine ones first; empty where it models no density.
    pub likelihoods: Arc<[LikelihoodReference]>,
    /// Set when the detector failed; scores made before stay.
    pub error: Option<String>,
    pub scores: Vec<TrackScore>,
    /// Where not all usable faces were scored.
    pub budget: Option<Budget>,
}

/// What a slow detector left out.
pub struct Budget {
    /// Usable faces of each person.
    pub usable: BTreeMap<TrackId, usize>,
    /// In words.
    pub reason: String,
}

#[derive(Default)]
struct TrackTally {
    first: Option<FrameId>,
    last: Option<FrameId>,
    frames: u64,
    box_sizes_px: Vec<f32>,
    qualities: Vec<FaceQuality>,
    num_unusable: u64,
}

impl Tally {
    /// One face in one frame, scored or not.
    pub fn see(&mut self, face: &TrackedFace) {
        let track = self.tracks.entry(face.track).or_default();
        track.first.get_or_insert(face.frame);
        track.last = Some(face.frame);
        track.frames += 1;
        track
            .box_sizes_px
            .push(face.box_in_frame.width.min(face.box_in_frame.height));
    }

    /// One examined face; says whether it is fit for scoring.
    pub fn examine(&mut self, track: TrackId, quality: FaceQuality) -> bool {
        let track = self.tracks.entry(track).or_default();
        let is_fit = gate::judge(&quality).state != GateState::NotUsable;
        track.num_unusable += u64::from(!is_fit);
        track.qualities.push(quality);
        is_fit
    }

    /// The gate's answer on a track so far; `None` before one of its faces was examined.
    pub fn gate(&self, track: TrackId) -> Option<Gate> {
        let track = self.tracks.get(&track)?;
        (!track.qualities.is_empty()).then(|| gate::judge_track(&track.qualities))
    }

    /// Every person met so far, as an intake tells of them.
    pub fn groups(&self) -> Vec<FaceGroup> {
        let tracks = self.tracks.iter();
        tracks.filter_map(|(&id, track)| track.group(id)).collect()
    }

    pub fn is_empty(&self) -> bool {
        self.tracks.is_empty()
    }

    /// The record of every person, with one check for each detector that was asked for.
    pub fn into_records(self, runs: &[DetectorRun], absent: &[Check]) -> Vec<TrackRecord> {
        self.tracks
            .into_iter()
            .filter_map(|(id, track)| track.into_record(id, runs, absent))
            .collect()
    }
}

impl TrackTally {
    fn group(&self, id: TrackId) -> Option<FaceGroup> {
        let (first, last) = (self.first?, self.last?);
        let mut sizes = self.box_sizes_px.clone();
        sizes.sort_by(f32::total_cmp);
        Some(FaceGroup {
            track: Some(id),
            most_at_once: 1,
            first_nanos: first.pts_nanos,
            last_nanos: last.pts_nanos,
            frames: self.frames,
            sizes_px: [sizes[0], sizes[sizes.len() / 2], sizes[sizes.len() - 1]],
            typical: (!self.qualities.is_empty()).then(|| gate::median(&self.qualities)),
            gate: gate::judge_track(&self.qualities),
        })
    }

    fn into_record(
        mut self,
        id: TrackId,
        runs: &[DetectorRun],
        absent: &[Check],
    ) -> Option<TrackRecord> {
        let (first, last) = (self.first?, self.last?);
        let gate = if self.qualities.is_empty() {
            Gate {
                state: GateState::NotUsable,
                reasons: vec!["no frame with this face was examined".to_owned()],
            }
        } else {
            gate::judge_track(&self.qualities)
        };
        let mut checks: Vec<Check> = runs
            .iter()
            .map(|run| run.check(id, &gate, self.num_unusable))
            .collect();
        checks.extend_from_slice(absent);
        self.box_sizes_px.sort_by(f32::total_cmp);
        Some(TrackRecord {
            id,
            first_pts_secs: first.pts_secs(),
            last_pts_secs: last.pts_secs(),
            frames: self.frames,
            median_box_px: self.box_sizes_px[self.box_sizes_px.len() / 2],
            gate,
            checks,
        })
    }
}

impl DetectorRun {
    fn check(&self, track: TrackId, gate: &Gate, num_unusable: u64) -> Check {
        let scores: Vec<&TrackScore> = self
            .scores
            .iter()
            .filter(|score| score.track == track)
            .collect();
        let (state, reason) = match (&self.error, scores.is_empty()) {
            (Some(error), _) => (CheckState::Failed, Some(error.clone())),
            (None, true) => (CheckState::NotApplicable, Some(why_unscored(gate))),
            (None, false) => (CheckState::Ran, None),
        };
        let mut check = Check {
            method: self.info.name.to_owned(),
            model: self.model.clone(),
            state,
            reason,
            score: mean(scores.iter().map(|score| score.score.value())).and_then(Score::new),
            calibrated: self.calibrated,
            calibrated_on: self
                .calibration
                .as_ref()
                .map(|calibration| calibration.fitted_on.clone()),
            base_rate: self.base_rate(&scores),
            resembles: None,
            likelihood: likelihood::of_track(&scores, &self.likelihoods),
            frames: scores.iter().map(|score| frame_record(score)).collect(),
            extra: self.extra(track, &scores, num_unusable),
        };
        if summary::verdict_of(&check, gate.state).is_evidence() {
            resemblance::add(&mut check, &self.domains, &scores);
        }
        check
    }

    fn base_rate(&self, scores: &[&TrackScore]) -> Option<BaseRate> {
        let pristine = self.pristine?;
        Some(BaseRate {
            pristine_faces: pristine.faces,
            pristine_clips: pristine.clips,
            share_objected: pristine.share_objected,
            logit_95: pristine.logit_95,
            mean_logit: mean(scores.iter().map(|score| score.raw.logit))?,
        })
    }

    fn extra(
        &self,
        track: TrackId,
        scores: &[&TrackScore],
        num_unusable: u64,
    ) -> serde_json::Value {
        let parts: Vec<_> = self
            .info
            .parts
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let logits = scores.iter().filter_map(|score| score.raw.parts.get(at));
                let mean = mean(
                    logits
                        .filter_map(|&l| Score::from_logit(l))
                        .map(Score::value),
                );
                json!({ "name": name, "mean_score": mean })
            })
            .collect();
        let hottest = scores
            .iter()
            .max_by(|a, b| a.raw.logit.total_cmp(&b.raw.logit))
            .map(|score| json!({ "pts_secs": score.frame.pts_secs(), "index": score.frame.index }));
        let budget = self.budget.as_ref().map(|budget| {
            json!({
                "faces_scored": scores.len(),
                "faces_usable": budget.usable.get(&track),
                "reason": budget.reason,
            })
        });
        let mut extra = json!({
            "aggregation": "mean of frame scores",
            "frames_scored": scores.len(),
            "frames_not_usable": num_unusable,
            "hottest_frame": hottest,
            "parts": parts,
        });
        if let Some(budget) = budget {
            extra["budget"] = budget;
        }
        extra
    }
}

fn why_unscored(gate: &Gate) -> String {
    if gate.reasons.is_empty() {
        "no frame with this face was examined".to_owned()
    } else {
        gate.reasons.join("; ")
    }
}

fn frame_record(score: &TrackScore) -> FrameRecord {
    FrameRecord {
        pts_secs: score.frame.pts_secs(),
        index: score.frame.index,
        logit: score.raw.logit,
        score: score.score,
        parts: score.raw.parts.clone(),
        domains: Vec::new(),
        bits_per_dim: score.likelihood.map(|face| face.bits_per_dim),
    }
}

/// `None` for nothing. Summed in `f64`, so that long clips lose no digits.
pub(super) fn mean(values: impl Iterator<Item = f32>) -> Option<f32> {
    let (mut sum, mut count) = (0.0_f64, 0_u32);
    for value in values {
        sum += f64::from(value);
        count += 1;
    }
    (count != 0).then(|| (sum / f64::from(count)) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::FaceScore;
    use crate::media::MediaHash;

    static INFO: DetectorInfo = DetectorInfo {
        name: "did",
        title: "",
        looks_at: "",
        limits: "",
        parts: &[],
        maps: &[],
    };

    /// A check on one person whose two frames have this score, and look like a swap.
    fn check(score: f32, gate: GateState) -> Check {
        let track_score = |index: u32| TrackScore {
            track: TrackId(1),
            frame: FrameId {
                media: MediaHash::of(b"test"),
                stream: 0,
                pts_nanos: 0,
                index,
            },
            raw: FaceScore {
                logit: 1.0,
                parts: Vec::new(),
            },
            score: Score::new(score).unwrap(),
            domains: vec![0.2, 0.7, 0.1],
            likelihood: None,
        };
        let run = DetectorRun {
            info: &INFO,
            model: String::new(),
            calibrated: true,
            calibration: None,
            pristine: None,
            domains: ["pristine", "swap", "reenact"].map(str::to_owned).into(),
            likelihoods: Arc::new([]),
            error: None,
            scores: vec![track_score(0), track_score(1)],
            budget: None,
        };
        let gate = Gate {
            state: gate,
            reasons: Vec::new(),
        };
        run.check(TrackId(1), &gate, 0)
    }

    #[test]
    fn techniques_are_told_only_where_the_check_found_evidence() {
        let found = check(0.8, GateState::Usable);
        let resembles = found.resembles.unwrap();
        assert_eq!(resembles.techniques[0].name, "swap");
        assert_eq!((resembles.domains.len(), resembles.frames), (3, 2));
        assert_eq!(found.frames[1].domains, [0.2, 0.7, 0.1]);
        for (score, gate) in [
            (0.3, GateState::Usable),
            (0.55, GateState::Usable),
            (0.8, GateState::NotUsable),
        ] {
            let silent = check(score, gate);
            assert_eq!(silent.resembles, None, "{score} {gate:?}");
            assert!(silent.frames.iter().all(|frame| frame.domains.is_empty()));
            let json = serde_json::to_value(&silent).unwrap();
            assert_eq!(
                (json.get("resembles"), json["frames"][0].get("domains")),
                (None, None)
            );
        }
    }
}
