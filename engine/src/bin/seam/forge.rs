//! `seam forge`.

use std::path::PathBuf;

use clap::Args;
use seam_engine::engine::JobError;
use seam_engine::forge::recipe::techniques_named;
use seam_engine::forge::{ForgeError, ForgeSettings};
use seam_engine::{Outcome, Request};

use crate::{EXIT_UNREADABLE, EXIT_USAGE, Failure, jobs, print};

#[derive(Args)]
pub struct ForgeOptions {
    /// What to make. Clips: tiny, standard, realistic, samples. Single pictures, from the faces of a folder: addg, fwa, blended
    #[arg(long)]
    recipe: String,
    /// Folder of pristine clips; without one, people are rendered
    #[arg(long)]
    from: Option<PathBuf>,
    /// Where clips or pictures, masks, manifest and contact sheets go
    #[arg(long)]
    out: PathBuf,
    /// The same seed and clips give the same files
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// People to render, in place of the recipe's number
    #[arg(long)]
    people: Option<usize>,
    /// What to do to clips, with commas: swap, reenact, resynth, texture, inpaint, recolor; or none
    #[arg(long)]
    techniques: Option<String>,
    /// Write lossless pictures instead of clips
    #[arg(long)]
    pictures: bool,
    /// Examples of each technique of a recipe for pictures
    #[arg(long, default_value_t = 16)]
    per_category: usize,
    /// dlib's 68-point landmark model, where it is not in its usual place
    #[arg(long)]
    landmarks: Option<PathBuf>,
}

pub fn run(options: &ForgeOptions) -> Result<u8, Failure> {
    let techniques = options.techniques.as_deref().map(techniques_named);
    let techniques = techniques
        .transpose()
        .map_err(|text| Failure::new(EXIT_USAGE, text))?;
    let settings = ForgeSettings {
        recipe: options.recipe.clone(),
        from: options.from.clone(),
        out: options.out.clone(),
        seed: options.seed,
        per_category: options.per_category,
        people: options.people,
        techniques,
        as_pictures: options.pictures,
        landmark_model: options.landmarks.clone(),
    };
    match jobs::run(Request::Forge(settings), "forge", |_, _| ())? {
        Outcome::Forged { examples, out } => {
            print(&format!("{examples} examples in {}", out.display()))?;
            Ok(0)
        }
        Outcome::Failed(err) => {
            let is_usage = matches!(
                err,
                JobError::Forge(ForgeError::NoSuchRecipe { .. } | ForgeError::NeedsFolder { .. })
            );
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
