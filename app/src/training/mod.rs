//! Trainings: the runs that are known, the form of a new one, what is shown of them. Changed only by `App`.

pub mod clerk;
mod command;
pub mod command_line;
pub mod film;
pub mod form;
pub mod history;
pub mod key;
pub mod pictures;
pub mod room;
pub mod run;
mod settings;
#[cfg(test)]
pub mod tests;

use std::path::{Path, PathBuf};

use seam_engine::Outcome;
use seam_engine::job::JobId;
use seam_engine::train::runs::{self, Run};
use seam_engine::train::{TrainEvent, TrainSettings};

pub use command::{TrainAsked, TrainCommand};
pub use settings::{Source, TrainingSettings};

use crate::training::clerk::Answer;
use crate::training::film::{Beside, Film};
use crate::training::form::{DataSeen, Field, Form};
use crate::training::run::{RunEntry, Status};

/// Runs that are drawn over the shown one at most.
pub const MAX_MARKED: usize = 2;

/// Everything that the workspace for training shows.
#[derive(Debug, Default)]
pub struct Training {
    /// Those that run first, then by name.
    pub runs: Vec<RunEntry>,
    pub shown: Option<PathBuf>,
    /// Drawn beside the shown one.
    pub marked: Vec<PathBuf>,
    pub form: Form,
    /// The form of a new run is on screen instead of the shown run's numbers.
    pub has_form: bool,
    /// The loss that several runs are compared by; the first common one else.
    pub loss: Option<String>,
    pub film: Film,
    /// Folders were asked for and not read yet.
    pub is_reading: bool,
    /// What went wrong, or what to do next.
    pub notice: Option<String>,
    /// The job that renders people to learn from, and where they go.
    pub forging: Option<(JobId, PathBuf)>,
    /// A training was asked for and its folder is being made.
    pub is_starting: bool,
}

impl Training {
    pub fn run(&self, dir: &Path) -> Option<&RunEntry> {
        self.runs.iter().find(|run| run.dir == dir)
    }

    pub fn run_mut(&mut self, dir: &Path) -> Option<&mut RunEntry> {
        self.runs.iter_mut().find(|run| run.dir == dir)
    }

    pub fn run_of_job(&mut self, job: JobId) -> Option<&mut RunEntry> {
        self.runs.iter_mut().find(|run| run.job == Some(job))
    }

    pub fn shown(&self) -> Option<&RunEntry> {
        self.run(self.shown.as_deref()?)
    }

    /// The shown run, then those drawn beside it.
    pub fn drawn(&self) -> Vec<&RunEntry> {
        let marked = self.marked.iter().filter_map(|dir| self.run(dir));
        self.shown().into_iter().chain(marked).collect()
    }

    /// The form is on screen: it was asked for, or there is nothing else.
    pub fn shows_form(&self) -> bool {
        self.has_form || self.shown().is_none()
    }

    pub fn show(&mut self, dir: PathBuf) {
        self.has_form = false;
        self.notice = None;
        if self.shown.as_ref() != Some(&dir) {
            self.film.forget_place();
        }
        self.marked.retain(|marked| *marked != dir);
        self.shown = Some(dir);
    }

    /// Draws a run beside the shown one; beyond two, the oldest gives way.
    pub fn mark(&mut self, dir: PathBuf) {
        if let Some(at) = self.marked.iter().position(|marked| *marked == dir) {
            self.marked.remove(at);
            if self.film.beside == Beside::Run(dir) {
                self.film.beside = Beside::Nothing;
            }
            return;
        }
        if self.shown.as_ref() == Some(&dir) {
            return;
        }
        if self.marked.len() == MAX_MARKED {
            self.marked.remove(0);
        }
        self.marked.push(dir);
    }

    pub fn forget(&mut self, dir: &Path) {
        self.runs.retain(|run| run.dir != dir);
        self.marked.retain(|marked| marked != dir);
        if self.shown.as_deref() == Some(dir) {
            self.shown = None;
            self.film.forget_place();
        }
    }

    /// Opens the form; where its data and folder are not chosen, with a suggestion.
    pub fn open_form(&mut self, settings: &TrainingSettings) {
        self.has_form = true;
        if self.form.data.is_empty()
            && let Some(recent) = settings.recent_data.first()
        {
            let recent = recent.display().to_string();
            self.form.set(Field::Data(recent));
        }
        self.suggest_out();
    }

    /// Puts the next free folder of the usual place into the form, unless one was chosen.
    pub fn suggest_out(&mut self) {
        if self.form.has_own_out {
            return;
        }
        let Some(folder) = runs::usual_folder() else {
            return;
        };
        let method = self.form.method().detector.name;
        let number = |run: &RunEntry| {
            let rest = run.name.strip_prefix(method)?.strip_prefix('-')?;
            rest.parse::<u64>().ok()
        };
        let used = self.runs.iter().filter_map(number).max().unwrap_or(0);
        self.form.out = folder
            .join(format!("{method}-{}", used + 1))
            .display()
            .to_string();
    }

    /// What keeps the form from starting, in words.
    pub fn missing(&self) -> Vec<String> {
        if self.is_starting {
            return vec!["Making the run's folder".to_owned()];
        }
        self.form.missing(|out| self.run(out).is_some())
    }

    /// Puts a training that was submitted into the list, in place of what it goes on from.
    pub fn started(&mut self, settings: &TrainSettings, job: JobId) {
        let dir = settings.out.clone();
        match self.run_mut(&dir) {
            Some(run) => {
                run.job = Some(job);
                run.status = Status::Preparing;
                run.now = None;
            }
            None => self.runs.push(RunEntry::started(dir.clone(), job)),
        }
        self.is_starting = false;
        self.form.has_own_out = false;
        self.sort();
        self.show(dir);
    }

    pub fn hear(&mut self, job: JobId, event: TrainEvent) {
        if let Some(run) = self.run_of_job(job) {
            run.hear(event);
        }
    }

    pub fn paused(&mut self, job: JobId, is_paused: bool) {
        if let Some(run) = self.run_of_job(job)
            && matches!(
                run.status,
                Status::Training | Status::Paused | Status::Preparing
            )
        {
            run.status = match is_paused {
                true => Status::Paused,
                false => Status::Training,
            };
        }
    }

    /// A job ended. `Some` where it was one of these: what is to be read again, if anything.
    pub fn finished(&mut self, job: JobId, outcome: &Outcome) -> Option<Option<TrainCommand>> {
        if let Some((forging, out)) = self.forging.take() {
            if forging == job {
                return Some(self.forged(out, outcome));
            }
            self.forging = Some((forging, out));
        }
        let run = self.run_of_job(job)?;
        run.job = None;
        run.now = None;
        let dir = run.dir.clone();
        run.status = match outcome {
            Outcome::Trained(model) => {
                run.model = Some(model.clone());
                Status::Done
            }
            Outcome::Failed(err) => Status::Failed(err.to_string()),
            // Reading it tells at which step.
            _ => Status::Begun,
        };
        if let Outcome::Failed(err) = outcome {
            self.notice = Some(err.to_string());
        }
        self.sort();
        Some(Some(TrainCommand::ReadAgain(dir)))
    }

    fn forged(&mut self, out: PathBuf, outcome: &Outcome) -> Option<TrainCommand> {
        match outcome {
            Outcome::Forged { .. } => return Some(TrainCommand::UseData(out)),
            Outcome::Failed(err) => self.notice = Some(err.to_string()),
            _ => self.notice = Some("Rendering people was cancelled".to_owned()),
        }
        None
    }

    /// Takes in what the thread that reads folders found.
    pub fn answered(&mut self, answer: Answer, settings: &TrainingSettings) {
        match answer {
            Answer::Runs { found, show, error } => {
                self.is_reading = false;
                for run in found {
                    self.found(run, settings);
                }
                self.sort();
                if let Some(dir) = show.filter(|dir| self.run(dir).is_some()) {
                    let was_form = self.has_form && self.shown.as_ref() == Some(&dir);
                    self.show(dir);
                    self.has_form = was_form;
                }
                if error.is_some() {
                    self.notice = error;
                }
                self.suggest_out();
            }
            Answer::Data { data, seen } => {
                if Path::new(self.form.data.trim()) == data {
                    self.form.data_seen = match seen {
                        Ok(text) => DataSeen::Usable(text),
                        Err(text) => DataSeen::Unusable(text),
                    };
                }
            }
            Answer::Begun(Err(error)) => {
                self.is_starting = false;
                self.notice = Some(error);
            }
            // `App` submits it.
            Answer::Begun(Ok(_)) => {}
        }
    }

    /// A run on disk; one that runs here knows more than its folder.
    fn found(&mut self, run: Run, settings: &TrainingSettings) {
        if settings.hidden.contains(&run.dir) {
            return;
        }
        let faces = match self.run(&run.dir) {
            Some(known) if known.is_running() => return,
            Some(known) => known.faces,
            None => None,
        };
        let failed = self.run(&run.dir).and_then(|known| match &known.status {
            Status::Failed(why) => Some(Status::Failed(why.clone())),
            _ => None,
        });
        self.runs.retain(|known| known.dir != run.dir);
        let mut entry = RunEntry::of(run);
        entry.faces = faces;
        if let (Some(failed), Status::Begun) = (failed, &entry.status) {
            entry.status = failed;
        }
        self.runs.push(entry);
    }

    fn sort(&mut self) {
        self.runs.sort_by(|a, b| {
            let key = |run: &RunEntry| (!run.is_running(), natural(&run.name));
            key(a).cmp(&key(b)).then_with(|| a.dir.cmp(&b.dir))
        });
    }

    /// The losses that all drawn runs have, and the one they are compared by.
    pub fn common_losses(&self) -> (Vec<String>, Option<String>) {
        let drawn = self.drawn();
        let Some((first, others)) = drawn.split_first() else {
            return (Vec::new(), None);
        };
        let names = first.history.losses.iter().map(|series| &series.name);
        let common: Vec<String> = names
            .filter(|name| others.iter().all(|run| run.history.series(name).is_some()))
            .cloned()
            .collect();
        let wanted = self.loss.as_ref().filter(|loss| common.contains(loss));
        let usual = common.iter().find(|name| *name == "final");
        let chosen = wanted.or(usual).or(common.first()).cloned();
        (common, chosen)
    }
}

/// So that `dadd-10` comes after `dadd-9`.
fn natural(name: &str) -> (String, u64, String) {
    let digits = name.len() - name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (stem, number) = name.split_at(name.len() - digits);
    (
        stem.to_lowercase(),
        number.parse().unwrap_or(0),
        name.to_owned(),
    )
}

/// Whether a folder holds a run.
pub fn is_run(dir: &Path) -> bool {
    dir.join("config.json").is_file()
}
