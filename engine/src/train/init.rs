//! Weights that a training starts from: `--init`.

use crate::detectors::library::WeightsLibrary;
use crate::media::{MediaError, hash};
use crate::methods::MethodInfo;
use crate::methods::training::InitialWeights;
use crate::nn::import::architecture::Architecture;
use crate::nn::import::load_backbone_weights;
use crate::nn::named::NamedTensors;
use crate::train::{TrainConfig, TrainError, TrainSettings};

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
    let path = library.find(wish).map_err(|err| wrong(&err))?;
    let architecture = Architecture::Backbone((method.backbone)(config));
    let weights = load_backbone_weights(&path, architecture).map_err(|err| wrong(&err))?;
    let sha256 = hash::hash_file::<MediaError>(&path, |_, _| Ok(())).map_err(|err| wrong(&err))?;
    let name = path.file_name().unwrap_or_default();
    config.init = Some(InitialWeights {
        file: name.to_string_lossy().into_owned(),
        sha256: sha256.to_string(),
    });
    Ok(Some(weights))
}

fn wrong(err: &dyn std::error::Error) -> TrainError {
    TrainError::Config {
        reason: err.to_string(),
    }
}
