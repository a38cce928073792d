//! Faces in real pictures and clips, where the folder of test media is at hand, and in Seam's own clip.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test may panic, and says what it skips"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use seam_engine::faces::find::{Effort, FaceFinder};
use seam_engine::faces::follow::{FaceFollower, FollowSettings, FollowedFrame};
use seam_engine::faces::landmarks::Landmarker;
use seam_engine::faces::{Aligner, FaceBox};
use seam_engine::media::{self, Frame, MediaHash};

/// A file of the test media; `None`, with a note, where there is none.
fn media_file(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("SEAM_MEDIA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/media"),
        PathBuf::from,
    );
    let path = folder.join(name);
    if !path.exists() {
        println!("skipped: {name} is not here");
        return None;
    }
    Some(path)
}

fn still(name: &str) -> Option<Frame> {
    let path = media_file(name)?;
    let mut source = media::open(&path, MediaHash::of(name.as_bytes())).unwrap();
    Some(source.next_frame().unwrap().unwrap())
}

fn faces_in(name: &str, effort: Effort) -> Option<Vec<FaceBox>> {
    let frame = still(name)?;
    Some(FaceFinder::new(24.0).find(&frame, effort))
}

fn follow(path: &Path, num_workers: usize) -> Vec<FollowedFrame> {
    let mut source = media::open(path, MediaHash::of(b"clip")).unwrap();
    let mut follower = FaceFollower::new(FollowSettings {
        num_workers,
        ..FollowSettings::default()
    })
    .unwrap();
    let mut done = Vec::new();
    while let Some(frame) = source.next_frame().unwrap() {
        done.extend(follower.push(Arc::new(frame)));
    }
    done.extend(follower.finish());
    for (at, frame) in done.iter().enumerate() {
        assert_eq!(frame.frame.id.index as usize, at);
    }
    done
}

/// First frame, last frame and number of frames of every track.
fn tracks(frames: &[FollowedFrame]) -> BTreeMap<u32, (usize, usize, usize)> {
    let mut tracks = BTreeMap::new();
    for (at, frame) in frames.iter().enumerate() {
        for face in &frame.faces {
            let track = tracks.entry(face.track.0).or_insert((at, at, 0));
            *track = (track.0, at, track.2 + 1);
        }
    }
    tracks
}

/// The picture turned about its center, with gray corners.
fn turned(frame: &Frame, radians: f32) -> Frame {
    let (sin, cos) = radians.sin_cos();
    let (middle_x, middle_y) = (0.5 * frame.width as f32, 0.5 * frame.height as f32);
    let pixels = (0..frame.width * frame.height).flat_map(|at| {
        let x = (at % frame.width) as f32 - middle_x;
        let y = (at / frame.width) as f32 - middle_y;
        let own_x = cos * x + sin * y + middle_x;
        let own_y = -sin * x + cos * y + middle_y;
        frame.rgb(own_x as i64, own_y as i64)
    });
    Frame {
        pixels: pixels.collect(),
        ..frame.clone()
    }
}

#[test]
fn faces_that_fill_the_picture_or_are_cut_by_it_are_found() {
    for name in [
        "real/mesonet_real00240.jpg",
        "real/mesonet_real00772.jpg",
        "fake/mesonet_df00204.jpg",
        "fake/mesonet_df01254.jpg",
        "real/portrait_partial_face.jpg",
    ] {
        if let Some(faces) = faces_in(name, Effort::Usual) {
            assert_eq!(faces.len(), 1, "{name}: {faces:?}");
        }
    }
}

#[test]
fn every_annotated_face_of_the_groups_is_found_and_nothing_else() {
    let Some(path) = media_file("multi/group_boxes.csv") else {
        return;
    };
    let text = std::fs::read_to_string(path).unwrap();
    let mut groups: BTreeMap<&str, Vec<FaceBox>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |at: usize| fields[at].parse::<f32>().unwrap();
        groups.entry(fields[0]).or_default().push(FaceBox {
            x: number(1),
            y: number(2),
            width: number(3),
            height: number(4),
            confidence: 0.0,
        });
    }
    for (name, expected) in groups {
        let Some(found) = faces_in(&format!("multi/{name}"), Effort::Exhaustive) else {
            continue;
        };
        for face in &expected {
            let best = found
                .iter()
                .map(|other| face.iou(other))
                .fold(0.0, f32::max);
            assert!(0.3 < best, "{name}: {face:?} is missed, {best}");
        }
        assert!(found.len() <= expected.len() + 1, "{name}: {found:?}");
    }
}

#[test]
fn pictures_without_people_have_no_faces() {
    for name in ["noface/dogs_four.jpg", "noface/giraffe.jpg"] {
        if let Some(faces) = faces_in(name, Effort::Exhaustive) {
            assert!(faces.is_empty(), "{name}: {faces:?}");
        }
    }
}

#[test]
fn a_tilted_head_is_found_by_looking_harder() {
    let Some(frame) = still("real/portrait_official.jpg") else {
        return;
    };
    for radians in [0.7, -0.7] {
        let faces = FaceFinder::new(24.0).find(&turned(&frame, radians), Effort::Thorough);
        assert!(!faces.is_empty(), "{radians}");
    }
}

#[test]
fn tiny_pictures_have_no_faces_and_break_nothing() {
    for (width, height) in [(1, 1), (17, 16), (3, 600), (41, 40)] {
        let frame = Frame {
            id: media::FrameId {
                media: MediaHash::of(b"tiny"),
                stream: 0,
                pts_nanos: 0,
                index: 0,
            },
            width,
            height,
            pixels: vec![99; 3 * (width * height) as usize],
        };
        let faces = FaceFinder::new(24.0).find(&frame, Effort::Exhaustive);
        assert!(faces.is_empty(), "{width} x {height}");
    }
}

#[test]
fn one_person_is_one_track_over_the_whole_clip() {
    let Some(path) = media_file("real/lp_woman_expressions.mp4") else {
        return;
    };
    let frames = follow(&path, 0);
    let last = frames.len() - 1;
    assert_eq!(
        tracks(&frames),
        BTreeMap::from([(1, (0, last, frames.len()))])
    );
}

#[test]
fn two_people_with_a_faceless_shot_between_are_two_tracks() {
    let Some(path) = media_file("multi/cuts_manA_noface_womanB.mp4") else {
        return;
    };
    let frames = follow(&path, 2);
    let cuts: Vec<usize> = (0..frames.len())
        .filter(|at| frames[*at].is_scene_cut)
        .collect();
    assert_eq!(cuts, [50, 100]);
    assert_eq!(
        tracks(&frames),
        BTreeMap::from([(1, (0, 49, 50)), (2, (100, 149, 50))])
    );
}

#[test]
fn threads_change_nothing_and_neighbors_stay_apart() {
    let Some(path) = media_file("multi/split_left_fake_right_real.mp4") else {
        return;
    };
    let alone = follow(&path, 1);
    let together = follow(&path, 3);
    assert_eq!(alone.len(), together.len());
    for (a, b) in alone.iter().zip(&together) {
        assert_eq!(a.faces, b.faces);
        assert_eq!(a.faces.len(), 2, "{:?}", a.frame.id);
        assert!(a.faces[0].box_in_frame.x < a.faces[1].box_in_frame.x);
    }
}

#[test]
fn clips_without_people_have_no_tracks() {
    for name in [
        "noface/lp_cat_animation.gif",
        "noface/waterfall_c2pa_signed.mp4",
    ] {
        if let Some(path) = media_file(name) {
            assert!(tracks(&follow(&path, 0)).is_empty(), "{name}");
        }
    }
}

#[test]
fn landmarks_of_either_kind_lie_on_the_face() {
    let Some(frame) = still("real/portrait_official.jpg") else {
        return;
    };
    let face = FaceFinder::new(24.0).find(&frame, Effort::Usual)[0];
    let found = Landmarker::load(None).unwrap();
    if found.aligner() != Aligner::Dlib68 {
        println!("skipped in part: dlib's model is not installed");
    }
    for landmarker in [found, Landmarker::box_estimate()] {
        let landmarks = landmarker.find(&frame, &face);
        let points = landmarks.points;
        let around = 0.3 * face.width;
        for [x, y] in points {
            assert!((face.x - around..face.x + face.width + around).contains(&x));
            assert!((face.y - around..face.y + face.height + around).contains(&y));
        }
        // Brow, eye, nose tip, mouth and chin from above; eyes and mouth corners from the left.
        let heights = [19, 37, 30, 51, 57, 8].map(|at: usize| points[at][1]);
        assert!(heights.is_sorted(), "{heights:?}");
        let columns = [36, 39, 42, 45].map(|at: usize| points[at][0]);
        assert!(columns.is_sorted(), "{columns:?}");
        assert!(points[48][0] < points[54][0]);
    }
}

#[test]
fn a_landmark_model_that_is_none_is_an_error_with_its_path() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let error = Landmarker::load(Some(&path)).err().unwrap().to_string();
    assert!(
        error.contains("landmark model") && error.contains("Cargo.toml"),
        "{error}"
    );
}
