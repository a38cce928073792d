//! Charts as inline SVG: ROC curves, score histograms, reliability, intervals. Colors are those of the
//! style sheet and are told apart by line style too.

use std::fmt::Write as _;

use crate::detectors::card::Interval;
use crate::eval::metrics::{ReliabilityBin, RocPoint};
use crate::eval::page::html::{escaped, share};
use crate::eval::report::Histogram;

/// Colors in the style sheet, `--c0` and on; then they begin anew with other dashes.
const NUM_COLORS: usize = 8;
const DASHES: [&str; 4] = ["none", "7 3", "2 3", "9 3 2 3"];

/// Room around a plot, pixels: left, top, right, bottom.
const MARGIN: [f64; 4] = [46.0, 12.0, 14.0, 42.0];

/// One line of a chart.
pub struct Curve<'a> {
    pub name: String,
    pub points: &'a [RocPoint],
    pub auc: f64,
}

/// A plot in the making: maps numbers to pixels.
pub struct Plot {
    width: f64,
    height: f64,
    x: (f64, f64),
    y: (f64, f64),
    body: String,
}

impl Plot {
    /// Of a size in pixels, with the ends of both axes.
    pub fn new(width: f64, height: f64, x: (f64, f64), y: (f64, f64)) -> Self {
        let body = String::new();
        Self {
            width,
            height,
            x,
            y,
            body,
        }
    }

    pub fn px(&self, x: f64) -> f64 {
        let room = self.width - MARGIN[0] - MARGIN[2];
        MARGIN[0] + (x - self.x.0) / (self.x.1 - self.x.0) * room
    }

    pub fn py(&self, y: f64) -> f64 {
        let room = self.height - MARGIN[1] - MARGIN[3];
        self.height - MARGIN[3] - (y - self.y.0) / (self.y.1 - self.y.0) * room
    }

    /// Writing to a string cannot fail.
    pub fn add(&mut self, text: std::fmt::Arguments<'_>) {
        self.body.write_fmt(text).ok();
    }

    pub fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let (x1, y1) = (self.px(from.0), self.py(from.1));
        let (x2, y2) = (self.px(to.0), self.py(to.1));
        self.add(format_args!(
            "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"
        ));
    }

    /// A line through points, in the stroke of its place.
    pub fn curve(&mut self, at: usize, points: impl Iterator<Item = (f64, f64)>) {
        let points: Vec<String> = points
            .map(|(x, y)| format!("{:.1},{:.1}", self.px(x), self.py(y)))
            .collect();
        self.add(format_args!(
            "<polyline class=\"curve\" {} points=\"{}\"/>",
            stroke(at),
            points.join(" ")
        ));
    }

    pub fn grid(&mut self, x_ticks: &[f64], y_ticks: &[f64], y_digits: usize) {
        let (x, y) = (self.x, self.y);
        for &tick in x_ticks {
            self.line("grid", (tick, y.0), (tick, y.1));
            let (at, below) = (self.px(tick), self.height - MARGIN[3] + 16.0);
            self.add(format_args!(
                "<text x=\"{at:.1}\" y=\"{below:.1}\" text-anchor=\"middle\">{tick:.1}</text>"
            ));
        }
        for &tick in y_ticks {
            self.line("grid", (x.0, tick), (x.1, tick));
            let (left, at) = (MARGIN[0] - 6.0, self.py(tick) + 4.0);
            self.add(format_args!(
                "<text x=\"{left:.1}\" y=\"{at:.1}\" text-anchor=\"end\">{tick:.y_digits$}</text>"
            ));
        }
    }

    /// A mark of the axis below with a text of its own.
    pub fn tick(&mut self, x: f64, text: &str) {
        let (low, high) = self.y;
        self.line("grid", (x, low), (x, high));
        let (at, below) = (self.px(x), self.height - MARGIN[3] + 16.0);
        self.add(format_args!(
            "<text x=\"{at:.1}\" y=\"{below:.1}\" text-anchor=\"middle\">{}</text>",
            escaped(text)
        ));
    }

    pub fn finish(mut self, x_name: &str, y_name: &str, title: &str) -> String {
        let (x, y) = (self.x, self.y);
        self.line("axis", (x.0, y.0), (x.1, y.0));
        self.line("axis", (x.0, y.0), (x.0, y.1));
        let middle = self.px(0.5 * (x.0 + x.1));
        let bottom = self.height - 6.0;
        let side = self.py(0.5 * (y.0 + y.1));
        let (x_name, y_name, title) = (escaped(x_name), escaped(y_name), escaped(title));
        self.add(format_args!(
            "<text x=\"{middle:.1}\" y=\"{bottom:.1}\" text-anchor=\"middle\">{x_name}</text>\
             <text transform=\"translate(12 {side:.1}) rotate(-90)\" text-anchor=\"middle\">{y_name}</text>"
        ));
        let (width, height) = (self.width, self.height);
        format!(
            "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
             aria-label=\"{title}\"><title>{title}</title>{}</svg>",
            self.body
        )
    }
}

const TENTHS: [f64; 6] = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0];

/// ROC curves with their legend.
pub fn roc(title: &str, curves: &[Curve<'_>]) -> String {
    let mut plot = roc_plot(420.0);
    for (at, curve) in curves.iter().enumerate() {
        let points = curve.points.iter();
        plot.curve(at, points.map(|point| (point.fpr, point.tpr)));
    }
    let keys = curves.iter().enumerate().map(|(at, curve)| {
        let name = format!("{}, AUC {}", curve.name, share(curve.auc));
        key(at, &name)
    });
    roc_figure(plot, title, &keys.collect::<String>())
}

/// A square plot for ROC curves, with the line of chance.
pub fn roc_plot(side: f64) -> Plot {
    let mut plot = Plot::new(side, side, (0.0, 1.0), (0.0, 1.0));
    plot.grid(&TENTHS, &TENTHS, 1);
    plot.line("chance", (0.0, 0.0), (1.0, 1.0));
    plot
}

/// The plot with its axes named and its legend below: `keys`, then chance.
pub fn roc_figure(plot: Plot, title: &str, keys: &str) -> String {
    let chart = plot.finish(
        "Pristine taken for manipulated (FPR)",
        "Manipulated found (TPR)",
        title,
    );
    format!(
        "<figure><figcaption>{}</figcaption>{chart}<ul class=\"legend\">{keys}{}</ul></figure>",
        escaped(title),
        line_key("class=\"chance\"", "chance")
    )
}

/// The legend's line for the curve of a place.
pub fn key(at: usize, name: &str) -> String {
    line_key(&format!("class=\"curve\" {}", stroke(at)), name)
}

/// A legend's line with attributes of its own.
pub fn line_key(attributes: &str, name: &str) -> String {
    format!(
        "<li><svg width=\"34\" height=\"10\" aria-hidden=\"true\"><line {attributes} x1=\"0\" y1=\"5\" \
         x2=\"34\" y2=\"5\"/></svg><span>{}</span></li>",
        escaped(name)
    )
}

/// Color by place, as the style sheet has it.
pub fn color(at: usize) -> String {
    format!("var(--c{})", at % NUM_COLORS)
}

/// Dashes change from line to line, so that no two need color to be told apart.
fn stroke(at: usize) -> String {
    let dash = DASHES[(at + at / NUM_COLORS) % DASHES.len()];
    format!("style=\"stroke: {}; stroke-dasharray: {dash}\"", color(at))
}

/// Both kinds of scores over one axis, each as shares of its own kind.
pub fn histogram(histogram: &Histogram, title: &str) -> String {
    let shares = |bars: &[u64]| -> Vec<f64> {
        let total = bars.iter().sum::<u64>().max(1) as f64;
        bars.iter().map(|&bar| bar as f64 / total).collect()
    };
    let kinds = [
        ("pristine", shares(&histogram.pristine)),
        ("manipulated", shares(&histogram.manipulated)),
    ];
    let tallest = kinds.iter().flat_map(|(_, bars)| bars).copied();
    let top = ((tallest.fold(0.0, f64::max) * 25.0).ceil() / 25.0).max(0.04);
    let (low, high) = (histogram.low, histogram.high);
    let mut plot = Plot::new(460.0, 300.0, (low, high), (0.0, top));
    let ticks: Vec<f64> = (0..=4)
        .map(|at| low + (high - low) * f64::from(at) / 4.0)
        .collect();
    let y_ticks: Vec<f64> = (0..=4).map(|at| top * f64::from(at) / 4.0).collect();
    plot.grid(&ticks, &y_ticks, 2);
    for (class, bars) in &kinds {
        let width = (high - low) / bars.len() as f64;
        let mut path = format!("M{:.1} {:.1}", plot.px(low), plot.py(0.0));
        for (at, bar) in bars.iter().enumerate() {
            let left = low + width * at as f64;
            let (x1, x2, y) = (plot.px(left), plot.px(left + width), plot.py(*bar));
            write!(path, "L{x1:.1} {y:.1}L{x2:.1} {y:.1}").ok();
        }
        write!(path, "L{:.1} {:.1}Z", plot.px(high), plot.py(0.0)).ok();
        plot.add(format_args!("<path class=\"{class}\" d=\"{path}\"/>"));
    }
    if low < 0.0 && 0.0 < high {
        plot.line("chance", (0.0, 0.0), (0.0, top));
    }
    let axis = if histogram.axis == "logit" {
        "Logit of a face; further right is more manipulated"
    } else {
        "Score of a face; further right is more manipulated"
    };
    let chart = plot.finish(axis, "Share of its kind", title);
    let legend: String = ["pristine", "manipulated"]
        .iter()
        .map(|kind| {
            format!(
                "<li><svg width=\"34\" height=\"12\" aria-hidden=\"true\"><rect class=\"{kind}\" \
                 x=\"1\" y=\"1\" width=\"32\" height=\"10\"/></svg><span>{kind}</span></li>"
            )
        })
        .collect();
    format!(
        "<figure><figcaption>{}</figcaption>{chart}<ul class=\"legend\">{legend}</ul></figure>",
        escaped(title)
    )
}

/// What was claimed against what came true; the bars below say how many faces a point stands for.
pub fn reliability(bins: &[ReliabilityBin], title: &str) -> String {
    let mut plot = Plot::new(360.0, 300.0, (0.0, 1.0), (0.0, 1.0));
    plot.grid(&TENTHS, &TENTHS, 1);
    let most = bins.iter().map(|bin| bin.count).max().unwrap_or(0).max(1);
    let (mut points, mut dots) = (Vec::new(), String::new());
    for bin in bins.iter().filter(|bin| 0 < bin.count) {
        let (left, right) = (plot.px(bin.low) + 1.0, plot.px(bin.high) - 1.0);
        let (bottom, top) = (plot.py(0.0), plot.py(0.25 * bin.count as f64 / most as f64));
        let (width, height) = (right - left, bottom - top);
        plot.add(format_args!(
            "<rect class=\"mass\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>"
        ));
        let point = (bin.mean_probability, bin.share_manipulated);
        let (x, y) = (plot.px(point.0), plot.py(point.1));
        points.push(point);
        write!(
            dots,
            "<circle class=\"mark\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"><title>{} faces</title></circle>",
            bin.count
        )
        .ok();
    }
    plot.line("chance", (0.0, 0.0), (1.0, 1.0));
    plot.curve(0, points.into_iter());
    plot.add(format_args!("{dots}"));
    let chart = plot.finish("Probability told", "Share that was manipulated", title);
    format!(
        "<figure><figcaption>{}</figcaption>{chart}<figcaption>On the dotted line, what is told \
         comes true. Gray bars: how many faces</figcaption></figure>",
        escaped(title)
    )
}

/// A cell with the interval drawn from chance (0.5) or below to 1.
pub fn whisker_cell(interval: &Interval) -> String {
    let at = |value: f64| 4.0 + 112.0 * value.clamp(0.0, 1.0);
    let (low, high, value) = (at(interval.low), at(interval.high), at(interval.value));
    let half = at(0.5);
    format!(
        "<td><svg width=\"120\" height=\"26\" viewBox=\"0 0 120 26\" aria-hidden=\"true\">\
         <line class=\"axis\" x1=\"4\" y1=\"20\" x2=\"116\" y2=\"20\"/>\
         <line class=\"chance\" x1=\"{half}\" y1=\"2\" x2=\"{half}\" y2=\"24\"/>\
         <line class=\"whisker\" x1=\"{low:.1}\" y1=\"11\" x2=\"{high:.1}\" y2=\"11\"/>\
         <circle class=\"mark\" cx=\"{value:.1}\" cy=\"11\" r=\"4.5\"/></svg></td>"
    )
}
