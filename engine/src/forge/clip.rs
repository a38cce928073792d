//! The faces that one clip gives: followed over a sparse reading of its frames, judged, and spread
//! evenly.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::faces::align::{Crop, crop};
use crate::faces::follow::{FaceFollower, FollowSettings, FollowedFrame};
use crate::faces::landmarks::Landmarker;
use crate::faces::{GateState, TrackId, TrackedFace, gate};
use crate::forge::pristine::GatherSettings;
use crate::job::{Cancelled, JobContext};
use crate::media::{self, MediaError, hash};

/// So many frames are looked at for each one taken, since the gate refuses some.
const LOOKED_AT_PER_TAKEN: usize = 3;

/// Frames this close together are followed between detections; further apart, each is detected.
const MAX_TRACKED_STRIDE: usize = 2;

/// The largest faces of a frame that are followed; crowds are not worth their memory.
const MAX_FACES_PER_FRAME: usize = 4;

/// Share of the landmarks that must lie in the crop, since masks are made of them.
const MIN_POINTS_INSIDE: f64 = 0.9;

/// Why a clip gave no faces.
#[derive(Debug, thiserror::Error)]
pub enum ClipError {
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error("Could not start looking for faces: {source}\nFile: {path:?}")]
    Threads {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("No face fit for use was found\nFile: {path:?}")]
    NoFace { path: PathBuf },
}

/// The crops of one person so far.
#[derive(Default)]
struct Person {
    usable: Vec<(u32, Crop)>,
    weak: Vec<(u32, Crop)>,
}

/// Frame numbers and crops of the person with the most frames, at most `frames_per_clip`, in order.
/// Damage that did not end the reading is warned of; `tick` is called for every frame.
///
/// Frames are counted first by decoding alone; then about three times as many as are wanted are
/// looked at, evenly spread, so that memory does not grow with the clip's length.
pub fn faces_of_clip(
    path: &Path,
    settings: &GatherSettings,
    landmarker: &Landmarker,
    job: &mut JobContext,
    tick: &mut dyn FnMut(&mut JobContext) -> Result<(), Cancelled>,
) -> Result<Vec<(u32, Crop)>, ClipError> {
    let media = hash::hash_file::<ClipError>(path, |_, _| Ok(tick(job)?))?;
    let num_frames = count_frames(path, media, job, tick)?;
    let num_wanted = num_frames.min(LOOKED_AT_PER_TAKEN * settings.frames_per_clip.max(1));
    let stride = num_frames / num_wanted.max(1);
    let follow = FollowSettings {
        detect_every: if MAX_TRACKED_STRIDE < stride {
            1
        } else {
            FollowSettings::default().detect_every
        },
        ..FollowSettings::default()
    };
    let threads = |source| ClipError::Threads {
        path: path.to_owned(),
        source,
    };
    let mut follower = FaceFollower::new(follow).map_err(threads)?;
    let mut people = BTreeMap::new();
    let mut keep = |frames: Vec<FollowedFrame>| {
        for frame in frames {
            keep_faces(&frame, settings, landmarker, &mut people);
        }
    };
    let mut source = media::open(path, media)?;
    let mut num_taken = 0;
    for at in 0..num_frames {
        tick(job)?;
        if num_taken * num_frames / num_wanted != at {
            if source.skip_frame()?.is_none() {
                break;
            }
            continue;
        }
        let Some(frame) = source.next_frame()? else {
            break;
        };
        num_taken += 1;
        keep(follower.push(Arc::new(frame)));
    }
    keep(follower.finish());
    for warning in source.take_warnings() {
        job.warn(format!("{warning}\nFile: {path:?}"));
    }
    let taken = choose(people, settings.frames_per_clip);
    if taken.is_empty() {
        return Err(ClipError::NoFace {
            path: path.to_owned(),
        });
    }
    Ok(taken)
}

fn count_frames(
    path: &Path,
    media: media::MediaHash,
    job: &mut JobContext,
    tick: &mut dyn FnMut(&mut JobContext) -> Result<(), Cancelled>,
) -> Result<usize, ClipError> {
    let mut source = media::open(path, media)?;
    let mut num_frames = 0;
    while source.skip_frame()?.is_some() {
        tick(job)?;
        num_frames += 1;
    }
    Ok(num_frames)
}

/// Cuts and judges the faces of one frame.
fn keep_faces(
    followed: &FollowedFrame,
    settings: &GatherSettings,
    landmarker: &Landmarker,
    people: &mut BTreeMap<TrackId, Person>,
) {
    let area = |face: &&TrackedFace| (face.box_in_frame.width * face.box_in_frame.height) as i64;
    let mut faces: Vec<&TrackedFace> = followed.faces.iter().collect();
    faces.sort_by_key(|face| Reverse(area(face)));
    for face in faces.into_iter().take(MAX_FACES_PER_FRAME) {
        let points = landmarker.find(&followed.frame, &face.box_in_frame);
        let cut = crop(&followed.frame, &face.box_in_frame, &points, settings.rule);
        if !has_points_inside(&cut) {
            continue;
        }
        let quality = gate::measure(&face.box_in_frame, &cut);
        let person = people.entry(face.track).or_default();
        match gate::judge(&quality).state {
            GateState::Usable => person.usable.push((face.frame.index, cut)),
            GateState::Weak => person.weak.push((face.frame.index, cut)),
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
fn choose(people: BTreeMap<TrackId, Person>, num_wanted: usize) -> Vec<(u32, Crop)> {
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
    use crate::forge::synthetic;

    fn person(usable: std::ops::Range<u32>, weak: std::ops::Range<u32>) -> Person {
        let crop = &synthetic::faces(1, 1, 8).faces[0].crop;
        Person {
            usable: usable.map(|index| (index, crop.clone())).collect(),
            weak: weak.map(|index| (index, crop.clone())).collect(),
        }
    }

    fn check(people: &[(u32, Person)], num_wanted: usize, frames: &[u32]) {
        let people = people.iter().map(|(track, person)| {
            let copy = Person {
                usable: person.usable.clone(),
                weak: person.weak.clone(),
            };
            (TrackId(*track), copy)
        });
        let taken = choose(people.collect(), num_wanted);
        let taken: Vec<u32> = taken.into_iter().map(|(index, _)| index).collect();
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
        let mut crop = synthetic::faces(1, 1, 32).faces.remove(0).crop;
        assert!(has_points_inside(&crop));
        for point in &mut crop.landmarks.points[0..10] {
            point[0] -= 40.0;
        }
        assert!(!has_points_inside(&crop));
    }
}
