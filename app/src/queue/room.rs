//! The threads behind the workspace for marking: what they are asked, and what they told. Lives in `App`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};
use egui::Context;
use seam_engine::annotate::desk::{Desk, DeskEvent, OpenedTask};
use seam_engine::annotate::saver::{SaveEvent, Saver};
use seam_engine::data::annotations::{Progress, TaskId};

use crate::paint::Opening;
use crate::paint::easel::{Change, Easel};
use crate::paint::pictures::Pictures;
use crate::paint::shaper::Shaper;
use crate::queue::clerk::{Answer, Clerk, Wish, clerk};
use crate::queue::mark::{Between, Mark};
use crate::queue::thumbs::Thumbs;
use crate::queue::{FolderState, Midpoint, Saving, is_open};
use crate::state::State;
use crate::viewport::Zoom;
use crate::workspace::Workspace;

/// Events that may wait for the window.
const MAX_EVENTS: usize = 256;

pub struct Room {
    clerk: Clerk,
    desk: Desk,
    desk_events: Receiver<DeskEvent>,
    /// Of the folder that is open. Dropping it waits for what is not on disk.
    saver: Option<Saver>,
    save_events: Receiver<SaveEvent>,
    save_tx: Sender<SaveEvent>,
    /// Tasks with changes that are not on disk yet.
    unsaved: BTreeSet<TaskId>,
    thumbs: Thumbs,
    pictures: Pictures,
    shaper: Shaper,
    ctx: Context,
}

impl Room {
    /// Starts the threads.
    ///
    /// # Errors
    ///
    /// When one could not be started.
    pub fn new(ctx: &Context) -> std::io::Result<Self> {
        let waker = || {
            let ctx = ctx.clone();
            move || ctx.request_repaint()
        };
        let (desk_tx, desk_events) = bounded(MAX_EVENTS);
        let (save_tx, save_events) = bounded(MAX_EVENTS);
        let wake = waker();
        Ok(Self {
            clerk: clerk(waker())?,
            desk: Desk::new(move |event| {
                // Fails only when the window is gone.
                desk_tx.send(event).ok();
                wake();
            })?,
            desk_events,
            saver: None,
            save_events,
            save_tx,
            unsaved: BTreeSet::new(),
            thumbs: Thumbs::new(waker())?,
            pictures: Pictures::new(waker())?,
            shaper: Shaper::new(waker())?,
            ctx: ctx.clone(),
        })
    }

    /// Brings what the threads told to the screen. Never waits.
    pub fn update(&mut self, ctx: &Context, state: &mut State) {
        let answers: Vec<Answer> = self.clerk.answers().collect();
        for answer in answers {
            self.opened(state, answer);
        }
        for event in self.desk_events.try_iter() {
            match event {
                DeskEvent::Opened(opened) => Self::on_easel(&self.pictures, state, *opened),
                DeskEvent::Failed { task, reason } => {
                    if state.paint.opening == Opening::Task(task) {
                        state.paint.opening = Opening::Failed(reason);
                    }
                }
            }
        }
        let shaped = self.shaper.update(state);
        if let Some((change, is_assisted)) = shaped {
            self.keep(state, change);
            if is_assisted {
                let changed = state.queue.change(|progress| progress.is_assisted = true);
                self.keep_progress(state, changed);
            }
        }
        self.saved(state);
        if state.settings.workspace == Workspace::Annotate {
            self.thumbs.update(ctx, &mut state.queue);
        }
        if let Some(easel) = &mut state.paint.easel {
            easel.textures = self.pictures.textures(ctx, easel.task.id);
        }
    }

    /// Opens a folder of annotations.
    pub fn open(&self, state: &mut State, dir: PathBuf) {
        let wish = Wish::Open {
            dir,
            again: None,
            choose: None,
        };
        if self.clerk.ask(wish) {
            state.queue.folder = FolderState::Opening;
        }
    }

    /// Reads the open folder once more, after a job changed it.
    pub fn read_again(&self, state: &State) {
        if let Some(open) = state.queue.open() {
            self.clerk.ask(Wish::Open {
                dir: open.folder.dir().to_owned(),
                again: Some(open.folder.clone()),
                choose: state.queue.current,
            });
        }
    }

    pub fn mark(&self, mark: Mark) {
        self.clerk.ask(Wish::Mark(Box::new(mark)));
    }

    /// Goes to the frame in the middle, which is added to the queue where it is not in it.
    pub fn go_to_middle(&self, state: &mut State) {
        let Some(open) = state.queue.open() else {
            return;
        };
        match state.queue.midpoint() {
            None => {
                let text = "There is no frame between two painted ones of this face here";
                state.queue.notice = Some(text.to_owned());
            }
            Some(Midpoint::There(task)) => self.choose(state, task),
            Some(Midpoint::New {
                before,
                after,
                index,
            }) => {
                if let (Some(before), Some(after)) = (open.item(before), open.item(after)) {
                    self.clerk.ask(Wish::Between(Box::new(Between {
                        folder: open.folder.clone(),
                        before: before.task.clone(),
                        after: after.task.clone(),
                        index,
                    })));
                }
            }
        }
    }

    /// Brings a task to the easel. The mask on it is on disk or on its way there already.
    pub fn choose(&self, state: &mut State, id: TaskId) {
        let Some(open) = state.queue.open() else {
            return;
        };
        if state.paint.easel.as_ref().map(|easel| easel.task.id) == Some(id) {
            state.queue.current = Some(id);
            state.paint.opening = Opening::Nothing;
            return;
        }
        if let Some(item) = open.item(id) {
            // A task that was just painted is opened once all of it is on disk.
            if !self.unsaved.contains(&id) {
                self.desk.open(open.folder.clone(), item.task.clone());
            }
            state.queue.current = Some(id);
            state.paint.opening = Opening::Task(id);
        }
    }

    /// Forgets the open folder, once all of it is saved.
    pub fn close(&mut self, state: &mut State) {
        self.saver = None;
        state.queue = crate::queue::Queue::default();
        state.paint.easel = None;
        state.paint.opening = Opening::Nothing;
    }

    /// Has a change of the mask on the easel saved.
    pub fn keep(&mut self, state: &mut State, change: Change) {
        let (Some(easel), Some(saver)) = (&state.paint.easel, &self.saver) else {
            return;
        };
        let task = easel.task.id;
        self.unsaved.insert(task);
        match change {
            Change::Stroke { place, delta } => {
                saver.stroke(task, place, delta);
                if let Some((task, progress)) = state.queue.begun() {
                    saver.progress(task, progress);
                }
            }
            Change::Applied(applied) => saver.applied(task, applied),
        }
        state.queue.saving = Saving::Waiting(saver.num_waiting());
    }

    /// Has progress saved.
    pub fn keep_progress(&self, state: &mut State, changed: Option<(TaskId, Progress)>) {
        if let (Some((task, progress)), Some(saver)) = (changed, &self.saver) {
            if let Some(easel) = &mut state.paint.easel
                && easel.task.id == task
            {
                easel.progress = progress.clone();
            }
            saver.progress(task, progress);
            state.queue.saving = Saving::Waiting(saver.num_waiting());
        }
    }

    fn opened(&mut self, state: &mut State, answer: Answer) {
        let open = match answer.folder {
            Ok(open) => open,
            Err(error) => {
                tracing::error!(target: "seam_app", "{error}");
                if state.queue.open().is_none() {
                    state.queue.folder = FolderState::Failed(error);
                } else {
                    state.queue.saving = Saving::Failed(error);
                }
                return;
            }
        };
        let is_same = state
            .queue
            .open()
            .is_some_and(|before| before.folder.dir() == open.folder.dir());
        if !is_same {
            self.close(state);
            let (tell, ctx) = (self.save_tx.clone(), self.ctx.clone());
            let saver = Saver::new(open.folder.clone(), move |event| {
                // What is lost where too many wait is only news of progress.
                tell.try_send(event).ok();
                ctx.request_repaint();
            });
            match saver {
                Ok(saver) => self.saver = Some(saver),
                Err(err) => {
                    let text = format!("The thread that saves could not be started: {err}");
                    state.queue.folder = FolderState::Failed(text);
                    return;
                }
            }
        }
        let first_open = open.items.iter().find(|item| is_open(item.progress.state));
        let first = first_open.or(open.items.first()).map(|item| item.task.id);
        let wanted = answer.choose.or(state.queue.current).or(first);
        state.queue.folder = FolderState::Open(Box::new(open));
        if let Some(id) = wanted {
            self.choose(state, id);
        }
    }

    fn on_easel(pictures: &Pictures, state: &mut State, opened: OpenedTask) {
        if state.queue.current != Some(opened.task.id) {
            return;
        }
        let (frame, counterpart) = (opened.frame, opened.counterpart);
        pictures.request(opened.task.id, Arc::clone(&frame), counterpart.clone());
        let mut easel = Easel::new(
            opened.task,
            opened.progress,
            (frame, counterpart),
            opened.mask,
            opened.history,
            state.paint.max_texture_px,
        );
        easel.warnings = opened.warnings;
        let before = state.paint.easel.replace(easel);
        let is_same_clip = before
            .zip(state.paint.easel.as_ref())
            .is_some_and(|(a, b)| a.task.frame.media == b.task.frame.media);
        if !is_same_clip {
            state.paint.view = Zoom::Face;
        }
        state.paint.cursor = None;
        state.paint.opening = Opening::Nothing;
    }

    fn saved(&mut self, state: &mut State) {
        for event in self.save_events.try_iter() {
            match event {
                SaveEvent::Saved { .. } => {}
                SaveEvent::AllSaved => state.queue.saving = Saving::Saved,
                SaveEvent::Failed { reason, .. } => state.queue.saving = Saving::Failed(reason),
            }
        }
        if let (Saving::Waiting(num), Some(saver)) = (&mut state.queue.saving, &self.saver) {
            *num = saver.num_waiting();
            if *num == 0 {
                state.queue.saving = Saving::Saved;
            }
        }
        if state.queue.saving == Saving::Saved && !self.unsaved.is_empty() {
            let unsaved = std::mem::take(&mut self.unsaved);
            if let Opening::Task(id) = state.paint.opening
                && unsaved.contains(&id)
            {
                self.choose(state, id);
            }
        }
    }
}
