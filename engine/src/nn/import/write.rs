//! The file that is kept: our paths, with where the weights came from.

use std::collections::BTreeMap;
use std::path::Path;

use crate::nn::import::{ImportError, Imported};
use crate::nn::weights;

/// The file that weights were taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Name of the file, without its folder.
    pub file: String,
    /// SHA-256 of the whole file, 64 hexadecimal digits.
    pub sha256: String,
}

/// Writes the network without its classifier, beside the place and then renamed to it; parents are made.
pub fn write(imported: &Imported, origin: &Origin, path: &Path) -> Result<(), ImportError> {
    let failed = |reason: String| ImportError::Write {
        reason,
        path: path.to_owned(),
    };
    let style = imported
        .report
        .source_kind
        .map_or("", |style| style.words());
    let words = BTreeMap::from([
        ("architecture", imported.architecture.to_string()),
        ("names", style.to_owned()),
        ("source", origin.file.clone()),
        ("source_sha256", origin.sha256.clone()),
    ]);
    let name = path
        .file_name()
        .ok_or_else(|| failed("it is not the name of a file".to_owned()))?;
    let beside = path.with_file_name(format!(
        ".{}.{}.part",
        name.to_string_lossy(),
        std::process::id()
    ));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|err| failed(err.to_string()))?;
    }
    let written = weights::write_with(&imported.tensors, &words, &beside)
        .map_err(|err| failed(err.to_string()))
        .and_then(|()| std::fs::rename(&beside, path).map_err(|err| failed(err.to_string())));
    if written.is_err() {
        // Half a file helps nobody; that it may be missing already does not matter.
        std::fs::remove_file(&beside).ok();
    }
    written
}
