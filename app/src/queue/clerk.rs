//! Reads and writes folders of annotations on the thread `annotate-folder`, so that the window never waits for a
//! disk.

use std::path::{Path, PathBuf};

use seam_engine::data::annotations::{AnnotationError, AnnotationFolder, TaskId};

use crate::in_turn::InTurn;
use crate::queue::mark::{Between, Mark, between, mark};
use crate::queue::{Item, OpenFolder};

/// Wishes that may wait.
const MAX_WISHES: usize = 16;

pub type Clerk = InTurn<Wish, Answer>;

/// What is to be done.
pub enum Wish {
    /// Reads a folder, once more where it is open already.
    Open {
        dir: PathBuf,
        /// Shares the right to write with the folder that is open.
        again: Option<AnnotationFolder>,
        choose: Option<TaskId>,
    },
    /// Adds a face to a folder, which is made where it is missing.
    Mark(Box<Mark>),
    /// Adds the same face on a frame between two.
    Between(Box<Between>),
}

/// What became of a wish.
pub struct Answer {
    pub folder: Result<OpenFolder, String>,
    /// The task to go to.
    pub choose: Option<TaskId>,
}

/// Starts the thread; `wake` is called from it after each answer.
///
/// # Errors
///
/// When no thread could be started.
pub fn clerk(wake: impl Fn() + Send + 'static) -> std::io::Result<Clerk> {
    InTurn::start("annotate-folder", MAX_WISHES, answer, wake)
}

fn answer(wish: Wish) -> Answer {
    match wish {
        Wish::Open { dir, again, choose } => {
            let opened = match again {
                Some(folder) => Ok(folder),
                None => AnnotationFolder::open(&dir),
            };
            Answer {
                folder: opened.and_then(read).map_err(|err| err.to_string()),
                choose,
            }
        }
        Wish::Mark(wish) => marked(mark(&wish)),
        Wish::Between(wish) => marked(between(&wish)),
    }
}

fn marked(marked: Result<(AnnotationFolder, TaskId), String>) -> Answer {
    match marked {
        Ok((folder, task)) => Answer {
            folder: read(folder).map_err(|err| err.to_string()),
            choose: Some(task),
        },
        Err(error) => Answer {
            folder: Err(error),
            choose: None,
        },
    }
}

/// Everything that the window shows of a folder.
fn read(folder: AnnotationFolder) -> Result<OpenFolder, AnnotationError> {
    let tasks = folder.tasks()?;
    let mut items = Vec::with_capacity(tasks.len());
    for task in tasks {
        let progress = folder.progress(task.id)?;
        items.push(Item { task, progress });
    }
    Ok(OpenFolder {
        name: name_of(folder.dir()),
        rounds: folder.rounds()?,
        items,
        folder,
    })
}

fn name_of(dir: &Path) -> String {
    let name = dir.file_name().unwrap_or(dir.as_os_str());
    name.to_string_lossy().into_owned()
}
