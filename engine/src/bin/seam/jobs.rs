//! Runs one request to its end, with a progress bar and warnings on standard error.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use seam_engine::job::Signal;
use seam_engine::{Engine, Outcome, Request, Update};

use crate::Failure;

/// Gives the outcome; `hear` gets every other update, and the bar to print above.
pub fn run(
    request: Request,
    label: &str,
    mut hear: impl FnMut(Update, &ProgressBar),
) -> Result<Outcome, Failure> {
    let mut engine = Engine::new(|| ());
    engine
        .submit(request)
        .map_err(|err| Failure::new(1, format!("Could not start a thread: {err}")))?;
    let bar = ProgressBar::no_length().with_prefix(label.to_owned());
    bar.set_style(style("{prefix} {msg:18} {spinner} {pos}"));
    bar.enable_steady_tick(Duration::from_millis(200));
    while let Some(event) = engine.wait() {
        match event.update {
            Update::Signal(Signal::Progress(progress)) => {
                bar.set_message(progress.stage);
                if bar.length() != progress.total {
                    set_length(&bar, progress.total);
                }
                bar.set_position(progress.done);
            }
            Update::Signal(Signal::Part(text)) => say(&bar, &text),
            Update::Signal(Signal::Warning(text)) => say(&bar, &format!("Warning: {text}")),
            // Nobody can pause a job from here.
            Update::Signal(Signal::Paused(_)) => {}
            Update::Finished(outcome) => {
                bar.finish_and_clear();
                return Ok(outcome);
            }
            update => hear(update, &bar),
        }
    }
    Err(Failure::new(
        1,
        "The job ended without an outcome, which is a bug",
    ))
}

/// A line above the bar.
pub fn say(bar: &ProgressBar, line: &str) {
    bar.suspend(|| {
        use std::io::Write as _;
        // Nothing is left to do where standard error is closed.
        writeln!(std::io::stderr(), "{line}").ok();
    });
}

fn set_length(bar: &ProgressBar, total: Option<u64>) {
    match total {
        Some(total) => {
            bar.set_length(total);
            bar.set_style(style(
                "{prefix} {msg:18} [{bar:32}] {pos}/{len} {percent:>3}% {eta} left",
            ));
        }
        None => {
            bar.unset_length();
            bar.set_style(style("{prefix} {msg:18} {spinner} {pos}"));
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}
