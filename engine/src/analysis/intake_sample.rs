//! Looking at a long clip here and there, at key frames, which are quick to go to.

use crate::analysis::intake::{FaceGroup, FacesFound};
use crate::analysis::scan::{GATE_RULE, ScanError};
use crate::faces::find::{Effort, FaceFinder};
use crate::faces::gate::{self, FaceQuality};
use crate::faces::landmarks::Landmarker;
use crate::faces::{FaceBox, align};
use crate::job::JobContext;
use crate::media::{Frame, FrameSource};

/// Frames that are looked at.
const MOST_FRAMES: usize = 64;
/// As small as faces are looked for where they are followed.
const MIN_FACE_PX: f32 = 24.0;

/// Looks at up to 64 of the frames at these times, evenly over the list.
pub(super) fn look_here_and_there(
    mut source: Box<dyn FrameSource>,
    times: &[i64],
    landmarker: &Landmarker,
    job: &mut JobContext,
) -> Result<FacesFound, ScanError> {
    let mut finder = FaceFinder::new(MIN_FACE_PX);
    let mut seen = Seen::default();
    let mut frames_looked_at = 0;
    let chosen = evenly(times, MOST_FRAMES);
    let total = Some(chosen.len() as u64);
    for &pts_nanos in &chosen {
        job.tick("Looking for faces", frames_looked_at, total)?;
        source.seek(pts_nanos)?;
        let Some(frame) = source.next_frame()? else {
            break;
        };
        frames_looked_at += 1;
        let faces = finder.find(&frame, Effort::Usual);
        seen.take(&frame, &faces, landmarker);
    }
    Ok(FacesFound {
        aligner: landmarker.aligner(),
        frames_looked_at,
        is_sampled: true,
        groups: seen.into_group().into_iter().collect(),
        methods: Vec::new(),
    })
}

/// At most so many of the values, the first and the last among them.
fn evenly(values: &[i64], most: usize) -> Vec<i64> {
    let count = values.len().min(most);
    let last = values.len().saturating_sub(1);
    let place = |at: usize| at * last / count.saturating_sub(1).max(1);
    (0..count).map(|at| values[place(at)]).collect()
}

/// All faces met so far.
#[derive(Default)]
struct Seen {
    times: Vec<i64>,
    most_at_once: usize,
    sizes_px: Vec<f32>,
    qualities: Vec<FaceQuality>,
}

impl Seen {
    fn take(&mut self, frame: &Frame, faces: &[FaceBox], landmarker: &Landmarker) {
        if faces.is_empty() {
            return;
        }
        self.times.push(frame.id.pts_nanos);
        self.most_at_once = self.most_at_once.max(faces.len());
        for face in faces {
            let landmarks = landmarker.find(frame, face);
            let crop = align::crop(frame, face, &landmarks, GATE_RULE);
            self.sizes_px.push(face.width.min(face.height));
            self.qualities.push(gate::measure(face, &crop));
        }
    }

    fn into_group(mut self) -> Option<FaceGroup> {
        let (&first_nanos, &last_nanos) = (self.times.first()?, self.times.last()?);
        self.sizes_px.sort_by(f32::total_cmp);
        let sizes = &self.sizes_px;
        Some(FaceGroup {
            track: None,
            most_at_once: self.most_at_once,
            first_nanos,
            last_nanos,
            frames: self.times.len() as u64,
            sizes_px: [sizes[0], sizes[sizes.len() / 2], sizes[sizes.len() - 1]],
            typical: Some(gate::median(&self.qualities)),
            gate: gate::judge_track(&self.qualities),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::evenly;

    #[test]
    fn frames_are_spread_over_the_whole_clip() {
        let times: Vec<i64> = (0..1000).collect();
        let chosen = evenly(&times, 5);
        assert_eq!(chosen, [0, 249, 499, 749, 999]);
        assert_eq!(evenly(&times[..3], 5), [0, 1, 2]);
        assert_eq!(evenly(&[7], 5), [7]);
        assert_eq!(evenly(&[], 5), Vec::<i64>::new());
    }
}
