//! What dialogs ask for when datasets are opened and made.

use std::path::PathBuf;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataAsk {
    Manifest,
    /// The folder of a dataset to import.
    ImportFrom,
    /// Where the manifest of an import goes.
    ImportTo,
    /// Pristine clips to forge from.
    ForgeFrom,
    /// Where forged clips go.
    ForgeTo,
}

impl DataAsk {
    /// Shows the dialog and waits for the answer.
    pub fn ask(self) -> Option<PathBuf> {
        let dialog = rfd::FileDialog::new();
        match self {
            Self::Manifest => dialog
                .set_title("Open a manifest")
                .add_filter("Manifests", &["jsonl"])
                .add_filter("All files", &["*"])
                .pick_file(),
            Self::ImportFrom => dialog
                .set_title("Choose the folder of the dataset")
                .pick_folder(),
            Self::ImportTo => dialog
                .set_title("Choose a folder for the manifest")
                .pick_folder(),
            Self::ForgeFrom => dialog
                .set_title("Choose a folder of pristine clips")
                .pick_folder(),
            Self::ForgeTo => dialog
                .set_title("Choose a new or empty folder")
                .pick_folder(),
        }
    }
}
