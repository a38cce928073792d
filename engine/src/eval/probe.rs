//! What the place and size of faces alone tell about the label: a leak there makes every number a lie
//! (METHODS 16).

use crate::data::{Geometry, geometry_probe};
use crate::eval::metrics::{NUM_DRAWS, Scored, auc_interval};
use crate::eval::report::ProbeRecord;
use crate::eval::scores::{ScoreRow, numbered};

/// From this AUC on, with its whole interval above one half, the geometry is said to leak.
const LEAK_AUC: f64 = 0.6;

/// The AUC of a linear probe on geometry, drawn anew by source: all clips of a source are framed alike.
/// `None` without faces of both kinds or with fewer than two sources.
pub fn probe(rows: &[ScoreRow], geometry: &[Geometry], seed: u64) -> Option<ProbeRecord> {
    let source = |row: &ScoreRow| row.source.clone().unwrap_or_else(|| row.path.clone());
    let sources: Vec<String> = rows.iter().map(source).collect();
    let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
    let numbers = numbered(sources.iter().copied());
    if numbers.len() < 2 {
        return None;
    }
    let labels: Vec<u8> = rows
        .iter()
        .map(|row| u8::from(row.is_manipulated))
        .collect();
    let scores = geometry_probe(geometry, &labels, &sources, seed);
    let scored: Vec<Scored> = rows
        .iter()
        .zip(&scores)
        .zip(&sources)
        .map(|((row, score), source)| Scored {
            is_manipulated: row.is_manipulated,
            score: f64::from(*score),
            clip: numbers[source],
        })
        .collect();
    let auc = auc_interval(&scored, NUM_DRAWS, seed)?;
    let is_leak = 0.5 < auc.low && LEAK_AUC <= auc.value;
    let told = format!(
        "A linear probe that sees only where faces lie and how large they are reaches AUC {:.3} ({:.3} to \
         {:.3}, by {} sources)",
        auc.value, auc.low, auc.high, auc.clips
    );
    let meaning = if is_leak {
        "the labels leak through the framing, so a detector may learn that instead of the manipulation, \
         and every number here is in doubt"
    } else if 0.5 < auc.low {
        "the framing tells a little about the label"
    } else if LEAK_AUC < auc.high {
        "no leak is seen, and there are too few sources to rule one out"
    } else {
        "the framing does not tell the label"
    };
    Some(ProbeRecord {
        auc,
        is_leak,
        in_words: format!("{told}: {meaning}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::geometry::GEOMETRY_FEATURES;
    use crate::eval::scores::tests::row;

    fn faces(shift: f64) -> (Vec<ScoreRow>, Vec<Geometry>) {
        let place = |at: usize| {
            let technique = (at % 2 == 1).then_some("swap");
            let mut row = row(&format!("{at}.mp4"), technique, 0.0);
            row.source = Some(format!("source {}", at / 2));
            let lift = if at % 2 == 1 { shift } else { 0.0 };
            let mut geometry = [0.0; GEOMETRY_FEATURES];
            geometry[0] = (at / 2 * 7 % 11) as f64 / 11.0 + lift;
            (row, geometry)
        };
        (0..80).map(place).unzip()
    }

    #[test]
    fn shifted_faces_leak_and_equal_ones_do_not() {
        let (rows, geometry) = faces(0.0);
        let same = probe(&rows, &geometry, 1).unwrap();
        assert!(!same.is_leak, "{same:?}");
        assert!((same.auc.value - 0.5).abs() < 0.05, "{same:?}");
        let (rows, geometry) = faces(0.7);
        let shifted = probe(&rows, &geometry, 1).unwrap();
        assert!(shifted.is_leak && 0.8 < shifted.auc.value, "{shifted:?}");
    }

    #[test]
    fn one_source_cannot_be_probed() {
        let (mut rows, geometry) = faces(0.0);
        for row in &mut rows {
            row.source = Some("one".to_owned());
        }
        assert_eq!(probe(&rows, &geometry, 1), None);
    }
}
