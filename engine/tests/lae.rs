//! LAE end to end on a tiny forged set: both stages trained, stopped, resumed, loaded, scored, drawn; the second
//! alone on an autoencoder that is there (METHODS 3).
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::path::Path;

use burn::prelude::Device;
use common::{check_known_answers, check_same, forged, settings, trained, trained_with_a_break};
use seam_engine::detectors::card::Card;
use seam_engine::detectors::known_answer::pattern;
use seam_engine::detectors::{DetectorError, FaceCrop, MapKind};
use seam_engine::forge::manipulate::Technique;
use seam_engine::job::JobContext;
use seam_engine::methods::lae::{DETECTOR, INFO};
use seam_engine::nn::named::NamedTensors;
use seam_engine::nn::weights;
use seam_engine::train::run_log::Line;
use seam_engine::train::runs::{self, RunState};
use seam_engine::train::watch;

const SIZE_PX: u32 = 32;

/// Three steps of the first stage, then three of the second.
const NUMBERS: &str = "steps = 6\nbatch_size = 4\nsize_px = 32\nframes_per_clip = 2\nvalidation_batches = 1\n\
    checkpoint_every = 1\nvalidate_every = 2\n[method_config]\nwidth = 0.03\ndecoder_width = 0.03\n\
    discriminator_width = 0.03\ncomparator_width = 0.03\ncomparator_px = 16\nlatent = 8\npristine_units = 4\n\
    stage1_steps = 3\nwarmup_steps = 1\nmasked_batch = 3\nnum_masks = 4\n";

#[test]
fn both_stages_are_trained_resumed_loaded_scored_and_drawn() {
    let dir = tempfile::tempdir().unwrap();
    let data = forged(dir.path(), &[Technique::Recolor, Technique::Texture]);
    let straight = settings("lae", NUMBERS, &data, "straight");
    let model = trained(&straight);
    // In the middle of the first stage, between both, and in the middle of the second.
    for after in [2, 3, 4] {
        let name = format!("stopped-{after}");
        let other = trained_with_a_break(settings("lae", NUMBERS, &data, &name), after);
        check_same(
            [&model, &other],
            &[
                "../checkpoint-00000006/weights.safetensors",
                "../checkpoint-00000006/autoencoder/optimizer.safetensors",
                "../checkpoint-00000006/discriminator/optimizer.safetensors",
                "../checkpoint-00000006/comparator.json",
                "../checkpoint-00000006/progress.json",
                "weights.safetensors",
            ],
        );
    }

    let card = Card::read(&model).unwrap();
    assert!(4 <= card.training.best_step, "of the second stage");
    let facts = &card.training.facts;
    assert_eq!(facts["comparator"]["network"], "substitute");
    assert!(
        facts["losses_of_last_step"]["latent"].is_number(),
        "{facts}"
    );

    let mut detector = (INFO.load)(&model, &Device::flex()).unwrap();
    check_known_answers(&mut *detector, &card);
    let faces: Vec<FaceCrop> = (0..19).map(|n| pattern(n, SIZE_PX)).collect();
    let together = detector.score(&faces).unwrap();
    for (face, expected) in faces.iter().zip(&together) {
        let alone = detector.score(std::slice::from_ref(face)).unwrap();
        assert_eq!(alone, std::slice::from_ref(expected));
    }

    let maps = detector.maps(&faces[0], DETECTOR.maps).unwrap();
    let plane = (SIZE_PX * SIZE_PX) as usize;
    let lengths: Vec<usize> = maps.iter().map(|map| map.values.len()).collect();
    assert_eq!(lengths, [plane, 3 * plane, plane]);
    let [low, high] = card.map_scales["class-activation"];
    assert_eq!(maps[0].range, (low, high));
    assert!(
        maps[1]
            .values
            .iter()
            .all(|value| (0.0..=1.0).contains(value))
    );
    // The residual is the mean over channels of what the picture lacks.
    let shown = faces[0].crop.pixels.iter().zip(&maps[1].values);
    let missing: Vec<f32> = shown
        .map(|(face, painted)| (f32::from(*face) / 255.0 - painted).abs())
        .collect();
    for (missing, found) in missing.chunks_exact(3).zip(&maps[2].values) {
        assert!((missing.iter().sum::<f32>() / 3.0 - found).abs() < 1e-5);
    }
    let alone = detector.map(&faces[0], MapKind::Reconstruction).unwrap();
    assert_eq!(alone, maps[1]);
    let refused = detector.map(&faces[0], MapKind::GradCam);
    assert!(matches!(refused, Err(DetectorError::NoSuchMap { .. })));

    check_what_was_watched(&straight.out);
    check_that_the_rest_rests(&straight.out);
    check_the_second_stage_alone(&data, &straight.out);
    check_the_comparator_stays(&data);
}

/// Faces are painted from the first stage on; scores wait for the second.
fn check_what_was_watched(run: &Path) {
    assert_eq!(watch::steps(run), [2, 6]);
    for (step, has_scores) in [(2, false), (6, true)] {
        let watched = watch::read(run, step).unwrap();
        assert_eq!(watched.faces.len(), 4);
        for face in &watched.faces {
            assert_eq!(face.logit.is_finite(), has_scores);
            let kinds: Vec<MapKind> = face.maps.iter().map(|map| map.kind).collect();
            assert_eq!(kinds, DETECTOR.maps);
        }
    }
    let listed = runs::read(run).unwrap();
    assert_eq!(
        (listed.state, listed.watched),
        (RunState::Finished, vec![2, 6])
    );
    assert!(matches!(
        listed.lines.first(),
        Some(Line::Validation {
            interval: Some(_),
            ..
        })
    ));
}

/// METHODS 3.6, 4: the second stage changes the encoder alone.
fn check_that_the_rest_rests(run: &Path) {
    let at = |step: u64| {
        let path = run.join(format!("checkpoint-{step:08}/weights.safetensors"));
        weights::read(&path).unwrap()
    };
    let last = at(6);
    let other = at(5);
    for (path, tensor) in &last {
        let rests = !path.starts_with("autoencoder.encoder.");
        assert_eq!(other[path] == *tensor, rests, "{path}");
    }
}

/// On an autoencoder that is there already, whose decoder stays.
fn check_the_second_stage_alone(data: &Path, run: &Path) {
    let mut second = settings("lae", NUMBERS, data, "second");
    second.init = Some(run.to_owned());
    let model = trained(&second);
    let card = Card::read(&model).unwrap();
    assert_eq!(card.training.steps, 3);
    assert!(
        card.training.facts["comparator"].is_null(),
        "none is needed"
    );
    let part = |model: &Path, part: &str| -> NamedTensors {
        let mut all = weights::read(&model.join("weights.safetensors")).unwrap();
        all.retain(|name, _| name.starts_with(part));
        all
    };
    let run = run.join("model");
    let decoder = "autoencoder.decoder.";
    assert_eq!(part(&model, decoder), part(&run, decoder));
    let encoder = "autoencoder.encoder.";
    assert_ne!(part(&model, encoder), part(&run, encoder));
}

/// A run whose comparator was another one does not go on with this one.
fn check_the_comparator_stays(data: &Path) {
    let mut settings = settings("lae", NUMBERS, data, "straight");
    settings.resume = true;
    let newest = settings.out.join("checkpoint-00000006/comparator.json");
    std::fs::write(&newest, r#"{"network":"vgg16","sha256":"abc"}"#).unwrap();
    let job = &mut JobContext::detached();
    let err = seam_engine::train::run::train(&settings, job, &|_| ()).unwrap_err();
    assert!(err.to_string().contains("must keep it"), "{err}");
}
