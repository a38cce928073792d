//! `seam eval`.

use std::path::PathBuf;

use clap::Args;
use seam_engine::data::CropCache;
use seam_engine::detectors::MapKind;
use seam_engine::detectors::card::Interval;
use seam_engine::device::Preference;
use seam_engine::engine::JobError;
use seam_engine::eval::attention::Attention;
use seam_engine::eval::by_technique;
use seam_engine::eval::experiment::{ExperimentSettings, NUM_SEEDS, text};
use seam_engine::eval::metrics::Metrics;
use seam_engine::eval::protocol::Protocol;
use seam_engine::eval::scored_split::ScoredSplit;
use seam_engine::eval::{EvalError, EvalSettings, EvalWork, Evaluated, ModelChoice};
use seam_engine::{Outcome, Request};

use crate::{EXIT_UNREADABLE, EXIT_USAGE, Failure, jobs, print, train};

#[derive(Args)]
pub struct EvalOptions {
    /// The method, several with commas, or `all` for every one that has a model; left out with --scores or --probe
    method: Option<String>,
    /// The manifest: trained on, and tested on where there is no --test-data
    #[arg(long)]
    data: Option<PathBuf>,
    /// The manifest to test on, with --protocol cross or --experiment
    #[arg(long)]
    test_data: Option<PathBuf>,
    /// within, cross, leave-one-out, one-technique, or known-and-unknown, which is both
    #[arg(long, default_value_t)]
    protocol: Protocol,
    /// Run an experiment of the method's paper and make its table: `paper` for intele; `paper` and `dffd` for did;
    /// `paper`, `masks` (numbers of masks, and of which faces) and `lambda` for lae. Every row is trained on the splits
    /// train and val of --data, of which val chooses the step, and scored on --test-data; those of lae without it on
    /// the split test of --data. What was trained already is not trained again: the same command goes on where it
    /// was stopped
    #[arg(long, conflicts_with_all = ["protocol", "model", "train", "calibrate", "scores", "probe", "no_pictures"])]
    experiment: Option<String>,
    /// Of the experiment: trainings of each row, their seeds counted on from --seed
    #[arg(long, default_value_t = NUM_SEEDS, requires = "experiment")]
    seeds: usize,
    /// Of the experiment: only these rows, by name and with commas between, such as ce,intele
    #[arg(long, value_delimiter = ',', requires = "experiment")]
    rows: Vec<String>,
    /// Where the page, the record and the scores go
    #[arg(long)]
    out: PathBuf,
    /// A model folder, instead of the installed model
    #[arg(long, conflicts_with = "train")]
    model: Option<PathBuf>,
    /// Train a model by the protocol, on the split train, instead of taking the installed one
    #[arg(long)]
    train: bool,
    /// Of the training: laptop, which is taken where none is named, or paper
    #[arg(long)]
    preset: Option<String>,
    /// Steps of the training, instead of the preset's or the experiment's
    #[arg(long)]
    steps: Option<u64>,
    /// Of the training: weights that the backbone starts from
    #[arg(long)]
    init: Option<PathBuf>,
    /// Frames taken from each item at most
    #[arg(long, default_value_t = 16)]
    frames: usize,
    /// The split to score: train, val or test; all with --test-data, which must then share no person with
    /// what is trained on
    #[arg(long, default_value = "test")]
    split: ScoredSplit,
    /// Write the calibration fitted on the split val into the model's card, and use it
    #[arg(long)]
    calibrate: bool,
    /// Evaluate scores of another program: a CSV with the columns label and score, path if known
    #[arg(long, conflicts_with_all = ["method", "model", "train", "probe", "calibrate", "test_data"])]
    scores: Option<PathBuf>,
    /// Only test whether the framing of faces tells the label
    #[arg(long, conflicts_with_all = ["method", "model", "train", "calibrate", "test_data"])]
    probe: bool,
    /// auto, cpu, wgpu or cuda:N
    #[arg(long, default_value = "auto")]
    device: Preference,
    /// Of the draws behind the intervals, and of trainings
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// dlib's 68-point landmark model, where it is not in its usual place
    #[arg(long)]
    landmarks: Option<PathBuf>,
    /// Cut all faces anew instead of keeping them between evaluations
    #[arg(long)]
    no_cache: bool,
    /// Leave pictures of faces, with where the detector looked, out of the page
    #[arg(long)]
    no_pictures: bool,
}

pub fn run(options: &EvalOptions) -> Result<u8, Failure> {
    let settings = EvalSettings {
        work: work(options)?,
        data: options.data.clone(),
        test_data: options.test_data.clone(),
        out: options.out.clone(),
        split: options.split,
        frames_per_item: options.frames,
        device: options.device,
        seed: options.seed,
        landmark_model: options.landmarks.clone(),
        crop_cache: CropCache::user_default().filter(|_| !options.no_cache),
        has_pictures: !options.no_pictures,
    };
    match jobs::run(Request::Evaluate(settings), "eval", train::hear)? {
        Outcome::Evaluated(evaluated) => {
            print(&in_words(&evaluated))?;
            Ok(0)
        }
        Outcome::Failed(err) => Err(Failure::new(code_of(&err), err)),
        outcome => Err(Failure::new(1, format!("Unexpected end: {outcome:?}"))),
    }
}

fn work(options: &EvalOptions) -> Result<EvalWork, Failure> {
    if let Some(path) = &options.scores {
        return Ok(EvalWork::Scores(path.clone()));
    }
    if options.probe {
        return Ok(EvalWork::Probe);
    }
    let Some(method) = &options.method else {
        let reason = "Name a method, `all`, or give --scores or --probe";
        return Err(Failure::new(EXIT_USAGE, reason));
    };
    if let Some(name) = &options.experiment {
        return Ok(EvalWork::Experiment(ExperimentSettings {
            method: method.clone(),
            name: name.clone(),
            preset: preset(options),
            steps: options.steps,
            num_seeds: options.seeds,
            rows: options.rows.clone(),
            init: options.init.clone(),
        }));
    }
    let is_for_training =
        options.preset.is_some() || options.steps.is_some() || options.init.is_some();
    if is_for_training && !options.train {
        let reason = "--preset, --steps and --init are of a training: give --train or --experiment";
        return Err(Failure::new(EXIT_USAGE, reason));
    }
    Ok(EvalWork::Methods {
        names: if method == "all" {
            Vec::new()
        } else {
            method.split(',').map(str::to_owned).collect()
        },
        protocol: options.protocol,
        model: match &options.model {
            Some(dir) => ModelChoice::Folder(dir.clone()),
            None if options.train => ModelChoice::Train {
                preset: preset(options),
                steps: options.steps,
                init: options.init.clone(),
            },
            None => ModelChoice::Installed,
        },
        calibrate: options.calibrate,
    })
}

fn preset(options: &EvalOptions) -> String {
    let named = options.preset.clone();
    named.unwrap_or_else(|| "laptop".to_owned())
}

fn code_of(err: &JobError) -> u8 {
    match err {
        JobError::Eval(EvalError::Settings { .. }) => EXIT_USAGE,
        JobError::Eval(EvalError::Write { .. } | EvalError::Train { .. }) => 1,
        _ => EXIT_UNREADABLE,
    }
}

fn in_words(evaluated: &Evaluated) -> String {
    let evaluation = &evaluated.evaluation;
    let mut lines = vec![evaluation.protocol.in_words.clone()];
    lines.extend(evaluation.experiment.iter().flat_map(text::lines));
    for result in &evaluation.results {
        if let Some(model) = &result.model {
            lines.push(format!("model       {}: {}", model.label, model.origin));
        }
        lines.push(level_in_words(&result.name(), "by frame", &result.frames));
        if let Some(videos) = &result.videos {
            lines.push(level_in_words(&result.name(), "by video", videos));
        }
        if result.left_out.is_none() {
            for technique in &result.techniques {
                let auc = number(&technique.frames.auc);
                lines.push(format!("  {:18}AUC {auc} by frame", technique.technique));
            }
        }
        lines.extend(result.attention.as_ref().and_then(attention_in_words));
        lines.extend(result.differences.as_ref().and_then(attention_in_words));
        lines.extend(
            result
                .likelihoods
                .as_ref()
                .map(|likelihoods| format!("likelihood  {}", likelihoods.in_words())),
        );
        if let Some(fit) = &result.calibration.fit {
            let own = &fit.calibration;
            lines.push(format!(
                "calibration {} on {}: ECE {:.3} before, {:.3} after{}",
                own.kind.name(),
                own.fitted_on,
                own.ece_before,
                own.ece_after,
                if result.calibration.is_in_card {
                    "; now in the model's card"
                } else {
                    "; not kept"
                }
            ));
        }
        if !result.missed.is_empty() {
            lines.push(format!("no face     in {} items", result.missed.len()));
        }
    }
    lines.extend(by_technique::lines(evaluation));
    for average in &evaluation.averages {
        let videos = average
            .auc_videos
            .map_or(String::new(), |auc| format!(", {auc:.3} by video"));
        let accuracy = average.balanced_acc_frames.map_or(String::new(), |acc| {
            format!(", balanced ACC {acc:.3} by frame")
        });
        let what = if average.is_known { "known" } else { "unknown" };
        lines.push(format!(
            "mean        {} over {} {what} techniques: AUC {:.3} by frame{videos}{accuracy}",
            average.method, average.folds, average.auc_frames
        ));
    }
    lines.extend(
        evaluation
            .probe
            .iter()
            .map(|probe| format!("probe       {}", probe.in_words)),
    );
    lines.extend(
        evaluation
            .warnings
            .iter()
            .map(|text| format!("WARNING     {text}")),
    );
    lines.push(format!("page        {}", evaluated.page.display()));
    lines.join("\n")
}

/// `None` where no map could be measured.
fn attention_in_words(attention: &Attention) -> Option<String> {
    let numbers = &attention.overall;
    let means = numbers.means?;
    let what = match attention.kind {
        MapKind::ReconstructionDifference => "f1 - f0    ",
        MapKind::LogLikelihood => "surprise   ",
        _ => "looks at   ",
    };
    Some(format!(
        "{what} {:.3} of its maps' mass lies inside the masks (chance {:.3}), and {:.3} of {} maps are largest there",
        means.mass_in_mask, means.mask_area, means.pointing, numbers.faces
    ))
}

fn level_in_words(name: &str, level: &str, metrics: &Metrics) -> String {
    let acc = metrics
        .acc
        .as_ref()
        .map_or(String::new(), |acc| format!(", ACC {}", number(acc)));
    format!(
        "{name:11} {level} ({} of {} manipulated): AUC {}, EER {}, AP {}{acc}",
        metrics.manipulated,
        metrics.count,
        number(&metrics.auc),
        number(&metrics.eer),
        number(&metrics.ap)
    )
}

fn number(interval: &Interval) -> String {
    format!(
        "{:.3} [{:.3} {:.3}]",
        interval.value, interval.low, interval.high
    )
}
