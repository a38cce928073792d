//! Where only the newest counts: a slot for previews, and a worker for which a new request replaces
//! the one still waiting.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

/// A slot that keeps only the newest value. Shared by one writer and any number of readers.
#[derive(Debug)]
pub struct Latest<T>(Arc<Mutex<Option<Arc<T>>>>);

/// A named thread that works on the newest request and forgets the older ones.
///
/// Dropping it ends the thread after the request in hand, without waiting for it.
pub struct LatestWorker<R> {
    inbox: Arc<Inbox<R>>,
}

struct Inbox<R> {
    state: Mutex<InboxState<R>>,
    changed: Condvar,
}

struct InboxState<R> {
    waiting: Option<R>,
    is_closed: bool,
}

impl<T> Clone for Latest<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Latest<T> {
    pub fn set(&self, value: T) {
        self.set_shared(Arc::new(value));
    }

    /// Like [`Self::set`], for a value that is shared already.
    pub fn set_shared(&self, value: Arc<T>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }

    pub fn get(&self) -> Option<Arc<T>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl<R: Send + 'static> LatestWorker<R> {
    /// Starts the thread; `work` is called on it, once per request that was still the newest.
    pub fn spawn(name: &str, work: impl FnMut(R) + Send + 'static) -> std::io::Result<Self> {
        Self::spawn_made(name, move || work)
    }

    /// Like [`Self::spawn`], for work that must stay on its thread: `make` is called there, once.
    pub fn spawn_made<W: FnMut(R)>(
        name: &str,
        make: impl FnOnce() -> W + Send + 'static,
    ) -> std::io::Result<Self> {
        let inbox = Arc::new(Inbox {
            state: Mutex::new(InboxState {
                waiting: None,
                is_closed: false,
            }),
            changed: Condvar::new(),
        });
        let outbox = Arc::clone(&inbox);
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                let mut work = make();
                while let Some(request) = outbox.next() {
                    work(request);
                }
            })?;
        Ok(Self { inbox })
    }

    /// Replaces the request that waits. Never blocks for the work.
    pub fn request(&self, request: R) {
        self.inbox.update(|state| state.waiting = Some(request));
    }
}

impl<R> Inbox<R> {
    fn update(&self, change: impl FnOnce(&mut InboxState<R>)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_one();
    }

    /// `None` when the worker was dropped.
    fn next(&self) -> Option<R> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if state.is_closed {
                return None;
            }
            if let Some(request) = state.waiting.take() {
                return Some(request);
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<R> Drop for LatestWorker<R> {
    fn drop(&mut self) {
        self.inbox.update(|state| state.is_closed = true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_slot_holds_the_newest_value() {
        let slot = Latest::default();
        assert!(slot.get().is_none());
        slot.set(1);
        slot.set(2);
        assert_eq!(slot.get().as_deref(), Some(&2));
    }

    #[test]
    fn a_new_request_replaces_the_waiting_one() {
        let (started_tx, started_rx) = crossbeam_channel::bounded(8);
        let (go_tx, go_rx) = crossbeam_channel::bounded::<()>(8);
        let worker = LatestWorker::spawn("test-worker", move |request: u32| {
            started_tx.send(request).unwrap();
            go_rx.recv().ok();
        })
        .unwrap();
        let limit = Duration::from_secs(10);
        worker.request(1);
        assert_eq!(started_rx.recv_timeout(limit), Ok(1));
        worker.request(2);
        worker.request(3);
        go_tx.send(()).unwrap();
        assert_eq!(started_rx.recv_timeout(limit), Ok(3));
        go_tx.send(()).unwrap();
    }
}
