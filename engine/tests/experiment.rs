//! An experiment from two manifests to its page, with models that are copied instead of trained: what is
//! trained, what is taken from an earlier run, and what is reported when a row fails.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use seam_engine::data::{FrameRule, Item, Manifest, Split};
use seam_engine::detectors::card::Card;
use seam_engine::device::Preference;
use seam_engine::eval::experiment::ExperimentSettings;
use seam_engine::eval::experiment::record::ExperimentRecord;
use seam_engine::eval::scored_split::ScoredSplit;
use seam_engine::eval::{self, EvalError, EvalSettings, EvalWork, Evaluated, TrainWish};
use seam_engine::job::JobContext;

fn assets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn item(dir: &Path, name: &str, technique: Option<&str>, split: Split) -> Item {
    let path = format!("{name}.mp4");
    let sample = technique.map_or("pristine", |_| "swap");
    let sample = assets().join("sample_media").join(sample);
    fs::copy(sample.with_extension("mp4"), dir.join(&path)).unwrap();
    Item {
        path,
        frames: FrameRule::Between(0, 8),
        label: u8::from(technique.is_some()),
        source: format!("person {name}"),
        donors: Vec::new(),
        technique: technique.map(str::to_owned),
        split: Some(split),
        mask: None,
        dataset: "made-up".to_owned(),
        sha256: None,
        details: BTreeMap::new(),
    }
}

fn write(dir: &Path, name: &str, items: Vec<Item>) -> PathBuf {
    let path = dir.join(name);
    let dir = dir.to_owned();
    Manifest { dir, items }.write(&path).unwrap();
    path
}

/// One manifest to train on with its own test split, and one of other people.
fn manifests(dir: &Path) -> [PathBuf; 2] {
    let trained = vec![
        item(dir, "a", None, Split::Train),
        item(dir, "b", Some("swap"), Split::Train),
        item(dir, "c", Some("inpaint"), Split::Train),
        item(dir, "d", None, Split::Test),
        item(dir, "e", Some("swap"), Split::Test),
    ];
    let tested = vec![
        item(dir, "v", None, Split::Train),
        item(dir, "w", Some("swap"), Split::Val),
        item(dir, "x", None, Split::Test),
        item(dir, "y", Some("swap"), Split::Test),
        item(dir, "z", Some("inpaint"), Split::Test),
    ];
    [
        write(dir, "standard.jsonl", trained),
        write(dir, "realistic.jsonl", tested),
    ]
}

fn settings(dir: &Path, rows: &[&str]) -> EvalSettings {
    EvalSettings {
        work: EvalWork::Experiment(ExperimentSettings {
            method: "intele".to_owned(),
            name: "paper".to_owned(),
            preset: "laptop".to_owned(),
            steps: Some(7),
            num_seeds: 2,
            rows: rows.iter().map(|&id| id.to_owned()).collect(),
            init: None,
        }),
        data: Some(dir.join("standard.jsonl")),
        test_data: Some(dir.join("realistic.jsonl")),
        out: dir.join("out"),
        split: ScoredSplit::All,
        frames_per_item: 2,
        device: Preference::Cpu,
        seed: 1,
        landmark_model: None,
        crop_cache: Some(dir.join("crops")),
        has_pictures: false,
    }
}

/// "Trains" the plain classifier by copying the one that the program comes with; nothing else can be
/// trained. Gives what was wished for too.
fn run(settings: &EvalSettings) -> (Result<Evaluated, EvalError>, Vec<TrainWish>) {
    let wishes = RefCell::new(Vec::new());
    let train = |wish: &TrainWish, _: &mut JobContext| {
        wishes.borrow_mut().push(wish.clone());
        if wish.method != "ce-xception" {
            return Err(EvalError::Train {
                reason: "the loss is not finite".to_owned(),
            });
        }
        let model = wish.out.join("model");
        fs::create_dir_all(&model).unwrap();
        let bundled = assets().join("assets/models/ce-xception-laptop");
        fs::copy(
            bundled.join("weights.safetensors"),
            model.join("weights.safetensors"),
        )
        .unwrap();
        let mut card = Card::read(&bundled).unwrap();
        card.training.seed = wish.seed;
        card.training.steps = 7;
        card.write(&model).unwrap();
        Ok(model)
    };
    let result = eval::evaluate(settings, &train, &mut JobContext::detached());
    (result, wishes.into_inner())
}

fn record(evaluated: &Evaluated) -> &ExperimentRecord {
    evaluated.evaluation.experiment.as_ref().unwrap()
}

#[test]
fn a_stopped_experiment_goes_on_and_a_failed_row_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let [standard, _] = manifests(dir.path());
    let settings = settings(dir.path(), &["ce", "lgsc"]);
    let (first, wishes) = run(&settings);
    let first = first.unwrap();
    let ce: Vec<&TrainWish> = wishes
        .iter()
        .filter(|wish| wish.method == "ce-xception")
        .collect();
    let seeds: Vec<u64> = ce.iter().map(|wish| wish.seed).collect();
    assert_eq!(seeds, [1, 2]);
    assert_eq!(ce[0].overrides["steps"], 7.into());
    assert!(!ce[0].goes_on);
    // Only swaps and pristine items of the splits train and val.
    let trained = Manifest::read(&ce[0].manifest).unwrap();
    let sources: Vec<&str> = trained
        .items
        .iter()
        .map(|own| own.source.as_str())
        .collect();
    assert_eq!(sources, ["person a", "person b"]);

    let found = record(&first);
    let names: Vec<&str> = found
        .groups
        .iter()
        .map(|group| group.name.as_str())
        .collect();
    assert_eq!(names, ["swaps", "all techniques", "swaps at home"]);
    assert_eq!((found.groups[0].videos, found.groups[1].videos), (4, 5));
    let [ce, lgsc] = &found.rows[..] else {
        panic!("not two rows");
    };
    assert_eq!((ce.runs.len(), ce.groups.len()), (2, 3));
    let level = ce.groups[0].frames.as_ref().unwrap();
    assert_eq!(level.deviation, Some(0.0), "two copies of one model");
    assert!(lgsc.runs.is_empty() && !lgsc.failures.is_empty());
    let page = fs::read_to_string(&first.page).unwrap();
    for words in ["CE (X→Y)", "LGSC", "is missing: ", "61.6 ± 0.8", "Recipes"] {
        assert!(page.contains(words), "{words} is missing");
    }
    for file in [
        "scores-ce-seed1.csv",
        "scores-ce-seed2-home.csv",
        "eval.json",
    ] {
        assert!(settings.out.join(file).is_file(), "{file} is missing");
    }

    // Again: nothing is trained and the numbers are the same.
    let (again, wishes) = run(&settings);
    assert!(wishes.iter().all(|wish| wish.method != "ce-xception"));
    assert_eq!(record(&again.unwrap()).rows[0].groups, ce.groups);

    // A training whose model is gone goes on where it was; the other stays.
    let trainings = settings.out.join("trainings");
    let of_seed = |seed: &str| {
        let mut dirs = fs::read_dir(&trainings)
            .unwrap()
            .map(|dir| dir.unwrap().path());
        let is_it = |dir: &PathBuf| dir.to_string_lossy().contains(&format!("ce-seed{seed}-"));
        dirs.find(is_it).unwrap()
    };
    fs::remove_dir_all(of_seed("2").join("run/model")).unwrap();
    let (_, wishes) = run(&settings);
    let ce: Vec<&TrainWish> = wishes
        .iter()
        .filter(|wish| wish.method == "ce-xception")
        .collect();
    assert_eq!((ce.len(), ce[0].seed, ce[0].goes_on), (1, 2, true));

    // Other data is another training.
    let mut changed = Manifest::read(&standard).unwrap();
    changed.items[0].dataset = "changed".to_owned();
    changed.write(&standard).unwrap();
    let (_, wishes) = run(&settings);
    let ce = wishes.iter().filter(|wish| wish.method == "ce-xception");
    assert_eq!(ce.filter(|wish| !wish.goes_on).count(), 2);
}

#[test]
fn what_would_mean_nothing_is_refused_before_any_training() {
    let dir = tempfile::tempdir().unwrap();
    let [standard, realistic] = manifests(dir.path());
    let refused = |settings: &EvalSettings, words: &str| {
        let (result, wishes) = run(settings);
        let err = result.unwrap_err();
        assert!(matches!(err, EvalError::Settings { .. }), "{err}");
        assert!(err.to_string().contains(words), "{err}");
        assert!(wishes.is_empty() && !settings.out.exists());
    };
    let wish = || settings(dir.path(), &["ce"]);
    let mut one = wish();
    one.test_data = None;
    refused(&one, "give both");
    let mut same = wish();
    same.test_data = Some(standard);
    refused(&same, "the same items");
    let mut unknown = wish();
    if let EvalWork::Experiment(own) = &mut unknown.work {
        own.rows = vec!["eve".to_owned()];
    }
    refused(&unknown, "no row \"eve\"");

    let mut shared = Manifest::read(&realistic).unwrap();
    shared.items[0].donors = vec!["person b".to_owned()];
    shared.write(&realistic).unwrap();
    refused(&wish(), "\"person b\" is among the sources trained on");
    // That person is in another split than the one that is scored.
    let mut test_only = wish();
    test_only.split = Split::Test.into();
    assert!(run(&test_only).0.is_ok());
}

#[test]
fn an_experiment_of_which_every_training_fails_ends_with_its_reason() {
    let dir = tempfile::tempdir().unwrap();
    manifests(dir.path());
    let (result, _) = run(&settings(dir.path(), &["lgsc"]));
    let err = result.unwrap_err();
    assert!(
        matches!(err, EvalError::Train { .. } | EvalError::Settings { .. }),
        "{err}"
    );
}
