//! Training LGSC on a tiny network and made-up faces: what is learned, what a checkpoint holds, what a
//! loaded model says and draws.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;

use burn::prelude::{Device, Module as _};
use seam_engine::detectors::card::Card;
use seam_engine::detectors::known_answer::pattern;
use seam_engine::detectors::{Detector as _, FaceCrop, MapKind};
use seam_engine::methods::Trainer as _;
use seam_engine::methods::lgsc::INFO;
use seam_engine::methods::lgsc::detector::LgscDetector;
use seam_engine::methods::lgsc::trainer::LgscTrainer;
use seam_engine::methods::training::{Batch, TrainConfig};
use seam_engine::nn::named::{NamedTensors, collect};

const SIZE_PX: u32 = 64;

/// A network of some thousand weights over a backbone.
fn config(backbone: &str, width: f64) -> TrainConfig {
    let mut config = (INFO.preset)("laptop").unwrap();
    config.size_px = SIZE_PX;
    config.batch_size = 8;
    config.steps = 80;
    config.learning_rate = 1e-2;
    let own = &mut config.method_config;
    own.insert("backbone".to_owned(), backbone.into());
    own.insert("width".to_owned(), width.into());
    own.insert("middle_blocks".to_owned(), 1.into());
    own.insert("classifier_width".to_owned(), 0.1.into());
    own.insert("dropout".to_owned(), 0.2.into());
    own.insert("cue_rise_share".to_owned(), 0.5.into());
    own.insert("encoder_share".to_owned(), 0.0125.into());
    own.insert("warmup_steps".to_owned(), 0.into());
    own.insert("final_rate_share".to_owned(), 1.0.into());
    config
}

fn trainer(config: &TrainConfig) -> LgscTrainer {
    LgscTrainer::new(config, &Device::flex().autodiff()).unwrap()
}

/// Eight different pictures with their labels.
fn batch(labels: [f32; 8]) -> Batch {
    let faces = faces();
    Batch {
        size_px: SIZE_PX,
        pixels: faces
            .iter()
            .flat_map(|face| face.crop.pixels.clone())
            .collect(),
        labels: labels.to_vec(),
        categories: vec![None; 8],
        sources: (0..8).map(|n| format!("pattern {n}")).collect(),
        masked: None,
    }
}

fn faces() -> Vec<FaceCrop> {
    (0..8).map(|n| pattern(n, SIZE_PX)).collect()
}

const BOTH: [f32; 8] = [1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0];

fn tensors(trainer: &LgscTrainer) -> NamedTensors {
    collect(&trainer.model().valid()).unwrap()
}

#[test]
fn eight_pictures_are_learned_by_heart_while_the_cue_of_pristine_ones_fades() {
    let mut trainer = trainer(&config("xception", 0.05));
    let mut classified = Vec::new();
    let mut pristine = Vec::new();
    for step in 0..80 {
        let losses = trainer.step(step, &batch(BOTH)).unwrap();
        let names: Vec<&str> = losses.iter().map(|loss| loss.name).collect();
        let expected = ["cross-entropy", "cue", "triplets", "encoder"];
        assert_eq!(names, expected[..if step == 0 { 4 } else { 3 }]);
        classified.push(losses[0].value);
        let facts = trainer.facts().unwrap();
        pristine.push(facts["strength"]["means"][0].as_f64().unwrap());
    }
    let (first, last) = (classified[0], classified[79]);
    assert!(last < 0.5 * first, "the loss went from {first} to {last}");
    let (first, last) = (pristine[0], pristine[79]);
    assert!(last < 0.9 * first, "the cue went from {first} to {last}");
}

#[test]
fn a_batch_of_one_side_alone_is_a_step_like_any_other() {
    for label in [0.0, 1.0] {
        let mut trainer = trainer(&config("resnet18", 0.07));
        for step in 0..2 {
            let losses = trainer.step(step, &batch([label; 8])).unwrap();
            assert!(losses.iter().all(|loss| loss.value.is_finite()));
            assert_eq!(losses[2].value, 0.0, "there is no triplet");
            assert_eq!(losses[1].value == 0.0, label == 1.0);
        }
    }
}

#[test]
fn a_resumed_training_goes_on_to_the_same_bits() {
    let config = config("xception", 0.05);
    let dir = tempfile::tempdir().unwrap();
    let mut straight = trainer(&config);
    for step in 0..4 {
        straight.step(step, &batch(BOTH)).unwrap();
        if step == 1 {
            straight.save_state(dir.path()).unwrap();
        }
    }
    let mut resumed = trainer(&config);
    resumed.resume(dir.path()).unwrap();
    for step in 2..4 {
        resumed.step(step, &batch(BOTH)).unwrap();
    }
    assert!(tensors(&straight) == tensors(&resumed));
    let name = "scale.running_mean";
    assert!(tensors(&straight)[name].values[1] != 0.0);
}

/// The model of a training, with a card that differs from another model's only in what a detector reads.
fn write_model(trainer: &LgscTrainer, config: &TrainConfig, dir: &Path) {
    trainer.save_weights(dir).unwrap();
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/models");
    let mut card = Card::read(&models.join("dadd-laptop")).unwrap();
    card.method = "lgsc".to_owned();
    card.config = serde_json::to_value(config).unwrap();
    card.crop.size_px = config.size_px;
    card.map_max = 0.25;
    card.write(dir).unwrap();
}

#[test]
fn a_loaded_model_scores_as_its_training_did_each_face_alone_and_draws_its_cue() {
    for (backbone, width) in [
        ("xception", 0.05),
        ("resnet18", 0.07),
        ("efficientnet-b0", 0.2),
    ] {
        let config = config(backbone, width);
        let mut trainer = trainer(&config);
        for step in 0..3 {
            trainer.step(step, &batch(BOTH)).unwrap();
        }
        let dir = tempfile::tempdir().unwrap();
        write_model(&trainer, &config, dir.path());
        let mut detector = LgscDetector::load(dir.path(), &Device::flex()).unwrap();

        let expected = trainer.score(&batch(BOTH)).unwrap();
        let found = detector.score(&faces()).unwrap();
        let mut strengths = Vec::new();
        for ((face, expected), found) in faces().iter().zip(&expected).zip(&found) {
            // Folding rounds; slopes are some hundreds.
            let difference = (expected.logit - found.logit).abs();
            assert!(
                difference < 0.02 * (1.0 + expected.logit.abs()),
                "{backbone}: {expected:?} {found:?}"
            );
            let alone = detector.score(std::slice::from_ref(face)).unwrap();
            assert_eq!(alone, std::slice::from_ref(found), "{backbone}");

            let map = detector.map(face, MapKind::SpoofCue).unwrap();
            assert_eq!((map.width, map.height), (SIZE_PX, SIZE_PX));
            assert_eq!(map.values.len(), (SIZE_PX * SIZE_PX) as usize);
            assert_eq!(map.range, (0.0, 0.25));
            assert!(map.values.iter().all(|value| (0.0..=0.5).contains(value)));
            strengths.push((map.values.iter().sum::<f32>(), found.logit));
        }
        if backbone == "xception" {
            // All channels have one deviation, so the map's mean is what is scored.
            strengths.sort_by(|one, other| one.0.total_cmp(&other.0));
            assert!(strengths.is_sorted_by_key(|pair| pair.1), "{strengths:?}");
        }
        assert!(detector.map(&faces()[0], MapKind::GradCam).is_err());
        assert!(detector.score(&[pattern(0, 96)]).is_err());
    }
}
