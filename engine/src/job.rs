//! Jobs: long work on its own named thread, which can be watched, rested and stopped.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// At most 20 progress reports a second leave a job.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(50);

/// Names one job for as long as the engine lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub(crate) u64);

/// Asks one job to stop, or to rest for a while. Clones share what was asked; a cancel is never taken back.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<Asked>);

/// What was asked of one job.
#[derive(Debug, Default)]
struct Asked {
    is_cancelled: AtomicBool,
    is_paused: Mutex<bool>,
    /// Told when a pause ends, and when the job is cancelled.
    changed: Condvar,
}

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
    /// The job came to rest, as it was asked to, or goes on again.
    Paused(bool),
}

/// What a running job is given: a way to tell, and a way to be stopped.
pub struct JobContext {
    cancel: CancelToken,
    tell: Box<dyn Fn(Signal) + Send>,
    last_progress: Option<(&'static str, Instant)>,
    rested: Cell<Duration>,
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
            rested: Cell::new(Duration::ZERO),
        }
    }

    /// For tests and scripts: nobody listens and nobody cancels.
    pub fn detached() -> Self {
        Self::new(CancelToken::default(), |_| ())
    }

    /// Reports progress; waits while the job is paused, and stops it if it was cancelled. Call it once per
    /// frame or step.
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

    /// Waits while the job is paused, stops it if it was cancelled, and reports no progress.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.cancel.is_paused() && !self.cancel.is_cancelled() {
            let begun = Instant::now();
            (self.tell)(Signal::Paused(true));
            self.cancel.wait_while_paused();
            self.rested.set(self.rested.get() + begun.elapsed());
            (self.tell)(Signal::Paused(false));
        }
        if self.cancel.is_cancelled() {
            return Err(Cancelled);
        }
        Ok(())
    }

    /// How long the job has rested so far, in all its pauses.
    pub fn rested(&self) -> Duration {
        self.rested.get()
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
    /// Ends a pause too.
    pub fn cancel(&self) {
        // Under the lock, so that no job that is about to wait misses it.
        let _paused = self.paused();
        self.0.is_cancelled.store(true, Ordering::Relaxed);
        self.0.changed.notify_all();
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled.load(Ordering::Relaxed)
    }

    /// Asks the job to rest, from its next tick on.
    pub fn pause(&self) {
        *self.paused() = true;
    }

    /// Ends a pause.
    pub fn go_on(&self) {
        *self.paused() = false;
        self.0.changed.notify_all();
    }

    pub fn is_paused(&self) -> bool {
        *self.paused()
    }

    /// Blocks until the pause ends or the job is cancelled.
    fn wait_while_paused(&self) {
        let waits = |paused: &mut bool| *paused && !self.is_cancelled();
        let waited = self.0.changed.wait_while(self.paused(), waits);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    /// Nothing panics while it holds the lock; a flag would be whole even then.
    fn paused(&self) -> MutexGuard<'_, bool> {
        let is_paused = &self.0.is_paused;
        is_paused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    const LIMIT: Duration = Duration::from_secs(20);

    /// A job on its own thread that ticks until it is stopped, and gives how it ended; its signals arrive in order.
    fn ticking(
        token: &CancelToken,
    ) -> (
        crossbeam_channel::Receiver<Signal>,
        thread::JoinHandle<(Cancelled, Duration)>,
    ) {
        let (sender, told) = crossbeam_channel::bounded(1024);
        let mut job = JobContext::new(token.clone(), move |signal| {
            if matches!(signal, Signal::Paused(_)) {
                sender.send(signal).ok();
            }
        });
        let begun = Instant::now();
        let work = move || {
            for done in 0.. {
                assert!(begun.elapsed() < LIMIT, "nobody stopped the job");
                if let Err(cancelled) = job.tick("Counting", done, None) {
                    return (cancelled, job.rested());
                }
            }
            unreachable!("it counts for ever");
        };
        let named = thread::Builder::new().name("job-test".to_owned());
        (told, named.spawn(work).unwrap())
    }

    #[test]
    fn a_paused_job_rests_until_it_is_told_to_go_on() {
        let token = CancelToken::default();
        token.pause();
        assert!(token.is_paused());
        let (told, job) = ticking(&token);
        assert_eq!(told.recv_timeout(LIMIT), Ok(Signal::Paused(true)));
        let rest = Duration::from_millis(30);
        // It says nothing while it rests.
        assert!(told.recv_timeout(rest).is_err());
        token.go_on();
        assert_eq!(told.recv_timeout(LIMIT), Ok(Signal::Paused(false)));
        token.cancel();
        let (_, rested) = job.join().unwrap();
        assert!(rest <= rested && rested < LIMIT, "{rested:?}");
    }

    #[test]
    fn a_cancel_ends_a_pause() {
        let token = CancelToken::default();
        token.pause();
        let (told, job) = ticking(&token);
        assert_eq!(told.recv_timeout(LIMIT), Ok(Signal::Paused(true)));
        token.cancel();
        assert_eq!(job.join().unwrap().0, Cancelled);
        // A job that was cancelled before does not even come to rest.
        let (told, job) = ticking(&token);
        assert_eq!(job.join().unwrap(), (Cancelled, Duration::ZERO));
        assert!(told.try_recv().is_err());
    }

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
