//! The workbench's program: options, logging, the window.

use std::path::PathBuf;

use anyhow::Context as _;
use seam_app::{App, logging};

const USAGE: &str = "\
Usage: seam-workbench [FILE…]

Opens the window, with these clips and pictures. RUST_LOG chooses what is logged to standard error.
";

fn main() -> anyhow::Result<()> {
    let mut files = Vec::new();
    for argument in std::env::args_os().skip(1) {
        match argument.to_str() {
            Some("-h" | "--help") => return print(USAGE),
            Some("-V" | "--version") => {
                return print(concat!("seam-workbench ", env!("CARGO_PKG_VERSION"), "\n"));
            }
            Some(option) if option.starts_with('-') && option != "-" => {
                anyhow::bail!("There is no option {option}\n\n{USAGE}");
            }
            _ => files.push(absolute(PathBuf::from(argument))),
        }
    }
    let log = logging::start().context("Could not start logging")?;
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Seam")
            .with_app_id("seam-workbench")
            .with_inner_size([1440.0, 900.0])
            .with_min_inner_size([960.0, 600.0])
            .with_drag_and_drop(true),
        ..Default::default()
    };
    eframe::run_native(
        "Seam",
        options,
        Box::new(|cc| Ok(Box::new(App::new(cc, files, log)?))),
    )
    .map_err(|err| anyhow::anyhow!("Could not open a window: {err}"))
}

fn print(text: &str) -> anyhow::Result<()> {
    use std::io::Write as _;
    std::io::stdout()
        .write_all(text.as_bytes())
        .context("Could not write to standard output")
}

/// Paths in records and in the list do not depend on where the program was started.
fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}
