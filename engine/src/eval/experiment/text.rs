//! An experiment's table as plain text, for the command line.

use crate::eval::experiment::record::{ExperimentRecord, LevelRecord, RowGroup, RowRecord};

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
    lines.extend(record.reading.iter().map(|text| format!("- {text}")));
    lines
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
    use crate::eval::experiment::record::tests::made_up_experiment;

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
    fn one_training_has_no_deviation() {
        assert_eq!(with_deviation(61.64, Some(0.75)), "61.6 ± 0.8");
        assert_eq!(with_deviation(83.0, None), "83.0");
    }
}
