//! Jobs end as they should, however they end.

use super::*;
use std::time::{Duration, Instant};

fn outcome_of(request: Request, cancel: bool) -> Outcome {
    let mut engine = Engine::new(|| ());
    let job = engine.submit(request).unwrap();
    if cancel {
        engine.cancel(job);
    }
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(30) {
        for event in engine.poll() {
            if let Update::Finished(outcome) = event.update {
                assert!(engine.is_idle());
                return outcome;
            }
        }
        thread::sleep(Duration::from_millis(2));
    }
    panic!("the job did not end");
}

#[test]
fn survives_a_panic() {
    let outcome = outcome_of(Request::Panic, false);
    assert!(
        matches!(&outcome, Outcome::Failed(JobError::Panicked { message }) if message == "on purpose"),
        "{outcome:?}"
    );
}

#[test]
fn says_which_file_is_missing() {
    let path = PathBuf::from("no/such.mp4");
    for request in [
        Request::Open { path: path.clone() },
        Request::Analyze(ScanSettings::new(path)),
    ] {
        let Outcome::Failed(err) = outcome_of(request, false) else {
            panic!("a missing file was opened");
        };
        assert!(err.to_string().ends_with("File: \"no/such.mp4\""), "{err}");
    }
}

#[test]
fn a_cancelled_job_ends_as_cancelled() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), vec![0; 64 << 20]).unwrap();
    let path = file.path().to_owned();
    let outcome = outcome_of(Request::Open { path }, true);
    assert!(matches!(outcome, Outcome::Cancelled), "{outcome:?}");
}

#[test]
fn a_job_rests_and_goes_on_when_it_is_told_to() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), vec![0; 64 << 20]).unwrap();
    let mut engine = Engine::new(|| ());
    let path = file.path().to_owned();
    let job = engine.submit(Request::Open { path }).unwrap();
    engine.pause(job);
    let mut pauses = Vec::new();
    while let Some(event) = engine.wait() {
        match event.update {
            Update::Signal(Signal::Paused(is_paused)) => {
                pauses.push(is_paused);
                engine.go_on(job);
            }
            Update::Finished(outcome) => {
                assert!(matches!(outcome, Outcome::Failed(_)), "{outcome:?}");
            }
            _ => {}
        }
    }
    assert_eq!(pauses, [true, false]);
}
