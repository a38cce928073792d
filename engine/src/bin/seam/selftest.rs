//! `seam selftest`.

use std::path::PathBuf;

use clap::Args;
use seam_engine::detectors::known_answer::TOLERANCE;
use seam_engine::device::Preference;
use seam_engine::engine::JobError;
use seam_engine::methods::self_test::{SelfTestError, SelfTestSettings, TestedModel, Verdict};
use seam_engine::methods::shelf;
use seam_engine::{Outcome, Request};

use crate::{EXIT_NO_CHECK, EXIT_USAGE, Failure, jobs, print};

#[derive(Args)]
pub struct SelfTestOptions {
    /// Model folders, folders with models or folders of runs; without, every model that the program finds by itself
    models: Vec<PathBuf>,
    /// auto, cpu, wgpu or cuda:N
    #[arg(long, default_value = "auto")]
    device: Preference,
    /// Print every verdict as JSON
    #[arg(long)]
    json: bool,
}

/// One that has drifted or failed.
const EXIT_NOT_PASSED: u8 = 1;

pub fn run(options: &SelfTestOptions) -> Result<u8, Failure> {
    let mut models = Vec::new();
    for folder in &options.models {
        let found = shelf::model_dirs(folder);
        if found.is_empty() {
            let text = format!("There is no model\nFolder: {folder:?}");
            return Err(Failure::new(EXIT_USAGE, text));
        }
        models.extend(found);
    }
    let settings = SelfTestSettings {
        models,
        device: options.device,
    };
    let tested = match jobs::run(Request::SelfTest(settings), "selftest", |_, _| ())? {
        Outcome::SelfTested(tested) => tested,
        Outcome::Failed(err) => {
            let code = match &err {
                JobError::SelfTest(SelfTestError::Device(_)) => EXIT_USAGE,
                _ => 1,
            };
            return Err(Failure::new(code, err));
        }
        outcome => return Err(Failure::new(1, format!("Unexpected end: {outcome:?}"))),
    };
    if options.json {
        print_json(&tested)?;
    } else {
        for model in &tested {
            print(&line(model))?;
        }
    }
    if tested.is_empty() {
        return Err(Failure::new(EXIT_NO_CHECK, "There is no model to ask"));
    }
    let all_passed = tested.iter().all(|model| model.verdict.is_passed());
    Ok(if all_passed { 0 } else { EXIT_NOT_PASSED })
}

/// `passed    did-laptop            differs by 0.00001 at most, 1.2 s`.
fn line(model: &TestedModel) -> String {
    let name = shelf::name_of(&model.dir);
    let seconds = model.seconds;
    match &model.verdict {
        Verdict::Passed { difference } => format!(
            "passed    {name:<22} {} answers, differ by {difference:.6} at most ({TOLERANCE} is allowed), {seconds:.1} s",
            model.answers
        ),
        Verdict::Drifted { difference } => format!(
            "drifted   {name:<22} {} answers, differ by {difference:.6}; {TOLERANCE} is allowed",
            model.answers
        ),
        Verdict::Failed { reason } => format!("failed    {name:<22} {reason}"),
    }
}

fn print_json(tested: &[TestedModel]) -> Result<(), Failure> {
    let json = serde_json::json!({
        "schema": "seam-selftest/1",
        // As it is written, and not as the nearest f32.
        "tolerance": TOLERANCE.to_string().parse::<f64>().ok(),
        "models": tested,
    });
    let text = serde_json::to_string_pretty(&json).map_err(|err| Failure::new(1, err))?;
    print(&text)
}
