//! `seam annotate queue`, `carry` and `retrain`: what a model and a clip do for the person who marks.

use std::path::PathBuf;

use clap::Args;
use seam_engine::annotate::carry::{CarrySettings, Direction};
use seam_engine::annotate::queue::{QueueError, QueueSettings, Queued};
use seam_engine::annotate::round::{RoundError, RoundSettings};
use seam_engine::data::annotations::{Measured, Order, Round, TaskId};
use seam_engine::data::{CropCache, Split};
use seam_engine::detectors::card::Interval;
use seam_engine::device::Preference;
use seam_engine::engine::JobError;
use seam_engine::{Outcome, Request};

use crate::{EXIT_UNREADABLE, EXIT_USAGE, Failure, jobs, print, train};

#[derive(Args)]
pub struct QueueArguments {
    /// A manifest.jsonl or its folder
    #[arg(long)]
    data: PathBuf,
    /// The folder of annotations; one that is there gets further tasks
    #[arg(long)]
    out: PathBuf,
    /// The model that orders the faces: its folder, that of its run, or the name of an installed one
    #[arg(long)]
    model: Option<PathBuf>,
    /// active, uncertainty or random
    #[arg(long, value_parser = order, default_value = "active")]
    order: Order,
    /// Faces to ask for, at most
    #[arg(long, default_value_t = 100)]
    count: usize,
    /// Faces of one clip, at most; without it, the order alone decides
    #[arg(long)]
    per_clip: Option<usize>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Frames of each clip that are looked at
    #[arg(long, default_value_t = 8)]
    frames: usize,
    /// Which splits faces are taken from, with commas: train, val, test
    #[arg(long, value_parser = split, value_delimiter = ',', default_value = "train")]
    split: Vec<Split>,
    /// exact: fill every task with the exact mask of the data, for experiments and to see what it is like
    #[arg(long, value_parser = ["exact"])]
    fill: Option<String>,
    /// auto, cpu, wgpu or cuda:N
    #[arg(long, default_value = "auto")]
    device: Preference,
    /// dlib's 68-point landmark model, where it is not in its usual place
    #[arg(long)]
    landmarks: Option<PathBuf>,
}

#[derive(Args)]
pub struct CarryArguments {
    /// The folder of annotations
    folder: PathBuf,
    /// Number of the task whose mask is carried
    task: u32,
    /// To so many frames, at most
    #[arg(long, default_value_t = 10)]
    frames: u32,
    /// To earlier frames instead of later ones
    #[arg(long)]
    back: bool,
    /// To all frames up to this task's, blended with its own mask
    #[arg(long, conflicts_with_all = ["frames", "back"])]
    to: Option<u32>,
    /// dlib's 68-point landmark model, where it is not in its usual place
    #[arg(long)]
    landmarks: Option<PathBuf>,
}

#[derive(Args)]
pub struct RetrainArguments {
    /// The folder of annotations; the new models come into it
    folder: PathBuf,
    /// The model that it begins from: its folder, that of its run, or the name of an installed one
    #[arg(long)]
    model: PathBuf,
    /// A manifest.jsonl or its folder: the split train is learned from, the split val measured on
    #[arg(long)]
    data: PathBuf,
    #[arg(long, default_value_t = 100)]
    steps: u64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Do not train once more with as many masks of faces drawn by chance
    #[arg(long)]
    no_random: bool,
    /// auto, cpu, wgpu or cuda:N
    #[arg(long, default_value = "auto")]
    device: Preference,
    /// dlib's 68-point landmark model, where it is not in its usual place
    #[arg(long)]
    landmarks: Option<PathBuf>,
    /// Print the round as JSON
    #[arg(long)]
    json: bool,
}

fn order(text: &str) -> Result<Order, String> {
    let all = [Order::Active, Order::Uncertainty, Order::Random];
    let found = all.into_iter().find(|order| order.name() == text);
    found.ok_or_else(|| "the orders are active, uncertainty and random".to_owned())
}

fn split(text: &str) -> Result<Split, String> {
    let all = [Split::Train, Split::Val, Split::Test];
    let found = all.into_iter().find(|split| split.name() == text);
    found.ok_or_else(|| "the splits are train, val and test".to_owned())
}

pub fn queue(options: &QueueArguments) -> Result<u8, Failure> {
    let settings = QueueSettings {
        splits: options.split.clone(),
        model: options.model.clone(),
        order: options.order,
        count: options.count,
        per_clip: options.per_clip,
        seed: options.seed,
        frames_per_clip: options.frames,
        device: options.device,
        landmark_model: options.landmarks.clone(),
        crop_cache: CropCache::user_default(),
        is_filled: options.fill.is_some(),
        ..QueueSettings::new(options.data.clone(), options.out.clone())
    };
    match jobs::run(Request::Queue(settings), "queue", |_, _| ())? {
        Outcome::Queued(queued) => {
            tell_queue(&queued)?;
            Ok(0)
        }
        Outcome::Failed(err) => {
            let is_usage = matches!(err, JobError::Queue(QueueError::Settings { .. }));
            Err(Failure::new(code(is_usage), err))
        }
        outcome => Err(Failure::new(1, format!("Unexpected end: {outcome:?}"))),
    }
}

fn tell_queue(queued: &Queued) -> Result<(), Failure> {
    for task in &queued.tasks {
        print(&format!(
            "{:06}  {}, frame {}\n        {}",
            task.id.0, task.item, task.frame.index, task.why.text
        ))?;
    }
    let channels: Vec<String> = queued
        .channels
        .iter()
        .map(|concept| concept.channel.to_string())
        .collect();
    if !channels.is_empty() {
        print(&format!("channels    {}", channels.join(", ")))?;
    }
    print(&format!("looked at   {} faces", queued.candidates))?;
    for (reason, count) in &queued.left_out {
        print(&format!("left out    {count} {reason}"))?;
    }
    if 0 < queued.filled {
        print(&format!("filled      {} with exact masks", queued.filled))?;
    }
    print(&format!(
        "tasks       {} in {}",
        queued.tasks.len(),
        queued.folder.display()
    ))
}

pub fn carry(options: &CarryArguments) -> Result<u8, Failure> {
    let settings = CarrySettings {
        folder: options.folder.clone(),
        task: TaskId(options.task),
        frames: options.frames,
        direction: if options.back {
            Direction::Back
        } else {
            Direction::Onward
        },
        to: options.to.map(TaskId),
        landmark_model: options.landmarks.clone(),
    };
    match jobs::run(Request::Carry(settings), "carry", |_, _| ())? {
        Outcome::Carried(carried) => {
            for one in &carried.tasks {
                let flag = if one.is_flagged {
                    ", stops fitting"
                } else {
                    ""
                };
                print(&format!(
                    "{:06}  frame {}, drift {:.2}{flag}",
                    one.task.0, one.frame_index, one.drift
                ))?;
            }
            print(&format!("carried     to {} frames", carried.tasks.len()))?;
            if let Some(reason) = &carried.ended {
                print(&format!("ended       {reason}"))?;
            }
            Ok(0)
        }
        Outcome::Failed(err) => Err(Failure::new(EXIT_UNREADABLE, err)),
        outcome => Err(Failure::new(1, format!("Unexpected end: {outcome:?}"))),
    }
}

pub fn retrain(options: &RetrainArguments) -> Result<u8, Failure> {
    let settings = RoundSettings {
        steps: options.steps,
        seed: options.seed,
        random_baseline: !options.no_random,
        device: options.device,
        landmark_model: options.landmarks.clone(),
        crop_cache: CropCache::user_default(),
        ..RoundSettings::new(
            options.folder.clone(),
            options.model.clone(),
            options.data.clone(),
        )
    };
    match jobs::run(Request::Retrain(settings), "retrain", train::hear)? {
        Outcome::Retrained(round) => {
            if options.json {
                let text = serde_json::to_string_pretty(&round);
                print(&text.map_err(|err| Failure::new(1, err))?)?;
            } else {
                tell_round(&round)?;
            }
            Ok(0)
        }
        Outcome::Failed(err) => {
            let is_usage = matches!(
                err,
                JobError::Round(RoundError::Settings { .. } | RoundError::NoMasks(_))
            );
            Err(Failure::new(code(is_usage), err))
        }
        outcome => Err(Failure::new(1, format!("Unexpected end: {outcome:?}"))),
    }
}

fn tell_round(round: &Round) -> Result<(), Failure> {
    print(&format!(
        "round       {}, {} masks, {} steps from {}",
        round.number, round.masks, round.steps, round.begun_from
    ))?;
    print(&format!("measured on {}", round.measured_on))?;
    print(&format!("before      {}", numbers(&round.before)))?;
    print(&format!("after       {}", numbers(&round.after)))?;
    if let Some(random) = &round.random {
        print(&format!("random      {}", numbers(&random.after)))?;
    }
    print(&round.words)?;
    print(&format!("model       {}", round.model))
}

fn numbers(measured: &Measured) -> String {
    let told = |name: &str, interval: &Option<Interval>| {
        interval.as_ref().map(|own| {
            let Interval {
                value, low, high, ..
            } = own;
            format!("{name} {value:.3} ({low:.3} to {high:.3})")
        })
    };
    let parts = [
        told("accuracy", &measured.accuracy),
        told("AUC", &measured.auc),
        told("attention in mask", &measured.attention_in_mask),
        measured
            .mask_area
            .map(|area| format!("mask area {area:.3}")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!(
        "{}; {} faces of {} clips",
        parts.join(", "),
        measured.faces,
        measured.clips
    )
}

fn code(is_usage: bool) -> u8 {
    if is_usage {
        EXIT_USAGE
    } else {
        EXIT_UNREADABLE
    }
}
