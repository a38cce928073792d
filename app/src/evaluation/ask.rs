//! What dialogs ask for when an evaluation is set up.

use std::path::PathBuf;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvaluationAsk {
    /// The folder of a model, or of a training's run.
    Model,
    /// A table of another program's scores.
    Scores,
    Data,
    TestData,
    /// The record of an earlier evaluation.
    Record,
}

impl EvaluationAsk {
    /// Shows the dialog and waits for the answer.
    pub fn ask(self) -> Option<PathBuf> {
        let dialog = rfd::FileDialog::new();
        match self {
            Self::Model => dialog
                .set_title("Choose the folder of a model or of a run")
                .pick_folder(),
            Self::Scores => dialog
                .set_title("Choose a table of scores")
                .add_filter("Tables", &["csv"])
                .add_filter("All files", &["*"])
                .pick_file(),
            Self::Data | Self::TestData => dialog
                .set_title("Choose a manifest")
                .add_filter("Manifests", &["jsonl"])
                .add_filter("All files", &["*"])
                .pick_file(),
            Self::Record => dialog
                .set_title("Open the record of an evaluation")
                .add_filter("Records", &["json"])
                .pick_file(),
        }
    }
}
