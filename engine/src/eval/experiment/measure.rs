//! Means over trainings, and intervals that hold both chances: which videos were filmed, and which seed a
//! training began from.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::eval::confusion::{Confusion, MeanConfusion};
use crate::eval::experiment::record::{LevelRecord, RowGroup};
use crate::eval::experiment::roc;
use crate::eval::metrics::{Draws, NUM_DRAWS, Ranked, Scored, auc, deviation, mean};
use crate::eval::scores::{ScoreSet, numbered};

/// What one group of items says of every row. `rows` holds the scores of each training of each row, on the
/// same items; `reference` is the row that the others are compared with.
pub fn measure(rows: &[Vec<ScoreSet>], reference: Option<usize>, seed: u64) -> Vec<RowGroup> {
    let sets = || rows.iter().flatten();
    let scored = sets().flat_map(|set| set.rows.iter().map(|row| row.path.as_str()));
    let missed = sets().flat_map(|set| set.missed.iter().map(|missed| missed.path.as_str()));
    let clips = numbered(scored.chain(missed));
    let at_level = |of: fn(&ScoreSet, &BTreeMap<&str, usize>) -> Vec<Scored>| -> Vec<Vec<_>> {
        let row = |sets: &Vec<ScoreSet>| sets.iter().map(|set| of(set, &clips)).collect();
        rows.iter().map(row).collect()
    };
    let (frames, videos) = (at_level(faces), at_level(whole_videos));
    let items: Vec<Scored> = sets().flat_map(|set| whole_videos(set, &clips)).collect();
    let draws = Draws::new(&items, NUM_DRAWS, seed);
    let by_frame = levels(&frames, &draws, reference, seed);
    let by_video = levels(&videos, &draws, reference, seed);
    let levels = by_frame.into_iter().zip(by_video);
    levels
        .enumerate()
        .map(|(at, (by_frame, by_video))| RowGroup {
            roc_frames: roc::averaged(&frames[at]),
            roc_videos: roc::averaged(&videos[at]),
            frames: by_frame,
            videos: by_video,
            techniques: techniques(&rows[at]),
            confusion: confusion(&rows[at]),
        })
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

/// One record for each row; `None` where a training of it has no faces of both kinds.
fn levels(
    rows: &[Vec<Vec<Scored>>],
    draws: &Draws,
    reference: Option<usize>,
    seed: u64,
) -> Vec<Option<LevelRecord>> {
    let ranked: Vec<Vec<Option<Ranked>>> = rows
        .iter()
        .map(|seeds| seeds.iter().map(|scored| Ranked::new(scored)).collect())
        .collect();
    let auc_of = |ranked: &Option<Ranked>, weights: Option<&[u32]>| {
        let ranked = ranked.as_ref()?;
        match weights {
            Some(weights) => ranked.auc(weights),
            None => ranked.auc(&ranked.once()),
        }
    };
    let all_of = |weights: Option<&[u32]>| -> Vec<Vec<Option<f64>>> {
        let row = |seeds: &Vec<Option<Ranked>>| {
            let seeds = seeds.iter();
            seeds.map(|ranked| auc_of(ranked, weights)).collect()
        };
        ranked.iter().map(row).collect()
    };
    let values = all_of(None);
    let mut random = StdRng::seed_from_u64(seed);
    let drawn: Vec<Vec<Option<f64>>> = draws
        .map(|weights| all_of(Some(weights)))
        .into_iter()
        .map(|aucs| {
            let row = |aucs: &Vec<Option<f64>>| mean_of_a_draw(aucs, &mut random);
            aucs.iter().map(row).collect()
        })
        .collect();
    let mean_of = |at: usize| -> Option<(Vec<f64>, f64)> {
        let auc: Vec<f64> = values[at].iter().copied().collect::<Option<_>>()?;
        let mean = mean(&auc);
        mean.is_finite().then_some((auc, mean))
    };
    (0..rows.len())
        .map(|at| {
            let (auc, mean) = mean_of(at)?;
            let of_row = drawn.iter().filter_map(|rows| rows[at]);
            let compared = reference.filter(|&reference| reference != at);
            let difference = compared.and_then(|reference| {
                let value = mean - mean_of(reference)?.1;
                let pairs = drawn
                    .iter()
                    .filter_map(|rows| Some(rows[at]? - rows[reference]?));
                Some(draws.interval(value, pairs))
            });
            Some(LevelRecord {
                deviation: deviation(&auc),
                interval: draws.interval(mean, of_row),
                auc,
                mean,
                difference,
            })
        })
        .collect()
}

/// The mean over as many trainings as there are, drawn from them with replacement.
fn mean_of_a_draw(aucs: &[Option<f64>], random: &mut StdRng) -> Option<f64> {
    let mut sum = 0.0;
    for _ in aucs {
        sum += aucs[random.random_range(0..aucs.len())]?;
    }
    (!aucs.is_empty()).then(|| sum / aucs.len() as f64)
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
mod tests {
    use super::*;
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

    #[test]
    fn a_row_is_no_different_from_itself_and_clear_of_a_blind_one() {
        let good = vec![set(3.0, 1), set(3.0, 2), set(3.0, 3)];
        let blind = vec![set(0.0, 1), set(0.0, 2), set(0.0, 3)];
        let groups = measure(&[blind.clone(), good, blind], Some(0), 1);
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
        let groups = measure(&[a, vec![better]], Some(0), 1);
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
        let groups = measure(&[vec![set(1.0, 1)], Vec::new(), vec![one_kind]], Some(1), 1);
        assert!(groups[0].frames.as_ref().unwrap().difference.is_none());
        assert!(groups[1].frames.is_none() && groups[1].roc_frames.is_empty());
        assert!(groups[2].frames.is_none() && groups[2].techniques.is_empty());
    }
}
