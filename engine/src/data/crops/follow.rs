//! Finds the crops of one item: faces followed over a sparse reading of its frames, judged, and spread
//! evenly.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::data::FrameRule;
use crate::data::crops::{CropError, CropSettings, FaceSample, Footage};
use crate::faces::align::{Crop, crop};
use crate::faces::follow::{FaceFollower, FollowSettings, FollowedFrame};
use crate::faces::landmarks::Landmarker;
use crate::faces::{GateState, TrackId, TrackedFace, gate};
use crate::job::{Cancelled, JobContext};
use crate::media::MediaHash;

/// So many frames are looked at for each one taken, since the gate refuses some.
const LOOKED_AT_PER_TAKEN: usize = 3;

/// Frames this close together are followed between detections; further apart, each is detected.
const MAX_TRACKED_STRIDE: usize = 2;

/// The largest faces of a frame that are followed; crowds are not worth their memory.
const MAX_FACES_PER_FRAME: usize = 4;

/// Share of the landmarks that must lie in the crop, since masks are made of them.
const MIN_POINTS_INSIDE: f64 = 0.9;

/// What an item gave: samples in order, none where no face was fit, and the damage met on the way.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Found {
    pub samples: Vec<FaceSample>,
    pub warnings: Vec<String>,
}

/// The crops of one person so far.
#[derive(Clone, Default)]
struct Person {
    usable: Vec<FaceSample>,
    weak: Vec<FaceSample>,
}

/// Samples of the person with the most frames, at most `frames_per_item`.
///
/// Memory does not grow with the item's length.
pub(super) fn faces(
    footage: &Footage,
    media: MediaHash,
    rule: FrameRule,
    settings: &CropSettings,
    landmarker: &Landmarker,
    job: &mut JobContext,
    tick: &mut dyn FnMut(&mut JobContext) -> Result<(), Cancelled>,
) -> Result<Found, CropError> {
    let range = frames_of(footage, media, rule, job, tick)?;
    let num_frames = range.len();
    let num_wanted = num_frames.min(LOOKED_AT_PER_TAKEN * settings.frames_per_item.max(1));
    let mut follower = follower(footage, num_frames / num_wanted.max(1))?;
    let mut people = BTreeMap::new();
    let mut keep = |frames: Vec<FollowedFrame>| {
        for frame in frames {
            keep_faces(&frame, settings, landmarker, &mut people);
        }
    };
    let mut source = footage.open(media)?;
    let mut num_taken = 0;
    for at in 0..range.end {
        tick(job)?;
        // Before the range, and between the frames that are looked at.
        let is_wanted = at
            .checked_sub(range.start)
            .is_some_and(|at| num_taken * num_frames / num_wanted == at);
        if !is_wanted {
            if source.skip_frame()?.is_none() {
                break;
            }
            continue;
        }
        let Some(frame) = source.next_frame()? else {
            break;
        };
        num_taken += 1;
        // A folder passes over broken pictures, and may come to one that is not asked for.
        if range.contains(&(frame.id.index as usize)) {
            keep(follower.push(Arc::new(frame)));
        }
    }
    keep(follower.finish());
    if num_taken == 0 {
        let path = footage.path().to_owned();
        return Err(CropError::NoFrames { path, rule });
    }
    Ok(Found {
        samples: choose(people, settings.frames_per_item),
        warnings: source.take_warnings(),
    })
}

/// The frames that may be taken: counted by decoding, but not further than needed.
fn frames_of(
    footage: &Footage,
    media: MediaHash,
    rule: FrameRule,
    job: &mut JobContext,
    tick: &mut dyn FnMut(&mut JobContext) -> Result<(), Cancelled>,
) -> Result<Range<usize>, CropError> {
    let (start, limit) = match rule {
        FrameRule::Spread => (0, usize::MAX),
        FrameRule::Only(index) => return Ok(index as usize..index as usize + 1),
        FrameRule::Between(start, end) => (start as usize, end as usize),
    };
    let mut source = footage.open(media)?;
    let mut num_frames = 0;
    while num_frames < limit && source.skip_frame()?.is_some() {
        tick(job)?;
        num_frames += 1;
    }
    Ok(start..num_frames.max(start))
}

fn follower(footage: &Footage, stride: usize) -> Result<FaceFollower, CropError> {
    let usual = FollowSettings::default();
    let follow = FollowSettings {
        detect_every: if MAX_TRACKED_STRIDE < stride {
            1
        } else {
            usual.detect_every
        },
        ..usual
    };
    FaceFollower::new(follow).map_err(|source| CropError::Threads {
        path: footage.path().to_owned(),
        source,
    })
}

/// Cuts and judges the faces of one frame.
fn keep_faces(
    followed: &FollowedFrame,
    settings: &CropSettings,
    landmarker: &Landmarker,
    people: &mut BTreeMap<TrackId, Person>,
) {
    let frame = &followed.frame;
    let area = |face: &&TrackedFace| (face.box_in_frame.width * face.box_in_frame.height) as i64;
    let mut faces: Vec<&TrackedFace> = followed.faces.iter().collect();
    faces.sort_by_key(|face| Reverse(area(face)));
    for face in faces.into_iter().take(MAX_FACES_PER_FRAME) {
        let points = landmarker.find(frame, &face.box_in_frame);
        let cut = crop(frame, &face.box_in_frame, &points, settings.rule);
        if !has_points_inside(&cut) {
            continue;
        }
        let quality = gate::measure(&face.box_in_frame, &cut);
        let sample = FaceSample {
            frame_index: face.frame.index,
            pts_secs: face.frame.pts_secs(),
            box_in_frame: face.box_in_frame,
            frame_size: [frame.width, frame.height],
            crop: cut,
        };
        let person = people.entry(face.track).or_default();
        match gate::judge(&quality).state {
            GateState::Usable => person.usable.push(sample),
            GateState::Weak => person.weak.push(sample),
            GateState::NotUsable => (),
        }
    }
}

fn has_points_inside(cut: &Crop) -> bool {
    let inside = 0.0..cut.size_px as f32;
    let points = cut.landmarks.points.iter();
    let count = points
        .filter(|point| point.iter().all(|v| inside.contains(v)))
        .count();
    MIN_POINTS_INSIDE * 68.0 <= count as f64
}

/// Takes the person with the most usable frames (then the most weak ones, then who came first), and
/// spreads what is taken evenly.
fn choose(people: BTreeMap<TrackId, Person>, num_wanted: usize) -> Vec<FaceSample> {
    let rank = |person: &Person| (person.usable.len(), person.weak.len());
    let best = people
        .into_iter()
        .max_by_key(|(track, person)| (rank(person), Reverse(*track)));
    let Some((_, person)) = best else {
        return Vec::new();
    };
    let candidates = if person.usable.is_empty() {
        person.weak
    } else {
        person.usable
    };
    let num_candidates = candidates.len();
    let num_taken = num_wanted.min(num_candidates);
    let mut wanted = (0..num_taken)
        .map(|at| at * num_candidates / num_taken)
        .peekable();
    let mut taken = Vec::with_capacity(num_taken);
    for (at, candidate) in candidates.into_iter().enumerate() {
        if wanted.next_if_eq(&at).is_some() {
            taken.push(candidate);
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::crops::tests::sample;

    fn person(usable: Range<u32>, weak: Range<u32>) -> Person {
        Person {
            usable: usable.map(|index| sample(index, 8)).collect(),
            weak: weak.map(|index| sample(index, 8)).collect(),
        }
    }

    fn check(people: &[(u32, Person)], num_wanted: usize, frames: &[u32]) {
        let people = people
            .iter()
            .map(|(track, person)| (TrackId(*track), person.clone()));
        let taken = choose(people.collect(), num_wanted);
        let taken: Vec<u32> = taken.iter().map(|sample| sample.frame_index).collect();
        assert_eq!(taken, frames);
    }

    #[test]
    fn the_person_with_the_most_usable_frames_is_taken_evenly_spread() {
        check(
            &[(1, person(0..4, 0..50)), (2, person(10..20, 0..0))],
            5,
            &[10, 12, 14, 16, 18],
        );
        check(
            &[(1, person(0..3, 0..0)), (2, person(5..8, 0..0))],
            9,
            &[0, 1, 2],
        );
    }

    #[test]
    fn weak_frames_stand_in_only_where_no_frame_is_usable() {
        check(&[(1, person(0..0, 3..9))], 2, &[3, 6]);
        check(&[(1, person(7..8, 0..6))], 2, &[7]);
        check(&[], 2, &[]);
    }

    #[test]
    fn faces_cut_off_by_their_crop_are_left_out() {
        let mut crop = sample(0, 32).crop;
        assert!(has_points_inside(&crop));
        for point in &mut crop.landmarks.points[0..10] {
            point[0] -= 40.0;
        }
        assert!(!has_points_inside(&crop));
    }
}
