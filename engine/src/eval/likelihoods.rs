//! How likely a density model finds the faces of each kind, and how little that alone tells (paper 003,
//! Figure 3).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::detectors::card::Interval;
use crate::eval::metrics::{NUM_DRAWS, Scored, auc_interval};
use crate::eval::report::MethodResult;
use crate::eval::scores::{ScoreRow, ScoreSet, numbered};

/// Bars of each histogram.
const NUM_BARS: usize = 36;

/// Share of the faces at either end that the axis does not reach; they are counted in its last bars.
const CUT_SHARE: f64 = 0.005;

/// Share of a kind's faces that lies beyond either end of what is told of it.
const RARE_SHARE: f64 = 0.05;

/// Two models agree on a face whose bits per dimension lie no further apart.
const SAME_BITS: f32 = 1e-3;

/// Bits per dimension of the faces of every kind: what one color of one pixel costs on average. Larger is
/// less likely.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Likelihoods {
    /// Ends of the histograms' common axis; faces beyond are counted in the last bars.
    pub low: f64,
    pub high: f64,
    /// Whether this is over the faces of all folds, whose models agree on how likely they are.
    #[serde(default)]
    pub is_of_all_folds: bool,
    /// Pristine first, then techniques by name.
    pub kinds: Vec<KindLikelihoods>,
    /// AUC of the bits alone, all techniques against everything pristine.
    pub auc: Interval,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KindLikelihoods {
    /// `None` is pristine.
    pub technique: Option<String>,
    pub faces: usize,
    pub mean: f64,
    pub median: f64,
    /// Below and above which 5 % of the faces lie.
    pub low: f64,
    pub high: f64,
    /// Faces in equal parts of the axis.
    pub bars: Vec<u64>,
    /// AUC of the bits alone against everything pristine; `None` for pristine.
    pub auc: Option<Interval>,
}

/// Faces of all folds of a method, as long as its models agree on them: a background model that all folds
/// share finds each face as likely in every fold.
#[derive(Default)]
pub struct AllFolds {
    folds: usize,
    is_torn: bool,
    of_kind: BTreeMap<Option<String>, Vec<ScoreRow>>,
}

impl Likelihoods {
    /// `None` where no density is modeled, or without faces of both kinds.
    pub fn of(set: &ScoreSet, seed: u64) -> Option<Self> {
        let clips = numbered(set.rows.iter().map(|row| row.path.as_str()));
        let faces: Vec<(&ScoreRow, Scored)> = set
            .rows
            .iter()
            .filter_map(|row| {
                let scored = Scored {
                    is_manipulated: row.is_manipulated,
                    score: f64::from(row.bits_per_dim?),
                    clip: clips[row.path.as_str()],
                };
                Some((row, scored))
            })
            .collect();
        let all: Vec<Scored> = faces.iter().map(|(_, scored)| *scored).collect();
        let auc = auc_interval(&all, NUM_DRAWS, seed)?;
        let sorted = sorted(&all);
        let (mut low, mut high) = (at(&sorted, CUT_SHARE), at(&sorted, 1.0 - CUT_SHARE));
        if high <= low {
            (low, high) = (low - 0.5, high + 0.5);
        }
        let pristine = || all.iter().filter(|face| !face.is_manipulated).copied();
        let mut of_technique: BTreeMap<&String, Vec<Scored>> = BTreeMap::new();
        for (row, scored) in &faces {
            if let Some(technique) = row.technique.as_ref().filter(|_| row.is_manipulated) {
                of_technique.entry(technique).or_default().push(*scored);
            }
        }
        let mut kinds = vec![KindLikelihoods::of(
            &pristine().collect::<Vec<_>>(),
            low,
            high,
        )];
        kinds.extend(of_technique.into_iter().map(|(technique, own)| {
            let both: Vec<Scored> = pristine().chain(own.iter().copied()).collect();
            KindLikelihoods {
                technique: Some(technique.clone()),
                auc: auc_interval(&both, NUM_DRAWS, seed),
                ..KindLikelihoods::of(&own, low, high)
            }
        }));
        Some(Self {
            low,
            high,
            is_of_all_folds: false,
            kinds,
            auc,
        })
    }

    /// One line: medians, and what the bits alone tell.
    pub fn in_words(&self) -> String {
        let medians: Vec<String> = self
            .kinds
            .iter()
            .map(|kind| format!("{} {:.3}", kind.name(), kind.median))
            .collect();
        format!(
            "bits per dimension (medians): {}; alone they have AUC {:.3} [{:.3} {:.3}] by frame",
            medians.join(", "),
            self.auc.value,
            self.auc.low,
            self.auc.high
        )
    }
}

impl KindLikelihoods {
    fn of(faces: &[Scored], low: f64, high: f64) -> Self {
        let sorted = sorted(faces);
        let mut bars = vec![0; NUM_BARS];
        for bits in &sorted {
            let place = (bits - low) / (high - low) * NUM_BARS as f64;
            bars[place.clamp(0.0, NUM_BARS as f64 - 1.0) as usize] += 1;
        }
        Self {
            technique: None,
            faces: sorted.len(),
            mean: sorted.iter().sum::<f64>() / sorted.len().max(1) as f64,
            median: at(&sorted, 0.5),
            low: at(&sorted, RARE_SHARE),
            high: at(&sorted, 1.0 - RARE_SHARE),
            bars,
            auc: None,
        }
    }

    pub fn name(&self) -> &str {
        self.technique.as_deref().unwrap_or("pristine")
    }
}

impl AllFolds {
    /// Of one fold: kinds that are new are kept, the others compared.
    pub fn add(&mut self, set: &ScoreSet) {
        self.folds += 1;
        let mut of_kind: BTreeMap<Option<String>, Vec<ScoreRow>> = BTreeMap::new();
        for row in &set.rows {
            let technique = row.technique.clone().filter(|_| row.is_manipulated);
            of_kind.entry(technique).or_default().push(row.clone());
        }
        for (technique, rows) in of_kind {
            if let Some(known) = self.of_kind.get(&technique) {
                self.is_torn |= !are_the_same(known, &rows);
            } else {
                self.of_kind.insert(technique, rows);
            }
        }
    }

    /// Puts one record of all faces into the first result, in place of one in each, where several folds agree.
    pub fn share(self, results: &mut [MethodResult], seed: u64) {
        if self.folds < 2 || self.is_torn {
            return;
        }
        let set = ScoreSet {
            rows: self.of_kind.into_values().flatten().collect(),
            ..ScoreSet::default()
        };
        let Some(all) = Likelihoods::of(&set, seed) else {
            return;
        };
        let all = Likelihoods {
            is_of_all_folds: true,
            ..all
        };
        for result in results.iter_mut() {
            result.likelihoods = None;
        }
        if let Some(first) = results.first_mut() {
            first.likelihoods = Some(all);
        }
    }
}

fn are_the_same(known: &[ScoreRow], rows: &[ScoreRow]) -> bool {
    let is_same = |known: &ScoreRow, row: &ScoreRow| {
        let bits = known.bits_per_dim.zip(row.bits_per_dim);
        (&known.path, known.frame_index) == (&row.path, row.frame_index)
            && bits.is_some_and(|(known, own)| (known - own).abs() <= SAME_BITS)
    };
    known.len() == rows.len()
        && known
            .iter()
            .zip(rows)
            .all(|(known, row)| is_same(known, row))
}

fn sorted(faces: &[Scored]) -> Vec<f64> {
    let mut all: Vec<f64> = faces.iter().map(|face| face.score).collect();
    all.sort_by(f64::total_cmp);
    all
}

/// The value below which a share of the sorted ones lies; zero without any.
fn at(sorted: &[f64], share: f64) -> f64 {
    let place = (share * sorted.len().saturating_sub(1) as f64).round() as usize;
    sorted.get(place).copied().unwrap_or(0.0)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::eval::report::tests::{made_up_result, made_up_scores};

    /// The made-up scores with bits: forged faces cost a little more, `recolor` least.
    pub fn made_up_likely_scores() -> ScoreSet {
        let mut set = made_up_scores();
        for (at, row) in set.rows.iter_mut().enumerate() {
            let lift = match row.technique.as_deref() {
                None => 0.0,
                Some("swap") => 0.4,
                Some(_) => 0.1,
            };
            row.bits_per_dim = Some(3.0 + lift + 0.01 * (at * 29 % 101) as f32);
        }
        set
    }

    #[test]
    fn every_face_is_in_one_bar_of_its_kind_and_costlier_kinds_stand_out_more() {
        assert_eq!(Likelihoods::of(&made_up_scores(), 1), None);
        let found = Likelihoods::of(&made_up_likely_scores(), 1).unwrap();
        let names: Vec<&str> = found.kinds.iter().map(KindLikelihoods::name).collect();
        assert_eq!(names, ["pristine", "recolor", "swap"]);
        for kind in &found.kinds {
            assert_eq!(kind.faces, 40);
            assert_eq!(kind.bars.iter().sum::<u64>(), 40);
            assert!(kind.low < kind.median && kind.median < kind.high);
            assert!((kind.mean - kind.median).abs() < 0.2);
        }
        let auc = |at: usize| found.kinds[at].auc.as_ref().map(|auc| auc.value);
        assert_eq!(auc(0), None);
        assert!(0.5 < auc(1).unwrap() && auc(1) < auc(2));
        // All techniques have as many faces, so theirs is the plain mean.
        let mean = 0.5 * (auc(1).unwrap() + auc(2).unwrap());
        assert!((found.auc.value - mean).abs() < 1e-9);
        assert_eq!(found.auc.clips, 30);
        assert!(
            found.in_words().contains("pristine 3."),
            "{}",
            found.in_words()
        );
    }

    #[test]
    fn folds_that_agree_are_told_once_and_others_each_by_itself() {
        let set = made_up_likely_scores();
        let (swap, mut recolor) = (set.only("swap"), set.only("recolor"));
        let fold = |set: &ScoreSet| MethodResult {
            likelihoods: Likelihoods::of(set, 1),
            ..made_up_result()
        };
        let shared = |sets: &[&ScoreSet]| {
            let mut folds = AllFolds::default();
            for set in sets {
                folds.add(set);
            }
            let mut results: Vec<MethodResult> = sets.iter().map(|set| fold(set)).collect();
            folds.share(&mut results, 1);
            results
        };
        let results = shared(&[&swap, &recolor, &swap]);
        let expected = Likelihoods {
            is_of_all_folds: true,
            ..Likelihoods::of(&set, 1).unwrap()
        };
        assert_eq!(results[0].likelihoods.as_ref(), Some(&expected));
        assert!(results[1].likelihoods.is_none() && results[2].likelihoods.is_none());

        let first = recolor.rows.iter_mut().find(|row| !row.is_manipulated);
        first.unwrap().bits_per_dim = Some(9.0);
        let results = shared(&[&swap, &recolor]);
        assert_eq!(results[0].likelihoods, Likelihoods::of(&swap, 1));
        assert_eq!(results[1].likelihoods, Likelihoods::of(&recolor, 1));
        assert_eq!(shared(&[&swap])[0].likelihoods, Likelihoods::of(&swap, 1));
    }

    #[test]
    fn records_from_before_there_were_likelihoods_are_read() {
        let result = MethodResult {
            likelihoods: Likelihoods::of(&made_up_likely_scores(), 1),
            ..made_up_result()
        };
        let mut value = serde_json::to_value(&result).unwrap();
        assert_eq!(value["likelihoods"]["kinds"][2]["technique"], "swap");
        value.as_object_mut().unwrap().remove("likelihoods");
        let old: MethodResult = serde_json::from_value(value).unwrap();
        assert_eq!(old.likelihoods, None);
    }
}
