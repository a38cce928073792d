//! The program's log: to standard error, and into a ring that the log pane shows.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

/// Lines kept for the log pane.
const MAX_LINES: usize = 2000;

/// One line of the log.
#[derive(Clone, Debug)]
pub struct Line {
    /// Seconds since the program started.
    pub secs: f64,
    pub level: Level,
    pub text: String,
    /// Of this program, and not of a library.
    is_ours: bool,
}

/// The newest lines; clones share them.
#[derive(Clone, Debug)]
pub struct Ring {
    lines: Arc<Mutex<VecDeque<Line>>>,
    /// Lines that ever came.
    num: Arc<AtomicU64>,
    start: Instant,
}

impl Default for Ring {
    fn default() -> Self {
        Self {
            lines: Arc::default(),
            num: Arc::default(),
            start: Instant::now(),
        }
    }
}

impl Ring {
    /// Gives the newest lines, oldest first, to `read`.
    pub fn read<R>(&self, read: impl FnOnce(&VecDeque<Line>) -> R) -> R {
        read(&self.lines.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many lines there ever were, and the program's own errors among those after the first `num`.
    pub fn errors_since(&self, num: u64) -> (u64, Vec<String>) {
        let now = self.num.load(Ordering::Acquire);
        if now <= num {
            return (now, Vec::new());
        }
        let newer = usize::try_from(now - num).unwrap_or(MAX_LINES);
        let errors = self.read(|lines| {
            let from = lines.len().saturating_sub(newer);
            let errors = lines
                .range(from..)
                .filter(|line| line.is_ours && line.level == Level::ERROR);
            errors.map(|line| line.text.clone()).collect()
        });
        (now, errors)
    }

    fn push(&self, level: Level, text: String, is_ours: bool) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == MAX_LINES {
            lines.pop_front();
        }
        lines.push_back(Line {
            secs: self.start.elapsed().as_secs_f64(),
            level,
            text,
            is_ours,
        });
        self.num.fetch_add(1, Ordering::Release);
    }
}

impl<S: Subscriber> Layer<S> for Ring {
    fn on_event(&self, event: &Event<'_>, _ctx: Context<'_, S>) {
        let level = *event.metadata().level();
        let is_ours = event.metadata().target().starts_with("seam");
        // Libraries speak a lot; people want to know what this program does, and what went wrong.
        if level <= Level::WARN || (is_ours && level <= Level::INFO) {
            let mut text = Text::default();
            event.record(&mut text);
            self.push(level, text.0, is_ours);
        }
    }
}

/// Starts logging for the whole program. `RUST_LOG` chooses what goes to standard error.
///
/// # Errors
///
/// When a logger was started before.
pub fn start() -> Result<Ring, TryInitError> {
    let ring = Ring::default();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,seam_engine=info"));
    let stderr = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_filter(filter);
    tracing_subscriber::registry()
        .with(stderr)
        .with(ring.clone())
        .try_init()?;
    Ok(ring)
}

/// Joins the message of an event with its other fields.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let written = if field.name() == "message" {
            write!(self.0, "{value:?}")
        } else {
            write!(self.0, " {}={value:?}", field.name())
        };
        // Writing into a String does not fail.
        written.ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_keeps_the_newest_lines_with_their_fields() {
        let ring = Ring::default();
        let subscriber = tracing_subscriber::registry().with(ring.clone());
        tracing::subscriber::with_default(subscriber, || {
            for i in 0..MAX_LINES + 3 {
                tracing::info!(target: "seam_app", number = i, "line");
            }
            tracing::info!(target: "elsewhere", "chatter");
        });
        ring.read(|lines| {
            assert_eq!(lines.len(), MAX_LINES);
            assert_eq!(lines[0].text, "line number=3");
            assert_eq!(lines[0].level, Level::INFO);
        });
    }

    #[test]
    fn own_errors_are_told_once() {
        let ring = Ring::default();
        let subscriber = tracing_subscriber::registry().with(ring.clone());
        tracing::subscriber::with_default(subscriber, || {
            tracing::error!(target: "seam_app", "first");
            tracing::error!(target: "elsewhere", "chatter");
            let (num, errors) = ring.errors_since(0);
            assert_eq!(errors, ["first"]);
            tracing::error!(target: "seam_engine", "second");
            tracing::info!(target: "seam_app", "nothing wrong");
            let (num, errors) = ring.errors_since(num);
            assert_eq!(errors, ["second"]);
            assert!(ring.errors_since(num).1.is_empty());
        });
    }
}
