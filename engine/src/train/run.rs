//! One training from start to end: the loop.

use std::path::PathBuf;

use crate::job::JobContext;
use crate::train::{TrainError, TrainEvent, TrainSettings};

/// Trains to the end or to the cancel; gives the folder of the finished model. A cancelled run
/// leaves a checkpoint to resume from.
pub fn train(
    settings: &TrainSettings,
    job: &mut JobContext,
    tell: &dyn Fn(TrainEvent),
) -> Result<PathBuf, TrainError> {
    let _ = (settings, job, tell);
    todo!("dadd helper")
}
