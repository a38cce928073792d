//! An experiment over numbers of masks on a tiny forged set: one first stage for all rows of a seed, second stages
//! from it, accuracy and attention beside AUC, and nothing trained twice.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "common/forged.rs"]
mod forged;

use std::cell::RefCell;
use std::fs;
use std::path::Path;

use forged::forged;
use seam_engine::data::Split;
use seam_engine::detectors::MapKind;
use seam_engine::detectors::card::Card;
use seam_engine::device::Preference;
use seam_engine::eval::experiment::ExperimentSettings;
use seam_engine::eval::experiment::record::ExperimentRecord;
use seam_engine::eval::{self, EvalError, EvalSettings, EvalWork, Evaluated, TrainWish};
use seam_engine::forge::manipulate::Technique;
use seam_engine::job::JobContext;
use seam_engine::methods::training::merge;
use seam_engine::train::{TrainSettings, run};

/// In place of the experiment's own: a training in seconds.
const TINY: &str = "batch_size = 4\nsize_px = 32\nframes_per_clip = 3\nvalidation_batches = 1\n[method_config]\n\
    width = 0.03\ndecoder_width = 0.03\ndiscriminator_width = 0.03\ncomparator_width = 0.03\ncomparator_px = 16\n\
    latent = 8\npristine_units = 4\nwarmup_steps = 1\nmasked_batch = 3\n";

fn settings(data: &Path, rows: &[&str]) -> EvalSettings {
    EvalSettings {
        work: EvalWork::Experiment(ExperimentSettings {
            method: "lae".to_owned(),
            name: "masks".to_owned(),
            preset: "laptop".to_owned(),
            steps: Some(12),
            num_seeds: 1,
            rows: rows.iter().map(|&id| id.to_owned()).collect(),
            init: None,
        }),
        data: Some(data.join("manifest.jsonl")),
        test_data: None,
        out: data.join("../out"),
        split: Split::Test.into(),
        frames_per_item: 2,
        device: Preference::Cpu,
        seed: 1,
        landmark_model: None,
        crop_cache: None,
        has_pictures: false,
    }
}

/// Trains for good, with tiny numbers; gives what was wished for too.
fn evaluated(settings: &EvalSettings) -> (Result<Evaluated, EvalError>, Vec<TrainWish>) {
    let wishes = RefCell::new(Vec::new());
    let train = |wish: &TrainWish, job: &mut JobContext| {
        wishes.borrow_mut().push(wish.clone());
        let mut numbers = wish.overrides.clone();
        merge(&mut numbers, TINY.parse().unwrap());
        let config = wish.out.with_extension("toml");
        fs::write(&config, numbers.to_string()).unwrap();
        let settings = TrainSettings {
            method: wish.method.clone(),
            data: wish.manifest.clone(),
            out: wish.out.clone(),
            preset: wish.preset.clone(),
            config: Some(config),
            seed: Some(wish.seed),
            init: wish.init.clone(),
            masks: None,
            device: wish.device,
            resume: false,
            landmark_model: None,
        };
        run::train(&settings, job, &|_| ()).map_err(|err| EvalError::Train {
            reason: err.to_string(),
        })
    };
    let result = eval::evaluate(settings, &train, &mut JobContext::detached());
    (result, wishes.into_inner())
}

fn record(evaluated: &Evaluated) -> &ExperimentRecord {
    evaluated.evaluation.experiment.as_ref().unwrap()
}

#[test]
fn rows_of_a_seed_share_one_first_stage_and_nothing_is_trained_twice() {
    let dir = tempfile::tempdir().unwrap();
    let data = forged(dir.path(), &[Technique::Reenact, Technique::Recolor]);
    let (first, wishes) = evaluated(&settings(&data, &["no-masks", "random-10", "active-10"]));
    let first = first.unwrap();
    let names: Vec<String> = wishes
        .iter()
        .map(|wish| {
            let name = wish.out.parent().unwrap().file_name().unwrap();
            name.to_string_lossy().into_owned()
        })
        .collect();
    let starts = [
        "shared-start-seed1-",
        "no-masks-seed1-",
        "random-10-seed1-",
        "active-10-seed1-",
    ];
    assert_eq!(names.len(), starts.len(), "{names:?}");
    for (name, start) in names.iter().zip(starts) {
        assert!(name.starts_with(start), "{name}");
    }
    // Ten of twelve steps are the shared ones; the last two go on from its model.
    let shared = &wishes[0];
    assert_eq!(
        (shared.init.as_ref(), shared.overrides["steps"].clone()),
        (None, 10.into())
    );
    let model = shared.out.join("model");
    for wish in &wishes[1..] {
        assert_eq!(wish.init.as_ref(), Some(&model));
        let card = Card::read(&wish.out.join("model")).unwrap();
        assert_eq!((card.training.steps, card.training.best_step), (2, 2));
    }
    let masks = |at: usize| {
        Card::read(&wishes[at].out.join("model"))
            .unwrap()
            .training
            .masks
    };
    assert_eq!(masks(1), None);
    let found = masks(2).unwrap();
    assert_eq!(found.order.as_deref(), Some("random"));

    let found = record(&first);
    assert_eq!(
        found.rows[1].runs[0].masks,
        masks(2).map(|masks| masks.faces)
    );
    assert!(
        found
            .rows
            .iter()
            .all(|row| row.goes_on && row.failures.is_empty())
    );
    let groups: Vec<(&str, bool)> = found
        .groups
        .iter()
        .map(|group| (group.name.as_str(), group.is_source))
        .collect();
    assert_eq!(
        groups,
        [
            ("unseen techniques", false),
            ("the technique trained on", true)
        ]
    );
    assert_eq!(
        first
            .evaluation
            .experiment
            .as_ref()
            .unwrap()
            .items_seen_in_training,
        0
    );
    for row in &found.rows {
        for group in &row.groups {
            let accuracy = group.accuracy.as_ref().unwrap();
            assert!((0.0..=1.0).contains(&accuracy.mean), "{accuracy:?}");
            // A network after twelve steps may find nothing anywhere; then it has no share.
            let Some(attention) = &group.attention else {
                continue;
            };
            assert_eq!(attention.map, MapKind::ClassActivation);
            assert!((0.0..=1.0).contains(&attention.mass_in_mask.mean));
            assert!(0.0 < attention.mask_area && attention.mask_area < 1.0);
        }
    }
    let paired = |at: usize| found.rows[at].groups[0].frames.as_ref().unwrap().paired;
    assert!(paired(2).is_some() && paired(1).is_none());
    let page = fs::read_to_string(&first.page).unwrap();
    assert!(page.contains("What masks bring") && page.contains("Faces with masks in the training"));

    // One more row finds the first stage, and the others their models.
    let more = ["no-masks", "random-10", "active-10", "uncertainty-10"];
    let (again, wishes) = evaluated(&settings(&data, &more));
    let again = again.unwrap();
    let [only] = &wishes[..] else {
        panic!("{} trainings", wishes.len());
    };
    assert_eq!(only.init.as_ref(), Some(&model));
    assert_eq!(
        record(&again).rows[1].groups[0].attention,
        found.rows[1].groups[0].attention
    );

    // The first stage may be gone where nobody goes on from it any more.
    fs::remove_dir_all(shared.out.parent().unwrap()).unwrap();
    let (_, wishes) = evaluated(&settings(&data, &more));
    assert!(wishes.is_empty(), "{wishes:?}");
}

#[test]
fn within_one_manifest_only_its_test_is_scored() {
    let dir = tempfile::tempdir().unwrap();
    let data = forged(dir.path(), &[Technique::Reenact]);
    let mut wrong = settings(&data, &["no-masks"]);
    wrong.split = Split::Val.into();
    let (result, wishes) = evaluated(&wrong);
    let text = result.unwrap_err().to_string();
    assert!(
        text.contains("only its split test") && wishes.is_empty(),
        "{text}"
    );
}
