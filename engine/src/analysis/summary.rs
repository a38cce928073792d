//! The verdict in words: what the evidence allows to say, and what it does not.

use crate::analysis::record::{Check, CheckState, Summary, TrackRecord, Verdict};
use crate::faces::{Aligner, GateState};
use crate::media::MediaInfo;

/// From this mean score on, a detector objects; from the second on, strongly. Scores are compared with
/// these only to choose words, and the words say when the scores are not calibrated.
const SOME_SCORE: f32 = 0.6;
const STRONG_SCORE: f32 = 0.9;
/// Below this, a detector has little to object to.
const LITTLE_SCORE: f32 = 0.4;

/// Sums up all persons: the strongest evidence leads, and every limit is named.
pub fn summarize(
    tracks: &[TrackRecord],
    absent: &[Check],
    aligner: Aligner,
    info: &MediaInfo,
) -> Summary {
    let verdicts: Vec<(Verdict, &TrackRecord)> = tracks
        .iter()
        .map(|track| (verdict_on(track), track))
        .collect();
    let leading = verdicts.iter().min_by_key(|(verdict, _)| rank(*verdict));
    let (verdict, sentence) = match leading {
        None => (
            Verdict::CannotTell,
            "Cannot tell: no face was found, and every detector here looks at faces".to_owned(),
        ),
        Some(&(verdict, track)) => (verdict, sentence_on(verdict, track, tracks.len())),
    };
    Summary {
        verdict,
        sentence,
        limits: limits(tracks, absent, aligner, info),
    }
}

/// What may be said of one person. An uncalibrated score alone never carries "strong".
pub fn verdict_on(track: &TrackRecord) -> Verdict {
    if track.gate.state == GateState::NotUsable {
        return Verdict::CannotTell;
    }
    let ran = track
        .checks
        .iter()
        .filter(|check| check.state == CheckState::Ran);
    let highest = ran
        .filter_map(|check| Some((check.score?.value(), check.calibrated)))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match highest {
        None => Verdict::CannotTell,
        Some((score, true)) if STRONG_SCORE <= score && track.gate.state == GateState::Usable => {
            Verdict::Strong
        }
        Some((score, _)) if SOME_SCORE <= score => Verdict::Some,
        Some((score, _)) if score < LITTLE_SCORE => Verdict::Little,
        Some(_) => Verdict::CannotTell,
    }
}

/// Strong evidence on one person outweighs all else; "cannot tell" outweighs "little".
fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Strong => 0,
        Verdict::Some => 1,
        Verdict::CannotTell => 2,
        Verdict::Little => 3,
    }
}

fn sentence_on(verdict: Verdict, track: &TrackRecord, num_people: usize) -> String {
    let who = format!("person {}", track.id.0);
    let ran: Vec<&Check> = track
        .checks
        .iter()
        .filter(|check| check.state == CheckState::Ran)
        .collect();
    let methods = ran
        .iter()
        .map(|check| check.method.to_uppercase())
        .collect::<Vec<_>>()
        .join(", ");
    match verdict {
        Verdict::Strong => format!(
            "Strong evidence of manipulation on {who}: {methods} objects to most of the examined frames"
        ),
        Verdict::Some => format!(
            "Some evidence of manipulation on {who}: {methods} objects to it; this is a lead to follow, not proof"
        ),
        Verdict::Little => {
            let people = if num_people == 1 {
                "the one person"
            } else {
                "any person"
            };
            format!(
                "Little evidence of manipulation on {people} here: {methods} has little to object to, which does not show that the clip is unedited"
            )
        }
        Verdict::CannotTell if track.gate.state == GateState::NotUsable => {
            format!("Cannot tell for {who}: {}", track.gate.reasons.join("; "))
        }
        Verdict::CannotTell if ran.is_empty() => {
            format!("Cannot tell for {who}: no detector could run on them")
        }
        Verdict::CannotTell => {
            format!("Cannot tell for {who}: {methods} neither objects nor is at ease")
        }
    }
}

fn limits(
    tracks: &[TrackRecord],
    absent: &[Check],
    aligner: Aligner,
    info: &MediaInfo,
) -> Vec<String> {
    let mut limits = Vec::new();
    let checks = || tracks.iter().flat_map(|track| &track.checks);
    if checks().any(|check| check.state == CheckState::Ran && !check.calibrated) {
        limits.push(
            "The scores are not calibrated: they rank frames, and they are no probabilities"
                .to_owned(),
        );
    }
    for check in absent {
        let reason = check.reason.as_deref().unwrap_or("no reason was given");
        limits.push(format!(
            "{} did not run: {reason}",
            check.method.to_uppercase()
        ));
    }
    for track in tracks {
        if track.gate.state == GateState::Weak {
            limits.push(format!(
                "Person {} is weak material: {}",
                track.id.0,
                track.gate.reasons.join("; ")
            ));
        }
    }
    if aligner == Aligner::BoxEstimate {
        limits.push(
            "Faces were aligned by their boxes alone: no landmark model is installed".to_owned(),
        );
    }
    if !info.warnings.is_empty() {
        limits.push("Parts of the file are damaged and were not examined".to_owned());
    }
    limits.push(
        "Heavy compression hides traces and makes false ones; no measure of that was taken on this clip"
            .to_owned(),
    );
    limits
}
