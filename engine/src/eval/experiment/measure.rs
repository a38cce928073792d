//! Means over trainings, and intervals that hold both chances: which videos were filmed, and which seed a
//! training began from.

use std::collections::{BTreeMap, BTreeSet};

use crate::eval::attention::Overlaps;
use crate::eval::confusion::{Confusion, MeanConfusion};
use crate::eval::experiment::numbers::{Comparison, Ratio, RowTrainings};
use crate::eval::experiment::record::{AttentionRecord, LevelRecord, NumberRecord, RowGroup};
use crate::eval::experiment::roc;
use crate::eval::metrics::{Draws, NUM_DRAWS, Ranked, Scored, auc, mean};
use crate::eval::scores::{ScoreSet, numbered};

/// What the trainings of one row say of one group of items.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowScores {
    /// Of each training, on the same items.
    pub sets: Vec<ScoreSet>,
    /// Of each training where it looks; empty where that is not measured.
    pub overlaps: Vec<Overlaps>,
    pub trainings: RowTrainings,
}

/// What one group of items says of every row. `reference` is the row that the others are compared with.
pub fn measure(rows: &[RowScores], reference: Option<usize>, seed: u64) -> Vec<RowGroup> {
    let sets = || rows.iter().flat_map(|row| &row.sets);
    let scored = sets().flat_map(|set| set.rows.iter().map(|row| row.path.as_str()));
    let missed = sets().flat_map(|set| set.missed.iter().map(|missed| missed.path.as_str()));
    let clips = numbered(scored.chain(missed));
    let at_level = |of: fn(&ScoreSet, &BTreeMap<&str, usize>) -> Vec<Scored>| -> Vec<Vec<_>> {
        let row = |row: &RowScores| row.sets.iter().map(|set| of(set, &clips)).collect();
        rows.iter().map(row).collect()
    };
    let (frames, videos) = (at_level(faces), at_level(whole_videos));
    let items: Vec<Scored> = sets().flat_map(|set| whole_videos(set, &clips)).collect();
    let draws = Draws::new(&items, NUM_DRAWS, seed);
    let trainings: Vec<RowTrainings> = rows.iter().map(|row| row.trainings.clone()).collect();
    let comparison = Comparison {
        draws: &draws,
        rows: &trainings,
        reference,
        seed,
    };
    let by_frame = levels(&frames, &comparison);
    let by_video = levels(&videos, &comparison);
    let accuracy = accuracies(&frames, &comparison);
    let attention = attention(rows, &clips, &comparison);
    let levels = by_frame.into_iter().zip(by_video);
    levels
        .zip(accuracy.into_iter().zip(attention))
        .enumerate()
        .map(
            |(at, ((by_frame, by_video), (accuracy, attention)))| RowGroup {
                roc_frames: roc::averaged(&frames[at]),
                roc_videos: roc::averaged(&videos[at]),
                frames: by_frame,
                videos: by_video,
                techniques: techniques(&rows[at].sets),
                confusion: confusion(&rows[at].sets),
                accuracy,
                attention,
            },
        )
        .collect()
}

/// AUCs of one training by frame and by video; `None` without faces of both kinds.
pub fn of_one(set: &ScoreSet) -> [Option<f64>; 2] {
    [set.frame_level(), set.video_level()].map(|level| auc(&level.ranks))
}

fn faces(set: &ScoreSet, clips: &BTreeMap<&str, usize>) -> Vec<Scored> {
    let rows = set.rows.iter();
    rows.map(|row| Scored {
        is_manipulated: row.is_manipulated,
        score: row.logit,
        clip: clips[row.path.as_str()],
    })
    .collect()
}

fn whole_videos(set: &ScoreSet, clips: &BTreeMap<&str, usize>) -> Vec<Scored> {
    let videos = set.videos();
    let videos = videos.iter();
    videos
        .map(|video| Scored {
            is_manipulated: video.is_manipulated,
            score: video.score,
            clip: clips[video.path.as_str()],
        })
        .collect()
}

/// The AUCs of each row; `None` where a training of it has no faces of both kinds.
fn levels(rows: &[Vec<Vec<Scored>>], comparison: &Comparison<'_>) -> Vec<Option<LevelRecord>> {
    let ranked: Vec<Vec<Option<Ranked>>> = rows
        .iter()
        .map(|seeds| seeds.iter().map(|scored| Ranked::new(scored)).collect())
        .collect();
    let numbers = comparison.numbers(|row, training, weights| {
        let ranked = ranked[row][training].as_ref()?;
        match weights {
            Some(weights) => ranked.auc(weights),
            None => ranked.auc(&ranked.once()),
        }
    });
    let level = |number: Option<NumberRecord>| number.map(LevelRecord::from);
    numbers.into_iter().map(level).collect()
}

/// How often a logit above zero says what a face is, the mean of both kinds.
fn accuracies(rows: &[Vec<Vec<Scored>>], comparison: &Comparison<'_>) -> Vec<Option<NumberRecord>> {
    let of_kind = |scored: &[Scored], is_manipulated: bool| {
        let own = scored
            .iter()
            .filter(|face| face.is_manipulated == is_manipulated);
        let right = own.map(|face| {
            let is_right = (0.0 < face.score) == is_manipulated;
            (face.clip, f64::from(u8::from(is_right)))
        });
        Ratio::of(num_clips(scored), right)
    };
    let rates: Vec<Vec<[Ratio; 2]>> = rows
        .iter()
        .map(|seeds| {
            let of_one = |scored: &Vec<Scored>| [false, true].map(|kind| of_kind(scored, kind));
            seeds.iter().map(of_one).collect()
        })
        .collect();
    comparison.numbers(|row, training, weights| {
        let [pristine, manipulated] = &rates[row][training];
        Some(0.5 * (pristine.mean(weights)? + manipulated.mean(weights)?))
    })
}

fn num_clips(scored: &[Scored]) -> usize {
    scored.iter().map(|face| face.clip + 1).max().unwrap_or(0)
}

/// Where the models of each row look; `None` where that was not measured of every training.
fn attention(
    rows: &[RowScores],
    clips: &BTreeMap<&str, usize>,
    comparison: &Comparison<'_>,
) -> Vec<Option<AttentionRecord>> {
    let masses: Vec<Vec<Ratio>> = rows
        .iter()
        .map(|row| {
            let mass = |overlaps: &Overlaps| {
                let faces = overlaps.faces.iter().filter_map(|face| {
                    Some((*clips.get(face.path.as_str())?, face.overlap.mass_in_mask?))
                });
                Ratio::of(clips.len(), faces)
            };
            row.overlaps.iter().map(mass).collect()
        })
        .collect();
    let numbers =
        comparison.numbers(|row, training, weights| masses[row].get(training)?.mean(weights));
    let told = rows.iter().zip(numbers);
    told.map(|(row, number)| {
        let first = row.overlaps.first()?;
        let faces = || row.overlaps.iter().flat_map(|overlaps| &overlaps.faces);
        let seen = || faces().filter(|face| face.overlap.mass_in_mask.is_some());
        let areas: Vec<f64> = seen().map(|face| face.overlap.mask_area).collect();
        let empty = faces().count() - areas.len();
        let paths: BTreeSet<&str> = first.faces.iter().map(|face| face.path.as_str()).collect();
        Some(AttentionRecord {
            map: first.kind,
            faces: first.faces.len(),
            clips: paths.len(),
            empty_maps: empty as f64 / row.overlaps.len() as f64,
            mass_in_mask: number?,
            mask_area: mean(&areas),
        })
    })
    .collect()
}

fn techniques(seeds: &[ScoreSet]) -> Vec<(String, f64)> {
    let Some(first) = seeds.first() else {
        return Vec::new();
    };
    let of = |name: &String| {
        let auc = |set: &ScoreSet| of_one(&set.only(name))[0];
        let aucs: Option<Vec<f64>> = seeds.iter().map(auc).collect();
        Some((name.clone(), mean(&aucs?)))
    };
    first.techniques().iter().filter_map(of).collect()
}

/// `None` where a training does not tell.
fn confusion(seeds: &[ScoreSet]) -> Option<MeanConfusion> {
    let told: Option<Vec<Confusion>> = seeds.iter().map(Confusion::of).collect();
    MeanConfusion::of(&told?)
}

#[cfg(test)]
impl RowScores {
    /// Trainings of the seeds from 1 on, without more.
    pub fn plain(sets: Vec<ScoreSet>) -> Self {
        Self {
            trainings: RowTrainings {
                seeds: (1..).take(sets.len()).collect(),
                against: None,
            },
            sets,
            overlaps: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::MapKind;
    use crate::eval::attention::{FaceOverlap, Overlap};
    use crate::eval::scores::tests::row;

    /// Forty videos of three faces; half are manipulated, and those score `lift` higher.
    fn set(lift: f64, seed: u32) -> ScoreSet {
        let rows = (0..40_u32).flat_map(|video| {
            (0..3).map(move |frame| {
                let technique = (video % 2 == 1).then_some("swap");
                let noise = f64::from((video * 37 + frame * 11 + seed * 59) % 101) / 101.0;
                let lift = if video % 2 == 1 { lift } else { 0.0 };
                row(&format!("v{video:02}.mp4"), technique, 4.0 * noise + lift)
            })
        });
        ScoreSet {
            rows: rows.collect(),
            ..ScoreSet::default()
        }
    }

    fn plain(rows: Vec<Vec<ScoreSet>>) -> Vec<RowScores> {
        rows.into_iter().map(RowScores::plain).collect()
    }

    #[test]
    fn a_row_is_no_different_from_itself_and_clear_of_a_blind_one() {
        let good = vec![set(3.0, 1), set(3.0, 2), set(3.0, 3)];
        let blind = vec![set(0.0, 1), set(0.0, 2), set(0.0, 3)];
        let groups = measure(&plain(vec![blind.clone(), good, blind]), Some(0), 1);
        let [reference, good, twin] = &groups[..] else {
            panic!("not three rows");
        };
        let level = |group: &RowGroup| group.frames.clone().unwrap();
        assert_eq!(level(reference).difference, None);
        let clear = level(good).difference.unwrap();
        assert!(0.0 < clear.low && clear.low < clear.value && clear.value < clear.high);
        let same = level(twin).difference.unwrap();
        assert!(same.value == 0.0 && same.low <= 0.0 && 0.0 <= same.high);
        let own = level(good);
        assert!((own.mean - mean(&own.auc)).abs() < 1e-15 && own.auc.len() == 3);
        assert!(own.interval.low < own.mean && own.mean < own.interval.high);
        assert_eq!(own.interval.clips, 40);
        assert_eq!(good.techniques[0].0, "swap");
        assert_eq!(good.techniques[0].1, own.mean);
        assert_eq!(good.videos.as_ref().unwrap().auc.len(), 3);
    }

    #[test]
    fn pairs_on_the_same_videos_differ_less_than_rows_alone() {
        let a = vec![set(1.0, 1)];
        let mut better = set(1.0, 1);
        for row in &mut better.rows {
            row.logit += 0.3 * f64::from(row.is_manipulated);
        }
        let groups = measure(&plain(vec![a, vec![better]]), Some(0), 1);
        let level = groups[1].frames.as_ref().unwrap();
        let width = |low: f64, high: f64| high - low;
        let pair = level.difference.unwrap();
        assert!(
            width(pair.low, pair.high) < 0.6 * width(level.interval.low, level.interval.high),
            "{level:?}"
        );
        assert_eq!(level.deviation, None);
    }

    #[test]
    fn rows_without_trainings_or_kinds_have_no_numbers() {
        let mut one_kind = set(1.0, 1);
        one_kind.rows.retain(|row| row.is_manipulated);
        let groups = measure(
            &plain(vec![vec![set(1.0, 1)], Vec::new(), vec![one_kind]]),
            Some(1),
            1,
        );
        assert!(groups[0].frames.as_ref().unwrap().difference.is_none());
        assert!(groups[1].frames.is_none() && groups[1].roc_frames.is_empty());
        assert!(groups[2].frames.is_none() && groups[2].techniques.is_empty());
    }

    #[test]
    fn accuracy_is_the_mean_of_both_kinds_at_a_logit_of_zero() {
        let mut scores = set(0.0, 1);
        for row in &mut scores.rows {
            // Every second pristine face is taken for manipulated, every manipulated one is found.
            let is_odd = row.frame_index.unwrap_or_default() % 2 == 1;
            row.logit = if row.is_manipulated || is_odd {
                0.5
            } else {
                0.0
            };
        }
        let mut random = scores.rows.iter_mut().filter(|row| !row.is_manipulated);
        for (at, row) in random.by_ref().enumerate() {
            row.logit = f64::from(u8::from(at % 2 == 0));
        }
        let groups = measure(&plain(vec![vec![scores]]), None, 1);
        let accuracy = groups[0].accuracy.as_ref().unwrap();
        assert!((accuracy.mean - 0.75).abs() < 1e-12, "{accuracy:?}");
        assert!(accuracy.interval.low < 0.75 && 0.75 < accuracy.interval.high);
        assert_eq!(groups[0].attention, None);
    }

    #[test]
    fn attention_is_a_mean_over_faces_beside_chance() {
        let face = |video: usize, mass: Option<f64>| FaceOverlap {
            path: format!("v{video:02}.mp4"),
            technique: "swap".to_owned(),
            frame_index: 0,
            overlap: Overlap {
                mass_in_mask: mass,
                mask_area: 0.25,
                is_pointing: true,
            },
        };
        let overlaps = |mass: f64| Overlaps {
            kind: MapKind::GradCam,
            faces: vec![
                face(1, Some(mass)),
                face(3, Some(mass + 0.2)),
                face(5, None),
            ],
        };
        let mut rows = plain(vec![vec![set(1.0, 1), set(1.0, 2)], vec![set(1.0, 1)]]);
        rows[0].overlaps = vec![overlaps(0.3), overlaps(0.5)];
        let groups = measure(&rows, None, 1);
        let own = groups[0].attention.as_ref().unwrap();
        assert!((own.mass_in_mask.mean - 0.5).abs() < 1e-12);
        assert_eq!((own.faces, own.clips, own.empty_maps), (3, 3, 1.0));
        assert_eq!(own.mask_area, 0.25);
        let interval = own.mass_in_mask.interval;
        assert!(interval.low < 0.5 && 0.5 < interval.high && 0.3 <= interval.low);
        assert_eq!(groups[1].attention, None);
    }
}
