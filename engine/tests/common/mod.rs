//! What end-to-end tests of methods share: a tiny forged set, and a training of it with and without a break.

mod forged;

use std::fs;
use std::path::{Path, PathBuf};

use seam_engine::detectors::Detector;
use seam_engine::detectors::card::Card;
use seam_engine::detectors::known_answer::largest_difference;
use seam_engine::device::Preference;
use seam_engine::job::{CancelToken, JobContext};
use seam_engine::methods::training::TrainError;
use seam_engine::train::{TrainEvent, TrainSettings, run};

pub use forged::forged;

/// A training of the preset `laptop` with these numbers in place of its own.
pub fn settings(method: &str, numbers: &str, data: &Path, name: &str) -> TrainSettings {
    let dir = data.parent().unwrap();
    let config = dir.join(format!("{name}.toml"));
    fs::write(&config, numbers).unwrap();
    TrainSettings {
        method: method.to_owned(),
        data: data.to_owned(),
        out: dir.join(name),
        preset: "laptop".to_owned(),
        config: Some(config),
        seed: Some(1),
        init: None,
        masks: None,
        device: Preference::Cpu,
        resume: false,
        landmark_model: None,
    }
}

/// Trains to the end; gives the model's folder.
pub fn trained(settings: &TrainSettings) -> PathBuf {
    run::train(settings, &mut JobContext::detached(), &|_| ()).unwrap()
}

/// The same, stopped once after the checkpoint of this step.
pub fn trained_with_a_break(mut settings: TrainSettings, after: u64) -> PathBuf {
    let cancel = CancelToken::default();
    let mut job = JobContext::new(cancel.clone(), |_| ());
    let result = run::train(&settings, &mut job, &|event| {
        if matches!(event, TrainEvent::Checkpoint { step, .. } if step == after) {
            cancel.cancel();
        }
    });
    assert!(matches!(result, Err(TrainError::Cancelled(_))));
    settings.resume = true;
    trained(&settings)
}

/// These files, named from the models' folders, are the same bit by bit.
pub fn check_same(models: [&Path; 2], names: &[&str]) {
    for name in names {
        let [one, other] = models.map(|model| fs::read(model.join(name)).unwrap());
        assert!(one == other, "{name} differs");
    }
}

/// A model just trained answers as its card says, bit by bit.
pub fn check_known_answers(detector: &mut dyn Detector, card: &Card) {
    let drift = largest_difference(detector, &card.known_answers).unwrap();
    assert_eq!(drift, 0.0);
}
