//! Writes strokes and progress to disk on a thread of its own, so that painting never waits.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use crate::data::annotations::{AnnotationError, AnnotationFolder, Delta, Progress, TaskId};

/// The thread `annotate-save`. Dropping it waits until all that waits is written, or was tried once more.
pub struct Saver {
    inbox: Arc<Inbox>,
    thread: Option<JoinHandle<()>>,
}

/// What became of something to save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveEvent {
    /// The stroke after the first `place` of the task is on disk, and no crash can take it.
    Saved { task: TaskId, place: usize },
    /// Nothing waits any more.
    AllSaved,
    /// Could not be written; it still waits, and is tried again with whatever comes next.
    Failed { task: TaskId, reason: String },
}

struct Inbox {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// In the order of what was done.
    waiting: Vec<Waiting>,
    next_number: u64,
    /// Something new is there since the last look.
    is_news: bool,
    is_closed: bool,
}

#[derive(Clone)]
struct Waiting {
    /// Tells it from what took its place while it was written.
    number: u64,
    task: TaskId,
    change: Change,
}

#[derive(Clone)]
enum Change {
    Stroke { place: usize, delta: Arc<Delta> },
    Applied(usize),
    Progress(Box<Progress>),
}

impl Saver {
    /// `tell` is called on the thread.
    pub fn new(
        folder: AnnotationFolder,
        tell: impl Fn(SaveEvent) + Send + 'static,
    ) -> io::Result<Self> {
        let inbox = Arc::new(Inbox {
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let outbox = Arc::clone(&inbox);
        let thread = thread::Builder::new()
            .name("annotate-save".to_owned())
            .spawn(move || outbox.work(&folder, &tell))?;
        Ok(Self {
            inbox,
            thread: Some(thread),
        })
    }

    /// A stroke that was finished when `place` strokes were applied: those taken back before it are gone for good.
    pub fn stroke(&self, task: TaskId, place: usize, delta: Arc<Delta>) {
        self.inbox.put(task, Change::Stroke { place, delta });
    }

    /// Strokes were taken back or done again: the first `applied` make up the mask now.
    pub fn applied(&self, task: TaskId, applied: usize) {
        self.inbox.put(task, Change::Applied(applied));
    }

    pub fn progress(&self, task: TaskId, progress: Progress) {
        self.inbox.put(task, Change::Progress(Box::new(progress)));
    }

    /// Writes that are not on disk yet.
    pub fn num_waiting(&self) -> usize {
        self.inbox.lock().waiting.len()
    }
}

impl Drop for Saver {
    fn drop(&mut self) {
        let mut state = self.inbox.lock();
        state.is_closed = true;
        drop(state);
        self.inbox.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // It panics only on a bug, and then there is nothing left to write with.
            thread.join().ok();
        }
    }
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, task: TaskId, change: Change) {
        let mut state = self.lock();
        state.put(task, change);
        state.is_news = true;
        drop(state);
        self.changed.notify_one();
    }

    fn work(&self, folder: &AnnotationFolder, tell: &dyn Fn(SaveEvent)) {
        loop {
            let mut state = self.lock();
            while !state.is_news && !state.is_closed {
                state = (self.changed.wait(state)).unwrap_or_else(PoisonError::into_inner);
            }
            // Read together with what waits now: nothing comes after the end.
            let is_last = state.is_closed;
            state.is_news = false;
            drop(state);
            self.write_all(folder, tell);
            if is_last {
                return;
            }
        }
    }

    /// Writes one after the other until nothing waits but what failed. Where one fails, those after it of the same
    /// task wait too: strokes are never written out of their order.
    fn write_all(&self, folder: &AnnotationFolder, tell: &dyn Fn(SaveEvent)) {
        let mut failed: Vec<TaskId> = Vec::new();
        loop {
            let state = self.lock();
            let next = state
                .waiting
                .iter()
                .find(|waiting| !failed.contains(&waiting.task));
            let Some(next) = next.cloned() else {
                let is_empty = state.waiting.is_empty();
                drop(state);
                if is_empty {
                    tell(SaveEvent::AllSaved);
                }
                return;
            };
            drop(state);
            if let Err(err) = next.write(folder) {
                failed.push(next.task);
                tell(SaveEvent::Failed {
                    task: next.task,
                    reason: err.to_string(),
                });
                continue;
            }
            let mut state = self.lock();
            state
                .waiting
                .retain(|waiting| waiting.number != next.number);
            drop(state);
            if let Change::Stroke { place, .. } = next.change {
                let task = next.task;
                tell(SaveEvent::Saved { task, place });
            }
        }
    }
}

impl State {
    /// At the end; of progress, and of counts with no stroke between, only the newest is kept.
    fn put(&mut self, task: TaskId, change: Change) {
        let number = self.next_number;
        self.next_number += 1;
        let mut of_task = self
            .waiting
            .iter_mut()
            .rev()
            .filter(|waiting| waiting.task == task);
        let older = match &change {
            Change::Stroke { .. } => None,
            Change::Applied(_) => of_task
                .find(|waiting| !matches!(waiting.change, Change::Progress(_)))
                .filter(|waiting| matches!(waiting.change, Change::Applied(_))),
            Change::Progress(_) => {
                of_task.find(|waiting| matches!(waiting.change, Change::Progress(_)))
            }
        };
        match older {
            Some(older) => (older.number, older.change) = (number, change),
            None => self.waiting.push(Waiting {
                number,
                task,
                change,
            }),
        }
    }
}

impl Waiting {
    fn write(&self, folder: &AnnotationFolder) -> Result<(), AnnotationError> {
        match &self.change {
            Change::Stroke { place, delta } => folder.write_stroke(self.task, *place, delta),
            Change::Applied(applied) => folder.write_applied(self.task, *applied),
            Change::Progress(progress) => folder.set_progress(self.task, progress),
        }
    }
}

#[cfg(test)]
mod tests;
