//! An experiment on the page: the paper's table with ours, what comes out, curves, every training, recipes.

use std::fmt::Write as _;

use crate::detectors::card::Interval;
use crate::eval::experiment::record::{
    ExperimentRecord, GroupRecord, LevelRecord, RowGroup, RowRecord, RunRecord,
};
use crate::eval::experiment::text::{percent, with_deviation};
use crate::eval::page::bands::{self, Line};
use crate::eval::page::charts::color;
use crate::eval::page::html::{cell, escaped, list, name_cell, paragraph, table};
use crate::eval::page::{confusion, recipe, results::section};

/// Everything about an experiment but the data.
pub fn experiment(record: &ExperimentRecord) -> String {
    let mut out = String::from("<h2>The table</h2>");
    out.push_str(&headline(record));
    out.push_str("<h2>What comes out</h2>");
    out.push_str(&list(&record.reading));
    out.push_str(&curves(record));
    out.push_str(&techniques(record));
    out.push_str(&confusion::of_experiment(record));
    out.push_str(&trainings(record));
    out.push_str(&recipe::recipe(record));
    out
}

/// Of a group, at a level.
type Level = fn(&RowGroup) -> Option<&LevelRecord>;

const BY_FRAME: Level = |group| group.frames.as_ref();
const BY_VIDEO: Level = |group| group.videos.as_ref();

/// The paper's table, with ours beside it, and below it how the models do on other items.
fn headline(record: &ExperimentRecord) -> String {
    let Some(main) = record.groups.first() else {
        return String::new();
    };
    let published = &record.published.columns;
    let has_difference = 1 < record.rows.len();
    let reference = record.row(&record.reference);
    let less = reference.map_or_else(String::new, |row| format!("less {}", row.label));
    let mut names = vec!["by frame"];
    names.extend(has_difference.then_some(less.as_str()));
    names.push("by video");
    names.extend(has_difference.then_some(less.as_str()));
    let mut over = vec![(group_title(main), names.len(), "main")];
    over.push((
        "Published, on other data".to_owned(),
        published.len(),
        "other",
    ));
    names.extend(published.iter().map(String::as_str));
    let rows = record.rows.iter().enumerate().map(|(at, row)| {
        let mut cells = vec![row_cell(at, row, &row.about)];
        for level in [BY_FRAME, BY_VIDEO] {
            let level = row.main().and_then(level);
            cells.push(level_cell(level, true));
            cells.extend(has_difference.then(|| difference_cell(level)));
        }
        let numbers = record.published_of(&row.id);
        cells.extend((0..published.len()).map(|at| {
            let number = numbers.and_then(|row| *row.numbers.get(at)?);
            let text = number.map_or("–".to_owned(), |(mean, deviation)| {
                with_deviation(mean, deviation)
            });
            format!("<td class=\"other\">{}</td>", escaped(&text))
        }));
        cells.concat()
    });
    let caption = format!(
        "AUC in percent, mean ± standard deviation over {} trainings of each row; below it the 95 % interval of \
         the mean, from drawing videos and trainings anew. A difference in bold is one whose interval does not \
         hold zero",
        record.seeds.len()
    );
    let mut out = two_storied(&caption, &over, &names, rows);
    out.push_str(&paragraph("quiet", &record.published.about));
    out.push_str(&elsewhere(record));
    out
}

/// The groups beside the experiment's own question.
fn elsewhere(record: &ExperimentRecord) -> String {
    let others = || record.groups.iter().enumerate().skip(1);
    if others().next().is_none() {
        return String::new();
    }
    let over: Vec<(String, usize, &str)> = others()
        .map(|(_, group)| (group_title(group), 2, "side"))
        .collect();
    let names: Vec<&str> = others().flat_map(|_| ["by frame", "by video"]).collect();
    let rows = record.rows.iter().enumerate().map(|(at, row)| {
        let levels = others().flat_map(|(group, _)| {
            let group = row.groups.get(group);
            [BY_FRAME, BY_VIDEO].map(|level| level_cell(group.and_then(level), false))
        });
        row_cell(at, row, "") + &levels.collect::<String>()
    });
    let told: Vec<String> = record
        .groups
        .iter()
        .map(|group| format!("{}: {}", capitalized(&group.name), group.in_words))
        .collect();
    let table = two_storied("The same models on other items", &over, &names, rows);
    format!("<h3>Beside the question</h3>{table}{}", list(&told))
}

/// A table with a line of headings over several columns each: text, columns, class.
fn two_storied(
    caption: &str,
    over: &[(String, usize, &str)],
    names: &[&str],
    rows: impl Iterator<Item = String>,
) -> String {
    let mut out = format!(
        "<div class=\"scroll\"><table class=\"paper\"><caption>{}</caption><thead><tr><th></th>",
        escaped(caption)
    );
    let mut classes = Vec::new();
    for (text, span, class) in over.iter().filter(|(_, span, _)| 0 < *span) {
        classes.extend(std::iter::repeat_n(*class, *span));
        let text = escaped(text);
        write!(
            out,
            "<th colspan=\"{span}\" class=\"over {class}\">{text}</th>"
        )
        .ok();
    }
    out.push_str("</tr><tr><th scope=\"col\" class=\"text\">Method</th>");
    for (name, class) in names.iter().zip(classes) {
        let name = escaped(name);
        write!(out, "<th scope=\"col\" class=\"{class}\">{name}</th>").ok();
    }
    out.push_str("</tr></thead><tbody>");
    for row in rows {
        write!(out, "<tr>{row}</tr>").ok();
    }
    out.push_str("</tbody></table></div>");
    out
}

/// A row's name with the color of its curves.
fn row_cell(at: usize, row: &RowRecord, about: &str) -> String {
    let about = if about.is_empty() {
        String::new()
    } else {
        format!("<span class=\"range\">{}</span>", escaped(about))
    };
    format!(
        "<td class=\"name\"><span class=\"key\" style=\"background: {}\"></span>{}{about}</td>",
        color(at),
        escaped(&row.label)
    )
}

/// Its name, and how much it holds.
fn group_title(group: &GroupRecord) -> String {
    format!(
        "{}: {} clips of {} people, {} manipulated",
        capitalized(&group.name),
        group.videos,
        group.people,
        group.manipulated
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
    table(
        "Means over the trainings of a row, which all take the same steps. Other work on the machine slows a training, so times are rough",
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
