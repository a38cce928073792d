//! An experiment's table as plain text, for the command line.

use crate::eval::experiment::record::{
    ExperimentRecord, LevelRecord, NumberRecord, RowGroup, RowRecord,
};
use crate::eval::metrics::Spread;

/// The table with what it means, a line each.
pub fn lines(record: &ExperimentRecord) -> Vec<String> {
    let mut head = vec!["AUC in %".to_owned()];
    for group in &record.groups {
        head.push(format!("{}, by frame", group.name));
        head.push("by video".to_owned());
    }
    let columns = record.published.columns.iter();
    head.extend(columns.map(|name| format!("[paper: {name}]")));
    let mut table = vec![head];
    table.extend(record.rows.iter().map(|row| cells(record, row)));
    let mut lines = aligned(&table);
    lines.extend(looks(record));
    lines.extend(record.reading.iter().map(|text| format!("- {text}")));
    lines.extend(confusions(record));
    lines
}

/// Accuracy, and how much of the attention lies inside the masks; nothing where that was not measured.
fn looks(record: &ExperimentRecord) -> Vec<String> {
    let groups = || record.rows.iter().flat_map(|row| &row.groups);
    if !groups().any(|group| group.attention.is_some()) {
        return Vec::new();
    }
    let mut head = vec!["by frame, in %".to_owned()];
    for group in &record.groups {
        head.push(format!("{}, accuracy", group.name));
        head.push("attention in mask (chance)".to_owned());
    }
    let mut table = vec![head];
    table.extend(record.rows.iter().map(|row| {
        let mut cells = vec![row.label.clone()];
        for at in 0..record.groups.len() {
            let group = row.groups.get(at);
            let accuracy = group.and_then(|group| group.accuracy.as_ref());
            cells.push(accuracy.map_or("-".to_owned(), of_number));
            let attention = group.and_then(|group| group.attention.as_ref());
            cells.push(attention.map_or("-".to_owned(), |own| {
                let chance = 100.0 * own.mask_area;
                format!("{} ({chance:.1})", of_number(&own.mass_in_mask))
            }));
        }
        cells
    }));
    let mut lines = vec![String::new()];
    lines.extend(aligned(&table));
    lines.push(String::new());
    lines
}

/// As [`percent`] does of an AUC.
pub fn of_number(number: &NumberRecord) -> String {
    with_deviation(
        100.0 * number.mean,
        number.deviation.map(|value| 100.0 * value),
    )
}

/// What faces were taken for, by the first row that tells: at home, then on the other data.
fn confusions(record: &ExperimentRecord) -> Vec<String> {
    let shown = record.home().into_iter().chain([0]);
    let mut lines = Vec::new();
    for at in shown {
        let mut rows = record.rows.iter();
        let found = rows.find_map(|row| Some((row, row.groups.get(at)?.confusion.as_ref()?)));
        let (Some((row, own)), Some(group)) = (found, record.groups.get(at)) else {
            continue;
        };
        lines.push(String::new());
        lines.push(format!(
            "What {} takes faces for, in % of each kind, {}",
            row.label, group.name
        ));
        let mut head = vec!["kind (faces)".to_owned()];
        head.extend(own.names.iter().cloned());
        let cells = own.rows.iter().map(|row| {
            let unknown = if row.is_known { "" } else { ", not known" };
            let mut cells = vec![format!("{}{unknown} ({})", row.truth, row.faces)];
            cells.extend(row.shares.iter().map(of_share));
            cells
        });
        lines.extend(aligned(
            &std::iter::once(head).chain(cells).collect::<Vec<_>>(),
        ));
    }
    lines
}

fn of_share(share: &Spread) -> String {
    let deviation = share.deviation.map(|value| 100.0 * value);
    with_deviation(100.0 * share.mean, deviation)
}

fn cells(record: &ExperimentRecord, row: &RowRecord) -> Vec<String> {
    let mut cells = vec![row.label.clone()];
    for at in 0..record.groups.len() {
        let group = row.groups.get(at);
        let level = |of: fn(&RowGroup) -> Option<&LevelRecord>| {
            group.and_then(of).map_or("-".to_owned(), percent)
        };
        cells.push(level(|group| group.frames.as_ref()));
        cells.push(level(|group| group.videos.as_ref()));
    }
    for at in 0..record.published.columns.len() {
        let published = record.published_of(&row.id);
        let number = published.and_then(|row| *row.numbers.get(at)?);
        cells.push(number.map_or("-".to_owned(), |(mean, deviation)| {
            format!("[{}]", with_deviation(mean, deviation))
        }));
    }
    cells
}

/// "61.6 ± 0.8": mean and standard deviation over trainings, in percent as papers print it.
pub fn percent(level: &LevelRecord) -> String {
    let deviation = level.deviation.map(|value| 100.0 * value);
    with_deviation(100.0 * level.mean, deviation)
}

/// A mean in percent, with its deviation where there is one.
pub fn with_deviation(mean: f64, deviation: Option<f64>) -> String {
    match deviation {
        Some(deviation) => format!("{mean:.1} ± {deviation:.1}"),
        None => format!("{mean:.1}"),
    }
}

/// Rows of cells as lines: the first column to the left, the others to the right.
fn aligned(table: &[Vec<String>]) -> Vec<String> {
    let columns = table.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| {
        let cells = table.iter().filter_map(|row| row.get(at));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    table
        .iter()
        .map(|row| {
            let cells = row.iter().zip(&widths).enumerate();
            let cells = cells.map(|(at, (cell, &width))| match at {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            cells.collect::<Vec<_>>().join("  ")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::experiment::made_up::{made_up_curve, made_up_experiment};

    #[test]
    fn columns_stand_under_each_other_and_published_numbers_beside() {
        let record = made_up_experiment("é", [0.2, 1.0, 2.0]);
        let lines = lines(&record);
        let widths: Vec<usize> = lines[..5].iter().map(|line| line.chars().count()).collect();
        assert_eq!(widths, [widths[0]; 5], "{lines:?}");
        let level = record.rows[2].groups[0].frames.as_ref().unwrap();
        assert!(lines[3].contains(&percent(level)) && lines[3].ends_with("[71.3 ± 1.0]"));
        assert!(lines[4].contains(" -  "), "{}", lines[4]);
        assert!(lines[5].starts_with("- From best to worst"));
    }

    #[test]
    fn what_faces_were_taken_for_stands_below() {
        let record = made_up_experiment("x", [0.2, 1.0, 2.0]);
        let lines = lines(&record);
        let start = lines.iter().position(String::is_empty).unwrap();
        assert_eq!(
            lines[start + 1],
            "What intele-without-sc x takes faces for, in % of each kind, at home"
        );
        let below = &lines[start + 2..start + 6];
        assert!(below[0].ends_with("pristine         swap"), "{below:?}");
        for (line, name) in
            below[1..]
                .iter()
                .zip(["pristine (60)", "swap (30)", "inpaint, not known"])
        {
            assert!(line.starts_with(name), "{below:?}");
            assert_eq!(line.chars().count(), below[0].chars().count(), "{below:?}");
        }
        // At home, then of the swaps of the other data.
        assert_eq!(lines.len(), start + 6 + 5);
    }

    #[test]
    fn one_training_has_no_deviation() {
        assert_eq!(with_deviation(61.64, Some(0.75)), "61.6 ± 0.8");
        assert_eq!(with_deviation(83.0, None), "83.0");
    }

    #[test]
    fn accuracy_and_attention_stand_below_where_they_were_measured() {
        let record = made_up_curve("x");
        let lines = lines(&record);
        let start = lines.iter().position(String::is_empty).unwrap();
        let table = &lines[start + 1..start + 7];
        assert!(table[0].contains("swaps x, accuracy"));
        let attention = record.rows[4].groups[0].attention.as_ref().unwrap();
        let told = format!("{} (25.0)", of_number(&attention.mass_in_mask));
        assert!(table[5].contains(&told), "{}", table[5]);
        let widths: Vec<usize> = table.iter().map(|line| line.chars().count()).collect();
        assert_eq!(widths, [widths[0]; 6]);
    }
}
