//! Finds and follows every face of a clip, frame by frame, with detection on worker threads.

use std::sync::Arc;

use crate::faces::TrackedFace;
use crate::media::Frame;

/// How faces are looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowSettings {
    /// The detector runs on every k-th frame given and at scene cuts; boxes between are tracked.
    pub detect_every: u32,
    /// Threads that detect; 0 takes the number of cores.
    pub num_workers: usize,
    /// Smallest face looked for, in pixels of the frame.
    pub min_face_px: f32,
}

/// A frame with the faces in it; frames come out in the order they went in.
#[derive(Clone, Debug)]
pub struct FollowedFrame {
    pub frame: Arc<Frame>,
    pub faces: Vec<TrackedFace>,
    /// The picture changed as a whole since the frame before.
    pub is_scene_cut: bool,
}

/// Give it frames in order, take them back with faces, a few frames later.
pub struct FaceFollower {
    settings: FollowSettings,
}

impl Default for FollowSettings {
    fn default() -> Self {
        Self {
            detect_every: 5,
            num_workers: 0,
            min_face_px: 24.0,
        }
    }
}

impl FaceFollower {
    pub fn new(settings: FollowSettings) -> std::io::Result<Self> {
        Ok(Self { settings })
    }

    /// Takes one frame and gives those that are done. Blocks only while too many are waiting.
    pub fn push(&mut self, frame: Arc<Frame>) -> Vec<FollowedFrame> {
        let _ = (frame, &self.settings);
        todo!("faces helper")
    }

    /// Waits for the frames still inside.
    pub fn finish(self) -> Vec<FollowedFrame> {
        todo!("faces helper")
    }
}
