//! Makes labelled manipulations of pristine faces, with exact masks.

pub mod addg;
pub mod blended;
mod font;
pub mod fwa;
pub mod labelled;
pub mod manipulate;
mod output;
mod part;
pub mod person;
pub mod pristine;
pub mod recipe;
mod sheet;
mod stills;
#[cfg(test)]
pub(crate) mod synthetic;

use std::path::PathBuf;

use crate::forge::manipulate::Technique;
use crate::forge::pristine::ExampleError;
use crate::forge::stills::StillRecipe;
use crate::job::{Cancelled, JobContext};
use crate::media::MediaError;
use crate::media::encode::EncodeError;

/// What `seam forge` was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct ForgeSettings {
    /// One of [`recipe_names`]: for clips, or for single pictures `addg` (nine made-up artifacts), `fwa`
    /// (warped faces) and `blended` (Face X-ray).
    pub recipe: String,
    /// Folder of pristine clips, searched with its subfolders; without one, people are rendered, which
    /// recipes of single pictures cannot use.
    pub from: Option<PathBuf>,
    /// A new or empty folder.
    pub out: PathBuf,
    pub seed: u64,
    /// Examples of each category (technique).
    pub per_category: usize,
    /// People to render, in place of the recipe's number.
    pub people: Option<usize>,
    /// What to do to clips, in place of the recipe's choice; an empty list makes pristine clips alone.
    pub techniques: Option<Vec<Technique>>,
    /// Write lossless pictures instead of clips.
    pub as_pictures: bool,
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
    #[error("No usable pristine face: {reason}\nFile: {path:?}")]
    NoFacesInFile { path: PathBuf, reason: String },
    #[error("Could not make examples: {source}\nFolder: {path:?}")]
    Examples { path: PathBuf, source: ExampleError },
    #[error("Could not write the example: {source}\nFile: {path:?}")]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(
        "{technique} changed frame {frame} outside its mask, which is a bug; nothing was written"
    )]
    Inexact { technique: &'static str, frame: u32 },
    #[error(
        "The recipe {name:?} makes pictures of given faces: name a folder of pristine clips (--from)"
    )]
    NeedsFolder { name: String },
    #[error(transparent)]
    Manipulate(#[from] manipulate::ManipulateError),
    #[error(transparent)]
    Encode(#[from] EncodeError),
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error(transparent)]
    Landmarks(#[from] crate::faces::landmarks::LandmarkError),
}

/// Makes what the recipe says and gives the number of examples. The folder appears whole or not at all.
pub fn forge(settings: &ForgeSettings, job: &mut JobContext) -> Result<u64, ForgeError> {
    if let Some(recipe) = recipe::find(&settings.recipe) {
        return recipe::write_clips(recipe, settings, job);
    }
    if settings.recipe == recipe::SAMPLES {
        return recipe::write_samples(settings, job);
    }
    let Some(recipe) = StillRecipe::named(&settings.recipe) else {
        return Err(ForgeError::NoSuchRecipe {
            name: settings.recipe.clone(),
            known: recipe_names().join(", "),
        });
    };
    stills::forge(recipe, settings, job)
}

/// Every recipe, those for clips first.
pub fn recipe_names() -> Vec<&'static str> {
    let clips = recipe::RECIPES.iter().map(|recipe| recipe.name);
    let stills = StillRecipe::ALL.map(StillRecipe::name);
    clips.chain([recipe::SAMPLES]).chain(stills).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_recipe_is_refused() {
        let unknown = ForgeSettings {
            recipe: "soup".to_owned(),
            from: Some(PathBuf::from("clips")),
            out: PathBuf::from("out"),
            seed: 3,
            per_category: 2,
            people: None,
            techniques: None,
            as_pictures: false,
            landmark_model: None,
        };
        let err = forge(&unknown, &mut JobContext::detached()).unwrap_err();
        let text = err.to_string();
        assert!(text.contains("soup") && text.contains("addg"), "{text}");
    }
}
