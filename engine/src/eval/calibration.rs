//! From logits to probabilities: temperature and Platt scaling, fitted on validation scores.
//!
//! Frames of a clip are alike, and data hold many more manipulated clips than pristine ones: every clip
//! of a kind weighs the same, and both kinds weigh the same, so the probability is right where either
//! is as likely. Targets are smoothed by the number of clips as Platt (1999) did, and the fit is
//! Newton's with a line search (Lin, Lin, Weng 2007).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::detectors::card::{Calibration, CalibrationKind};
use crate::eval::metrics::{Judged, ProbabilityNumbers, Scored};
use crate::eval::scores::ScoreRow;

/// Parts of the validation clips; each is left out once to choose between the two kinds.
const NUM_FOLDS: usize = 5;

const MAX_STEPS: usize = 100;

/// Newton's decrement, the gain a full step would bring, below which a fit has arrived.
const ARRIVED: f64 = 1e-14;

/// Keeps the Hessian invertible where all logits are equal (Lin et al.).
const HESSIAN_FLOOR: f64 = 1e-12;

/// What was fitted, and what it was chosen from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalibrationFit {
    pub calibration: Calibration,
    pub candidates: Vec<Candidate>,
    /// Clips it was fitted on: pristine, manipulated.
    pub clips_of_kind: [usize; 2],
    /// Brier score on the data of the fit, before and after.
    pub brier_before: f64,
    pub brier_after: f64,
}

/// One kind of calibration, fitted to all validation clips.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    pub kind: CalibrationKind,
    pub a: f64,
    pub b: f64,
    /// Mean log-loss on validation clips that were left out of its fit; `None` with too few clips.
    pub log_loss_held_out: Option<f64>,
}

/// A face as a fit sees it.
#[derive(Clone, Copy)]
struct Point {
    logit: f64,
    is_manipulated: bool,
    weight: f64,
    fold: usize,
}

/// Fits both kinds and takes the one with the smaller log-loss on clips left out of its fit; the
/// temperature where there are too few clips to tell. The error says why nothing was fitted.
pub fn fit(
    rows: &[ScoreRow],
    fitted_on: &str,
    manifest_sha256: &str,
) -> Result<CalibrationFit, String> {
    let (points, clips) = points_of(rows)?;
    let num_folds = clips.iter().copied().min().unwrap_or(0).min(NUM_FOLDS);
    let candidates: Vec<Candidate> = [CalibrationKind::Temperature, CalibrationKind::Platt]
        .into_iter()
        .map(|kind| {
            let (a, b) = solve(&points, clips, kind);
            Candidate {
                kind,
                a,
                b,
                log_loss_held_out: held_out(&points, clips, kind, num_folds),
            }
        })
        .filter(|candidate| is_usable(candidate.a, candidate.b))
        .collect();
    let best = candidates
        .iter()
        .min_by(|a, b| {
            let loss = |candidate: &Candidate| candidate.log_loss_held_out.unwrap_or(f64::INFINITY);
            loss(a).total_cmp(&loss(b))
        })
        .ok_or(
            "on the validation split, larger scores go with pristine faces; a calibration would \
             turn the order around",
        )?;
    let before = judge(&points, 1.0, 0.0)?;
    let after = judge(&points, best.a, best.b)?;
    Ok(CalibrationFit {
        calibration: Calibration {
            kind: best.kind,
            a: best.a,
            b: best.b,
            fitted_on: fitted_on.to_owned(),
            manifest_sha256: manifest_sha256.to_owned(),
            faces: points.len(),
            clips: clips.iter().sum(),
            ece_before: before.ece,
            ece_after: after.ece,
            log_loss_before: before.log_loss,
            log_loss_after: after.log_loss,
        },
        clips_of_kind: clips,
        brier_before: before.brier,
        brier_after: after.brier,
        candidates,
    })
}

fn is_usable(a: f64, b: f64) -> bool {
    a.is_finite() && 0.0 < a && b.is_finite()
}

/// Points with their weights, which sum to one for each kind, and the number of clips of each kind.
fn points_of(rows: &[ScoreRow]) -> Result<(Vec<Point>, [usize; 2]), String> {
    let mut faces: BTreeMap<(bool, &str), usize> = BTreeMap::new();
    for row in rows {
        if !row.logit.is_finite() {
            return Err(format!("a score of {:?} is not a finite number", row.path));
        }
        *faces.entry((row.is_manipulated, &row.path)).or_default() += 1;
    }
    let mut clips = [0; 2];
    let mut places = BTreeMap::new();
    for key in faces.keys() {
        let of_kind = &mut clips[usize::from(key.0)];
        places.insert(*key, *of_kind);
        *of_kind += 1;
    }
    for (kind, name) in ["pristine", "manipulated"].iter().enumerate() {
        if clips[kind] == 0 {
            return Err(format!(
                "the validation split has no {name} clip with a face"
            ));
        }
    }
    let point = |row: &ScoreRow| {
        let key = (row.is_manipulated, row.path.as_str());
        Point {
            logit: row.logit,
            is_manipulated: row.is_manipulated,
            weight: 1.0 / (faces[&key] * clips[usize::from(row.is_manipulated)]) as f64,
            fold: places[&key],
        }
    };
    Ok((rows.iter().map(point).collect(), clips))
}

/// Mean log-loss on clips left out; `None` with fewer than two folds.
fn held_out(
    points: &[Point],
    clips: [usize; 2],
    kind: CalibrationKind,
    num_folds: usize,
) -> Option<f64> {
    if num_folds < 2 {
        return None;
    }
    let (mut sum, mut total) = (0.0, 0.0);
    for fold in 0..num_folds {
        let is_out = |point: &&Point| point.fold % num_folds == fold;
        let inside: Vec<Point> = points.iter().filter(|p| !is_out(p)).copied().collect();
        let (a, b) = solve(&inside, clips, kind);
        for point in points.iter().filter(is_out) {
            let label = f64::from(u8::from(point.is_manipulated));
            sum += point.weight * loss(a * point.logit + b, label);
            total += point.weight;
        }
    }
    Some(sum / total)
}

/// Newton's method on the weighted, smoothed log-loss, which is convex; gives `(a, b)`.
fn solve(points: &[Point], clips: [usize; 2], kind: CalibrationKind) -> (f64, f64) {
    // Platt's targets: as if one more clip of each kind had been seen.
    let smoothed = |count: usize| (count as f64 + 1.0) / (count as f64 + 2.0);
    let targets = [1.0 - smoothed(clips[0]), smoothed(clips[1])];
    let target = |point: &Point| targets[usize::from(point.is_manipulated)];
    let value = |a: f64, b: f64| -> f64 {
        let each = points.iter();
        each.map(|p| p.weight * loss(a * p.logit + b, target(p)))
            .sum()
    };
    let (mut a, mut b) = (0.0, 0.0);
    let mut current = value(a, b);
    for _ in 0..MAX_STEPS {
        let mut gradient = [0.0; 2];
        let mut hessian = [HESSIAN_FLOOR, 0.0, HESSIAN_FLOOR];
        for point in points {
            let p = crate::detectors::card::probability(a * point.logit + b);
            let slope = point.weight * (p - target(point));
            let bend = point.weight * p * (1.0 - p);
            gradient[0] += slope * point.logit;
            gradient[1] += slope;
            hessian[0] += bend * point.logit * point.logit;
            hessian[1] += bend * point.logit;
            hessian[2] += bend;
        }
        let step = match kind {
            CalibrationKind::Temperature => [-gradient[0] / hessian[0], 0.0],
            CalibrationKind::Platt => {
                let determinant = hessian[0] * hessian[2] - hessian[1] * hessian[1];
                [
                    (hessian[1] * gradient[1] - hessian[2] * gradient[0]) / determinant,
                    (hessian[1] * gradient[0] - hessian[0] * gradient[1]) / determinant,
                ]
            }
        };
        let slope = gradient[0] * step[0] + gradient[1] * step[1];
        if -slope < ARRIVED {
            break;
        }
        let mut share = 1.0;
        let mut next = value(a + step[0], b + step[1]);
        while current + 1e-4 * share * slope < next && 1e-10 < share {
            share *= 0.5;
            next = value(a + share * step[0], b + share * step[1]);
        }
        (a, b) = (a + share * step[0], b + share * step[1]);
        current = next;
    }
    (a, b)
}

/// Cross-entropy of the logistic function of `z` with a target from 0 to 1, without overflow.
fn loss(z: f64, target: f64) -> f64 {
    z.max(0.0) + (-z.abs()).exp().ln_1p() - target * z
}

/// Numbers of the points under a calibration, with the weights of the fit.
fn judge(points: &[Point], a: f64, b: f64) -> Result<ProbabilityNumbers, String> {
    let scored: Vec<Scored> = points
        .iter()
        .map(|point| Scored {
            is_manipulated: point.is_manipulated,
            score: crate::detectors::card::probability(a * point.logit + b),
            clip: 0,
        })
        .collect();
    let weights: Vec<f64> = points.iter().map(|point| point.weight).collect();
    Judged::new(&scored)
        .and_then(|judged| judged.numbers_by_face(&weights))
        .ok_or_else(|| "a score is not a number".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::scores::tests::row;

    #[derive(Deserialize)]
    struct Reference {
        labels: Vec<u8>,
        logits: Vec<f64>,
        clips: Vec<String>,
        temperature: f64,
        platt: [f64; 2],
    }

    fn reference() -> (Vec<ScoreRow>, Reference) {
        let text = include_str!("../../tests/reference/calibration.json");
        let reference: Reference = serde_json::from_str(text).unwrap();
        let rows = (0..reference.labels.len())
            .map(|at| {
                let technique = (reference.labels[at] == 1).then_some("swap");
                row(&reference.clips[at], technique, reference.logits[at])
            })
            .collect();
        (rows, reference)
    }

    #[test]
    fn both_fits_equal_the_reference() {
        let (rows, reference) = reference();
        let fit = fit(&rows, "made-up scores", "").unwrap();
        let [temperature, platt] = [fit.candidates[0], fit.candidates[1]];
        // The reference stops at a gradient of about 1e-8.
        let near = |value: f64, other: f64| (value - other).abs() < 1e-5;
        assert!(
            near(temperature.a, reference.temperature),
            "{temperature:?}"
        );
        assert!(near(platt.a, reference.platt[0]), "{platt:?}");
        assert!(near(platt.b, reference.platt[1]), "{platt:?}");
        assert_eq!(temperature.b, 0.0);
    }

    #[test]
    fn shifted_scores_take_platt_and_get_nearer_to_the_truth() {
        let (rows, _) = reference();
        let fit = fit(&rows, "made-up scores", "abc").unwrap();
        let calibration = &fit.calibration;
        assert_eq!(calibration.kind, CalibrationKind::Platt);
        assert!(calibration.log_loss_after < calibration.log_loss_before);
        assert!(calibration.ece_after < calibration.ece_before);
        assert_eq!(calibration.manifest_sha256, "abc");
    }

    #[test]
    fn a_clip_weighs_the_same_whatever_its_frames() {
        let few = [
            row("a", None, -1.0),
            row("b", None, 2.0),
            row("c", Some("swap"), 3.0),
            row("d", Some("swap"), 0.5),
        ];
        let mut many = few.to_vec();
        many.extend(std::iter::repeat_n(few[1].clone(), 30));
        let one = fit(&few, "", "").unwrap();
        let other = fit(&many, "", "").unwrap();
        for (one, other) in one.candidates.iter().zip(&other.candidates) {
            assert!((one.a - other.a).abs() < 1e-9, "{one:?} {other:?}");
        }
    }

    #[test]
    fn what_cannot_be_fitted_is_told() {
        let pristine = row("a", None, 1.0);
        let text = fit(std::slice::from_ref(&pristine), "", "").unwrap_err();
        assert!(text.contains("no manipulated clip"), "{text}");
        let turned = [pristine, row("b", Some("swap"), -1.0)];
        let text = fit(&turned, "", "").unwrap_err();
        assert!(text.contains("turn the order around"), "{text}");
        let broken = [row("a", None, f64::NAN), row("b", Some("swap"), 1.0)];
        assert!(fit(&broken, "", "").unwrap_err().contains("\"a\""));
    }

    #[test]
    fn scores_that_tell_all_apart_stay_finite() {
        let rows: Vec<ScoreRow> = (0..20)
            .map(|at| {
                let technique = (at % 2 == 1).then_some("swap");
                let logit = if at % 2 == 1 { 25.0 } else { -25.0 };
                row(&format!("{at}"), technique, logit)
            })
            .collect();
        let fit = fit(&rows, "", "").unwrap();
        // Ten clips of each kind: no surer than eleven in twelve.
        let sure = fit.calibration.probability(25.0);
        assert!((sure - 11.0 / 12.0).abs() < 1e-6, "{sure}");
    }
}
