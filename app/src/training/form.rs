//! The form of a new training: what is asked for, checked as it is typed by the code that reads `--config`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use seam_engine::device::Preference;
use seam_engine::methods::{self, METHODS, MethodInfo};
use seam_engine::train::{TrainConfig, TrainSettings, config};

use crate::training::command_line::command;
use crate::training::key::{Key, KeyRow, Kind, rows_of};

/// What was typed and chosen. Changed only by `App`.
#[derive(Clone, Debug)]
pub struct Form {
    /// By its stable name.
    pub method: &'static str,
    pub preset: &'static str,
    pub data: String,
    /// What there is at `data`.
    pub data_seen: DataSeen,
    pub out: String,
    /// The folder was typed or chosen, so no other one is suggested.
    pub has_own_out: bool,
    pub seed: u64,
    pub device: Preference,
    pub init: String,
    pub masks: String,
    /// What replaces the preset's values, as it was typed.
    pub changes: BTreeMap<Key, String>,
    /// Shows only keys that hold this.
    pub filter: String,
    pub rows: Vec<KeyRow>,
    pub checked: Checked,
}

/// What is known of the data that was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataSeen {
    /// Nothing is named.
    Nothing,
    Looking,
    /// What there is, in words.
    Usable(String),
    /// Why it cannot be learned from.
    Unusable(String),
}

/// What came of the check.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    /// All numbers of the training, where they fit together.
    pub config: Option<TrainConfig>,
    /// What is wrong with single values.
    pub faults: BTreeMap<Key, String>,
    /// What is wrong with them together.
    pub fault: Option<String>,
}

/// One change of the form.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    Method(&'static str),
    Preset(&'static str),
    Data(String),
    Out(String),
    Seed(u64),
    Device(Preference),
    Init(String),
    Masks(String),
    /// `None` goes back to the preset's value.
    Key(Key, Option<String>),
    Filter(String),
}

impl Default for Form {
    fn default() -> Self {
        let method = methods::find("dadd").unwrap_or(&METHODS[0]);
        let mut form = Self {
            method: method.detector.name,
            preset: method.presets.first().copied().unwrap_or_default(),
            data: String::new(),
            data_seen: DataSeen::Nothing,
            out: String::new(),
            has_own_out: false,
            seed: 1,
            device: Preference::Auto,
            init: String::new(),
            masks: String::new(),
            changes: BTreeMap::new(),
            filter: String::new(),
            rows: Vec::new(),
            checked: Checked::default(),
        };
        form.fill();
        form
    }
}

impl Form {
    /// With the numbers of a run; its data, where they are known.
    pub fn of(config: &TrainConfig, data: Option<&Path>) -> Self {
        let mut form = Self::default();
        let Some(method) = methods::find(&config.method) else {
            return form;
        };
        form.method = method.detector.name;
        let preset = method.presets.iter().find(|name| **name == config.preset);
        form.preset = preset
            .or(method.presets.first())
            .copied()
            .unwrap_or_default();
        form.seed = config.seed;
        form.data = data.map_or_else(String::new, |data| data.display().to_string());
        form.fill();
        for row in rows_of(config) {
            let preset = form.rows.iter().find(|known| known.key == row.key);
            if preset.is_none_or(|known| known.preset != row.preset) {
                form.changes.insert(row.key, row.preset);
            }
        }
        form.check();
        form
    }

    pub fn set(&mut self, field: Field) {
        match field {
            Field::Method(name) => {
                if let Some(method) = methods::find(name) {
                    self.method = method.detector.name;
                    self.preset = method.presets.first().copied().unwrap_or_default();
                    self.changes.clear();
                    self.fill();
                }
            }
            Field::Preset(preset) => {
                self.preset = preset;
                self.fill();
            }
            Field::Data(data) => {
                self.data_seen = if data.trim().is_empty() {
                    DataSeen::Nothing
                } else {
                    DataSeen::Looking
                };
                self.data = data;
            }
            Field::Out(out) => {
                self.out = out;
                self.has_own_out = true;
            }
            Field::Seed(seed) => self.seed = seed,
            Field::Device(device) => self.device = device,
            Field::Init(init) => self.init = init,
            Field::Masks(masks) => self.masks = masks,
            Field::Key(key, typed) => {
                let preset = self.rows.iter().find(|row| row.key == key);
                match typed {
                    Some(typed) if preset.is_none_or(|row| row.preset != typed) => {
                        self.changes.insert(key, typed);
                    }
                    _ => {
                        self.changes.remove(&key);
                    }
                }
                self.check();
            }
            Field::Filter(filter) => self.filter = filter,
        }
    }

    pub fn method(&self) -> &'static MethodInfo {
        methods::find(self.method).unwrap_or(&METHODS[0])
    }

    /// The value of a key as it stands in the form.
    pub fn value<'a>(&'a self, row: &'a KeyRow) -> &'a str {
        self.changes.get(&row.key).unwrap_or(&row.preset)
    }

    /// Keys that the filter lets through.
    pub fn shown_rows(&self) -> impl Iterator<Item = &KeyRow> {
        let wanted = self.filter.trim().to_lowercase();
        self.rows.iter().filter(move |row| {
            let why = row.why.unwrap_or_default().to_lowercase();
            row.key.name.contains(&wanted) || why.contains(&wanted)
        })
    }

    /// What is still missing, in words; nothing where it can start.
    pub fn missing(&self, is_taken: impl Fn(&Path) -> bool) -> Vec<String> {
        let mut missing = Vec::new();
        match &self.data_seen {
            DataSeen::Nothing => missing.push("Choose the data it learns from".to_owned()),
            DataSeen::Looking => missing.push("Looking at the data".to_owned()),
            DataSeen::Unusable(_) => missing.push("Choose data that it can learn from".to_owned()),
            DataSeen::Usable(_) => {}
        }
        let out = self.out.trim();
        if out.is_empty() {
            missing.push("Choose a folder for the run".to_owned());
        } else if is_taken(Path::new(out)) {
            missing.push("There is a run in this folder already".to_owned());
        }
        if let Some(key) = self.checked.faults.keys().next() {
            missing.push(format!("Correct {}", key.name));
        } else if self.checked.config.is_none() {
            missing.push("Correct the numbers".to_owned());
        }
        missing
    }

    /// What the engine is asked for; the changed keys still lie in no file.
    pub fn settings(&self) -> TrainSettings {
        let path = |text: &str| {
            let text = text.trim();
            (!text.is_empty()).then(|| PathBuf::from(text))
        };
        let out = PathBuf::from(self.out.trim());
        TrainSettings {
            method: self.method().detector.name.to_owned(),
            data: PathBuf::from(self.data.trim()),
            preset: self.preset.to_owned(),
            config: (!self.changes.is_empty()).then(|| config_file(&out)),
            seed: Some(self.seed),
            init: path(&self.init),
            masks: self.method().masks.and_then(|_| path(&self.masks)),
            device: self.device,
            resume: false,
            landmark_model: None,
            out,
        }
    }

    /// The changed keys as a TOML text; empty where nothing was changed.
    pub fn toml(&self) -> String {
        self.text_of(self.changes.keys())
    }

    /// The same training as a command line.
    pub fn command(&self) -> String {
        command(&self.settings())
    }

    fn fill(&mut self) {
        self.rows =
            (self.method().preset)(self.preset).map_or_else(Vec::new, |config| rows_of(&config));
        let rows = &self.rows;
        self.changes
            .retain(|key, _| rows.iter().any(|row| row.key == *key));
        self.check();
    }

    fn check(&mut self) {
        self.checked = Checked::default();
        let Some(preset) = (self.method().preset)(self.preset) else {
            self.checked.fault = Some("There is no such preset".to_owned());
            return;
        };
        for (key, typed) in &self.changes {
            let kind = self.rows.iter().find(|row| row.key == *key);
            let kind = kind.map_or(Kind::Other, |row| row.kind);
            let fault = kind.fault(typed).map(str::to_owned);
            let fault = fault.or_else(|| self.fits(&preset, std::iter::once(key)).err());
            if let Some(fault) = fault {
                self.checked.faults.insert(key.clone(), fault);
            }
        }
        if !self.checked.faults.is_empty() {
            // A value may fit only beside another change.
            if let Ok(config) = self.fits(&preset, self.changes.keys()) {
                self.checked.config = Some(config);
                self.checked.faults.clear();
            }
            return;
        }
        match self.fits(&preset, self.changes.keys()) {
            Ok(config) => self.checked.config = Some(config),
            Err(fault) => self.checked.fault = Some(fault),
        }
    }

    fn fits<'a>(
        &self,
        preset: &TrainConfig,
        keys: impl Iterator<Item = &'a Key>,
    ) -> Result<TrainConfig, String> {
        let config = config::with_text(preset, &self.text_of(keys))?;
        let plain = |text: String| {
            let reason = text.strip_prefix("The configuration does not fit: ");
            reason.unwrap_or(&text).to_owned()
        };
        config::check(&config).map_err(|err| plain(err.to_string()))?;
        Ok(config)
    }

    fn text_of<'a>(&self, keys: impl Iterator<Item = &'a Key>) -> String {
        let (mut common, mut own) = (String::new(), String::new());
        for key in keys {
            let Some(typed) = self.changes.get(key) else {
                continue;
            };
            let kind = self.rows.iter().find(|row| row.key == *key);
            let value = kind.map_or(Kind::Other, |row| row.kind).toml(typed);
            let text = if key.is_own { &mut own } else { &mut common };
            text.push_str(&format!("{} = {value}\n", key.name));
        }
        if own.is_empty() {
            return common;
        }
        format!("{common}\n[method_config]\n{own}")
    }
}

/// Where the changed keys of a run lie: beside its folder.
pub fn config_file(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".toml");
    out.with_file_name(name)
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
