//! Rows of an experiment as curves over numbers of masks, and what those say in words: whether masks help, and
//! whether it matters which faces they are made for.

use crate::detectors::card::Interval;
use crate::eval::experiment::record::{ExperimentRecord, NumberRecord, RowRecord};

/// Rows whose masks were chosen the same way, fewest masks first.
pub struct OrderLine<'a> {
    /// As in `PointRecord::order`.
    pub order: &'a str,
    pub rows: Vec<(u32, &'a RowRecord)>,
}

/// A number of a row on a group that can be drawn over numbers of masks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Auc,
    Accuracy,
    Attention,
}

impl Measure {
    pub const ALL: [Self; 3] = [Self::Auc, Self::Accuracy, Self::Attention];

    /// Within a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auc => "AUC by frame",
            Self::Accuracy => "accuracy by frame",
            Self::Attention => "attention inside the masks",
        }
    }

    /// Of a row on a group; `None` where it was not measured.
    pub fn of(self, row: &RowRecord, group: usize) -> Option<NumberRecord> {
        let group = row.groups.get(group)?;
        match self {
            Self::Auc => group.frames.as_ref().map(|level| NumberRecord {
                by_seed: level.auc.clone(),
                mean: level.mean,
                deviation: level.deviation,
                interval: level.interval,
                difference: level.difference,
                paired: level.paired,
            }),
            Self::Accuracy => group.accuracy.clone(),
            Self::Attention => Some(group.attention.as_ref()?.mass_in_mask.clone()),
        }
    }
}

/// One line for each order, as the rows have them; empty where nothing is a curve.
pub fn lines(record: &ExperimentRecord) -> Vec<OrderLine<'_>> {
    let mut lines: Vec<OrderLine<'_>> = Vec::new();
    for row in &record.rows {
        let Some(point) = &row.point else { continue };
        let Some(order) = point.order.as_deref() else {
            continue;
        };
        let own = (point.masks, row);
        match lines.iter_mut().find(|line| line.order == order) {
            Some(line) => line.rows.push(own),
            None => lines.push(OrderLine {
                order,
                rows: vec![own],
            }),
        }
    }
    for line in &mut lines {
        line.rows.sort_by_key(|(masks, _)| *masks);
    }
    lines
}

/// The row without masks.
pub fn without(record: &ExperimentRecord) -> Option<&RowRecord> {
    let mut rows = record.rows.iter();
    rows.find(|row| row.point.as_ref().is_some_and(|point| point.masks == 0))
}

/// Rows whose trainings learned from other numbers of masks than were wanted, told for the caveats.
pub fn fewer(record: &ExperimentRecord) -> Option<String> {
    let told: Vec<String> = record
        .rows
        .iter()
        .filter_map(|row| {
            let wanted = row.point.as_ref()?.masks as usize;
            let found: Vec<usize> = row.runs.iter().filter_map(|run| run.masks).collect();
            let (least, most) = (found.iter().min()?, found.iter().max()?);
            let range = if least == most {
                least.to_string()
            } else {
                format!("{least} to {most}")
            };
            (*least < wanted).then(|| format!("{} had {range}", row.label))
        })
        .collect();
    (!told.is_empty()).then(|| {
        format!(
            "The training holds too few different faces for some rows, since faces that nearly repeat each other \
             are asked for once: {}",
            told.join("; ")
        )
    })
}

/// How faces were chosen, in words.
pub fn in_words(order: &str) -> &str {
    match order {
        "active" => "active selection",
        "uncertainty" => "the least certain faces",
        "random" => "faces by chance",
        other => other,
    }
}

/// Of the experiment's own question; empty where nothing is a curve.
pub fn reading(record: &ExperimentRecord) -> Vec<String> {
    let Some(group) = record.groups.first() else {
        return Vec::new();
    };
    let lines = lines(record);
    let mut reading = Vec::new();
    for measure in Measure::ALL {
        // What the paper's method chooses first.
        for line in lines.iter().rev() {
            let of = |of: fn(&NumberRecord) -> Option<Interval>| -> Vec<(u32, Interval)> {
                let rows = line.rows.iter();
                rows.filter_map(|(masks, row)| Some((*masks, of(&measure.of(row, 0)?)?)))
                    .collect()
            };
            let what = format!("in {} on {}", measure.name(), group.name);
            let own = capitalized(in_words(line.order));
            let others = other_of(record, line);
            reading.extend(
                others.and_then(|other| compared(&own, other, &what, &of(|number| number.paired))),
            );
            let none = (without(record).is_some_and(|row| row.id == record.reference))
                .then(|| compared(&own, "no masks", &what, &of(|number| number.difference)));
            reading.extend(none.flatten());
        }
    }
    reading
}

/// How the faces were chosen that a line is compared with, in words.
fn other_of<'a>(record: &'a ExperimentRecord, line: &OrderLine<'a>) -> Option<&'a str> {
    let mut points = line.rows.iter().filter_map(|(_, row)| row.point.as_ref());
    let against = points.find_map(|point| point.against.as_deref())?;
    let order = record.row(against)?.point.as_ref()?.order.as_deref()?;
    Some(in_words(order))
}

/// "Active selection against faces by chance in …: better at …; worse at …; not told apart at …".
fn compared(own: &str, other: &str, what: &str, differences: &[(u32, Interval)]) -> Option<String> {
    let word_of = |own: &Interval| match (0.0 < own.low, own.high < 0.0) {
        (true, _) => "better",
        (_, true) => "worse",
        _ => "not to be told apart",
    };
    let parts: Vec<String> = ["better", "worse", "not to be told apart"]
        .into_iter()
        .filter_map(|word| {
            let of_kind = differences.iter().filter(|(_, own)| word_of(own) == word);
            let told: Vec<String> = of_kind.map(|(masks, own)| told(*masks, own)).collect();
            (!told.is_empty()).then(|| format!("{word} at {}", told.join(", ")))
        })
        .collect();
    (!parts.is_empty()).then(|| format!("{own} against {other} {what}: {}", parts.join("; ")))
}

fn told(masks: u32, difference: &Interval) -> String {
    let points = |share: f64| format!("{:+.1}", 100.0 * share);
    format!(
        "{masks} masks ({} points, {} to {})",
        points(difference.value),
        points(difference.low),
        points(difference.high)
    )
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::experiment::made_up::{made_up_curve, made_up_experiment};

    #[test]
    fn lines_hold_the_rows_of_their_order_fewest_masks_first() {
        let record = made_up_curve("x");
        let lines = lines(&record);
        let orders: Vec<&str> = lines.iter().map(|line| line.order).collect();
        assert_eq!(orders, ["random", "active"]);
        for line in &lines {
            let masks: Vec<u32> = line.rows.iter().map(|(masks, _)| *masks).collect();
            assert_eq!(masks, [10, 100]);
        }
        assert_eq!(without(&record).unwrap().id, "no-masks");
        assert!(self::lines(&made_up_experiment("x", [1.0, 1.0, 1.0])).is_empty());
    }

    #[test]
    fn what_beats_chance_and_what_cannot_be_told_from_it_is_said_at_every_number() {
        let record = made_up_curve("x");
        let reading = reading(&record);
        let first = &reading[0];
        assert!(
            first.starts_with("Active selection against faces by chance in AUC by frame on "),
            "{first}"
        );
        // Ten masks of the same faces do the same; a hundred do more.
        assert!(first.contains(": better at 100 masks (+"), "{first}");
        assert!(
            first.contains("; not to be told apart at 10 masks (+0.0 points, +0.0 to +0.0)"),
            "{first}"
        );
        let has = |words: &str| reading.iter().any(|text| text.contains(words));
        assert!(
            has("Faces by chance against no masks in AUC"),
            "{reading:?}"
        );
        assert!(has("in accuracy by frame") && has("in attention inside the masks"));
    }

    #[test]
    fn rows_that_had_fewer_masks_than_wanted_are_told() {
        let mut record = made_up_curve("x");
        assert_eq!(fewer(&record), None);
        record.rows[2].runs[0].masks = Some(100);
        record.rows[2].runs[1].masks = Some(93);
        let told = fewer(&record).unwrap();
        assert!(
            told.ends_with("100 masks, random x had 93 to 100"),
            "{told}"
        );
    }

    #[test]
    fn an_experiment_without_points_has_no_such_sentence() {
        assert!(reading(&made_up_experiment("x", [1.0, 1.0, 1.0])).is_empty());
    }
}
