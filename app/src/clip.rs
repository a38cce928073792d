//! The clip on screen: the playhead goes on, the frame under it is decoded and becomes a texture.

use std::sync::Arc;
use std::time::Duration;

use egui::Context;
use seam_engine::media::Frame;
use seam_engine::media::player::Player;

use crate::playback::frame_at;
use crate::state::{FileId, State};
use crate::textures::Screen;

/// While playing, the window draws at least this often where the next frame's time is not known.
const LONGEST_WAIT: Duration = Duration::from_millis(60);

/// Plays the selected file. Lives in `App`.
pub struct Clip {
    screen: Screen,
    player: Option<OpenPlayer>,
}

/// The decoder of the selected file.
struct OpenPlayer {
    file: FileId,
    player: Player,
    /// The time asked for last.
    wish_nanos: Option<i64>,
    /// The answer that was handed on last.
    taken: Option<Arc<Result<Arc<Frame>, String>>>,
}

impl Clip {
    /// # Errors
    ///
    /// When a thread could not be started.
    pub fn new(ctx: &Context) -> std::io::Result<Self> {
        let ctx = ctx.clone();
        Ok(Self {
            screen: Screen::new(move || ctx.request_repaint())?,
            player: None,
        })
    }

    /// The frame decoded last; it is on screen, or will be in a moment.
    pub fn frame(&self) -> Option<Arc<Frame>> {
        let taken = self.player.as_ref()?.taken.as_ref()?;
        taken.as_ref().as_ref().ok().cloned()
    }

    /// Moves the playhead and brings the frame under it to the screen.
    pub fn update(&mut self, ctx: &Context, state: &mut State) {
        let now = state.now_secs;
        let State {
            files,
            selected,
            playback,
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
        let is_open = self.player.as_ref().map(|open| open.file) == *selected;
        if !is_open {
            self.player = None;
        }
        if let Some(file) = file
            && let Some(hash) = file.hash
            && self.player.is_none()
        {
            let ctx = ctx.clone();
            match Player::open(file.path.clone(), hash, move || ctx.request_repaint()) {
                Ok(player) => {
                    self.player = Some(OpenPlayer {
                        file: file.id,
                        player,
                        wish_nanos: None,
                        taken: None,
                    });
                }
                Err(err) => state.player_error = Some(err.to_string()),
            }
        }
        self.show(ctx, state, wish);
    }

    fn show(&mut self, ctx: &Context, state: &mut State, wish_nanos: i64) {
        let Some(open) = &mut self.player else {
            return;
        };
        if open.wish_nanos != Some(wish_nanos) {
            open.wish_nanos = Some(wish_nanos);
            open.player.show(wish_nanos);
        }
        let answer = open.player.shown();
        let is_new = match (&answer, &open.taken) {
            (Some(new), Some(old)) => !Arc::ptr_eq(new, old),
            (new, _) => new.is_some(),
        };
        if is_new && let Some(answer) = answer {
            match answer.as_ref() {
                Ok(frame) => {
                    state.player_error = None;
                    self.screen.request(Arc::clone(frame));
                }
                Err(text) => state.player_error = Some(text.clone()),
            }
            open.taken = Some(answer);
        }
        let hash = state.selected_file().and_then(|file| file.hash);
        state.shown = self
            .screen
            .upload(ctx)
            .filter(|shown| Some(shown.frame.media) == hash);
    }
}
