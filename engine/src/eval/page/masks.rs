//! Numbers of masks against what they bring: a line for each way of choosing faces, with the level that labels
//! alone reach.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::eval::experiment::masks::{Measure, OrderLine, in_words, lines, without};
use crate::eval::experiment::record::{ExperimentRecord, NumberRecord, RowRecord};
use crate::eval::experiment::text::of_number;
use crate::eval::page::charts::{Plot, color, key, line_key};
use crate::eval::page::comparison::{capitalized, percents};
use crate::eval::page::html::{escaped, paragraph};
use crate::eval::page::results::section;

/// Of a chart, pixels: three stand side by side on a page.
const WIDTH: f64 = 384.0;
const HEIGHT: f64 = 310.0;

/// The color of what has no masks.
const NONE: usize = 5;

/// Room on the axis for ten times as many masks, in that between no masks and the fewest.
const DECADE: f64 = 2.0;

/// The place of a row's color: rows of one order share theirs. `at` is the row's place.
pub fn place(at: usize, row: &RowRecord) -> usize {
    let Some(point) = &row.point else { return at };
    match point.order.as_deref() {
        Some(order) => place_of(order),
        None => NONE,
    }
}

/// As the style sheet numbers colors.
fn place_of(order: &str) -> usize {
    match order {
        "active" => 0,
        "random" => 1,
        _ => 2,
    }
}

/// Rows of which ROC curves are drawn: of a curve over masks only its ends, since more cannot be told apart.
pub fn is_end(record: &ExperimentRecord, row: &RowRecord) -> bool {
    let lines = lines(record);
    let is_last = |line: &OrderLine<'_>| line.rows.last().is_some_and(|(_, own)| own.id == row.id);
    let has_order = |row: &RowRecord| {
        let point = row.point.as_ref();
        point.is_some_and(|point| point.order.is_some())
    };
    !has_order(row) || lines.iter().any(is_last)
}

/// The curves; nothing where no rows are points of any.
pub fn curves(record: &ExperimentRecord) -> String {
    let lines = lines(record);
    let Some(group) = record.groups.first().filter(|_| !lines.is_empty()) else {
        return String::new();
    };
    let mut out = paragraph(
        "quiet",
        "Figure 4 of the paper, with intervals: the mean over trainings at each number of masks; the pale room is \
         its 95 % interval, from drawing videos and trainings anew. Dashed across: no masks, as many further steps \
         on labels alone. Dotted: chance. The axis below is logarithmic, but for its left end, which is no masks",
    );
    out.push_str("<div class=\"row\">");
    for measure in Measure::ALL {
        out.push_str(&figure(record, &lines, 0, measure, &group.name));
    }
    if let Some(source) = record.source().filter(|&at| at != 0) {
        let name = &record.groups[source].name;
        out.push_str(&figure(record, &lines, source, Measure::Accuracy, name));
    }
    out.push_str("</div>");
    section("What masks bring", &out, false)
}

/// Where a number of masks lies on the axis; `fewest` is at 1.
fn along(masks: u32, fewest: u32) -> f64 {
    if masks == 0 {
        return 0.0;
    }
    1.0 + DECADE * (f64::from(masks) / f64::from(fewest.max(1))).log10()
}

/// One chart with its legend; nothing where the measure was not taken.
fn figure(
    record: &ExperimentRecord,
    lines: &[OrderLine<'_>],
    group: usize,
    measure: Measure,
    name: &str,
) -> String {
    let Some(shown) = Shown::of(record, lines, group, measure) else {
        return String::new();
    };
    let y_name = match measure {
        Measure::Auc => "AUC by frame, %",
        Measure::Accuracy => "Accuracy by frame, %",
        Measure::Attention => "Attention inside the masks, %",
    };
    let title = format!("{}: {}", capitalized(name), measure.name());
    let chart = shown
        .plot()
        .finish("Faces with masks in the training", y_name, &title);
    format!(
        "<figure><figcaption>{}</figcaption>{chart}<ul class=\"legend\">{}</ul></figure>",
        escaped(&title),
        shown.legend(measure)
    )
}

/// What one chart shows.
struct Shown<'a> {
    /// By order: masks and numbers, fewest masks first.
    lines: Vec<(&'a str, Vec<(u32, NumberRecord)>)>,
    /// Of labels alone.
    level: Option<NumberRecord>,
    chance: Option<f64>,
    /// All numbers of masks, sorted.
    masks: Vec<u32>,
}

impl<'a> Shown<'a> {
    /// `None` where nothing was measured.
    fn of(
        record: &ExperimentRecord,
        lines: &[OrderLine<'a>],
        group: usize,
        measure: Measure,
    ) -> Option<Self> {
        let numbers = |line: &OrderLine<'a>| -> Vec<(u32, NumberRecord)> {
            let rows = line.rows.iter();
            rows.filter_map(|(masks, row)| Some((*masks, measure.of(row, group)?)))
                .collect()
        };
        let lines: Vec<(&str, Vec<(u32, NumberRecord)>)> = lines
            .iter()
            .map(|line| (line.order, numbers(line)))
            .collect();
        let all = lines.iter().flat_map(|(_, points)| points);
        let masks: BTreeSet<u32> = all.map(|(masks, _)| *masks).collect();
        (!masks.is_empty()).then(|| Self {
            lines,
            level: without(record).and_then(|row| measure.of(row, group)),
            chance: chance(record, group, measure),
            masks: masks.into_iter().collect(),
        })
    }

    fn along(&self, masks: u32) -> f64 {
        along(masks, self.masks[0])
    }

    /// Right end of what is drawn.
    fn most(&self) -> f64 {
        self.along(self.masks[self.masks.len() - 1])
    }

    /// Both ends of the upright axis, from 0 to 1.
    fn ends(&self) -> (f64, f64) {
        let numbers = self.lines.iter().flat_map(|(_, points)| points);
        let numbers = numbers.map(|(_, number)| number).chain(&self.level);
        let ends = numbers.flat_map(|own| [own.interval.low, own.interval.high, own.mean]);
        let ends = ends.chain(self.chance);
        let lowest = ends.clone().fold(1.0, f64::min);
        let highest = ends.fold(0.0, f64::max);
        (
            ((20.0 * lowest - 0.2).floor() / 20.0).max(0.0),
            ((20.0 * highest + 0.2).ceil() / 20.0).min(1.0),
        )
    }

    fn plot(&self) -> Plot {
        let (low, high) = self.ends();
        let (left, right) = (-0.25, self.most() + 0.2);
        let mut plot = Plot::new(WIDTH, HEIGHT, (left, right), (100.0 * low, 100.0 * high));
        let step = if 0.35 < high - low { 0.1 } else { 0.05 };
        let ticks = (0..=20).map(|at| step * f64::from(at));
        let ticks: Vec<f64> = ticks
            .filter(|tick| (low - 1e-9..=high + 1e-9).contains(tick))
            .map(|tick| 100.0 * tick)
            .collect();
        plot.grid(&[], &ticks, 0);
        for &masks in self.level.iter().map(|_| &0).chain(&self.masks) {
            plot.tick(self.along(masks), &masks.to_string());
        }
        if let Some(chance) = self.chance {
            plot.line("chance", (left, 100.0 * chance), (right, 100.0 * chance));
        }
        if let Some(level) = &self.level {
            let most = self.most();
            band(&mut plot, NONE, &[(0.0, level), (most, level)]);
            let y = 100.0 * level.mean;
            plot.line("level", (0.0, y), (most, y));
        }
        for (order, points) in &self.lines {
            let points: Vec<(f64, &NumberRecord)> = points
                .iter()
                .map(|(masks, own)| (self.along(*masks), own))
                .collect();
            band(&mut plot, place_of(order), &points);
        }
        for (order, points) in &self.lines {
            let points = points.iter();
            let points: Vec<(f64, f64)> = points
                .map(|(masks, own)| (self.along(*masks), 100.0 * own.mean))
                .collect();
            plot.curve(place_of(order), points.into_iter());
        }
        for (order, points) in &self.lines {
            for (masks, number) in points {
                let what = format!("{masks} masks, {}", in_words(order));
                dot(
                    &mut plot,
                    place_of(order),
                    self.along(*masks),
                    number,
                    &what,
                );
            }
        }
        if let Some(level) = &self.level {
            dot(&mut plot, NONE, 0.0, level, "no masks");
        }
        plot
    }

    fn legend(&self, measure: Measure) -> String {
        // What the paper's method chooses first, as lines stand above each other where it holds.
        let orders = self.lines.iter().rev();
        let mut keys: String = orders
            .map(|(order, _)| key(place_of(order), &capitalized(in_words(order))))
            .collect();
        if self.level.is_some() {
            keys.push_str(&line_key("class=\"level\"", "No masks"));
        }
        if self.chance.is_some() {
            let what = match measure {
                Measure::Attention => "A map that prefers no place",
                Measure::Auc | Measure::Accuracy => "Chance",
            };
            keys.push_str(&line_key("class=\"chance\"", what));
        }
        keys
    }
}

/// What tells nothing: a half, or the mean share of the crop that masks cover.
fn chance(record: &ExperimentRecord, group: usize, measure: Measure) -> Option<f64> {
    if measure != Measure::Attention {
        return Some(0.5);
    }
    let rows = record.rows.iter();
    let areas = rows.filter_map(|row| Some(row.groups.get(group)?.attention.as_ref()?.mask_area));
    let areas: Vec<f64> = areas.filter(|area| area.is_finite()).collect();
    (!areas.is_empty()).then(|| areas.iter().sum::<f64>() / areas.len() as f64)
}

/// The room of the intervals.
fn band(plot: &mut Plot, at: usize, points: &[(f64, &NumberRecord)]) {
    let there = points.iter().map(|(x, own)| (*x, own.interval.high));
    let back = points.iter().rev().map(|(x, own)| (*x, own.interval.low));
    let mut path = String::new();
    for (x, share) in there.chain(back) {
        let start = if path.is_empty() { 'M' } else { 'L' };
        let (x, y) = (plot.px(x), plot.py(100.0 * share));
        // Writing to a string cannot fail.
        write!(path, "{start}{x:.1} {y:.1}").ok();
    }
    plot.add(format_args!(
        "<path class=\"band\" style=\"fill: {}\" d=\"{path}Z\"/>",
        color(at)
    ));
}

/// A mean with its numbers where a mouse rests.
fn dot(plot: &mut Plot, at: usize, x: f64, number: &NumberRecord, what: &str) {
    let (x, y) = (plot.px(x), plot.py(100.0 * number.mean));
    let told = format!(
        "{what}: {} %, {} %",
        of_number(number),
        percents(&number.interval)
    );
    plot.add(format_args!(
        "<circle class=\"dot\" style=\"fill: {}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4.5\"><title>{}</title></circle>",
        color(at),
        escaped(&told)
    ));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::experiment::made_up::{made_up_curve, made_up_experiment};

    #[test]
    fn a_line_an_order_and_a_level_without_masks_on_every_chart() {
        let record = made_up_curve("x");
        let text = curves(&record);
        assert_eq!(
            text.matches("<svg viewBox").count(),
            4,
            "three, and the source"
        );
        assert_eq!(text.matches("<polyline").count(), 4 * 2);
        assert_eq!(text.matches("class=\"band\"").count(), 4 * 3);
        assert_eq!(text.matches("class=\"dot\"").count(), 4 * 5);
        // Across each chart, and in its legend.
        assert_eq!(text.matches("class=\"level\"").count(), 4 * 2);
        for words in [
            "Active selection",
            "Faces by chance",
            "10 masks, active selection: ",
            ">100</text>",
        ] {
            assert!(text.contains(words), "{words} is missing");
        }
    }

    #[test]
    fn an_axis_of_masks_has_none_at_its_left_and_grows_by_factors() {
        assert_eq!(along(0, 10), 0.0);
        assert_eq!(along(10, 10), 1.0);
        let steps = [
            along(100, 10) - along(10, 10),
            along(1000, 10) - along(100, 10),
        ];
        assert!((steps[0] - steps[1]).abs() < 1e-12 && 1.0 < steps[0]);
    }

    #[test]
    fn rows_of_one_order_share_a_color_and_only_ends_have_roc_curves() {
        let record = made_up_curve("x");
        let places: Vec<usize> = (record.rows.iter().enumerate())
            .map(|(at, row)| place(at, row))
            .collect();
        assert_eq!(places, [5, 1, 1, 0, 0]);
        let ends: Vec<&str> = (record.rows.iter())
            .filter(|row| is_end(&record, row))
            .map(|row| row.id.as_str())
            .collect();
        assert_eq!(ends, ["no-masks", "random-100", "active-100"]);
        let plain = made_up_experiment("x", [1.0, 1.0, 1.0]);
        assert_eq!(place(2, &plain.rows[2]), 2);
        assert!(plain.rows.iter().all(|row| is_end(&plain, row)));
        assert!(curves(&plain).is_empty());
    }
}
