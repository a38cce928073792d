//! The handle a front end holds: give it requests, poll it for events. The only file that knows every job.

mod error;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender};

use crate::analysis::intake::{self, FacesFound, IntakeSettings};
use crate::analysis::{Analysis, Partial, ScanSettings, scan};
use crate::annotate::carry::{self, Carried, CarrySettings};
use crate::annotate::queue::{self, QueueSettings, Queued};
use crate::annotate::round::{self, RoundSettings};
use crate::annotate::{
    ExportSettings, Exported, ImportMasksSettings, ImportedMasks, export, import,
};
use crate::data::annotations::Round;
use crate::data::import::{ImportReport, ImportSettings, import_to_file};
use crate::data::overview::{self, Overview};
use crate::detectors::library::{ImportWeightsSettings, ImportedWeights, WeightsLibrary};
use crate::eval::{self, EvalError, EvalSettings, Evaluated, TrainWish};
use crate::forge::ForgeSettings;
use crate::job::{CancelToken, JobContext, JobId, Signal, panic_message};
use crate::media::probe;
use crate::media::{MediaHash, MediaInfo, hash};
use crate::methods::self_test::{self, SelfTestSettings, TestedModel};
use crate::train::samples::{self, SampleSettings};
use crate::train::{TrainError, TrainEvent, TrainSettings, checkpoint, run as training};

pub use error::JobError;

/// Events that may wait for the front end. A job that tells more waits for its turn.
const MAX_WAITING_EVENTS: usize = 1024;

/// Owns all background work. Dropping it asks every job to stop and waits for none.
pub struct Engine {
    next_id: u64,
    running: BTreeMap<JobId, CancelToken>,
    events_tx: Sender<Event>,
    events_rx: Receiver<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

/// Work to do.
#[derive(Clone, Debug)]
pub enum Request {
    /// Hash and probe one file.
    Open {
        path: PathBuf,
    },
    /// Find the faces of one file and judge their quality; nothing is scored.
    LookForFaces(IntakeSettings),
    Analyze(ScanSettings),
    Train(TrainSettings),
    Forge(ForgeSettings),
    /// Turn a dataset on disk into a manifest.
    ImportData(ImportSettings),
    /// Look through a manifest, or a folder with one: counts, splits, what is missing, small pictures.
    LookAtData {
        path: PathBuf,
    },
    Evaluate(EvalSettings),
    /// Take over weights that others trained.
    ImportWeights(ImportWeightsSettings),
    /// Ask models for the answers that their cards know.
    SelfTest(SelfTestSettings),
    /// Draw faces from a density model.
    Sample(SampleSettings),
    /// Put faces of a manifest into a folder of annotations, for a person to mark.
    Queue(QueueSettings),
    /// Carry a finished mask to further frames.
    Carry(CarrySettings),
    /// Train a model on with the finished masks, and measure what that changed.
    Retrain(RoundSettings),
    /// Write the masks of annotations for other programs.
    ExportMasks(ExportSettings),
    /// Take masks of other programs into annotations.
    ImportMasks(ImportMasksSettings),
    #[cfg(test)]
    Panic,
}

/// Something a job told.
#[derive(Debug)]
pub struct Event {
    pub job: JobId,
    pub update: Update,
}

#[derive(Debug)]
pub enum Update {
    Signal(Signal),
    /// The file's hash, before the rest of an [`Request::Open`]: enough to show frames.
    Hashed(MediaHash),
    Train(TrainEvent),
    Partial(Partial),
    /// The last event of every job, exactly once.
    Finished(Outcome),
}

/// How a job ended.
#[derive(Debug)]
pub enum Outcome {
    Opened(Box<MediaInfo>),
    FacesFound(Box<FacesFound>),
    Analyzed(Box<Analysis>),
    /// The folder of the finished model.
    Trained(PathBuf),
    /// Examples written to the folder.
    Forged {
        examples: u64,
        out: PathBuf,
    },
    /// The manifest is written.
    Imported {
        report: Box<ImportReport>,
        out: PathBuf,
    },
    DataSeen(Box<Overview>),
    Evaluated(Box<Evaluated>),
    WeightsImported(Box<ImportedWeights>),
    /// Each model with its verdict.
    SelfTested(Vec<TestedModel>),
    /// The picture of the faces drawn.
    Sampled(PathBuf),
    Queued(Box<Queued>),
    Carried(Box<Carried>),
    Retrained(Box<Round>),
    MasksExported(Exported),
    /// What became of each mask of the file.
    MasksImported(Box<ImportedMasks>),
    Cancelled,
    Failed(JobError),
}

impl Engine {
    /// `wake` is called from job threads after every event, so that the front end comes and polls.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (events_tx, events_rx) = crossbeam_channel::bounded(MAX_WAITING_EVENTS);
        Self {
            next_id: 1,
            running: BTreeMap::new(),
            events_tx,
            events_rx,
            wake: Arc::new(wake),
        }
    }

    /// Starts the work on its own thread and returns at once.
    pub fn submit(&mut self, request: Request) -> std::io::Result<JobId> {
        let id = JobId(self.next_id);
        self.next_id += 1;
        let cancel = CancelToken::default();
        let outbox = Outbox {
            job: id,
            events: self.events_tx.clone(),
            wake: Arc::clone(&self.wake),
        };
        let signals = outbox.clone();
        let mut job = JobContext::new(cancel.clone(), move |signal| {
            signals.send(Update::Signal(signal));
        });
        thread::Builder::new()
            .name(format!("job-{}", id.0))
            .spawn(move || {
                let result = catch_unwind(AssertUnwindSafe(|| run(request, &mut job, &outbox)));
                outbox.send(Update::Finished(outcome_of(result)));
            })?;
        self.running.insert(id, cancel);
        Ok(id)
    }

    pub fn cancel(&self, job: JobId) {
        if let Some(token) = self.running.get(&job) {
            token.cancel();
        }
    }

    /// Lets a job rest from its next tick on, until [`Self::go_on`] or [`Self::cancel`].
    pub fn pause(&self, job: JobId) {
        if let Some(token) = self.running.get(&job) {
            token.pause();
        }
    }

    /// Ends a job's rest.
    pub fn go_on(&self, job: JobId) {
        if let Some(token) = self.running.get(&job) {
            token.go_on();
        }
    }

    pub fn is_idle(&self) -> bool {
        self.running.is_empty()
    }

    /// Everything that happened since the last call. Never blocks.
    pub fn poll(&mut self) -> Vec<Event> {
        let events: Vec<Event> = self.events_rx.try_iter().collect();
        for event in &events {
            if matches!(event.update, Update::Finished(_)) {
                self.running.remove(&event.job);
            }
        }
        events
    }

    /// Waits for the next event: for programs without a window. `None` when no job runs.
    pub fn wait(&mut self) -> Option<Event> {
        if self.running.is_empty() {
            return self.events_rx.try_recv().ok();
        }
        let event = self.events_rx.recv().ok()?;
        if matches!(event.update, Update::Finished(_)) {
            self.running.remove(&event.job);
        }
        Some(event)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        for token in self.running.values() {
            token.cancel();
        }
    }
}

fn run(request: Request, job: &mut JobContext, outbox: &Outbox) -> Result<Outcome, JobError> {
    match request {
        Request::Open { path } => {
            let media = hash::hash_file::<JobError>(&path, |done, total| {
                Ok(job.tick("Hashing", done, Some(total))?)
            })?;
            outbox.send(Update::Hashed(media));
            let info = probe::probe(&path, media, job)?;
            Ok(Outcome::Opened(Box::new(info)))
        }
        Request::LookForFaces(settings) => {
            let tell = |partial| outbox.send(Update::Partial(partial));
            let found = intake::find_faces(&settings, job, &tell)?;
            Ok(Outcome::FacesFound(Box::new(found)))
        }
        Request::Analyze(settings) => {
            let analysis = scan::scan(&settings, job, &|partial| {
                outbox.send(Update::Partial(partial));
            })?;
            Ok(Outcome::Analyzed(Box::new(analysis)))
        }
        Request::Train(settings) => {
            let model = training::train(&settings, job, &|event| {
                outbox.send(Update::Train(event));
            })?;
            Ok(Outcome::Trained(model))
        }
        Request::Forge(settings) => {
            let examples = crate::forge::forge(&settings, job)?;
            Ok(Outcome::Forged {
                examples,
                out: settings.out,
            })
        }
        Request::ImportData(settings) => {
            let report = import_to_file(&settings, job)?;
            Ok(Outcome::Imported {
                report: Box::new(report),
                out: settings.out,
            })
        }
        Request::ImportWeights(wish) => {
            job.tick("Reading weights", 0, None)?;
            let imported = WeightsLibrary::of_user()?.import_as(&wish)?;
            Ok(Outcome::WeightsImported(Box::new(imported)))
        }
        Request::SelfTest(settings) => {
            let tested = self_test::run_as_asked(&settings, job)?;
            Ok(Outcome::SelfTested(tested))
        }
        Request::LookAtData { path } => {
            Ok(Outcome::DataSeen(Box::new(overview::look(&path, job)?)))
        }
        Request::Sample(settings) => Ok(Outcome::Sampled(samples::sample(&settings, job)?)),
        Request::Queue(settings) => Ok(Outcome::Queued(Box::new(queue::queue(&settings, job)?))),
        Request::Carry(settings) => Ok(Outcome::Carried(Box::new(carry::carry(&settings, job)?))),
        Request::Retrain(settings) => {
            let tell = |event| outbox.send(Update::Train(event));
            let round = round::retrain(&settings, job, &tell)?;
            Ok(Outcome::Retrained(Box::new(round)))
        }
        Request::ExportMasks(settings) => {
            Ok(Outcome::MasksExported(export::export(&settings, job)?))
        }
        Request::ImportMasks(settings) => {
            let imported = import::import(&settings, job)?;
            Ok(Outcome::MasksImported(Box::new(imported)))
        }
        Request::Evaluate(settings) => {
            let train = |wish: &TrainWish, job: &mut JobContext| train_for(wish, job, outbox);
            let evaluated = eval::evaluate(&settings, &train, job)?;
            Ok(Outcome::Evaluated(Box::new(evaluated)))
        }
        #[cfg(test)]
        Request::Panic => panic!("on purpose"),
    }
}

/// A training inside an evaluation: told of like any other.
fn train_for(
    wish: &TrainWish,
    job: &mut JobContext,
    outbox: &Outbox,
) -> Result<PathBuf, EvalError> {
    let config = (!wish.overrides.is_empty()).then(|| {
        let path = wish.out.with_extension("toml");
        let written = std::fs::write(&path, wish.overrides.to_string());
        written
            .map(|()| path.clone())
            .map_err(|source| EvalError::Write { path, source })
    });
    let reason = |err: TrainError| match err {
        TrainError::Cancelled(err) => EvalError::Cancelled(err),
        err => EvalError::Train {
            reason: err.to_string(),
        },
    };
    let has_checkpoint = checkpoint::newest(&wish.out).map_err(reason)?.is_some();
    let settings = TrainSettings {
        method: wish.method.clone(),
        data: wish.manifest.clone(),
        out: wish.out.clone(),
        preset: wish.preset.clone(),
        config: config.transpose()?,
        seed: Some(wish.seed),
        init: wish.init.clone(),
        masks: None,
        device: wish.device,
        resume: wish.goes_on && has_checkpoint,
        landmark_model: wish.landmark_model.clone(),
    };
    let trained = training::train(&settings, job, &|event| {
        outbox.send(Update::Train(event));
    });
    trained.map_err(reason)
}

/// Cancelled is an outcome, wherever in the work it was noticed.
fn outcome_of(result: thread::Result<Result<Outcome, JobError>>) -> Outcome {
    match result {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(err)) if err.is_cancelled() => Outcome::Cancelled,
        Ok(Err(err)) => Outcome::Failed(err),
        Err(payload) => Outcome::Failed(JobError::Panicked {
            message: panic_message(payload.as_ref()).to_owned(),
        }),
    }
}

/// Where one job puts what it has to tell.
#[derive(Clone)]
struct Outbox {
    job: JobId,
    events: Sender<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Outbox {
    fn send(&self, update: Update) {
        let event = Event {
            job: self.job,
            update,
        };
        // Fails only when the engine is gone, and then nobody listens.
        self.events.send(event).ok();
        (self.wake)();
    }
}

#[cfg(test)]
mod tests;
