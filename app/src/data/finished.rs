//! What the end of a job on datasets makes of the state.

use std::sync::Arc;

use seam_engine::Outcome;
use seam_engine::data::{ImportReport, MANIFEST_FILE};
use seam_engine::job::JobId;

use crate::command::Command;
use crate::data::{DataCommand, Dataset, Datasets, Looked};
use crate::words;

impl Datasets {
    /// Takes in how a job ended, and gives the commands that follow.
    pub fn finished(&mut self, job: JobId, outcome: Outcome) -> Vec<Command> {
        if let Some(dataset) = self.looking(job) {
            dataset.looked = match outcome {
                Outcome::DataSeen(overview) => Looked::Seen(Arc::from(overview)),
                Outcome::Failed(err) => Looked::Failed(err.to_string()),
                _ => Looked::Failed("Looking through it was cancelled".to_owned()),
            };
            return Vec::new();
        }
        match outcome {
            Outcome::Imported { report, out } => {
                self.tell(import_words(&report), false);
                let path = self.add(&out);
                self.reports.insert(path.clone(), *report);
                vec![Command::Data(DataCommand::LookAgain(path))]
            }
            Outcome::Forged { examples, out } => {
                let examples = words::count(examples);
                let text = format!("{examples} examples were made in {}", out.display());
                self.tell(text, false);
                let path = self.add(&out.join(MANIFEST_FILE));
                vec![Command::Data(DataCommand::LookAgain(path))]
            }
            Outcome::Failed(err) => {
                self.tell(err.to_string(), true);
                Vec::new()
            }
            Outcome::Cancelled => {
                self.tell("Stopped; nothing was written", false);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn looking(&mut self, job: JobId) -> Option<&mut Dataset> {
        let mut known = self.known.iter_mut();
        known.find(|dataset| matches!(dataset.looked, Looked::Looking(own) if own == job))
    }
}

fn import_words(report: &ImportReport) -> String {
    let mut text = format!("{} items were imported", words::count(report.items as u64));
    if !report.missing.is_empty() {
        let missing = words::count(report.missing.len() as u64);
        text.push_str(&format!("; {missing} listed files are not on disk"));
    }
    let refused = report.num_refused();
    if 0 < refused {
        let refused = words::count(refused as u64);
        text.push_str(&format!("; {refused} items were left out"));
    }
    text
}
