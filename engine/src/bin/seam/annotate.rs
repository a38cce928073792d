//! `seam annotate`: one subcommand a kind of work.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use seam_engine::annotate::{ExportSettings, ImportMasksSettings, ImportedMasks, MaskFormat};
use seam_engine::data::annotations::{AnnotationError, AnnotationFolder, TaskState};
use seam_engine::{Outcome, Request};

use crate::annotate_queue::{self, CarryArguments, QueueArguments, RetrainArguments};
use crate::{EXIT_UNREADABLE, Failure, jobs, print};

#[derive(Args)]
pub struct AnnotateOptions {
    #[command(subcommand)]
    command: AnnotateCommand,
}

#[derive(Subcommand)]
enum AnnotateCommand {
    /// Choose faces of a manifest for a person to mark, by what a model knows of them
    Queue(QueueArguments),
    /// Say how far each task of a folder of annotations is
    List(ListArguments),
    /// Carry a finished mask along its face to further frames
    Carry(CarryArguments),
    /// Train a model on with the finished masks, and measure what that changed
    Retrain(RetrainArguments),
    /// Write the finished masks for other programs, each with the identity of its frame
    Export(ExportArguments),
    /// Take masks that other programs wrote, each onto exactly the frame that it names
    Import(ImportArguments),
}

#[derive(Args)]
struct ListArguments {
    /// The folder of annotations
    folder: PathBuf,
    /// Print tasks, progress and counts as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct ExportArguments {
    /// The folder of annotations
    folder: PathBuf,
    /// png: a folder of gray pictures; coco: run lengths as pycocotools writes them; npz: arrays for numpy
    #[arg(long)]
    format: MaskFormat,
    /// The file to write, or the folder for png
    #[arg(long)]
    out: PathBuf,
    /// Masks that were begun and not finished too
    #[arg(long)]
    unfinished: bool,
}

#[derive(Args)]
struct ImportArguments {
    /// The folder of annotations
    folder: PathBuf,
    /// masks.json or the folder with it, COCO JSON, or npz
    file: PathBuf,
    /// dlib's 68-point landmark model, where it is not in its usual place
    #[arg(long)]
    landmarks: Option<PathBuf>,
    /// Print what became of each mask as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(options: &AnnotateOptions) -> Result<u8, Failure> {
    match &options.command {
        AnnotateCommand::Queue(options) => annotate_queue::queue(options),
        AnnotateCommand::List(options) => list(options),
        AnnotateCommand::Carry(options) => annotate_queue::carry(options),
        AnnotateCommand::Retrain(options) => annotate_queue::retrain(options),
        AnnotateCommand::Export(options) => export(options),
        AnnotateCommand::Import(options) => import(options),
    }
}

fn list(options: &ListArguments) -> Result<u8, Failure> {
    let unreadable = |err: AnnotationError| Failure::new(EXIT_UNREADABLE, err);
    let folder = AnnotationFolder::open(&options.folder).map_err(unreadable)?;
    let mut tasks = Vec::new();
    for task in folder.tasks().map_err(unreadable)? {
        let progress = folder.progress(task.id).map_err(unreadable)?;
        let strokes = folder.strokes(task.id).map_err(unreadable)?;
        tasks.push((task, progress, strokes));
    }
    if options.json {
        let tasks: Vec<_> = (tasks.iter())
            .map(|(task, progress, strokes)| {
                serde_json::json!({
                    "task": task,
                    "progress": progress,
                    "strokes": strokes.deltas.len(),
                    "applied": strokes.applied,
                    "damage": strokes.damage,
                })
            })
            .collect();
        print(&format!("{:#}", serde_json::Value::Array(tasks)))?;
        return Ok(0);
    }
    for (task, progress, strokes) in &tasks {
        let state = words(progress.state);
        let (frame, item) = (task.frame.index, &task.item);
        let at = task.frame.id().pts_secs();
        let count = strokes.applied;
        let noun = if count == 1 { "stroke" } else { "strokes" };
        print(&format!(
            "{:06}  {state:<12} {count:>4} {noun:<7}  {item}, frame {frame} at {at:.3} s",
            task.id.0
        ))?;
        if let Some(damage) = &strokes.damage {
            print(&format!("        {}", damage.replace('\n', "\n        ")))?;
        }
    }
    print(&format!("tasks       {}", tasks.len()))?;
    for state in STATES {
        let is_so = |(_, progress, _): &&(_, seam_engine::data::annotations::Progress, _)| {
            progress.state == state
        };
        let count = tasks.iter().filter(is_so).count();
        if 0 < count {
            print(&format!("{:<11} {count}", words(state)))?;
        }
    }
    Ok(0)
}

const STATES: [TaskState; 5] = [
    TaskState::Open,
    TaskState::Begun,
    TaskState::Done,
    TaskState::CannotTell,
    TaskState::Skipped,
];

fn words(state: TaskState) -> &'static str {
    match state {
        TaskState::Open => "open",
        TaskState::Begun => "begun",
        TaskState::Done => "done",
        TaskState::CannotTell => "cannot tell",
        TaskState::Skipped => "skipped",
    }
}

fn export(options: &ExportArguments) -> Result<u8, Failure> {
    let settings = ExportSettings {
        folder: options.folder.clone(),
        format: options.format,
        out: options.out.clone(),
        with_unfinished: options.unfinished,
    };
    match jobs::run(Request::ExportMasks(settings), "export", |_, _| ())? {
        Outcome::MasksExported(exported) => {
            print(&format!(
                "masks       {} in {}",
                exported.num_masks,
                exported.out.display()
            ))?;
            for note in &exported.notes {
                print(&format!("note        {note}"))?;
            }
            Ok(0)
        }
        Outcome::Failed(err) => Err(Failure::new(EXIT_UNREADABLE, err)),
        outcome => Err(Failure::new(1, format!("Unexpected end: {outcome:?}"))),
    }
}

/// Fails where not one mask was taken.
fn import(options: &ImportArguments) -> Result<u8, Failure> {
    let settings = ImportMasksSettings {
        folder: options.folder.clone(),
        file: options.file.clone(),
        landmark_model: options.landmarks.clone(),
    };
    match jobs::run(Request::ImportMasks(settings), "import", |_, _| ())? {
        Outcome::MasksImported(imported) => {
            if options.json {
                let text = serde_json::to_string_pretty(&imported);
                print(&text.map_err(|err| Failure::new(1, err))?)?;
            } else {
                print(&in_words(&imported))?;
            }
            let is_in_vain = imported.taken.is_empty() && !imported.refused.is_empty();
            Ok(if is_in_vain { EXIT_UNREADABLE } else { 0 })
        }
        Outcome::Failed(err) => Err(Failure::new(EXIT_UNREADABLE, err)),
        outcome => Err(Failure::new(1, format!("Unexpected end: {outcome:?}"))),
    }
}

fn in_words(imported: &ImportedMasks) -> String {
    let mut lines = Vec::new();
    for taken in &imported.taken {
        let what = match (taken.is_new_task, taken.is_changed) {
            (true, _) => ", which is new",
            (false, true) => "",
            (false, false) => ", which had it already",
        };
        lines.push(format!(
            "{} is the mask of task {}{what}",
            taken.record, taken.task.0
        ));
    }
    for refused in &imported.refused {
        lines.push(format!("{} is refused: {}", refused.record, refused.reason));
    }
    lines.push(format!("taken       {}", imported.taken.len()));
    lines.push(format!("refused     {}", imported.refused.len()));
    lines.join("\n")
}
