//! Steps a window until something is so: for the tests that use whole windows.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use egui_kittest::Harness;

/// Steps until it holds, for `limit` at most; `what` says what was waited for.
#[track_caller]
pub fn step_until<S>(
    harness: &mut Harness<'_, S>,
    limit: Duration,
    what: impl Debug,
    holds: impl Fn(&Harness<'_, S>) -> bool,
) {
    let start = Instant::now();
    while !holds(harness) {
        assert!(start.elapsed() < limit, "no {what:?} after {limit:?}");
        harness.step();
        std::thread::sleep(Duration::from_millis(5));
    }
}
