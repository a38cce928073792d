//! What a face that a check objects to is like, among the techniques that its model was trained on. Never a
//! finding of its own: it is told only where the check found evidence, and only as a resemblance.

use crate::analysis::TrackScore;
use crate::analysis::record::{Check, Resemblance, TechniqueShare};
use crate::methods;

/// A technique that is less than this behind the first is named beside it.
const CLOSE_SHARE: f32 = 0.15;
/// Where the first technique has less than this many times an even share, none stands out.
const STANDS_OUT_TIMES: f32 = 1.5;

/// Adds the resemblance to a check that found evidence, and to each of its frames their shares. `domains` are
/// the detector's, pristine first; `scores` are those that `check.frames` were made of, in the same order.
/// Nothing changes where the detector does not tell, or knows one technique only.
pub fn add(check: &mut Check, domains: &[String], scores: &[&TrackScore]) {
    check.resembles = resemblance(&check.method, domains, scores);
    if check.resembles.is_none() {
        return;
    }
    for (frame, score) in check.frames.iter_mut().zip(scores) {
        if is_whole(score, domains) {
            frame.domains.clone_from(&score.domains);
        }
    }
}

/// Whether a frame with this score, 0 to 1, leans to manipulation: only such frames are averaged.
pub fn leans(score: f32) -> bool {
    0.5 < score
}

/// Shares of the techniques alone, as if it were known that the face was forged: `domains` without pristine,
/// which is first, scaled to sum to 1. `None` where nothing is left, or a share is no number.
pub fn without_pristine(domains: &[f32]) -> Option<Vec<f32>> {
    let (_, techniques) = domains.split_first()?;
    let sum: f32 = techniques.iter().sum();
    let is_some = sum.is_finite() && f32::MIN_POSITIVE < sum;
    is_some.then(|| techniques.iter().map(|share| share / sum).collect())
}

/// The mean over the frames that lean to manipulation. Shares are averaged before pristine is taken out, so
/// that frames which are like nothing but pristine count little.
fn resemblance(method: &str, domains: &[String], scores: &[&TrackScore]) -> Option<Resemblance> {
    if domains.len() < 3 {
        return None; // With a single technique there is nothing to choose from.
    }
    let leaning: Vec<&TrackScore> = scores
        .iter()
        .copied()
        .filter(|score| leans(score.score.value()) && is_whole(score, domains))
        .collect();
    let mut sums = vec![0.0_f64; domains.len()];
    for score in &leaning {
        for (sum, &share) in sums.iter_mut().zip(&score.domains) {
            *sum += f64::from(share);
        }
    }
    let count = leaning.len().max(1) as f64;
    let means: Vec<f32> = sums.iter().map(|sum| (sum / count) as f32).collect();
    let shares = without_pristine(&means)?;
    let named = domains.iter().skip(1).zip(shares);
    let mut techniques: Vec<TechniqueShare> = named
        .map(|(name, share)| TechniqueShare {
            name: name.clone(),
            share,
        })
        .collect();
    // Stable: equal shares stay in the order of the detector.
    techniques.sort_by(|a, b| b.share.total_cmp(&a.share));
    let pristine = means[0];
    Some(Resemblance {
        sentence: sentence(method, &techniques, pristine),
        domains: domains.to_vec(),
        techniques,
        pristine,
        frames: leaning.len() as u64,
    })
}

/// Whether the score has a share for each domain. A broken one is left out, because the record holds numbers only.
fn is_whole(score: &TrackScore, domains: &[String]) -> bool {
    let is_share = |share: &f32| (0.0..=1.0).contains(share);
    score.domains.len() == domains.len() && score.domains.iter().all(is_share)
}

/// `techniques` are sorted, the first most alike, and at least two.
fn sentence(method: &str, techniques: &[TechniqueShare], pristine: f32) -> String {
    let number = techniques.len();
    let method = methods::short_name(method);
    let named = |technique: &TechniqueShare| format!("{} ({:.2})", technique.name, technique.share);
    let like = match techniques {
        [first, ..] if first.share < STANDS_OUT_TIMES / number as f32 => format!(
            "like no one in particular of the {number} techniques that {method} was trained on"
        ),
        [first, second, ..] if first.share - second.share < CLOSE_SHARE => format!(
            "most like {} and {} among the {number} techniques that {method} was trained on",
            named(first),
            named(second)
        ),
        [first, ..] => format!(
            "most like {} among the {number} techniques that {method} was trained on",
            named(first)
        ),
        [] => return String::new(),
    };
    let doubt = if 0.5 < pristine {
        format!(", and more like a pristine face than like any of them ({pristine:.2})")
    } else {
        String::new()
    };
    format!(
        "If it was forged, then {like}{doubt}; a forgery of another kind also resembles one of them"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::record::{CheckState, FrameRecord, Score};
    use crate::detectors::FaceScore;
    use crate::faces::TrackId;
    use crate::media::{FrameId, MediaHash};

    const NAMES: [&str; 5] = ["pristine", "swap", "reenact", "resynth", "texture"];

    fn score(index: u32, score: f32, domains: &[f32]) -> TrackScore {
        TrackScore {
            track: TrackId(1),
            frame: FrameId {
                media: MediaHash::of(b"test"),
                stream: 0,
                pts_nanos: i64::from(index) * 40_000_000,
                index,
            },
            raw: FaceScore {
                logit: (score / (1.0 - score)).ln(),
                parts: Vec::new(),
            },
            score: Score::new(score).unwrap(),
            domains: domains.to_vec(),
            likelihood: None,
        }
    }

    fn check(names: &[&str], scores: &[TrackScore]) -> Check {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let frame = |score: &TrackScore| FrameRecord {
            pts_secs: score.frame.pts_secs(),
            index: score.frame.index,
            logit: score.raw.logit,
            score: score.score,
            parts: Vec::new(),
            domains: Vec::new(),
            bits_per_dim: None,
        };
        let mut check = Check {
            method: "did".to_owned(),
            model: String::new(),
            state: CheckState::Ran,
            reason: None,
            score: Score::new(0.8),
            calibrated: true,
            calibrated_on: None,
            base_rate: None,
            resembles: None,
            likelihood: None,
            frames: scores.iter().map(frame).collect(),
            extra: serde_json::Value::Null,
        };
        add(&mut check, &names, &scores.iter().collect::<Vec<_>>());
        check
    }

    #[test]
    fn the_mean_is_over_frames_that_lean_to_manipulation_and_leaves_pristine_out() {
        let scores = [
            score(0, 0.9, &[0.2, 0.6, 0.1, 0.1, 0.0]),
            score(1, 0.6, &[0.0, 0.4, 0.4, 0.1, 0.1]),
            // Calm: counts for nothing.
            score(2, 0.4, &[0.0, 0.0, 0.0, 0.0, 1.0]),
        ];
        let check = check(&NAMES, &scores);
        let found = check.resembles.unwrap();
        let names: Vec<&str> = found.techniques.iter().map(|t| t.name.as_str()).collect();
        assert_eq!(names, ["swap", "reenact", "resynth", "texture"]);
        let expected = [0.5 / 0.9, 0.25 / 0.9, 0.1 / 0.9, 0.05 / 0.9];
        for (technique, expected) in found.techniques.iter().zip(expected) {
            assert!((technique.share - expected).abs() < 1e-6, "{technique:?}");
        }
        assert!((found.pristine - 0.1).abs() < 1e-6);
        assert_eq!(found.frames, 2);
        assert_eq!(
            found.sentence,
            "If it was forged, then most like swap (0.56) among the 4 techniques that DID was trained on; a forgery of another kind also resembles one of them"
        );
        // Every frame keeps what was said of it, the calm ones too.
        assert_eq!(check.frames[2].domains, scores[2].domains);
    }

    #[track_caller]
    fn check_sentence(shares: &[f32], part: &str) {
        let found = check(&NAMES, &[score(0, 0.9, shares)]).resembles.unwrap();
        assert!(found.sentence.contains(part), "{}", found.sentence);
    }

    #[test]
    fn the_sentence_says_no_more_than_the_shares() {
        check_sentence(
            &[0.0, 0.1, 0.4, 0.05, 0.45],
            "like texture (0.45) and reenact (0.40) ",
        );
        check_sentence(
            &[0.0, 0.3, 0.25, 0.25, 0.2],
            "like no one in particular of the 4",
        );
        check_sentence(&[0.6, 0.3, 0.1, 0.0, 0.0], "more like a pristine face");
        for shares in [[0.0, 1.0, 0.0, 0.0, 0.0], [0.6, 0.1, 0.1, 0.1, 0.1]] {
            let sentence = check(&NAMES, &[score(0, 0.9, &shares)])
                .resembles
                .unwrap()
                .sentence;
            assert!(sentence.starts_with("If it was forged"), "{sentence}");
            let lower = sentence.to_lowercase();
            assert!(!lower.contains("fake") && !lower.contains("authentic"));
        }
    }

    #[test]
    fn without_shares_or_a_choice_nothing_is_said() {
        let silent = |names: &[&str], scores: &[TrackScore]| {
            let check = check(names, scores);
            assert_eq!(check.resembles, None);
            assert!(check.frames.iter().all(|frame| frame.domains.is_empty()));
        };
        silent(&[], &[score(0, 0.9, &[])]);
        silent(&["pristine", "swap"], &[score(0, 0.9, &[0.1, 0.9])]);
        silent(&NAMES, &[score(0, 0.4, &[0.2, 0.8, 0.0, 0.0, 0.0])]);
        silent(&NAMES, &[score(0, 0.9, &[1.0, 0.0, 0.0, 0.0, 0.0])]);
        silent(&NAMES, &[score(0, 0.9, &[0.0, f32::NAN, 0.0, 0.0, 0.0])]);
    }

    #[test]
    fn techniques_alone_sum_to_one() {
        assert_eq!(without_pristine(&[0.5, 0.25, 0.25]), Some(vec![0.5, 0.5]));
        assert_eq!(without_pristine(&[1.0, 0.0]), None);
        assert_eq!(without_pristine(&[]), None);
        assert_eq!(without_pristine(&[0.0, f32::NAN]), None);
    }
}
