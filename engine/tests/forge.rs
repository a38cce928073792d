//! Recipes end to end: what a forge writes is exact, repeatable, and can be trained on.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

use burn::prelude::Device;
use seam_engine::data::{Manifest, Split};
use seam_engine::detectors::MapKind;
use seam_engine::detectors::card::Card;
use seam_engine::detectors::known_answer::{largest_difference, pattern};
use seam_engine::device::Preference;
use seam_engine::faces::landmarks::Landmarker;
use seam_engine::forge::manipulate::Technique;
use seam_engine::forge::{ForgeSettings, forge};
use seam_engine::job::{CancelToken, JobContext};
use seam_engine::train::{TrainSettings, run};

fn settings(out: &Path, people: usize, techniques: &[Technique]) -> ForgeSettings {
    ForgeSettings {
        recipe: "tiny".to_owned(),
        from: None,
        out: out.to_owned(),
        seed: 5,
        per_category: 0,
        people: Some(people),
        techniques: Some(techniques.to_vec()),
        as_pictures: false,
        landmark_model: None,
    }
}

fn training(method: &str, data: PathBuf, out: &Path, config: PathBuf) -> TrainSettings {
    TrainSettings {
        method: method.to_owned(),
        data,
        out: out.to_owned(),
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

fn make(settings: &ForgeSettings) -> Manifest {
    forge(settings, &mut JobContext::detached()).unwrap();
    Manifest::read(&settings.out.join("manifest.jsonl")).unwrap()
}

fn pictures(dir: PathBuf) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort_unstable();
    paths
}

#[test]
fn outside_the_masks_every_frame_is_the_pristine_one_bit_for_bit() {
    let dir = tempfile::tempdir().unwrap();
    let mut settings = settings(&dir.path().join("out"), 2, &Technique::ALL);
    settings.as_pictures = true;
    let manifest = make(&settings);
    let mut seen = Vec::new();
    for item in manifest.items.iter().filter(|item| item.label == 1) {
        let technique = item.technique.clone().unwrap();
        let pristine = manifest
            .items
            .iter()
            .find(|other| other.label == 0 && other.source == item.source)
            .unwrap();
        let mask = item.mask.as_deref().unwrap();
        let sets =
            [&pristine.path, &item.path, mask].map(|path| pictures(manifest.full_path(path)));
        assert_eq!(sets.each_ref().map(Vec::len), [12; 3], "{technique}");
        let (mut num_inside, mut num_changed) = (0, 0);
        for index in 0..12 {
            let [x, x_n] =
                [&sets[0], &sets[1]].map(|set| image::open(&set[index]).unwrap().into_rgb8());
            let m = image::open(&sets[2][index]).unwrap().into_luma8();
            for ((x, x_n), m) in x.pixels().zip(x_n.pixels()).zip(m.pixels()) {
                assert!(m.0[0] != 0 || x == x_n, "{technique} frame {index}");
                num_inside += u32::from(m.0[0] != 0);
                num_changed += u32::from(x != x_n);
            }
        }
        // A mask is neither empty, nor so large that it says nothing.
        assert!(
            0 < num_inside && num_inside < 12 * 256 * 256 / 2,
            "{technique}"
        );
        assert!(
            num_inside / 5 < num_changed,
            "{technique}: {num_changed} of {num_inside}"
        );
        seen.push(technique);
    }
    seen.sort_unstable();
    let mut wanted: Vec<&str> = Technique::ALL
        .iter()
        .flat_map(|it| [it.name(); 2])
        .collect();
    wanted.sort_unstable();
    assert_eq!(seen, wanted);
}

#[test]
fn the_same_seed_gives_the_same_files_and_another_seed_other_people() {
    let dir = tempfile::tempdir().unwrap();
    let techniques = [Technique::Swap, Technique::Texture];
    let [one, two] =
        ["one", "two"].map(|name| make(&settings(&dir.path().join(name), 2, &techniques)));
    // Hashes of all clips stand in the manifest.
    assert!(one.items.iter().all(|item| item.sha256.is_some()));
    assert_eq!(one.hash(), two.hash());
    for item in &one.items {
        let read = |manifest: &Manifest| fs::read(manifest.full_path(&item.path)).unwrap();
        assert_eq!(read(&one), read(&two));
    }
    let mut other = settings(&dir.path().join("other"), 2, &[]);
    other.seed = 6;
    let other = make(&other);
    assert_eq!(other.items.len(), 2);
    let sources = |manifest: &Manifest| manifest.items[0].source.clone();
    assert_ne!(sources(&one), sources(&other));
}

#[test]
fn a_training_reads_pristine_items_of_the_manifest_and_never_the_test_split() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = make(&settings(
        &dir.path().join("data"),
        8,
        &[Technique::Recolor],
    ));
    let config = dir.path().join("own.toml");
    let numbers = "steps = 2\nbatch_size = 4\nsize_px = 48\nframes_per_clip = 2\nvalidation_batches = 1\n\
        [method_config]\nwidth = 0.01\nmiddle_blocks = 1\nfeatures = 4\nwarmup_steps = 0\n";
    fs::write(&config, numbers).unwrap();
    let data = manifest.full_path("manifest.jsonl");
    let settings = training("dadd", data, &dir.path().join("run"), config);
    let model = run::train(&settings, &mut JobContext::detached(), &|_| ()).unwrap();
    let card = Card::read(&model).unwrap();
    let in_split = |split| {
        let items = manifest.items.iter().filter(|item| item.label == 0);
        let items = items.filter(|item| item.split == Some(split));
        let mut paths: Vec<String> = items.map(|item| item.path.clone()).collect();
        paths.sort_unstable();
        paths
    };
    let listed = |is_held_back| {
        let clips = card.data.clips.iter();
        let clips = clips.filter(|clip| clip.is_held_back == is_held_back);
        let mut paths: Vec<String> = clips.map(|clip| clip.path.clone()).collect();
        paths.sort_unstable();
        paths
    };
    assert_eq!(listed(false), in_split(Split::Train));
    assert_eq!(listed(true), in_split(Split::Val));
    assert!(!in_split(Split::Test).is_empty());
}

#[test]
fn labelled_methods_learn_from_both_kinds_and_their_models_score_and_draw() {
    let dir = tempfile::tempdir().unwrap();
    let techniques = [Technique::Recolor, Technique::Texture];
    let manifest = make(&settings(&dir.path().join("data"), 8, &techniques));
    let config = dir.path().join("own.toml");
    let numbers = "steps = 4\nbatch_size = 4\nsize_px = 48\nframes_per_clip = 2\nvalidation_batches = 1\n\
        [method_config]\nwidth = 0.01\nmiddle_blocks = 1\nwarmup_steps = 0\nhead_steps = 1\ndropout = 0.2\n";
    fs::write(&config, numbers).unwrap();
    // The folder stands for the manifest in it.
    let data = manifest.dir.clone();
    let mut settings = training("ce-xception", data, &dir.path().join("run"), config);
    let train = |settings: &TrainSettings| {
        run::train(settings, &mut JobContext::detached(), &|_| ()).map_err(|err| err.to_string())
    };
    let model = train(&settings).unwrap();
    let card = Card::read(&model).unwrap();
    for clip in &card.data.clips {
        let is_it = |item: &&seam_engine::data::Item| item.path == clip.path;
        let item = manifest.items.iter().find(is_it).unwrap();
        assert_ne!(item.split, Some(Split::Test));
        assert_eq!(clip.is_held_back, item.split == Some(Split::Val));
        assert_eq!(clip.technique, item.technique);
        assert_eq!(Some(&clip.sha256), item.sha256.as_ref());
    }
    let names: Vec<&str> = card
        .metrics
        .auc_by_category
        .iter()
        .map(|category| category.category.as_str())
        .collect();
    assert_eq!(names, ["recolor", "texture"]);
    let method = seam_engine::methods::find("ce-xception").unwrap();
    let mut detector = (method.load)(&model, &Device::flex()).unwrap();
    let drift = largest_difference(&mut *detector, &card.known_answers).unwrap();
    assert!(drift < 1e-5, "{drift}");
    let map = detector.map(&pattern(1, 48), MapKind::GradCam).unwrap();
    assert_eq!(map.values.len(), 48 * 48);
    assert!(map.values.iter().all(|value| 0.0 <= *value));

    // LGSC learns from the same faces, and its maps are its cues.
    let numbers = "steps = 4\nbatch_size = 4\nsize_px = 64\nframes_per_clip = 2\nvalidation_batches = 1\n\
        [method_config]\nwidth = 0.04\nmiddle_blocks = 1\nclassifier_width = 0.05\nwarmup_steps = 0\n";
    let config = dir.path().join("lgsc.toml");
    fs::write(&config, numbers).unwrap();
    let data = settings.data.clone();
    let model = train(&training("lgsc", data, &dir.path().join("cues"), config)).unwrap();
    let card = Card::read(&model).unwrap();
    let means = card.training.facts["strength"]["means"].as_array().unwrap();
    assert_eq!(means.len(), 2);
    let method = seam_engine::methods::find("lgsc").unwrap();
    let mut detector = (method.load)(&model, &Device::flex()).unwrap();
    let drift = largest_difference(&mut *detector, &card.known_answers).unwrap();
    assert!(drift < 1e-3, "{drift}");
    let map = detector.map(&pattern(1, 64), MapKind::SpoofCue).unwrap();
    assert_eq!(map.range, (0.0, card.map_max));
    assert!(map.values.iter().all(|value| (0.0..=0.5).contains(value)));

    // Without labels there is nothing to learn from.
    let folder = dir.path().join("clips");
    fs::create_dir(&folder).unwrap();
    settings.data = folder;
    settings.out = dir.path().join("other");
    let text = train(&settings).unwrap_err();
    assert!(text.contains("learns from labelled clips"), "{text}");
}

#[test]
fn real_clips_are_forged_where_there_are_some() {
    let media = std::env::var_os("SEAM_MEDIA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/media"),
        PathBuf::from,
    );
    let names = ["lp_woman_expressions.mp4", "fsgan_press_720p.mp4"];
    let is_there = names
        .iter()
        .all(|name| media.join("real").join(name).is_file());
    if !is_there
        || Landmarker::load(None).unwrap().aligner() == seam_engine::faces::Aligner::BoxEstimate
    {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let from = dir.path().join("from");
    fs::create_dir(&from).unwrap();
    for name in names {
        fs::copy(media.join("real").join(name), from.join(name)).unwrap();
    }
    let mut settings = settings(&dir.path().join("out"), 0, &Technique::ALL);
    settings.from = Some(from);
    let manifest = make(&settings);
    assert_eq!(
        manifest.items.iter().filter(|item| item.label == 1).count(),
        12
    );
    assert!(
        manifest
            .items
            .iter()
            .all(|item| item.split == Some(Split::Test))
    );
}

#[test]
fn a_cancelled_forge_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let cancel = CancelToken::default();
    cancel.cancel();
    let mut job = JobContext::new(cancel, |_| ());
    assert!(forge(&settings(&out, 2, &Technique::ALL), &mut job).is_err());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}
