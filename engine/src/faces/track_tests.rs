//! Tracking without a detector: painted people on known paths, found where the test says so.

use std::sync::Arc;

use crate::faces::FaceBox;
use crate::faces::follow::FollowedFrame;
use crate::faces::person::Sighting;
use crate::faces::track::Tracker;
use crate::media::{Frame, FrameId, MediaHash};

const WIDTH: u32 = 320;
const HEIGHT: u32 = 180;
const EVERY: u64 = 5;

/// Somebody's color, and where they are in each frame.
struct Actor {
    color: [f32; 3],
    /// Rings across the face: what it looks like.
    rings: f32,
    path: fn(u64) -> [f32; 2],
}

fn face_at([x, y]: [f32; 2]) -> FaceBox {
    FaceBox {
        x: x - 20.0,
        y: y - 20.0,
        width: 40.0,
        height: 40.0,
        confidence: 10.0,
    }
}

/// 30 frames a second; later actors stand before earlier ones.
fn paint(place: u64, actors: &[Actor]) -> Arc<Frame> {
    let color = |at: u32| {
        let (x, y) = ((at % WIDTH) as f32, (at / WIDTH) as f32);
        let mut color = [60.0 + 0.1 * x, 70.0, 80.0 + 0.1 * y];
        for actor in actors {
            let [center_x, center_y] = (actor.path)(place);
            let (dx, dy) = (x - center_x, y - center_y);
            if dx.hypot(dy) < 22.0 {
                let shade = 0.7 + 0.3 * (actor.rings * dx).sin() * (0.5 * actor.rings * dy).cos();
                color = actor.color.map(|level| level * shade);
            }
        }
        color.map(|level| level as u8)
    };
    Arc::new(Frame {
        id: FrameId {
            media: MediaHash::of(b"track"),
            stream: 0,
            pts_nanos: place as i64 * 33_333_333,
            index: place as u32,
        },
        width: WIDTH,
        height: HEIGHT,
        pixels: (0..WIDTH * HEIGHT).flat_map(color).collect(),
    })
}

/// Detects on every fifth frame and on the last; `is_found(actor, place)` says whom.
fn follow(
    actors: &[Actor],
    num_frames: u64,
    cuts: &[u64],
    is_found: impl Fn(usize, u64) -> bool,
) -> Vec<FollowedFrame> {
    let mut tracker = Tracker::default();
    let mut done = Vec::new();
    for place in 0..num_frames {
        let frame = paint(place, actors);
        tracker.push(place, Arc::clone(&frame), cuts.contains(&place));
        let is_edge = cuts.contains(&place) || cuts.contains(&(place + 1));
        if place.is_multiple_of(EVERY) || place + 1 == num_frames || is_edge {
            let found = (0..actors.len()).filter(|actor| is_found(*actor, place));
            let sightings = found
                .map(|actor| Sighting::new(&frame, face_at((actors[actor].path)(place))))
                .collect();
            done.extend(tracker.detected(place, sightings));
        }
    }
    done.extend(tracker.finish());
    assert_eq!(done.len() as u64, num_frames);
    done
}

/// The track that lies on the actor in a frame.
fn track_on(frame: &FollowedFrame, actor: &Actor) -> Option<u32> {
    let expected = face_at((actor.path)(u64::from(frame.frame.id.index)));
    frame
        .faces
        .iter()
        .find(|face| 0.6 < face.box_in_frame.iou(&expected))
        .map(|face| face.track.0)
}

const RED: Actor = Actor {
    color: [220.0, 120.0, 100.0],
    rings: 0.35,
    path: |place| [60.0 + 4.0 * place as f32, 88.0],
};
const BLUE: Actor = Actor {
    color: [110.0, 130.0, 230.0],
    rings: 0.6,
    path: |place| [260.0 - 4.0 * place as f32, 96.0],
};
const STILL: Actor = Actor {
    color: [200.0, 180.0, 120.0],
    rings: 0.5,
    path: |_| [200.0, 90.0],
};

#[test]
fn people_whose_paths_cross_keep_their_ids() {
    // Red stands behind blue around frame 25, and is not found there.
    let actors = [RED, BLUE];
    let done = follow(&actors, 51, &[], |actor, place| {
        actor == 1 || !(21..30).contains(&place)
    });
    for place in [0, 7, 13, 34, 42, 50] {
        assert_eq!(track_on(&done[place], &actors[0]), Some(1), "frame {place}");
        assert_eq!(track_on(&done[place], &actors[1]), Some(2), "frame {place}");
    }
    assert!(
        done.iter()
            .flat_map(|frame| &frame.faces)
            .all(|face| face.track.0 <= 2)
    );
}

#[test]
fn boxes_between_detections_follow_the_face() {
    let actors = [RED];
    let done = follow(&actors, 31, &[], |_, _| true);
    for frame in &done {
        assert_eq!(track_on(frame, &actors[0]), Some(1), "{:?}", frame.frame.id);
    }
    let num_found = done
        .iter()
        .filter(|frame| frame.faces[0].is_detected)
        .count();
    assert_eq!(num_found, 7);
}

#[test]
fn a_face_not_found_for_a_while_is_carried_by_its_picture() {
    let actors = [STILL];
    let done = follow(&actors, 61, &[], |_, place| !(16..36).contains(&place));
    for frame in &done {
        assert_eq!(track_on(frame, &actors[0]), Some(1), "{:?}", frame.frame.id);
    }
}

#[test]
fn somebody_who_was_away_for_a_second_is_known_again() {
    let away = Actor {
        path: |place| match place {
            20..50 => [-100.0, 90.0],
            _ => [200.0, 90.0],
        },
        ..STILL
    };
    let actors = [away];
    let done = follow(&actors, 80, &[], |_, place| !(20..50).contains(&place));
    assert_eq!(track_on(&done[10], &actors[0]), Some(1));
    assert!(done[35].faces.is_empty(), "{:?}", done[35].faces);
    assert_eq!(track_on(&done[70], &actors[0]), Some(1));
}

#[test]
fn a_single_false_alarm_in_a_scene_is_dropped() {
    let done = follow(&[STILL], 61, &[], |_, place| place == 30);
    assert!(done.iter().all(|frame| frame.faces.is_empty()));
}

#[test]
fn a_single_frame_keeps_its_face() {
    let done = follow(&[STILL], 1, &[], |_, _| true);
    assert_eq!(done[0].faces.len(), 1);
    assert_eq!(done[0].faces[0].track.0, 1);
}

#[test]
fn another_person_after_a_cut_is_a_new_track() {
    // One actor leaves the stage where the other comes on, at the same place.
    let before = Actor {
        path: |place| {
            if place < 25 {
                [200.0, 90.0]
            } else {
                [-100.0, 90.0]
            }
        },
        ..STILL
    };
    let after = Actor {
        path: |place| {
            if place < 25 {
                [-100.0, 90.0]
            } else {
                [200.0, 90.0]
            }
        },
        ..BLUE
    };
    let actors = [before, after];
    let done = follow(&actors, 50, &[25], |actor, place| {
        (actor == 1) == (25 <= place)
    });
    assert!(done[25].is_scene_cut);
    for (place, frame) in done.iter().enumerate() {
        let expected = if place < 25 { 1 } else { 2 };
        assert_eq!(frame.faces.len(), 1, "frame {place}");
        assert_eq!(frame.faces[0].track.0, expected, "frame {place}");
    }
}

#[test]
fn the_same_person_after_a_cut_keeps_the_id() {
    let jump = Actor {
        path: |place| {
            if place < 25 {
                [100.0, 90.0]
            } else {
                [240.0, 80.0]
            }
        },
        ..STILL
    };
    let done = follow(&[jump], 50, &[25], |_, _| true);
    assert!(
        done.iter()
            .all(|frame| frame.faces.len() == 1 && frame.faces[0].track.0 == 1)
    );
}
