//! Training DADD end to end on tiny networks and made-up faces: what changes, what is learned, what a
//! checkpoint holds.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use burn::prelude::{Device, Module as _};
use seam_engine::detectors::card::Card;
use seam_engine::detectors::known_answer::{largest_difference, pattern, plain_face};
use seam_engine::detectors::{Detector as _, FaceCrop, MapKind};
use seam_engine::faces::align::Crop;
use seam_engine::faces::{Aligner, Landmarks};
use seam_engine::forge::pristine::{PristineFace, PristineFaces};
use seam_engine::job::{CancelToken, JobContext};
use seam_engine::methods::dadd::detector::DaddDetector;
use seam_engine::methods::dadd::trainer::DaddTrainer;
use seam_engine::methods::dadd::{INFO, NUM_SUBTASKS};
use seam_engine::methods::training::{Batch, TrainConfig, TrainError};
use seam_engine::methods::{MethodInfo, Trainer as _};
use seam_engine::nn::named::{NamedTensors, collect};
use seam_engine::train::TrainEvent;
use seam_engine::train::faces::Faces;
use seam_engine::train::finish::Origin;
use seam_engine::train::masks::Masks;
use seam_engine::train::session::{self, Session};
use seam_engine::train::watch;

const SIZE_PX: u32 = 48;

/// A network of a few thousand weights.
fn config() -> TrainConfig {
    let mut config = (INFO.preset)("laptop").unwrap();
    config.size_px = SIZE_PX;
    config.batch_size = 8;
    config.steps = 60;
    config.learning_rate = 1e-2;
    config.validation_batches = 1;
    let own = &mut config.method_config;
    own.insert("width".to_owned(), 0.01.into());
    own.insert("middle_blocks".to_owned(), 1.into());
    own.insert("features".to_owned(), 4.into());
    own.insert("warmup_steps".to_owned(), 0.into());
    own.insert("final_rate_share".to_owned(), 1.0.into());
    config
}

fn with(key: &str, value: impl Into<toml::Value>) -> TrainConfig {
    let mut config = config();
    config.method_config.insert(key.to_owned(), value.into());
    config
}

fn trainer(config: &TrainConfig) -> DaddTrainer {
    DaddTrainer::new(config, &Device::flex().autodiff()).unwrap()
}

/// Eight different pictures, half of them called manipulated.
fn batch() -> Batch {
    let faces: Vec<FaceCrop> = (0..8).map(|n| pattern(n, SIZE_PX)).collect();
    Batch {
        size_px: SIZE_PX,
        pixels: faces
            .iter()
            .flat_map(|face| face.crop.pixels.clone())
            .collect(),
        labels: vec![1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0],
        categories: vec![None; 8],
        sources: (0..8).map(|n| format!("pattern {n}")).collect(),
        masked: None,
    }
}

fn tensors(trainer: &DaddTrainer) -> NamedTensors {
    collect(&trainer.model().valid()).unwrap()
}

#[test]
fn eight_pictures_are_learned_by_heart() {
    let mut trainer = trainer(&with("lambda", 0.001));
    let mut finals = Vec::new();
    for step in 0..60 {
        let losses = trainer.step(step, &batch()).unwrap();
        finals.extend(
            losses
                .iter()
                .find(|loss| loss.name == "final")
                .map(|loss| loss.value),
        );
    }
    let (first, last) = (finals[0], *finals.last().unwrap());
    assert!(last < 0.2 * first, "the loss went from {first} to {last}");
}

#[test]
fn each_step_changes_only_what_belongs_to_it() {
    // METHODS 5.6.5. Weight decay is on, to catch one that reaches too far.
    let mut config = config();
    config.weight_decay = 0.1;
    let mut trainer = trainer(&config);
    for step in 0..36 {
        let before = tensors(&trainer);
        trainer.step(step, &batch()).unwrap();
        let after = tensors(&trainer);
        let subtask = step % 18;
        for (name, tensor) in &before {
            let is_changed = *tensor != after[name];
            let part = |part: &str| name.starts_with(&format!("heads.{part}.{subtask}."));
            let may_change = name.starts_with("backbone.")
                || if subtask < 9 {
                    part("projections") || part("subtasks")
                } else {
                    name.starts_with("heads.projections.") || name.starts_with("heads.fusion.")
                };
            assert!(may_change || !is_changed, "step {step} changed {name}");
            let must_change = name.ends_with("weight") && may_change;
            // A dead ReLU gives its projection no gradient, but decay still moves it.
            assert!(is_changed || !must_change, "step {step} left {name}");
        }
    }
}

#[test]
fn a_large_lambda_shrinks_whole_rows() {
    // METHODS 5.6.7: under the norm, rows vanish together, not number by number.
    let norms = |lambda: f64| -> Vec<f32> {
        let mut config = with("lambda", lambda);
        config
            .method_config
            .insert("subtask_rounds".to_owned(), 0.into());
        let mut trainer = trainer(&config);
        for step in 0..40 {
            trainer.step(step, &batch()).unwrap();
        }
        let weight = &tensors(&trainer)["heads.fusion.weight"].values;
        let rows = weight.chunks_exact(weight.len() / NUM_SUBTASKS);
        rows.map(|row| row.iter().map(|v| v * v).sum::<f32>().sqrt())
            .collect()
    };
    let (free, held) = (norms(0.0), norms(50.0));
    assert_eq!(free.len(), 9);
    for (free, held) in free.iter().zip(&held) {
        assert!(*held < 0.2 * free, "{held} of {free}");
    }
}

#[test]
fn a_loss_that_is_not_finite_stops_with_step_and_sources() {
    let mut trainer = trainer(&config());
    let before = tensors(&trainer);
    let mut broken = batch();
    broken.labels[3] = f32::NAN;
    let err = trainer.step(7, &broken).unwrap_err();
    let text = err.to_string();
    assert!(
        text.contains("step 7") && text.contains("pattern 3"),
        "{text}"
    );
    let weights = |tensors: &NamedTensors| {
        let mut tensors = tensors.clone();
        tensors.retain(|name, _| !name.contains("running"));
        tensors
    };
    assert_eq!(weights(&tensors(&trainer)), weights(&before));
}

#[test]
fn training_needs_gradients() {
    let err = DaddTrainer::new(&config(), &Device::flex()).err().unwrap();
    assert!(matches!(err, TrainError::Device { .. }), "{err}");
}

/// Made-up faces of `num_clips` clips.
fn faces(num_clips: usize) -> PristineFaces {
    let faces = (0..num_clips * 2).map(|at| {
        let n = at as u32;
        let points = std::array::from_fn(|point| {
            let angle = point as f32 * 0.37;
            let radius = SIZE_PX as f32 * (0.1 + 0.003 * point as f32);
            let center = 0.5 * SIZE_PX as f32;
            [center + radius * angle.cos(), center + radius * angle.sin()]
        });
        PristineFace {
            crop: Crop {
                landmarks: Landmarks {
                    points,
                    aligner: Aligner::BoxEstimate,
                },
                ..pattern(n, SIZE_PX).crop
            },
            clip: at / 2,
            frame_index: n % 2,
        }
    });
    PristineFaces {
        clips: (0..num_clips)
            .map(|clip| format!("clip-{clip}.mp4"))
            .collect(),
        faces: faces.collect(),
    }
}

fn session(out: &Path, is_resumed: bool) -> Session {
    let mut config = config();
    config.steps = 20;
    config.checkpoint_every = 10;
    config.validate_every = 10;
    let (training, held_back) = faces(6).split(0.4, 1);
    Session {
        method: method(),
        config,
        device: Device::flex().autodiff(),
        training: Faces::Pristine(Arc::new(training)),
        held_back: Faces::Pristine(Arc::new(held_back)),
        start: None,
        origin: Origin {
            clips: Vec::new(),
            aligner: Aligner::BoxEstimate,
            device: "cpu".to_owned(),
            command: "none".to_owned(),
        },
        out: out.to_owned(),
        masks: Masks::None,
        is_resumed,
    }
}

fn method() -> &'static MethodInfo {
    seam_engine::methods::find("dadd").unwrap()
}

#[test]
fn a_resumed_run_ends_with_the_same_bits() {
    let straight = tempfile::tempdir().unwrap();
    session::run(
        &session(straight.path(), false),
        &mut JobContext::detached(),
        &|_| (),
    )
    .unwrap();

    let stopped = tempfile::tempdir().unwrap();
    let cancel = CancelToken::default();
    let mut job = JobContext::new(cancel.clone(), |_| ());
    let result = session::run(&session(stopped.path(), false), &mut job, &|event| {
        if let TrainEvent::Checkpoint { step: 10, .. } = event {
            cancel.cancel();
        }
    });
    assert!(matches!(result, Err(TrainError::Cancelled(_))));
    assert!(stopped.path().join("checkpoint-00000010").is_dir());
    assert!(!stopped.path().join("model").exists());
    session::run(
        &session(stopped.path(), true),
        &mut JobContext::detached(),
        &|_| (),
    )
    .unwrap();

    for name in [
        "checkpoint-00000020/weights.safetensors",
        "checkpoint-00000020/optimizer.safetensors",
        "checkpoint-00000020/progress.json",
        "model/weights.safetensors",
    ] {
        let read = |dir: &Path| std::fs::read(dir.join(name)).unwrap();
        assert!(
            read(straight.path()) == read(stopped.path()),
            "{name} differs"
        );
    }
}

#[test]
fn a_training_tells_how_it_goes_and_keeps_what_it_sees() {
    let out = tempfile::tempdir().unwrap();
    let events = RefCell::new(Vec::new());
    let job = &mut JobContext::detached();
    let told = |event| events.borrow_mut().push(event);
    session::run(&session(out.path(), false), job, &told).unwrap();
    let events = events.into_inner();
    let TrainEvent::Begun {
        faces, held_back, ..
    } = &events[0]
    else {
        panic!("{:?}", events[0]);
    };
    assert!(0 < *held_back && held_back < faces, "{held_back} {faces}");
    let mut validated = 0;
    for event in &events {
        match event {
            TrainEvent::Step { memory_bytes, .. } if cfg!(target_os = "linux") => {
                assert!((1 << 20..1 << 40).contains(&memory_bytes.unwrap()));
            }
            TrainEvent::Validated { auc, interval, .. } => {
                let [low, high] = interval.unwrap();
                assert!(low <= *auc && *auc <= high, "{auc} [{low}, {high}]");
                validated += 1;
            }
            _ => {}
        }
    }
    assert_eq!(validated, 2);

    let run = out.path();
    // The first validation and the last are always looked at.
    assert_eq!(watch::steps(run), [10, 20]);
    let first = watch::read(run, 10).unwrap();
    let last = watch::read(run, 20).unwrap();
    let labels: Vec<u8> = first.faces.iter().map(|face| face.label).collect();
    assert_eq!(labels, [0, 0, 1, 1]);
    assert_ne!(first.faces[2].technique, first.faces[3].technique);
    for (first, last) in first.faces.iter().zip(&last.faces) {
        assert_eq!(first.crop, last.crop);
        assert!(first.logit.is_finite() && last.logit != first.logit);
        // Not the nine parts, which would be much.
        let kinds: Vec<MapKind> = first.maps.iter().map(|map| map.kind).collect();
        assert_eq!(kinds, [MapKind::GradCam]);
    }

    // What is kept of the last step is what the model then says.
    let mut model = DaddDetector::load(&run.join("model"), &Device::flex()).unwrap();
    if Card::read(&run.join("model")).unwrap().training.best_step == 20 {
        let face = &last.faces[2];
        let crop = plain_face(face.crop.size_px, face.crop.rgb.clone());
        let logit = model.score(&[crop]).unwrap()[0].logit;
        assert_eq!(logit, face.logit);
    }
}

#[test]
fn a_finished_model_loads_keeps_its_answers_and_scores_each_face_alone() {
    let out = tempfile::tempdir().unwrap();
    let dir = session::run(
        &session(out.path(), false),
        &mut JobContext::detached(),
        &|_| (),
    )
    .unwrap();
    let card = Card::read(&dir).unwrap();
    assert!(!card.calibrated);
    assert_eq!(card.metrics.auc_by_category.len(), 9);
    assert!(card.metrics.auc.is_some());
    let norms = card.training.facts["row_norms"].as_array().unwrap();
    assert_eq!(norms.len(), NUM_SUBTASKS);

    let mut detector = DaddDetector::load(&dir, &Device::flex()).unwrap();
    let difference = largest_difference(&mut detector, &card.known_answers).unwrap();
    assert_eq!(difference, 0.0);

    let faces: Vec<FaceCrop> = (0..21).map(|n| pattern(n, SIZE_PX)).collect();
    let together = detector.score(&faces).unwrap();
    assert_eq!(together, detector.score(&faces).unwrap());
    for (face, expected) in faces.iter().zip(&together) {
        let alone = detector.score(std::slice::from_ref(face)).unwrap();
        assert_eq!(alone, std::slice::from_ref(expected));
        assert_eq!(expected.parts.len(), 9);
    }

    for kind in [MapKind::GradCam, MapKind::GradCamPart(6)] {
        let map = detector.map(&faces[0], kind).unwrap();
        assert_eq!(map.values.len(), (map.width * map.height) as usize);
        assert_eq!((map.width, map.kind), (SIZE_PX, kind));
        assert!(map.range.0 == 0.0 && 0.0 < map.range.1);
        assert!(map.values.iter().all(|value| 0.0 <= *value));
    }
    assert!(detector.map(&faces[0], MapKind::GradCamPart(9)).is_err());
    assert!(detector.score(&[pattern(0, 64)]).is_err());
}

#[test]
fn weights_of_another_network_are_refused() {
    let out = tempfile::tempdir().unwrap();
    let dir = session::run(
        &session(out.path(), false),
        &mut JobContext::detached(),
        &|_| (),
    )
    .unwrap();
    let mut card = Card::read(&dir).unwrap();
    card.config["method_config"]["features"] = 5.into();
    card.write(&dir).unwrap();
    let text = DaddDetector::load(&dir, &Device::flex())
        .err()
        .unwrap()
        .to_string();
    assert!(text.contains("has the shape"), "{text}");
    assert!(text.contains("File: "), "{text}");
}
