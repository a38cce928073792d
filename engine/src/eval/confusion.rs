//! What faces were taken for, by what they are, where a detector tells domains: of one model, and of several
//! trainings together (DID's Figure 5).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::eval::metrics::Spread;
use crate::eval::scores::{ScoreRow, ScoreSet};

/// What a model took every face for: the domain that it is most like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    /// What the model knows, pristine first.
    pub names: Vec<String>,
    /// Faces of each of them (rows), by what they were taken for (columns).
    pub counts: Vec<Vec<u64>>,
    /// The same of techniques that the model does not know, sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<UnknownFaces>,
}

/// Faces of one technique that a model does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownFaces {
    pub technique: String,
    /// By what they were taken for.
    pub counts: Vec<u64>,
}

/// Shares of several trainings on the same faces.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeanConfusion {
    /// What the models know, pristine first: the columns.
    pub names: Vec<String>,
    /// What was scored: what the models know in the order of `names`, then what they do not.
    pub rows: Vec<ConfusionRow>,
    /// The mean, over the kinds that the models know, of the share taken for what it is. Chance is one in
    /// as many as there are names.
    pub accuracy: Option<Spread>,
}

/// Faces of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConfusionRow {
    pub truth: String,
    pub is_known: bool,
    /// What the shares are of, in each training.
    pub faces: u64,
    /// From 0 to 1, one for each column.
    pub shares: Vec<Spread>,
}

impl Confusion {
    /// `None` where the scores do not tell.
    pub fn of(set: &ScoreSet) -> Option<Self> {
        let names = set.domains.clone();
        let none = || vec![0_u64; names.len()];
        let mut counts = vec![none(); names.len()];
        let mut unknown: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        for row in &set.rows {
            let Some(taken_for) = largest(row).filter(|&at| at < names.len()) else {
                continue;
            };
            let of_kind = match truth(row, &names) {
                Ok(at) => &mut counts[at],
                Err(technique) => unknown.entry(technique).or_insert_with(none),
            };
            of_kind[taken_for] += 1;
        }
        let is_told = !unknown.is_empty() || counts.iter().flatten().any(|&count| 0 < count);
        let unknown = unknown.into_iter();
        is_told.then(|| Self {
            unknown: unknown
                .map(|(technique, counts)| UnknownFaces {
                    technique: technique.to_owned(),
                    counts,
                })
                .collect(),
            names,
            counts,
        })
    }
}

/// The place of what a face is among `names`, pristine first, or the technique that is not there.
fn truth<'a>(row: &'a ScoreRow, names: &[String]) -> Result<usize, &'a str> {
    if !row.is_manipulated {
        return Ok(0);
    }
    let technique = row.technique.as_deref().unwrap_or("without a name");
    let mut numbered = names.iter().enumerate().skip(1);
    let found = numbered.find(|(_, name)| *name == technique);
    found.map(|(at, _)| at).ok_or(technique)
}

/// The place of the largest share; the first of several.
fn largest(row: &ScoreRow) -> Option<usize> {
    let shares = row.domains.iter().copied().enumerate();
    shares
        .reduce(|best, own| if best.1 < own.1 { own } else { best })
        .map(|(at, _)| at)
}

impl MeanConfusion {
    /// Of trainings that know the same; `None` without any.
    pub fn of(trainings: &[Confusion]) -> Option<Self> {
        let first = trainings.first()?;
        if trainings.iter().any(|own| own.names != first.names) {
            return None;
        }
        let known = first.names.iter().enumerate().filter_map(|(at, name)| {
            let counts = trainings.iter().map(|own| own.counts[at].as_slice());
            ConfusionRow::of(name, true, &counts.collect::<Vec<_>>())
        });
        let unknown = first.unknown.iter().filter_map(|faces| {
            let of_technique = |own: &'_ Confusion| {
                let mut unknown = own.unknown.iter();
                unknown.position(|other| other.technique == faces.technique)
            };
            let counts: Option<Vec<&[u64]>> = trainings
                .iter()
                .map(|own| Some(own.unknown[of_technique(own)?].counts.as_slice()))
                .collect();
            ConfusionRow::of(&faces.technique, false, &counts?)
        });
        let accuracies: Option<Vec<f64>> = trainings.iter().map(Confusion::accuracy).collect();
        Some(Self {
            names: first.names.clone(),
            rows: known.chain(unknown).collect(),
            accuracy: accuracies.and_then(|all| Spread::of(&all)),
        })
    }

    /// Of a kind that the models know, the share taken for what it is.
    pub fn hit(&self, row: &ConfusionRow) -> Option<Spread> {
        let at = self.names.iter().position(|name| *name == row.truth)?;
        row.is_known.then(|| row.shares[at])
    }

    /// What guessing gets right.
    pub fn chance(&self) -> f64 {
        1.0 / self.names.len() as f64
    }
}

impl Confusion {
    /// See [`MeanConfusion::accuracy`]; `None` without faces of a kind that the model knows.
    fn accuracy(&self) -> Option<f64> {
        let hits: Vec<f64> = self
            .counts
            .iter()
            .enumerate()
            .filter_map(|(at, counts)| shares(counts).map(|shares| shares[at]))
            .collect();
        Spread::of(&hits).map(|hits| hits.mean)
    }
}

impl ConfusionRow {
    /// `None` where a training has no face of this kind.
    fn of(truth: &str, is_known: bool, trainings: &[&[u64]]) -> Option<Self> {
        let told: Option<Vec<Vec<f64>>> = trainings.iter().map(|counts| shares(counts)).collect();
        let told = told?;
        let first = trainings.first()?;
        let column = |at: usize| {
            let values: Vec<f64> = told.iter().map(|shares| shares[at]).collect();
            Spread::of(&values)
        };
        Some(Self {
            truth: truth.to_owned(),
            is_known,
            faces: first.iter().sum(),
            shares: (0..first.len()).map(column).collect::<Option<_>>()?,
        })
    }
}

/// Of all faces of a kind; `None` without any.
fn shares(counts: &[u64]) -> Option<Vec<f64>> {
    let total: u64 = counts.iter().sum();
    let share = |&count: &u64| count as f64 / total as f64;
    (0 < total).then(|| counts.iter().map(share).collect())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::eval::scores::tests::row;

    /// Of each kind with its name: shares of pristine, reenact and swap, one face each.
    pub fn told(faces: &[(Option<&str>, [f32; 3])]) -> ScoreSet {
        let rows = faces.iter().enumerate().map(|(at, (technique, shares))| {
            let mut row = row(&format!("v{at}.mp4"), *technique, 0.0);
            row.domains = shares.to_vec();
            row
        });
        ScoreSet {
            rows: rows.collect(),
            domains: ["pristine", "reenact", "swap"].map(str::to_owned).to_vec(),
            ..ScoreSet::default()
        }
    }

    const PRISTINE: [f32; 3] = [0.8, 0.1, 0.1];
    const REENACT: [f32; 3] = [0.2, 0.5, 0.3];
    const SWAP: [f32; 3] = [0.3, 0.3, 0.4];

    fn two_trainings() -> [Confusion; 2] {
        let one = told(&[
            (None, PRISTINE),
            (None, SWAP),
            (Some("swap"), SWAP),
            (Some("swap"), SWAP),
            (Some("inpaint"), REENACT),
        ]);
        let other = told(&[
            (None, PRISTINE),
            (None, PRISTINE),
            (Some("swap"), SWAP),
            (Some("swap"), REENACT),
            (Some("inpaint"), REENACT),
        ]);
        [one, other].map(|set| Confusion::of(&set).unwrap())
    }

    #[test]
    fn every_face_is_counted_once_by_what_it_is_and_what_it_is_most_like() {
        let [one, _] = two_trainings();
        assert_eq!(one.counts, [[1, 0, 1], [0, 0, 0], [0, 0, 2]]);
        assert_eq!(one.unknown[0].technique, "inpaint");
        assert_eq!(one.unknown[0].counts, [0, 1, 0]);
        assert_eq!(
            one.accuracy(),
            Some(0.75),
            "without reenact, of which there is none"
        );
        // Of equal shares the first counts.
        let even = Confusion::of(&told(&[(Some("swap"), [0.4, 0.2, 0.4])])).unwrap();
        assert_eq!(even.counts[2], [1, 0, 0]);
    }

    #[test]
    fn scores_that_do_not_tell_have_none() {
        let mut set = told(&[(None, PRISTINE)]);
        set.rows[0].domains.clear();
        assert_eq!(Confusion::of(&set), None);
        assert_eq!(Confusion::of(&ScoreSet::default()), None);
        assert_eq!(MeanConfusion::of(&[]), None);
    }

    #[test]
    fn trainings_are_averaged_share_by_share() {
        let mean = MeanConfusion::of(&two_trainings()).unwrap();
        let truths: Vec<&str> = mean.rows.iter().map(|row| row.truth.as_str()).collect();
        assert_eq!(truths, ["pristine", "swap", "inpaint"]);
        let [pristine, swap, inpaint] = &mean.rows[..] else {
            panic!("not three rows");
        };
        let means = |row: &ConfusionRow| -> Vec<f64> {
            row.shares.iter().map(|share| share.mean).collect()
        };
        assert_eq!(means(pristine), [0.75, 0.0, 0.25]);
        assert_eq!(means(swap), [0.0, 0.25, 0.75]);
        let half = 0.5_f64.sqrt() / 2.0;
        assert!((swap.shares[2].deviation.unwrap() - half).abs() < 1e-12);
        assert!(!inpaint.is_known && mean.hit(inpaint).is_none());
        assert_eq!(
            (inpaint.faces, mean.hit(swap).map(|own| own.mean)),
            (1, Some(0.75))
        );
        let accuracy = mean.accuracy.unwrap();
        assert_eq!((accuracy.mean, accuracy.deviation), (0.75, Some(0.0)));
    }

    #[test]
    fn records_of_before_and_of_now_read_back() {
        let old = "{\"names\":[\"pristine\",\"swap\"],\"counts\":[[3,1],[0,4]]}";
        let old: Confusion = serde_json::from_str(old).unwrap();
        assert!(old.unknown.is_empty() && old.accuracy() == Some(0.875));
        let [now, _] = two_trainings();
        let text = serde_json::to_string(&now).unwrap();
        assert_eq!(serde_json::from_str::<Confusion>(&text).unwrap(), now);
    }
}
