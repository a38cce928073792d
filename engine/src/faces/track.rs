//! People over time: joins what the detector finds now and then into tracks, frame by frame.
//!
//! Every decision waits for two more detections, which buys three things. Between two detections of one
//! person the box is interpolated, which is steadier than any tracker that looks only forward, and
//! costs nothing. A face found only once in a longer scene is dropped as a false alarm. And a person
//! found late is carried back to where they came in. Only where a detection is missing (a head turned
//! away, a hand before it) is the box carried by its picture ([`carry`]).

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::faces::carry::carry;
use crate::faces::follow::FollowedFrame;
use crate::faces::looks::Looks;
use crate::faces::matching::{Pair, best_pairs};
use crate::faces::person::{Person, Sighting};
use crate::faces::{FaceBox, TrackId, TrackedFace};
use crate::media::Frame;

/// Longest gap over which a person keeps their id.
const MEMORY_NANOS: i64 = 2_000_000_000;

/// Longest time a box is carried without the detector's word.
const CARRY_NANOS: i64 = 1_000_000_000;

/// Boxes that overlap more cannot be two people.
const SAME_PLACE_IOU: f32 = 0.4;

/// A single detection as sure as this is believed in any scene, and one in a scene of no more than two
/// detections from the lower value on. Chosen by judgement: faces that stay have 10 to 50 in most frames
/// of the clips at hand, and the clips there without faces gave no track.
const SURE_CONFIDENCE: f32 = 60.0;
const FAIR_CONFIDENCE: f32 = 5.0;

/// Joins detections, given in order, into tracks.
#[derive(Debug, Default)]
pub(super) struct Tracker {
    /// Frames not given out yet, in order, without holes.
    waiting: VecDeque<Waiting>,
    people: BTreeMap<u64, Person>,
    next_person: u64,
    next_track: u32,
    scene: u32,
    /// Detections seen in each scene of the waiting frames.
    detections_in_scene: BTreeMap<u32, u32>,
    /// Place of the last frame with a detection.
    last_detection: Option<u64>,
}

#[derive(Debug)]
struct Waiting {
    place: u64,
    frame: Arc<Frame>,
    is_cut: bool,
    scene: u32,
    faces: BTreeMap<u64, (FaceBox, bool)>,
}

impl Tracker {
    /// Takes the next frame; `place` counts frames without holes.
    pub fn push(&mut self, place: u64, frame: Arc<Frame>, is_cut: bool) {
        let scene = self.waiting.back().map_or(self.scene, |last| last.scene) + u32::from(is_cut);
        self.waiting.push_back(Waiting {
            place,
            frame,
            is_cut,
            scene,
            faces: BTreeMap::new(),
        });
    }

    pub fn num_waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Takes what the detector found in the frame at `place`, and gives the frames that are decided:
    /// those before the previous detection.
    pub fn detected(&mut self, place: u64, sightings: Vec<Sighting>) -> Vec<FollowedFrame> {
        let Some(now) = self.waiting(place) else {
            return Vec::new();
        };
        let (pts_nanos, scene) = (now.frame.id.pts_nanos, now.scene);
        self.scene = scene;
        *self.detections_in_scene.entry(scene).or_default() += 1;
        let oldest = self.waiting.front().map_or(place, |first| first.place);
        self.people.retain(|_, person| {
            pts_nanos - person.seen_nanos <= MEMORY_NANOS || oldest <= person.last_place
        });

        let mut left: Vec<Option<Sighting>> = sightings.into_iter().map(Some).collect();
        self.join(place, &mut left, |person, sighting| {
            person.likely(sighting, place, pts_nanos, scene)
        });
        self.carry_to(place, pts_nanos);
        self.join(place, &mut left, |person, sighting| {
            person.likely_after_carry(sighting, place)
        });
        self.join(place, &mut left, |person, sighting| {
            person.likely_after_gap(sighting, scene)
        });
        for sighting in left.into_iter().flatten() {
            self.begin(place, scene, sighting);
        }
        let previous = self.last_detection.replace(place);
        self.release(previous.unwrap_or(0))
    }

    /// Gives all frames still waiting.
    pub fn finish(&mut self) -> Vec<FollowedFrame> {
        self.release(u64::MAX)
    }

    /// Joins people who are not in this frame yet with sightings, best pairs first.
    fn join(
        &mut self,
        place: u64,
        left: &mut [Option<Sighting>],
        score: impl Fn(&Person, &Sighting) -> Option<f32>,
    ) {
        let mut pairs = Vec::new();
        for (&key, person) in &self.people {
            if person.found_place == place {
                continue;
            }
            for (sighting, at) in left.iter().zip(0..) {
                let score = sighting
                    .as_ref()
                    .and_then(|sighting| score(person, sighting));
                pairs.extend(score.map(|score| Pair { key, at, score }));
            }
        }
        for Pair { key, at, .. } in best_pairs(pairs) {
            let sighting = left.get_mut(at).and_then(Option::take);
            if let Some(sighting) = sighting {
                self.see(key, place, sighting);
            }
        }
    }

    /// A person was found again.
    fn see(&mut self, key: u64, place: u64, sighting: Sighting) {
        let Some(now) = self.waiting(place) else {
            return;
        };
        let (pts_nanos, scene) = (now.frame.id.pts_nanos, now.scene);
        let Some(person) = self.people.get_mut(&key) else {
            return;
        };
        let (from, from_place) = (person.last_box, person.last_place);
        let is_same_scene = person.scene == scene;
        let face = sighting.face;
        person.see(sighting, place, pts_nanos, scene);
        let first = self.waiting.front().map_or(0, |first| first.place);
        if is_same_scene && first <= from_place + 1 {
            self.interpolate(key, (from_place, from), (place, face));
        }
        self.mark(key, place, face, true);
    }

    /// Fills the frames between two places by a straight, even path.
    fn interpolate(&mut self, key: u64, from: (u64, FaceBox), to: (u64, FaceBox)) {
        let steps = (to.0 - from.0) as f32;
        for place in from.0 + 1..to.0 {
            let share = (place - from.0) as f32 / steps;
            let blend = |a: f32, b: f32| a + share * (b - a);
            let face = FaceBox {
                x: blend(from.1.x, to.1.x),
                y: blend(from.1.y, to.1.y),
                width: blend(from.1.width, to.1.width),
                height: blend(from.1.height, to.1.height),
                confidence: 0.0,
            };
            self.mark(key, place, face, false);
        }
    }

    /// Carries everybody who was there a moment ago, and was not found now, up to this frame.
    fn carry_to(&mut self, place: u64, pts_nanos: i64) {
        let absent: Vec<u64> = self
            .people
            .iter()
            .filter(|(_, person)| {
                person.scene == self.scene
                    && person.found_place != place
                    && Some(person.last_place) == self.last_detection
                    && 1 < person.num_sightings
                    && pts_nanos - person.seen_nanos <= CARRY_NANOS
            })
            .map(|(key, _)| *key)
            .collect();
        for key in absent {
            let Some(person) = self.people.get(&key) else {
                continue;
            };
            let (looks, last) = (
                Arc::clone(&person.looks),
                (person.last_place, person.last_box),
            );
            let path = self.carried(&looks, last, last.0 + 1..place + 1, key);
            if let (Some(person), Some(&(end, face))) = (self.people.get_mut(&key), path.last()) {
                (person.last_place, person.last_box) = (end, face);
            }
            for (place, face) in path {
                self.mark(key, place, face, false);
            }
        }
    }

    /// The way of a face through `places`, as far as it can be seen and meets nobody else.
    fn carried(
        &self,
        looks: &Looks,
        (_, mut face): (u64, FaceBox),
        places: impl Iterator<Item = u64>,
        key: u64,
    ) -> Vec<(u64, FaceBox)> {
        let mut path = Vec::new();
        for place in places {
            let Some(next) = self
                .waiting(place)
                .filter(|waiting| waiting.scene == self.scene)
                .and_then(|waiting| carry(&waiting.frame, &face, looks))
                .filter(|face| self.is_free(key, place, face))
            else {
                break;
            };
            path.push((place, next));
            face = next;
        }
        path
    }

    /// Nobody else is at this place.
    fn is_free(&self, key: u64, place: u64, face: &FaceBox) -> bool {
        self.waiting(place).is_some_and(|waiting| {
            waiting
                .faces
                .iter()
                .all(|(other, (taken, _))| *other == key || taken.iou(face) < SAME_PLACE_IOU)
        })
    }

    /// A person who was never seen before; followed back to where they came in.
    fn begin(&mut self, place: u64, scene: u32, sighting: Sighting) {
        let Some(now) = self.waiting(place) else {
            return;
        };
        let pts_nanos = now.frame.id.pts_nanos;
        let key = self.next_person;
        self.next_person += 1;
        let face = sighting.face;
        let person = Person::new(sighting, place, pts_nanos, scene);
        let looks = Arc::clone(&person.looks);
        self.people.insert(key, person);
        self.mark(key, place, face, true);
        if let Some(previous) = self.last_detection {
            let back = (previous + 1..place).rev();
            for (place, face) in self.carried(&looks, (place, face), back, key) {
                self.mark(key, place, face, false);
            }
        }
    }

    fn mark(&mut self, key: u64, place: u64, face: FaceBox, is_detected: bool) {
        if let Some(at) = self.index(place) {
            self.waiting[at].faces.insert(key, (face, is_detected));
        }
    }

    fn waiting(&self, place: u64) -> Option<&Waiting> {
        self.index(place).and_then(|at| self.waiting.get(at))
    }

    fn index(&self, place: u64) -> Option<usize> {
        let at = place.checked_sub(self.waiting.front()?.place)? as usize;
        (at < self.waiting.len()).then_some(at)
    }

    /// Gives out the frames before `end`, with the people who are certain by now.
    fn release(&mut self, end: u64) -> Vec<FollowedFrame> {
        let mut released = Vec::new();
        while self
            .waiting
            .front()
            .is_some_and(|waiting| waiting.place < end)
        {
            let Some(waiting) = self.waiting.pop_front() else {
                break;
            };
            released.push(self.decide(waiting, end == u64::MAX));
        }
        let first = self.waiting.front().map_or(self.scene, |first| first.scene);
        self.detections_in_scene = self.detections_in_scene.split_off(&first);
        released
    }

    fn decide(&mut self, waiting: Waiting, is_end: bool) -> FollowedFrame {
        let is_over = is_end || waiting.scene < self.scene;
        let num_detections = self.detections_in_scene.get(&waiting.scene).copied();
        let believed_from = match num_detections {
            Some(1) if is_over => 0.0,
            Some(2) if is_over => FAIR_CONFIDENCE,
            _ => SURE_CONFIDENCE,
        };
        let mut faces: Vec<(u64, FaceBox, bool)> = waiting
            .faces
            .into_iter()
            .map(|(key, (face, is_detected))| (key, face, is_detected))
            .collect();
        // People who come in together are numbered from left to right.
        faces.sort_by(|a, b| a.1.x.total_cmp(&b.1.x).then(a.0.cmp(&b.0)));
        let mut tracked = Vec::with_capacity(faces.len());
        for (key, face, is_detected) in faces {
            if let Some(track) = self.track(key, believed_from) {
                tracked.push(TrackedFace {
                    track,
                    frame: waiting.frame.id,
                    box_in_frame: face,
                    is_detected,
                });
            }
        }
        tracked.sort_by_key(|face| face.track);
        FollowedFrame {
            frame: waiting.frame,
            faces: tracked,
            is_scene_cut: waiting.is_cut,
        }
    }

    /// The person's id; given out on the first frame where the person is certain.
    fn track(&mut self, key: u64, believed_from: f32) -> Option<TrackId> {
        let person = self.people.get_mut(&key)?;
        if person.track.is_none()
            && (1 < person.num_sightings || believed_from <= person.best_confidence)
        {
            self.next_track += 1;
            person.track = Some(TrackId(self.next_track));
        }
        person.track
    }
}
