//! `seam data`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use seam_engine::data::import::{Count, Missing, Refused};
use seam_engine::data::{DatasetKind, ImportOptions, ImportReport, ImportSettings};
use seam_engine::{Outcome, Request};

use crate::{EXIT_UNREADABLE, Failure, jobs, print};

/// Missing files and refused sources that are shown in words; the JSON has all.
const MAX_SHOWN: usize = 5;

#[derive(Args)]
pub struct DataOptions {
    #[command(subcommand)]
    command: DataCommand,
}

#[derive(Subcommand)]
enum DataCommand {
    /// Write the manifest of a dataset that lies on disk, and say what is in it
    Import(ImportArguments),
}

#[derive(Args)]
struct ImportArguments {
    /// The layout: ff++, celeb-df-v1, celeb-df-v2, dfdc, dffd, deepfakebench or folders
    kind: DatasetKind,
    /// The dataset's own folder, which is only read
    dir: PathBuf,
    /// The manifest to write
    #[arg(long)]
    out: PathBuf,
    /// Only this compression, where the dataset has several: raw, c23 or c40
    #[arg(long)]
    compression: Option<String>,
    /// Deals sources to train, val and test where the dataset does not say
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print the whole report as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(options: &DataOptions) -> Result<u8, Failure> {
    let DataCommand::Import(options) = &options.command;
    let settings = ImportSettings {
        kind: options.kind,
        dir: options.dir.clone(),
        out: options.out.clone(),
        options: ImportOptions {
            compression: options.compression.clone(),
            seed: options.seed,
        },
    };
    match jobs::run(Request::ImportData(settings), "import", |_, _| ())? {
        Outcome::Imported { report, .. } if options.json => {
            let text = serde_json::to_string_pretty(&report).map_err(|err| Failure::new(1, err))?;
            print(&text)?;
        }
        Outcome::Imported { report, out } => {
            print(&in_words(&report))?;
            print(&format!("manifest    {}", out.display()))?;
        }
        Outcome::Failed(err) => return Err(Failure::new(EXIT_UNREADABLE, err)),
        outcome => return Err(Failure::new(1, format!("Unexpected end: {outcome:?}"))),
    }
    Ok(0)
}

fn in_words(report: &ImportReport) -> String {
    let mut lines = vec![format!("items       {}", report.items)];
    lines.extend(report.counts.iter().map(count_in_words));
    let missing: Vec<String> = report.missing.iter().map(missing_in_words).collect();
    lines.extend(first_of("missing", "files", missing.len(), missing));
    let refused: Vec<String> = report.refused.iter().map(refused_in_words).collect();
    lines.extend(first_of("left out", "items", report.num_refused(), refused));
    lines.extend(
        report
            .notes
            .iter()
            .map(|note| format!("note        {note}")),
    );
    lines.join("\n")
}

fn count_in_words(count: &Count) -> String {
    let split = count.split.map_or("none", |split| split.name());
    let label = match count.label {
        0 => "pristine",
        _ => "manipulated",
    };
    let technique = count.technique.as_deref().unwrap_or_default();
    let line = format!("{split:<11} {:>7} {label} {technique}", count.items);
    line.trim_end().to_owned()
}

fn missing_in_words(missing: &Missing) -> String {
    format!("{} ({})", missing.path, missing.reason)
}

fn refused_in_words(refused: &Refused) -> String {
    let items = refused.items;
    let split = refused.split.map(|split| format!(" of {}", split.name()));
    let split = split.unwrap_or_default();
    format!("{}: {items}{split}, {}", refused.source, refused.reason)
}

/// How many, then the first few.
fn first_of(title: &str, what: &str, count: usize, lines: Vec<String>) -> Vec<String> {
    if count == 0 {
        return Vec::new();
    }
    let mut shown = vec![format!("{title:<11} {count} {what}")];
    let num_more = lines.len().saturating_sub(MAX_SHOWN);
    let first = lines.into_iter().take(MAX_SHOWN);
    shown.extend(first.map(|line| format!("            {line}")));
    if 0 < num_more {
        shown.push(format!("            and {num_more} more; --json lists all"));
    }
    shown
}
