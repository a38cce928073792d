//! Footage of real clips: the longest run of frames that shows one person's face.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use image::RgbImage;

use crate::faces::follow::{FaceFollower, FollowSettings, FollowedFrame};
use crate::faces::landmarks::Landmarker;
use crate::faces::{TrackId, TrackedFace};
use crate::forge::ForgeError;
use crate::forge::manipulate::Points;
use crate::forge::recipe::footage::{Footage, Reel};
use crate::job::{Cancelled, JobContext};
use crate::media::{self, Frame, FrameSource, MediaHash, hash};

/// Frames of a clip that are looked at, from its start.
const MAX_LOOKED_AT: u32 = 600;

/// The largest faces of a frame that are followed.
const MAX_FACES: usize = 2;

/// A shorter run is of no use, nor is a smaller face.
const MIN_FRAMES: usize = 12;
const MIN_FACE_PX: f32 = 64.0;

/// One run of a clip. Holds landmarks, no frames.
pub struct Filmed {
    path: PathBuf,
    media: MediaHash,
    size: [u32; 2],
    rate: [u32; 2],
    first: u32,
    points: Vec<Points>,
}

/// Frames of one person without a gap or a cut.
#[derive(Clone, Default)]
struct Run {
    first: u32,
    first_secs: f64,
    last_secs: f64,
    width_sum: f32,
    points: Vec<Points>,
}

impl Filmed {
    /// Follows the faces of the clip and keeps its longest run, at most `max_frames` of it.
    pub fn find(
        path: &Path,
        max_frames: u32,
        landmarker: &Landmarker,
        job: &mut JobContext,
        tick: &mut dyn FnMut(&mut JobContext) -> Result<(), Cancelled>,
    ) -> Result<Self, ForgeError> {
        let media = hash::hash_file::<ForgeError>(path, |_, _| Ok(tick(job)?))?;
        let mut source = media::open(path, media)?;
        let mut follower = FaceFollower::new(FollowSettings::default()).map_err(|err| {
            ForgeError::NoFacesInFile {
                path: path.to_owned(),
                reason: err.to_string(),
            }
        })?;
        let mut runs = Runs::default();
        let mut size = [0; 2];
        for _ in 0..MAX_LOOKED_AT {
            tick(job)?;
            let Some(frame) = source.next_frame()? else {
                break;
            };
            size = [frame.width & !1, frame.height & !1];
            for followed in follower.push(Arc::new(frame)) {
                runs.add(&followed, landmarker);
            }
        }
        for followed in follower.finish() {
            runs.add(&followed, landmarker);
        }
        let best = runs.best(max_frames as usize);
        let Some(run) = best else {
            return Err(ForgeError::NoFacesInFile {
                path: path.to_owned(),
                reason: format!(
                    "no person's face is at least {MIN_FACE_PX} px wide for {MIN_FRAMES} frames on end"
                ),
            });
        };
        let secs = (run.last_secs - run.first_secs).max(1e-3);
        let rate = 1000.0 * (run.points.len() - 1) as f64 / secs;
        let mut points = run.points;
        points.truncate(max_frames as usize);
        Ok(Self {
            path: path.to_owned(),
            media,
            size,
            rate: [rate.round().clamp(1000.0, 120_000.0) as u32, 1000],
            first: run.first,
            points,
        })
    }
}

impl Footage for Filmed {
    fn size(&self) -> [u32; 2] {
        self.size
    }

    fn rate(&self) -> [u32; 2] {
        self.rate
    }

    fn num_frames(&self) -> u32 {
        self.points.len() as u32
    }

    fn play(&self) -> Result<Box<dyn Reel + '_>, ForgeError> {
        let mut source = media::open(&self.path, self.media)?;
        for _ in 0..self.first {
            source.skip_frame()?;
        }
        Ok(Box::new(FilmedReel {
            source,
            points: self.points.iter(),
        }))
    }
}

struct FilmedReel<'a> {
    source: Box<dyn FrameSource>,
    points: std::slice::Iter<'a, Points>,
}

impl Reel for FilmedReel<'_> {
    fn next_frame(&mut self, frame: &mut RgbImage) -> Result<Option<Points>, ForgeError> {
        let (Some(points), Some(decoded)) = (self.points.next(), self.source.next_frame()?) else {
            return Ok(None);
        };
        copy_even(&decoded, frame);
        Ok(Some(*points))
    }

    fn skip_frame(&mut self) -> Result<(), ForgeError> {
        self.points.next();
        self.source.skip_frame()?;
        Ok(())
    }
}

/// Runs that are still going, and the longest that ended.
#[derive(Default)]
struct Runs {
    open: BTreeMap<TrackId, Run>,
    ended: Vec<Run>,
}

impl Runs {
    fn add(&mut self, followed: &FollowedFrame, landmarker: &Landmarker) {
        let id = followed.frame.id;
        if followed.is_scene_cut {
            self.ended
                .extend(std::mem::take(&mut self.open).into_values());
        }
        let mut faces: Vec<&TrackedFace> = followed
            .faces
            .iter()
            .filter(|face| MIN_FACE_PX <= face.box_in_frame.width)
            .collect();
        faces.sort_by(|a, b| b.box_in_frame.width.total_cmp(&a.box_in_frame.width));
        faces.truncate(MAX_FACES);
        let is_seen = |track: &TrackId| faces.iter().any(|face| face.track == *track);
        let gone: Vec<TrackId> = self
            .open
            .keys()
            .copied()
            .filter(|it| !is_seen(it))
            .collect();
        for track in gone {
            self.ended.extend(self.open.remove(&track));
        }
        for face in faces {
            let points = landmarker.find(&followed.frame, &face.box_in_frame).points;
            let run = self.open.entry(face.track).or_insert_with(|| Run {
                first: id.index,
                first_secs: id.pts_secs(),
                ..Run::default()
            });
            run.points.push(points);
            run.last_secs = id.pts_secs();
            run.width_sum += face.box_in_frame.width;
        }
        // Only the longest matters, and memory must not grow with the number of runs.
        if 16 < self.ended.len() {
            let best = longest(std::mem::take(&mut self.ended), usize::MAX);
            self.ended.extend(best);
        }
    }

    fn best(mut self, max_frames: usize) -> Option<Run> {
        self.ended.extend(self.open.into_values());
        longest(self.ended, max_frames).filter(|run| MIN_FRAMES <= run.points.len())
    }
}

/// The run with the most frames, counted up to `max_frames`; then the one with the larger face.
fn longest(runs: Vec<Run>, max_frames: usize) -> Option<Run> {
    let width = |run: &Run| run.width_sum / run.points.len().max(1) as f32;
    runs.into_iter().max_by(|a, b| {
        let frames = |run: &Run| run.points.len().min(max_frames);
        frames(a)
            .cmp(&frames(b))
            .then(width(a).total_cmp(&width(b)))
            .then(b.first.cmp(&a.first))
    })
}

/// Copies a frame without its last column or row where their number is odd.
fn copy_even(decoded: &Frame, frame: &mut RgbImage) {
    let row = 3 * frame.width() as usize;
    let stride = 3 * decoded.width as usize;
    for (to, from) in frame
        .chunks_exact_mut(row)
        .zip(decoded.pixels.chunks_exact(stride))
    {
        to.copy_from_slice(&from[..row]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(first: u32, frames: usize, width: f32) -> Run {
        Run {
            first,
            points: vec![[[0.0; 2]; 68]; frames],
            width_sum: width * frames as f32,
            ..Run::default()
        }
    }

    #[test]
    fn the_longest_run_counts_and_among_long_enough_ones_the_larger_face() {
        let best = |max| {
            longest(
                vec![run(0, 30, 80.0), run(40, 90, 70.0), run(200, 60, 90.0)],
                max,
            )
        };
        assert_eq!(best(usize::MAX).unwrap().first, 40);
        assert_eq!(best(50).unwrap().first, 200);
        assert!(longest(Vec::new(), 5).is_none());
    }

    #[test]
    fn odd_frames_lose_their_last_column_and_row() {
        let id = media::FrameId {
            media: MediaHash::of(b"odd"),
            stream: 0,
            pts_nanos: 0,
            index: 0,
        };
        let pixels: Vec<u8> = (0..3 * 5 * 3).collect();
        let decoded = Frame {
            id,
            width: 5,
            height: 3,
            pixels,
        };
        let mut frame = RgbImage::new(4, 2);
        copy_even(&decoded, &mut frame);
        assert_eq!(frame.get_pixel(3, 1).0, [24, 25, 26]);
    }
}
