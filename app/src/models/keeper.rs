//! Reads cards and hashes weights on the thread `model-shelf`, so that the window never waits for a disk. Lives in
//! `App`.

use std::path::PathBuf;

use crossbeam_channel::{Receiver, bounded};
use egui::Context;
use seam_engine::latest::LatestWorker;
use seam_engine::methods::shelf::{self, ShelfModel};

use crate::state::State;

/// Answers that may wait.
const MAX_ANSWERS: usize = 4;

pub struct Keeper {
    wishes: LatestWorker<Vec<PathBuf>>,
    answers: Receiver<Vec<ShelfModel>>,
}

impl Keeper {
    /// # Errors
    ///
    /// When the thread could not be started.
    pub fn new(ctx: &Context) -> std::io::Result<Self> {
        let (outbox, answers) = bounded(MAX_ANSWERS);
        let ctx = ctx.clone();
        let wishes = LatestWorker::spawn("model-shelf", move |folders: Vec<PathBuf>| {
            // Fails only when the window is gone.
            outbox.send(shelf::list(&folders)).ok();
            ctx.request_repaint();
        })?;
        Ok(Self { wishes, answers })
    }

    /// Reads the models of these folders, and those that the program finds by itself.
    pub fn read(&self, folders: Vec<PathBuf>) {
        self.wishes.request(folders);
    }

    /// Brings what was read to the list.
    pub fn update(&self, state: &mut State) {
        if let Some(models) = self.answers.try_iter().last() {
            state.models.take(models);
        }
    }
}
