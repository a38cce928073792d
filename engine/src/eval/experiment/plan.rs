//! Which trainings an experiment wants, and by what each is known again.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::eval::EvalError;
use crate::eval::experiment::start::after_the_start;
use crate::eval::experiment::{Begins, Experiment, ExperimentSettings, Recipe, Row};
use crate::faces::Aligner;
use crate::media::MediaHash;
use crate::methods::training::{TrainConfig, merge};
use crate::methods::{self, MethodInfo, Start};

/// A row with what its trainings are to be, or why it cannot be trained.
pub struct PlannedRow {
    pub row: &'static Row,
    /// `None` where it has none for the experiment's preset.
    pub recipe: Option<&'static Recipe>,
    /// What replaces the preset's keys: the budget's, then the row's own.
    pub overrides: toml::Table,
    /// With the steps that it trains itself.
    pub found: Result<(&'static MethodInfo, TrainConfig), String>,
}

/// Validations and checkpoints of a training whose number of steps a person gave.
const NUM_VALIDATIONS: u64 = 8;

/// Everything that was asked for.
pub struct Wish {
    pub experiment: &'static Experiment,
    pub preset: String,
    pub steps: Option<u64>,
    pub seeds: Vec<u64>,
    pub rows: Vec<&'static Row>,
    pub init: Option<PathBuf>,
}

/// One training: everything that its result depends on. Two of the same text give the same model.
#[derive(Serialize)]
struct Wanted<'a> {
    engine: &'a str,
    config: &'a TrainConfig,
    aligner: Aligner,
    manifest_sha256: &'a str,
    trained_on: &'a [&'a str],
    init: Option<&'a Path>,
    /// The folder's name of the shared training that it goes on from.
    #[serde(skip_serializing_if = "Option::is_none")]
    starts_from: Option<&'a str>,
}

impl Wish {
    /// Refuses what there is not. Seeds count on from `seed`.
    pub fn of(settings: &ExperimentSettings, seed: u64) -> Result<Self, EvalError> {
        let experiment = super::find(&settings.method, &settings.name)?;
        experiment.budget(&settings.preset)?;
        if settings.num_seeds == 0 {
            return Err(EvalError::settings("no training was asked for"));
        }
        if settings.steps == Some(0) {
            return Err(EvalError::settings("a training needs a step at least"));
        }
        Ok(Self {
            experiment,
            preset: settings.preset.clone(),
            steps: settings.steps,
            seeds: (seed..).take(settings.num_seeds).collect(),
            rows: experiment.chosen(&settings.rows)?,
            init: settings.init.clone(),
        })
    }

    /// What all rows share, as the experiment has it.
    pub fn own_budget(&self) -> Result<toml::Table, EvalError> {
        let budget = self.experiment.budget(&self.preset)?;
        Ok(budget.overrides.parse().expect("a test reads every budget"))
    }

    /// The same with the steps that a person gave in place of the experiment's.
    pub fn budget(&self) -> Result<toml::Table, EvalError> {
        let mut table = self.own_budget()?;
        if let Some(steps) = self.steps {
            let number = |steps| number(steps).map_err(EvalError::settings);
            let every = number(validated_every(steps))?;
            table.insert("steps".to_owned(), number(steps)?);
            table.insert("validate_every".to_owned(), every.clone());
            table.insert("checkpoint_every".to_owned(), every);
        }
        Ok(table)
    }

    /// Every row with its configuration; the seed in it is that of the preset.
    pub fn plan(&self) -> Result<Vec<PlannedRow>, EvalError> {
        let budget = self.own_budget()?;
        let rows = self.rows.iter();
        let planned = rows.map(|&row| {
            let mut recipes = row.recipes.iter();
            let Some(recipe) = recipes.find(|own| own.preset == self.preset) else {
                return PlannedRow {
                    row,
                    recipe: None,
                    overrides: budget.clone(),
                    found: Err(format!(
                        "there is no recipe for the preset {:?}",
                        self.preset
                    )),
                };
            };
            let mut overrides = budget.clone();
            PlannedRow {
                row,
                recipe: Some(recipe),
                found: self.found(row, recipe, &mut overrides),
                overrides,
            }
        });
        Ok(planned.collect())
    }

    /// A row's method and numbers; `overrides` are the budget's, and become those of its training.
    fn found(
        &self,
        row: &Row,
        recipe: &Recipe,
        overrides: &mut toml::Table,
    ) -> Result<(&'static MethodInfo, TrainConfig), String> {
        match (row.begins, &self.init) {
            (Begins::IsShared, None) => {
                let start = self.start()?;
                *overrides = start.overrides;
                Ok((start.method, start.config))
            }
            (Begins::Afresh | Begins::IsShared, _) => config(recipe, overrides, self.steps),
            (Begins::FromShared, _) => {
                let (method, mut config) = config(recipe, overrides, self.steps)?;
                after_the_start(method, &mut config, overrides)?;
                Ok((method, config))
            }
        }
    }

    /// What a training is known by, as text, and its folder's name: row, seed, and the first digits of the
    /// text's hash, so that a training of other numbers or other data is never taken for it. `id` is the row's;
    /// `starts_from` names the folder of the shared training that it goes on from.
    pub fn known_by(
        &self,
        id: &str,
        config: &TrainConfig,
        starts_from: Option<&str>,
        aligner: Aligner,
        manifest: &str,
    ) -> (String, String) {
        let wanted = Wanted {
            engine: env!("CARGO_PKG_VERSION"),
            config,
            aligner,
            manifest_sha256: manifest,
            trained_on: self.experiment.trained_on,
            init: self.init.as_deref(),
            starts_from,
        };
        let mut text =
            serde_json::to_string_pretty(&wanted).expect("plain numbers and names are JSON");
        text.push('\n');
        let hash = MediaHash::of(text.as_bytes()).to_string();
        let name = format!("{id}-seed{}-{}", config.seed, &hash[..8]);
        (text, name)
    }
}

/// The preset of a recipe's method with everything replaced; `overrides` are the budget's and get the recipe's
/// own. A method in two stages shares the steps that a person gave among them as its own.
pub fn config(
    recipe: &Recipe,
    overrides: &mut toml::Table,
    steps: Option<u64>,
) -> Result<(&'static MethodInfo, TrainConfig), String> {
    let own = recipe.overrides.parse().expect("a test reads every row");
    merge(overrides, own);
    let method = methods::find(recipe.method)
        .ok_or_else(|| format!("there is no method {:?}", recipe.method))?;
    let preset = (method.preset)(recipe.method_preset).ok_or_else(|| {
        format!(
            "the method {:?} has no preset {:?}; there are: {}",
            recipe.method,
            recipe.method_preset,
            method.presets.join(", ")
        )
    })?;
    let mut config = preset.replaced(overrides.clone())?;
    let Some(steps) = steps else {
        return Ok((method, config));
    };
    match &method.start {
        Start::Own { with_steps, .. } => {
            with_steps(&mut config, steps);
            let table = config.method_config.clone();
            overrides.insert("method_config".to_owned(), table.into());
        }
        Start::Backbone(_) | Start::Whole => config.steps = steps,
    }
    config.validate_every = validated_every(steps);
    config.checkpoint_every = validated_every(steps);
    let every = number(validated_every(steps))?;
    overrides.insert("steps".to_owned(), number(config.steps)?);
    overrides.insert("validate_every".to_owned(), every.clone());
    overrides.insert("checkpoint_every".to_owned(), every);
    Ok((method, config))
}

/// Steps between validations where a person gave the steps.
fn validated_every(steps: u64) -> u64 {
    (steps / NUM_VALIDATIONS).max(1)
}

/// As a key's value.
pub fn number(steps: u64) -> Result<toml::Value, String> {
    toml::Value::try_from(steps).map_err(|err| format!("there cannot be {steps} steps: {err}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(rows: &[&str]) -> ExperimentSettings {
        ExperimentSettings {
            method: "intele".to_owned(),
            name: "paper".to_owned(),
            preset: "laptop".to_owned(),
            steps: None,
            num_seeds: 2,
            rows: rows.iter().map(|&id| id.to_owned()).collect(),
            init: None,
        }
    }

    #[test]
    fn a_row_has_the_budget_then_its_own_numbers() {
        let mut settings = settings(&["ce"]);
        settings.steps = Some(80);
        let wish = Wish::of(&settings, 5).unwrap();
        assert_eq!(wish.seeds, [5, 6]);
        let planned = wish.plan().unwrap();
        let (method, config) = planned[0].found.as_ref().unwrap();
        assert_eq!(method.detector.name, "ce-xception");
        assert_eq!((config.steps, config.validate_every), (80, 10));
        assert_eq!(config.method_config["is_aligned"], true.into());
        assert_eq!(config.method_config["width"], 0.25.into());
    }

    #[test]
    fn every_row_of_every_preset_has_a_configuration() {
        for experiment in super::super::EXPERIMENTS {
            for budget in experiment.budgets {
                let mut settings = settings(&[]);
                settings.preset = budget.preset.to_owned();
                settings.method = experiment.method.to_owned();
                settings.name = experiment.name.to_owned();
                for planned in Wish::of(&settings, 1).unwrap().plan().unwrap() {
                    let config = planned.found.map(|(_, config)| config.steps);
                    let steps: toml::Table = budget.overrides.parse().unwrap();
                    let steps = steps["steps"].as_integer().unwrap() as u64;
                    let (id, preset) = (planned.row.id, budget.preset);
                    if experiment.shared.is_empty() {
                        assert_eq!(config, Ok(steps), "{id} {preset}");
                    } else {
                        let config = config.unwrap();
                        assert!(0 < config && config <= steps, "{id} {preset}: {config}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_methods_take_every_key_of_their_rows() {
        let device = burn::prelude::Device::flex().autodiff();
        for experiment in super::super::EXPERIMENTS {
            let mut settings = settings(&[]);
            settings.method = experiment.method.to_owned();
            settings.name = experiment.name.to_owned();
            let wish = Wish::of(&settings, 1).unwrap();
            for planned in wish.plan().unwrap() {
                let (method, mut config) = planned.found.unwrap();
                // A training fills them in from its data.
                config.techniques = experiment
                    .trained_on
                    .iter()
                    .map(ToString::to_string)
                    .collect();
                let made = (method.trainer)(&config, &device);
                let refused = made.err().map(|err| err.to_string());
                assert_eq!(refused, None, "{} {}", experiment.method, planned.row.id);
            }
        }
    }

    #[test]
    fn another_number_seed_or_manifest_is_another_training() {
        let wish = Wish::of(&settings(&["ce"]), 1).unwrap();
        let planned = wish.plan().unwrap();
        let (_, config) = planned[0].found.as_ref().unwrap();
        let row = planned[0].row;
        let known_by = |config: &TrainConfig, manifest: &str| {
            wish.known_by(row.id, config, None, Aligner::BoxEstimate, manifest)
        };
        let (text, name) = known_by(config, "0123");
        assert!(
            name.starts_with("ce-seed1-") && text.contains("0123"),
            "{name}"
        );
        assert_eq!(known_by(config, "0123").1, name);
        assert_ne!(known_by(config, "4567").1, name);
        let mut other = config.clone();
        other.learning_rate *= 2.0;
        assert_ne!(known_by(&other, "0123").1, name);
        let from = |start| wish.known_by(row.id, config, Some(start), Aligner::BoxEstimate, "0123");
        assert_ne!(from("shared-start-seed1-01234567").1, name);
        assert_ne!(from("a").1, from("b").1);
    }

    #[test]
    fn no_trainings_and_no_steps_are_refused() {
        for (steps, num_seeds) in [(None, 0), (Some(0), 1)] {
            let settings = ExperimentSettings {
                steps,
                num_seeds,
                ..settings(&[])
            };
            let refused = Wish::of(&settings, 1);
            assert!(matches!(refused, Err(EvalError::Settings { .. })));
        }
    }
}
