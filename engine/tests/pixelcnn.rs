//! `PixelCNN++` end to end on a tiny forged set: both stages trained, stopped, resumed, loaded, scored,
//! drawn, sampled; the classifier alone on a background that is there (METHODS 4).
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::fs;
use std::path::Path;

use burn::prelude::Device;
use common::{check_known_answers, check_same, forged, settings, trained, trained_with_a_break};
use seam_engine::analysis::progressive::FaceBudget;
use seam_engine::analysis::record::{Analysis, CheckState};
use seam_engine::analysis::{ScanSettings, scan};
use seam_engine::data::{Manifest, Split};
use seam_engine::detectors::card::Card;
use seam_engine::detectors::known_answer::pattern;
use seam_engine::detectors::{DetectorError, FaceCrop, MapKind};
use seam_engine::device::Preference;
use seam_engine::eval::protocol::Protocol;
use seam_engine::eval::{EvalSettings, EvalWork, ModelChoice};
use seam_engine::forge::manipulate::Technique;
use seam_engine::job::JobContext;
use seam_engine::methods::pixelcnn::{DETECTOR, INFO};
use seam_engine::nn::weights;
use seam_engine::train::samples::{SampleSettings, sample};
use seam_engine::{Engine, Outcome, Request, Update};

const SIZE_PX: u32 = 40;

/// Three steps of the background, then three of the classifier.
const NUMBERS: &str = "steps = 6\nbatch_size = 4\nsize_px = 40\nframes_per_clip = 2\nvalidation_batches = 1\n\
    checkpoint_every = 1\nvalidate_every = 2\n[method_config]\nfilters = 4\nresnets = 1\nmixtures = 2\n\
    dropout = 0.2\nbackground_steps = 3\nclassifier_batch = 8\n";

#[test]
fn both_stages_are_trained_resumed_loaded_scored_and_drawn() {
    let dir = tempfile::tempdir().unwrap();
    let data = forged(dir.path(), &[Technique::Recolor, Technique::Texture]);
    let straight = settings("pixelcnn", NUMBERS, &data, "straight");
    let model = trained(&straight);
    // In the middle of the first stage, and of the second.
    for after in [2, 4] {
        let name = format!("stopped-{after}");
        let other = trained_with_a_break(settings("pixelcnn", NUMBERS, &data, &name), after);
        check_same(
            [&model, &other],
            &[
                "../checkpoint-00000006/weights.safetensors",
                "../checkpoint-00000006/background/optimizer.safetensors",
                "../checkpoint-00000006/classifier/optimizer.safetensors",
                "../checkpoint-00000006/average.safetensors",
                "../checkpoint-00000006/progress.json",
                "weights.safetensors",
            ],
        );
    }
    // The background draws faces as long as it learns.
    assert!(straight.out.join("samples/step-00000002.png").is_file());
    assert!(!straight.out.join("samples/step-00000004.png").exists());

    let card = Card::read(&model).unwrap();
    assert!(
        4 <= card.training.best_step,
        "the first stage has no scores"
    );
    let bits = &card.training.facts["bits_per_dim"];
    assert!(0.0 < bits["pristine"].as_f64().unwrap(), "{bits}");
    let kinds: Vec<Option<&str>> = card
        .likelihoods
        .iter()
        .map(|own| own.technique.as_deref())
        .collect();
    assert_eq!(kinds, [None, Some("recolor"), Some("texture")]);

    let mut detector = (INFO.load)(&model, &Device::flex()).unwrap();
    check_known_answers(&mut *detector, &card);
    assert_eq!(detector.likelihood_references(), card.likelihoods);
    let faces: Vec<FaceCrop> = (0..11).map(|n| pattern(n, SIZE_PX)).collect();
    let together = detector.score_in_detail(&faces).unwrap();
    for (face, expected) in faces.iter().zip(&together) {
        let alone = detector.score_in_detail(std::slice::from_ref(face));
        assert_eq!(alone.unwrap(), std::slice::from_ref(expected));
    }

    let maps = detector.maps(&faces[0], DETECTOR.maps).unwrap();
    let plane = (SIZE_PX * SIZE_PX) as usize;
    for at in 0..plane {
        let sum: f32 = maps[1..].iter().map(|map| map.values[at]).sum();
        assert!((maps[0].values[at] - sum).abs() < 1e-4 && sum <= 0.0);
    }
    let likelihood = together[0].likelihood.unwrap();
    let nats: f64 = maps[0].values.iter().map(|&nats| f64::from(nats)).sum();
    let bits = -nats / (std::f64::consts::LN_2 * 3.0 * plane as f64);
    assert!((f64::from(likelihood.bits_per_dim) - bits).abs() < 1e-4);
    let refused = detector.map(&faces[0], MapKind::GradCam);
    assert!(matches!(refused, Err(DetectorError::NoSuchMap { .. })));

    check_the_classifier_alone(&data, &straight.out);
    check_tables(dir.path(), &data);
    check_samples(dir.path(), &model);
    check_scan(dir.path(), &data, &model);
}

/// On a background that is there already, whose weights stay.
fn check_the_classifier_alone(data: &Path, run: &Path) {
    let mut second = settings("pixelcnn", NUMBERS, data, "second");
    second.init = Some(run.to_owned());
    let model = trained(&second);
    let card = Card::read(&model).unwrap();
    assert_eq!(card.training.steps, 3);
    let background = |model: &Path| {
        let mut all = weights::read(&model.join("weights.safetensors")).unwrap();
        all.retain(|name, _| name.starts_with("background."));
        all
    };
    assert_eq!(background(&model), background(&run.join("model")));
    // No weights of another kind.
    second.init = Some(data.to_owned());
    second.out = data.with_file_name("third");
    let job = &mut JobContext::detached();
    let err = seam_engine::train::run::train(&second, job, &|_| ()).unwrap_err();
    assert!(err.to_string().contains("weights.safetensors"), "{err}");
}

/// Each technique known and unknown, on one background that is trained once.
fn check_tables(dir: &Path, data: &Path) {
    let settings = EvalSettings {
        work: EvalWork::Methods {
            names: vec!["pixelcnn".to_owned()],
            protocol: Protocol::KnownAndUnknown,
            model: ModelChoice::Train {
                preset: "laptop".to_owned(),
                steps: Some(3),
                init: None,
            },
            calibrate: false,
        },
        data: Some(data.to_owned()),
        test_data: None,
        out: dir.join("tables"),
        split: Split::Test.into(),
        frames_per_item: 1,
        device: Preference::Cpu,
        seed: 1,
        landmark_model: None,
        crop_cache: None,
        has_pictures: false,
    };
    let mut engine = Engine::new(|| ());
    engine.submit(Request::Evaluate(settings.clone())).unwrap();
    let evaluation = loop {
        let event = engine.wait().unwrap();
        if let Update::Finished(outcome) = event.update {
            match outcome {
                Outcome::Evaluated(evaluated) => break evaluated.evaluation,
                outcome => panic!("{outcome:?}"),
            }
        }
    };
    let folds: Vec<(Option<&str>, Option<&str>)> = evaluation
        .results
        .iter()
        .map(|own| (own.trained_on.as_deref(), own.left_out.as_deref()))
        .collect();
    let [recolor, texture] = [Some("recolor"), Some("texture")];
    assert_eq!(
        folds,
        [
            (recolor, None),
            (texture, None),
            (None, recolor),
            (None, texture)
        ]
    );
    let kinds: Vec<(bool, usize)> = evaluation
        .averages
        .iter()
        .map(|average| (average.is_known, average.folds))
        .collect();
    assert_eq!(kinds, [(true, 2), (false, 2)]);
    let backgrounds = ["-shared", "-on-recolor-alone", "-without-texture"].map(|fold| {
        let model = settings
            .out
            .join(format!("trainings/pixelcnn{fold}/run/model"));
        let mut all = weights::read(&model.join("weights.safetensors")).unwrap();
        all.retain(|name, _| name.starts_with("background."));
        all
    });
    assert!(backgrounds[0] == backgrounds[1] && backgrounds[1] == backgrounds[2]);
}

fn check_samples(dir: &Path, model: &Path) {
    let settings = |name: &str| SampleSettings {
        model: model.to_owned(),
        out: dir.join(name),
        count: 3,
        seed: 7,
        temperature: 1.0,
    };
    let [one, other] = ["one.png", "other.png"].map(|name| {
        let path = sample(&settings(name), &mut JobContext::detached()).unwrap();
        fs::read(path).unwrap()
    });
    assert!(one == other, "the same seed draws the same faces");
}

/// The record of a clip holds likelihoods, and tells what a budget left out.
fn check_scan(dir: &Path, data: &Path, model: &Path) {
    let models = dir.join("models");
    fs::create_dir(&models).unwrap();
    fs::rename(model, models.join("pixelcnn-tiny")).unwrap();
    let manifest = Manifest::read(data).unwrap();
    let item = manifest.items.iter().find(|item| item.label == 1).unwrap();
    let path = manifest.dir.join(&item.path);
    let scanned = |budget| -> Analysis {
        let mut settings = ScanSettings::new(path.clone());
        settings.methods = vec!["pixelcnn".to_owned()];
        settings.model_dirs = vec![models.clone()];
        settings.device = Preference::Cpu;
        settings.budget = budget;
        scan::scan(&settings, &mut JobContext::detached(), &|_| ()).unwrap()
    };
    let whole = scanned(FaceBudget::Auto);
    let check = &whole.tracks[0].checks[0];
    assert_eq!(check.state, CheckState::Ran);
    assert!(
        check
            .frames
            .iter()
            .all(|frame| frame.bits_per_dim.is_some())
    );
    let likelihood = check.likelihood.as_ref().unwrap();
    assert!(likelihood.sentence.contains("bits"));
    assert_eq!(check.extra.get("budget"), None);

    let few = scanned(FaceBudget::Faces(2));
    let check = &few.tracks[0].checks[0];
    assert_eq!(check.frames.len(), 2);
    assert!(check.frames[0].index < check.frames[1].index);
    assert_eq!(check.extra["budget"]["faces_scored"], 2);
    let usable = check.extra["budget"]["faces_usable"].as_u64().unwrap();
    assert_eq!(usable as usize, whole.tracks[0].checks[0].frames.len());
}
