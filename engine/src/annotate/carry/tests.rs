//! Masks carried over rendered clips, whose exact masks are known.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::data::Manifest;
use crate::data::annotations::named_frames::hash_of;
use crate::data::annotations::{
    About, AnnotationFolder, Delta, Face, FrameName, Mask, Order, Progress, Task, TaskId,
    TaskState, Why,
};
use crate::faces::find::{Effort, FaceFinder};
use crate::faces::landmarks::Landmarker;
use crate::forge::manipulate::Technique;
use crate::forge::{ForgeSettings, forge};
use crate::job::JobContext;
use crate::media::{self, Frame, MediaHash};

fn frames(path: &Path) -> Vec<Frame> {
    let mut source = media::open(path, MediaHash::of(b"clip")).unwrap();
    std::iter::from_fn(|| source.next_frame().unwrap()).collect()
}

fn mask_of(frame: &Frame) -> Mask {
    Mask {
        width: frame.width,
        height: frame.height,
        values: frame.pixels.chunks_exact(3).map(|rgb| rgb[0]).collect(),
    }
}

fn face_of(frame: &Frame, landmarker: &Landmarker) -> Option<Face> {
    let face = *FaceFinder::new(24.0)
        .find(frame, Effort::Exhaustive)
        .first()?;
    Some(Face::new(face, &landmarker.find(frame, &face)))
}

/// A forged clip of one rendered person: twelve frames and their exact masks.
fn forged(technique: Technique) -> (TempDir, PathBuf, Vec<Frame>, Vec<Mask>) {
    let dir = tempfile::tempdir().unwrap();
    let settings = ForgeSettings {
        recipe: "tiny".to_owned(),
        from: None,
        out: dir.path().to_owned(),
        seed: 3,
        per_category: 0,
        people: Some(1),
        techniques: Some(vec![technique]),
        as_pictures: false,
        landmark_model: None,
    };
    forge(&settings, &mut JobContext::detached()).unwrap();
    let manifest = Manifest::read(dir.path()).unwrap();
    let item = manifest
        .items
        .iter()
        .find(|item| item.mask.is_some())
        .unwrap();
    let path = manifest.full_path(&item.path);
    let clip = frames(&path);
    let masks = frames(&manifest.full_path(item.mask.as_ref().unwrap()));
    (dir, path, clip, masks.iter().map(mask_of).collect())
}

#[test]
fn a_mask_goes_along_with_its_face() {
    let (_dir, _, clip, masks) = forged(Technique::Texture);
    let landmarker = Landmarker::box_estimate();
    let face = face_of(&clip[0], &landmarker).unwrap();
    let mut carrier = FaceCarrier::new(&clip[0], &face, masks[0].clone(), landmarker).unwrap();
    for (frame, exact) in clip[1..11].iter().zip(&masks[1..]) {
        let carried = carrier.next(frame).unwrap();
        let iou = carried.mask.iou(exact);
        let index = frame.id.index;
        println!("frame {index}: IoU {iou:.3}, drift {:?}", carried.drift);
        assert!(0.9 < iou, "frame {index}: {iou}");
        assert!(
            !carried.drift.is_flagged(),
            "frame {index}: {:?}",
            carried.drift
        );
        let overlap = carried.face.box_in_frame.iou(&face.box_in_frame);
        assert!(0.5 < overlap, "{overlap}");
    }
}

#[test]
fn drift_rises_where_something_comes_before_the_mask_and_a_cut_ends_it() {
    let (_dir, _, mut clip, _) = forged(Technique::Texture);
    let landmarker = Landmarker::box_estimate();
    let face = face_of(&clip[0], &landmarker).unwrap();
    let [x, y] = face.box_in_frame.center();
    let reach = 0.5 * face.box_in_frame.width;
    let width = clip[0].width as usize;
    // Around the mouth.
    let is_mouth = |at: usize, share: f32| {
        let (right, down) = ((at % width) as f32 - x, (at / width) as f32 - y);
        right.abs() < 0.4 * share * reach && (down - 0.5 * reach).abs() < 0.25 * share * reach
    };
    let mut mask = Mask::empty(clip[0].width, clip[0].height);
    for (at, value) in mask.values.iter_mut().enumerate() {
        *value = 255 * u8::from(is_mouth(at, 1.0));
    }
    for frame in &mut clip[4..] {
        for (at, pixel) in frame.pixels.chunks_exact_mut(3).enumerate() {
            // A microphone.
            if is_mouth(at, 1.3) {
                let level = if (at % width / 4).is_multiple_of(2) {
                    60
                } else {
                    110
                };
                pixel.fill(level);
            }
        }
    }
    for value in &mut clip[8].pixels {
        *value = 255 - *value;
    }
    let mut carrier = FaceCarrier::new(&clip[0], &face, mask, landmarker).unwrap();
    let mut drifts = Vec::new();
    let ended = loop {
        match carrier.next(&clip[drifts.len() + 1]) {
            Ok(carried) => drifts.push(carried.drift),
            Err(ended) => break ended,
        }
    };
    println!("{drifts:?} {ended:?}");
    assert!(
        drifts[..3].iter().all(|drift| drift.value < 0.2),
        "{drifts:?}"
    );
    assert!(drifts[3..].iter().all(Drift::is_flagged), "{drifts:?}");
    let words = drifts[3].words();
    assert!(words.starts_with("It stops fitting here"), "{words}");
    assert_eq!((drifts.len(), ended), (7, Ended::SceneCut));
}

fn begun(dir: &Path, item: &Path, frame: &Frame, mask: &Mask) -> (AnnotationFolder, Task) {
    let about = About::new(None, None, Order::Asked, 1);
    let folder = AnnotationFolder::create(dir, &about).unwrap();
    let task = Task {
        id: TaskId(0),
        item: item.to_str().unwrap().to_owned(),
        frame: FrameName::of(frame),
        face: face_of(frame, &Landmarker::box_estimate()).unwrap(),
        why: Why {
            order: Order::Asked,
            value: 0.0,
            channels: Vec::new(),
            text: String::new(),
        },
        technique: Some("texture".to_owned()),
        counterpart: None,
        carried_from: None,
    };
    let task = folder.add(vec![task]).unwrap().remove(0);
    let empty = Mask::empty(mask.width, mask.height);
    let delta = Delta::between(&empty, mask).unwrap();
    folder.write_stroke(task.id, 0, &delta).unwrap();
    (folder, task)
}

#[test]
fn carried_frames_come_into_the_queue_once_and_a_painted_one_ends_it() {
    let (dir, path, mut clip, mut masks) = forged(Technique::Texture);
    let media = hash_of(&path, &mut JobContext::detached()).unwrap();
    for frame in &mut clip {
        frame.id.media = media;
    }
    let (folder, task) = begun(
        &dir.path().join("notes"),
        &path,
        &clip[6],
        &masks.swap_remove(6),
    );
    let mut settings = CarrySettings {
        folder: folder.dir().to_owned(),
        task: task.id,
        frames: 3,
        direction: Direction::Back,
        to: None,
        landmark_model: None,
    };
    let job = &mut JobContext::detached();
    let back = carry(&settings, job).unwrap();
    let places: Vec<u32> = back.tasks.iter().map(|one| one.frame_index).collect();
    assert_eq!(
        (places.as_slice(), back.ended.as_deref()),
        ([5, 4, 3].as_slice(), None)
    );
    let tasks = folder.tasks().unwrap();
    assert_eq!(tasks.len(), 4);
    for carried in &tasks[1..] {
        assert_eq!(carried.carried_from, Some(task.id));
        assert_eq!(
            carried.frame,
            FrameName::of(&clip[carried.frame.index as usize])
        );
        assert_eq!(carried.technique, task.technique);
        let progress = folder.progress(carried.id).unwrap();
        assert_eq!(
            (progress.state, progress.is_assisted),
            (TaskState::Begun, true)
        );
        assert!(progress.drift.unwrap() < FLAGGED);
        assert!(1000.0 < folder.mask(carried).unwrap().area_px());
    }
    // Again, and further: what nobody touched is written again, in place.
    settings.frames = 20;
    let further = carry(&settings, job).unwrap();
    assert_eq!(further.tasks.len(), 6);
    assert_eq!(further.ended.as_deref(), Some("the clip begins"));
    assert_eq!(folder.tasks().unwrap().len(), 7);
    // One of them is said to be done: it is a keyframe now.
    let done = folder.progress(further.tasks[2].task).unwrap();
    let done = Progress {
        state: TaskState::Done,
        ..done
    };
    folder.set_progress(further.tasks[2].task, &done).unwrap();
    let stopped = carry(&settings, job).unwrap();
    assert_eq!(stopped.tasks.len(), 2);
    let reason = stopped.ended.unwrap();
    assert!(
        reason.starts_with("frame 3 has a mask of its own"),
        "{reason}"
    );

    settings.task = TaskId(99);
    let err = carry(&settings, job).unwrap_err().to_string();
    assert!(err.contains("no task 99"), "{err}");
}

#[test]
fn frames_between_two_painted_ones_get_what_both_say() {
    let (dir, path, mut clip, masks) = forged(Technique::Texture);
    let media = hash_of(&path, &mut JobContext::detached()).unwrap();
    for frame in &mut clip {
        frame.id.media = media;
    }
    let (folder, task) = begun(&dir.path().join("notes"), &path, &clip[1], &masks[1]);
    let other = Task {
        frame: FrameName::of(&clip[9]),
        face: face_of(&clip[9], &Landmarker::box_estimate()).unwrap(),
        ..task.clone()
    };
    let other = folder.add(vec![other]).unwrap().remove(0);
    let delta = Delta::between(&Mask::empty(256, 256), &masks[9]).unwrap();
    folder.write_stroke(other.id, 0, &delta).unwrap();
    let settings = CarrySettings {
        folder: folder.dir().to_owned(),
        task: task.id,
        frames: 0,
        direction: Direction::Onward,
        to: Some(other.id),
        landmark_model: None,
    };
    let job = &mut JobContext::detached();
    let carried = carry(&settings, job).unwrap();
    let places: Vec<u32> = carried.tasks.iter().map(|one| one.frame_index).collect();
    assert_eq!(places, (2..9).collect::<Vec<u32>>());
    assert_eq!(carried.ended, None);
    for one in &folder.tasks().unwrap()[2..] {
        let iou = folder
            .mask(one)
            .unwrap()
            .iou(&masks[one.frame.index as usize]);
        println!("frame {}: IoU {iou:.3}", one.frame.index);
        assert!(0.92 < iou, "frame {}: {iou}", one.frame.index);
        assert!(
            one.why.text.ends_with("Blended with the mask of task 2"),
            "{}",
            one.why.text
        );
    }
    let same = CarrySettings {
        to: Some(task.id),
        ..settings
    };
    let err = carry(&same, job).unwrap_err().to_string();
    assert!(err.contains("not of two frames"), "{err}");
}

/// One carried frame of the measurement below.
struct Row {
    technique: String,
    distance: usize,
    iou: f64,
    /// `IoU` of the mask that was not carried at all.
    still: f64,
    drift: Drift,
}

fn mean(rows: &[&Row], of: impl Fn(&Row) -> f64) -> f64 {
    rows.iter().map(|row| of(row)).sum::<f64>() / rows.len().max(1) as f64
}

/// `SEAM_FORGED=FOLDER seam_engine-HASH --ignored --nocapture carry::tests::measure`
#[test]
#[ignore = "measures on forged data, whose folder is in SEAM_FORGED; minutes"]
fn measure() {
    let root = PathBuf::from(std::env::var_os("SEAM_FORGED").unwrap());
    let every: usize = std::env::var("SEAM_EVERY").map_or(5, |text| text.parse().unwrap());
    let manifest = Manifest::read(&root).unwrap();
    for landmarker in [Landmarker::box_estimate(), Landmarker::load(None).unwrap()] {
        println!("points: {:?}", landmarker.aligner());
        let mut rows = Vec::new();
        let items = manifest.items.iter().filter(|item| item.mask.is_some());
        for item in items.step_by(every) {
            let clip = frames(&manifest.full_path(&item.path));
            let masks = frames(&manifest.full_path(item.mask.as_ref().unwrap()));
            let masks: Vec<Mask> = masks.iter().map(mask_of).collect();
            let start = 5;
            let Some(face) = face_of(&clip[start], &landmarker) else {
                continue;
            };
            let own = masks[start].clone();
            let carrier = FaceCarrier::new(&clip[start], &face, own, landmarker.clone());
            let Some(mut carrier) = carrier else { continue };
            for (at, exact) in masks.iter().enumerate().skip(start + 1) {
                match carrier.next(&clip[at]) {
                    Ok(carried) => rows.push(Row {
                        technique: item.technique.clone().unwrap_or_default(),
                        distance: at - start,
                        iou: carried.mask.iou(exact),
                        still: masks[start].iou(exact),
                        drift: carried.drift,
                    }),
                    Err(ended) => {
                        println!(
                            "{} ended after {}: {}",
                            item.path,
                            at - start,
                            ended.words()
                        );
                        break;
                    }
                }
            }
        }
        tell(&rows);
    }
}

fn tell(rows: &[Row]) {
    let mut techniques: Vec<&str> = rows.iter().map(|row| row.technique.as_str()).collect();
    techniques.sort_unstable();
    techniques.dedup();
    for technique in techniques {
        for (low, high) in [(1, 2), (2, 6), (6, 11), (11, 21), (21, 40)] {
            let of: Vec<&Row> = rows
                .iter()
                .filter(|row| row.technique == technique && (low..high).contains(&row.distance))
                .collect();
            let least = of.iter().map(|row| row.iou).fold(1.0, f64::min);
            println!(
                "{technique:9} {low:2} to {:2} frames, {:4} masks: IoU {:.3} (least {least:.3}), not carried {:.3}, \
                 drift {:.2}, likeness {:.3}",
                high - 1,
                of.len(),
                mean(&of, |row| row.iou),
                mean(&of, |row| row.still),
                mean(&of, |row| f64::from(row.drift.value)),
                mean(&of, |row| f64::from(row.drift.likeness)),
            );
        }
    }
    for (low, high) in [(0.0, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.01)] {
        let of: Vec<&Row> = rows
            .iter()
            .filter(|row| (low..high).contains(&row.iou))
            .collect();
        let flagged = of.iter().filter(|row| row.drift.is_flagged()).count();
        println!(
            "IoU {low:.1} to {high:.1}: {:4} masks, {flagged} flagged, drift {:.2}",
            of.len(),
            mean(&of, |row| f64::from(row.drift.value))
        );
    }
}
