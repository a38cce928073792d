//! Loader threads: make batches ahead of the training, the same ones for the same seed and step.

mod labelled;
mod made_up;
mod source;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::job::{CancelToken, Cancelled, panic_message};
use crate::train::{Batch, TrainError};
use crossbeam_channel::{Receiver, SendTimeoutError, Sender};

pub use labelled::{batch_as_is, read_face, validation_batches};
pub use made_up::validation_batch;
pub use source::Source;

/// Batches that wait to be taken, over all threads.
const MAX_WAITING: usize = 4;

/// How often a thread with a batch that nobody takes looks whether the job was cancelled.
const CANCEL_INTERVAL: Duration = Duration::from_millis(50);

/// How batches are made.
#[derive(Clone, Debug)]
pub struct LoaderSettings {
    pub seed: u64,
    pub size_px: u32,
    pub batch_size: usize,
    pub first_step: u64,
    pub num_threads: usize,
}

impl LoaderSettings {
    /// With room for a batch.
    fn empty_batch(&self) -> Batch {
        Batch::empty(self.size_px, self.batch_size)
    }
}

/// Makes batches ahead on threads named `job-N-load-K`. Thread K of n makes every n-th batch, so that
/// batches come in order of their steps, and each is the same whatever the number of threads.
///
/// Dropping it, or cancelling the job, ends the threads; nobody waits for them.
pub struct Loader {
    lanes: Vec<Receiver<Result<Batch, String>>>,
    num_taken: usize,
    cancel: CancelToken,
}

impl Loader {
    /// `name` is that of the job, as in `job-3`. Fails where no batch can be made of the faces, and
    /// where no thread can be started.
    pub fn start(
        name: &str,
        source: Source,
        settings: LoaderSettings,
        cancel: CancelToken,
    ) -> io::Result<Self> {
        // Said here, where it can be shown, and not on each thread.
        source
            .maker(&settings)
            .map_err(|err| io::Error::new(io::ErrorKind::InvalidInput, err))?;
        let num_threads = settings.num_threads.max(1);
        let shared = Arc::new(Shared {
            source,
            settings,
            cancel: cancel.clone(),
        });
        let mut lanes = Vec::with_capacity(num_threads);
        for lane in 0..num_threads {
            // More threads than places: each then waits with its batch in hand.
            let (sender, receiver) = crossbeam_channel::bounded(MAX_WAITING / num_threads);
            lanes.push(receiver);
            let shared = Arc::clone(&shared);
            let first = shared.settings.first_step + lane as u64;
            thread::Builder::new()
                .name(format!("{name}-load-{lane}"))
                .spawn(move || shared.make_batches(first, num_threads as u64, &sender))?;
        }
        Ok(Self {
            lanes,
            num_taken: 0,
            cancel,
        })
    }

    /// The batch of the next step, in order of steps. Blocks until it is made or the job is cancelled.
    pub fn next_batch(&mut self) -> Result<Batch, TrainError> {
        let lane = &self.lanes[self.num_taken % self.lanes.len()];
        if self.cancel.is_cancelled() {
            return Err(Cancelled.into());
        }
        match lane.recv() {
            Ok(Ok(batch)) => {
                self.num_taken += 1;
                Ok(batch)
            }
            Ok(Err(detail)) => Err(TrainError::Loader { detail }),
            Err(_) if self.cancel.is_cancelled() => Err(Cancelled.into()),
            Err(_) => Err(TrainError::Loader {
                detail: "a loader thread has ended".to_owned(),
            }),
        }
    }
}

/// What all threads of a loader share.
struct Shared {
    source: Source,
    settings: LoaderSettings,
    cancel: CancelToken,
}

impl Shared {
    /// One thread: makes every `stride`-th batch until nobody wants more.
    fn make_batches(&self, first: u64, stride: u64, sender: &Sender<Result<Batch, String>>) {
        let Ok(mut maker) = self.source.maker(&self.settings) else {
            // `start` has checked this; else the consumer sees a thread that has ended.
            return;
        };
        let mut step = first;
        loop {
            let made = catch_unwind(AssertUnwindSafe(|| maker.batch(step, &self.cancel)));
            let message = match made {
                Ok(Ok(Some(batch))) => Ok(batch),
                Ok(Ok(None)) => return,
                Ok(Err(reason)) => Err(reason),
                Err(payload) => Err(format!(
                    "a loader thread panicked: {}",
                    panic_message(payload.as_ref())
                )),
            };
            let is_last = message.is_err();
            if !self.send(message, sender) || is_last {
                return;
            }
            step += stride;
        }
    }

    /// Whether somebody still wants batches.
    fn send(
        &self,
        mut message: Result<Batch, String>,
        sender: &Sender<Result<Batch, String>>,
    ) -> bool {
        loop {
            match sender.send_timeout(message, CANCEL_INTERVAL) {
                Ok(()) => return true,
                Err(SendTimeoutError::Disconnected(_)) => return false,
                Err(SendTimeoutError::Timeout(_)) if self.cancel.is_cancelled() => return false,
                Err(SendTimeoutError::Timeout(unsent)) => message = unsent,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::addg::Draw;
    use crate::forge::pristine::PristineFaces;
    use crate::forge::synthetic;
    use std::time::Instant;

    const SETTINGS: LoaderSettings = LoaderSettings {
        seed: 5,
        size_px: 32,
        batch_size: 6,
        first_step: 0,
        num_threads: 1,
    };

    fn draw(step: u64) -> Draw {
        if step.is_multiple_of(2) {
            Draw::Mixed
        } else {
            Draw::Category((step % 9) as u8)
        }
    }

    fn source(
        faces: &Arc<PristineFaces>,
        draw: impl Fn(u64) -> Draw + Send + Sync + 'static,
    ) -> Source {
        Source::MadeUp {
            faces: Arc::clone(faces),
            draw: Box::new(draw),
        }
    }

    fn start(settings: LoaderSettings, cancel: &CancelToken) -> Loader {
        let faces = Arc::new(synthetic::faces(4, 3, 48));
        Loader::start("job-0", source(&faces, draw), settings, cancel.clone()).unwrap()
    }

    fn batches(first_step: u64, num_threads: usize, count: usize) -> Vec<Batch> {
        let settings = LoaderSettings {
            first_step,
            num_threads,
            ..SETTINGS
        };
        let mut loader = start(settings, &CancelToken::default());
        (0..count).map(|_| loader.next_batch().unwrap()).collect()
    }

    #[test]
    fn batches_are_the_same_whatever_the_number_of_threads_and_the_first_step() {
        let alone = batches(0, 1, 14);
        assert_eq!(batches(0, 2, 14), alone);
        assert_eq!(batches(0, 7, 14), alone);
        assert_eq!(batches(5, 3, 9), alone[5..]);
        assert_ne!(alone[1].pixels, alone[3].pixels);
    }

    #[test]
    fn a_batch_is_half_manipulated_in_the_category_asked_for() {
        let batches = batches(0, 2, 4);
        for batch in &batches {
            assert_eq!(batch.pixels.len(), 6 * 3 * 32 * 32);
            assert_eq!(batch.labels, [1.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
            assert_eq!(batch.sources.len(), 6);
            assert!(
                batch.sources[0].contains(".mp4 frame "),
                "{:?}",
                batch.sources
            );
            for (label, category) in batch.labels.iter().zip(&batch.categories) {
                assert_eq!(*label == 1.0, category.is_some());
            }
        }
        assert_eq!(
            batches[3].categories,
            [Some(3), None, Some(3), None, Some(3), None]
        );
    }

    #[test]
    fn mixed_batches_hold_all_categories_in_time() {
        let settings = LoaderSettings {
            batch_size: 400,
            size_px: 16,
            ..SETTINGS
        };
        let batch = start(settings, &CancelToken::default())
            .next_batch()
            .unwrap();
        for category in 0..9 {
            let is_it = |drawn: &&Option<u8>| **drawn == Some(category);
            let count = batch.categories.iter().filter(is_it).count();
            assert!((5..50).contains(&count), "{category}: {count}");
        }
    }

    #[test]
    fn a_panicking_thread_gives_an_error_and_not_a_hang() {
        let faces = Arc::new(synthetic::faces(2, 2, 16));
        let draw = |step| {
            assert!(step != 2, "on purpose");
            Draw::Mixed
        };
        let settings = LoaderSettings {
            num_threads: 2,
            ..SETTINGS
        };
        let cancel = CancelToken::default();
        let mut loader = Loader::start("job-0", source(&faces, draw), settings, cancel).unwrap();
        assert!(loader.next_batch().is_ok() && loader.next_batch().is_ok());
        for wanted in ["on purpose", "has ended"] {
            let err = loader.next_batch().unwrap_err();
            assert!(matches!(err, TrainError::Loader { .. }));
            assert!(err.to_string().contains(wanted), "{err}");
        }
    }

    #[test]
    fn cancelling_and_dropping_end_the_threads() {
        let cancel = CancelToken::default();
        let faces = Arc::new(synthetic::faces(4, 3, 48));
        let settings = LoaderSettings {
            num_threads: 3,
            ..SETTINGS
        };
        let begin = || {
            let source = source(&faces, draw);
            Loader::start("job-0", source, settings.clone(), cancel.clone()).unwrap()
        };
        let ends = || {
            let begun = Instant::now();
            while 1 < Arc::strong_count(&faces) {
                assert!(
                    begun.elapsed() < Duration::from_secs(20),
                    "threads did not end"
                );
                thread::sleep(Duration::from_millis(2));
            }
        };
        drop(begin());
        ends();
        let mut loader = begin();
        loader.next_batch().unwrap();
        cancel.cancel();
        assert!(matches!(loader.next_batch(), Err(TrainError::Cancelled(_))));
        ends();
    }

    #[test]
    fn too_few_clips_are_refused_at_once() {
        let one = synthetic::faces(1, 5, 16);
        let err = validation_batch(&one, &SETTINGS, 0, 0).unwrap_err();
        assert!(err.to_string().contains("no other clip"), "{err}");
        let cancel = CancelToken::default();
        let source = source(&Arc::new(one), draw);
        let err = Loader::start("job-0", source, SETTINGS, cancel)
            .err()
            .unwrap();
        assert!(err.to_string().contains("no other clip"), "{err}");
    }
}
