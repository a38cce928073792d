//! What commands of the workspace for training make the program do.

use std::path::{Path, PathBuf};

use egui::Context;
use seam_engine::Request;
use seam_engine::device::Preference;
use seam_engine::forge::ForgeSettings;
use seam_engine::train::{TrainSettings, runs};

use crate::app::App;
use crate::command::TrainAction;
use crate::dialog::Asked;
use crate::notices::Weight;
use crate::state::JobKind;
use crate::training::command_line::command;
use crate::training::form::{Field, Form};
use crate::training::run::Status;
use crate::training::{Source, TrainAsked, TrainCommand};
use crate::undo::Change;
use crate::workspace::Workspace;

/// People that are rendered to learn from lie here, under the program's data.
const FORGED_FOLDER: &str = "forged";
/// One press of a key moves the wipe so far.
const WIPE_STEP: f32 = 0.05;

impl App {
    pub(super) fn train(&mut self, ctx: &Context, command: TrainCommand) {
        let state = &mut self.state;
        let training = &mut state.training;
        match command {
            TrainCommand::Show(dir) => training.show(dir),
            TrainCommand::Mark(dir) => training.mark(dir),
            TrainCommand::Open(folders) => self.open_runs(folders),
            TrainCommand::ReadAgain(dir) => self.train_room.read(vec![dir], false),
            TrainCommand::Pause(dir) => {
                if let Some(job) = training.run(&dir).and_then(|run| run.job) {
                    self.engine.pause(job);
                }
            }
            TrainCommand::GoOn(dir) => {
                if let Some(job) = training.run(&dir).and_then(|run| run.job) {
                    self.engine.go_on(job);
                }
            }
            TrainCommand::Stop(dir) => {
                if let Some(run) = training.run_mut(&dir)
                    && let Some(job) = run.job
                {
                    run.status = Status::Stopping;
                    self.engine.cancel(job);
                }
            }
            TrainCommand::ResumeWith(data) => {
                if let Some(dir) = training.shown.clone() {
                    let source = Source { data, masks: None };
                    state.settings.training.sources.insert(dir.clone(), source);
                    self.resume(ctx, &dir);
                }
            }
            TrainCommand::FormFrom(dir) => {
                let source = state.settings.training.sources.get(&dir);
                if let Some(config) = training.run(&dir).and_then(|run| run.config.as_ref()) {
                    training.form = Form::of(config, source.map(|source| source.data.as_path()));
                    training.open_form(&state.settings.training);
                }
            }
            TrainCommand::CloseForm => training.has_form = false,
            TrainCommand::Set(field) => {
                let is_method = matches!(field, Field::Method(_));
                training.form.set(field);
                if is_method {
                    training.suggest_out();
                }
            }
            TrainCommand::UseData(data) => {
                state.settings.workspace = Workspace::Train;
                state.settings.training.remember_data(&data);
                let text = data.display().to_string();
                training.form.set(Field::Data(text));
                training.open_form(&state.settings.training);
            }
            TrainCommand::Ask(asked) => self.ask(ctx, Asked::Train(asked)),
            TrainCommand::Forge(recipe) => self.forge_for_training(recipe),
            TrainCommand::Submit(settings) => self.start_training(&settings),
            TrainCommand::ChooseLoss(loss) => training.loss = Some(loss),
            TrainCommand::GoToStep(step) => {
                let is_newest = training.shown().and_then(|run| run.watched.last()) == Some(&step);
                training.film.step = (!is_newest).then_some(step);
                training.film.is_playing = false;
            }
            TrainCommand::Beside(beside) => training.film.beside = beside,
            TrainCommand::MoveWipe(to) => training.film.wipe = to.clamp(0.0, 1.0),
            TrainCommand::Dismiss => training.notice = None,
        }
    }

    pub(super) fn train_act(&mut self, ctx: &Context, action: TrainAction) {
        let now_secs = self.state.now_secs;
        let training = &mut self.state.training;
        let shown = training.shown.clone();
        let run = (shown.as_ref()).and_then(|dir| training.runs.iter().find(|run| run.dir == *dir));
        match (action, run) {
            (TrainAction::NewRun, _) => training.open_form(&self.state.settings.training),
            (TrainAction::OpenRuns, _) => self.ask(ctx, Asked::Train(TrainAsked::Runs)),
            (TrainAction::Start, _) => self.begin_training(),
            (TrainAction::ToggleSmooth, _) => {
                let settings = &mut self.state.settings.training;
                settings.is_raw = !settings.is_raw;
            }
            (TrainAction::ToggleLog, _) => {
                let settings = &mut self.state.settings.training;
                settings.is_log = !settings.is_log;
            }
            (TrainAction::WipeLeft, _) => {
                training.film.wipe = (training.film.wipe - WIPE_STEP).max(0.0);
            }
            (TrainAction::WipeRight, _) => {
                training.film.wipe = (training.film.wipe + WIPE_STEP).min(1.0);
            }
            (TrainAction::CopyCommand, run) => {
                let text = match run.filter(|_| !training.has_form) {
                    None => Some(training.form.command()),
                    Some(run) => run_command(run, &self.state.settings.training.sources),
                };
                text.into_iter().for_each(|text| ctx.copy_text(text));
            }
            (_, None) => {}
            (TrainAction::NewFromThis, Some(run)) => {
                let dir = run.dir.clone();
                self.train(ctx, TrainCommand::FormFrom(dir));
            }
            (TrainAction::PauseOrGoOn, Some(run)) => {
                let dir = run.dir.clone();
                match run.status {
                    Status::Paused => self.train(ctx, TrainCommand::GoOn(dir)),
                    _ => self.train(ctx, TrainCommand::Pause(dir)),
                }
            }
            (TrainAction::Stop, Some(run)) => {
                let dir = run.dir.clone();
                self.train(ctx, TrainCommand::Stop(dir));
            }
            (TrainAction::Resume, Some(run)) => {
                let dir = run.dir.clone();
                self.resume(ctx, &dir);
            }
            (TrainAction::PreviousStep, Some(run)) => training.film.go(run, -1),
            (TrainAction::NextStep, Some(run)) => training.film.go(run, 1),
            (TrainAction::FirstStep, Some(run)) => training.film.go(run, isize::MIN),
            (TrainAction::LastStep, Some(run)) => training.film.go(run, isize::MAX),
            (TrainAction::PlaySteps, Some(run)) => training.film.play_or_stop(run, now_secs),
            (TrainAction::CopyPath, Some(run)) => ctx.copy_text(run.dir.display().to_string()),
            (TrainAction::RemoveRun, Some(run)) => {
                let dir = run.dir.clone();
                self.forget_run(&dir);
            }
        }
    }

    /// Adds runs and folders of runs to the list, in their workspace.
    pub(super) fn open_runs(&mut self, folders: Vec<PathBuf>) {
        let state = &mut self.state;
        let usual = runs::usual_folder();
        let is_usual = |folder: &Path| {
            usual
                .as_ref()
                .is_some_and(|usual| folder.starts_with(usual))
        };
        let elsewhere = folders.iter().filter(|folder| !is_usual(folder));
        let elsewhere: Vec<PathBuf> = elsewhere.cloned().collect();
        let remembered = &mut state.settings.training;
        remembered.remember_folders(&elsewhere);
        remembered
            .hidden
            .retain(|hidden| !folders.iter().any(|folder| hidden.starts_with(folder)));
        state.settings.workspace = Workspace::Train;
        state.training.is_reading = true;
        self.train_room.read(folders, true);
    }

    fn forget_run(&mut self, dir: &Path) {
        let state = &mut self.state;
        if state.training.run(dir).is_none_or(|run| run.is_running()) {
            return;
        }
        state.training.forget(dir);
        let remembered = &mut state.settings.training;
        remembered.folders.retain(|folder| folder != dir);
        remembered.hidden.insert(dir.to_owned());
        let back = Change::ListRun(dir.to_owned());
        state.shell.undo.did(back);
        let text = "The run is off the list; its folder stays";
        let notice = state
            .shell
            .notices
            .tell(Weight::Quiet, text, state.now_secs);
        notice.can_undo = true;
    }

    /// Has room made for the run that is set up, where nothing is missing.
    fn begin_training(&mut self) {
        let training = &mut self.state.training;
        if !training.shows_form() || !training.missing().is_empty() {
            return;
        }
        let form = &training.form;
        let mut settings = form.settings();
        settings.device = device(form.device, self.state.settings.cpu_only);
        let is_asked = self
            .train_room
            .begin(settings, form.toml(), !form.has_own_out);
        training.is_starting = is_asked;
        training.notice = None;
    }

    /// Starts a training whose folder is made.
    fn start_training(&mut self, settings: &TrainSettings) {
        let remembered = &mut self.state.settings.training;
        remembered.remember_data(&settings.data);
        remembered.hidden.remove(&settings.out);
        let is_usual = runs::usual_folder().is_some_and(|usual| settings.out.starts_with(usual));
        if !is_usual {
            remembered.remember_folders(std::slice::from_ref(&settings.out));
        }
        let source = Source {
            data: settings.data.clone(),
            masks: settings.masks.clone(),
        };
        remembered.sources.insert(settings.out.clone(), source);
        self.state.training.is_starting = false;
        let name = crate::training::run::name_of(&settings.out);
        if let Some(job) =
            self.submit_named(name, JobKind::Training, Request::Train(settings.clone()))
        {
            self.state.training.started(settings, job);
        }
    }

    fn resume(&mut self, ctx: &Context, dir: &Path) {
        let state = &mut self.state;
        let Some(run) = state.training.run(dir).filter(|run| run.can_resume()) else {
            return;
        };
        let source = state.settings.training.sources.get(dir);
        let (Some(config), Some(source)) = (&run.config, source) else {
            // A run of the command line does not say where its data lie.
            self.ask(ctx, Asked::Train(TrainAsked::ResumeData));
            return;
        };
        let settings = TrainSettings {
            method: config.method.clone(),
            data: source.data.clone(),
            out: dir.to_owned(),
            preset: config.preset.clone(),
            config: None,
            seed: None,
            init: None,
            masks: source.masks.clone(),
            device: device(state.training.form.device, state.settings.cpu_only),
            resume: true,
            landmark_model: None,
        };
        self.start_training(&settings);
    }

    /// Renders people to learn from, and uses them.
    fn forge_for_training(&mut self, recipe: &str) {
        if self.state.training.forging.is_some() {
            return;
        }
        let Some(folder) = self
            .state
            .data_dir
            .as_ref()
            .map(|dir| dir.join(FORGED_FOLDER))
        else {
            let text = "There is no folder for your data";
            self.state.training.notice = Some(text.to_owned());
            return;
        };
        // The engine refuses a folder that holds anything.
        let mut free = (1..100).map(|number| match number {
            1 => folder.join(recipe),
            _ => folder.join(format!("{recipe}-{number}")),
        });
        let Some(out) = free.find(|out| !out.exists()) else {
            return;
        };
        let settings = ForgeSettings {
            recipe: recipe.to_owned(),
            from: None,
            out: out.clone(),
            seed: 1,
            per_category: 1,
            people: None,
            techniques: None,
            as_pictures: false,
            landmark_model: None,
        };
        let name = format!("the people of {recipe}");
        if let Some(job) = self.submit_named(name, JobKind::ForgePeople, Request::Forge(settings)) {
            self.state.training.forging = Some((job, out));
        }
    }
}

/// What was chosen in the form; where that is left open, the whole window's choice.
fn device(chosen: Preference, cpu_only: bool) -> Preference {
    match chosen {
        Preference::Auto if cpu_only => Preference::Cpu,
        chosen => chosen,
    }
}

/// How a run is gone on with, or was begun, in a terminal.
fn run_command(
    run: &crate::training::run::RunEntry,
    sources: &std::collections::BTreeMap<PathBuf, Source>,
) -> Option<String> {
    let config = run.config.as_ref()?;
    let source = sources.get(&run.dir);
    Some(command(&TrainSettings {
        method: config.method.clone(),
        data: source.map_or_else(|| PathBuf::from("DATA"), |source| source.data.clone()),
        out: run.dir.clone(),
        preset: config.preset.clone(),
        config: None,
        seed: Some(config.seed),
        init: None,
        masks: source.and_then(|source| source.masks.clone()),
        device: Preference::Auto,
        resume: run.can_resume(),
        landmark_model: None,
    }))
}
