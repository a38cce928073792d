//! What is drawn of runs: losses as lines, validations with their bands.

use crate::state::State;
use crate::theme;
use crate::training::history::{History, Series, Validation, at_step, smoothed};
use crate::training::run::RunEntry;
use crate::widgets::Line;
use crate::words;

/// A curve and its name in the legend.
pub struct Named {
    pub name: String,
    pub line: Line,
    /// What was measured, for the numbers at the pointer.
    pub points: Vec<(u64, f32)>,
}

/// Every loss of one run, or one loss of several.
pub fn loss_lines(state: &State, drawn: &[&RunEntry]) -> Vec<Named> {
    let is_raw = state.settings.training.is_raw;
    let named = |series: &Series, name: &str, at: usize| {
        let to_plot = |points: &[(u64, f32)]| -> Vec<[f64; 2]> {
            let finite = points.iter().filter(|point| point.1.is_finite());
            finite
                .map(|point| [point.0 as f64, f64::from(point.1)])
                .collect()
        };
        let calmed = smoothed(&series.points);
        let points = if is_raw { &series.points } else { &calmed };
        Named {
            name: name.to_owned(),
            line: Line {
                color: theme::series(at),
                points: to_plot(points),
                raw: if is_raw {
                    Vec::new()
                } else {
                    to_plot(&series.points)
                },
                ..Line::default()
            },
            points: points.clone(),
        }
    };
    match drawn {
        [run] => {
            let losses = run.history.losses.iter().enumerate();
            losses
                .map(|(at, series)| named(series, &series.name, at))
                .collect()
        }
        runs => {
            let (_, chosen) = state.training.common_losses();
            let runs = runs.iter().enumerate().filter_map(|(at, run)| {
                let series = run.history.series(chosen.as_deref()?)?;
                Some(named(series, &run.name, at))
            });
            runs.collect()
        }
    }
}

/// The curve of validations with its band, and its best step.
pub fn auc_line(history: &History, color: egui::Color32) -> Line {
    let known = || history.validations.iter();
    let with_band = known().filter_map(|validation| {
        let [low, high] = validation.interval?;
        Some([validation.step as f64, low, high])
    });
    let point = |validation: &Validation| Some([validation.step as f64, validation.auc?]);
    Line {
        color,
        points: known().filter_map(point).collect(),
        band: with_band.collect(),
        has_dots: history.validations.len() < 40,
        best: history.best().and_then(point),
        ..Line::default()
    }
}

pub fn best_words(history: &History) -> String {
    match history.best() {
        Some(best) => format!("best at step {}", words::count(best.step)),
        None => "not validated yet".to_owned(),
    }
}

pub fn auc_words(validation: &Validation) -> String {
    match (validation.auc, validation.interval) {
        (Some(auc), Some([low, high])) => format!("{auc:.3} ({low:.3} to {high:.3})"),
        (Some(auc), None) => format!("{auc:.3}"),
        (None, _) => "cannot be told".to_owned(),
    }
}

pub fn value_at(points: &[(u64, f32)], at: f64) -> Option<String> {
    let (_, value) = at_step(points, at.round().max(0.0) as u64)?;
    Some(match value.abs() {
        0.001..1000.0 => format!("{value:.3}"),
        _ => format!("{value:.2e}"),
    })
}

pub fn validation_at(history: &History, at: f64) -> Option<&Validation> {
    let after = history
        .validations
        .partition_point(|validation| validation.step as f64 <= at);
    history.validations.get(after.checked_sub(1)?)
}
