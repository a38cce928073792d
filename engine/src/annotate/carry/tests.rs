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
fn drift_rises_where_something_comes_before_the_face_and_a_cut_ends_it() {
    let (_dir, _, mut clip, masks) = forged(Technique::Texture);
    let landmarker = Landmarker::box_estimate();
    let face = face_of(&clip[0], &landmarker).unwrap();
    let [x, y] = face.box_in_frame.center();
    let reach = 0.5 * face.box_in_frame.width;
    for frame in &mut clip[4..] {
        let width = frame.width as usize;
        for (at, pixel) in frame.pixels.chunks_exact_mut(3).enumerate() {
            let (right, down) = ((at % width) as f32 - x, (at / width) as f32 - y);
            // A striped scarf before mouth and chin.
            if right.abs() < reach && (0.1 * reach..0.9 * reach).contains(&down) {
                pixel.fill(if (at % width / 5).is_multiple_of(2) {
                    30
                } else {
                    220
                });
            }
        }
    }
    for value in &mut clip[8].pixels {
        *value = 255 - *value;
    }
    let mut carrier = FaceCarrier::new(&clip[0], &face, masks[0].clone(), landmarker).unwrap();
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
    assert!(
        drifts[3].words().starts_with("It stops fitting here"),
        "{}",
        drifts[3].words()
    );
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
#[ignore = "measures on forged data, whose folder is in SEAM_FORGED"]
fn measure() {
    let root = PathBuf::from(std::env::var_os("SEAM_FORGED").unwrap());
    let manifest = crate::data::Manifest::read(&root).unwrap();
    let every: usize = std::env::var("SEAM_EVERY").map_or(5, |text| text.parse().unwrap());
    for landmarker in [Landmarker::box_estimate(), Landmarker::load(None).unwrap()] {
        println!("{:?}", landmarker.aligner());
        let mut rows: Vec<(String, usize, f64, f64, f32, f32, f32)> = Vec::new();
        let items = manifest.items.iter().filter(|item| item.mask.is_some());
        for item in items.step_by(every) {
            let clip = frames(&manifest.full_path(&item.path));
            let masks: Vec<Mask> = frames(&manifest.full_path(item.mask.as_ref().unwrap()))
                .iter()
                .map(mask_of)
                .collect();
            let Some(face) = face_of(&clip[5], &landmarker) else {
                continue;
            };
            let Some(mut carrier) =
                FaceCarrier::new(&clip[5], &face, masks[5].clone(), landmarker.clone())
            else {
                continue;
            };
            for at in 6..clip.len() {
                match carrier.next(&clip[at]) {
                    Ok(carried) => rows.push((
                        item.technique.clone().unwrap(),
                        at - 5,
                        carried.mask.iou(&masks[at]),
                        masks[5].iou(&masks[at]),
                        carried.drift.value,
                        carried.drift.likeness,
                        carried.drift.stray.unwrap_or(0.0),
                    )),
                    Err(ended) => {
                        println!("{} ended at {}: {}", item.path, at - 5, ended.words());
                        break;
                    }
                }
            }
        }
        let mut techniques: Vec<String> = rows.iter().map(|row| row.0.clone()).collect();
        techniques.sort();
        techniques.dedup();
        for technique in techniques {
            for (low, high) in [(1, 2), (2, 6), (6, 11), (11, 21), (21, 40)] {
                let mut of: Vec<_> = rows
                    .iter()
                    .filter(|row| row.0 == technique && (low..high).contains(&row.1))
                    .collect();
                of.sort_by(|a, b| a.2.total_cmp(&b.2));
                let n = of.len() as f64;
                if of.is_empty() {
                    continue;
                }
                let mean = |f: &dyn Fn(&(String, usize, f64, f64, f32, f32, f32)) -> f64| {
                    of.iter().map(|row| f(row)).sum::<f64>() / n
                };
                println!(
                    "{technique:10} {low:2}..{high:2} n {n:4} iou {:.3} (low {:.3}) still {:.3} drift {:.3} likeness {:.3} stray {:.4}",
                    mean(&|r| r.2),
                    of[0].2,
                    mean(&|r| r.3),
                    mean(&|r| f64::from(r.4)),
                    mean(&|r| f64::from(r.5)),
                    mean(&|r| f64::from(r.6))
                );
            }
        }
        for (low, high) in [(0.0, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.01)] {
            let of: Vec<_> = rows
                .iter()
                .filter(|row| (low..high).contains(&row.2))
                .collect();
            let mut drifts: Vec<f32> = of.iter().map(|row| row.4).collect();
            drifts.sort_by(f32::total_cmp);
            if drifts.is_empty() {
                continue;
            }
            let q = |share: f64| drifts[((drifts.len() - 1) as f64 * share) as usize];
            let mean = |f: &dyn Fn(&(String, usize, f64, f64, f32, f32, f32)) -> f32| {
                of.iter().map(|row| f(row)).sum::<f32>() / of.len() as f32
            };
            println!(
                "iou {low}..{high}: n {} drift 10 % {:.2} median {:.2} 90 % {:.2} likeness {:.3} stray {:.4}",
                drifts.len(),
                q(0.1),
                q(0.5),
                q(0.9),
                mean(&|r| r.5),
                mean(&|r| r.6)
            );
        }
    }
}
