//! What faces were taken for, as grids: rows are what they are, columns what they were taken for.

use std::fmt::Write as _;

use crate::eval::confusion::{ConfusionRow, MeanConfusion};
use crate::eval::experiment::record::{ExperimentRecord, RowRecord};
use crate::eval::experiment::text::with_deviation;
use crate::eval::metrics::Spread;
use crate::eval::page::charts::color;
use crate::eval::page::html::{escaped, paragraph};
use crate::eval::page::results::{display_name, section};
use crate::eval::report::Evaluation;

/// Of a cell, and of the rows that the model knows from those that it does not, in pixels.
const HEIGHT: f64 = 40.0;
const GAP: f64 = 10.0;

/// Room above the cells, for what was said, and below them.
const TOP: f64 = 44.0;
const BOTTOM: f64 = 6.0;

/// Of a letter, about, in pixels; longer names than these letters are cut.
const LETTER: f64 = 7.2;
const MAX_LETTERS: usize = 18;

/// Of the color of a full cell: text stays legible on it, in light and dark.
const OPACITY: f64 = 0.6;

/// Of each method that tells.
pub fn of_results(evaluation: &Evaluation) -> String {
    let grids: String = evaluation
        .results
        .iter()
        .filter_map(|result| {
            let own = MeanConfusion::of(std::slice::from_ref(result.confusion.as_ref()?))?;
            Some(grid(&display_name(result), &own))
        })
        .collect();
    told(&grids, "")
}

/// Of each row that tells: at home, and on the other data. The first of them is shown, the others unfold.
pub fn of_experiment(record: &ExperimentRecord) -> String {
    let mut rows = record
        .rows
        .iter()
        .filter_map(|row| Some((row, of_row(record, row)?)));
    let Some((_, first)) = rows.next() else {
        return String::new();
    };
    let mut others = String::new();
    for (row, grids) in rows {
        // Writing to a string cannot fail, here and below.
        write!(
            others,
            "<details><summary>{}</summary><div class=\"row\">{grids}</div></details>",
            escaped(&row.label)
        )
        .ok();
    }
    told(&first, &others)
}

fn of_row(record: &ExperimentRecord, row: &RowRecord) -> Option<String> {
    let shown = record.home().into_iter().chain([0]);
    let grids: String = shown
        .filter_map(|at| {
            let (group, own) = (record.groups.get(at)?, row.groups.get(at)?);
            let title = format!("{}, {}", row.label, group.name);
            Some(grid(&title, own.confusion.as_ref()?))
        })
        .collect();
    (!grids.is_empty()).then_some(grids)
}

fn told(grids: &str, others: &str) -> String {
    let words = "A face counts for the domain that it is most like. Each row sums to 100 %: the framed cells are \
                 right. Techniques that the model was not trained on have rows and no column; what they are \
                 taken for is a resemblance";
    let inner = format!(
        "{}{}<div class=\"row\">{grids}</div>{others}",
        paragraph("quiet", words),
        legend()
    );
    section("What faces were taken for", &inner, grids.is_empty())
}

fn legend() -> String {
    let steps: String = (0..=10)
        .map(|at| {
            let (x, share) = (f64::from(at) * 12.0, f64::from(at) / 10.0);
            format!(
                "<rect x=\"{x}\" y=\"0\" width=\"12\" height=\"12\" {}/>",
                fill(share)
            )
        })
        .collect();
    format!(
        "<ul class=\"legend\"><li><span>0 %</span><svg width=\"132\" height=\"12\" role=\"img\" \
         aria-label=\"Color scale from none to all faces of a row\">{steps}</svg><span>100 % of the faces of a \
         row</span></li></ul>"
    )
}

/// One model, or the mean of several trainings.
pub fn grid(title: &str, confusion: &MeanConfusion) -> String {
    let names: Vec<String> = confusion.names.iter().map(|name| short(name)).collect();
    let labels: Vec<String> = confusion.rows.iter().map(label).collect();
    let width_of = |texts: &[String]| {
        let letters = texts.iter().map(|text| text.chars().count());
        LETTER * letters.max().unwrap_or(0) as f64
    };
    let left = width_of(&labels) + 14.0;
    let cell = (width_of(&names) + 10.0).max(62.0);
    let width = left + cell * names.len() as f64 + 4.0;
    let mut body = format!(
        "<text x=\"{:.1}\" y=\"14\" text-anchor=\"middle\">taken for</text>",
        left + 0.5 * cell * names.len() as f64
    );
    for (at, name) in names.iter().enumerate() {
        write!(
            body,
            "<text class=\"row\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            left + (at as f64 + 0.5) * cell,
            TOP - 10.0,
            escaped(name)
        )
        .ok();
    }
    let mut y = TOP;
    let mut is_known = true;
    for (row, label) in confusion.rows.iter().zip(&labels) {
        if is_known && !row.is_known {
            y += GAP;
        }
        is_known = row.is_known;
        write!(
            body,
            "<text class=\"row\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            left - 8.0,
            y + 0.5 * HEIGHT + 4.0,
            escaped(label)
        )
        .ok();
        for (at, share) in row.shares.iter().enumerate() {
            let is_hit = row.is_known && confusion.names.get(at) == Some(&row.truth);
            body.push_str(&cell_of(share, [left + at as f64 * cell, y], cell, is_hit));
        }
        y += HEIGHT;
    }
    let height = y + BOTTOM;
    let title = escaped(title);
    format!(
        "<figure><figcaption>{title}</figcaption><svg viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\" aria-label=\"{title}: what faces were taken \
         for\"><title>{title}</title>{body}</svg><figcaption>{}</figcaption></figure>",
        escaped(&accuracy(confusion))
    )
}

fn cell_of(share: &Spread, [x, y]: [f64; 2], width: f64, is_hit: bool) -> String {
    let (middle, half) = (x + 0.5 * width, y + 0.5 * HEIGHT);
    let class = if is_hit { "cell hit" } else { "cell" };
    let mut out = format!(
        "<rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" {}/>",
        x + 1.0,
        y + 1.0,
        width - 2.0,
        HEIGHT - 2.0,
        fill(share.mean)
    );
    let baseline = if share.deviation.is_some() { 0.0 } else { 5.0 };
    write!(
        out,
        "<text class=\"row\" x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{:.0}</text>",
        half + baseline,
        100.0 * share.mean
    )
    .ok();
    if let Some(deviation) = share.deviation {
        write!(
            out,
            "<text class=\"spread\" x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">± {:.0}</text>",
            half + 14.0,
            100.0 * deviation
        )
        .ok();
    }
    out
}

fn fill(share: f64) -> String {
    format!(
        "style=\"fill: {}; fill-opacity: {:.3}\"",
        color(0),
        OPACITY * share
    )
}

/// What a row is of, with its faces.
fn label(row: &ConfusionRow) -> String {
    let unknown = if row.is_known { "" } else { ", not known" };
    format!("{}{unknown} ({})", short(&row.truth), row.faces)
}

fn short(name: &str) -> String {
    if name.chars().count() <= MAX_LETTERS {
        return name.to_owned();
    }
    let start: String = name.chars().take(MAX_LETTERS - 1).collect();
    format!("{start}…")
}

fn accuracy(confusion: &MeanConfusion) -> String {
    let Some(accuracy) = confusion.accuracy else {
        return "No face is of a kind that the model knows".to_owned();
    };
    let number = with_deviation(
        100.0 * accuracy.mean,
        accuracy.deviation.map(|value| 100.0 * value),
    );
    format!(
        "In % of the faces of a row, their number in brackets. Average over the kinds that it knows: {number} % \
         right; chance is {:.1} %",
        100.0 * confusion.chance()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::confusion::Confusion;
    use crate::eval::confusion::tests::told as faces;

    fn confusion(shares: [f32; 3]) -> Confusion {
        let set = faces(&[
            (None, [0.9, 0.1, 0.0]),
            (None, [0.9, 0.1, 0.0]),
            (None, [0.1, 0.8, 0.1]),
            (Some("swap"), [0.0, 0.0, 1.0]),
            (Some("a <technique> of a long name"), shares),
        ]);
        Confusion::of(&set).unwrap()
    }

    #[test]
    fn a_grid_holds_every_share_with_its_spread_and_frames_what_is_right() {
        let trainings = [confusion([0.0, 1.0, 0.0]), confusion([1.0, 0.0, 0.0])];
        let grid = grid("DID, at home", &MeanConfusion::of(&trainings).unwrap());
        // Three rows of three; nothing is of reenact, and one row is of what is not known.
        assert_eq!(grid.matches("class=\"cell").count(), 9);
        assert_eq!(grid.matches("class=\"cell hit\"").count(), 2);
        assert_eq!(grid.matches(">± 71<").count(), 2);
        for words in [
            ">67<",
            "pristine (3)",
            "a &lt;technique&gt; of a…, not known (1)",
            "83.3 ± 0.0 % right; chance is 33.3 %",
        ] {
            assert!(grid.contains(words), "{words} is missing: {grid}");
        }
    }

    #[test]
    fn one_model_has_no_spread() {
        let grid = grid(
            "DID",
            &MeanConfusion::of(&[confusion([1.0, 0.0, 0.0])]).unwrap(),
        );
        assert!(!grid.contains('±') && grid.contains("83.3 % right"));
    }
}
