//! What commands of the workspace for marking make the program do.

use std::path::{Path, PathBuf};

use egui::Context;
use seam_engine::Request;
use seam_engine::annotate::carry::{CarrySettings, Direction};
use seam_engine::annotate::queue::QueueSettings;
use seam_engine::annotate::round::RoundSettings;
use seam_engine::data::annotations::{Order, TaskId, TaskState};
use seam_engine::device::Preference;
use seam_engine::faces::FaceBox;
use seam_engine::media::Frame;

use crate::app::App;
use crate::command::{PaintAction, QueueAction};
use crate::dialog::Asked;
use crate::evidence::Person;
use crate::notices::Weight;
use crate::paint::PaintCommand;
use crate::queue::mark::Mark;
use crate::queue::walk::Step;
use crate::queue::{Draft, QueueCommand};
use crate::state::JobKind;
use crate::workspace::Workspace;

/// Annotations of faces that the user chose lie here, under the program's data.
const OWN_FOLDER: &str = "annotations";
/// And queues here, each in a folder named after its manifest's.
const QUEUES_FOLDER: &str = "queues";
/// A mask is carried to so many frames at once.
const CARRIED_FRAMES: u32 = 12;

impl App {
    pub(super) fn paint(&mut self, command: PaintCommand) {
        let state = &mut self.state;
        if let Some(change) = state.paint.run(command, &mut state.settings) {
            self.room.keep(state, change);
        }
    }

    pub(super) fn paint_act(&mut self, ctx: &Context, action: PaintAction) {
        let state = &mut self.state;
        if action == PaintAction::Stamp && state.paint.cursor.is_none() {
            // Without the keyboard's ring, Enter is for what is looked at.
            return self.queue_act(ctx, QueueAction::Done);
        }
        let is_far = ctx.input(|input| input.modifiers.shift);
        if let Some(change) = state.paint.act(action, is_far, &mut state.settings) {
            self.room.keep(state, change);
        }
    }

    pub(super) fn queue(&mut self, ctx: &Context, command: QueueCommand) {
        let state = &mut self.state;
        match command {
            QueueCommand::Open(dir) => self.open_annotations(&dir),
            QueueCommand::ReadAgain => self.room.read_again(state),
            QueueCommand::Choose(task) => self.room.choose(state, task),
            QueueCommand::SetFilter(filter) => state.queue.filter = filter,
            QueueCommand::SetComment(comment) => {
                let changed = state.queue.change(|progress| progress.comment = comment);
                self.room.keep_progress(state, changed);
            }
            QueueCommand::Saw(rows) => state.queue.visible = rows,
            QueueCommand::CommentHasFocus => state.queue.wants_comment = false,
            QueueCommand::AskManifest => self.ask(ctx, Asked::Manifest),
            QueueCommand::AskModel => self.ask(ctx, Asked::Model),
            QueueCommand::SetManifest(path) => {
                state.queue.draft.get_or_insert_default().manifest = Some(path);
            }
            QueueCommand::SetModel(path) => {
                state.queue.draft.get_or_insert_default().model = Some(path);
            }
            QueueCommand::AskLearner => self.ask(ctx, Asked::Learner),
            QueueCommand::SetLearner(model) => self.set_learner(model),
            QueueCommand::SetCount(count) => {
                state.queue.draft.get_or_insert_default().count = count;
            }
            QueueCommand::MakeQueue => self.make_queue(),
            QueueCommand::ForgetDraft => state.queue.draft = None,
        }
    }

    pub(super) fn queue_act(&mut self, ctx: &Context, action: QueueAction) {
        let state = &mut self.state;
        match action {
            QueueAction::OpenFolder => self.ask(ctx, Asked::Annotations),
            QueueAction::NewQueue => state.queue.draft = Some(Draft::default()),
            QueueAction::MarkFace => self.mark_face(),
            QueueAction::Done => self.leave(TaskState::Done),
            QueueAction::Skip => self.leave(TaskState::Skipped),
            QueueAction::CannotTell => self.leave(TaskState::CannotTell),
            QueueAction::Reopen => {
                let is_empty = state
                    .paint
                    .easel
                    .as_ref()
                    .is_none_or(|easel| easel.mask.is_empty());
                let now = if is_empty {
                    TaskState::Open
                } else {
                    TaskState::Begun
                };
                let changed = state.queue.set_state(now);
                self.room.keep_progress(state, changed);
            }
            QueueAction::Next => self.go(state_step(Step::Next)),
            QueueAction::Previous => self.go(state_step(Step::Previous)),
            QueueAction::NextOpen => self.go(state_step(Step::NextOpen)),
            QueueAction::PreviousPainted => self.go(|app| app.state.queue.painted(-1)),
            QueueAction::NextPainted => self.go(|app| app.state.queue.painted(1)),
            QueueAction::Midpoint => self.room.go_to_middle(state),
            QueueAction::Comment => state.queue.wants_comment = state.queue.current.is_some(),
            QueueAction::NextFilter => state.queue.filter = state.queue.filter.next(),
            QueueAction::Carry => self.carry(),
            QueueAction::Retrain => self.retrain(),
            QueueAction::CloseFolder => self.room.close(state),
        }
    }

    /// Opens a folder of annotations in its workspace.
    pub(super) fn open_annotations(&mut self, dir: &Path) {
        self.state.settings.workspace = Workspace::Annotate;
        self.room.open(&mut self.state, dir.to_owned());
    }

    fn go(&mut self, to: impl Fn(&Self) -> Option<TaskId>) {
        if let Some(task) = to(self) {
            self.room.choose(&mut self.state, task);
        }
    }

    /// Notes what became of the face and goes to the next open one.
    fn leave(&mut self, becomes: TaskState) {
        let state = &mut self.state;
        let next = state.queue.step(Step::NextOpen);
        let changed = state.queue.set_state(becomes);
        self.room.keep_progress(state, changed);
        if let Some(task) = next {
            self.room.choose(state, task);
        }
    }

    /// Adds the person who is looked at to the user's own annotations.
    fn mark_face(&mut self) {
        let Some(dir) = self.own_annotations() else {
            self.tell(Weight::Error, "There is no folder for your annotations");
            return;
        };
        let frame = self.clip.frame();
        let found = frame.as_ref().and_then(|frame| self.face_on(frame));
        let (Some(frame), Some((path, face))) = (frame, found) else {
            self.tell(Weight::Warning, "There is no face on this frame to mark");
            return;
        };
        self.state.settings.workspace = Workspace::Annotate;
        self.room.mark(Mark {
            dir,
            path,
            frame,
            face,
        });
    }

    /// The file, and the selected person on a frame of it, or the first one.
    fn face_on(&self, frame: &Frame) -> Option<(PathBuf, FaceBox)> {
        let file = self.state.selected_file()?;
        let reach = file.frame_nanos() / 2;
        let box_of = |person: &Person| Some(person.box_at(frame.id.pts_nanos, reach)?.face);
        let people = &file.evidence.people;
        let face = match self.state.person {
            Some(id) => people.get(&id).and_then(box_of),
            None => people.values().find_map(box_of),
        }?;
        Some((file.path.clone(), face))
    }

    /// Where the faces lie that the user chose.
    fn own_annotations(&self) -> Option<PathBuf> {
        let chosen = self.state.settings.annotations.clone();
        chosen.or_else(|| Some(data_dir()?.join(OWN_FOLDER)))
    }

    /// Lets a model choose faces for a new queue; without one they are drawn by chance.
    fn make_queue(&mut self) {
        let queue = &mut self.state.queue;
        let Some(draft) = queue.draft.clone() else {
            return;
        };
        let (Some(manifest), Some(data_dir)) = (draft.manifest, data_dir()) else {
            return;
        };
        queue.draft = None;
        let name = manifest.parent().and_then(Path::file_name);
        let name = name.map_or_else(|| "queue".into(), ToOwned::to_owned);
        let mut settings = QueueSettings::new(manifest, data_dir.join(QUEUES_FOLDER).join(name));
        settings.count = draft.count;
        settings.order = match draft.model {
            Some(_) => Order::Active,
            None => Order::Random,
        };
        if let Some(model) = &draft.model {
            let learners = &mut self.state.settings.learners;
            learners.insert(settings.folder.clone(), model.clone());
        }
        settings.model = draft.model;
        settings.device = self.device();
        self.submit(None, JobKind::Queue, Request::Queue(settings));
    }

    /// Moves the mask on the easel along with its face.
    fn carry(&mut self) {
        let Some((task, open)) = self.state.queue.current.zip(self.state.queue.open()) else {
            return;
        };
        let settings = CarrySettings {
            folder: open.folder.dir().to_owned(),
            task,
            frames: CARRIED_FRAMES,
            direction: Direction::Onward,
            to: None,
            landmark_model: None,
        };
        self.submit(None, JobKind::Carry, Request::Carry(settings));
    }

    /// Lets the model learn from the masks that are done.
    fn retrain(&mut self) {
        let queue = &self.state.queue;
        let Some(open) = queue.open() else {
            return;
        };
        let manifest = open.folder.about().manifest.clone();
        let learner = open.learner(&self.state.settings);
        let (Some(model), Some(manifest)) = (learner, manifest) else {
            let text = "A model learns from these masks when the queue comes from a manifest and the model is chosen";
            self.state.queue.notice = Some(text.to_owned());
            return;
        };
        let is_running = self.state.running().any(|job| job.kind == JobKind::Retrain);
        if is_running {
            return;
        }
        let mut settings = RoundSettings::new(open.folder.dir().to_owned(), model, manifest);
        settings.device = self.device();
        self.submit(None, JobKind::Retrain, Request::Retrain(settings));
    }

    fn set_learner(&mut self, model: PathBuf) {
        let state = &mut self.state;
        if let Some(open) = state.queue.open() {
            let folder = open.folder.dir().to_owned();
            state.settings.learners.insert(folder, model);
            state.queue.notice = None;
        }
    }

    fn device(&self) -> Preference {
        self.state.settings.scan(PathBuf::new()).device
    }
}

/// Where the program keeps what belongs to the user.
pub(super) fn data_dir() -> Option<PathBuf> {
    let dirs = directories::ProjectDirs::from("", "", "seam")?;
    Some(dirs.data_dir().to_owned())
}

fn state_step(step: Step) -> impl Fn(&App) -> Option<TaskId> {
    move |app| app.state.queue.step(step)
}
