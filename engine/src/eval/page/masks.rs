//! Numbers of masks against what they bring: a line for each way of choosing faces, with the level that labels
//! alone reach; and accuracy and attention as a table.

use std::fmt::Write as _;

use crate::detectors::MapKind;
use crate::eval::experiment::masks::{Measure, OrderLine, in_words, lines, without};
use crate::eval::experiment::record::{
    AttentionRecord, ExperimentRecord, NumberRecord, RowGroup, RowRecord,
};
use crate::eval::experiment::text::of_number;
use crate::eval::page::charts::{Plot, color, key, line_key};
use crate::eval::page::comparison::{
    capitalized, difference_cell_of, group_title, percents, row_cell, two_storied,
};
use crate::eval::page::html::{escaped, paragraph};
use crate::eval::page::results::section;

/// Of a chart, pixels: three stand side by side on a page.
const WIDTH: f64 = 384.0;
const HEIGHT: f64 = 310.0;

/// Room on the axis for ten times as many masks, in that between no masks and the fewest.
const DECADE: f64 = 2.0;

/// The place of a row's color: rows of one order share theirs. `at` is the row's place.
pub fn place(at: usize, row: &RowRecord) -> usize {
    let Some(point) = &row.point else { return at };
    match point.order.as_deref() {
        Some(order) => place_of(order),
        None => 5,
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
    let drawn: Vec<(&OrderLine<'_>, Vec<(u32, NumberRecord)>)> = lines
        .iter()
        .map(|line| {
            let rows = line.rows.iter();
            let points = rows.filter_map(|(masks, row)| Some((*masks, measure.of(row, group)?)));
            (line, points.collect())
        })
        .collect();
    let none = without(record);
    let level = none.and_then(|row| measure.of(row, group));
    let numbers = || drawn.iter().flat_map(|(_, points)| points);
    if numbers().next().is_none() {
        return String::new();
    }
    let mut all: Vec<u32> = numbers().map(|(masks, _)| *masks).collect();
    all.sort_unstable();
    all.dedup();
    let fewest = all.iter().copied().find(|&masks| 0 < masks).unwrap_or(1);
    let chance = chance(record, group, measure);
    let ends = numbers().map(|(_, number)| number).chain(&level);
    let ends = ends.flat_map(|number| [number.interval.low, number.interval.high, number.mean]);
    let ends = ends.chain(chance);
    let lowest = ends.clone().fold(1.0, f64::min);
    let highest = ends.fold(0.0, f64::max);
    let low = ((20.0 * lowest - 0.2).floor() / 20.0).max(0.0);
    let high = ((20.0 * highest + 0.2).ceil() / 20.0).min(1.0);
    let most = along(all.last().copied().unwrap_or(1), fewest);
    let (left, right) = (-0.25, most + 0.2);
    let mut plot = Plot::new(WIDTH, HEIGHT, (left, right), (100.0 * low, 100.0 * high));
    let step = if 0.35 < high - low { 0.1 } else { 0.05 };
    let ticks = (0..=20).map(|at| step * f64::from(at));
    let ticks: Vec<f64> = ticks
        .filter(|tick| (low - 1e-9..=high + 1e-9).contains(tick))
        .map(|tick| 100.0 * tick)
        .collect();
    plot.grid(&[], &ticks, 0);
    let has_zero = level.is_some();
    for &masks in all.iter().chain(has_zero.then_some(&0)) {
        plot.tick(along(masks, fewest), &masks.to_string());
    }
    if let Some(chance) = chance {
        plot.line("chance", (left, 100.0 * chance), (right, 100.0 * chance));
    }
    if let Some(level) = &level {
        let ends = [(0.0, level.clone()), (most, level.clone())];
        band(&mut plot, 5, &ends);
        let y = 100.0 * level.mean;
        plot.line("level", (0.0, y), (most, y));
    }
    let placed: Vec<(usize, Vec<(f64, NumberRecord)>)> = drawn
        .iter()
        .map(|(line, points)| {
            let points = points.iter();
            let points = points.map(|(masks, number)| (along(*masks, fewest), number.clone()));
            (place_of(line.order), points.collect())
        })
        .collect();
    for (at, points) in &placed {
        band(&mut plot, *at, points);
    }
    for (at, points) in &placed {
        plot.curve(*at, points.iter().map(|(x, own)| (*x, 100.0 * own.mean)));
    }
    for ((line, points), (at, placed)) in drawn.iter().zip(&placed) {
        for ((masks, number), (x, _)) in points.iter().zip(placed) {
            let what = format!("{masks} masks, {}", in_words(line.order));
            dot(&mut plot, *at, *x, number, &what);
        }
    }
    if let Some(level) = &level {
        dot(&mut plot, 5, 0.0, level, "no masks");
    }
    let y_name = match measure {
        Measure::Auc => "AUC by frame, %",
        Measure::Accuracy => "Accuracy by frame, %",
        Measure::Attention => "Attention inside the masks, %",
    };
    let title = format!("{}: {}", capitalized(name), measure.name());
    let chart = plot.finish("Faces with masks in the training", y_name, &title);
    let keys: String = drawn
        .iter()
        .map(|(line, _)| key(place_of(line.order), &capitalized(in_words(line.order))))
        .collect();
    let none = level.map_or_else(String::new, |_| line_key("class=\"level\"", "No masks"));
    let chance = chance.map_or_else(String::new, |_| {
        let what = match measure {
            Measure::Attention => "A map that prefers no place",
            Measure::Auc | Measure::Accuracy => "Chance",
        };
        line_key("class=\"chance\"", what)
    });
    format!(
        "<figure><figcaption>{}</figcaption>{chart}<ul class=\"legend\">{keys}{none}{chance}</ul></figure>",
        escaped(&title)
    )
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
fn band(plot: &mut Plot, at: usize, points: &[(f64, NumberRecord)]) {
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

/// Accuracy and attention of every row on every group; nothing where no attention was measured.
pub fn table(record: &ExperimentRecord) -> String {
    let groups = || record.rows.iter().flat_map(|row| &row.groups);
    if !groups().any(|group| group.attention.is_some()) {
        return String::new();
    }
    let reference = record.row(&record.reference);
    let less = reference.map_or_else(String::new, |row| format!("less {}", row.label));
    let mut over = Vec::new();
    let mut names = Vec::new();
    for (at, group) in record.groups.iter().enumerate() {
        let own: &[&str] = if at == 0 {
            &["accuracy", &less, "attention in mask", &less, "chance"]
        } else {
            &["accuracy", "attention in mask", "chance"]
        };
        let class = if at == 0 { "main" } else { "side" };
        over.push((group_title(group), own.len(), class));
        names.extend(own.iter().map(|name| (*name).to_owned()));
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let rows = record.rows.iter().enumerate().map(|(at, row)| {
        let mut cells = vec![row_cell(place(at, row), row, "")];
        for at in 0..record.groups.len() {
            let group = row.groups.get(at);
            let accuracy = group.and_then(|group| group.accuracy.as_ref());
            let attention = group.and_then(|group: &RowGroup| group.attention.as_ref());
            let mass = attention.map(|own| &own.mass_in_mask);
            for number in [accuracy, mass] {
                cells.push(number_cell(number, at == 0));
                if at == 0 {
                    let difference = number.and_then(|own| own.difference.as_ref());
                    cells.push(difference_cell_of(difference));
                }
            }
            cells.push(chance_cell(attention));
        }
        cells.concat()
    });
    let maps: Vec<MapKind> = groups()
        .filter_map(|group| Some(group.attention.as_ref()?.map))
        .collect();
    let caption = format!(
        "By frame, in percent, mean ± standard deviation over trainings with the 95 % interval of the mean. \
         Attention is {}; chance is what a map that prefers no place has",
        map_words(&maps)
    );
    let table = two_storied(&caption, &over, &names, rows);
    format!("<h3>Decisions, and where they look</h3>{table}")
}

/// What was compared with masks.
fn map_words(maps: &[MapKind]) -> &'static str {
    if maps.iter().all(|map| *map == MapKind::GradCam) {
        "the share of Grad-CAM inside the exact masks"
    } else {
        "the share of each model's own map inside the exact masks: LAE's class activation, Grad-CAM of the others"
    }
}

fn number_cell(number: Option<&NumberRecord>, is_main: bool) -> String {
    let Some(number) = number else {
        return "<td>–</td>".to_owned();
    };
    let told = of_number(number);
    let told = if is_main {
        format!("<strong>{told}</strong>")
    } else {
        told
    };
    let range = percents(&number.interval);
    format!("<td>{told}<span class=\"range\">{range}</span></td>")
}

fn chance_cell(attention: Option<&AttentionRecord>) -> String {
    match attention {
        None => "<td class=\"noise\">–</td>".to_owned(),
        Some(own) => format!("<td class=\"noise\">{:.1}</td>", 100.0 * own.mask_area),
    }
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
    }

    #[test]
    fn accuracy_and_attention_stand_beside_chance() {
        let record = made_up_curve("x");
        let text = table(&record);
        let attention = record.rows[4].groups[0].attention.as_ref().unwrap();
        assert!(text.contains(&of_number(&attention.mass_in_mask)));
        assert!(text.contains("<td class=\"noise\">25.0</td>"));
        assert_eq!(text.matches("<tr>").count(), 2 + 5);
        let plain = made_up_experiment("x", [1.0, 1.0, 1.0]);
        assert!(table(&plain).is_empty() && curves(&plain).is_empty());
    }
}
