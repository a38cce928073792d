//! What is drawn of runs: losses as lines, validations with their bands.

use crate::state::State;
use crate::theme;
use crate::training::history::{History, Series, Validation, at_step, smoothed};
use crate::training::run::RunEntry;
use crate::widgets::Line;
use crate::words;

/// So many of all values are always on the scale.
const USUAL_PERCENT: usize = 97;
/// Values that are so many times as high as those are left beyond it.
const SPIKE: f64 = 3.0;

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

/// Values without the few that lie so high that all others would be flat: the first steps of a loss. A scale of
/// powers shows them all.
pub fn usual(mut values: Vec<f64>, is_log: bool) -> impl Iterator<Item = f64> {
    values.retain(|value| value.is_finite());
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    let high = values.get(last * USUAL_PERCENT / 100).copied();
    let high = high.map_or(f64::INFINITY, |high| SPIKE * high.abs());
    values
        .into_iter()
        .filter(move |value| is_log || *value <= high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spike_does_not_flatten_the_rest_but_a_slope_stays_whole() {
        let mut values = vec![0.5; 200];
        values.push(60.0);
        assert_eq!(usual(values.clone(), false).fold(0.0, f64::max), 0.5);
        assert_eq!(usual(values, true).fold(0.0, f64::max), 60.0);
        let slope: Vec<f64> = (0..100).map(f64::from).collect();
        assert_eq!(usual(slope, false).count(), 100);
        assert_eq!(usual(Vec::new(), false).count(), 0);
    }
}
