//! Jobs: long work on its own named thread, which can be watched and stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// At most 20 progress reports a second leave a job.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(50);

/// Names one job for as long as the engine lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub(crate) u64);

/// Asks one job to stop. Clones share the flag; it is never set back.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

/// The job was asked to stop. An outcome, not a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Cancelled")]
pub struct Cancelled;

/// How far a job has come, in units of its current stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done, as shown to the user: "Decoding", "Following faces".
    pub stage: &'static str,
    pub done: u64,
    /// `None` while the amount of work is not known.
    pub total: Option<u64>,
}

/// What any job may tell while it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    Progress(Progress),
    /// Which part of a job of many begins, as shown to the user: "Training 3 of 12: LGSC, seed 1".
    Part(String),
    /// Something went wrong, and the job went on without it.
    Warning(String),
}

/// What a running job is given: a way to tell, and a way to be stopped.
pub struct JobContext {
    cancel: CancelToken,
    tell: Box<dyn Fn(Signal) + Send>,
    last_progress: Option<(&'static str, Instant)>,
}

/// What a caught panic said.
pub fn panic_message(payload: &(dyn std::any::Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

impl JobId {
    /// The number in the job's thread names and in the log.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl JobContext {
    pub fn new(cancel: CancelToken, tell: impl Fn(Signal) + Send + 'static) -> Self {
        Self {
            cancel,
            tell: Box::new(tell),
            last_progress: None,
        }
    }

    /// For tests and scripts: nobody listens and nobody cancels.
    pub fn detached() -> Self {
        Self::new(CancelToken::default(), |_| ())
    }

    /// Reports progress, and stops the job if it was cancelled. Call it once per frame or step.
    ///
    /// Reports are thinned to 20 a second; the first and the last of a stage always leave.
    pub fn tick(
        &mut self,
        stage: &'static str,
        done: u64,
        total: Option<u64>,
    ) -> Result<(), Cancelled> {
        self.check()?;
        let is_due = self
            .last_progress
            .is_none_or(|(last, at)| last != stage || PROGRESS_INTERVAL <= at.elapsed());
        if is_due || total == Some(done) {
            self.last_progress = Some((stage, Instant::now()));
            (self.tell)(Signal::Progress(Progress { stage, done, total }));
        }
        Ok(())
    }

    /// Stops the job if it was cancelled, and reports nothing.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.cancel.is_cancelled() {
            return Err(Cancelled);
        }
        Ok(())
    }

    /// Tells which part of a job of many begins.
    pub fn part(&self, text: impl Into<String>) {
        (self.tell)(Signal::Part(text.into()));
    }

    pub fn warn(&self, text: impl Into<String>) {
        (self.tell)(Signal::Warning(text.into()));
    }

    /// For helper threads of this job, which stop with it.
    pub fn cancel_token(&self) -> CancelToken {
        self.cancel.clone()
    }
}

impl CancelToken {
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn a_cancelled_job_stops_at_its_next_tick() {
        let token = CancelToken::default();
        let mut job = JobContext::new(token.clone(), |_| ());
        assert_eq!(job.tick("Counting", 1, None), Ok(()));
        token.cancel();
        assert_eq!(job.tick("Counting", 2, None), Err(Cancelled));
    }

    #[test]
    fn the_last_tick_of_a_stage_is_always_told() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&told);
        let mut job = JobContext::new(CancelToken::default(), move |signal| {
            sink.lock().unwrap().push(signal);
        });
        for done in 1..=100 {
            job.tick("Counting", done, Some(100)).unwrap();
        }
        let told = told.lock().unwrap();
        assert!(told.len() < 50, "{} reports", told.len());
        assert!(
            matches!(told.last(), Some(Signal::Progress(progress)) if progress.done == 100),
            "{told:?}"
        );
    }
}
