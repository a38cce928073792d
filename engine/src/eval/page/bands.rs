//! Charts of several trainings of each row: mean ROC curves with their spread, and every training as a dot.

use std::fmt::Write as _;

use crate::eval::experiment::record::{LevelRecord, RocBand};
use crate::eval::experiment::text::percent;
use crate::eval::page::charts::{color, key, roc_figure, roc_plot};
use crate::eval::page::html::escaped;

/// Side of a chart of curves, pixels: three stand side by side on a page.
const SIDE: f64 = 376.0;

/// One row of an experiment in a chart; its place among all rows gives its color.
pub struct Line<'a> {
    pub at: usize,
    pub name: &'a str,
    pub level: &'a LevelRecord,
    pub roc: &'a [RocBand],
}

/// Mean ROC curves of all rows on one chart, as the paper's Figure 4 has them, each with the room between
/// its lowest and highest training.
pub fn roc(title: &str, lines: &[Line<'_>]) -> String {
    let mut plot = roc_plot(SIDE);
    for line in lines {
        let mut path = String::new();
        let there = line.roc.iter().map(|point| (point.fpr, point.high));
        let back = line.roc.iter().rev().map(|point| (point.fpr, point.low));
        for (fpr, tpr) in there.chain(back) {
            let start = if path.is_empty() { 'M' } else { 'L' };
            write!(path, "{start}{:.1} {:.1}", plot.px(fpr), plot.py(tpr)).ok();
        }
        plot.add(format_args!(
            "<path class=\"band\" style=\"fill: {}\" d=\"{path}Z\"/>",
            color(line.at)
        ));
    }
    for line in lines {
        let points = line.roc.iter().map(|point| (point.fpr, point.mean));
        plot.curve(line.at, std::iter::once((0.0, 0.0)).chain(points));
    }
    let keys = lines.iter().map(|line| {
        let name = format!("{}, AUC {} %", line.name, percent(line.level));
        key(line.at, &name)
    });
    roc_figure(plot, title, &keys.collect::<String>())
}

/// Every training as a dot, the mean as a tick, its interval as a bar: one row under the other over an axis
/// of AUC in percent.
pub fn dots(title: &str, lines: &[Line<'_>]) -> String {
    const ROW: f64 = 46.0;
    let values = lines.iter().flat_map(|line| {
        let level = line.level;
        let ends = [level.interval.low, level.interval.high, 0.5];
        level.auc.iter().copied().chain(ends)
    });
    let lowest = values.clone().fold(1.0, f64::min);
    let highest = values.fold(0.0, f64::max);
    let low = (20.0 * lowest - 0.2).floor() / 20.0;
    let high = ((20.0 * highest + 0.2).ceil() / 20.0).min(1.0);
    let (left, right, top) = (150.0, 14.0, 8.0);
    let width = 560.0;
    let height = top + ROW * lines.len() as f64 + 40.0;
    let px = |auc: f64| left + (auc - low) / (high - low) * (width - left - right);
    let bottom = top + ROW * lines.len() as f64;
    let mut body = String::new();
    let step = if 0.35 < high - low { 0.1 } else { 0.05 };
    let mut tick = (low / step).ceil() * step;
    while tick <= high + 1e-9 {
        let x = px(tick);
        write!(
            body,
            "<line class=\"grid\" x1=\"{x:.1}\" y1=\"{top}\" x2=\"{x:.1}\" y2=\"{bottom:.1}\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{:.0}</text>",
            bottom + 16.0,
            100.0 * tick
        )
        .ok();
        tick += step;
    }
    let half = px(0.5);
    write!(
        body,
        "<line class=\"chance\" x1=\"{half:.1}\" y1=\"{top}\" x2=\"{half:.1}\" y2=\"{bottom:.1}\"/>\
         <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">AUC in %; the dotted line is chance</text>",
        0.5 * (left + width - right),
        height - 6.0
    )
    .ok();
    for (place, line) in lines.iter().enumerate() {
        let y = top + ROW * (place as f64 + 0.5);
        let level = line.level;
        let (from, to, mean) = (
            px(level.interval.low),
            px(level.interval.high),
            px(level.mean),
        );
        let color = color(line.at);
        write!(
            body,
            "<text class=\"row\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\
             <line style=\"stroke: {color}; stroke-width: 8; stroke-opacity: .25\" x1=\"{from:.1}\" y1=\"{y:.1}\" \
             x2=\"{to:.1}\" y2=\"{y:.1}\"/>\
             <line style=\"stroke: {color}; stroke-width: 3\" x1=\"{mean:.1}\" y1=\"{:.1}\" x2=\"{mean:.1}\" \
             y2=\"{:.1}\"/>",
            left - 12.0,
            y + 4.0,
            escaped(line.name),
            y - 13.0,
            y + 13.0
        )
        .ok();
        for auc in &level.auc {
            let x = px(*auc);
            write!(
                body,
                "<circle style=\"fill: {color}\" class=\"dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\"><title>{:.1} %</title></circle>",
                100.0 * auc
            )
            .ok();
        }
    }
    let title = escaped(title);
    format!(
        "<figure><figcaption>{title}</figcaption><svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\" aria-label=\"{title}\"><title>{title}</title>{body}</svg>\
         <figcaption>A dot is one training, the tick their mean, the pale bar its 95 % interval</figcaption></figure>"
    )
}
