//! Opens tasks on a thread of its own: exactly the frame that is named, the pristine one beside it, and the strokes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::annotate::History;
use crate::data::annotations::named_frames::{FrameError, NamedFrames, hash_of};
use crate::data::annotations::{AnnotationError, AnnotationFolder, DeltaError, Mask, Mismatch};
use crate::data::annotations::{Progress, Task, TaskId};
use crate::job::{CancelToken, Cancelled, JobContext, panic_message};
use crate::latest::LatestWorker;
use crate::media::{Frame, MediaHash};

/// Files whose decoders stay open: those of a task and its pristine counterpart, and of the task before.
const MAX_OPEN: usize = 4;
/// Files whose hashes are kept while size and time of change stay.
const MAX_HASHES: usize = 256;

/// The thread `annotate-desk`. A newer task replaces one that waits, and stops the one in hand.
pub struct Desk {
    worker: LatestWorker<Wish>,
    current: Mutex<CancelToken>,
}

#[derive(Debug)]
pub enum DeskEvent {
    Opened(Box<OpenedTask>),
    Failed { task: TaskId, reason: String },
}

/// All that is needed to mark a face.
#[derive(Debug)]
pub struct OpenedTask {
    pub task: Task,
    pub progress: Progress,
    pub frame: Arc<Frame>,
    /// The same frame of the pristine clip, where the task names one that has it in the same size.
    pub counterpart: Option<Arc<Frame>>,
    pub mask: Mask,
    pub history: History,
    /// What is not as it should be, and was done without: a damaged stroke, a missing counterpart.
    pub warnings: Vec<String>,
}

struct Wish {
    folder: AnnotationFolder,
    task: Task,
    cancel: CancelToken,
}

/// What lives on the thread.
#[derive(Default)]
struct Table {
    /// Last used last.
    open: Vec<NamedFrames>,
    hashes: Vec<(FileState, MediaHash)>,
}

/// What tells that a file is still the same, without reading it.
#[derive(Clone, PartialEq, Eq)]
struct FileState {
    path: PathBuf,
    bytes: u64,
    changed: SystemTime,
}

/// Why a task could not be opened.
#[derive(Debug, thiserror::Error)]
enum DeskError {
    #[error(transparent)]
    Annotation(#[from] AnnotationError),
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error("The strokes are of another frame: {0}")]
    Strokes(#[from] DeltaError),
}

impl Desk {
    /// `tell` is called on the thread, once for each task that was still wanted when it was ready.
    pub fn new(tell: impl Fn(DeskEvent) + Send + 'static) -> std::io::Result<Self> {
        let mut table = Table::default();
        let worker = LatestWorker::spawn("annotate-desk", move |wish: Wish| {
            if let Some(event) = table.answer(wish) {
                tell(event);
            }
        })?;
        Ok(Self {
            worker,
            current: Mutex::default(),
        })
    }

    /// Asks for a task; never blocks.
    pub fn open(&self, folder: AnnotationFolder, task: Task) {
        let cancel = CancelToken::default();
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.cancel();
        *current = cancel.clone();
        self.worker.request(Wish {
            folder,
            task,
            cancel,
        });
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.cancel();
    }
}

impl Table {
    /// `None` where a newer task was asked for meanwhile.
    fn answer(&mut self, wish: Wish) -> Option<DeskEvent> {
        let task = wish.task.id;
        let failed = |reason| Some(DeskEvent::Failed { task, reason });
        let mut job = JobContext::new(wish.cancel, |_| ());
        let opened = AssertUnwindSafe(|| self.open_task(&wish.folder, wish.task, &mut job));
        match catch_unwind(opened) {
            Ok(Ok(opened)) => Some(DeskEvent::Opened(Box::new(opened))),
            Ok(Err(DeskError::Frame(FrameError::Cancelled(_)))) => None,
            Ok(Err(err)) => failed(err.to_string()),
            Err(payload) => {
                // A decoder may have stopped halfway: everything is opened again.
                *self = Self::default();
                let reason = panic_message(payload.as_ref());
                failed(format!("Opening the task ended unexpectedly: {reason}"))
            }
        }
    }

    fn open_task(
        &mut self,
        folder: &AnnotationFolder,
        task: Task,
        job: &mut JobContext,
    ) -> Result<OpenedTask, DeskError> {
        let mut warnings = Vec::new();
        let frame = self.frame(folder, &task, job)?;
        let counterpart = match self.counterpart(folder, &task, &frame, job)? {
            Ok(counterpart) => counterpart,
            Err(reason) => {
                warnings.push(format!("The pristine frame cannot be shown: {reason}"));
                None
            }
        };
        let stored = folder.strokes(task.id)?;
        warnings.extend(stored.damage);
        let deltas = stored.deltas.into_iter().map(Arc::new).collect();
        let history = History::new(deltas, stored.applied);
        let mask = history.replay(frame.width, frame.height)?;
        Ok(OpenedTask {
            progress: folder.progress(task.id)?,
            frame: Arc::new(frame),
            counterpart: counterpart.map(Arc::new),
            mask,
            history,
            warnings,
            task,
        })
    }

    /// Exactly the frame that the task names, or the reason why there is none.
    fn frame(
        &mut self,
        folder: &AnnotationFolder,
        task: &Task,
        job: &mut JobContext,
    ) -> Result<Frame, FrameError> {
        let path = folder.item_path(&task.item);
        let media = self.hash(&path, job)?;
        if media != task.frame.media {
            // Before it is opened: whatever it is now, it need not even be a video.
            return Err(FrameError::Mismatch {
                mismatch: Mismatch::OtherFile {
                    named: task.frame.media,
                    found: media,
                },
                path,
            });
        }
        self.opened(&path, media)?.frame(&task.frame, job)
    }

    /// The outer error ends the work; the inner one only says why there is no counterpart.
    fn counterpart(
        &mut self,
        folder: &AnnotationFolder,
        task: &Task,
        frame: &Frame,
        job: &mut JobContext,
    ) -> Result<Result<Option<Frame>, String>, Cancelled> {
        let Some(item) = &task.counterpart else {
            return Ok(Ok(None));
        };
        let path = folder.item_path(item);
        let id = frame.id;
        let found = self.hash(&path, job).and_then(|media| {
            let opened = self.opened(&path, media)?;
            opened.with_index(id.index, id.pts_nanos, job)
        });
        let found = match found {
            Ok(Some(found)) => found,
            Ok(None) => {
                let reason = format!("there is no frame {} in it\nFile: {path:?}", id.index);
                return Ok(Err(reason));
            }
            Err(FrameError::Cancelled(err)) => return Err(err),
            Err(err) => return Ok(Err(err.to_string())),
        };
        if (found.width, found.height) == (frame.width, frame.height) {
            return Ok(Ok(Some(found)));
        }
        Ok(Err(format!(
            "it has {} x {} pixels, and the marked one {} x {}\nFile: {path:?}",
            found.width, found.height, frame.width, frame.height
        )))
    }

    /// A decoder of this file, the last one in the list.
    fn opened(&mut self, path: &Path, media: MediaHash) -> Result<&mut NamedFrames, FrameError> {
        let place =
            (self.open.iter()).position(|open| open.media() == media && open.path() == path);
        let source = match place {
            Some(place) => self.open.remove(place),
            None => NamedFrames::open(path, media)?,
        };
        if MAX_OPEN <= self.open.len() {
            self.open.remove(0);
        }
        let place = self.open.len();
        self.open.push(source);
        Ok(&mut self.open[place])
    }

    /// The file's hash, read again only where its size or time of change is another.
    fn hash(&mut self, path: &Path, job: &mut JobContext) -> Result<MediaHash, FrameError> {
        let state = FileState::of(path);
        let known = (self.hashes.iter()).find(|(known, _)| Some(known) == state.as_ref());
        if let Some((_, media)) = known {
            return Ok(*media);
        }
        let media = hash_of(path, job)?;
        if let Some(state) = state {
            self.hashes.retain(|(known, _)| known.path != state.path);
            if MAX_HASHES <= self.hashes.len() {
                self.hashes.remove(0);
            }
            self.hashes.push((state, media));
        }
        Ok(media)
    }
}

impl FileState {
    /// `None` for folders, whose files may change without them.
    fn of(path: &Path) -> Option<Self> {
        let facts = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
        Some(Self {
            path: path.to_owned(),
            bytes: facts.len(),
            changed: facts.modified().ok()?,
        })
    }
}

impl From<Cancelled> for DeskError {
    fn from(err: Cancelled) -> Self {
        Self::Frame(err.into())
    }
}

#[cfg(test)]
mod tests;
