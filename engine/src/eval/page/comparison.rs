//! The table of an experiment: the paper's rows with ours beside them, and how the models do on other items.

use std::fmt::Write as _;

use crate::detectors::card::Interval;
use crate::eval::experiment::record::{
    ExperimentRecord, GroupRecord, LevelRecord, RowGroup, RowRecord,
};
use crate::eval::experiment::text::{percent, with_deviation};
use crate::eval::page::charts::color;
use crate::eval::page::html::{escaped, list, paragraph};
use crate::eval::page::{looks, masks};

/// Of a group, at a level.
pub type Level = fn(&RowGroup) -> Option<&LevelRecord>;

pub const BY_FRAME: Level = |group| group.frames.as_ref();
pub const BY_VIDEO: Level = |group| group.videos.as_ref();

/// The paper's table, with ours beside it, and below it how the models do on other items.
pub fn headline(record: &ExperimentRecord) -> String {
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
        let mut cells = vec![row_cell(masks::place(at, row), row, &row.about)];
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
    out.push_str(&looks::table(record));
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
        row_cell(masks::place(at, row), row, "") + &levels.collect::<String>()
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
pub fn two_storied(
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
pub fn row_cell(at: usize, row: &RowRecord, about: &str) -> String {
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
pub fn group_title(group: &GroupRecord) -> String {
    format!(
        "{}: {} clips of {} people, {} manipulated",
        capitalized(&group.name),
        group.videos,
        group.people,
        group.manipulated
    )
}

pub fn capitalized(text: &str) -> String {
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

fn difference_cell(level: Option<&LevelRecord>) -> String {
    difference_cell_of(level.and_then(|level| level.difference.as_ref()))
}

/// Set off where the interval does not hold zero.
pub fn difference_cell_of(difference: Option<&Interval>) -> String {
    let Some(difference) = difference else {
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

pub fn percents(interval: &Interval) -> String {
    format!("{:.1}–{:.1}", 100.0 * interval.low, 100.0 * interval.high)
}
