//! The clip on screen: the playhead goes on, the frame under it is decoded and becomes a texture.

use std::sync::Arc;
use std::time::Duration;

use egui::Context;
use seam_engine::media::Frame;

use crate::playback::frame_at;
use crate::reel::Reel;
use crate::state::State;

/// While playing, the window draws at least this often where the next frame's time is not known.
const LONGEST_WAIT: Duration = Duration::from_millis(60);

/// Plays the selected file. Lives in `App`.
pub struct Clip {
    reel: Reel,
}

impl Clip {
    /// # Errors
    ///
    /// When a thread could not be started.
    pub fn new(ctx: &Context) -> std::io::Result<Self> {
        Ok(Self {
            reel: Reel::new(ctx)?,
        })
    }

    /// The frame decoded last; it is on screen, or will be in a moment.
    pub fn frame(&self) -> Option<Arc<Frame>> {
        self.reel.frame()
    }

    /// Moves the playhead and brings the frame under it to the screen.
    pub fn update(&mut self, ctx: &Context, state: &mut State) {
        let now = state.now_secs;
        let State {
            files,
            selected,
            playback,
            player_error,
            ..
        } = state;
        let file = files.iter().find(|file| Some(file.id) == *selected);
        let frames = file.map_or(&[][..], |file| file.frames());
        playback.advance(now, frames);
        if let Some(secs) = playback.secs_to_next_frame(frames) {
            ctx.request_repaint_after(Duration::try_from_secs_f64(secs).unwrap_or(LONGEST_WAIT));
        }
        let wish = frame_at(frames, playback.position_nanos)
            .map_or(playback.position_nanos, |at| frames[at]);
        state.shown = self.reel.show(ctx, file, wish, player_error);
    }
}
