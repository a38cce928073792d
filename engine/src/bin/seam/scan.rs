//! `seam scan`.

use std::path::{Path, PathBuf};

use clap::Args;
use seam_engine::analysis::progressive::FaceBudget;
use seam_engine::analysis::record::{Analysis, CheckState, TrackRecord};
use seam_engine::analysis::{Sampling, ScanSettings};
use seam_engine::device::Preference;
use seam_engine::faces::GateState;
use seam_engine::{Outcome, Request};

use crate::{EXIT_NO_CHECK, EXIT_UNREADABLE, EXIT_USAGE, Failure, jobs, print};

#[derive(Args)]
pub struct ScanOptions {
    /// Clips or pictures
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Methods to run, with commas between; all that have a model if left out
    #[arg(long, value_delimiter = ',')]
    methods: Vec<String>,
    /// Frames scored for each second of media time
    #[arg(long, default_value_t = 8.0, conflicts_with = "every_frame")]
    fps: f32,
    /// Score every frame
    #[arg(long)]
    every_frame: bool,
    /// Faces of a clip that a method scores which takes seconds for each on the CPU: auto (a minute or two's
    /// worth, evenly over the clip), all, or a number, which then counts for every density model
    #[arg(long, default_value_t)]
    faces: FaceBudget,
    /// auto, cpu, wgpu or cuda:N
    #[arg(long, default_value = "auto")]
    device: Preference,
    /// Write the record here; with several files, a folder. Standard output is `-`
    #[arg(long)]
    json: Option<PathBuf>,
    /// A folder with models; may be given more than once
    #[arg(long)]
    models: Vec<PathBuf>,
    /// dlib's 68-point landmark model, where it is not in its usual place
    #[arg(long)]
    landmarks: Option<PathBuf>,
}

pub fn run(options: &ScanOptions) -> Result<u8, Failure> {
    let is_rate = options.fps.is_finite() && 0.0 < options.fps;
    if !options.every_frame && !is_rate {
        return Err(Failure::new(EXIT_USAGE, "--fps must be above zero"));
    }
    for wish in &options.methods {
        if seam_engine::methods::find(wish).is_none() {
            return Err(Failure::new(
                EXIT_USAGE,
                format!("There is no method {wish:?}"),
            ));
        }
    }
    let mut worst = 0;
    for file in &options.files {
        let code = match scan_one(options, file) {
            Ok(code) => code,
            // One bad file does not stop the others; the exit code tells of it.
            Err(failure) if 1 < options.files.len() => {
                print(&failure.message)?;
                failure.code
            }
            Err(failure) => return Err(failure),
        };
        worst = worst.max(code);
    }
    Ok(worst)
}

fn scan_one(options: &ScanOptions, file: &Path) -> Result<u8, Failure> {
    let settings = ScanSettings {
        methods: options.methods.clone(),
        sampling: if options.every_frame {
            Sampling::EveryFrame
        } else {
            Sampling::PerSecond(options.fps)
        },
        device: options.device,
        model_dirs: options.models.clone(),
        landmark_model: options.landmarks.clone(),
        budget: options.faces,
        ..ScanSettings::new(file.to_owned())
    };
    let analysis = match jobs::run(Request::Analyze(settings), "scan", |_, _| ())? {
        Outcome::Analyzed(analysis) => analysis,
        Outcome::Failed(err) => return Err(Failure::new(EXIT_UNREADABLE, err)),
        outcome => return Err(Failure::new(1, format!("Unexpected end: {outcome:?}"))),
    };
    let json = serde_json::to_string_pretty(&analysis).map_err(|err| Failure::new(1, err))?;
    match &options.json {
        Some(out) if out.as_os_str() == "-" => print(&json)?,
        Some(out) => {
            let out = json_path(out, file, options.files.len());
            write_beside_and_rename(&out, &json)?;
            print(&in_words(&analysis))?;
            print(&format!("record      {}", out.display()))?;
        }
        None => print(&in_words(&analysis))?,
    }
    let has_run = analysis
        .tracks
        .iter()
        .flat_map(|track| &track.checks)
        .any(|check| check.state == CheckState::Ran);
    Ok(if has_run { 0 } else { EXIT_NO_CHECK })
}

fn json_path(out: &Path, file: &Path, num_files: usize) -> PathBuf {
    if num_files == 1 && !out.is_dir() {
        return out.to_owned();
    }
    let name = file.file_name().unwrap_or(file.as_os_str());
    out.join(format!("{}.json", name.to_string_lossy()))
}

fn write_beside_and_rename(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |err| {
        Failure::new(
            1,
            format!("Could not write the record: {err}\nFile: {path:?}"),
        )
    };
    if let Some(dir) = path.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        std::fs::create_dir_all(dir).map_err(failed)?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    std::fs::write(&beside, text).map_err(failed)?;
    std::fs::rename(&beside, path).map_err(failed)
}

fn in_words(analysis: &Analysis) -> String {
    let video = &analysis.media.video;
    let mut lines = vec![
        format!("file        {}", analysis.media.path.display()),
        format!("sha256      {}", analysis.media.sha256),
        format!(
            "media       {}, {} x {}, {} frames, {:.3} s",
            video.codec, video.width, video.height, video.frames_decoded, video.duration_secs
        ),
        format!(
            "device      {} ({})",
            analysis.device.kind, analysis.device.name
        ),
        format!(
            "examined    {} frames: {}",
            analysis.sampling.frames_examined, analysis.sampling.rule
        ),
    ];
    for track in &analysis.tracks {
        lines.extend(track_in_words(track));
    }
    lines.push(format!("\n{}", analysis.summary.sentence));
    lines.extend(
        analysis
            .summary
            .limits
            .iter()
            .map(|limit| format!("  - {limit}")),
    );
    lines.join("\n")
}

fn track_in_words(track: &TrackRecord) -> Vec<String> {
    let gate = match track.gate.state {
        GateState::Usable => "usable",
        GateState::Weak => "weak",
        GateState::NotUsable => "not usable",
    };
    let reasons = match track.gate.reasons.join("; ") {
        text if text.is_empty() => text,
        text => format!(": {text}"),
    };
    let mut lines = vec![format!(
        "person {}    {:.3} s to {:.3} s, {} frames, face {:.0} px, {gate}{reasons}",
        track.id.0, track.first_pts_secs, track.last_pts_secs, track.frames, track.median_box_px
    )];
    for check in &track.checks {
        let what = match (check.state, check.score) {
            (CheckState::Ran, Some(score)) => format!(
                "mean score {:.2} over {} frames{}",
                score.value(),
                check.frames.len(),
                if check.calibrated {
                    ""
                } else {
                    ", not calibrated"
                }
            ),
            (state, _) => format!(
                "{}{}",
                state_name(state),
                check
                    .reason
                    .as_deref()
                    .map(|r| format!(": {r}"))
                    .unwrap_or_default()
            ),
        };
        lines.push(format!("  {:10}{what}", check.method));
        if let Some(resembles) = &check.resembles {
            lines.push(format!("  {:10}{}", "", resembles.sentence));
        }
    }
    lines
}

fn state_name(state: CheckState) -> &'static str {
    match state {
        CheckState::Ran => "ran",
        CheckState::NotApplicable => "not applicable",
        CheckState::Failed => "failed",
        CheckState::Skipped => "skipped",
        CheckState::Cancelled => "cancelled",
    }
}
