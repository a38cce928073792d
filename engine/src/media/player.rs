//! The frame under the playhead: a named thread that decodes the newest wish and keeps neighbors.

use std::path::PathBuf;
use std::sync::Arc;

use crate::latest::Latest;
use crate::media::{Frame, MediaHash};

/// Decodes single frames for the window. Dropping it ends its thread without waiting.
pub struct Player {
    shown: Latest<Result<Arc<Frame>, String>>,
}

impl Player {
    /// Starts the thread `scrub`. `wake` is called after each new frame, from that thread.
    pub fn open(
        path: PathBuf,
        media: MediaHash,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let _ = (path, media, wake);
        todo!("media helper")
    }

    /// Asks for the frame on screen at this time; a newer wish replaces one still waiting.
    pub fn show(&self, pts_nanos: i64) {
        let _ = pts_nanos;
        todo!("media helper")
    }

    /// The newest decoded frame, or why there is none.
    pub fn shown(&self) -> Option<Arc<Result<Arc<Frame>, String>>> {
        self.shown.get()
    }
}
