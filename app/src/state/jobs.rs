//! The jobs that run, and what their events make of the state.

use seam_engine::analysis::Partial;
use seam_engine::annotate::carry::Carried;
use seam_engine::job::{JobId, Progress, Signal};
use seam_engine::media::MediaHash;
use seam_engine::{Event, Outcome, Update};

use crate::command::Command;
use crate::inspect::InspectCommand;
use crate::queue::QueueCommand;
use crate::state::{AnalysisState, FileId, Intake, State};

/// Finished jobs stay in the list for so long, in seconds.
const FINISHED_STAYS_SECS: f64 = 20.0;

/// A job in the list.
#[derive(Debug)]
pub struct Job {
    pub id: JobId,
    /// `None` for work on annotations.
    pub file: Option<FileId>,
    pub kind: JobKind,
    pub started_secs: f64,
    pub progress: Option<Progress>,
    /// What it works on, where that is no file and no annotations.
    pub name: Option<String>,
    pub is_paused: bool,
    /// Which part of a job of many is being done.
    pub part: Option<String>,
    pub ended: Option<Ended>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    Intake,
    /// Finding faces, before anything is scored.
    Look,
    Analysis,
    /// Choosing faces for a queue.
    Queue,
    /// Carrying a mask along a clip.
    Carry,
    /// Learning from masks.
    Retrain,
    SelfTest,
    ImportWeights,
    Training,
    /// Rendering people to learn from.
    ForgePeople,
    LookAtData,
    ImportData,
    Forge,
    Evaluate,
}

#[derive(Debug)]
pub struct Ended {
    pub at_secs: f64,
    pub text: String,
    pub is_failure: bool,
}

impl State {
    pub fn running(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter().filter(|job| job.ended.is_none())
    }

    pub fn job_of(&self, file: FileId, kind: JobKind) -> Option<&Job> {
        self.running()
            .find(|job| job.file == Some(file) && job.kind == kind)
    }

    /// Notes that a job was started; a fresh analysis starts with a clean sheet.
    pub fn job_started(&mut self, id: JobId, file: impl Into<Option<FileId>>, kind: JobKind) {
        let file = file.into();
        self.jobs.push(Job {
            id,
            file,
            kind,
            started_secs: self.now_secs,
            progress: None,
            name: None,
            is_paused: false,
            part: None,
            ended: None,
        });
        if kind == JobKind::Analysis {
            self.maps.round += 1;
        }
        if kind == JobKind::Analysis
            && let Some(file) = file.and_then(|file| self.file_mut(file))
        {
            file.begin_analysis(id);
        }
    }

    /// Gives a job that was just started its own name.
    pub fn name_job(&mut self, id: JobId, name: String) {
        if let Some(job) = self.jobs.iter_mut().find(|job| job.id == id) {
            job.name = Some(name);
        }
    }

    /// Whether a training runs, which leaves a checkpoint when it is stopped.
    pub fn is_training(&self) -> bool {
        self.running().any(|job| job.kind == JobKind::Training)
    }

    /// Forgets jobs that ended a while ago.
    pub fn forget_old_jobs(&mut self) {
        let now = self.now_secs;
        self.jobs.retain(|job| {
            job.ended
                .as_ref()
                .is_none_or(|ended| now < ended.at_secs + FINISHED_STAYS_SECS)
        });
    }

    /// Takes in what a job told, and gives the commands that follow from it.
    pub fn apply(&mut self, event: Event) -> Vec<Command> {
        let Some(at) = self.jobs.iter().position(|job| job.id == event.job) else {
            return Vec::new();
        };
        let (file, kind) = (self.jobs[at].file, self.jobs[at].kind);
        match event.update {
            Update::Signal(Signal::Progress(progress)) => {
                self.jobs[at].progress = Some(progress);
            }
            Update::Signal(Signal::Warning(text)) => {
                tracing::warn!(target: "seam_app", "{text}");
                if let Some(file) = file.and_then(|file| self.file_mut(file))
                    && !file.warnings.contains(&text)
                {
                    file.warnings.push(text);
                }
            }
            Update::Hashed(hash) => {
                return file.map_or_else(Vec::new, |file| self.hashed(file, hash));
            }
            Update::Partial(partial) => {
                let waited_secs = self.now_secs - self.jobs[at].started_secs;
                if let Some(file) = file.and_then(|file| self.file_mut(file)) {
                    if matches!(partial, Partial::Scored { .. })
                        && file.evidence.methods().is_empty()
                    {
                        tracing::info!(
                            target: "seam_app",
                            "The first score of {} came after {waited_secs:.1} s",
                            file.name
                        );
                    }
                    file.add(partial);
                }
            }
            Update::Finished(outcome) => return self.finished(at, file, kind, outcome),
            Update::Signal(Signal::Paused(is_paused)) => {
                self.jobs[at].is_paused = is_paused;
                self.training.paused(event.job, is_paused);
            }
            Update::Train(told) => self.training.hear(event.job, told),
            Update::Signal(Signal::Part(part)) => self.jobs[at].part = Some(part),
        }
        Vec::new()
    }

    fn hashed(&mut self, id: FileId, hash: MediaHash) -> Vec<Command> {
        // On the tour one looks first.
        let analyzes = self.settings.analyze_on_open && self.shell.tour.is_none();
        let Some(file) = self.file_mut(id) else {
            return Vec::new();
        };
        file.hash = Some(hash);
        if analyzes && matches!(file.analysis, AnalysisState::NotAsked) {
            return vec![Command::Analyze(id)];
        }
        Vec::new()
    }

    fn finished(
        &mut self,
        at: usize,
        id: Option<FileId>,
        kind: JobKind,
        outcome: Outcome,
    ) -> Vec<Command> {
        let (text, is_failure) = outcome_words(&outcome);
        self.models.hear_of(&outcome);
        let now = self.now_secs;
        tracing::info!(
            target: "seam_app",
            "{} after {:.1} s: {}",
            text.lines().next().unwrap_or_default(),
            now - self.jobs[at].started_secs,
            self.name_of_job(&self.jobs[at])
        );
        self.jobs[at].ended = Some(Ended {
            at_secs: now,
            text,
            is_failure,
        });
        let job = self.jobs[at].id;
        match kind {
            JobKind::LookAtData | JobKind::ImportData | JobKind::Forge => {
                return self.datasets.finished(job, outcome);
            }
            JobKind::Evaluate => return self.evaluations.finished(job, outcome),
            JobKind::SelfTest | JobKind::ImportWeights => {
                self.models.finished(job, outcome);
                return Vec::new();
            }
            _ => {}
        }
        if let Some(follows) = self.training.finished(job, &outcome) {
            return follows.into_iter().map(Command::Train).collect();
        }
        let Some(file) = id.and_then(|id| self.file_mut(id)) else {
            return self.folder_job_finished(kind, &outcome);
        };
        match (kind, outcome) {
            (_, Outcome::Opened(info)) => {
                file.intake = Intake::Known(info);
                if let (Some(id), AnalysisState::NotAsked) = (id, &file.analysis) {
                    let look = InspectCommand::LookForFaces(id);
                    return vec![Command::Inspect(look)];
                }
            }
            (_, Outcome::FacesFound(found)) => file.faces = Some(found),
            (JobKind::Look, Outcome::Failed(err)) => {
                let text = format!("Could not look for faces: {err}");
                tracing::error!(target: "seam_app", "{text}");
                file.warnings.push(text);
            }
            (_, Outcome::Analyzed(analysis)) => {
                file.analysis = AnalysisState::Done(analysis);
            }
            (JobKind::Intake, Outcome::Failed(err)) => {
                let text = err.to_string();
                tracing::error!(target: "seam_app", "{text}");
                file.intake = Intake::Failed(text);
                if let AnalysisState::Running(job) = file.analysis {
                    return vec![Command::CancelJob(job)];
                }
            }
            (JobKind::Intake, Outcome::Cancelled) => {
                file.intake = Intake::Failed("Reading was cancelled".to_owned());
            }
            (JobKind::Analysis, Outcome::Failed(err)) => {
                let text = err.to_string();
                tracing::error!(target: "seam_app", "{text}");
                file.analysis = AnalysisState::Failed(text);
            }
            (JobKind::Analysis, Outcome::Cancelled) => {
                file.analysis = AnalysisState::Cancelled;
            }
            (
                JobKind::Look
                | JobKind::Queue
                | JobKind::Carry
                | JobKind::Retrain
                | JobKind::Training
                | JobKind::ForgePeople
                | JobKind::LookAtData
                | JobKind::ImportData
                | JobKind::Forge
                | JobKind::Evaluate
                | JobKind::SelfTest
                | JobKind::ImportWeights,
                _,
            )
            | (
                _,
                Outcome::Trained(_)
                | Outcome::Forged { .. }
                | Outcome::Imported { .. }
                | Outcome::DataSeen(_)
                | Outcome::Evaluated(_)
                | Outcome::Sampled(_)
                | Outcome::WeightsImported(_)
                | Outcome::SelfTested(_)
                | Outcome::MasksExported(_)
                | Outcome::MasksImported(_)
                | Outcome::Queued(_)
                | Outcome::Carried(_)
                | Outcome::Retrained(_),
            ) => {}
        }
        Vec::new()
    }
}

impl State {
    /// What a job works on.
    pub fn name_of_job<'a>(&'a self, job: &'a Job) -> &'a str {
        job.name
            .as_deref()
            .unwrap_or_else(|| self.job_name(job.file, job.kind))
    }

    fn job_name(&self, file: Option<FileId>, kind: JobKind) -> &str {
        match file {
            None if kind == JobKind::SelfTest => "models",
            None if kind == JobKind::ImportWeights => "weights",
            Some(file) => self
                .file(file)
                .map_or("a removed file", |file| file.name.as_str()),
            None => self
                .queue
                .open()
                .map_or("the annotations", |open| open.name.as_str()),
        }
    }
}

impl State {
    /// Work on annotations ended: what it wrote is read.
    fn folder_job_finished(&mut self, kind: JobKind, outcome: &Outcome) -> Vec<Command> {
        if let (JobKind::Queue | JobKind::Carry | JobKind::Retrain, Outcome::Failed(err)) =
            (kind, outcome)
        {
            let text = err.to_string();
            tracing::error!(target: "seam_app", "{text}");
            self.queue.notice = Some(text);
            return Vec::new();
        }
        match outcome {
            Outcome::Queued(queued) => {
                let dir = queued.folder.clone();
                vec![Command::Queue(QueueCommand::Open(dir))]
            }
            Outcome::Carried(carried) => {
                self.queue.notice = Some(carried_words(carried));
                vec![Command::Queue(QueueCommand::ReadAgain)]
            }
            Outcome::Retrained(round) => {
                self.queue.notice = Some(round.words.clone());
                // The new model draws the maps from now on.
                self.maps.round += 1;
                vec![Command::Queue(QueueCommand::ReadAgain)]
            }
            _ => Vec::new(),
        }
    }
}

/// How far a mask was carried, and how well it fits there.
fn carried_words(carried: &Carried) -> String {
    let flagged = carried.tasks.iter().filter(|task| task.is_flagged).count();
    let mut text = match carried.tasks.len() {
        0 => "The mask was carried to no frame".to_owned(),
        1 => "The mask was carried to 1 frame".to_owned(),
        num => format!("The mask was carried to {num} frames"),
    };
    if 0 < flagged {
        text.push_str(&format!("; on {flagged} of them it stopped fitting"));
    }
    if let Some(ended) = &carried.ended {
        text.push_str(&format!("; it went no further because {ended}"));
    }
    text
}

/// How a job ended, for the list, and whether that is a failure.
fn outcome_words(outcome: &Outcome) -> (String, bool) {
    match outcome {
        Outcome::Opened(_) => ("Read".to_owned(), false),
        Outcome::FacesFound(_) => ("Looked for faces".to_owned(), false),
        Outcome::Analyzed(_) => ("Analyzed".to_owned(), false),
        Outcome::Cancelled => ("Cancelled".to_owned(), false),
        Outcome::Failed(err) => (format!("Failed: {err}"), true),
        Outcome::Trained(_) => ("Trained".to_owned(), false),
        Outcome::Forged { .. } => ("Forged".to_owned(), false),
        Outcome::Imported { .. } => ("Imported".to_owned(), false),
        Outcome::DataSeen(_) => ("Looked through".to_owned(), false),
        Outcome::Evaluated(_) => ("Evaluated".to_owned(), false),
        Outcome::Sampled(_) => ("Drawn".to_owned(), false),
        Outcome::WeightsImported(_) => ("Weights imported".to_owned(), false),
        Outcome::SelfTested(_) => ("Models asked".to_owned(), false),
        Outcome::MasksExported(_) => ("Masks exported".to_owned(), false),
        Outcome::MasksImported(_) => ("Masks imported".to_owned(), false),
        Outcome::Queued(_) => ("Queued".to_owned(), false),
        Outcome::Carried(_) => ("Mask carried".to_owned(), false),
        Outcome::Retrained(_) => ("Retrained".to_owned(), false),
    }
}
