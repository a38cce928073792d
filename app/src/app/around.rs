//! What commands around the panes make the program do.

use std::path::PathBuf;

use egui::{Context, ViewportCommand};

use crate::app::App;
use crate::command::{Action, Command, ShellAction};
use crate::dropped::{Dropped, Kind, Sorting};
use crate::finder::Target;
use crate::layout::Layout;
use crate::maps::MapsCommand;
use crate::models::{ModelsAsk, ModelsCommand};
use crate::notices::Weight;
use crate::queue::QueueCommand;
use crate::shell::{Palette, ShellCommand};
use crate::state::FileId;
use crate::tour::{STEPS, Tour};
use crate::training::TrainCommand;
use crate::undo::{self, After, Change};
use crate::workspace::Workspace;
use crate::{samples, words};

impl App {
    pub(super) fn shell(&mut self, ctx: &Context, command: ShellCommand) {
        let state = &mut self.state;
        let shell = &mut state.shell;
        match command {
            ShellCommand::Palette(palette) => shell.palette = Some(palette),
            ShellCommand::Take(target) => self.take(target),
            ShellCommand::Sheet(typed) => shell.sheet = typed,
            ShellCommand::OpenAny(paths) => self.sort(ctx, paths),
            ShellCommand::ForgetRecent => state.settings.recent.clear(),
            ShellCommand::DismissNotice(id) => shell.notices.dismiss(id),
            ShellCommand::ShowNotices(shows) => shell.shows_notices = shows,
            ShellCommand::Tour(Some(at)) => self.go_on_tour(at),
            ShellCommand::Tour(None) => shell.tour = None,
            ShellCommand::NoTour => state.settings.was_tour_offered = true,
        }
    }

    pub(super) fn shell_act(&mut self, action: ShellAction) {
        let state = &mut self.state;
        match action {
            ShellAction::Undo => self.undo(false),
            ShellAction::Redo => self.undo(true),
            ShellAction::LargerText => state.settings.scale_text(true),
            ShellAction::SmallerText => state.settings.scale_text(false),
            ShellAction::NormalText => state.settings.text_percent = 100,
            ShellAction::Shortcuts => {
                state.shell.palette = None;
                state.shell.sheet = state.shell.sheet.is_none().then(String::new);
            }
            ShellAction::Tour => self.go_on_tour(0),
            ShellAction::OpenSample => {
                self.open_sample();
            }
            ShellAction::Notices => state.shell.shows_notices = !state.shell.shows_notices,
        }
    }

    /// Opens or closes the command palette.
    pub(super) fn toggle_palette(&mut self) {
        let shell = &mut self.state.shell;
        shell.sheet = None;
        shell.palette = shell.palette.is_none().then(Palette::default);
    }

    /// What the window does by itself: notices, the tour, files that came from outside.
    pub(super) fn update_shell(&mut self, ctx: &Context) {
        let state = &mut self.state;
        state.shell.notices.hear(&state.log, state.now_secs);
        self.recent.update(state);
        let scale = f32::from(state.settings.text_percent) / 100.0;
        if ctx.zoom_factor() != scale {
            ctx.set_zoom_factor(scale);
        }
        if let Some(mut tour) = state.shell.tour.take() {
            let next = tour.update(state);
            state.shell.tour = Some(tour);
            if let Some(at) = next {
                self.go_on_tour(at);
            } else if self.state.shell.tour.as_ref().is_some_and(Tour::is_done) {
                // The next card comes without anything else happening.
                ctx.request_repaint_after_secs(0.3);
            }
        }
        self.state.shell.is_sorting = !self.sorting.is_empty();
        let sorted: Vec<Dropped> = self
            .sorting
            .iter()
            .filter_map(Sorting::poll)
            .flatten()
            .collect();
        if !sorted.is_empty() {
            self.sorting.clear();
            let clips = sorted.iter().filter(|dropped| dropped.kind == Kind::Clip);
            let clips: Vec<PathBuf> = clips.map(|dropped| dropped.path.clone()).collect();
            if !clips.is_empty() {
                self.commands.act(Action::ShowInspect);
                self.commands.push(Command::Open(clips));
            }
            for dropped in sorted {
                self.open_dropped(dropped);
            }
        }
    }

    /// Tells the user something that is no answer to a question.
    pub(super) fn tell(&mut self, weight: Weight, text: impl Into<String>) {
        let now = self.state.now_secs;
        self.state.shell.notices.tell(weight, text, now);
    }

    /// Removes a file so that it can come back.
    pub(super) fn remove_for_now(&mut self, id: FileId) {
        self.stop_work_on(id);
        let state = &mut self.state;
        let Some((at, file)) = state.remove(id) else {
            return;
        };
        let text = format!(
            "{} is off the list; the file itself is not touched",
            file.name
        );
        let file = Box::new(file);
        state.shell.undo.did(Change::PutBack { at, file });
        let notice = state
            .shell
            .notices
            .tell(Weight::Quiet, text, state.now_secs);
        notice.can_undo = true;
    }

    /// Sets the looped region; one that is cleared can come back.
    pub(super) fn set_region(&mut self, region: Option<(i64, i64)>) {
        let state = &mut self.state;
        let before = std::mem::replace(&mut state.playback.region, region);
        state.playback.loops |= region.is_some();
        if let (Some(file), Some(_), None) = (state.selected, before, region) {
            let back = Change::Loop {
                file,
                region: before,
            };
            state.shell.undo.did(back);
        }
    }

    /// The answer to the question that closing the window asks while jobs run.
    pub(super) fn close_anyway(&mut self, ctx: &Context, closes: bool) {
        let state = &mut self.state;
        state.asks_to_close = false;
        // Trainings write a checkpoint first.
        let waits = closes && state.is_training() && !state.is_closing;
        state.is_closing = waits;
        if waits {
            for job in state.running() {
                self.engine.cancel(job.id);
            }
        } else if closes {
            self.may_close = true;
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
    }

    pub(super) fn reset_layout(&mut self) {
        let before = self.layout.clone();
        self.layout.reset(self.state.settings.workspace);
        let back = Change::Arrange(Box::new(before));
        self.state.shell.undo.did(back);
    }

    fn undo(&mut self, again: bool) {
        let layout: &mut Layout = &mut self.layout;
        match undo::step(&mut self.state, layout, again) {
            Some((text, after)) => {
                self.tell(Weight::Quiet, text);
                match after {
                    After::Nothing => {}
                    After::ReadAgain(file) => self.commands.push(Command::ReadAgain(file)),
                    After::Stop(file) => self.stop_work_on(file),
                    After::ListRun(dir) => self.open_runs(vec![dir]),
                }
            }
            None if again => self.tell(Weight::Quiet, "There is nothing to bring back"),
            None => self.tell(Weight::Quiet, "There is nothing to take back"),
        }
    }

    fn take(&mut self, target: Target) {
        let state = &mut self.state;
        state.shell.palette = None;
        let commands = &mut self.commands;
        match target {
            Target::Act(action) => {
                let scope = action.scope();
                state.settings.used(action.info().text);
                if let (false, Some(home)) = (scope.is_in(state.settings.workspace), scope.home()) {
                    commands.act(home.action());
                }
                commands.act(action);
            }
            Target::File(file) => {
                commands.act(Action::ShowInspect);
                commands.push(Command::Select(file));
            }
            Target::Recent(path) => {
                commands.push(Command::Shell(ShellCommand::OpenAny(vec![path])));
            }
            Target::Person(person) => {
                commands.act(Action::ShowInspect);
                commands.push(Command::SelectPerson(Some(person)));
            }
            Target::Method(method) => {
                state.settings.shows_maps = true;
                commands.act(Action::ShowInspect);
                commands.push(Command::Maps(MapsCommand::ChooseMethod(method)));
            }
        }
    }

    /// Finds out what these paths are, and then opens them.
    fn sort(&mut self, ctx: &Context, paths: Vec<PathBuf>) {
        let ctx = ctx.clone();
        match Sorting::start(paths, move || ctx.request_repaint()) {
            Ok(sorting) => self.sorting.push(sorting),
            Err(err) => self.tell(Weight::Error, format!("Could not look at the files: {err}")),
        }
    }

    /// Does what is meant by what came from outside; clips were opened together already.
    fn open_dropped(&mut self, dropped: Dropped) {
        let path = dropped.path;
        let is_marking = self.state.settings.workspace == Workspace::Annotate;
        match dropped.kind {
            Kind::Clip => {}
            Kind::Clips(clips) => {
                let num = words::count(clips.len() as u64);
                self.tell(
                    Weight::Quiet,
                    format!("{num} clips and pictures of the folder are opened"),
                );
                self.commands.act(Action::ShowInspect);
                self.commands.push(Command::Open(clips));
            }
            Kind::Annotations => {
                self.state.settings.opened(&path);
                self.commands.push(Command::Queue(QueueCommand::Open(path)));
            }
            // In Annotate a manifest is what a queue is made of, and a model what learns.
            Kind::Manifest(manifest) if is_marking => {
                self.commands
                    .push(Command::Queue(QueueCommand::SetManifest(manifest)));
            }
            Kind::Model if is_marking && self.state.queue.open().is_some() => {
                self.commands
                    .push(Command::Queue(QueueCommand::SetLearner(path)));
            }
            Kind::Manifest(manifest) => {
                self.state.settings.opened(&manifest);
                self.opens_data(&manifest);
            }
            Kind::Run => {
                self.commands.act(Action::ShowTrain);
                self.state.settings.opened(&path);
                self.commands
                    .push(Command::Train(TrainCommand::Open(vec![path])));
            }
            Kind::Model => {
                self.state.settings.opened(&path);
                self.opens_data(&path);
                let listed = ModelsCommand::Chosen(ModelsAsk::Folder, path);
                self.commands.push(Command::Models(listed));
            }
            Kind::Missing => {
                let text = format!("There is nothing any more where this was\nFile: {path:?}");
                self.tell(Weight::Warning, text);
            }
            Kind::Unknown(_) if self.opens_weights(&path) || self.opens_data(&path) => {}
            Kind::Unknown(why) => {
                let text = format!("This cannot be opened. {why}\nFile: {path:?}");
                self.tell(Weight::Warning, text);
            }
        }
    }

    fn open_sample(&mut self) -> bool {
        let Some(clip) = samples::first_clip() else {
            self.tell(
                Weight::Warning,
                "The sample clips were not installed with the program",
            );
            return false;
        };
        self.commands.act(Action::ShowInspect);
        self.commands.push(Command::Open(vec![clip]));
        true
    }

    fn go_on_tour(&mut self, at: usize) {
        let Some(step) = STEPS.get(at) else {
            self.state.shell.tour = None;
            return;
        };
        if at == 0 && !self.open_sample() {
            return;
        }
        let state = &mut self.state;
        state.settings.was_tour_offered = true;
        state.settings.workspace = step.workspace;
        state.settings.shows_maps = true;
        state.shell.tour = Some(Tour::to(at));
    }
}
