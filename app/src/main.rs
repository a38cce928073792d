//! The workbench's program: options, logging, the window.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Context as _;
use seam_app::{App, BenchSettings, logging};

const USAGE: &str = "\
Usage: seam-workbench [FILE…]
       seam-workbench --bench OUT.json [--secs N] [--size WIDTHxHEIGHT] [CLIP]

Opens the window, with these clips and pictures, folders of them, annotations, manifests, runs or models. With
--bench a script of N seconds (40) times every frame of the window while an analysis and a training run, writes the
times and closes it. RUST_LOG chooses what is logged to standard error.
";

/// What was asked for.
struct Options {
    files: Vec<PathBuf>,
    bench: Option<PathBuf>,
    secs: f64,
    size: [f32; 2],
}

fn main() -> anyhow::Result<()> {
    let Some(options) = parse(std::env::args_os().skip(1))? else {
        return Ok(());
    };
    let log = logging::start().context("Could not start logging")?;
    let mut native = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Seam")
            .with_app_id("seam-workbench")
            .with_inner_size(options.size)
            .with_min_inner_size([960.0, 600.0])
            .with_drag_and_drop(true),
        ..Default::default()
    };
    let Some(out) = options.bench else {
        let files = options.files;
        return open(native, move |cc| App::new(cc, files, log));
    };
    let scratch = std::env::temp_dir().join(format!("seam-bench-{}", std::process::id()));
    std::fs::create_dir_all(&scratch)
        .with_context(|| format!("Could not make a folder\nFolder: {scratch:?}"))?;
    if out.exists() {
        std::fs::remove_file(&out)
            .with_context(|| format!("Could not replace the file\nFile: {out:?}"))?;
    }
    native.persistence_path = Some(scratch.join("window.ron"));
    native.persist_window = false;
    let settings = BenchSettings {
        out: out.clone(),
        secs: options.secs,
        clip: options.files.into_iter().next(),
        scratch,
    };
    open(native, move |cc| App::timed(cc, settings, log))?;
    anyhow::ensure!(out.exists(), "The window was closed before it was timed");
    Ok(())
}

/// Opens the window and stays until it is closed.
fn open(
    options: eframe::NativeOptions,
    make: impl FnOnce(&eframe::CreationContext<'_>) -> std::io::Result<App> + 'static,
) -> anyhow::Result<()> {
    eframe::run_native("Seam", options, Box::new(|cc| Ok(Box::new(make(cc)?))))
        .map_err(|err| anyhow::anyhow!("Could not open a window: {err}"))
}

/// `None` where something was printed and nothing is left to do.
fn parse(arguments: impl Iterator<Item = OsString>) -> anyhow::Result<Option<Options>> {
    let mut options = Options {
        files: Vec::new(),
        bench: None,
        secs: 40.0,
        size: [1440.0, 900.0],
    };
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        let mut value = |name: &str| {
            let value = arguments.next();
            value.with_context(|| format!("{name} needs a value\n\n{USAGE}"))
        };
        match argument.to_str() {
            Some("-h" | "--help") => return print(USAGE),
            Some("-V" | "--version") => {
                return print(concat!("seam-workbench ", env!("CARGO_PKG_VERSION"), "\n"));
            }
            Some("--bench") => options.bench = Some(absolute(PathBuf::from(value("--bench")?))),
            Some("--secs") => {
                let secs = value("--secs")?.to_str().and_then(|secs| secs.parse().ok());
                let secs = secs.filter(|secs| (1.0..=3600.0).contains(secs));
                options.secs = secs.context("--secs is a number from 1 to 3600")?;
            }
            Some("--size") => {
                let size = value("--size")?;
                options.size = size
                    .to_str()
                    .and_then(size_of)
                    .context("--size is like 1440x900")?;
            }
            Some(option) if option.starts_with('-') && option != "-" => {
                anyhow::bail!("There is no option {option}\n\n{USAGE}");
            }
            _ => options.files.push(absolute(PathBuf::from(argument))),
        }
    }
    Ok(Some(options))
}

fn size_of(text: &str) -> Option<[f32; 2]> {
    let (width, height) = text.split_once('x')?;
    let size = [width.parse().ok()?, height.parse().ok()?];
    size.iter()
        .all(|side| (480.0..=8192.0).contains(side))
        .then_some(size)
}

fn print(text: &str) -> anyhow::Result<Option<Options>> {
    use std::io::Write as _;
    std::io::stdout()
        .write_all(text.as_bytes())
        .context("Could not write to standard output")?;
    Ok(None)
}

/// Paths in records and in the list do not depend on where the program was started.
fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}
