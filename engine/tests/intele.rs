//! `InTeLe` end to end on a tiny forged set: trained, stopped, resumed, loaded, scored, drawn (METHODS 1.6).
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::fs;
use std::path::Path;

use burn::prelude::Device;
use common::{check_known_answers, check_same, forged, settings, trained, trained_with_a_break};
use seam_engine::detectors::card::Card;
use seam_engine::detectors::known_answer::pattern;
use seam_engine::detectors::{Detector as _, DetectorError, FaceCrop, MapChannels, MapKind};
use seam_engine::forge::manipulate::Technique;
use seam_engine::methods::Trainer as _;
use seam_engine::methods::intele::detector::InteleDetector;
use seam_engine::methods::intele::trainer::InteleTrainer;
use seam_engine::methods::intele::{DETECTOR, INFO};
use seam_engine::methods::training::{Batch, TrainConfig};
use seam_engine::nn::weights;

const SIZE_PX: u32 = 64;

const NUMBERS: &str = "steps = 4\nbatch_size = 4\nsize_px = 64\nframes_per_clip = 2\nvalidation_batches = 1\n\
    checkpoint_every = 2\nvalidate_every = 2\n[method_config]\nwidth = 0.03\nmiddle_blocks = 1\n\
    decoder_width = 0.05\nwarmup_steps = 0\n";

const PICTURES: [MapKind; 5] = [
    MapKind::PristineReconstruction,
    MapKind::ManipulatedReconstruction,
    MapKind::ReconstructionDifference,
    MapKind::PristineResidual,
    MapKind::ManipulatedResidual,
];

#[test]
fn a_model_is_trained_resumed_loaded_scored_and_drawn() {
    let dir = tempfile::tempdir().unwrap();
    let data = forged(dir.path(), &[Technique::Recolor]);
    let model = trained(&settings("intele", NUMBERS, &data, "straight"));
    let other = trained_with_a_break(settings("intele", NUMBERS, &data, "stopped"), 2);
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
    assert!(losses["reconstruction"].as_f64().unwrap() > 0.0, "{losses}");
    let mut detector = (INFO.load)(&model, &Device::flex()).unwrap();
    check_known_answers(&mut *detector, &card);
    let faces: Vec<FaceCrop> = (0..19).map(|n| pattern(n, SIZE_PX)).collect();
    let together = detector.score(&faces).unwrap();
    for (face, expected) in faces.iter().zip(&together) {
        let alone = detector.score(std::slice::from_ref(face)).unwrap();
        assert_eq!(alone, std::slice::from_ref(expected));
    }

    let maps = detector.maps(&faces[0], DETECTOR.maps).unwrap();
    for (map, &kind) in maps.iter().zip(DETECTOR.maps) {
        assert_eq!((map.kind, map.width, map.height), (kind, SIZE_PX, SIZE_PX));
        let channels = match kind.channels() {
            MapChannels::Value => 1,
            MapChannels::Rgb => 3,
        };
        assert_eq!(map.values.len(), channels * (SIZE_PX * SIZE_PX) as usize);
        assert!(map.values.iter().all(|value| 0.0 <= *value), "{kind:?}");
        assert!(map.range.0 == 0.0 && 0.0 < map.range.1);
        assert_eq!(*map, detector.map(&faces[0], kind).unwrap());
    }
    let kind = MapKind::GradCamPart(0);
    let refused = detector.maps(&faces[0], &[MapKind::GradCam, kind]);
    assert!(matches!(refused, Err(DetectorError::NoSuchMap { .. })));

    check_5_scores_do_not_need_the_decoders(&model, &faces);
}

fn check_5_scores_do_not_need_the_decoders(model: &Path, faces: &[FaceCrop]) {
    let mut whole = InteleDetector::load(model, &Device::flex()).unwrap();
    let path = model.join("weights.safetensors");
    let mut tensors = weights::read(&path).unwrap();
    let before = tensors.len();
    tensors.retain(|name, _| name.starts_with("encoder.") || name.starts_with("classifier."));
    assert!(tensors.len() < before);
    // The other detector has not read its decoders yet either.
    let all = fs::read(&path).unwrap();
    weights::write(&tensors, &path).unwrap();
    let mut bare = InteleDetector::load(model, &Device::flex()).unwrap();
    assert_eq!(bare.score(faces).unwrap(), whole.score(faces).unwrap());
    assert_eq!(
        bare.map(&faces[0], MapKind::GradCam).unwrap(),
        whole.map(&faces[0], MapKind::GradCam).unwrap()
    );
    for kind in PICTURES {
        let text = bare.map(&faces[0], kind).unwrap_err().to_string();
        assert!(text.contains("has no decoders"), "{text}");
        assert!(text.contains("File: "), "{text}");
    }
    assert!(whole.map(&faces[0], PICTURES[0]).is_err());
    fs::write(&path, all).unwrap();
    assert!(whole.map(&faces[0], PICTURES[0]).is_ok());
}

fn tiny() -> TrainConfig {
    let mut config = (INFO.preset)("laptop").unwrap();
    config.size_px = 32;
    config.batch_size = 8;
    config.steps = 60;
    config.learning_rate = 1e-2;
    let own = &mut config.method_config;
    own.insert("width".to_owned(), 0.06.into());
    own.insert("middle_blocks".to_owned(), 1.into());
    own.insert("decoder_width".to_owned(), 0.25.into());
    own.insert("warmup_steps".to_owned(), 0.into());
    own.insert("final_rate_share".to_owned(), 1.0.into());
    config
}

fn batch() -> Batch {
    let faces: Vec<FaceCrop> = (0..8).map(|n| pattern(n, 32)).collect();
    let pixels = faces.iter().flat_map(|face| face.crop.pixels.clone());
    Batch {
        size_px: 32,
        pixels: pixels.collect(),
        labels: vec![1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0],
        categories: vec![None; 8],
        sources: (0..8).map(|n| format!("pattern {n}")).collect(),
        masked: None,
    }
}

#[test]
fn eight_pictures_are_learned_by_heart_and_painted() {
    let mut trainer = InteleTrainer::new(&tiny(), &Device::flex().autodiff()).unwrap();
    let mut all = Vec::new();
    for step in 0..60 {
        all.push(trainer.step(step, &batch()).unwrap());
    }
    let value = |at: usize, name: &str| {
        let loss = all[at].iter().find(|loss| loss.name == name);
        loss.unwrap().value
    };
    for (name, share) in [("classification", 0.4), ("reconstruction", 0.4)] {
        let (first, last) = (value(0, name), value(59, name));
        assert!(last < share * first, "{name} went from {first} to {last}");
    }
    // Both decoders' pictures are told apart.
    let (first, last) = (
        value(0, "semantic of painted"),
        value(59, "semantic of painted"),
    );
    assert!(last < 0.5 * first, "it went from {first} to {last}");
}

#[test]
fn batches_of_one_kind_and_both_optimizers_stay_finite() {
    for optimizer in ["sgd", "adam"] {
        let mut config = tiny();
        let own = &mut config.method_config;
        own.insert("optimizer".to_owned(), optimizer.into());
        let mut trainer = InteleTrainer::new(&config, &Device::flex().autodiff()).unwrap();
        for label in [0.0, 1.0] {
            let mut batch = batch();
            batch.labels = vec![label; 8];
            for loss in trainer.step(0, &batch).unwrap() {
                assert!(loss.value.is_finite(), "{}", loss.name);
            }
        }
    }
}

#[test]
fn impossible_numbers_are_refused_when_a_trainer_is_made() {
    let mut config = tiny();
    config.size_px = 48;
    let failure = InteleTrainer::new(&config, &Device::flex().autodiff());
    let text = failure.err().unwrap().to_string();
    assert!(text.contains("multiple of 32"), "{text}");
}
