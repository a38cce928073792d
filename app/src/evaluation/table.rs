//! The numbers and curves of a result as a table for other programs.

use std::fmt::Write as _;

use seam_engine::detectors::card::Interval;
use seam_engine::eval::metrics::{Metrics, RocPoint};
use seam_engine::eval::report::{Evaluation, MethodResult};

/// One line a number: what, of which result, at which level, then the number with its interval; curves and bars
/// follow in the same columns.
pub fn table_text(evaluation: &Evaluation) -> String {
    let mut text = "what,result,level,x,value,low,high\n".to_owned();
    for result in &evaluation.results {
        numbers(&mut text, result, "frame", &result.frames);
        curve(&mut text, result, "frame", &result.roc_frames);
        if let Some(videos) = &result.videos {
            numbers(&mut text, result, "video", videos);
            curve(&mut text, result, "video", &result.roc_videos);
        }
        for technique in &result.techniques {
            let level = format!("frame of {}", technique.technique);
            interval(
                &mut text,
                "auc",
                result,
                &level,
                Some(&technique.frames.auc),
            );
        }
        let bars = &result.histogram;
        for (kind, counts) in [
            ("pristine", &bars.pristine),
            ("manipulated", &bars.manipulated),
        ] {
            for (bar, count) in counts.iter().enumerate() {
                let [low, high] = bars.ends_of(bar);
                let name = name(result);
                line(
                    &mut text,
                    format_args!("bar,{name},{kind},{low},{count},{low},{high}"),
                );
            }
        }
    }
    text
}

fn numbers(text: &mut String, result: &MethodResult, level: &str, metrics: &Metrics) {
    let all = [
        ("auc", Some(&metrics.auc)),
        ("eer", Some(&metrics.eer)),
        ("ap", Some(&metrics.ap)),
        ("acc", metrics.acc.as_ref()),
        ("balanced_acc", metrics.balanced_acc.as_ref()),
        ("brier", metrics.brier.as_ref()),
        ("ece", metrics.ece.as_ref()),
        ("log_loss", metrics.log_loss.as_ref()),
    ];
    for (what, value) in all {
        interval(text, what, result, level, value);
    }
}

fn interval(
    text: &mut String,
    what: &str,
    result: &MethodResult,
    level: &str,
    number: Option<&Interval>,
) {
    if let Some(Interval {
        value, low, high, ..
    }) = number
    {
        let name = name(result);
        line(
            text,
            format_args!("{what},{name},{level},,{value},{low},{high}"),
        );
    }
}

fn curve(text: &mut String, result: &MethodResult, level: &str, points: &[RocPoint]) {
    let name = name(result);
    for point in points {
        let (fpr, tpr) = (point.fpr, point.tpr);
        line(text, format_args!("roc,{name},{level},{fpr},{tpr},,"));
    }
}

/// Quoted where it must be.
fn name(result: &MethodResult) -> String {
    format!("\"{}\"", result.name().replace('"', "'"))
}

/// Writing to a string cannot fail.
fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").ok();
}
