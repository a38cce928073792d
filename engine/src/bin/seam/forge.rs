//! `seam forge`.

use std::path::PathBuf;

use clap::Args;
use seam_engine::engine::JobError;
use seam_engine::forge::{ForgeError, ForgeSettings};
use seam_engine::{Outcome, Request};

use crate::{EXIT_UNREADABLE, EXIT_USAGE, Failure, jobs, print};

#[derive(Args)]
pub struct ForgeOptions {
    /// What to make: addg, fwa or blended (single pictures)
    #[arg(long)]
    recipe: String,
    /// Folder of pristine clips
    #[arg(long)]
    from: PathBuf,
    /// Where the examples, masks, manifest and contact sheet go
    #[arg(long)]
    out: PathBuf,
    /// The same seed and clips give the same examples
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Examples of each technique
    #[arg(long, default_value_t = 16)]
    per_category: usize,
    /// dlib's 68-point landmark model, where it is not in its usual place
    #[arg(long)]
    landmarks: Option<PathBuf>,
}

pub fn run(options: &ForgeOptions) -> Result<u8, Failure> {
    let settings = ForgeSettings {
        recipe: options.recipe.clone(),
        from: options.from.clone(),
        out: options.out.clone(),
        seed: options.seed,
        per_category: options.per_category,
        landmark_model: options.landmarks.clone(),
    };
    match jobs::run(Request::Forge(settings), "forge", |_, _| ())? {
        Outcome::Forged { examples, out } => {
            print(&format!("{examples} examples in {}", out.display()))?;
            Ok(0)
        }
        Outcome::Failed(err) => {
            let is_usage = matches!(err, JobError::Forge(ForgeError::NoSuchRecipe { .. }));
            Err(Failure::new(
                if is_usage {
                    EXIT_USAGE
                } else {
                    EXIT_UNREADABLE
                },
                err,
            ))
        }
        outcome => Err(Failure::new(1, format!("Unexpected end: {outcome:?}"))),
    }
}
