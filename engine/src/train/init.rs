//! Weights that a training starts from: `--init`.

use crate::media::{MediaError, hash};
use crate::methods::MethodInfo;
use crate::methods::training::InitialWeights;
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
    let wrong = |reason: String| TrainError::Config { reason };
    let path = wish.clone();
    let sha256 = hash::hash_file::<MediaError>(&path, |_, _| Ok(()))
        .map_err(|err| wrong(err.to_string()))?;
    config.init = Some(InitialWeights {
        file: path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        sha256: sha256.to_string(),
    });
    let weights =
        crate::nn::weights::read(&path).map_err(|err| wrong(format!("{err}\nFile: {path:?}")))?;
    let _ = method.detector;
    Ok(Some(weights))
}
