//! An experiment on the page: the paper's table with ours, what comes out, curves, every training, recipes.

use std::fmt::Write as _;

use crate::detectors::card::Interval;
use crate::eval::experiment::record::{
    ExperimentRecord, GroupRecord, LevelRecord, RowGroup, RowRecord,
};
use crate::eval::experiment::text::{percent, with_deviation};
use crate::eval::page::bands::{self, Line};
use crate::eval::page::html::{cell, escaped, list, name_cell, paragraph, table, text_cell};
use crate::eval::page::{recipe, results::section};

/// Everything about an experiment but the data.
pub fn experiment(record: &ExperimentRecord) -> String {
    let mut out = String::from("<h2>The table</h2>");
    out.push_str(&headline(record));
    out.push_str("<h2>What comes out</h2>");
    out.push_str(&list(&record.reading));
    out.push_str(&curves(record));
    out.push_str(&techniques(record));
    out.push_str(&trainings(record));
    out.push_str(&recipe::recipe(record));
    out
}

/// Of a group, at a level.
type Level = fn(&RowGroup) -> Option<&LevelRecord>;

const BY_FRAME: Level = |group| group.frames.as_ref();
const BY_VIDEO: Level = |group| group.videos.as_ref();

/// The paper's table, with ours beside it.
fn headline(record: &ExperimentRecord) -> String {
    let groups = &record.groups;
    let published = &record.published.columns;
    let mut out = String::from("<div class=\"scroll\"><table class=\"paper\"><caption>");
    write!(
        out,
        "AUC in percent, mean ± standard deviation over {} trainings; below it the 95 % interval of the mean \
         from draws of videos and trainings</caption><thead><tr><th></th>",
        record.seeds.len()
    )
    .ok();
    for (at, group) in groups.iter().enumerate() {
        let span = if at == 0 && 1 < record.rows.len() {
            4
        } else {
            2
        };
        let class = if at == 0 { "main" } else { "side" };
        write!(
            out,
            "<th colspan=\"{span}\" class=\"over {class}\">{}</th>",
            escaped(&group_title(group))
        )
        .ok();
    }
    if !published.is_empty() {
        write!(
            out,
            "<th colspan=\"{}\" class=\"over other\">Published, on other data</th>",
            published.len()
        )
        .ok();
    }
    out.push_str("</tr><tr><th scope=\"col\" class=\"text\">Method</th>");
    let reference = record
        .row(&record.reference)
        .map_or("the reference", |row| row.label.as_str());
    for at in 0..groups.len() {
        let has_difference = at == 0 && 1 < record.rows.len();
        for name in ["by frame", "by video"] {
            write!(out, "<th scope=\"col\">{name}</th>").ok();
            if has_difference {
                let reference = escaped(reference);
                write!(out, "<th scope=\"col\">less {reference}</th>").ok();
            }
        }
    }
    for name in published {
        write!(
            out,
            "<th scope=\"col\" class=\"other\">{}</th>",
            escaped(name)
        )
        .ok();
    }
    out.push_str("</tr></thead><tbody>");
    for (at, row) in record.rows.iter().enumerate() {
        write!(
            out,
            "<tr><td class=\"name\"><span class=\"key\" style=\"background: var(--c{})\"></span>{}\
             <span class=\"range\">{}</span></td>",
            at % 8,
            escaped(&row.label),
            escaped(&row.about)
        )
        .ok();
        for at in 0..groups.len() {
            for level in [BY_FRAME, BY_VIDEO] {
                let level = row.groups.get(at).and_then(level);
                out.push_str(&level_cell(level, at == 0));
                if at == 0 && 1 < record.rows.len() {
                    out.push_str(&difference_cell(level));
                }
            }
        }
        for at in 0..published.len() {
            let numbers = record.published_of(&row.id);
            let number = numbers.and_then(|row| row.numbers.get(at));
            let text = number.map_or("–".to_owned(), |&(mean, deviation)| {
                with_deviation(mean, deviation)
            });
            write!(out, "<td class=\"other\">{}</td>", escaped(&text)).ok();
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
    out.push_str(&paragraph("quiet", &record.published.about));
    out
}

fn group_title(group: &GroupRecord) -> String {
    let pristine = group.videos - group.manipulated;
    format!(
        "{} ({} of {} clips, {} people)",
        capitalized(&group.name),
        group.manipulated,
        group.manipulated + pristine,
        group.people
    )
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

fn level_cell(level: Option<&LevelRecord>, is_main: bool) -> String {
    let Some(level) = level else {
        return "<td>–</td>".to_owned();
    };
    let number = percent(level);
    let number = if is_main {
        format!("<strong>{number}</strong>")
    } else {
        number
    };
    format!(
        "<td>{number}<span class=\"range\">{}</span></td>",
        percents(&level.interval)
    )
}

/// Set off where the interval does not hold zero.
fn difference_cell(level: Option<&LevelRecord>) -> String {
    let Some(difference) = level.and_then(|level| level.difference.as_ref()) else {
        return "<td class=\"noise\">–</td>".to_owned();
    };
    let is_clear = 0.0 < difference.low || difference.high < 0.0;
    let class = if is_clear { "clear" } else { "noise" };
    format!(
        "<td class=\"{class}\">{:+.1}<span class=\"range\">{:+.1} to {:+.1}</span></td>",
        100.0 * difference.value,
        100.0 * difference.low,
        100.0 * difference.high
    )
}

fn percents(interval: &Interval) -> String {
    format!("{:.1}–{:.1}", 100.0 * interval.low, 100.0 * interval.high)
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
            at,
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
    out.push_str(&bands::roc(&format!("{name}, by frame"), &by_frame));
    out.push_str(&bands::roc(&format!("{name}, by video"), &by_video));
    if let Some(home) = record.home() {
        let title = format!("{}, by frame", capitalized(&record.groups[home].name));
        out.push_str(&bands::roc(&title, &lines(record, home, BY_FRAME, true)));
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
    let mean = |row: &RowRecord, of: fn(&crate::eval::experiment::record::RunRecord) -> f64| {
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
            let times = reference.map_or("–".to_owned(), |own| format!("{:.1}", own / speed));
            Some(vec![
                name_cell(&row.label),
                cell(&row.runs.len()),
                cell(&format!("{:.1}", seconds / 60.0)),
                cell(&format!("{speed:.0}")),
                cell(&times),
                text_cell(&row.about),
            ])
        })
        .collect();
    table(
        "Means over the trainings of a row; the same steps for all",
        &[
            "Method",
            "Trainings",
            "Minutes each",
            "Pictures a second",
            "Times the reference's",
            "",
        ],
        &rows,
    )
}
