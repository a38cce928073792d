//! The model of each method: given, installed, or trained by the protocol.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use burn::prelude::Device;

use crate::detectors::Detector;
use crate::detectors::card::{Calibration, Card};
use crate::detectors::models::{self, ModelFolder};
use crate::eval::facts::Data;
use crate::eval::protocol::Fold;
use crate::eval::report::ModelRecord;
use crate::eval::{EvalError, EvalSettings, ModelChoice, Train, TrainWish};
use crate::job::JobContext;
use crate::methods::{METHODS, MethodInfo, Start};

/// A model that is ready to score.
pub struct Opened {
    pub folder: ModelFolder,
    pub card: Card,
    pub detector: Box<dyn Detector>,
    origin: String,
    is_trained_here: bool,
}

/// The methods of these names, all for none; refuses a name that there is not.
pub fn methods(names: &[String]) -> Result<Vec<&'static MethodInfo>, EvalError> {
    if names.is_empty() {
        return Ok(METHODS.iter().collect());
    }
    let named = names.iter().map(|name| {
        crate::methods::find(name).ok_or_else(|| {
            let known: Vec<&str> = METHODS.iter().map(|method| method.detector.name).collect();
            EvalError::settings(format!(
                "there is no method {name:?}; there are: {}",
                known.join(", ")
            ))
        })
    });
    named.collect()
}

/// A name as part of a file's name.
pub fn file_name(name: &str) -> String {
    let plain = |letter: char| {
        if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '-'
        }
    };
    name.to_lowercase().chars().map(plain).collect()
}

/// Opens or trains the model for one fold. `None` where no model of the method is installed.
#[expect(
    clippy::too_many_arguments,
    reason = "called once; a struct would only repeat these names"
)]
pub fn open(
    method: &'static MethodInfo,
    choice: &ModelChoice,
    fold: &Fold,
    background: Option<&Path>,
    data: &Data,
    settings: &EvalSettings,
    device: &Device,
    train: Train<'_>,
    job: &mut JobContext,
) -> Result<Option<Opened>, EvalError> {
    let name = method.detector.name;
    match choice {
        ModelChoice::Installed => {
            let Some(folder) = models::find_model(name, &[], job) else {
                return Ok(None);
            };
            load(method, folder, device, installed_words, false).map(Some)
        }
        ModelChoice::Folder(dir) => {
            let folder = read_folder(dir)?;
            if folder.method != name {
                return Err(EvalError::settings(format!(
                    "the model is of the method {:?}, not {name:?}\nFolder: {dir:?}",
                    folder.method
                )));
            }
            load(method, folder, device, given_words, false).map(Some)
        }
        ModelChoice::Train {
            preset,
            steps,
            init,
        } => {
            let below = format!("{name}{}", fold.suffix());
            let manifest = settings
                .out
                .join("trainings")
                .join(&below)
                .join("manifest.jsonl");
            fold.write_training_manifest(data, &manifest)?;
            let wish = TrainWish {
                method: name.to_owned(),
                preset: preset.clone(),
                overrides: overrides(method, preset, *steps, false)?,
                seed: settings.seed,
                init: init.clone().or_else(|| background.map(Path::to_owned)),
                manifest,
                excluded_techniques: fold.excluded(data),
                out: settings.out.join("trainings").join(below).join("run"),
                goes_on: false,
                device: settings.device,
                landmark_model: settings.landmark_model.clone(),
            };
            let folder = read_folder(&train(&wish, job)?)?;
            let words = |card: &Card| trained_words(card, data, fold);
            load(method, folder, device, words, true).map(Some)
        }
    }
}

/// Trains the part of a method that stays the same whatever techniques are known, and gives its folder.
pub fn train_background(
    method: &'static MethodInfo,
    preset: &str,
    steps: Option<u64>,
    data: &Data,
    settings: &EvalSettings,
    train: Train<'_>,
    job: &mut JobContext,
) -> Result<PathBuf, EvalError> {
    let name = method.detector.name;
    let out = settings
        .out
        .join("trainings")
        .join(format!("{name}-shared"));
    let manifest = out.join("manifest.jsonl");
    Fold::whole().write_training_manifest(data, &manifest)?;
    let wish = TrainWish {
        method: name.to_owned(),
        preset: preset.to_owned(),
        overrides: overrides(method, preset, steps, true)?,
        seed: settings.seed,
        init: None,
        manifest,
        excluded_techniques: Vec::new(),
        out: out.join("run"),
        goes_on: false,
        device: settings.device,
        landmark_model: settings.landmark_model.clone(),
    };
    train(&wish, job)
}

/// Keys that replace the preset's: the number of steps, where one is given, and of a method in two stages how
/// they share it. `is_background` wants the first stage alone.
fn overrides(
    method: &MethodInfo,
    preset: &str,
    steps: Option<u64>,
    is_background: bool,
) -> Result<toml::Table, EvalError> {
    let mut table = toml::Table::new();
    if steps.is_none() && !is_background {
        return Ok(table);
    }
    let name = method.detector.name;
    let mut config = (method.preset)(preset).ok_or_else(|| {
        EvalError::settings(format!("the method {name:?} has no preset {preset:?}"))
    })?;
    match (&method.start, steps) {
        (Start::Own { with_steps, .. }, Some(steps)) => with_steps(&mut config, steps),
        (Start::Backbone(_) | Start::Whole, Some(steps)) => config.steps = steps,
        (_, None) => {}
    }
    if let (Start::Own { alone, .. }, true) = (&method.start, is_background) {
        alone(&mut config);
    }
    let steps = toml::Value::try_from(config.steps);
    let steps = steps.map_err(|err| EvalError::settings(err.to_string()))?;
    table.insert("steps".to_owned(), steps);
    if let Start::Own { .. } = method.start {
        table.insert("method_config".to_owned(), config.method_config.into());
    }
    Ok(table)
}

/// What a model folder holds.
pub fn read_folder(dir: &Path) -> Result<ModelFolder, EvalError> {
    models::read(dir).map_err(|reason| {
        EvalError::settings(format!(
            "the model cannot be read: {reason}\nFolder: {dir:?}"
        ))
    })
}

fn load(
    method: &'static MethodInfo,
    folder: ModelFolder,
    device: &Device,
    words: impl Fn(&Card) -> String,
    is_trained_here: bool,
) -> Result<Opened, EvalError> {
    let card = Card::read(&folder.dir)?;
    Ok(Opened {
        origin: words(&card),
        detector: (method.load)(&folder.dir, device)?,
        folder,
        card,
        is_trained_here,
    })
}

impl Opened {
    pub fn calibration(&self) -> Option<&Calibration> {
        self.card.calibration.as_ref()
    }

    /// Writes a calibration into the model's card.
    pub fn keep(&mut self, calibration: &Calibration) -> Result<(), EvalError> {
        self.card.calibration = Some(calibration.clone());
        self.card.calibrated = true;
        self.card
            .write(&self.folder.dir)
            .map_err(|source| EvalError::Write {
                path: self.folder.dir.join(crate::detectors::card::FILE),
                source,
            })
    }

    /// SHA-256 of every clip that its card lists.
    pub fn training_hashes(&self) -> BTreeSet<&str> {
        let clips = self.card.data.clips.iter();
        clips.map(|clip| clip.sha256.as_str()).collect()
    }

    pub fn record(&self, items_seen_in_training: usize) -> ModelRecord {
        let mut card = serde_json::to_value(&self.card).unwrap_or_default();
        if let Some(card) = card.as_object_mut() {
            // Long lists that nobody reads on a page; the card itself holds them.
            card.remove("known_answers");
            if let Some(data) = card
                .get_mut("data")
                .and_then(serde_json::Value::as_object_mut)
            {
                data.insert("clips".to_owned(), self.card.data.clips.len().into());
            }
        }
        ModelRecord {
            label: self.folder.label(),
            method: self.detector.info().title.to_owned(),
            origin: self.origin.clone(),
            is_trained_here: self.is_trained_here,
            items_seen_in_training,
            card,
        }
    }
}

fn installed_words(card: &Card) -> String {
    format!("The installed model, {}", elsewhere_words(card))
}

fn given_words(card: &Card) -> String {
    format!("The given model, {}", elsewhere_words(card))
}

fn elsewhere_words(card: &Card) -> String {
    let hash = card
        .data
        .list_sha256
        .get(..8)
        .unwrap_or(&card.data.list_sha256);
    format!(
        "trained on {} clips of its own (list {hash}), {} steps, seed {}; not on this manifest by this \
         evaluation",
        card.data.clips.len(),
        card.training.steps,
        card.training.seed
    )
}

fn trained_words(card: &Card, data: &Data, fold: &Fold) -> String {
    let without = match &fold.technique {
        None => String::new(),
        Some(technique) if fold.is_known => format!(" of {technique} alone"),
        Some(technique) => format!(" without {technique}"),
    };
    format!(
        "Trained by this evaluation on the split train of {}{without}: preset {}, {} steps, seed {}, {} clips used",
        data.name(),
        card.preset,
        card.training.steps,
        card.training.seed,
        card.data.clips.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_that_there_is_not_is_named_beside_those_that_are() {
        let text = methods(&["astrology".to_owned()])
            .err()
            .unwrap()
            .to_string();
        assert!(
            text.contains("\"astrology\"") && text.contains("dadd"),
            "{text}"
        );
        assert_eq!(methods(&[]).unwrap().len(), METHODS.len());
    }
}
