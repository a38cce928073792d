//! Weights that a training starts from: `--init`.

use std::path::{Path, PathBuf};

use crate::detectors::library::WeightsLibrary;
use crate::media::{MediaError, hash};
use crate::methods::training::InitialWeights;
use crate::methods::{MethodInfo, Start};
use crate::nn;
use crate::nn::import::architecture::Architecture;
use crate::nn::import::load_backbone_weights;
use crate::nn::named::NamedTensors;
use crate::train::{TrainConfig, TrainError, TrainSettings};

/// The file in a model's folder.
const WEIGHTS: &str = "weights.safetensors";

/// Reads what was asked for and writes its name and hash into the configuration. `None` where nothing
/// was, and for a run that is resumed: its checkpoint holds the weights.
pub fn weights(
    settings: &TrainSettings,
    method: &MethodInfo,
    config: &mut TrainConfig,
) -> Result<Option<NamedTensors>, TrainError> {
    let Some(wish) = settings.init.as_ref().filter(|_| !settings.resume) else {
        return Ok(None);
    };
    let library = WeightsLibrary::of_user().map_err(|err| wrong(&err))?;
    let (path, weights) = match method.start {
        Start::Backbone(backbone) => {
            let path = library.find(wish).map_err(|err| wrong(&err))?;
            let architecture = Architecture::Backbone(backbone(config));
            let weights = load_backbone_weights(&path, architecture).map_err(|err| wrong(&err))?;
            (path, weights)
        }
        Start::Own { part, started, .. } => {
            started(config);
            own(wish, Some(part))?
        }
        Start::Whole => own(wish, None)?,
    };
    let sha256 = hash::hash_file::<MediaError>(&path, |_, _| Ok(())).map_err(|err| wrong(&err))?;
    let name = path.file_name().unwrap_or_default();
    config.init = Some(InitialWeights {
        file: name.to_string_lossy().into_owned(),
        sha256: sha256.to_string(),
    });
    Ok(Some(weights))
}

/// A part of a model that Seam trained, or all of it: from its folder, from that of its run, or from the file
/// itself.
fn own(wish: &Path, part: Option<&str>) -> Result<(PathBuf, NamedTensors), TrainError> {
    let places = [
        wish.join("model").join(WEIGHTS),
        wish.join(WEIGHTS),
        wish.to_owned(),
    ];
    let path = places.into_iter().find(|path| path.is_file());
    let path = path.ok_or_else(|| TrainError::Config {
        reason: format!("there is no {WEIGHTS} to start from\nFolder: {wish:?}"),
    })?;
    let all = nn::weights::read(&path).map_err(|err| wrong(&err))?;
    let Some(part) = part else {
        return Ok((path, all));
    };
    let of_part = all.into_iter().filter_map(|(name, tensor)| {
        let own = name.strip_prefix(part)?.strip_prefix('.')?.to_owned();
        Some((own, tensor))
    });
    let weights: NamedTensors = of_part.collect();
    if weights.is_empty() {
        let reason = format!("the weights have no part {part:?}\nFile: {path:?}");
        return Err(TrainError::Config { reason });
    }
    Ok((path, weights))
}

fn wrong(err: &dyn std::error::Error) -> TrainError {
    TrainError::Config {
        reason: err.to_string(),
    }
}
