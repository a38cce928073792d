//! A dataset that is to be made: by reading the layout of one on disk, or by forging clips.

use std::path::{Path, PathBuf};

use seam_engine::data::{DatasetKind, ImportOptions, ImportSettings, MANIFEST_FILE};
use seam_engine::forge::{ForgeSettings, recipe};

use crate::data::DATASETS_FOLDER;

/// Examples of each technique where a recipe makes single pictures.
const PER_CATEGORY: usize = 16;

#[derive(Clone, Debug, PartialEq)]
pub enum Draft {
    Import(ImportDraft),
    Forge(ForgeDraft),
}

/// A dataset as researchers have it on disk, of which a manifest is written.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportDraft {
    pub kind: DatasetKind,
    pub from: Option<PathBuf>,
    /// Folder of the manifest; `None` for the usual place.
    pub to: Option<PathBuf>,
    /// Deals sources to splits where the dataset does not say.
    pub seed: u64,
}

/// Clips to make.
#[derive(Clone, Debug, PartialEq)]
pub struct ForgeDraft {
    pub recipe: &'static str,
    /// People to render; `None` for the recipe's number.
    pub people: Option<usize>,
    pub seed: u64,
    /// Pristine clips; `None` renders people.
    pub from: Option<PathBuf>,
    /// `None` for the usual place.
    pub to: Option<PathBuf>,
}

impl Default for ImportDraft {
    fn default() -> Self {
        Self {
            kind: DatasetKind::FaceForensics,
            from: None,
            to: None,
            seed: 1,
        }
    }
}

impl Default for ForgeDraft {
    fn default() -> Self {
        Self {
            recipe: recipe::RECIPES[0].name,
            people: None,
            seed: 1,
            from: None,
            to: None,
        }
    }
}

impl ImportDraft {
    /// Where the manifest goes.
    pub fn folder(&self, data_dir: Option<&Path>) -> Option<PathBuf> {
        let name = self.kind.name().replace('+', "p");
        let usual = || Some(data_dir?.join(DATASETS_FOLDER).join(name));
        self.to.clone().or_else(usual)
    }

    pub fn settings(&self, data_dir: Option<&Path>) -> Option<ImportSettings> {
        Some(ImportSettings {
            kind: self.kind,
            dir: self.from.clone()?,
            out: self.folder(data_dir)?.join(MANIFEST_FILE),
            options: ImportOptions {
                compression: None,
                seed: self.seed,
            },
        })
    }
}

impl ForgeDraft {
    /// Where the clips go: `tiny-1`, and with `-2` where that is there already.
    pub fn folder(&self, data_dir: Option<&Path>) -> Option<PathBuf> {
        if let Some(to) = &self.to {
            return Some(to.clone());
        }
        let below = data_dir?.join(DATASETS_FOLDER);
        let name = format!("{}-{}", self.recipe, self.seed);
        let first = below.join(&name);
        let others = (2..100).map(|at| below.join(format!("{name}-{at}")));
        std::iter::once(first)
            .chain(others)
            .find(|path| !path.exists())
    }

    /// Recipes for single pictures need faces to start from.
    pub fn needs_clips(&self) -> bool {
        recipe::find(self.recipe).is_none()
    }

    pub fn settings(&self, data_dir: Option<&Path>) -> Option<ForgeSettings> {
        if self.needs_clips() && self.from.is_none() {
            return None;
        }
        Some(ForgeSettings {
            recipe: self.recipe.to_owned(),
            from: self.from.clone(),
            out: self.folder(data_dir)?,
            seed: self.seed,
            per_category: PER_CATEGORY,
            people: self.people.filter(|_| self.from.is_none()),
            techniques: None,
            as_pictures: false,
            landmark_model: None,
        })
    }
}
