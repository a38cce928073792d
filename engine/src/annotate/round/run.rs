//! Trains and measures, and writes the round into the folder of annotations.

use std::fs;
use std::path::{Path, PathBuf};

use crate::annotate::carry::now_secs;
use crate::annotate::round::held_out::HeldOut;
use crate::annotate::round::words::words;
use crate::annotate::round::{RoundError, RoundSettings};
use crate::data::annotations::whole_path;
use crate::data::annotations::{AnnotationFolder, RandomRound, Round, TaskState};
use crate::data::{Manifest, Split};
use crate::detectors::card::Card;
use crate::detectors::{Detector, models};
use crate::device;
use crate::job::JobContext;
use crate::methods::training::merge;
use crate::methods::{self, MethodInfo};
use crate::train::run::train;
use crate::train::{TrainConfig, TrainEvent, TrainSettings};

/// Below the folder of annotations.
const MODELS_DIR: &str = "models";

/// The model that a round begins from.
struct Begun {
    method: &'static MethodInfo,
    dir: PathBuf,
    label: String,
    preset: String,
    /// The configuration of its training.
    config: toml::Table,
}

/// Retrains with every mask that is done, measures the model before and after on the same held-out faces, and once more
/// with masks of faces drawn by chance.
pub fn retrain(
    settings: &RoundSettings,
    job: &mut JobContext,
    tell: &dyn Fn(TrainEvent),
) -> Result<Round, RoundError> {
    let folder = AnnotationFolder::open(&settings.folder)?;
    let manifest = Manifest::read(&settings.data)?;
    let (masks, assisted) = finished(&folder, &manifest)?;
    let begun = Begun::read(settings)?;
    folder.begin_writing()?;
    let number = folder
        .rounds()?
        .iter()
        .map(|round| round.number)
        .max()
        .unwrap_or(0)
        + 1;
    let models_dir = settings.folder.join(MODELS_DIR);
    fs::create_dir_all(&models_dir).map_err(|source| RoundError::Write {
        path: models_dir.clone(),
        source,
    })?;

    job.part(format!("Round {number}: the model as it is"));
    let mut detector = begun.load(&begun.dir, settings)?;
    let held_out = HeldOut::gather(settings, &manifest, detector.as_ref(), job)?;
    let before = held_out.ask(&manifest, detector.as_mut(), job)?;

    job.part(format!("Round {number}: training with {masks} masks"));
    let name = free_name(&models_dir, &format!("round-{number}"));
    let out = models_dir.join(&name);
    let model = begun.train(settings, &out, Masks::Painted(masks), job, tell)?;
    let mut detector = begun.load(&model, settings)?;
    let after = held_out.ask(&manifest, detector.as_mut(), job)?;

    let random = without_random(settings, &manifest);
    let random = match random {
        Some(reason) => Err(reason),
        None => {
            job.part(format!(
                "Round {number}: training with {masks} random masks"
            ));
            let out = models_dir.join(free_name(&models_dir, &format!("round-{number}-random")));
            let model = begun.train(settings, &out, Masks::Random(masks), job, tell)?;
            let mut detector = begun.load(&model, settings)?;
            let answers = held_out.ask(&manifest, detector.as_mut(), job)?;
            Ok(RandomRound {
                masks,
                model: below(&settings.folder, &model),
                after: answers.measured(settings.seed),
                gain: after.above(&answers, settings.seed),
            })
        }
    };

    let change = after.above(&before, settings.seed);
    let (before, after) = (
        before.measured(settings.seed),
        after.measured(settings.seed),
    );
    let told = random.as_ref().map_err(String::as_str);
    let round = Round {
        number,
        at_secs: now_secs(),
        masks,
        assisted,
        steps: settings.steps,
        seed: settings.seed,
        begun_from: begun.label,
        model: below(&settings.folder, &model),
        measured_on: format!(
            "the split {} of the manifest, {} frames of each clip at most",
            settings.measured.name(),
            settings.frames_per_clip
        ),
        words: words(masks, &before, &after, &change, told),
        before,
        after,
        change,
        without_random: random.as_ref().err().cloned(),
        random: random.ok(),
    };
    folder.add_round(&round)?;
    Ok(round)
}

/// Where a training has its masks from.
#[derive(Clone, Copy)]
enum Masks {
    /// So many finished ones.
    Painted(usize),
    /// Exact ones of so many faces.
    Random(usize),
}

/// How many masks there are to learn from, and how many of them did not begin empty. Those of clips that are held back
/// from training do not count.
fn finished(folder: &AnnotationFolder, manifest: &Manifest) -> Result<(usize, usize), RoundError> {
    let tasks = folder.tasks()?;
    let (mut masks, mut assisted) = (0, 0);
    for task in &tasks {
        let progress = folder.progress(task.id)?;
        if progress.state != TaskState::Done || folder.mask(task)?.is_empty() {
            continue;
        }
        let path = whole_path(&folder.item_path(&task.item));
        let mut items = manifest.items.iter();
        let item = items.find(|item| whole_path(&manifest.full_path(&item.path)) == path);
        if item.is_some_and(|item| matches!(item.split, Some(Split::Val | Split::Test))) {
            continue;
        }
        masks += 1;
        assisted += usize::from(progress.is_assisted);
    }
    if masks == 0 {
        return Err(RoundError::NoMasks(
            tasks.iter().map(|task| task.id).collect(),
        ));
    }
    Ok((masks, assisted))
}

/// Why there is no random baseline, where there is none.
fn without_random(settings: &RoundSettings, manifest: &Manifest) -> Option<String> {
    if !settings.random_baseline {
        return Some("no training with random masks was asked for".to_owned());
    }
    let mut items = manifest.items.iter();
    let has_masks = items.any(|item| item.label == 1 && item.mask.is_some());
    (!has_masks).then(|| {
        "the data has no exact masks, with which faces drawn by chance could be filled".to_owned()
    })
}

impl Begun {
    fn read(settings: &RoundSettings) -> Result<Self, RoundError> {
        let wish = &settings.model;
        let dir = models::folder_of(wish).ok_or_else(|| {
            RoundError::settings(format!("there is no trained model\nFolder: {wish:?}"))
        })?;
        let wrong = |reason: String| RoundError::settings(format!("{reason}\nFolder: {wish:?}"));
        let folder = models::read(&dir).map_err(wrong)?;
        let method = methods::find(&folder.method)
            .ok_or_else(|| wrong(format!("there is no method {:?}", folder.method)))?;
        if method.masks.is_none() {
            return Err(wrong(format!(
                "the method {:?} learns nothing from masks; LAE does",
                folder.method
            )));
        }
        let card = Card::read(&dir)?;
        let config: TrainConfig =
            serde_json::from_value(card.config).map_err(|err| wrong(err.to_string()))?;
        let config = toml::Table::try_from(config).map_err(|err| wrong(err.to_string()))?;
        Ok(Self {
            method,
            label: folder.label(),
            preset: card.preset,
            config,
            dir,
        })
    }

    fn load(&self, dir: &Path, settings: &RoundSettings) -> Result<Box<dyn Detector>, RoundError> {
        let device = device::choose(settings.device)?;
        Ok((self.method.load)(dir, &device.device)?)
    }

    /// Trains from this model into `out`; gives the new model's folder.
    fn train(
        &self,
        settings: &RoundSettings,
        out: &Path,
        masks: Masks,
        job: &mut JobContext,
        tell: &dyn Fn(TrainEvent),
    ) -> Result<PathBuf, RoundError> {
        let config = self.config(settings, masks)?;
        let path = out.with_extension("toml");
        fs::write(&path, config.to_string()).map_err(|source| RoundError::Write {
            path: path.clone(),
            source,
        })?;
        let train_settings = TrainSettings {
            method: self.method.detector.name.to_owned(),
            data: settings.data.clone(),
            out: out.to_owned(),
            preset: self.preset.clone(),
            config: Some(path),
            seed: Some(settings.seed),
            init: Some(self.dir.clone()),
            masks: matches!(masks, Masks::Painted(_)).then(|| settings.folder.clone()),
            device: settings.device,
            resume: false,
            landmark_model: settings.landmark_model.clone(),
        };
        Ok(train(&train_settings, job, tell)?)
    }

    /// The model's own numbers, so that its networks fit, for the second stage alone.
    fn config(&self, settings: &RoundSettings, masks: Masks) -> Result<toml::Table, RoundError> {
        let mut config = self.config.clone();
        for key in ["method", "preset", "seed", "init", "techniques"] {
            config.remove(key);
        }
        let wrong = |_| RoundError::settings("so many steps cannot be written");
        let number = |value: u64| i64::try_from(value).map_err(wrong).map(toml::Value::from);
        let mut own = toml::Table::new();
        own.insert("stage1_steps".to_owned(), 0.into());
        let (Masks::Painted(count) | Masks::Random(count)) = masks;
        // The model itself may have learned from none.
        own.insert("num_masks".to_owned(), number(count as u64)?);
        if matches!(masks, Masks::Random(_)) {
            own.insert("order".to_owned(), "random".into());
            own.insert("reselect_every".to_owned(), 0.into());
        }
        let mut table = toml::Table::new();
        let steps = settings.steps;
        table.insert("steps".to_owned(), number(steps)?);
        table.insert("validate_every".to_owned(), number((steps / 2).max(1))?);
        table.insert("checkpoint_every".to_owned(), number(steps.max(1))?);
        table.insert("method_config".to_owned(), own.into());
        merge(&mut config, table);
        merge(&mut config, settings.overrides.clone());
        Ok(config)
    }
}

/// A name that no folder of an earlier, cancelled round has.
fn free_name(dir: &Path, name: &str) -> String {
    let names = std::iter::once(name.to_owned());
    let mut names = names.chain((2..).map(|number| format!("{name}-{number}")));
    let is_free = |name: &String| !dir.join(name).exists();
    names.find(is_free).unwrap_or_else(|| name.to_owned())
}

/// As written in the folder, so that it can be moved.
fn below(folder: &Path, model: &Path) -> String {
    let own = model.strip_prefix(folder).unwrap_or(model);
    own.to_string_lossy().replace('\\', "/")
}
