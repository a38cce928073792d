//! `seam sample`.

use std::path::PathBuf;

use clap::Args;
use seam_engine::train::samples::SampleSettings;
use seam_engine::{Outcome, Request};

use crate::{EXIT_UNREADABLE, Failure, jobs, print};

#[derive(Args)]
pub struct SampleOptions {
    /// The folder of a pixelcnn model, or of its run
    model: PathBuf,
    /// The PNG to write
    #[arg(long)]
    out: PathBuf,
    /// Faces to draw
    #[arg(long, default_value_t = 16)]
    count: usize,
    /// The same seed draws the same faces
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 1 draws from the model; below, likelier faces
    #[arg(long, default_value_t = 1.0)]
    temperature: f64,
}

pub fn run(options: &SampleOptions) -> Result<u8, Failure> {
    let settings = SampleSettings {
        model: options.model.clone(),
        out: options.out.clone(),
        count: options.count,
        seed: options.seed,
        temperature: options.temperature,
    };
    match jobs::run(Request::Sample(settings), "sample", |_, _| ())? {
        Outcome::Sampled(path) => {
            print(&format!("faces       {}", path.display()))?;
            Ok(0)
        }
        Outcome::Failed(err) => Err(Failure::new(EXIT_UNREADABLE, err)),
        outcome => Err(Failure::new(1, format!("Unexpected end: {outcome:?}"))),
    }
}
