//! `seam bench`: how fast the workbench's window draws while the engine is busy.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::{EXIT_NO_CHECK, EXIT_UNREADABLE, EXIT_USAGE, Failure, print};

const PROGRAM: &str = "seam-workbench";

#[derive(Args)]
pub struct BenchOptions {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Play a script in the real window while an analysis and a training run, and time every frame
    Window(WindowOptions),
}

#[derive(Args)]
struct WindowOptions {
    /// Where the numbers go as JSON, too
    #[arg(long)]
    json: Option<PathBuf>,
    /// How long the script takes, in seconds; preparing comes on top
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..=3600))]
    secs: u32,
    /// Of the window, in points
    #[arg(long, default_value = "1440x900")]
    size: String,
    /// The clip to open, in place of the sample
    #[arg(long)]
    clip: Option<PathBuf>,
    /// End with exit code 1 where a hundredth of the frames take longer, in milliseconds
    #[arg(long)]
    limit_ms: Option<f64>,
}

pub fn run(options: &BenchOptions) -> Result<u8, Failure> {
    let What::Window(options) = &options.what;
    if cfg!(target_os = "linux") && !has_display() {
        let text = "There is no display to open a window on: neither WAYLAND_DISPLAY nor DISPLAY is set. \
                    A virtual one will do: xvfb-run seam bench window";
        return Err(Failure::new(EXIT_NO_CHECK, text));
    }
    let program = beside(PROGRAM)?;
    let own = std::env::temp_dir().join(format!("seam-bench-{}.json", std::process::id()));
    let out = options.json.as_ref().unwrap_or(&own);
    let mut command = Command::new(&program);
    command.arg("--bench").arg(out);
    command.args(["--secs", &options.secs.to_string(), "--size", &options.size]);
    command.args(&options.clip);
    let status = command.status().map_err(|err| {
        Failure::new(
            EXIT_NO_CHECK,
            format!("Could not start the workbench: {err}\nFile: {program:?}"),
        )
    })?;
    if !status.success() {
        // The workbench said why.
        return Err(Failure::new(
            EXIT_NO_CHECK,
            format!("The workbench ended with {status}"),
        ));
    }
    let report = read(out)?;
    if options.json.is_none() {
        // Only in the way, where it cannot be removed.
        std::fs::remove_file(&own).ok();
    }
    print(&table(&report))?;
    let p99 = report["all"]["own_ms"]["p99"].as_f64();
    let is_over = options
        .limit_ms
        .zip(p99)
        .is_some_and(|(limit, p99)| limit < p99);
    Ok(u8::from(is_over))
}

fn has_display() -> bool {
    ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// The program of this name in the folder of this one.
fn beside(name: &str) -> Result<PathBuf, Failure> {
    let own = std::env::current_exe()
        .map_err(|err| Failure::new(1, format!("Could not find where this program is: {err}")))?;
    let dir = own.parent().unwrap_or(Path::new("."));
    let path = dir
        .join(name)
        .with_extension(std::env::consts::EXE_EXTENSION);
    if path.is_file() {
        return Ok(path);
    }
    let text = format!("There is no {name} beside this program\nFolder: {dir:?}");
    Err(Failure::new(EXIT_USAGE, text))
}

fn read(path: &Path) -> Result<Value, Failure> {
    let wrong = |why: String| {
        let text = format!("Could not read the numbers of the workbench: {why}\nFile: {path:?}");
        Failure::new(EXIT_UNREADABLE, text)
    };
    let text = std::fs::read_to_string(path).map_err(|err| wrong(err.to_string()))?;
    serde_json::from_str(&text).map_err(|err| wrong(err.to_string()))
}

/// A line a phase: what a frame costs the window's own thread, and how long frames were apart.
fn table(report: &Value) -> String {
    let mut text = String::new();
    let mut line = |name: &str, numbers: &Value| {
        let at = |kind: &str, place: &str| match numbers[kind][place].as_f64() {
            Some(millis) => format!("{millis:8.1}"),
            None => format!("{:>8}", "-"),
        };
        let own = ["median", "p95", "p99", "max"]
            .map(|place| at("own_ms", place))
            .concat();
        let apart = ["median", "p99"].map(|place| at("wall_ms", place)).concat();
        let frames = numbers["frames"].as_u64().unwrap_or(0);
        // Writing into a String does not fail.
        writeln!(text, "{name:12}{frames:7}{own}  {apart}").ok();
    };
    for phase in report["phases"].as_array().into_iter().flatten() {
        line(phase["name"].as_str().unwrap_or("?"), phase);
    }
    line("all", &report["all"]);
    let head = format!(
        "{:12}{:>7}{:>8}{:>8}{:>8}{:>8}  {:>8}{:>8}",
        "phase", "frames", "median", "95 %", "99 %", "longest", "apart", "99 %"
    );
    let word = |key: &str| report[key].as_str().unwrap_or("?").to_owned();
    let number = |key: &str| report[key].as_f64().unwrap_or(0.0);
    let mut below = format!(
        "\nMilliseconds a frame, of the window's own thread; apart: from one frame to the next.\n\
         Without preparing. Window of {} x {} pixels on {}.\n\
         Meanwhile {} steps of a training and {} analyses to their end.",
        number("width_px"),
        number("height_px"),
        word("graphics"),
        number("training_steps"),
        number("analyses"),
    );
    for left_out in report["left_out"].as_array().into_iter().flatten() {
        // Writing into a String does not fail.
        write!(below, "\nLeft out: {}", left_out.as_str().unwrap_or("?")).ok();
    }
    format!("{head}\n{text}{below}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_line_for_each_phase_and_for_all() {
        let spread = serde_json::json!({"median": 4.21, "p95": 6.0, "p99": 9.96, "max": 20.0});
        let numbers = serde_json::json!({"frames": 120, "own_ms": spread, "wall_ms": spread});
        let mut phase = numbers.clone();
        phase["name"] = "scrub".into();
        let report = serde_json::json!({
            "graphics": "llvmpipe", "width_px": 1440, "height_px": 900, "training_steps": 7,
            "phases": [phase], "all": numbers, "left_out": ["paint took too long"],
        });
        let table = table(&report);
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines[1].starts_with("scrub"), "{table}");
        assert!(
            lines[1].contains("4.2") && lines[1].contains("10.0"),
            "{table}"
        );
        assert!(lines[2].starts_with("all"), "{table}");
        assert!(table.ends_with("Left out: paint took too long"), "{table}");
    }
}
