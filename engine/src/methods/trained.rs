//! What every detector does first: reads the card and the configuration of a trained model, fills a
//! network with its weights, and joins the faces of a batch.

use std::path::Path;

use burn::prelude::Module;

use crate::detectors::card::Card;
use crate::detectors::{DetectorError, FaceCrop};
use crate::methods::training::{TrainConfig, TrainError};
use crate::nn::weights;

/// The card of a model folder, with the configuration on it.
pub struct Trained {
    pub card: Card,
    pub config: TrainConfig,
}

impl Trained {
    /// From a folder with `card.json`; refuses a model of another method.
    pub fn read(dir: &Path, method: &str) -> Result<Self, DetectorError> {
        let card = Card::read(dir)?;
        if card.method != method {
            let detail = format!("it is for the method {:?}", card.method);
            return Err(misfit(&card, detail));
        }
        let config: TrainConfig = serde_json::from_value(card.config.clone())
            .map_err(|err| misfit(&card, format!("its configuration cannot be read: {err}")))?;
        Ok(Self { card, config })
    }

    /// An error of the configuration as one of the model.
    pub fn fitting<T>(&self, read: Result<T, TrainError>) -> Result<T, DetectorError> {
        read.map_err(|err| misfit(&self.card, err.to_string()))
    }

    /// `fresh` with the folder's `weights.safetensors`, ready to score.
    pub fn filled<M: Module>(&self, fresh: M, dir: &Path) -> Result<M, DetectorError> {
        self.filled_part(fresh, dir, |path| Some(path.to_owned()))
    }

    /// As `filled`, of a part of the model: `own` gives the path within that part of a path in the file,
    /// `None` where it lies in another.
    pub fn filled_part<M: Module>(
        &self,
        fresh: M,
        dir: &Path,
        own: impl Fn(&str) -> Option<String>,
    ) -> Result<M, DetectorError> {
        let path = dir.join("weights.safetensors");
        let model = weights::load_part(fresh, &path, own)
            .map_err(|err| misfit(&self.card, format!("{err}\nFile: {path:?}")))?;
        Ok(model.valid())
    }
}

fn misfit(card: &Card, detail: String) -> DetectorError {
    DetectorError::Weights {
        name: card.name.clone(),
        detail,
    }
}

/// The pixels of faces, one after the other; refuses a face that is not cut at `size_px`.
pub fn joined_pixels(faces: &[FaceCrop], size_px: u32) -> Result<Vec<u8>, DetectorError> {
    if let Some(face) = faces.iter().find(|face| face.crop.size_px != size_px) {
        return Err(DetectorError::Crop {
            needed_px: size_px,
            given_px: face.crop.size_px,
        });
    }
    let pixels = faces.iter().flat_map(|face| face.crop.pixels.iter());
    Ok(pixels.copied().collect())
}
