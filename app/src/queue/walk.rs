//! Walking through the queue: what comes next, and what became of the face that is left.

use std::time::{SystemTime, UNIX_EPOCH};

use seam_engine::data::annotations::{Progress, TaskId, TaskState};

use crate::queue::{Queue, is_open};

/// Which face to go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Next,
    Previous,
    /// The next open one, from the start again after the last.
    NextOpen,
}

impl Queue {
    /// The face that a step leads to; `None` where there is no other.
    pub fn step(&self, step: Step) -> Option<TaskId> {
        let shown = self.shown();
        let at = self
            .current
            .and_then(|current| shown.iter().position(|item| item.task.id == current));
        match step {
            Step::Next => shown.get(at.map_or(0, |at| at + 1)),
            Step::Previous => shown.get(at?.checked_sub(1)?),
            Step::NextOpen => return self.next_open(),
        }
        .map(|item| item.task.id)
    }

    fn next_open(&self) -> Option<TaskId> {
        let items = &self.open()?.items;
        let at = items
            .iter()
            .position(|item| Some(item.task.id) == self.current);
        let after = at.map_or(0, |at| at + 1);
        let order = items[after..].iter().chain(&items[..after]);
        order
            .filter(|item| Some(item.task.id) != self.current)
            .find(|item| is_open(item.progress.state))
            .map(|item| item.task.id)
    }

    /// Notes what became of the current face; gives what is to be saved.
    pub fn set_state(&mut self, state: TaskState) -> Option<(TaskId, Progress)> {
        self.change(|progress| progress.state = state)
    }

    /// Changes the progress of the current face, if that changes anything.
    pub fn change(&mut self, change: impl FnOnce(&mut Progress)) -> Option<(TaskId, Progress)> {
        let id = self.current?;
        let progress = &mut self.open_mut()?.item_mut(id)?.progress;
        let before = progress.clone();
        change(progress);
        if *progress == before {
            return None;
        }
        progress.changed_secs = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        Some((id, progress.clone()))
    }

    /// After a stroke: an open face is begun.
    pub fn begun(&mut self) -> Option<(TaskId, Progress)> {
        let state = self.current()?.progress.state;
        if state == TaskState::Open {
            return self.set_state(TaskState::Begun);
        }
        None
    }
}
