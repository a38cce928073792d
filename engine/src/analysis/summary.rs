//! The verdict in words: what the evidence allows to say, and what it does not.

use crate::analysis::record::{Check, CheckState, Summary, TrackRecord, Verdict};
use crate::faces::{Aligner, GateState};
use crate::media::MediaInfo;
use crate::methods;

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

/// What may be said of one person: what their highest score allows.
pub fn verdict_on(track: &TrackRecord) -> Verdict {
    let checks = track.checks.iter();
    let highest = checks
        .filter(|check| check.state == CheckState::Ran)
        .filter_map(|check| Some((check.score?.value(), check)))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    highest.map_or(Verdict::CannotTell, |(_, check)| {
        verdict_of(check, track.gate.state)
    })
}

/// What may be said by one check alone, on a face that the gate judged so. An uncalibrated score alone never
/// carries "strong", and carries "some" only where it is higher than those of 95 % of the pristine faces that
/// the model was tried on.
pub fn verdict_of(check: &Check, gate: GateState) -> Verdict {
    let score = match check.score {
        Some(score) if check.state == CheckState::Ran && gate != GateState::NotUsable => {
            score.value()
        }
        _ => return Verdict::CannotTell,
    };
    if score < LITTLE_SCORE {
        Verdict::Little
    } else if score < SOME_SCORE || is_usual(check) {
        Verdict::CannotTell
    } else if check.calibrated && STRONG_SCORE <= score && gate == GateState::Usable {
        Verdict::Strong
    } else {
        Verdict::Some
    }
}

/// The model objects no more than to some pristine faces: that says nothing.
fn is_usual(check: &Check) -> bool {
    !check.calibrated && check.base_rate.is_some_and(|rate| !rate.is_unusual())
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
    let score = |check: &Check| check.score.map_or(0.0, |score| score.value());
    let saying = |is_wanted: fn(Verdict) -> bool| {
        let gate = track.gate.state;
        let wanted = ran
            .iter()
            .filter(|check| is_wanted(verdict_of(check, gate)));
        Named::of(wanted.copied())
    };
    let objecting = saying(Verdict::is_evidence);
    let all = Named::of(ran.iter().copied());
    // Where detectors disagree, the reader must know which of them says what.
    let but: String = [
        (
            saying(|verdict| verdict == Verdict::Little),
            ["does not", "do not"],
        ),
        (
            saying(|verdict| verdict == Verdict::CannotTell),
            ["cannot tell", "cannot tell"],
        ),
    ]
    .iter()
    .filter(|(others, _)| !others.names.is_empty())
    .map(|(others, [one, several])| format!(", {}", others.with(one, several)))
    .collect();
    match verdict {
        Verdict::Strong => format!(
            "Strong evidence of manipulation on {who}: {} to most of the examined frames{but}",
            objecting.with("objects", "object")
        ),
        Verdict::Some => format!(
            "Some evidence of manipulation on {who}: {} to it{but}; this is a lead to follow, not proof",
            objecting.with("objects", "object")
        ),
        Verdict::Little => {
            let people = if num_people == 1 {
                "the one person"
            } else {
                "any person"
            };
            format!(
                "Little evidence of manipulation on {people} here: {} little to object to, which does not show that the clip is unedited",
                all.with("has", "have")
            )
        }
        Verdict::CannotTell if track.gate.state == GateState::NotUsable => {
            format!("Cannot tell for {who}: {}", track.gate.reasons.join("; "))
        }
        Verdict::CannotTell if ran.is_empty() => {
            format!("Cannot tell for {who}: no detector could run on them")
        }
        Verdict::CannotTell if ran.iter().any(|check| is_usual(check)) => {
            let usual = ran.iter().filter(|check| is_usual(check));
            format!(
                "Cannot tell for {who}: {} no more than to some pristine faces that it was tried on",
                Named::of(usual.copied()).with("objects", "object")
            )
        }
        Verdict::CannotTell => {
            let undecided = ran.iter().filter(|check| LITTLE_SCORE <= score(check));
            format!(
                "Cannot tell for {who}: {} nor at ease",
                Named::of(undecided.copied()).with("is neither objecting", "are neither objecting")
            )
        }
    }
}

/// Detectors as a sentence names them.
struct Named {
    names: Vec<String>,
}

impl Named {
    fn of<'a>(checks: impl Iterator<Item = &'a Check>) -> Self {
        Self {
            names: checks
                .map(|check| methods::short_name(&check.method))
                .collect(),
        }
    }

    /// Their names with a verb for one or for several.
    fn with(&self, one: &str, several: &str) -> String {
        let verb = if self.names.len() == 1 { one } else { several };
        let names = match self.names.split_last() {
            Some((last, others)) if !others.is_empty() => {
                format!("{} and {last}", others.join(", "))
            }
            _ => self.names.concat(),
        };
        format!("{names} {verb}")
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
    let mut told_data: Vec<&str> = Vec::new();
    for check in checks() {
        if let Some(data) = check.calibrated_on.as_deref()
            && !told_data.contains(&data)
        {
            told_data.push(data);
            limits.push(format!(
                "The scores of {} were made probabilities on other material ({data}), for as many manipulated clips as pristine ones; on this clip they may be off",
                methods::short_name(&check.method)
            ));
        }
    }
    let mut told: Vec<&str> = Vec::new();
    for check in checks() {
        if let Some(rate) = check
            .base_rate
            .filter(|_| !told.contains(&check.method.as_str()))
        {
            told.push(&check.method);
            limits.push(format!(
                "{} also objects to {:.0} % of the pristine faces that it was tried on and had not seen ({} faces of {} files)",
                methods::short_name(&check.method),
                100.0 * rate.share_objected,
                rate.pristine_faces,
                rate.pristine_clips
            ));
        }
    }
    for check in absent {
        let reason = check.reason.as_deref().unwrap_or("no reason was given");
        limits.push(format!(
            "{} did not run: {reason}",
            methods::short_name(&check.method)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::record::{BaseRate, Score};
    use crate::faces::{Gate, TrackId};

    fn track(score: f32, calibrated: bool, logit_95: Option<f32>, gate: GateState) -> TrackRecord {
        TrackRecord {
            id: TrackId(1),
            first_pts_secs: 0.0,
            last_pts_secs: 1.0,
            frames: 25,
            median_box_px: 120.0,
            gate: Gate {
                state: gate,
                reasons: Vec::new(),
            },
            checks: vec![Check {
                method: "dadd".to_owned(),
                model: "dadd-test@00000000".to_owned(),
                state: CheckState::Ran,
                reason: None,
                score: Score::new(score),
                calibrated,
                calibrated_on: calibrated.then(|| "made-up data".to_owned()),
                base_rate: logit_95.map(|logit_95| BaseRate {
                    pristine_faces: 100,
                    pristine_clips: 4,
                    share_objected: 0.2,
                    logit_95,
                    mean_logit: 2.0,
                }),
                resembles: None,
                likelihood: None,
                frames: Vec::new(),
                extra: serde_json::Value::Null,
            }],
        }
    }

    #[test]
    fn words_follow_score_calibration_base_rate_and_gate() {
        use GateState::{NotUsable, Usable, Weak};
        let check = |track: &TrackRecord, expected| assert_eq!(verdict_on(track), expected);
        check(&track(0.95, true, None, Usable), Verdict::Strong);
        check(&track(0.95, true, None, Weak), Verdict::Some);
        check(&track(0.95, false, None, Usable), Verdict::Some);
        check(&track(0.95, false, Some(1.0), Usable), Verdict::Some);
        check(&track(0.95, false, Some(3.0), Usable), Verdict::CannotTell);
        check(&track(0.5, false, None, Usable), Verdict::CannotTell);
        check(&track(0.1, false, Some(3.0), Usable), Verdict::Little);
        check(&track(0.1, false, None, NotUsable), Verdict::CannotTell);
    }

    #[test]
    fn one_check_speaks_for_itself() {
        let mut track = track(0.95, true, None, GateState::Usable);
        let mut calm = track.checks[0].clone();
        calm.score = Score::new(0.2);
        let mut failed = track.checks[0].clone();
        failed.state = CheckState::Failed;
        track.checks.extend([calm, failed]);
        let verdicts = track.checks.iter();
        let verdicts: Vec<Verdict> = verdicts
            .map(|check| verdict_of(check, GateState::Usable))
            .collect();
        use Verdict::{CannotTell, Little, Strong};
        assert_eq!(verdicts, [Strong, Little, CannotTell]);
        assert_eq!(verdict_on(&track), Strong);
        assert!(Strong.is_evidence() && !Little.is_evidence() && !CannotTell.is_evidence());
    }

    #[test]
    fn no_sentence_says_fake_or_authentic() {
        for score in [0.0, 0.5, 0.7, 1.0] {
            for calibrated in [false, true] {
                let track = track(score, calibrated, Some(3.0), GateState::Usable);
                let text = sentence_on(verdict_on(&track), &track, 1).to_lowercase();
                assert!(
                    !text.contains("fake") && !text.contains("authentic"),
                    "{text}"
                );
            }
        }
    }
}
