//! The second clip's decoder, and the difference of both frames.

use std::sync::Arc;

use egui::Context;
use seam_engine::media::Frame;

use crate::pair::Mode;
use crate::pair::difference::Differ;
use crate::playback::frame_at;
use crate::reel::Reel;
use crate::state::State;

/// Lives in `App`. Decodes only while two clips are compared.
pub struct Second {
    reel: Reel,
    differ: Differ,
}

impl Second {
    /// # Errors
    ///
    /// When a thread could not be started.
    pub fn new(ctx: &Context) -> std::io::Result<Self> {
        let wake_ctx = ctx.clone();
        Ok(Self {
            reel: Reel::new(ctx)?,
            differ: Differ::new(move || wake_ctx.request_repaint())?,
        })
    }

    /// Brings the second clip's frame to the screen; `first` is the frame of the first one. Never waits.
    pub fn update(&mut self, ctx: &Context, state: &mut State, first: Option<Arc<Frame>>) {
        let first_frames = state.frames();
        let position = state.playback.position_nanos;
        let at = frame_at(first_frames, position).map_or(position, |at| first_frames[at]);
        // While the clip plays, both follow the clock; a still picture belongs to its own time.
        let first_nanos = if state.playback.is_playing {
            position
        } else {
            at
        };
        let State { files, pair, .. } = state;
        let Some(pair) = pair else {
            let mut error = None;
            self.reel.show(ctx, None, 0, &mut error);
            return;
        };
        let file = files.iter().find(|file| file.id == pair.second);
        let frames = file.map_or(&[][..], |file| file.frames());
        let (wish, _) = pair.wish(first_nanos, frames);
        let mut error = pair.error.take();
        pair.shown = self.reel.show(ctx, file, wish, &mut error);
        pair.error = error;
        pair.frames = first.zip(self.reel.frame()).map(<[_; 2]>::from);
        let alike = (pair.frames.as_ref())
            .filter(|[a, b]| (a.width, a.height) == (b.width, b.height))
            .filter(|_| pair.mode == Mode::Difference);
        pair.difference =
            alike.and_then(|frames| self.differ.show(ctx, frames, pair.amplification));
    }
}
