//! The two manifests of an experiment: what is trained on, what is scored, and that they share nobody.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::data::{Item, Split};
use crate::eval::experiment::record::GroupRecord;
use crate::eval::experiment::{Experiment, TestGroup};
use crate::eval::facts::Data;
use crate::eval::scored_split::ScoredSplit;
use crate::eval::{EvalError, EvalSettings};

/// What an experiment reads.
pub struct Inputs {
    pub data: Data,
    pub test: Data,
    /// Items of the second manifest that are scored.
    pub places: Vec<usize>,
    /// Items of the first manifest's split `test` that are scored too, of the techniques trained on: what
    /// the models know at home. May be empty.
    pub home: Vec<usize>,
}

impl Inputs {
    /// Reads and checks both; nothing is written.
    pub fn read(settings: &EvalSettings, experiment: &Experiment) -> Result<Self, EvalError> {
        let (data, test) = read(settings, experiment)?;
        let places = test.of_split(settings.split)?;
        let is_learned = |item: &Item| experiment.learns(technique_of(item));
        let trained = |item: &&Item| is_trained(item) && is_learned(item);
        for label in [0, 1] {
            let mut items = data.manifest.items.iter().filter(trained);
            if !items.any(|item| item.label == label) {
                let techniques = match experiment.trained_on {
                    [] => String::new(),
                    names => format!(" and the techniques {}", names.join(", ")),
                };
                return Err(data.wrong(format!(
                    "its splits train and val need pristine items{techniques}, and one kind is missing"
                )));
            }
        }
        let is_other = settings.test_data.is_some();
        let in_home = |(at, item): (usize, &Item)| (is_other && is_learned(item)).then_some(at);
        let home: Vec<usize> = data
            .manifest
            .of_split(Split::Test)
            .filter_map(in_home)
            .collect();
        let has = |label| {
            home.iter()
                .any(|&at| data.manifest.items[at].label == label)
        };
        let home = if has(0) && has(1) { home } else { Vec::new() };
        Ok(Self {
            data,
            test,
            places,
            home,
        })
    }

    /// Writes what every training of the experiment reads, with whole paths: items of the splits train and
    /// val of the techniques that are learned. The validation split chooses the step; nothing here is
    /// calibrated on it.
    pub fn write_training_manifest(
        &self,
        experiment: &Experiment,
        path: &Path,
    ) -> Result<(), EvalError> {
        let is_wanted = |item: &Item| is_trained(item) && experiment.learns(technique_of(item));
        self.data.write_part(is_wanted, path)
    }

    pub fn training_manifest(out: &Path) -> PathBuf {
        out.join("trainings").join("manifest.jsonl")
    }

    /// What was trained on, in words.
    pub fn trained_on(&self, experiment: &Experiment) -> String {
        let what = match experiment.trained_on {
            [] => "every technique".to_owned(),
            names => {
                let found = self.data.manifest.items.iter().filter_map(technique_of);
                let found: BTreeSet<&str> = found.filter(|own| names.contains(own)).collect();
                found.into_iter().collect::<Vec<_>>().join(", ")
            }
        };
        format!(
            "Pristine items and {what} of the splits train and val of {}; the split val chose the step",
            self.data.name()
        )
    }

    /// The groups that are measured: the experiment's, as far as they differ on this data, and the one at home.
    pub fn groups(
        &self,
        experiment: &Experiment,
        split: ScoredSplit,
    ) -> Vec<(&'static TestGroup, GroupRecord)> {
        let mut groups: Vec<(&TestGroup, GroupRecord)> = Vec::new();
        let mut known: Vec<Vec<usize>> = Vec::new();
        let groups_of = experiment.groups;
        for group in groups_of {
            let places = among(group, &self.test, &self.places);
            let record = record(experiment, group, &self.test, &places, split, false);
            if 0 < record.manipulated && !known.contains(&places) {
                groups.push((group, record));
                known.push(places);
            }
        }
        // At home only what is trained on is scored: the first group that has some of it.
        let at_home = groups_of.iter().find_map(|group| {
            let places = among(group, &self.data, &self.home);
            let record = record(
                experiment,
                group,
                &self.data,
                &places,
                Split::Test.into(),
                true,
            );
            (0 < record.manipulated).then_some((group, record))
        });
        groups.extend(at_home);
        groups
    }
}

/// Those of the places whose items are in a group.
fn among(group: &TestGroup, data: &Data, places: &[usize]) -> Vec<usize> {
    let is_in = |at: &usize| {
        let technique = technique_of(&data.manifest.items[*at]);
        technique.is_none_or(|own| group.techniques.has(own))
    };
    places.iter().copied().filter(is_in).collect()
}

fn record(
    experiment: &Experiment,
    group: &TestGroup,
    data: &Data,
    places: &[usize],
    split: ScoredSplit,
    is_home: bool,
) -> GroupRecord {
    let items = || places.iter().map(|&at| &data.manifest.items[at]);
    let name = if is_home {
        format!("{} at home", group.name)
    } else {
        group.name.to_owned()
    };
    let manipulated = items().filter(|item| item.label == 1).count();
    GroupRecord {
        name,
        is_home,
        is_source: items().all(|item| experiment.learns(technique_of(item))),
        in_words: format!(
            "{manipulated} manipulated and {} pristine clips: {} of {}",
            items().count() - manipulated,
            split.in_words(),
            data.name()
        ),
        videos: items().count(),
        manipulated,
        people: items()
            .flat_map(Item::sources)
            .collect::<BTreeSet<_>>()
            .len(),
    }
}

/// Both manifests, checked. Within one, only the split `test` is scored: its people are in no other split.
fn read(settings: &EvalSettings, experiment: &Experiment) -> Result<(Data, Data), EvalError> {
    match (&settings.data, &settings.test_data) {
        (Some(data), Some(test)) => {
            let (data, test) = (Data::read(data)?, Data::read(test)?);
            check_apart(&data, &test, settings.split)?;
            Ok((data, test))
        }
        (Some(data), None) if experiment.is_within => {
            if settings.split != Split::Test.into() {
                return Err(EvalError::settings(
                    "within one manifest only its split test can be scored; the others are trained on",
                ));
            }
            Ok((Data::read(data)?, Data::read(data)?))
        }
        _ => Err(EvalError::settings(
            "an experiment trains on one manifest and tests on another; give both",
        )),
    }
}

/// `None` for pristine items; those without a name are called nothing.
fn technique_of(item: &Item) -> Option<&str> {
    (item.label == 1).then(|| item.technique.as_deref().unwrap_or_default())
}

fn is_trained(item: &Item) -> bool {
    matches!(item.split, Some(Split::Train | Split::Val))
}

/// Refuses one manifest twice, and people of the training among those that are scored.
pub fn check_apart(data: &Data, test: &Data, split: ScoredSplit) -> Result<(), EvalError> {
    if data.hash == test.hash {
        return Err(EvalError::settings(format!(
            "both manifests hold the same items, so the test would not be on other data\nFile: {:?}",
            test.path
        )));
    }
    let trained = data.manifest.items.iter().filter(|item| is_trained(item));
    let trained: BTreeSet<&str> = trained.flat_map(Item::sources).collect();
    let mut scored = test.manifest.items.iter().filter(|item| split.has(item));
    let shared = scored.find_map(|item| item.sources().find(|source| trained.contains(source)));
    match shared {
        None => Ok(()),
        Some(source) => Err(EvalError::settings(format!(
            "{source:?} is among the sources trained on and, in {}, among those scored: results would mean \
             nothing\nFile: {:?}",
            split.in_words(),
            test.path
        ))),
    }
}
