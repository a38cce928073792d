//! Queues of forged clips: what comes in, in which order, and that every task names its frame.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::run::queue_with;
use super::*;
use crate::data::Manifest;
use crate::data::annotations::named_frames::{NamedFrames, hash_of};
use crate::data::annotations::{AnnotationFolder, TaskState};
use crate::detectors::{Detector, DetectorInfo, FaceCrop, FaceScore, Map, MapKind};
use crate::faces::align::CropRule;
use crate::faces::landmarks::Landmarker;
use crate::forge::manipulate::Technique;
use crate::forge::{ForgeSettings, forge};
use crate::job::JobContext;

/// Two rendered people, of each a pristine clip and two forged ones; everything is of the split `train`.
fn forged() -> (TempDir, Manifest) {
    let dir = tempfile::tempdir().unwrap();
    let settings = ForgeSettings {
        recipe: "tiny".to_owned(),
        from: None,
        out: dir.path().join("data"),
        seed: 3,
        per_category: 0,
        people: Some(2),
        techniques: Some(vec![Technique::Recolor, Technique::Inpaint]),
        as_pictures: false,
        landmark_model: None,
    };
    forge(&settings, &mut JobContext::detached()).unwrap();
    let path = dir.path().join("data/manifest.jsonl");
    let mut manifest = Manifest::read(&path).unwrap();
    for item in &mut manifest.items {
        item.split = Some(Split::Train);
    }
    manifest.write(&path).unwrap();
    (dir, manifest)
}

fn settings(dir: &Path, folder: &str, order: Order) -> QueueSettings {
    QueueSettings {
        order,
        count: 5,
        frames_per_clip: 4,
        device: Preference::Cpu,
        ..QueueSettings::new(dir.join("data"), dir.join(folder))
    }
}

#[test]
fn drawn_by_chance_each_task_names_its_frame_and_its_pristine_clip() {
    let (dir, manifest) = forged();
    let mut settings = settings(dir.path(), "notes", Order::Random);
    settings.is_filled = true;
    let job = &mut JobContext::detached();
    let queued = queue(&settings, job).unwrap();
    assert_eq!((queued.tasks.len(), queued.filled), (5, 5), "{queued:?}");
    assert_eq!(queued.candidates, 16, "pristine faces are not looked at");
    let folder = AnnotationFolder::open(&settings.folder).unwrap();
    assert_eq!(folder.tasks().unwrap(), queued.tasks);
    for task in &queued.tasks {
        let path = folder.item_path(&task.item);
        let media = hash_of(&path, job).unwrap();
        let mut clip = NamedFrames::open(&path, media).unwrap();
        clip.frame(&task.frame, job).unwrap();
        let item = manifest
            .items
            .iter()
            .find(|item| item.path == task.item)
            .unwrap();
        assert_eq!((item.label, &item.technique), (1, &task.technique));
        let pristine = task.counterpart.as_ref().unwrap();
        let pristine = manifest
            .items
            .iter()
            .find(|item| item.path == *pristine)
            .unwrap();
        assert_eq!((pristine.label, &pristine.source), (0, &item.source));
        assert_eq!(task.face.points.len(), 68);
        assert!(
            task.why.text.starts_with("Drawn by chance (seed 1)"),
            "{}",
            task.why.text
        );
        // Exactly the data's own mask.
        let masks = manifest.full_path(item.mask.as_ref().unwrap());
        let media = hash_of(&masks, job).unwrap();
        let mut masks = NamedFrames::open(&masks, media).unwrap();
        let exact = masks.with_index(task.frame.index, task.frame.pts_nanos, job);
        let exact = exact.unwrap().unwrap();
        let values: Vec<u8> = exact.pixels.chunks_exact(3).map(|rgb| rgb[0]).collect();
        assert_eq!(folder.mask(task).unwrap().values, values);
        let progress = folder.progress(task.id).unwrap();
        assert_eq!(progress.state, TaskState::Done);
        assert!(progress.comment.contains("not painted by a person"));
    }
    // More of them are others.
    settings.count = 100;
    settings.is_filled = false;
    let more = queue(&settings, job).unwrap();
    assert!(
        more.left_out
            .iter()
            .any(|(why, count)| why.contains("already") && *count == 5)
    );
    let mut faces: Vec<(String, u32)> = folder
        .tasks()
        .unwrap()
        .into_iter()
        .map(|task| (task.item, task.frame.index))
        .collect();
    let count = faces.len();
    faces.sort();
    faces.dedup();
    assert_eq!((faces.len(), count), (5 + more.tasks.len(), faces.len()));
    let err = queue(&settings, job).unwrap_err().to_string();
    assert!(err.contains("no face is left to ask for"), "{err}");
}

#[test]
fn clips_share_a_queue_where_that_is_wished_for() {
    let (dir, _manifest) = forged();
    let settings = QueueSettings {
        per_clip: Some(1),
        ..settings(dir.path(), "notes", Order::Random)
    };
    let queued = queue(&settings, &mut JobContext::detached()).unwrap();
    let mut clips: Vec<&str> = queued.tasks.iter().map(|task| task.item.as_str()).collect();
    clips.sort_unstable();
    clips.dedup();
    assert_eq!((clips.len(), queued.tasks.len()), (4, 4));
    let told = |(why, count): &(String, usize)| why.contains("wished for") && *count == 4;
    assert!(queued.left_out.iter().any(told), "{:?}", queued.left_out);
}

/// Knows faces by two numbers: nothing, and how green the crop is.
struct Green;

impl Detector for Green {
    fn info(&self) -> &'static DetectorInfo {
        crate::methods::METHODS[0].detector
    }

    fn crop_rule(&self) -> CropRule {
        CropRule::upright(64)
    }

    fn score(&mut self, faces: &[FaceCrop]) -> Result<Vec<FaceScore>, DetectorError> {
        let features = self.pooled_features(faces)?.unwrap_or_default();
        Ok(features
            .iter()
            .map(|own| FaceScore::of(own[1] - 100.0))
            .collect())
    }

    fn pooled_features(
        &mut self,
        faces: &[FaceCrop],
    ) -> Result<Option<Vec<Vec<f32>>>, DetectorError> {
        let green = |face: &FaceCrop| {
            let pixels = face.crop.pixels.chunks_exact(3);
            let count = pixels.len() as f32;
            pixels.map(|rgb| f32::from(rgb[1])).sum::<f32>() / count
        };
        Ok(Some(
            faces.iter().map(|face| vec![0.5, green(face)]).collect(),
        ))
    }

    fn map(&mut self, _: &FaceCrop, kind: MapKind) -> Result<Map, DetectorError> {
        Err(DetectorError::NoSuchMap {
            name: "green",
            kind,
        })
    }
}

fn ordered(dir: &Path, manifest: &Manifest, order: Order) -> Result<Queued, QueueError> {
    let settings = settings(dir, order.name(), order);
    let detector: Box<dyn Detector> = Box::new(Green);
    let detector = Some((detector, "green@1".to_owned()));
    queue_with(
        &settings,
        manifest,
        None,
        detector,
        &mut JobContext::detached(),
    )
}

#[test]
fn an_order_by_a_model_puts_its_largest_values_first_and_says_why() {
    let (dir, manifest) = forged();
    for order in [Order::Uncertainty, Order::Active] {
        let queued = match ordered(dir.path(), &manifest, order) {
            Ok(queued) => queued,
            // Whether greener faces are the forged ones is up to the forge.
            Err(QueueError::Selection(_)) if order == Order::Active => continue,
            Err(err) => panic!("{err}"),
        };
        let values: Vec<f32> = queued.tasks.iter().map(|task| task.why.value).collect();
        assert!(values.is_sorted_by(|a, b| b <= a), "{values:?}");
        let folder = AnnotationFolder::open(&queued.folder).unwrap();
        assert_eq!(folder.about().model.as_deref(), Some("green@1"));
        let (word, candidates) = match order {
            Order::Active => ("hannel", 24),
            _ => ("from undecided", 16),
        };
        assert_eq!(queued.candidates, candidates);
        for task in &queued.tasks {
            assert!(task.why.text.contains(word), "{}", task.why.text);
            assert_eq!(task.why.order, order);
        }
        if order == Order::Active {
            assert_eq!(queued.channels[0].channel, 1);
        }
    }
}

#[test]
fn wishes_that_do_not_go_together_are_refused() {
    let dir = PathBuf::from("nowhere");
    let check = |change: &dyn Fn(&mut QueueSettings), reason: &str| {
        let mut settings = settings(&dir, "notes", Order::Random);
        change(&mut settings);
        let err = queue(&settings, &mut JobContext::detached())
            .unwrap_err()
            .to_string();
        assert!(err.contains(reason), "{err}");
    };
    check(&|own| own.order = Order::Active, "needs a model");
    check(&|own| own.order = Order::Asked, "one by one");
    check(&|own| own.count = 0, "no face");
    check(&|own| own.splits.clear(), "no split");
    check(&|_| (), "manifest");
}

#[test]
fn a_face_that_a_person_points_at_comes_once_with_what_the_manifest_knows() {
    let (dir, manifest) = forged();
    let settings = settings(dir.path(), "notes", Order::Random);
    let job = &mut JobContext::detached();
    let queued = queue(&settings, job).unwrap();
    let folder = AnnotationFolder::open(&settings.folder).unwrap();
    let known = &queued.tasks[0];
    let path = manifest.full_path(&known.item);
    let media = hash_of(&path, job).unwrap();
    let mut clip = NamedFrames::open(&path, media).unwrap();
    let frame = clip.frame(&known.frame, job).unwrap();
    let landmarker = Landmarker::box_estimate();
    let face = known.face.box_in_frame;
    let again = asked_task(&folder, &path, &frame, &face, &landmarker).unwrap();
    assert_eq!(again, *known);
    let taken: Vec<u32> = queued
        .tasks
        .iter()
        .filter(|task| task.item == known.item)
        .map(|task| task.frame.index)
        .collect();
    let free = (0..12).find(|index| !taken.contains(index)).unwrap();
    let frame = clip.with_index(free, 0, job).unwrap().unwrap();
    let new = asked_task(&folder, &path, &frame, &face, &landmarker).unwrap();
    assert_eq!((new.id.0, new.why.order), (6, Order::Asked));
    assert_eq!((&new.item, &new.technique), (&known.item, &known.technique));
    assert_eq!(new.counterpart, known.counterpart);
}
