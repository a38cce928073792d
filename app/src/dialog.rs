//! The system's file dialog, on its own thread so that the window keeps drawing.

use std::path::PathBuf;
use std::thread;

use crossbeam_channel::Receiver;

use crate::command::Command;
use crate::data::{DataAsk, DataCommand};
use crate::evaluation::{EvaluationAsk, EvaluationCommand};
use crate::models::{ModelsAsk, ModelsCommand};
use crate::queue::QueueCommand;
use crate::training::TrainAsked;

/// Endings offered first; any file may be chosen, because content decides.
const ENDINGS: [&str; 18] = [
    "mp4", "mov", "mkv", "webm", "avi", "m4v", "mpg", "mpeg", "ts", "3gp", "wmv", "gif", "png",
    "jpg", "jpeg", "webp", "bmp", "tiff",
];

/// A dialog that is open. Dropping it forgets what is chosen there.
pub struct FileDialog {
    chosen: Receiver<Vec<PathBuf>>,
}

/// What a dialog asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Clips,
    /// A folder of annotations.
    Annotations,
    /// A manifest for a new queue.
    Manifest,
    /// The folder of the model that orders a new queue.
    Model,
    /// The folder of the model that learns from masks.
    Learner,
    Models(ModelsAsk),
    Train(TrainAsked),
    /// The folder for pictures of a face.
    Pictures,
    Data(DataAsk),
    Evaluation(EvaluationAsk),
}

impl Asked {
    /// Shows the dialog and waits for the answer.
    fn ask(self) -> Vec<PathBuf> {
        let dialog = rfd::FileDialog::new();
        let one = |path: Option<PathBuf>| path.into_iter().collect();
        match self {
            Self::Clips => dialog
                .set_title("Open clips and pictures")
                .add_filter("Clips and pictures", &ENDINGS)
                .add_filter("All files", &["*"])
                .pick_files()
                .unwrap_or_default(),
            Self::Annotations => one(dialog
                .set_title("Open a folder of annotations")
                .pick_folder()),
            Self::Manifest => one(dialog
                .set_title("Choose a manifest")
                .add_filter("Manifests", &["jsonl"])
                .add_filter("All files", &["*"])
                .pick_file()),
            Self::Pictures => one(dialog
                .set_title("Save pictures into a folder")
                .pick_folder()),
            Self::Model | Self::Learner => one(dialog
                .set_title("Choose the folder of a model")
                .pick_folder()),
            Self::Models(asked) => one(asked.ask()),
            Self::Train(asked) => one(match asked {
                TrainAsked::Manifest => dialog
                    .set_title("Choose a manifest")
                    .add_filter("Manifests", &["jsonl"])
                    .pick_file(),
                TrainAsked::Init => dialog
                    .set_title("Choose weights to start from")
                    .add_filter("Weights", &["safetensors", "pth", "pt"])
                    .add_filter("All files", &["*"])
                    .pick_file(),
                TrainAsked::DataFolder | TrainAsked::ResumeData => dialog
                    .set_title("Choose the data to learn from")
                    .pick_folder(),
                TrainAsked::Out => dialog
                    .set_title("Choose a new folder for the run")
                    .pick_folder(),
                TrainAsked::Masks => dialog
                    .set_title("Choose a folder of annotations")
                    .pick_folder(),
                TrainAsked::Runs => dialog
                    .set_title("Open a run, or a folder of runs")
                    .pick_folder(),
            }),
            Self::Data(asked) => one(asked.ask()),
            Self::Evaluation(asked) => one(asked.ask()),
        }
    }

    /// What follows from the answer; nothing where the dialog was cancelled.
    pub fn commands(self, paths: Vec<PathBuf>) -> Vec<Command> {
        if paths.is_empty() {
            return Vec::new();
        }
        if self == Self::Clips {
            return vec![Command::Open(paths)];
        }
        let command = |path| match self {
            Self::Manifest => Command::Queue(QueueCommand::SetManifest(path)),
            Self::Model => Command::Queue(QueueCommand::SetModel(path)),
            Self::Learner => Command::Queue(QueueCommand::SetLearner(path)),
            Self::Clips | Self::Annotations => Command::Queue(QueueCommand::Open(path)),
            Self::Models(asked) => Command::Models(ModelsCommand::Chosen(asked, path)),
            Self::Pictures => Command::SaveMapsTo(path),
            Self::Train(asked) => Command::Train(asked.command(path)),
            Self::Data(asked) => Command::Data(DataCommand::Chosen(asked, path)),
            Self::Evaluation(asked) => Command::Evaluation(EvaluationCommand::Chosen(asked, path)),
        };
        paths.into_iter().take(1).map(command).collect()
    }
}

impl FileDialog {
    /// Opens the dialog; `wake` is called from its thread when it was closed.
    ///
    /// # Errors
    ///
    /// When no thread could be started.
    pub fn open(asked: Asked, wake: impl FnOnce() + Send + 'static) -> std::io::Result<Self> {
        let (tell, chosen) = crossbeam_channel::bounded(1);
        thread::Builder::new()
            .name("file-dialog".to_owned())
            .spawn(move || {
                let paths = asked.ask();
                // Fails only when the window is gone.
                tell.send(paths).ok();
                wake();
            })?;
        Ok(Self { chosen })
    }

    /// What was chosen, once; empty when the dialog was cancelled. `None` while it is open.
    pub fn poll(&self) -> Option<Vec<PathBuf>> {
        match self.chosen.try_recv() {
            Ok(paths) => Some(paths),
            Err(crossbeam_channel::TryRecvError::Empty) => None,
            Err(crossbeam_channel::TryRecvError::Disconnected) => Some(Vec::new()),
        }
    }
}
