//! `seam`: the whole engine on the command line, without a window.

mod annotate;
mod annotate_queue;
mod bench;
mod data;
mod devices;
mod eval;
mod forge;
mod import_weights;
mod jobs;
mod probe;
mod sample;
mod scan;
mod selftest;
mod train;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Finds signs of face manipulation in video, and trains the detectors that do so.
#[derive(Parser)]
#[command(version, about, max_term_width = 100)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say what a file is: container, codec, frames counted by decoding, times, hash, signs of re-encoding
    Probe(probe::ProbeOptions),
    /// Follow every face of a clip and run the detectors on them
    Scan(scan::ScanOptions),
    /// Train a method on pristine clips
    Train(train::TrainOptions),
    /// Turn a dataset on disk into the manifest that training and evaluation read
    Data(data::DataOptions),
    /// Masks that people painted: list them, hand them to other programs, take them from other programs
    Annotate(annotate::AnnotateOptions),
    /// Make labelled manipulations of pristine faces, with exact masks
    Forge(forge::ForgeOptions),
    /// Draw faces from a density model: the plainest sign of what it has learned
    Sample(sample::SampleOptions),
    /// Say how well methods tell manipulated from pristine faces: numbers, intervals, a page
    Eval(eval::EvalOptions),
    /// Take over weights that others trained, every tensor accounted for
    ImportWeights(import_weights::ImportWeightsOptions),
    /// Time the workbench's window while an analysis and a training run
    Bench(bench::BenchOptions),
    /// Ask every model what its card says it answered when it was trained; the exit code is 1 where one says otherwise
    #[command(name = "selftest")]
    SelfTest(selftest::SelfTestOptions),
    /// List the compute devices, the one that would be chosen marked
    Devices,
}

/// Why a command ended without its result; the exit code goes with it.
pub struct Failure {
    pub message: String,
    pub code: u8,
}

/// Wrong arguments.
pub const EXIT_USAGE: u8 = 2;
/// The media or data could not be read.
pub const EXIT_UNREADABLE: u8 = 3;
/// No check could run.
pub const EXIT_NO_CHECK: u8 = 4;
/// A training's loss was not finite.
pub const EXIT_DIVERGED: u8 = 5;
/// Weights are not those of the network; what differs is listed.
pub const EXIT_MISMATCH: u8 = 6;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("SEAM_LOG"))
        .with_writer(std::io::stderr)
        .init();
    let result = match Options::parse().command {
        Command::Probe(options) => probe::run(&options),
        Command::Scan(options) => scan::run(&options),
        Command::Train(options) => train::run(&options),
        Command::Data(options) => data::run(&options),
        Command::Annotate(options) => annotate::run(&options),
        Command::Forge(options) => forge::run(&options),
        Command::Sample(options) => sample::run(&options),
        Command::Eval(options) => eval::run(&options),
        Command::ImportWeights(options) => import_weights::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::SelfTest(options) => selftest::run(&options),
        Command::Devices => devices::run(),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            // Nothing is left to do where standard error is closed.
            writeln!(std::io::stderr(), "{}", failure.message).ok();
            ExitCode::from(failure.code)
        }
    }
}

impl Failure {
    #[expect(clippy::needless_pass_by_value, reason = "errors are handed over")]
    pub fn new(code: u8, message: impl ToString) -> Self {
        Self {
            message: message.to_string(),
            code,
        }
    }
}

/// Writes to standard output; a closed pipe is a failure, not a panic.
pub fn print(text: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{text}")
        .map_err(|err| Failure::new(1, format!("Could not write to standard output: {err}")))
}
