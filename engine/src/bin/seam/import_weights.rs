//! `seam import-weights`.

use std::path::{Path, PathBuf};

use clap::Args;
use seam_engine::detectors::library::{LibraryError, WeightsLibrary};
use seam_engine::nn::import::ImportError;
use seam_engine::nn::import::architecture::Architecture;
use seam_engine::nn::import::report::ImportReport;

use crate::{EXIT_MISMATCH, EXIT_UNREADABLE, Failure, print};

#[derive(Args)]
pub struct ImportWeightsOptions {
    /// Weights of torchvision, timm or the legacy Xception: .safetensors, .pth, .pt or .bin
    #[arg(required_unless_present = "set_dir")]
    file: Option<PathBuf>,
    /// The network: xception, efficientnet-b0 to -b7, efficientnet-v2-s, -m or -l, resnet18, resnet50 or vgg16;
    /// without, it is told by names and shapes
    #[arg(long)]
    arch: Option<Architecture>,
    /// Folder or .safetensors file to write instead of the folder of weights
    #[arg(long)]
    out: Option<PathBuf>,
    /// Make this the folder of weights, from now on
    #[arg(long, value_name = "DIR")]
    set_dir: Option<PathBuf>,
    /// Print what became of every tensor as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(options: &ImportWeightsOptions) -> Result<u8, Failure> {
    let library = WeightsLibrary::of_user().map_err(|err| Failure::new(1, err))?;
    if let Some(dir) = &options.set_dir {
        let dir = library
            .set_dir(dir)
            .map_err(|err| Failure::new(EXIT_UNREADABLE, err))?;
        print(&format!("folder      {}", dir.display()))?;
    }
    let Some(file) = &options.file else {
        return Ok(0);
    };
    match library.import(file, options.arch, options.out.as_deref()) {
        Ok((imported, path)) if options.json => {
            print_json(&imported.report, Some(&path))?;
        }
        Ok((imported, path)) => {
            print(&imported.report.in_words())?;
            print(&format!("weights     {}", path.display()))?;
        }
        Err(err) => {
            if let LibraryError::Import(ImportError::Mismatch { report, .. }) = &err {
                if options.json {
                    print_json(report, None)?;
                }
                return Err(Failure::new(EXIT_MISMATCH, err));
            }
            return Err(Failure::new(EXIT_UNREADABLE, err));
        }
    }
    Ok(0)
}

/// The report, with the file that was written.
fn print_json(report: &ImportReport, weights: Option<&Path>) -> Result<(), Failure> {
    let json = serde_json::json!({
        "schema": "seam-import/1",
        "report": report,
        "weights": weights,
    });
    let text = serde_json::to_string_pretty(&json).map_err(|err| Failure::new(1, err))?;
    print(&text)
}
