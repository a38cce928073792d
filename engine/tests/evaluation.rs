//! Evaluations from a manifest to a page, on the sample clip that the program made itself.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

use seam_engine::data::{FrameRule, Item, Manifest, Split};
use seam_engine::detectors::card::Card;
use seam_engine::device::Preference;
use seam_engine::eval::protocol::Protocol;
use seam_engine::eval::{EvalSettings, EvalWork, Evaluated, ModelChoice};
use seam_engine::media::encode::{ClipFormat, ClipWriter, Picture};
use seam_engine::{Engine, Outcome, Request, Update};

fn sample(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample_media");
    folder.join(name).with_extension("mp4")
}

fn bundled() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/models/dadd-laptop")
}

/// A short part of a sample clip; manipulated ones are called what the test wants.
fn item(dir: &Path, name: &str, technique: Option<&str>, split: Split) -> Item {
    let path = format!("{name}.mp4");
    let kind = if technique.is_some() {
        "swap"
    } else {
        "pristine"
    };
    fs::copy(sample(kind), dir.join(&path)).unwrap();
    let first = 8 * (name.len() as u32 % 4);
    Item {
        path,
        frames: FrameRule::Between(first, first + 8),
        label: u8::from(technique.is_some()),
        source: name.to_owned(),
        donors: Vec::new(),
        technique: technique.map(str::to_owned),
        split: Some(split),
        mask: None,
        dataset: "made-up".to_owned(),
        sha256: None,
        details: std::collections::BTreeMap::new(),
    }
}

/// Gives the item `bb` a mask: the middle of its face, in each of its frames.
fn write_mask(manifest: &Path) {
    let format = ClipFormat {
        picture: Picture::Mask,
        width: 640,
        height: 480,
        rate: [25, 1],
    };
    let path = manifest.with_file_name("mask.mkv");
    let mut writer = ClipWriter::create(&path, format).unwrap();
    let is_in = |at: usize| (270..370).contains(&(at % 640)) && (170..290).contains(&(at / 640));
    let pixels: Vec<u8> = (0..640 * 480).map(|at| 255 * u8::from(is_in(at))).collect();
    for _ in 0..24 {
        writer.push(&pixels).unwrap();
    }
    writer.finish().unwrap();
    let mut lines = Manifest::read(manifest).unwrap();
    lines.items[1].mask = Some("mask.mkv".to_owned());
    lines.write(manifest).unwrap();
}

/// Two techniques in test, one in val, and a picture without a face.
fn write_manifest(dir: &Path) -> PathBuf {
    let mut items = vec![
        item(dir, "a", None, Split::Test),
        item(dir, "bb", Some("swap"), Split::Test),
        item(dir, "ccc", Some("recolor"), Split::Test),
        item(dir, "v", None, Split::Val),
        item(dir, "ww", Some("swap"), Split::Val),
    ];
    let gray = image::RgbImage::from_pixel(64, 64, image::Rgb([128; 3]));
    gray.save(dir.join("gray.png")).unwrap();
    items.push(Item {
        path: "gray.png".to_owned(),
        frames: FrameRule::Spread,
        source: "gray".to_owned(),
        ..items[0].clone()
    });
    let path = dir.join("manifest.jsonl");
    let manifest = Manifest {
        dir: dir.to_owned(),
        items,
    };
    manifest.write(&path).unwrap();
    path
}

fn settings(manifest: &Path, out: &Path, work: EvalWork) -> EvalSettings {
    EvalSettings {
        work,
        data: Some(manifest.to_owned()),
        test_data: None,
        out: out.to_owned(),
        split: Split::Test.into(),
        frames_per_item: 2,
        device: Preference::Cpu,
        seed: 1,
        landmark_model: None,
        crop_cache: Some(manifest.with_file_name("crops")),
        has_pictures: true,
    }
}

fn methods(protocol: Protocol, model: ModelChoice, calibrate: bool) -> EvalWork {
    EvalWork::Methods {
        names: vec!["dadd".to_owned()],
        protocol,
        model,
        calibrate,
    }
}

fn run(settings: EvalSettings) -> Outcome {
    let mut engine = Engine::new(|| ());
    engine.submit(Request::Evaluate(settings)).unwrap();
    while let Some(event) = engine.wait() {
        if let Update::Finished(outcome) = event.update {
            return outcome;
        }
    }
    panic!("the job ended without an outcome");
}

#[track_caller]
fn evaluated(settings: EvalSettings) -> Evaluated {
    match run(settings) {
        Outcome::Evaluated(evaluated) => *evaluated,
        outcome => panic!("{outcome:?}"),
    }
}

#[track_caller]
fn refused(settings: EvalSettings, words: &str) {
    let Outcome::Failed(err) = run(settings) else {
        panic!("it was not refused");
    };
    assert!(err.to_string().contains(words), "{err}");
}

#[test]
fn a_manifest_becomes_a_record_a_page_and_scores() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = write_manifest(dir.path());
    let out = dir.path().join("within");
    let work = methods(Protocol::Within, ModelChoice::Folder(bundled()), false);
    let first = evaluated(settings(&manifest, &out, work));
    let result = &first.evaluation.results[0];
    assert_eq!((result.frames.count, result.frames.manipulated), (6, 4));
    let videos = result.videos.as_ref().unwrap();
    assert_eq!((videos.count, videos.manipulated), (4, 2));
    assert_eq!(result.missed.len(), 1, "{:?}", result.missed);
    assert_eq!(result.techniques.len(), 2);
    assert!(result.calibration.fit.is_some(), "{:?}", result.calibration);
    assert!(!result.calibration.is_calibrated);
    assert!(first.evaluation.probe.is_some());

    let page = fs::read_to_string(&first.page).unwrap();
    assert!(page.contains("recolor") && page.contains("gray.png"));
    let record: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(out.join("eval.json")).unwrap()).unwrap();
    assert_eq!(record["schema"], "seam-eval/1");
    assert_eq!(record["results"][0]["frames"]["count"], 6);

    // The table that was written gives the same numbers again.
    let table = EvalWork::Scores(out.join(&result.scores_file));
    let again = evaluated(settings(&manifest, &dir.path().join("again"), table));
    let again = &again.evaluation.results[0];
    assert_eq!(again.frames, result.frames);
    assert_eq!(again.videos, result.videos);

    // Technique by technique, from crops that were kept.
    let work = methods(Protocol::LeaveOneOut, ModelChoice::Folder(bundled()), false);
    let folds = evaluated(settings(&manifest, &dir.path().join("folds"), work));
    let names: Vec<_> = folds
        .evaluation
        .results
        .iter()
        .map(|fold| fold.left_out.clone())
        .collect();
    assert_eq!(names, [Some("recolor".to_owned()), Some("swap".to_owned())]);
    assert_eq!(folds.evaluation.averages[0].folds, 2);
    for (fold, technique) in folds.evaluation.results.iter().zip(&result.techniques) {
        assert_eq!(fold.frames, technique.frames);
    }
}

#[test]
fn maps_are_measured_against_masks_and_shown() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = write_manifest(dir.path());
    write_mask(&manifest);
    let out = dir.path().join("out");
    let wish = |protocol| {
        let work = methods(protocol, ModelChoice::Folder(bundled()), false);
        settings(&manifest, &out, work)
    };
    let shown = evaluated(wish(Protocol::Within));
    let attention = shown.evaluation.results[0].attention.as_ref().unwrap();
    assert_eq!(attention.techniques.len(), 1);
    let numbers = &attention.techniques[0].numbers;
    assert_eq!(numbers.faces + numbers.empty_maps, 2, "{numbers:?}");
    assert_eq!(numbers.without_mask, 0);
    if let Some(means) = numbers.means {
        assert!((0.1..0.4).contains(&means.mask_area), "{means:?}");
        assert!((0.0..=1.0).contains(&means.mass_in_mask), "{means:?}");
    }
    // Two faces with masks, two pristine ones.
    let page = fs::read_to_string(&shown.page).unwrap();
    assert_eq!(page.matches("data:image/png").count(), 2 * 3 + 2 * 2);
    let record = fs::read_to_string(out.join("eval.json")).unwrap();
    assert!(record.contains("mask_area") || numbers.means.is_none());
    assert!(!record.contains("pictures"));

    let mut wish = wish(Protocol::LeaveOneOut);
    wish.has_pictures = false;
    let folds = evaluated(wish);
    let [recolor, swap] = &folds.evaluation.results[..] else {
        panic!("not two folds");
    };
    assert_eq!(recolor.attention, None);
    assert_eq!(&swap.attention.as_ref().unwrap().overall, numbers);
    let page = fs::read_to_string(&folds.page).unwrap();
    assert!(page.contains("Where it looks") && !page.contains("data:image"));
}

#[test]
fn a_calibration_goes_into_the_card_and_is_used() {
    let dir = tempfile::tempdir().unwrap();
    let path = write_manifest(dir.path());
    let model = dir.path().join("dadd-own");
    fs::create_dir(&model).unwrap();
    for file in ["card.json", "weights.safetensors"] {
        fs::copy(bundled().join(file), model.join(file)).unwrap();
    }
    let wish = || {
        let work = methods(Protocol::Within, ModelChoice::Folder(model.clone()), true);
        settings(&path, &dir.path().join("out"), work)
    };
    refused(wish(), "too few");
    assert!(Card::read(&model).unwrap().calibration.is_none());

    let mut manifest = Manifest::read(&path).unwrap();
    for at in 0..5 {
        for technique in [None, Some("swap")] {
            let name = format!("{}{}", "v".repeat(4 + at), technique.unwrap_or_default());
            let item = item(dir.path(), &name, technique, Split::Val);
            manifest.items.push(item);
        }
    }
    manifest.write(&path).unwrap();
    match run(wish()) {
        Outcome::Evaluated(evaluated) => {
            let calibration = &evaluated.evaluation.results[0].calibration;
            assert!(calibration.is_in_card && calibration.is_calibrated);
            let card = Card::read(&model).unwrap();
            assert!(card.calibrated);
            let fit = &calibration.fit.as_ref().unwrap().calibration;
            let kept = card.calibration.unwrap();
            assert_eq!((kept.kind, kept.clips), (fit.kind, 12));
            // JSON may change the last digit.
            assert!((kept.a - fit.a).abs() < 1e-12 && (kept.b - fit.b).abs() < 1e-12);
        }
        // On so few frames, the order may be the wrong way round; then nothing is written.
        Outcome::Failed(err) => {
            assert!(err.to_string().contains("turn the order around"), "{err}");
            assert!(Card::read(&model).unwrap().calibration.is_none());
        }
        outcome => panic!("{outcome:?}"),
    }
}

#[test]
fn the_probe_alone_needs_no_model() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = write_manifest(dir.path());
    let probed = evaluated(settings(
        &manifest,
        &dir.path().join("out"),
        EvalWork::Probe,
    ));
    assert!(probed.evaluation.results.is_empty());
    assert_eq!(probed.evaluation.probe.unwrap().auc.clips, 5);
    assert!(
        fs::read_to_string(probed.page)
            .unwrap()
            .contains("linear probe")
    );
}

#[test]
fn what_cannot_be_evaluated_is_refused_with_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = write_manifest(dir.path());
    let out = dir.path().join("out");
    let installed = || ModelChoice::Folder(bundled());
    let wish = |protocol| settings(&manifest, &out, methods(protocol, installed(), false));
    refused(wish(Protocol::Cross), "second manifest");
    let mut empty = wish(Protocol::Within);
    empty.split = Split::Train.into();
    refused(empty, "the split train is empty");
    let mut missing = wish(Protocol::Within);
    missing.data = Some(dir.path().join("none.jsonl"));
    refused(missing, "none.jsonl");
    let mut broken = wish(Protocol::Within);
    broken.data = Some(dir.path().join("gray.png"));
    refused(broken, "Could not read the manifest");
    assert!(!out.exists(), "a refused evaluation left something");
}

#[test]
fn a_cancelled_evaluation_ends_as_cancelled() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = write_manifest(dir.path());
    let work = methods(Protocol::Within, ModelChoice::Folder(bundled()), false);
    let mut engine = Engine::new(|| ());
    let request = Request::Evaluate(settings(&manifest, &dir.path().join("out"), work));
    let job = engine.submit(request).unwrap();
    engine.cancel(job);
    while let Some(event) = engine.wait() {
        if let Update::Finished(outcome) = event.update {
            assert!(matches!(outcome, Outcome::Cancelled), "{outcome:?}");
            assert!(!dir.path().join("out/eval.json").exists());
            return;
        }
    }
    panic!("the job ended without an outcome");
}
