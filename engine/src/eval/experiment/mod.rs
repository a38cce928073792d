//! Experiments of the papers as data: which trainings are compared, on what, and what was published. One
//! runs all its trainings, scores every model, and measures what differs and what is noise.

mod bench;
mod did;

mod inputs;
mod intele;
mod kept;
mod lae;
#[cfg(test)]
pub(crate) mod made_up;
pub mod masks;
mod measure;
mod numbers;
mod outcome;
mod plan;
mod reading;
pub mod record;
mod roc;
mod start;
pub mod text;
mod trained;

use std::path::PathBuf;

use crate::eval::EvalError;

pub use bench::run;
pub use inputs::check_apart;
pub use plan::Wish;

/// Trainings of each row where a person does not say.
pub const NUM_SEEDS: usize = 3;

/// Which experiment is wanted, as asked for by a person.
#[derive(Clone, Debug, PartialEq)]
pub struct ExperimentSettings {
    pub method: String,
    pub name: String,
    pub preset: String,
    /// Instead of the experiment's own number.
    pub steps: Option<u64>,
    /// Trainings of each row; their seeds count on from the evaluation's.
    pub num_seeds: usize,
    /// Ids of rows; empty takes all.
    pub rows: Vec<String>,
    /// Weights that the backbones start from.
    pub init: Option<PathBuf>,
}

/// One experiment of a paper. Tables of settings are TOML, as in a file for `seam train --config`; a test
/// reads them all.
pub struct Experiment {
    /// The method that it is about, as `seam eval` takes it.
    pub method: &'static str,
    /// `paper`, `ablation`: how it is called among those of the method.
    pub name: &'static str,
    pub title: &'static str,
    /// What it asks, in words.
    pub question: &'static str,
    pub rows: &'static [Row],
    /// The row that every other one is compared with.
    pub reference: &'static str,
    /// What all rows share, for each preset.
    pub budgets: &'static [Budget],
    /// The techniques that are trained on, beside everything pristine; empty takes all.
    pub trained_on: &'static [&'static str],
    /// What is measured, the experiment's own question first.
    pub groups: &'static [TestGroup],
    pub published: Published,
    /// What rows with [`Begins::FromShared`] go on from, for each preset: the first stage of a method in two,
    /// trained once for each seed. Its overrides hold nothing of a single row.
    pub shared: &'static [Recipe],
    /// Whether it is tested on the split `test` of what it trains on where no other data is given.
    pub is_within: bool,
    /// Whether it measures where the models look, against the masks of the scored faces.
    pub has_attention: bool,
}

/// One line of the paper's table: a method with some of its settings replaced.
pub struct Row {
    /// For names of files and for `--rows`.
    pub id: &'static str,
    pub label: &'static str,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// One for each preset in which the row can be trained.
    pub recipes: &'static [Recipe],
    pub begins: Begins,
    /// Its place in a curve over numbers of masks.
    pub point: Option<Point>,
}

/// What the trainings of a row begin from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    /// Random numbers, or what a person named.
    Afresh,
    /// The shared training of the same seed; only what comes after it is trained, and the last step is kept: the
    /// best on clips like those of the training would be the one that masks moved least.
    FromShared,
    /// It is the shared training itself.
    IsShared,
}

/// A point of a curve over numbers of masks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    pub masks: u32,
    /// How the masks were chosen; nothing where there are none.
    pub order: &'static str,
    /// The id of the row of as many masks that this one is compared with.
    pub against: Option<&'static str>,
}

/// How a row is trained in one preset of the experiment.
pub struct Recipe {
    /// The experiment's, as in [`Budget`].
    pub preset: &'static str,
    pub method: &'static str,
    /// The method's own preset.
    pub method_preset: &'static str,
    /// Replaced after the budget.
    pub overrides: &'static str,
}

/// What all rows of an experiment share in one preset.
pub struct Budget {
    pub preset: &'static str,
    pub overrides: &'static str,
}

/// A part of the scored items: some techniques against everything pristine.
pub struct TestGroup {
    pub name: &'static str,
    pub techniques: Techniques,
}

/// Some of the techniques that a test may hold.
#[derive(Clone, Copy, Debug)]
pub enum Techniques {
    All,
    These(&'static [&'static str]),
    AllBut(&'static [&'static str]),
}

/// The paper's own table, on the paper's own data.
pub struct Published {
    /// Where it stands and what was measured on what.
    pub about: &'static str,
    pub columns: &'static [&'static str],
    /// By a row's id.
    pub rows: &'static [(&'static str, PublishedRow)],
}

/// Of each column, where the paper has it: mean and, where it is given, standard deviation, in percent.
pub type PublishedRow = &'static [Option<(f64, Option<f64>)>];

/// Every experiment. Those of further methods are added here.
pub static EXPERIMENTS: &[Experiment] = &[
    intele::PAPER,
    did::PAPER,
    did::DFFD,
    lae::PAPER,
    lae::MASKS,
    lae::LAMBDA,
];

/// The experiment of a method by its name; refuses one that there is not.
pub fn find(method: &str, name: &str) -> Result<&'static Experiment, EvalError> {
    let of_method: Vec<&Experiment> = EXPERIMENTS
        .iter()
        .filter(|experiment| experiment.method == method)
        .collect();
    if let Some(found) = of_method.iter().find(|own| own.name == name) {
        return Ok(*found);
    }
    let listed = |all: &[&Experiment]| -> Vec<String> {
        all.iter()
            .map(|own| format!("{} {}", own.method, own.name))
            .collect()
    };
    let known = if of_method.is_empty() {
        listed(&EXPERIMENTS.iter().collect::<Vec<_>>())
    } else {
        listed(&of_method)
    };
    Err(EvalError::settings(format!(
        "the method {method:?} has no experiment {name:?}; there are: {}",
        known.join(", ")
    )))
}

impl Experiment {
    /// What all rows share in a preset.
    pub fn budget(&self, preset: &str) -> Result<&'static Budget, EvalError> {
        let budgets = self.budgets;
        budgets
            .iter()
            .find(|own| own.preset == preset)
            .ok_or_else(|| {
                let known: Vec<&str> = budgets.iter().map(|own| own.preset).collect();
                EvalError::settings(format!(
                    "the experiment has no budget for the preset {preset:?}; there are: {}",
                    known.join(", ")
                ))
            })
    }

    /// The rows of these ids, in the experiment's order; all for none.
    pub fn chosen(&self, ids: &[String]) -> Result<Vec<&'static Row>, EvalError> {
        let rows = self.rows;
        if let Some(unknown) = ids.iter().find(|id| rows.iter().all(|row| row.id != **id)) {
            let known: Vec<&str> = rows.iter().map(|row| row.id).collect();
            return Err(EvalError::settings(format!(
                "the experiment has no row {unknown:?}; there are: {}",
                known.join(", ")
            )));
        }
        let is_chosen = |row: &&Row| ids.is_empty() || ids.iter().any(|id| id == row.id);
        Ok(rows.iter().filter(is_chosen).collect())
    }

    /// Whether items of a technique are trained on; those of none, pristine ones, always are.
    pub fn learns(&self, technique: Option<&str>) -> bool {
        let trained_on = self.trained_on;
        trained_on.is_empty() || technique.is_none_or(|own| trained_on.contains(&own))
    }
}

impl Techniques {
    pub fn has(self, technique: &str) -> bool {
        match self {
            Self::All => true,
            Self::These(names) => names.contains(&technique),
            Self::AllBut(names) => !names.contains(&technique),
        }
    }
}

impl Published {
    pub fn of(&self, id: &str) -> Option<PublishedRow> {
        let mut rows = self.rows.iter();
        rows.find(|(own, _)| *own == id)
            .map(|(_, numbers)| *numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_experiment_is_whole() {
        for experiment in EXPERIMENTS {
            let ids: Vec<&str> = experiment.rows.iter().map(|row| row.id).collect();
            assert!(ids.contains(&experiment.reference), "{ids:?}");
            assert!(!experiment.groups.is_empty());
            for row in experiment.rows {
                for recipe in row.recipes {
                    assert!(
                        recipe.overrides.parse::<toml::Table>().is_ok(),
                        "{}",
                        row.id
                    );
                    assert!(
                        experiment.budget(recipe.preset).is_ok(),
                        "{}",
                        recipe.preset
                    );
                }
                assert_eq!(ids.iter().filter(|id| **id == row.id).count(), 1);
                let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
                assert!(row.id.chars().all(is_plain), "{}", row.id);
            }
            for row in experiment.rows {
                assert!(row.begins == Begins::Afresh || !experiment.shared.is_empty());
                let against = row.point.and_then(|point| point.against);
                assert!(against.is_none_or(|id| ids.contains(&id)), "{against:?}");
            }
            for recipe in experiment.shared {
                assert!(recipe.overrides.parse::<toml::Table>().is_ok());
                assert!(experiment.budget(recipe.preset).is_ok());
            }
            for budget in experiment.budgets {
                let table: toml::Table = budget.overrides.parse().unwrap();
                assert!(table.contains_key("steps"), "{}", budget.preset);
            }
            for (id, numbers) in experiment.published.rows {
                assert!(ids.contains(id));
                assert!(numbers.iter().any(Option::is_some), "{id}");
                assert_eq!(numbers.len(), experiment.published.columns.len());
            }
        }
    }

    #[test]
    fn what_there_is_not_is_refused_beside_what_there_is() {
        let check = |result: Result<(), EvalError>, words: &str| {
            let text = result.unwrap_err().to_string();
            assert!(text.contains(words), "{text}");
        };
        check(find("intele", "figure").map(|_| ()), "intele paper");
        check(find("astrology", "paper").map(|_| ()), "intele paper");
        let experiment = find("intele", "paper").unwrap();
        check(
            experiment.budget("desktop").map(|_| ()),
            "laptop, paper, paper-b5",
        );
        let wish = ["ce".to_owned(), "eve".to_owned()];
        check(experiment.chosen(&wish).map(|_| ()), "\"eve\"");
        assert_eq!(experiment.chosen(&wish[..1]).unwrap().len(), 1);
        assert_eq!(experiment.chosen(&[]).unwrap().len(), 4);
    }

    #[test]
    fn what_is_trained_on_and_the_rest_share_nothing() {
        for experiment in EXPERIMENTS.iter().filter(|own| own.method == "did") {
            let unknown = experiment.groups[2].techniques;
            assert!(unknown.has("Celeb-synthesis") && !experiment.learns(Some("Celeb-synthesis")));
            assert!(experiment.learns(None) && experiment.learns(Some("swap")));
            for name in experiment.trained_on {
                assert!(!unknown.has(name) && experiment.groups[1].techniques.has(name));
            }
        }
        assert!(Techniques::All.has("") && !Techniques::These(&["swap"]).has(""));
    }
}
