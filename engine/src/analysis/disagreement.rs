//! Where methods say different things of one person: who says what, what each looks at, and where they are
//! furthest apart. Never an average.

use std::collections::BTreeMap;

use crate::analysis::applicable::begun_small;
use crate::analysis::record::{Check, CheckState, TrackRecord, Verdict};
use crate::analysis::summary;
use crate::faces::GateState;
use crate::methods;

/// What to make of it, in words.
pub const ADVICE: &str = "Where they differ, treat it as open: look at what each shows at that moment, and at a \
                          calm moment beside it";

/// What one method makes of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stance {
    Objects,
    Undecided,
    /// It has little to object to, which does not show that nothing was done.
    HasLittle,
}

/// One method that ran.
#[derive(Clone, Debug, PartialEq)]
pub struct Voice {
    /// Stable name.
    pub method: String,
    pub stance: Stance,
    /// Mean over the person's frames, 0 to 1.
    pub score: f32,
}

/// The frame on which an objecting method and one that does not are furthest apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Apart {
    pub pts_secs: f64,
    pub index: u32,
    pub objecting: String,
    pub other: String,
    /// Their scores there.
    pub scores: [f32; 2],
}

/// Methods that do not say the same of one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Disagreement {
    /// Those that object first; by name within a stance.
    pub voices: Vec<Voice>,
    /// "DID objects, InTeLe does not".
    pub sentence: String,
    /// What each looks at, and what of the material may set them apart; a sentence each.
    pub reasons: Vec<String>,
    pub apart: Option<Apart>,
}

/// `None` where fewer than two methods ran, or none objects, or all do.
pub fn on_track(track: &TrackRecord) -> Option<Disagreement> {
    let ran = (track.checks.iter())
        .filter(|check| check.state == CheckState::Ran && check.score.is_some());
    let mut voices: Vec<Voice> = ran
        .map(|check| Voice {
            method: check.method.clone(),
            stance: stance(check, track.gate.state),
            score: check.score.map_or(0.0, |score| score.value()),
        })
        .collect();
    voices.sort_by(|a, b| (a.stance, &a.method).cmp(&(b.stance, &b.method)));
    let of = |stance: Stance| -> Vec<&str> {
        let those = voices.iter().filter(|voice| voice.stance == stance);
        those.map(|voice| voice.method.as_str()).collect()
    };
    let [objecting, undecided, little] =
        [Stance::Objects, Stance::Undecided, Stance::HasLittle].map(of);
    if objecting.is_empty() || undecided.len() + little.len() == 0 {
        return None;
    }
    let sentence = sentence(&objecting, &undecided, &little);
    let reasons = reasons(track, &voices);
    let apart = apart(track, &voices);
    Some(Disagreement {
        voices,
        sentence,
        reasons,
        apart,
    })
}

fn stance(check: &Check, gate: GateState) -> Stance {
    match summary::verdict_of(check, gate) {
        Verdict::Strong | Verdict::Some => Stance::Objects,
        Verdict::CannotTell => Stance::Undecided,
        Verdict::Little => Stance::HasLittle,
    }
}

fn sentence(objecting: &[&str], undecided: &[&str], little: &[&str]) -> String {
    let mut parts = vec![with_verb(objecting, "objects", "object")];
    if !little.is_empty() {
        parts.push(with_verb(little, "does not", "do not"));
    }
    if !undecided.is_empty() {
        parts.push(with_verb(undecided, "cannot tell", "cannot tell"));
    }
    parts.join(", ")
}

fn with_verb(methods: &[&str], one: &str, several: &str) -> String {
    let titles: Vec<String> = methods.iter().map(|method| name(method)).collect();
    let verb = if titles.len() == 1 { one } else { several };
    match titles.split_last() {
        Some((last, others)) if !others.is_empty() => {
            format!("{} and {last} {verb}", others.join(", "))
        }
        _ => format!("{} {verb}", titles.concat()),
    }
}

/// As sentences name it.
fn name(method: &str) -> String {
    methods::short_name(method)
}

fn reasons(track: &TrackRecord, voices: &[Voice]) -> Vec<String> {
    let mut reasons: Vec<String> = voices
        .iter()
        .filter_map(|voice| {
            let info = methods::find(&voice.method)?.detector;
            Some(format!(
                "{} looks at: {}",
                name(info.name),
                begun_small(info.looks_at)
            ))
        })
        .collect();
    if track.gate.state != GateState::Usable {
        reasons.push(format!(
            "The face is weak material, which sets methods apart: {}",
            track.gate.reasons.join("; ")
        ));
    }
    let ran = || {
        (track.checks.iter())
            .filter(|check| voices.iter().any(|voice| voice.method == check.method))
    };
    let uncalibrated = ran().filter(|check| !check.calibrated).count();
    if 0 < uncalibrated {
        reasons.push(
            "Their numbers are not calibrated: 0.7 of one is not 0.7 of the other".to_owned(),
        );
    }
    if let [first, others @ ..] = &ran().map(|check| check.frames.len()).collect::<Vec<_>>()[..]
        && others.iter().any(|other| other != first)
    {
        reasons.push("They did not score the same frames".to_owned());
    }
    reasons
}

/// Only frames that both scored are compared.
fn apart(track: &TrackRecord, voices: &[Voice]) -> Option<Apart> {
    let check = |voice: &Voice| {
        let mut checks = track.checks.iter();
        checks.find(|check| check.method == voice.method)
    };
    let of = |is_objecting: bool| {
        let those = voices
            .iter()
            .filter(move |voice| (voice.stance == Stance::Objects) == is_objecting);
        those.filter_map(check).collect::<Vec<&Check>>()
    };
    let mut widest: Option<Apart> = None;
    for other in of(false) {
        let scores: BTreeMap<u32, f32> = (other.frames.iter())
            .map(|frame| (frame.index, frame.score.value()))
            .collect();
        for objecting in of(true) {
            for frame in &objecting.frames {
                let Some(&below) = scores.get(&frame.index) else {
                    continue;
                };
                let found = [frame.score.value(), below];
                let gap = |[high, low]: [f32; 2]| high - low;
                if widest.as_ref().is_none_or(|it| gap(it.scores) < gap(found)) {
                    widest = Some(Apart {
                        pts_secs: frame.pts_secs,
                        index: frame.index,
                        objecting: objecting.method.clone(),
                        other: other.method.clone(),
                        scores: found,
                    });
                }
            }
        }
    }
    widest.filter(|it| it.scores[1] < it.scores[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::record::{FrameRecord, Score};
    use crate::faces::{Gate, TrackId};

    fn check(method: &str, scores: &[f32]) -> Check {
        let mean = scores.iter().sum::<f32>() / scores.len().max(1) as f32;
        let frames = (0..).zip(scores).map(|(index, &score)| FrameRecord {
            pts_secs: f64::from(index) * 0.04,
            index,
            logit: 0.0,
            score: Score::new(score).unwrap(),
            parts: Vec::new(),
            domains: Vec::new(),
            bits_per_dim: None,
        });
        Check {
            method: method.to_owned(),
            model: String::new(),
            state: CheckState::Ran,
            reason: None,
            score: Score::new(mean),
            calibrated: true,
            calibrated_on: None,
            base_rate: None,
            resembles: None,
            likelihood: None,
            frames: frames.collect(),
            extra: serde_json::Value::Null,
        }
    }

    fn track(checks: Vec<Check>) -> TrackRecord {
        TrackRecord {
            id: TrackId(1),
            first_pts_secs: 0.0,
            last_pts_secs: 1.0,
            frames: 25,
            median_box_px: 120.0,
            gate: Gate {
                state: GateState::Usable,
                reasons: Vec::new(),
            },
            checks,
        }
    }

    #[test]
    fn who_objects_and_who_does_not_is_said_with_what_each_looks_at() {
        let track = track(vec![
            check("intele", &[0.1, 0.3, 0.2]),
            check("did", &[0.8, 0.7, 0.75]),
        ]);
        let found = on_track(&track).unwrap();
        assert_eq!(found.sentence, "DID objects, InTeLe does not");
        assert_eq!(found.reasons.len(), 2, "{:?}", found.reasons);
        assert!(found.reasons[0].starts_with("DID looks at: traces"));
        let apart = found.apart.unwrap();
        assert_eq!((apart.index, apart.scores), (0, [0.8, 0.1]));
        assert_eq!(
            (apart.objecting.as_str(), apart.other.as_str()),
            ("did", "intele")
        );
    }

    #[test]
    fn agreement_and_single_voices_are_no_disagreement() {
        let calm = || check("dadd", &[0.1, 0.2]);
        let hot = || check("did", &[0.9, 0.9]);
        assert_eq!(on_track(&track(vec![hot()])), None);
        assert_eq!(on_track(&track(vec![calm(), check("did", &[0.2])])), None);
        assert_eq!(on_track(&track(vec![hot(), check("dadd", &[0.9])])), None);
        let mut failed = calm();
        failed.state = CheckState::Failed;
        assert_eq!(on_track(&track(vec![hot(), failed])), None);
    }

    #[test]
    fn a_method_that_cannot_tell_is_not_counted_as_calm() {
        let track = track(vec![
            check("did", &[0.9]),
            check("dadd", &[0.5]),
            check("intele", &[0.1]),
        ]);
        let found = on_track(&track).unwrap();
        let stances: Vec<Stance> = found.voices.iter().map(|voice| voice.stance).collect();
        assert_eq!(
            stances,
            [Stance::Objects, Stance::Undecided, Stance::HasLittle]
        );
        assert!(
            found.sentence.ends_with("cannot tell"),
            "{}",
            found.sentence
        );
        let text = format!("{} {:?} {ADVICE}", found.sentence, found.reasons).to_lowercase();
        assert!(!text.contains("fake") && !text.contains("authentic"));
    }

    #[test]
    fn different_frames_and_weak_faces_are_named() {
        let mut track = track(vec![check("did", &[0.9, 0.9]), check("dadd", &[0.1])]);
        track.gate.state = GateState::Weak;
        track.gate.reasons = vec!["the face is 60 px wide".to_owned()];
        let reasons = on_track(&track).unwrap().reasons.join("\n");
        assert!(
            reasons.contains("60 px") && reasons.contains("same frames"),
            "{reasons}"
        );
    }
}
