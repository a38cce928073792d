//! What is known about one person while a clip is followed, and who a found face may be.

use std::sync::Arc;

use crate::faces::looks::Looks;
use crate::faces::{FaceBox, TrackId};
use crate::media::Frame;

/// How far a face may go in a second, in its own widths, beyond the first width that is always allowed.
const REACH_PER_SEC: f32 = 3.0;
const MAX_REACH: f32 = 3.0;

/// A face may become so much larger or smaller between two detections.
const MAX_SIZE_RATIO: f32 = 1.8;

/// Faces that look less alike are two people, unless they lie over each other.
const MIN_LIKENESS: f32 = 0.35;

/// Boxes that overlap so much from one detection to the next are one person in any light.
const SURE_IOU: f32 = 0.3;

/// Needed to know somebody again in another scene, or after a gap at another place: a new id is better
/// than two people under one.
const KNOWN_AGAIN: f32 = 0.8;

/// Needed where the face stays in place over what looks like a cut: a camera flash, for one.
const KNOWN_IN_PLACE: f32 = 0.5;
const IN_PLACE_IOU: f32 = 0.5;

/// Share of its latest velocity that a face is expected to keep.
const STEADINESS: f32 = 0.7;

/// A face found in a frame, with what it looks like.
#[derive(Clone, Debug)]
pub(super) struct Sighting {
    pub face: FaceBox,
    pub looks: Arc<Looks>,
}

#[derive(Clone, Debug)]
pub(super) struct Person {
    /// None until the person is certain.
    pub track: Option<TrackId>,
    pub scene: u32,
    /// Where the detector found the face last, and when.
    pub found_place: u64,
    pub seen_nanos: i64,
    found_box: FaceBox,
    /// Where the face is known to be last, found or carried.
    pub last_place: u64,
    pub last_box: FaceBox,
    /// Of the face when it was found last.
    pub looks: Arc<Looks>,
    pub num_sightings: u32,
    pub best_confidence: f32,
    /// Pixels a frame.
    velocity: [f32; 2],
}

impl Sighting {
    pub fn new(frame: &Frame, face: FaceBox) -> Self {
        Self {
            face,
            looks: Arc::new(Looks::of(frame, &face)),
        }
    }
}

impl Person {
    pub fn new(sighting: Sighting, place: u64, seen_nanos: i64, scene: u32) -> Self {
        Self {
            track: None,
            scene,
            found_place: place,
            seen_nanos,
            found_box: sighting.face,
            last_place: place,
            last_box: sighting.face,
            looks: sighting.looks,
            num_sightings: 1,
            best_confidence: sighting.face.confidence,
            velocity: [0.0, 0.0],
        }
    }

    /// The person was found again.
    pub fn see(&mut self, sighting: Sighting, place: u64, seen_nanos: i64, scene: u32) {
        let frames = (place - self.found_place).max(1) as f32;
        let (from, to) = (self.found_box.center(), sighting.face.center());
        self.velocity = if scene == self.scene {
            [(to[0] - from[0]) / frames, (to[1] - from[1]) / frames]
        } else {
            [0.0, 0.0]
        };
        self.scene = scene;
        self.found_place = place;
        self.seen_nanos = seen_nanos;
        self.found_box = sighting.face;
        self.last_place = place;
        self.last_box = sighting.face;
        self.num_sightings += 1;
        self.best_confidence = self.best_confidence.max(sighting.face.confidence);
        self.looks = sighting.looks;
    }

    /// How well a face found in the same scene fits where the person should be by now; `None` where it
    /// cannot be this person.
    pub fn likely(
        &self,
        sighting: &Sighting,
        place: u64,
        pts_nanos: i64,
        scene: u32,
    ) -> Option<f32> {
        if scene != self.scene {
            return None;
        }
        let expected = self.expected(place);
        let gap_secs = (pts_nanos - self.seen_nanos) as f32 * 1e-9;
        let reach = (1.0 + REACH_PER_SEC * gap_secs).min(MAX_REACH);
        let distance = distance(&expected, &sighting.face);
        let iou = expected.iou(&sighting.face);
        let likeness = self.looks.likeness(&sighting.looks);
        let is_possible = distance < reach
            && is_size_near(&self.last_box, &sighting.face)
            && (MIN_LIKENESS < likeness || SURE_IOU < iou);
        is_possible.then_some(1.5 * iou + 1.0 - distance / reach + 2.0 * likeness)
    }

    /// The same once the box was carried to this very frame: only the place counts.
    pub fn likely_after_carry(&self, sighting: &Sighting, place: u64) -> Option<f32> {
        let iou = self.last_box.iou(&sighting.face);
        (self.last_place == place && SURE_IOU < iou).then_some(iou)
    }

    /// The same after a cut, or after a gap at another place.
    pub fn likely_after_gap(&self, sighting: &Sighting, scene: u32) -> Option<f32> {
        let likeness = self.looks.likeness(&sighting.looks);
        let iou = self.last_box.iou(&sighting.face);
        let is_in_place = IN_PLACE_IOU < iou && self.scene + 1 == scene;
        let needed = if is_in_place {
            KNOWN_IN_PLACE
        } else {
            KNOWN_AGAIN
        };
        let is_possible = needed < likeness
            && 1 < self.num_sightings
            && is_size_near(&self.last_box, &sighting.face);
        is_possible.then_some(likeness + iou)
    }

    /// The last known place, moved on by most of the way that the latest motion would lead to: people
    /// slow down and turn back.
    fn expected(&self, place: u64) -> FaceBox {
        let frames = place.saturating_sub(self.last_place) as f32;
        let limit = self.last_box.width;
        let step = self
            .velocity
            .map(|velocity| (STEADINESS * velocity * frames).clamp(-limit, limit));
        FaceBox {
            x: self.last_box.x + step[0],
            y: self.last_box.y + step[1],
            ..self.last_box
        }
    }
}

/// Between the centers, in mean widths.
fn distance(a: &FaceBox, b: &FaceBox) -> f32 {
    let ([a_x, a_y], [b_x, b_y]) = (a.center(), b.center());
    let width = 0.5 * (a.width + b.width);
    (a_x - b_x).hypot(a_y - b_y) / width.max(1.0)
}

fn is_size_near(a: &FaceBox, b: &FaceBox) -> bool {
    let ratio = a.width / b.width.max(1e-3);
    (MAX_SIZE_RATIO.recip()..MAX_SIZE_RATIO).contains(&ratio)
}
