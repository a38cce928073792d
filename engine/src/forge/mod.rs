//! Makes labelled manipulations of pristine faces, with exact masks.

pub mod addg;
pub mod blended;
mod clip;
mod font;
pub mod fwa;
mod output;
mod part;
pub mod pristine;
mod sheet;
mod stills;
#[cfg(test)]
pub(crate) mod synthetic;

use std::path::PathBuf;

use crate::forge::pristine::ExampleError;
use crate::forge::stills::StillRecipe;
use crate::job::{Cancelled, JobContext};

/// What `seam forge` was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct ForgeSettings {
    /// Single pictures: `addg` (nine made-up artifacts), `fwa` (warped faces), `blended` (Face X-ray).
    pub recipe: String,
    /// Folder of pristine clips, searched with its subfolders.
    pub from: PathBuf,
    /// A new or empty folder.
    pub out: PathBuf,
    pub seed: u64,
    /// Examples of each category (technique).
    pub per_category: usize,
    pub landmark_model: Option<PathBuf>,
}

/// Why nothing was forged.
#[derive(Debug, thiserror::Error)]
pub enum ForgeError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error("There is no recipe {name:?}; there are: {known}")]
    NoSuchRecipe { name: String, known: String },
    #[error("No usable pristine face: {reason}\nFolder: {path:?}")]
    NoFaces { path: PathBuf, reason: String },
    #[error("Could not make examples: {source}\nFolder: {path:?}")]
    Examples { path: PathBuf, source: ExampleError },
    #[error("Could not write the example: {source}\nFile: {path:?}")]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    Landmarks(#[from] crate::faces::landmarks::LandmarkError),
}

/// Makes what the recipe says and gives the number of examples. The folder appears whole or not at all.
pub fn forge(settings: &ForgeSettings, job: &mut JobContext) -> Result<u64, ForgeError> {
    let Some(recipe) = StillRecipe::named(&settings.recipe) else {
        return Err(ForgeError::NoSuchRecipe {
            name: settings.recipe.clone(),
            known: StillRecipe::ALL.map(StillRecipe::name).join(", "),
        });
    };
    stills::forge(recipe, settings, job)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_recipe_is_refused() {
        let unknown = ForgeSettings {
            recipe: "soup".to_owned(),
            from: PathBuf::from("clips"),
            out: PathBuf::from("out"),
            seed: 3,
            per_category: 2,
            landmark_model: None,
        };
        let err = forge(&unknown, &mut JobContext::detached()).unwrap_err();
        let text = err.to_string();
        assert!(text.contains("soup") && text.contains("addg"), "{text}");
    }
}
