//! What the end of an evaluation makes of the state.

use std::sync::Arc;

use seam_engine::Outcome;
use seam_engine::job::JobId;

use crate::command::Command;
use crate::evaluation::{Evaluations, OpenEvaluation};

/// The record beside the page.
const RECORD_FILE: &str = "eval.json";

impl Evaluations {
    /// Takes in how an evaluation ended.
    pub fn finished(&mut self, job: JobId, outcome: Outcome) -> Vec<Command> {
        let Some(running) = self.running.take_if(|running| running.job == job) else {
            return Vec::new();
        };
        match outcome {
            Outcome::Evaluated(evaluated) => self.show(OpenEvaluation {
                record: evaluated.page.with_file_name(RECORD_FILE),
                data: running.data,
                evaluation: Arc::new(evaluated.evaluation),
            }),
            Outcome::Failed(err) => {
                self.error = Some(err.to_string());
                self.shows_form = true;
            }
            _ => {
                self.error = Some("Stopped before there was a result".to_owned());
                self.shows_form = true;
            }
        }
        Vec::new()
    }
}
