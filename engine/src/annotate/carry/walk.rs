//! The frames after a frame, or those before it, nearest first.

use crate::data::annotations::{FrameError, FrameName, NamedFrames};
use crate::job::JobContext;
use crate::media::Frame;

/// Which way a mask is carried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// To later frames.
    #[default]
    Onward,
    /// To earlier ones.
    Back,
}

/// So much time is read at once on the way back, so that not every frame is a seek of its own; bounded, because
/// the frames wait in memory.
const STRETCH_NANOS: i64 = 250_000_000;

/// Walks away from one frame.
pub struct Walk {
    frames: NamedFrames,
    direction: Direction,
    /// On the way back: no frame from here on is wanted any more.
    before_nanos: i64,
    /// On the way back: read and not given yet, the next one last.
    waiting: Vec<Frame>,
}

impl Walk {
    /// Also gives the frame it starts at, which is exactly the one named.
    pub fn from(
        mut frames: NamedFrames,
        named: &FrameName,
        direction: Direction,
        job: &mut JobContext,
    ) -> Result<(Self, Frame), FrameError> {
        let frame = frames.frame(named, job)?;
        let walk = Self {
            frames,
            direction,
            before_nanos: frame.id.pts_nanos,
            waiting: Vec::new(),
        };
        Ok((walk, frame))
    }

    /// `None` where the clip ends or begins.
    pub fn next(&mut self, job: &mut JobContext) -> Result<Option<Frame>, FrameError> {
        if self.direction == Direction::Onward {
            return self.frames.next();
        }
        if self.waiting.is_empty() {
            self.read_back(job)?;
        }
        Ok(self.waiting.pop())
    }

    fn read_back(&mut self, job: &mut JobContext) -> Result<(), FrameError> {
        let start = self.before_nanos.saturating_sub(STRETCH_NANOS);
        let mut next = self.frames.at(start, job)?;
        while let Some(frame) = next.filter(|frame| frame.id.pts_nanos < self.before_nanos) {
            job.check()?;
            self.waiting.push(frame);
            next = self.frames.following()?;
        }
        if let Some(first) = self.waiting.first() {
            self.before_nanos = first.id.pts_nanos;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::annotations::named_frames::hash_of;

    #[test]
    fn back_is_onward_reversed() {
        let path =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample_media/pristine.mp4");
        let job = &mut JobContext::detached();
        let media = hash_of(&path, job).unwrap();
        let open = || NamedFrames::open(&path, media).unwrap();
        let first = open().at(0, job).unwrap().unwrap();
        let (mut onward, start) =
            Walk::from(open(), &FrameName::of(&first), Direction::Onward, job).unwrap();
        let mut all = vec![start];
        while all.len() < 30
            && let Some(frame) = onward.next(job).unwrap()
        {
            all.push(frame);
        }
        let numbers: Vec<u32> = all.iter().map(|frame| frame.id.index).collect();
        assert_eq!(numbers, (0..30).collect::<Vec<u32>>());
        let last = all.pop().unwrap();
        let (mut back, start) =
            Walk::from(open(), &FrameName::of(&last), Direction::Back, job).unwrap();
        assert_eq!(start, last);
        while let Some(expected) = all.pop() {
            assert_eq!(back.next(job).unwrap().unwrap(), expected);
        }
        assert_eq!(back.next(job).unwrap(), None);
    }
}
