//! The user's folder of weights, which settings remember, and networks found there by name.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::media::MediaError;
use crate::media::hash::hash_file;
use crate::nn::import::architecture::Architecture;
use crate::nn::import::report::ImportReport;
use crate::nn::import::{self, ImportError, ImportOptions, Imported, Origin};
use crate::nn::named::NamedTensors;

/// Where a user's weights are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightsLibrary {
    settings_file: PathBuf,
    /// Where no folder was chosen.
    default_dir: PathBuf,
}

#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    #[error("Could not find the user's folders: the system names no home")]
    NoHome,
    #[error("Could not {what} the settings: {reason}\nFile: {path:?}")]
    Settings {
        what: &'static str,
        reason: String,
        path: PathBuf,
    },
    #[error("Could not make the folder of weights: {source}\nFolder: {path:?}")]
    Folder {
        source: std::io::Error,
        path: PathBuf,
    },
    #[error(
        "Could not find weights of {architecture}: they were not imported; `seam import-weights FILE` \
         does so\nFile: {path:?}"
    )]
    NotImported {
        architecture: Architecture,
        path: PathBuf,
    },
    #[error("Could not read the weights: {source}")]
    Hash { source: MediaError },
    #[error(transparent)]
    Import(#[from] ImportError),
}

/// Weights of others to take over, as asked for by a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportWeightsSettings {
    /// Of torchvision, timm or the legacy Xception, or of ours.
    pub file: PathBuf,
    /// `None` finds it by names and shapes.
    pub architecture: Option<Architecture>,
    /// A folder or a `.safetensors` file to write instead of the user's folder of weights.
    pub out: Option<PathBuf>,
}

/// Weights that were taken over.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedWeights {
    /// What became of every tensor.
    pub report: ImportReport,
    /// Where they are kept.
    pub path: PathBuf,
}

/// The settings that the engine keeps, shared by the window and the command line.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Settings {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weights_dir: Option<PathBuf>,
    /// Those of other versions, which are kept as they are.
    #[serde(flatten)]
    others: serde_json::Map<String, serde_json::Value>,
}

impl WeightsLibrary {
    /// In the folders that the system has for programs' settings and data.
    pub fn of_user() -> Result<Self, LibraryError> {
        let dirs = directories::ProjectDirs::from("", "", "seam").ok_or(LibraryError::NoHome)?;
        Ok(Self::at(
            dirs.config_dir().join("settings.json"),
            dirs.data_dir().join("weights"),
        ))
    }

    pub fn at(settings_file: PathBuf, default_dir: PathBuf) -> Self {
        Self {
            settings_file,
            default_dir,
        }
    }

    /// The chosen folder, or the program's own; it may not exist yet.
    pub fn dir(&self) -> Result<PathBuf, LibraryError> {
        let chosen = self.settings()?.weights_dir;
        Ok(chosen.unwrap_or_else(|| self.default_dir.clone()))
    }

    /// Makes the folder and remembers it, with its whole path. Weights in the former one stay there.
    pub fn set_dir(&self, dir: &Path) -> Result<PathBuf, LibraryError> {
        let folder = |source| LibraryError::Folder {
            source,
            path: dir.to_owned(),
        };
        fs::create_dir_all(dir).map_err(folder)?;
        let dir = std::path::absolute(dir).map_err(folder)?;
        let mut settings = self.settings()?;
        settings.weights_dir = Some(dir.clone());
        self.keep(&settings)?;
        Ok(dir)
    }

    /// Where weights of a network are kept, whether they are there or not.
    pub fn path_of(&self, architecture: Architecture) -> Result<PathBuf, LibraryError> {
        Ok(self.dir()?.join(format!("{architecture}.safetensors")))
    }

    /// What `--init` names: a file of ours or of others, or a network that was imported.
    ///
    /// A name that is also a file in the working folder is the file.
    pub fn find(&self, file_or_name: &Path) -> Result<PathBuf, LibraryError> {
        let name = file_or_name.to_str().unwrap_or_default();
        let Ok(architecture) = name.parse::<Architecture>() else {
            return Ok(file_or_name.to_owned());
        };
        if file_or_name.is_file() {
            return Ok(file_or_name.to_owned());
        }
        let path = self.path_of(architecture)?;
        if path.is_file() {
            return Ok(path);
        }
        Err(LibraryError::NotImported { architecture, path })
    }

    /// The weights that `--init` names, for a network of this architecture; paths are in the network itself.
    pub fn load(
        &self,
        file_or_name: &Path,
        architecture: Architecture,
    ) -> Result<NamedTensors, LibraryError> {
        let path = self.find(file_or_name)?;
        Ok(import::load_backbone_weights(&path, architecture)?)
    }

    /// Reads `file` and keeps its weights: in `out` where it ends in `.safetensors`, else in the folder
    /// `out`, else in the user's. Gives what was imported and where it is.
    pub fn import(
        &self,
        file: &Path,
        architecture: Option<Architecture>,
        out: Option<&Path>,
    ) -> Result<(Imported, PathBuf), LibraryError> {
        let options = ImportOptions {
            architecture,
            keeps_head: false,
        };
        let imported = import::read(file, options)?;
        let sha256 = hash_file::<MediaError>(file, |_, _| Ok(()))
            .map_err(|source| LibraryError::Hash { source })?;
        let name = file.file_name().unwrap_or_default();
        let origin = Origin {
            file: name.to_string_lossy().into_owned(),
            sha256: sha256.to_string(),
        };
        let path = match out {
            None => self.path_of(imported.architecture)?,
            Some(out) if out.extension().is_some_and(|end| end == "safetensors") => out.to_owned(),
            Some(out) => out.join(format!("{}.safetensors", imported.architecture)),
        };
        import::write(&imported, &origin, &path)?;
        Ok((imported, path))
    }

    /// As [`Self::import`], from a person's wish.
    pub fn import_as(&self, wish: &ImportWeightsSettings) -> Result<ImportedWeights, LibraryError> {
        let (imported, path) = self.import(&wish.file, wish.architecture, wish.out.as_deref())?;
        Ok(ImportedWeights {
            report: imported.report,
            path,
        })
    }

    fn settings(&self) -> Result<Settings, LibraryError> {
        let failed = |reason: String| self.failed("read", reason);
        match fs::read_to_string(&self.settings_file) {
            Ok(text) => serde_json::from_str(&text).map_err(|err| failed(err.to_string())),
            Err(err) if err.kind() == ErrorKind::NotFound => Ok(Settings::default()),
            Err(err) => Err(failed(err.to_string())),
        }
    }

    /// Writes beside and renames.
    fn keep(&self, settings: &Settings) -> Result<(), LibraryError> {
        let path = &self.settings_file;
        let keep = || -> std::io::Result<()> {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let beside = path.with_extension("part");
            fs::write(&beside, serde_json::to_string_pretty(settings)?)?;
            fs::rename(&beside, path)
        };
        keep().map_err(|err| self.failed("write", err.to_string()))
    }

    fn failed(&self, what: &'static str, reason: String) -> LibraryError {
        LibraryError::Settings {
            what,
            reason,
            path: self.settings_file.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::backbone_kind::BackboneKind;
    use crate::nn::named::HostTensor;
    use crate::nn::weights;

    const B0: Architecture = Architecture::Backbone(BackboneKind::EfficientNetB0);

    fn library(root: &Path) -> WeightsLibrary {
        WeightsLibrary::at(root.join("config/settings.json"), root.join("data/weights"))
    }

    #[test]
    fn a_chosen_folder_is_remembered_and_other_settings_stay() {
        let root = tempfile::tempdir().unwrap();
        let library = library(root.path());
        assert_eq!(library.dir().unwrap(), root.path().join("data/weights"));
        fs::create_dir_all(root.path().join("config")).unwrap();
        let file = root.path().join("config/settings.json");
        fs::write(&file, r#"{"of_tomorrow": [1, 2]}"#).unwrap();
        let mine = root.path().join("mine");
        library.set_dir(&mine).unwrap();
        assert!(mine.is_dir());
        assert_eq!(library.dir().unwrap(), mine);
        let text = fs::read_to_string(&file).unwrap();
        let settings: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(settings["of_tomorrow"], serde_json::json!([1, 2]));
        assert_eq!(fs::read_dir(root.path().join("config")).unwrap().count(), 1);
    }

    #[test]
    fn broken_settings_are_named_and_not_overwritten() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("config")).unwrap();
        let file = root.path().join("config/settings.json");
        fs::write(&file, "{").unwrap();
        let library = library(root.path());
        let failure = library.set_dir(root.path()).unwrap_err().to_string();
        assert!(
            failure.starts_with("Could not read the settings: "),
            "{failure}"
        );
        assert!(failure.ends_with("settings.json\""), "{failure}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "{");
    }

    #[test]
    fn imported_weights_are_found_by_the_name_of_their_network() {
        let root = tempfile::tempdir().unwrap();
        let library = library(root.path());
        let name = Path::new("efficientnet-b0");
        let failure = library.load(name, B0).unwrap_err().to_string();
        assert!(failure.contains("seam import-weights"), "{failure}");

        let tensors: NamedTensors = B0
            .shapes()
            .into_iter()
            .map(|(path, shape)| {
                let values = vec![0.5; shape.iter().product()];
                (format!("backbone.{path}"), HostTensor { shape, values })
            })
            .collect();
        let file = root.path().join("trained.safetensors");
        weights::write(&tensors, &file).unwrap();
        let (imported, path) = library.import(&file, None, None).unwrap();
        assert_eq!(imported.architecture, B0);
        assert_eq!(
            path,
            root.path().join("data/weights/efficientnet-b0.safetensors")
        );
        assert_eq!(library.find(name).unwrap(), path);
        assert_eq!(library.load(name, B0).unwrap(), imported.tensors);
        assert_eq!(library.load(&file, B0).unwrap(), imported.tensors);

        let (_, path) = library
            .import(&file, None, Some(&root.path().join("a")))
            .unwrap();
        assert_eq!(path, root.path().join("a/efficientnet-b0.safetensors"));
        let named = root.path().join("b/c.safetensors");
        let (_, path) = library.import(&file, None, Some(&named)).unwrap();
        assert_eq!(path, named);

        let bytes = fs::read(&path).unwrap();
        let (_, header) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
        let words = header.metadata().clone().unwrap();
        assert_eq!(words["architecture"], "efficientnet-b0");
        assert_eq!(words["source"], "trained.safetensors");
        assert_eq!(words["source_sha256"].len(), 64);
        assert_eq!(words["format"], "seam/1");
    }

    #[test]
    fn what_is_no_networks_name_is_a_file() {
        let root = tempfile::tempdir().unwrap();
        let library = library(root.path());
        let file = Path::new("some/file.pth");
        assert_eq!(library.find(file).unwrap(), file);
        let failure = library.import(file, None, None).unwrap_err().to_string();
        assert!(failure.ends_with("File: \"some/file.pth\""), "{failure}");
    }
}
