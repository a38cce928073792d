//! DID end to end on a tiny forged set: trained, stopped, resumed, loaded, scored, drawn (METHODS 2.8).
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::fs;
use std::path::Path;

use burn::prelude::Device;
use common::{check_known_answers, check_same, forged, settings, trained, trained_with_a_break};
use seam_engine::analysis::record::CheckState;
use seam_engine::analysis::{ScanSettings, scan};
use seam_engine::detectors::card::Card;
use seam_engine::detectors::known_answer::pattern;
use seam_engine::detectors::{Detector as _, DetectorError, FaceCrop, MapKind};
use seam_engine::device::Preference;
use seam_engine::forge::manipulate::Technique;
use seam_engine::job::JobContext;
use seam_engine::methods::did::detector::DidDetector;
use seam_engine::methods::did::{DETECTOR, INFO};
use seam_engine::nn::weights;

const SIZE_PX: u32 = 64;

const NUMBERS: &str = "steps = 4\nbatch_size = 6\nsize_px = 64\nframes_per_clip = 2\nvalidation_batches = 1\n\
    checkpoint_every = 2\nvalidate_every = 2\n[method_config]\nwidth = 0.03\nmiddle_blocks = 1\nhidden = 8\n\
    estimator_channels = [8, 8, 8]\nwarmup_steps = 0\n";

#[test]
fn a_model_is_trained_resumed_loaded_scored_and_drawn() {
    let dir = tempfile::tempdir().unwrap();
    let data = forged(dir.path(), &[Technique::Recolor, Technique::Texture]);
    let model = trained(&settings("did", NUMBERS, &data, "straight"));
    let other = trained_with_a_break(settings("did", NUMBERS, &data, "stopped"), 2);
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
    assert_eq!(
        card.config["techniques"],
        serde_json::json!(["recolor", "texture"])
    );
    let losses = &card.training.facts["losses_of_last_step"];
    assert!(losses["domain"].as_f64().unwrap() > 0.0, "{losses}");
    for name in ["m-df", "m-dom"] {
        let [low, high] = card.map_scales[name];
        assert!(
            0.0 <= low && low < high && high <= 1.0,
            "{name} {low} {high}"
        );
    }
    let mut detector = (INFO.load)(&model, &Device::flex()).unwrap();
    check_known_answers(&mut *detector, &card);
    assert_eq!(detector.domains(), ["pristine", "recolor", "texture"]);
    let faces: Vec<FaceCrop> = (0..19).map(|n| pattern(n, SIZE_PX)).collect();
    let together = detector.score_in_detail(&faces).unwrap();
    let plain = detector.score(&faces).unwrap();
    for ((face, expected), plain) in faces.iter().zip(&together).zip(plain) {
        let alone = detector.score_in_detail(std::slice::from_ref(face));
        assert_eq!(alone.unwrap(), std::slice::from_ref(expected));
        assert_eq!(expected.score, plain);
        assert_eq!(expected.domains.len(), 3);
        assert!((expected.domains.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }
    check_maps(&mut *detector, &card, &faces[0]);
    check_scores_do_not_need_the_domain_branch(&model, &faces);
    check_scan(dir.path(), &data, &model);
}

fn check_maps(detector: &mut dyn seam_engine::detectors::Detector, card: &Card, face: &FaceCrop) {
    let maps = detector.maps(face, DETECTOR.maps).unwrap();
    for (map, &kind) in maps.iter().zip(DETECTOR.maps) {
        assert_eq!((map.kind, map.width, map.height), (kind, SIZE_PX, SIZE_PX));
        assert_eq!(map.values.len(), (SIZE_PX * SIZE_PX) as usize);
        assert!(map.values.iter().all(|value| 0.0 <= *value), "{kind:?}");
        assert_eq!(*map, detector.map(face, kind).unwrap());
        match card.map_scales.get(kind.name().as_ref()) {
            Some(&[low, high]) => assert_eq!(map.range, (low, high)),
            None => assert!(map.range.0 == 0.0 && 0.0 < map.range.1),
        }
    }
    // Channels fall in their mean; a rank beyond the last is the last.
    let mut mean = |kind| {
        let map = detector.map(face, kind).unwrap();
        assert!(map.values.iter().all(|value| (0.0..=1.0).contains(value)));
        map.values.iter().sum::<f32>()
    };
    let means: Vec<f32> = [0, 1, 2, 60_000, 60_001]
        .map(|rank| mean(MapKind::DomainAttentionChannel(rank)))
        .to_vec();
    // Enlarging weighs places a little differently.
    assert!(
        means.windows(2).all(|pair| pair[1] <= 1.01 * pair[0]),
        "{means:?}"
    );
    assert_eq!(means[3], means[4]);
    let refused = detector.map(face, MapKind::GradCamPart(0));
    assert!(matches!(refused, Err(DetectorError::NoSuchMap { .. })));
}

fn check_scores_do_not_need_the_domain_branch(model: &Path, faces: &[FaceCrop]) {
    let mut whole = DidDetector::load(model, &Device::flex()).unwrap();
    let path = model.join("weights.safetensors");
    let all = fs::read(&path).unwrap();
    let mut tensors = weights::read(&path).unwrap();
    tensors.retain(|name, _| !name.starts_with("domain.") && !name.starts_with("estimator."));
    weights::write(&tensors, &path).unwrap();
    let mut bare = DidDetector::load(model, &Device::flex()).unwrap();
    assert_eq!(bare.score(faces).unwrap(), whole.score(faces).unwrap());
    assert!(bare.domains().is_empty());
    let found = bare.score_in_detail(faces).unwrap();
    assert!(found.iter().all(|found| found.domains.is_empty()));
    fs::write(&path, all).unwrap();
}

/// The record of a clip holds the method's check.
fn check_scan(dir: &Path, data: &Path, model: &Path) {
    let models = dir.join("models");
    fs::create_dir(&models).unwrap();
    fs::rename(model, models.join("did-tiny")).unwrap();
    let manifest = seam_engine::data::Manifest::read(data).unwrap();
    let item = manifest.items.iter().find(|item| item.label == 1).unwrap();
    let mut settings = ScanSettings::new(manifest.dir.join(&item.path));
    settings.methods = vec!["did".to_owned()];
    settings.model_dirs = vec![models];
    settings.device = Preference::Cpu;
    let analysis = scan::scan(&settings, &mut JobContext::detached(), &|_| ()).unwrap();
    let check = &analysis.tracks[0].checks[0];
    assert_eq!(
        (check.method.as_str(), check.state),
        ("did", CheckState::Ran)
    );
    assert!(!check.frames.is_empty());
}
