//! `seam train`.

use std::path::PathBuf;

use clap::Args;
use indicatif::ProgressBar;
use seam_engine::device::Preference;
use seam_engine::engine::JobError;
use seam_engine::train::{TrainError, TrainEvent, TrainSettings};
use seam_engine::{Outcome, Request, Update};

use crate::{EXIT_DIVERGED, EXIT_UNREADABLE, EXIT_USAGE, Failure, jobs, print};

#[derive(Args)]
pub struct TrainOptions {
    /// The method: intele, did, pixelcnn, dadd, lgsc, forensic-transfer, ce-xception, ce-efficientnet-b4,
    /// ce-efficientnet-b5, ce-efficientnet-v2-l, ce-resnet50
    method: String,
    /// A manifest.jsonl or its folder; for dadd also a folder of pristine clips, searched with its subfolders
    #[arg(long)]
    data: PathBuf,
    /// The run's folder: checkpoints, log, model
    #[arg(long)]
    out: PathBuf,
    /// laptop or paper; for ce-xception and ce-efficientnet-b4 also deepfakebench
    #[arg(long, default_value = "laptop")]
    preset: String,
    /// TOML file whose keys replace those of the preset
    #[arg(long)]
    config: Option<PathBuf>,
    #[arg(long)]
    seed: Option<u64>,
    /// Weights that the backbone starts from: a .safetensors or .pth file, or the name of an architecture
    /// that `seam import-weights` brought in; for pixelcnn and forensic-transfer the folder of an earlier run
    #[arg(long)]
    init: Option<PathBuf>,
    /// For lae: a folder of annotations whose finished masks it learns from, instead of the exact ones of the data
    #[arg(long)]
    masks: Option<PathBuf>,
    /// auto, cpu, wgpu or cuda:N
    #[arg(long, default_value = "auto")]
    device: Preference,
    /// Go on from the last checkpoint in the run's folder
    #[arg(long)]
    resume: bool,
    /// dlib's 68-point landmark model, where it is not in its usual place
    #[arg(long)]
    landmarks: Option<PathBuf>,
}

pub fn run(options: &TrainOptions) -> Result<u8, Failure> {
    let settings = TrainSettings {
        method: options.method.clone(),
        data: options.data.clone(),
        out: options.out.clone(),
        preset: options.preset.clone(),
        config: options.config.clone(),
        seed: options.seed,
        init: options.init.clone(),
        masks: options.masks.clone(),
        device: options.device,
        resume: options.resume,
        landmark_model: options.landmarks.clone(),
    };
    match jobs::run(Request::Train(settings), "train", hear)? {
        Outcome::Trained(model) => {
            print(&format!("model       {}", model.display()))?;
            Ok(0)
        }
        Outcome::Failed(err) => Err(Failure::new(code_of(&err), err)),
        outcome => Err(Failure::new(1, format!("Unexpected end: {outcome:?}"))),
    }
}

fn code_of(err: &JobError) -> u8 {
    match err {
        JobError::Train(TrainError::Diverged { .. }) => EXIT_DIVERGED,
        JobError::Train(TrainError::Config { .. }) => EXIT_USAGE,
        _ => EXIT_UNREADABLE,
    }
}

/// Live numbers: losses on the bar, validations as lines above it.
pub fn hear(update: Update, bar: &ProgressBar) {
    let Update::Train(event) = update else { return };
    match event {
        TrainEvent::Step {
            step,
            steps,
            losses,
            images_per_second,
            seconds_left,
            memory_bytes: _,
        } => {
            let losses: Vec<String> = losses
                .iter()
                .map(|loss| format!("{} {:.3}", loss.name, loss.value))
                .collect();
            bar.set_prefix(format!(
                "step {step}/{steps}  {}  {images_per_second:.0} images/s  {:.1} min left ",
                losses.join("  "),
                seconds_left / 60.0
            ));
        }
        TrainEvent::Validated {
            step,
            auc,
            interval,
            auc_by_category,
        } => {
            let parts: Vec<String> = auc_by_category
                .iter()
                .map(|(name, auc)| format!("{name} {auc:.3}"))
                .collect();
            let interval = interval.map_or(String::new(), |[low, high]| {
                format!(" [{low:.3}, {high:.3}]")
            });
            jobs::say(
                bar,
                &format!(
                    "step {step}: validation AUC {auc:.4}{interval} ({})",
                    parts.join(", ")
                ),
            );
        }
        TrainEvent::Begun { .. } | TrainEvent::Watched { .. } => {}
        TrainEvent::Checkpoint { step, dir } => {
            jobs::say(bar, &format!("step {step}: checkpoint {}", dir.display()));
        }
    }
}
