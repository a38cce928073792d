//! Finds out which recent files are not where they were, on the thread `recent`: they may lie on a sleeping disk.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crossbeam_channel::{Receiver, bounded};
use egui::Context;
use seam_engine::latest::LatestWorker;

use crate::state::State;

/// Files are looked for again after so long, in seconds.
const INTERVAL_SECS: f64 = 30.0;

pub struct Recent {
    worker: LatestWorker<Vec<PathBuf>>,
    missing: Receiver<BTreeSet<PathBuf>>,
    asked: Option<(Vec<PathBuf>, f64)>,
}

impl Recent {
    /// # Errors
    ///
    /// When the thread could not be started.
    pub fn new(ctx: &Context) -> std::io::Result<Self> {
        let (tell, missing) = bounded(4);
        let ctx = ctx.clone();
        let worker = LatestWorker::spawn("recent", move |paths: Vec<PathBuf>| {
            let gone = paths.into_iter().filter(|path| !path.exists()).collect();
            // A full channel holds an answer that is nearly as new.
            tell.try_send(gone).ok();
            ctx.request_repaint();
        })?;
        Ok(Self {
            worker,
            missing,
            asked: None,
        })
    }

    /// Asks when the list changed or a while has passed. Never waits.
    pub fn update(&mut self, state: &mut State) {
        if let Some(missing) = self.missing.try_iter().last() {
            state.shell.missing = missing;
        }
        let now = state.now_secs;
        let recent = &state.settings.recent;
        let is_known = self
            .asked
            .as_ref()
            .is_some_and(|(paths, at)| paths == recent && now < at + INTERVAL_SECS);
        if !is_known && !recent.is_empty() {
            self.asked = Some((recent.clone(), now));
            self.worker.request(recent.clone());
        }
    }
}
