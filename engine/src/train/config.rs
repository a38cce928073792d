//! From what a person asked for to all numbers of a training.

use std::path::Path;

use crate::methods::ce::preset::CeSettings;
use crate::methods::dadd::preset::DaddSettings;
use crate::methods::did::preset::DidSettings;
use crate::methods::forensic_transfer::preset::ForensicTransferSettings;
use crate::methods::intele::preset::InteleSettings;
use crate::methods::lae::settings::LaeSettings;
use crate::methods::lgsc::preset::LgscSettings;
use crate::methods::pixelcnn::preset::PixelCnnSettings;
use crate::methods::{self, MethodInfo};
use crate::train::{TrainConfig, TrainError, TrainSettings};

/// The method and its numbers: the preset's, replaced by the file's, replaced by the seed asked for.
pub fn resolve(settings: &TrainSettings) -> Result<(&'static MethodInfo, TrainConfig), TrainError> {
    let method = find(&settings.method)?;
    let preset = (method.preset)(&settings.preset).ok_or_else(|| TrainError::Config {
        reason: format!(
            "{:?} has no preset {:?}; there are: {}",
            settings.method,
            settings.preset,
            method.presets.join(", ")
        ),
    })?;
    let mut config = match &settings.config {
        None => preset,
        Some(path) => replaced(&preset, path)?,
    };
    if let Some(seed) = settings.seed {
        config.seed = seed;
    }
    Ok((method, config))
}

/// The method of this name.
pub fn find(name: &str) -> Result<&'static MethodInfo, TrainError> {
    methods::find(name).ok_or_else(|| TrainError::Config {
        reason: format!("there is no method {name:?}"),
    })
}

/// The preset with the keys of a TOML file in place of its own.
fn replaced(preset: &TrainConfig, path: &Path) -> Result<TrainConfig, TrainError> {
    let wrong = |reason: String| TrainError::Config {
        reason: format!("{reason}\nFile: {path:?}"),
    };
    let text = std::fs::read_to_string(path).map_err(|err| wrong(err.to_string()))?;
    with_text(preset, &text).map_err(wrong)
}

/// The preset with the keys of a TOML text in place of its own.
///
/// # Errors
///
/// In words, when the text is no TOML, a key is unknown or a value is of another type.
pub fn with_text(preset: &TrainConfig, text: &str) -> Result<TrainConfig, String> {
    let own: toml::Table = text
        .parse()
        .map_err(|err: toml::de::Error| err.message().to_owned())?;
    preset.replaced(own)
}

/// Refuses numbers that the method's training would refuse when it begins: unknown keys of its own, impossible
/// values.
///
/// # Errors
///
/// In words, with the first fault that is found.
pub fn check(config: &TrainConfig) -> Result<(), TrainError> {
    match config.method.as_str() {
        "intele" => InteleSettings::read(config).map(|_| ()),
        "did" => DidSettings::read(config).map(|_| ()),
        "lae" => LaeSettings::read(config).map(|_| ()),
        "pixelcnn" => PixelCnnSettings::read(config).map(|_| ()),
        "dadd" => DaddSettings::read(config).map(|_| ()),
        "lgsc" => LgscSettings::read(config).map(|_| ()),
        "forensic-transfer" => ForensicTransferSettings::read(config).map(|_| ()),
        name if name.starts_with("ce-") => CeSettings::read(config).map(|_| ()),
        name => find(name).map(|_| ()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::Preference;

    fn settings(file: &Path) -> TrainSettings {
        TrainSettings {
            method: "dadd".to_owned(),
            data: "data".into(),
            out: "out".into(),
            preset: "laptop".to_owned(),
            config: Some(file.to_owned()),
            seed: Some(9),
            init: None,
            masks: None,
            device: Preference::Cpu,
            resume: false,
            landmark_model: None,
        }
    }

    fn check(text: &str) -> Result<TrainConfig, String> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("own.toml");
        std::fs::write(&file, text).unwrap();
        let (_, config) = resolve(&settings(&file)).map_err(|err| err.to_string())?;
        Ok(config)
    }

    #[test]
    fn a_file_replaces_keys_and_leaves_the_others() {
        let preset = (find("dadd").unwrap().preset)("laptop").unwrap();
        let config = check("steps = 7\n[method_config]\nfeatures = 5").unwrap();
        assert_eq!(config.steps, 7);
        assert_eq!(config.seed, 9);
        assert_eq!(config.size_px, preset.size_px);
        assert_eq!(config.method_config["features"], 5.into());
        assert_eq!(config.method_config["width"], preset.method_config["width"]);
    }

    #[test]
    fn presets_are_possible_and_impossible_values_are_told_before_a_training_begins() {
        for method in methods::METHODS {
            for preset in method.presets {
                let config = (method.preset)(preset).unwrap();
                super::check(&config).unwrap();
                let name = method.detector.name;
                let broken = with_text(&config, "[method_config]\nno_such_key = 1").unwrap();
                let text = super::check(&broken).unwrap_err().to_string();
                assert!(text.contains("no_such_key"), "{name}: {text}");
            }
        }
    }

    #[test]
    fn unknown_keys_and_methods_are_named() {
        assert!(check("stpes = 7").unwrap_err().contains("stpes"));
        assert!(check("steps = \"many\"").unwrap_err().contains("own.toml"));
        let mut other = settings(Path::new("none"));
        other.method = "dedd".to_owned();
        let text = resolve(&other).err().unwrap().to_string();
        assert!(text.contains("\"dedd\""), "{text}");
    }
}
