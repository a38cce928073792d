//! Loader threads: make batches ahead of the training, the same ones for the same seed and step.

use std::sync::Arc;

use crate::forge::addg::Draw;
use crate::forge::pristine::PristineFaces;
use crate::job::CancelToken;
use crate::train::{Batch, TrainError};

/// How batches are made.
#[derive(Clone, Debug)]
pub struct LoaderSettings {
    pub seed: u64,
    pub size_px: u32,
    pub batch_size: usize,
    pub first_step: u64,
    pub num_threads: usize,
}

/// Makes batches ahead on threads named `job-N-load-K`.
pub struct Loader {}

impl Loader {
    /// `draw` says which batch a step wants.
    pub fn start(
        name: &str,
        faces: Arc<PristineFaces>,
        settings: LoaderSettings,
        draw: impl Fn(u64) -> Draw + Send + Sync + 'static,
        cancel: CancelToken,
    ) -> std::io::Result<Self> {
        let _ = (name, faces, settings, draw, cancel);
        todo!("forge helper")
    }

    /// The batch of the next step, in order of steps. Blocks until it is made or the job is cancelled.
    pub fn next_batch(&mut self) -> Result<Batch, TrainError> {
        todo!("forge helper")
    }
}

/// A fixed validation batch for one category (half manipulated, half pristine), the same every time.
pub fn validation_batch(
    faces: &PristineFaces,
    settings: &LoaderSettings,
    category: u8,
    part: u64,
) -> Result<Batch, TrainError> {
    let _ = (faces, settings, category, part);
    todo!("forge helper")
}
