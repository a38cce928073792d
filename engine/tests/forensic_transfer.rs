//! `ForensicTransfer` end to end on a tiny forged set: trained, stopped, resumed, loaded, scored, drawn, and trained
//! further from its own weights (METHODS 9).
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::path::Path;

use burn::prelude::{Device, Module as _};
use common::{check_known_answers, check_same, forged, settings, trained, trained_with_a_break};
use seam_engine::detectors::card::Card;
use seam_engine::detectors::known_answer::pattern;
use seam_engine::detectors::{DetectorError, FaceCrop, MapChannels, MapKind};
use seam_engine::forge::manipulate::Technique;
use seam_engine::methods::Trainer as _;
use seam_engine::methods::forensic_transfer::trainer::ForensicTransferTrainer;
use seam_engine::methods::forensic_transfer::{DETECTOR, INFO};
use seam_engine::methods::training::{Batch, TrainConfig};
use seam_engine::nn::named::{NamedTensors, collect};
use seam_engine::nn::weights;

const SIZE_PX: u32 = 48;

const NUMBERS: &str = "steps = 4\nbatch_size = 4\nsize_px = 48\nframes_per_clip = 2\nvalidation_batches = 1\n\
    checkpoint_every = 2\nvalidate_every = 2\n[method_config]\nwarmup_steps = 0\n";

#[test]
fn a_model_is_trained_resumed_loaded_scored_drawn_and_trained_further() {
    let dir = tempfile::tempdir().unwrap();
    let data = forged(dir.path(), &[Technique::Recolor]);
    let model = trained(&settings("forensic-transfer", NUMBERS, &data, "straight"));
    let other = trained_with_a_break(settings("forensic-transfer", NUMBERS, &data, "stopped"), 2);
    check_same(
        [&model, &other],
        &[
            "../checkpoint-00000004/weights.safetensors",
            "../checkpoint-00000004/optimizer.safetensors",
            "../checkpoint-00000004/progress.json",
            "weights.safetensors",
        ],
    );

    let card = Card::read(&model).unwrap();
    let losses = &card.training.facts["losses_of_last_step"];
    for name in ["activation", "reconstruction"] {
        assert!(losses[name].as_f64().unwrap() > 0.0, "{losses}");
    }
    let mut detector = (INFO.load)(&model, &Device::flex()).unwrap();
    check_known_answers(&mut *detector, &card);
    let faces: Vec<FaceCrop> = (0..19).map(|n| pattern(n, SIZE_PX)).collect();
    let together = detector.score(&faces).unwrap();
    for (face, expected) in faces.iter().zip(&together) {
        let alone = detector.score(std::slice::from_ref(face)).unwrap();
        assert_eq!(alone, std::slice::from_ref(expected));
    }
    assert!(detector.score(&[pattern(0, 64)]).is_err());

    let maps = detector.maps(&faces[0], DETECTOR.maps).unwrap();
    for (map, &kind) in maps.iter().zip(DETECTOR.maps) {
        assert_eq!((map.kind, map.width, map.height), (kind, SIZE_PX, SIZE_PX));
        let (channels, max) = match kind.channels() {
            MapChannels::Value => (1, card.map_max),
            MapChannels::Rgb => (3, 1.0),
        };
        assert_eq!(map.values.len(), channels * (SIZE_PX * SIZE_PX) as usize);
        assert!(map.values.iter().all(|value| 0.0 <= *value), "{kind:?}");
        assert_eq!(map.range, (0.0, max));
    }
    assert_eq!(DETECTOR.main_map(), Some(MapKind::ClassActivation));
    let refused = detector.map(&faces[0], MapKind::GradCam);
    assert!(matches!(refused, Err(DetectorError::NoSuchMap { .. })));

    // No step is made at a rate of zero: what is trained further begins as the whole model that it starts from.
    let numbers = format!("learning_rate = 0.0\n{NUMBERS}");
    let mut further = settings("forensic-transfer", &numbers, &data, "further");
    further.init = Some(dir.path().join("straight"));
    let model_further = trained(&further);
    check_same_but_statistics(&model, &model_further);
    let card = Card::read(&model_further).unwrap();
    let config: TrainConfig = serde_json::from_value(card.config).unwrap();
    assert_eq!(config.init.unwrap().file, "weights.safetensors");
}

/// Running statistics of norms follow the batches at any rate.
fn check_same_but_statistics(one: &Path, other: &Path) {
    let [one, other] = [one, other].map(|model| {
        let mut tensors = weights::read(&model.join("weights.safetensors")).unwrap();
        tensors.retain(|name, _| !name.contains("running_"));
        tensors
    });
    assert_eq!(one.len(), 2 * 10 + 2 * 7, "weights, biases, and norms");
    assert!(one == other);
}

fn tiny() -> TrainConfig {
    let mut config = (INFO.preset)("laptop").unwrap();
    config.size_px = 32;
    config.batch_size = 8;
    config.steps = 60;
    config.learning_rate = 1e-2;
    let own = &mut config.method_config;
    own.insert("warmup_steps".to_owned(), 0.into());
    own.insert("final_rate_share".to_owned(), 0.1.into());
    config
}

const BOTH: [f32; 8] = [1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0];

fn batch(labels: [f32; 8]) -> Batch {
    let faces: Vec<FaceCrop> = (0..8).map(|n| pattern(n, 32)).collect();
    let pixels = faces.iter().flat_map(|face| face.crop.pixels.clone());
    Batch {
        size_px: 32,
        pixels: pixels.collect(),
        labels: labels.to_vec(),
        categories: vec![None; 8],
        sources: (0..8).map(|n| format!("pattern {n}")).collect(),
        masked: None,
    }
}

fn trainer(config: &TrainConfig) -> ForensicTransferTrainer {
    ForensicTransferTrainer::new(config, &Device::flex().autodiff()).unwrap()
}

fn tensors(trainer: &ForensicTransferTrainer) -> NamedTensors {
    collect(&trainer.model().valid()).unwrap()
}

#[test]
fn eight_pictures_are_learned_by_heart_in_colors_and_in_differences() {
    for input in ["colors", "high_pass"] {
        let mut config = tiny();
        let own = &mut config.method_config;
        own.insert("input".to_owned(), input.into());
        let mut trainer = trainer(&config);
        let mut activation = Vec::new();
        for step in 0..60 {
            let losses = trainer.step(step, &batch(BOTH)).unwrap();
            let names: Vec<&str> = losses.iter().map(|loss| loss.name).collect();
            assert_eq!(names, ["activation", "reconstruction"]);
            activation.push(losses[0].value);
        }
        let (first, last) = (activation[0], activation[59]);
        // Silent halves begin near 1; the best constants leave 1.
        assert!(
            last < 0.5 && last < 0.6 * first,
            "{input}: from {first} to {last}"
        );
    }
}

#[test]
fn batches_of_one_kind_stay_finite() {
    for label in [0.0, 1.0] {
        let mut trainer = trainer(&tiny());
        for step in 0..2 {
            for loss in trainer.step(step, &batch([label; 8])).unwrap() {
                assert!(loss.value.is_finite(), "{}", loss.name);
            }
        }
    }
}

#[test]
fn a_training_starts_from_all_of_a_model_and_from_nothing_less() {
    let config = tiny();
    let mut first = trainer(&config);
    first.step(0, &batch(BOTH)).unwrap();
    let mut second = trainer(&TrainConfig { seed: 7, ..config });
    assert!(tensors(&first) != tensors(&second));
    second.start_backbone(tensors(&first)).unwrap();
    assert!(tensors(&first) == tensors(&second));
    let mut part = tensors(&first);
    part.retain(|name, _| name.starts_with("encoder."));
    let text = second.start_backbone(part).unwrap_err().to_string();
    assert!(text.contains("decoder."), "{text}");
}

#[test]
fn impossible_numbers_are_refused_when_a_trainer_is_made() {
    let mut config = tiny();
    config.size_px = 40;
    let failure = ForensicTransferTrainer::new(&config, &Device::flex().autodiff());
    let text = failure.err().unwrap().to_string();
    assert!(text.contains("multiple of 16"), "{text}");
}
