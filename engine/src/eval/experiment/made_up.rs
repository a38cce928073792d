//! Experiments made up for tests of what shows them.

use crate::detectors::MapKind;
use crate::eval::attention::{FaceOverlap, Overlap, Overlaps};
use crate::eval::experiment::measure::{RowScores, measure};
use crate::eval::experiment::reading;
use crate::eval::experiment::record::{
    ExperimentRecord, FailureRecord, GroupRecord, PointRecord, PublishedRecord, PublishedRow,
    RowRecord, RunRecord,
};
use crate::eval::scores::ScoreSet;
use crate::eval::scores::tests::row;

/// Forty videos of three faces: pristine, and two techniques of which one is harder.
fn set(lift: f64, seed: u32) -> ScoreSet {
    let rows = (0..40_u32).flat_map(|video| {
        (0..3).map(move |frame| {
            let (technique, lift) = match video % 4 {
                0 | 2 => (None, 0.0),
                1 => (Some("swap"), lift),
                _ => (Some("inpaint"), 0.5 * lift),
            };
            let noise = f64::from((video * 37 + frame * 11 + seed * 59) % 101) / 101.0;
            row(&format!("v{video:02}.mp4"), technique, 4.0 * noise + lift)
        })
    });
    ScoreSet {
        rows: rows.collect(),
        ..ScoreSet::default()
    }
}

/// A face is as much like a swap as it is like a manipulated one.
fn told(mut set: ScoreSet) -> ScoreSet {
    set.domains = ["pristine", "swap"].map(str::to_owned).to_vec();
    for row in &mut set.rows {
        let share = row.probability.unwrap_or_default() as f32;
        row.domains = vec![1.0 - share, share];
    }
    set
}

/// Four rows of three trainings, of which the third tells what faces are like, the last one failed; `lifts` say how good each is. `name` stands
/// wherever names from outside go.
pub fn made_up_experiment(name: &str, lifts: [f64; 3]) -> ExperimentRecord {
    let sets = |lift: f64| (1..4).map(|seed| set(lift, seed)).collect::<Vec<_>>();
    let mut all = lifts.map(sets).to_vec();
    all[2] = all[2].drain(..).map(told).collect();
    all.push(Vec::new());
    let groups: [Vec<RowScores>; 2] = [true, false].map(|is_swap| {
        let among = |set: &ScoreSet| set.among(|own| !is_swap || own == "swap");
        let row = |sets: &Vec<ScoreSet>| RowScores::plain(sets.iter().map(among).collect());
        all.iter().map(row).collect()
    });
    let measured = groups.map(|rows| measure(&rows, Some(0), 1));
    let ids = ["ce", "lgsc", "intele-without-sc", "intele"];
    let rows = ids.iter().enumerate().map(|(at, id)| RowRecord {
        id: (*id).to_owned(),
        label: format!("{id} {name}"),
        about: format!("What {name} is"),
        method: name.to_owned(),
        config: if at < 3 {
            serde_json::json!({ "method": name, "steps": 1200, "learning_rate": 0.1 * at as f64 })
        } else {
            serde_json::Value::Null
        },
        runs: (1..4)
            .filter(|_| at < 3)
            .map(|seed| RunRecord {
                seed,
                model: "model@1a2b3c4d".to_owned(),
                best_step: 900,
                validation_auc: Some(0.97),
                seconds: 300.0,
                images_per_second: 96.0,
                scores_files: vec![format!("scores-{id}-seed{seed}.csv")],
                auc_frames: vec![Some(0.6), None],
                auc_videos: vec![Some(0.7), None],
                masks: None,
            })
            .collect(),
        failures: (3..=at)
            .map(|_| FailureRecord {
                seed: None,
                reason: format!("there is no method {name}"),
            })
            .collect(),
        groups: measured.iter().map(|rows| rows[at].clone()).collect(),
        point: None,
        goes_on: false,
    });
    let group = |name: String, is_home| GroupRecord {
        name,
        is_home,
        is_source: false,
        in_words: String::new(),
        videos: 30,
        manipulated: 10,
        people: 8,
    };
    let numbers = [69.8, 71.0, 71.3, 73.8];
    let mut record = ExperimentRecord {
        method: "intele".to_owned(),
        name: "paper".to_owned(),
        title: format!("Title {name}"),
        question: format!("Question {name}"),
        preset: "laptop".to_owned(),
        seeds: vec![1, 2, 3],
        budget: serde_json::json!({ "steps": 1200 }),
        trained_on: format!("Pristine items and swap of {name}"),
        reference: "ce".to_owned(),
        groups: vec![
            group(format!("swaps {name}"), false),
            group("at home".to_owned(), true),
        ],
        rows: rows.collect(),
        published: PublishedRecord {
            about: format!("Table 2 of {name}"),
            columns: vec![format!("Celeb-DF {name}")],
            rows: ids
                .iter()
                .zip(numbers)
                .map(|(id, number)| PublishedRow {
                    id: (*id).to_owned(),
                    numbers: vec![Some((number, Some(1.0)))],
                })
                .collect(),
        },
        items_seen_in_training: 0,
        reading: Vec::new(),
        caveats: Vec::new(),
    };
    record.reading = reading::reading(&record);
    record.caveats = reading::caveats(&record);
    record
}

#[test]
fn a_record_of_a_curve_reads_back_whole() {
    let record = made_up_curve("x");
    let text = serde_json::to_string(&record).unwrap();
    let back: ExperimentRecord = serde_json::from_str(&text).unwrap();
    let attention = |record: &ExperimentRecord| {
        let told = record.rows[2].groups[0].attention.clone().unwrap();
        (told.map, told.faces, told.mask_area, told.mass_in_mask)
    };
    let (own, read) = (attention(&record), attention(&back));
    assert_eq!((own.0, own.1, own.2), (read.0, read.1, read.2));
    // JSON's decimals may differ in a number's last bit.
    let near = |one: f64, other: f64| (one - other).abs() < 1e-12;
    assert!(near(own.3.mean, read.3.mean) && near(own.3.interval.low, read.3.interval.low));
    assert!(own.3.difference.is_some() && read.3.difference.is_some());
    assert_eq!(back.rows[2].point, record.rows[2].point);
    assert_eq!(back.source(), Some(1));
}

#[test]
fn a_record_reads_back() {
    let record = made_up_experiment("x", [0.0, 1.0, 2.0]);
    let text = serde_json::to_string(&record).unwrap();
    let back: ExperimentRecord = serde_json::from_str(&text).unwrap();
    assert_eq!(back.rows.len(), 4);
    assert_eq!(back.home(), Some(1));
    assert_eq!(
        back.rows[1].groups[0]
            .frames
            .as_ref()
            .map(|level| level.auc.len()),
        Some(3)
    );
    assert_eq!(back.reading, record.reading);
}

/// Without masks, then two orders at 10 and 100 masks: at 10 they are alike, at 100 the second is better. Two
/// groups: unseen techniques, and what was trained on.
pub fn made_up_curve(name: &str) -> ExperimentRecord {
    let rows = [
        (0, None, 0.8, 0.3),
        (10, Some("random"), 0.9, 0.32),
        (100, Some("random"), 1.2, 0.4),
        (10, Some("active"), 0.9, 0.32),
        (100, Some("active"), 2.4, 0.6),
    ];
    curve_of(name, &rows)
}

/// Rows as masks, order, how good, and how much attention is inside the masks.
pub fn curve_of(name: &str, rows: &[(u32, Option<&str>, f64, f64)]) -> ExperimentRecord {
    let mut record = made_up_experiment(name, [1.0, 1.0, 1.0]);
    let id = |masks: u32, order: Option<&str>| match order {
        Some(order) => format!("{order}-{masks}"),
        None => "no-masks".to_owned(),
    };
    let scores: Vec<RowScores> = rows
        .iter()
        .map(|&(masks, order, lift, mass)| {
            let sets: Vec<ScoreSet> = (1..4).map(|seed| set(lift, seed)).collect();
            let overlaps = sets.iter().map(|set| overlaps(set, mass)).collect();
            let mut own = RowScores::plain(sets);
            own.overlaps = overlaps;
            let other = rows
                .iter()
                .position(|(own, order, ..)| *own == masks && *order == Some("random"));
            own.trainings.against = other.filter(|_| order == Some("active"));
            own
        })
        .collect();
    let measured = measure(&scores, Some(0), 1);
    let template = record.rows.remove(0);
    record.rows = rows
        .iter()
        .zip(measured)
        .map(|(&(masks, order, ..), measured)| RowRecord {
            id: id(masks, order),
            label: format!("{masks} masks, {} {name}", order.unwrap_or("none")),
            groups: vec![measured.clone(), measured],
            point: Some(PointRecord {
                masks,
                order: order.map(str::to_owned),
                against: (order == Some("active")).then(|| id(masks, Some("random"))),
            }),
            goes_on: true,
            ..template.clone()
        })
        .collect();
    record.reference = "no-masks".to_owned();
    record.groups[1].is_home = false;
    record.groups[1].is_source = true;
    record.published.rows.clear();
    record.reading = reading::reading(&record);
    record.caveats = reading::caveats(&record);
    record
}

/// So much of each map's mass inside the mask of every manipulated face, a little more in every second.
fn overlaps(set: &ScoreSet, mass: f64) -> Overlaps {
    let rows = set.rows.iter().enumerate();
    let faces = rows
        .filter(|(_, row)| row.is_manipulated)
        .map(|(at, row)| FaceOverlap {
            path: row.path.clone(),
            technique: row.technique.clone().unwrap_or_default(),
            frame_index: row.frame_index.unwrap_or_default(),
            overlap: Overlap {
                mass_in_mask: Some(mass + 0.05 * (at % 3) as f64),
                mask_area: 0.25,
                is_pointing: true,
            },
        });
    Overlaps {
        kind: MapKind::GradCam,
        faces: faces.collect(),
    }
}
