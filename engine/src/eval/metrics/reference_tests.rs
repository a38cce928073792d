//! Every number beside what scikit-learn says of the same vectors (`tests/reference/metrics.py`).

use serde::Deserialize;

use super::{FIXED_FPRS, Judged, Metrics, Ranked, Scored};

/// Both sides add up in another order.
const TOLERANCE: f64 = 1e-9;

#[derive(Deserialize)]
struct Case {
    name: String,
    labels: Vec<u8>,
    scores: Vec<f64>,
    auc: f64,
    ap: f64,
    eer: f64,
    eer_interpolated: f64,
    tpr_at_fpr: [f64; FIXED_FPRS.len()],
    acc: f64,
    brier: f64,
    ece: f64,
    log_loss: f64,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("../../../tests/reference/metrics.json")).unwrap()
}

fn scored(case: &Case) -> Vec<Scored> {
    let pairs = case.labels.iter().zip(&case.scores).enumerate();
    pairs
        .map(|(clip, (label, score))| Scored {
            is_manipulated: *label == 1,
            score: *score,
            clip,
        })
        .collect()
}

#[track_caller]
fn check(case: &Case, what: &str, value: f64, reference: f64) {
    assert!(
        (value - reference).abs() < TOLERANCE,
        "{}: {what} is {value}, scikit-learn says {reference}",
        case.name
    );
}

#[test]
fn numbers_equal_scikit_learn() {
    for case in cases() {
        let scored = scored(&case);
        let ranked = Ranked::new(&scored).unwrap();
        let order = ranked.numbers(&ranked.once()).unwrap();
        check(&case, "AUC", order.auc, case.auc);
        check(&case, "AP", order.ap, case.ap);
        check(&case, "EER", order.eer, case.eer);
        check(
            &case,
            "interpolated EER",
            order.eer_interpolated,
            case.eer_interpolated,
        );
        for at in 0..FIXED_FPRS.len() {
            check(
                &case,
                "TPR at FPR",
                order.tpr_at_fpr[at],
                case.tpr_at_fpr[at],
            );
        }
        let judged = Judged::new(&scored).unwrap();
        let judged = judged.numbers(&judged.once()).unwrap();
        check(&case, "ACC", judged.acc, case.acc);
        check(&case, "Brier", judged.brier, case.brier);
        check(&case, "ECE", judged.ece, case.ece);
        check(&case, "log-loss", judged.log_loss, case.log_loss);
    }
}

#[test]
fn the_example_of_the_methods_is_among_them() {
    let case = cases().remove(0);
    assert_eq!(case.labels, [0, 0, 1, 1]);
    assert_eq!(case.scores, [0.1, 0.4, 0.35, 0.8]);
    let scored = scored(&case);
    let metrics = Metrics::measure(&scored, Some(&scored), 1).unwrap();
    assert_eq!(metrics.auc.value, 0.75);
    assert!((metrics.ap.value - 0.833_333).abs() < 1e-6);
    assert_eq!(metrics.eer.value, 0.5);
}
