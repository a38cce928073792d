//! The threads behind the workspace for training: what they are asked, and what they told. Lives in `App`.

use std::path::PathBuf;
use std::time::Duration;

use egui::Context;
use seam_engine::train::TrainSettings;
use seam_engine::train::runs;

use crate::command::Command;
use crate::state::State;
use crate::training::TrainCommand;
use crate::training::clerk::{Answer, Clerk, Wish, clerk};
use crate::training::film::Beside;
use crate::training::form::DataSeen;
use crate::training::pictures::{self, Pictures};
use crate::workspace::Workspace;

pub struct TrainRoom {
    clerk: Clerk,
    pictures: Pictures,
    /// The data that was looked at last, and for which method.
    looked_at: Option<(String, &'static str)>,
    has_listed: bool,
}

impl TrainRoom {
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
        Ok(Self {
            clerk: clerk(waker())?,
            pictures: Pictures::new(waker())?,
            looked_at: None,
            has_listed: false,
        })
    }

    /// Brings what the threads told to the screen, and asks for what is missing there. Never waits.
    pub fn update(&mut self, ctx: &Context, state: &mut State) -> Vec<Command> {
        let mut commands = Vec::new();
        for answer in self.clerk.answers() {
            if let Answer::Begun(Ok(settings)) = answer {
                commands.push(Command::Train(TrainCommand::Submit(settings)));
                continue;
            }
            state.training.answered(answer, &state.settings.training);
        }
        if state.settings.workspace != Workspace::Train {
            return commands;
        }
        if !self.has_listed {
            self.has_listed = true;
            let usual = runs::usual_folder().into_iter();
            let folders = usual.chain(state.settings.training.folders.iter().cloned());
            state.training.is_reading = true;
            self.read(folders.collect(), false);
        }
        self.look_at_data(state);
        self.film(ctx, state);
        commands
    }

    /// Reads runs and folders of runs.
    pub fn read(&self, folders: Vec<PathBuf>, shows: bool) {
        self.clerk.ask(Wish::Runs { folders, shows });
    }

    /// Makes room for a new run; an answer makes it start.
    pub fn begin(&self, settings: TrainSettings, toml: String, is_suggested: bool) -> bool {
        self.clerk.ask(Wish::Begin {
            settings: Box::new(settings),
            toml,
            is_suggested,
        })
    }

    fn look_at_data(&mut self, state: &mut State) {
        let form = &mut state.training.form;
        let (data, method) = (form.data.trim(), form.method().detector.name);
        if data.is_empty() {
            form.data_seen = DataSeen::Nothing;
            self.looked_at = None;
            return;
        }
        let wanted = Some((data.to_owned(), method));
        if self.looked_at == wanted && form.data_seen != DataSeen::Nothing {
            return;
        }
        let wish = Wish::Data {
            data: PathBuf::from(data),
            method,
        };
        if self.clerk.ask(wish) {
            self.looked_at = wanted;
            form.data_seen = DataSeen::Looking;
        }
    }

    fn film(&mut self, ctx: &Context, state: &mut State) {
        let training = &mut state.training;
        let Some(shown) = training.shown.clone() else {
            training.film.drawn = [None, None];
            return;
        };
        let Some(run) = training.runs.iter().find(|run| run.dir == shown) else {
            return;
        };
        if let Some(secs) = training.film.tick(run, state.now_secs)
            && let Ok(wait) = Duration::try_from_secs_f64(secs)
        {
            ctx.request_repaint_after(wait);
        }
        let other = match &training.film.beside {
            Beside::Run(dir) => training.runs.iter().find(|run| run.dir == *dir),
            Beside::Nothing | Beside::Step(_) => None,
        };
        let places = training.film.places(run, other);
        let next = places[0].as_ref().filter(|_| training.film.is_playing);
        let next = next.and_then(|place| {
            let after = run.watched.iter().find(|step| place.step < **step)?;
            Some(crate::training::film::Place {
                run: place.run.clone(),
                step: *after,
            })
        });
        let films = std::iter::once(run).chain(other);
        let wish = pictures::Wish {
            places,
            next,
            films: films
                .map(|run| (run.dir.clone(), run.watched.clone()))
                .collect(),
            colors: state.settings.likelihood_colors,
        };
        self.pictures.update(ctx, wish, &mut training.film);
    }
}
