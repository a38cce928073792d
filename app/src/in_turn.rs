//! Work that a thread does wish by wish, each with its answer. Unlike with `LatestWorker`, no wish is forgotten.

use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};

/// Dropping it ends the thread after the wishes that wait.
pub struct InTurn<W, A> {
    wishes: Sender<W>,
    answers: Receiver<A>,
}

impl<W: Send + 'static, A: Send + 'static> InTurn<W, A> {
    /// Starts a thread of this name, where at most `max_waiting` wishes wait. `wake` is called from it after each
    /// answer.
    ///
    /// # Errors
    ///
    /// When no thread could be started.
    pub fn start(
        name: &str,
        max_waiting: usize,
        answer: impl Fn(W) -> A + Send + 'static,
        wake: impl Fn() + Send + 'static,
    ) -> std::io::Result<Self> {
        let (wishes, inbox) = bounded::<W>(max_waiting);
        let (outbox, answers) = bounded(max_waiting);
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                for wish in inbox {
                    if outbox.send(answer(wish)).is_err() {
                        return;
                    }
                    wake();
                }
            })?;
        Ok(Self { wishes, answers })
    }

    /// Never waits; `false` where too many wishes wait already.
    pub fn ask(&self, wish: W) -> bool {
        self.wishes.try_send(wish).is_ok()
    }

    /// For a wish that is made elsewhere later.
    pub fn wishes(&self) -> Sender<W> {
        self.wishes.clone()
    }

    /// What was answered since the last call.
    pub fn answers(&self) -> impl Iterator<Item = A> {
        self.answers.try_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wish_is_answered_in_turn_and_too_many_are_refused() {
        let (open, gate) = bounded::<()>(0);
        let (told, woken) = bounded(8);
        let double = move |number: u32| {
            gate.recv().ok();
            2 * number
        };
        let wake = move || told.send(()).unwrap();
        let work = InTurn::start("test", 2, double, wake).unwrap();
        let taken: Vec<u32> = (1..=6).filter(|&number| work.ask(number)).collect();
        // One may be in hand beside those that wait.
        assert!((2..=3).contains(&taken.len()), "{taken:?}");
        for _ in &taken {
            open.send(()).unwrap();
            woken.recv().unwrap();
        }
        let doubled: Vec<u32> = taken.iter().map(|number| 2 * number).collect();
        assert_eq!(work.answers().collect::<Vec<_>>(), doubled);
    }
}
