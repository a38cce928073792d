//! An experiment on the page: the paper's table with ours, what comes out, curves, every training, recipes.

use std::fmt::Write as _;

use crate::eval::experiment::record::{ExperimentRecord, RowRecord, RunRecord};
use crate::eval::page::bands::{self, Line};
use crate::eval::page::comparison::{BY_FRAME, BY_VIDEO, Level, capitalized, headline};
use crate::eval::page::html::{cell, list, name_cell, paragraph, table};
use crate::eval::page::{confusion, masks, recipe, results::section};

/// Everything about an experiment but the data.
pub fn experiment(record: &ExperimentRecord) -> String {
    let mut out = String::from("<h2>The table</h2>");
    out.push_str(&headline(record));
    out.push_str("<h2>What comes out</h2>");
    out.push_str(&list(&record.reading));
    out.push_str(&masks::curves(record));
    out.push_str(&curves(record));
    out.push_str(&techniques(record));
    out.push_str(&confusion::of_experiment(record));
    out.push_str(&trainings(record));
    out.push_str(&recipe::recipe(record));
    out
}

fn lines(
    record: &ExperimentRecord,
    group: usize,
    level: Level,
    is_by_frame: bool,
) -> Vec<Line<'_>> {
    let rows = record.rows.iter().enumerate();
    rows.filter_map(|(at, row)| {
        let group = row.groups.get(group)?;
        Some(Line {
            at: masks::place(at, row),
            name: &row.label,
            level: level(group)?,
            roc: if is_by_frame {
                &group.roc_frames
            } else {
                &group.roc_videos
            },
        })
    })
    .collect()
}

/// Of those rows that can be told apart on a chart of ROC curves.
fn ends(record: &ExperimentRecord, group: usize, level: Level, is_by_frame: bool) -> Vec<Line<'_>> {
    let mut lines = lines(record, group, level, is_by_frame);
    let is_shown = |name: &str| {
        let mut rows = record.rows.iter().filter(|row| row.label == name);
        rows.any(|row| masks::is_end(record, row))
    };
    lines.retain(|line| is_shown(line.name));
    lines
}

/// The dots of all trainings, and ROC curves of every group.
fn curves(record: &ExperimentRecord) -> String {
    let Some(main) = record.groups.first() else {
        return String::new();
    };
    let by_frame = lines(record, 0, BY_FRAME, true);
    let by_video = lines(record, 0, BY_VIDEO, false);
    let name = capitalized(&main.name);
    let mut out = String::from("<div class=\"row\">");
    out.push_str(&bands::dots(&format!("{name}, by frame"), &by_frame));
    out.push_str(&bands::dots(&format!("{name}, by video"), &by_video));
    out.push_str("</div><h3>ROC curves</h3>");
    out.push_str(&paragraph(
        "quiet",
        "Each line is the mean over the trainings of a row at every false-positive rate, as the paper's Figure 4 \
         draws them; the pale room around it reaches from the lowest training to the highest. The dotted line is \
         chance",
    ));
    out.push_str("<div class=\"row\">");
    out.push_str(&bands::roc(
        &format!("{name}, by frame"),
        &ends(record, 0, BY_FRAME, true),
    ));
    out.push_str(&bands::roc(
        &format!("{name}, by video"),
        &ends(record, 0, BY_VIDEO, false),
    ));
    if let Some(home) = record.source().filter(|&at| at != 0) {
        let title = format!("{}, by frame", capitalized(&record.groups[home].name));
        out.push_str(&bands::roc(&title, &ends(record, home, BY_FRAME, true)));
    }
    out.push_str("</div>");
    section("Trainings and their curves", &out, by_frame.is_empty())
}

/// The mean AUC of each technique, where a group has several.
fn techniques(record: &ExperimentRecord) -> String {
    let of_group = |at: usize| {
        let rows = record.rows.iter();
        rows.filter_map(move |row| Some(&row.groups.get(at)?.techniques))
            .find(|techniques| 1 < techniques.len())
    };
    let Some((at, names)) = (0..record.groups.len()).find_map(|at| Some((at, of_group(at)?)))
    else {
        return String::new();
    };
    let mut head = vec!["Method"];
    head.extend(names.iter().map(|(name, _)| name.as_str()));
    let rows: Vec<Vec<String>> = record
        .rows
        .iter()
        .filter_map(|row| {
            let own = &row.groups.get(at)?.techniques;
            let mut cells = vec![name_cell(&row.label)];
            cells.extend(names.iter().map(|(name, _)| {
                let found = own.iter().find(|(other, _)| other == name);
                let text = found.map_or("–".to_owned(), |(_, auc)| format!("{:.1}", 100.0 * auc));
                cell(&text)
            }));
            Some(cells)
        })
        .collect();
    let caption = format!(
        "AUC in percent by frame, mean over trainings, each technique against everything pristine. Trained on: {}",
        record.trained_on
    );
    section("By technique", &table(&caption, &head, &rows), false)
}

/// Every training with its own numbers and its cost.
fn trainings(record: &ExperimentRecord) -> String {
    let mut head = vec![
        "Method".to_owned(),
        "Seed".to_owned(),
        "Best step".to_owned(),
        "Validation".to_owned(),
    ];
    let groups = record.groups.iter();
    head.extend(groups.map(|group| format!("{}, by frame", group.name)));
    head.extend(["Minutes".to_owned(), "Pictures/s".to_owned()]);
    let rows: Vec<Vec<String>> = record.rows.iter().flat_map(of_row).collect();
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let told = table(
        "AUC in percent of every training. Minutes are those of its last start, validations included",
        &head,
        &rows,
    );
    let mut out = cost(record);
    write!(
        out,
        "<details><summary>Every training by itself</summary>{told}</details>"
    )
    .ok();
    section("What it cost", &out, rows.is_empty())
}

fn of_row(row: &RowRecord) -> Vec<Vec<String>> {
    let auc = |auc: Option<f64>| auc.map_or("–".to_owned(), |auc| format!("{:.1}", 100.0 * auc));
    let runs = row.runs.iter();
    runs.map(|run| {
        let mut cells = vec![
            name_cell(&row.label),
            cell(&run.seed),
            cell(&run.best_step),
            cell(&auc(run.validation_auc)),
        ];
        cells.extend(run.auc_frames.iter().map(|own| cell(&auc(*own))));
        cells.push(cell(&format!("{:.1}", run.seconds / 60.0)));
        cells.push(cell(&format!("{:.0}", run.images_per_second)));
        cells
    })
    .collect()
}

/// Time of a training of each row, beside that of the reference.
fn cost(record: &ExperimentRecord) -> String {
    let mean = |row: &RowRecord, of: fn(&RunRecord) -> f64| {
        let runs = row.runs.iter().map(of);
        (!row.runs.is_empty()).then(|| runs.sum::<f64>() / row.runs.len() as f64)
    };
    let speed = |row: &RowRecord| mean(row, |run| run.images_per_second);
    let reference = record.row(&record.reference).and_then(speed);
    let rows: Vec<Vec<String>> = record
        .rows
        .iter()
        .filter_map(|row| {
            let (speed, seconds) = (speed(row)?, mean(row, |run| run.seconds)?);
            let times =
                reference.map_or("–".to_owned(), |own| format!("{:.1} times", own / speed));
            Some(vec![
                name_cell(&row.label),
                cell(&row.runs.len()),
                cell(&format!("{:.1}", seconds / 60.0)),
                cell(&format!("{speed:.0}")),
                cell(&times),
            ])
        })
        .collect();
    let steps = if record.rows.iter().any(|row| row.goes_on) {
        "Rows that go on from the shared first stage take the second's steps alone, and the first stands in none \
         of them"
    } else {
        "They all take the same steps"
    };
    table(
        &format!(
            "Means over the trainings of a row. {steps}. Other work on the machine slows a training, so times are rough"
        ),
        &[
            "Method",
            "Trainings",
            "Minutes each",
            "Pictures a second",
            "Time, in that of the first",
        ],
        &rows,
    )
}
