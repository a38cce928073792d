//! What an experiment's numbers mean, in plain words: the order that came out beside the paper's, what is
//! noise, and what this data cannot tell.

use crate::eval::experiment::masks;
use crate::eval::experiment::record::{ExperimentRecord, LevelRecord, RowRecord};

/// Of a group by frame, rows with numbers: the best first.
fn ranked(record: &ExperimentRecord) -> Vec<(&RowRecord, &LevelRecord)> {
    let mut rows: Vec<(&RowRecord, &LevelRecord)> = record
        .rows
        .iter()
        .filter_map(|row| Some((row, row.main()?.frames.as_ref()?)))
        .collect();
    rows.sort_by(|a, b| b.1.mean.total_cmp(&a.1.mean));
    rows
}

/// A share as percent points with its sign.
fn points(share: f64) -> String {
    format!("{:+.1}", 100.0 * share)
}

/// What comes out.
pub fn reading(record: &ExperimentRecord) -> Vec<String> {
    let ranked = ranked(record);
    let Some(group) = record.groups.first() else {
        return Vec::new();
    };
    let mut reading = vec![order(record, &ranked)];
    // Rows of a curve are told together.
    let of_curve = masks::reading(record);
    let alone = ranked.iter().rev().filter(|_| of_curve.is_empty());
    reading.extend(alone.filter_map(|(row, level)| {
        let own = level.difference.as_ref()?;
        let reference = record.row(&record.reference)?;
        let meaning = if 0.0 < own.low {
            "above it beyond what videos and seeds explain"
        } else if own.high < 0.0 {
            "below it beyond what videos and seeds explain"
        } else {
            "the interval holds zero, so this experiment does not tell them apart"
        };
        Some(format!(
            "{} against {}: {} points of AUC by frame ({} to {}): {meaning}",
            row.label,
            reference.label,
            points(own.value),
            points(own.low),
            points(own.high)
        ))
    }));
    reading.extend(of_curve);
    let blind: Vec<&str> = ranked
        .iter()
        .filter(|(_, level)| level.interval.low <= 0.5)
        .map(|(row, _)| row.label.as_str())
        .collect();
    if !blind.is_empty() {
        reading.push(format!(
            "Chance (50 %) lies inside the interval of {}: on {} it cannot be said that they tell manipulated \
             from pristine faces at all",
            joined(&blind),
            group.name
        ));
    }
    reading.extend(drop_from_source(record));
    reading.extend(domains(record));
    reading.extend(failures(record));
    reading
}

/// How often a face is most like what it is, at home and on the other data.
fn domains(record: &ExperimentRecord) -> Option<String> {
    let told = |at: Option<usize>, row: &RowRecord| {
        let accuracy = row.groups.get(at?)?.confusion.as_ref()?.accuracy?;
        let name = &record.groups.get(at?)?.name;
        Some(format!("{:.1} on {name}", 100.0 * accuracy.mean))
    };
    let rows: Vec<String> = record
        .rows
        .iter()
        .filter_map(|row| {
            let groups = [record.home(), Some(0)];
            let told: Vec<String> = groups.into_iter().filter_map(|at| told(at, row)).collect();
            (!told.is_empty()).then(|| format!("{} {}", row.label, told.join(" and ")))
        })
        .collect();
    let mut confusions = record
        .rows
        .iter()
        .filter_map(|row| row.main()?.confusion.as_ref());
    let chance = confusions.next()?.chance();
    (!rows.is_empty()).then(|| {
        format!(
            "In percent, faces of the kinds that were trained on are taken for what they are, on average over \
             kinds: {}. Chance is {:.1}",
            rows.join("; "),
            100.0 * chance
        )
    })
}

fn order(record: &ExperimentRecord, ranked: &[(&RowRecord, &LevelRecord)]) -> String {
    let told = |(row, level): &(&RowRecord, &LevelRecord)| {
        format!("{} ({:.1})", row.label, 100.0 * level.mean)
    };
    let found: Vec<String> = ranked.iter().map(told).collect();
    let told = format!("From best to worst by frame: {}", found.join(", "));
    // Of the paper's columns the first decides; the paper may not have a row.
    let published =
        |row: &RowRecord| Some(record.published_of(&row.id)?.numbers.first()?.as_ref()?.0);
    let numbers: Vec<f64> = ranked
        .iter()
        .filter_map(|(row, _)| published(row))
        .collect();
    if numbers.len() < 2 {
        return told;
    }
    let of_which = if numbers.len() < ranked.len() {
        format!(" for the {} rows that the paper has", numbers.len())
    } else {
        String::new()
    };
    let pairs = || (0..numbers.len()).flat_map(|a| (a + 1..numbers.len()).map(move |b| (a, b)));
    let kept = pairs().filter(|&(a, b)| numbers[b] <= numbers[a]).count();
    let all = pairs().count();
    if kept == all {
        format!("{told}. That is the paper's order{of_which}")
    } else {
        format!(
            "{told}. That is not the paper's order{of_which}: {kept} of {all} pairs of rows stand as there"
        )
    }
}

/// How much is lost on the way from what is like the training to what is not; curves show it themselves.
fn drop_from_source(record: &ExperimentRecord) -> Option<String> {
    let source = record.source().filter(|&at| at != 0)?;
    if !masks::lines(record).is_empty() {
        return None;
    }
    let drops: Vec<String> = record
        .rows
        .iter()
        .filter_map(|row| {
            let there = row.groups.get(source)?.frames.as_ref()?.mean;
            let here = row.main()?.frames.as_ref()?.mean;
            Some(format!(
                "{} {:.1} to {:.1}",
                row.label,
                100.0 * there,
                100.0 * here
            ))
        })
        .collect();
    let way = if record.groups[source].is_home {
        "clips like those of the training to the other data".to_owned()
    } else {
        format!(
            "{} to {}",
            record.groups[source].name, record.groups[0].name
        )
    };
    (!drops.is_empty()).then(|| {
        format!(
            "From {way}, AUC in percent by frame goes: {}",
            drops.join("; ")
        )
    })
}

fn failures(record: &ExperimentRecord) -> Vec<String> {
    let of_row = |row: &RowRecord| {
        let label = row.label.clone();
        let failures = row.failures.clone().into_iter();
        failures.map(move |failure| match failure.seed {
            None => format!("{label} is missing: {}", failure.reason),
            Some(seed) => format!("{label} with seed {seed} is missing: {}", failure.reason),
        })
    };
    record.rows.iter().flat_map(of_row).collect()
}

/// What must be known to read the numbers.
pub fn caveats(record: &ExperimentRecord) -> Vec<String> {
    let seeds = record.seeds.len();
    let mut caveats = vec![
        format!(
            "Mean ± standard deviation is over {seeds} trainings that differ in their seed alone (first weights, \
             order of pictures, augmentation); the deviation is that of the sample (one less below). It tells \
             how much a training's luck matters, not how surely the order holds"
        ),
        "Intervals are of 95 %, from 1000 draws of videos and of trainings with replacement. Differences are \
         taken on the same draws of videos, so that hard clips count for both rows alike. Few trainings make \
         intervals too narrow rather than too wide"
            .to_owned(),
        "All rows share what is listed as the budget; what is not there, such as the learning rate, is each \
         method's own recipe. The same number of steps is not the same time: a row with decoders computes \
         more in each step"
            .to_owned(),
        steps(record),
        "Published numbers are of full-size networks, pre-trained, on filmed people: an order here neither \
         confirms nor refutes them"
            .to_owned(),
    ];
    caveats.extend(measured(record));
    caveats.extend(masks::fewer(record));
    if seeds < 3 {
        caveats.push(format!(
            "{seeds} training(s) of each row are too few for a deviation that means something; papers take 3"
        ));
    }
    if let Some(group) = record.groups.first() {
        caveats.push(format!(
            "The test holds {} clips of {} people: that few people bound what any number here can tell",
            group.videos, group.people
        ));
    }
    caveats
}

/// Which step of a training was kept.
fn steps(record: &ExperimentRecord) -> String {
    let best = "The step that was kept is the best on validation clips like those of the training";
    let nothing = "Nothing of what is scored was looked at to choose anything";
    if !record.rows.iter().any(|row| row.goes_on) {
        return format!("{best}. {nothing}");
    }
    format!(
        "{best}; of rows that go on from the shared first stage it is the last, since what is like the training \
         would rather keep masks from moving anything. They share that stage with the same seed, so the numbers \
         of rows differ by the second stage alone. {nothing}"
    )
}

/// What an accuracy and a share of attention are.
fn measured(record: &ExperimentRecord) -> Option<String> {
    let groups = || record.rows.iter().flat_map(|row| &row.groups);
    let attention = groups().find_map(|group| group.attention.as_ref())?;
    Some(format!(
        "Accuracy is of the models' own decision by frame, the mean of pristine and manipulated faces, so 50 % is \
         chance. Attention is the share of a map's mass inside the exact mask of a manipulated face; a map that \
         prefers no place has there what the mask covers of the crop, the chance told beside it. It is measured \
         on some faces of each technique, {} on {}; where maps go below zero, that counts as nothing",
        attention.faces,
        record
            .groups
            .first()
            .map_or("what is scored", |group| group.name.as_str())
    ))
}

/// "a", "a and b", "a, b and c".
fn joined(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::experiment::made_up::made_up_experiment;

    fn has(texts: &[String], words: &str) -> bool {
        texts.iter().any(|text| text.contains(words))
    }

    #[test]
    fn the_order_is_compared_with_the_papers_pair_by_pair() {
        let as_there = made_up_experiment("x", [0.2, 1.0, 2.0]).reading;
        assert!(has(&as_there, "That is the paper's order"), "{as_there:?}");
        let other = made_up_experiment("x", [1.0, 0.2, 2.0]).reading;
        assert!(
            has(&other, "not the paper's order: 2 of 3 pairs"),
            "{other:?}"
        );
    }

    #[test]
    fn noise_is_called_noise_and_chance_is_called_chance() {
        let clear = made_up_experiment("x", [0.0, 0.0, 3.0]).reading;
        assert!(has(&clear, "above it beyond"), "{clear:?}");
        assert!(has(&clear, "the interval holds zero"), "{clear:?}");
        assert!(has(&clear, "Chance (50 %) lies inside"), "{clear:?}");
        let worse = made_up_experiment("x", [3.0, 0.0, 3.0]).reading;
        assert!(has(&worse, "below it beyond"), "{worse:?}");
        let good = made_up_experiment("x", [3.0, 3.0, 3.0]).reading;
        assert!(!has(&good, "Chance (50 %)"), "{good:?}");
    }

    #[test]
    fn a_missing_row_is_told_with_its_reason() {
        let record = made_up_experiment("x", [1.0, 1.0, 1.0]);
        assert!(has(
            &record.reading,
            "intele x is missing: there is no method x"
        ));
        assert!(has(&record.reading, "goes: ce x"));
        assert!(has(&record.caveats, "8 people"));
    }

    #[test]
    fn how_often_a_face_is_like_what_it_is_is_told_beside_chance() {
        let record = made_up_experiment("x", [1.0, 1.0, 1.0]);
        assert!(
            has(&record.reading, "intele-without-sc x ") && has(&record.reading, "Chance is 50.0"),
            "{:?}",
            record.reading
        );
    }

    #[test]
    fn few_names_are_joined_as_in_a_sentence() {
        assert_eq!(joined(&["a"]), "a");
        assert_eq!(joined(&["a", "b", "c"]), "a, b and c");
    }
}
