//! One file's frames on screen: decoded on a thread of their own, the newest wish first.

use std::sync::Arc;

use egui::Context;
use seam_engine::media::player::Player;
use seam_engine::media::{Frame, MediaHash};

use crate::state::{FileId, MediaFile, Shown};
use crate::textures::Screen;

/// Shows one file at a time.
pub struct Reel {
    screen: Screen,
    player: Option<OpenPlayer>,
}

/// The decoder of the file.
struct OpenPlayer {
    file: FileId,
    /// What its frames are named by: until the file is hashed, a name that stands in for it.
    media: MediaHash,
    is_hashed: bool,
    player: Player,
    /// The time asked for last.
    wish_nanos: Option<i64>,
    /// The answer that was handed on last.
    taken: Option<Arc<Result<Arc<Frame>, String>>>,
}

impl Reel {
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

    /// The frame decoded last; it is on screen, or will be in a moment. `None` until the file is hashed, so that
    /// nothing is ever kept under another name than the file's.
    pub fn frame(&self) -> Option<Arc<Frame>> {
        let open = self.player.as_ref().filter(|open| open.is_hashed)?;
        let taken = open.taken.as_ref()?;
        taken.as_ref().as_ref().ok().cloned()
    }

    /// Brings the frame at this time to the screen, and gives the one that is there. `error` becomes why there is
    /// none, once that is known.
    pub fn show(
        &mut self,
        ctx: &Context,
        file: Option<&MediaFile>,
        wish_nanos: i64,
        error: &mut Option<String>,
    ) -> Option<Shown> {
        let Some(file) = file else {
            self.player = None;
            return None;
        };
        // A file of many gigabytes is seen long before it is hashed.
        let stand_in = stand_in(file);
        let media = file.hash.unwrap_or(stand_in);
        self.player
            .take_if(|open| (open.file, open.media) != (file.id, media));
        if self.player.is_none() {
            let ctx = ctx.clone();
            match Player::open(file.path.clone(), media, move || ctx.request_repaint()) {
                Ok(player) => {
                    self.player = Some(OpenPlayer {
                        file: file.id,
                        media,
                        is_hashed: file.hash.is_some(),
                        player,
                        wish_nanos: None,
                        taken: None,
                    });
                }
                Err(err) => *error = Some(err.to_string()),
            }
        }
        let open = self.player.as_mut()?;
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
                    *error = None;
                    self.screen.request(Arc::clone(frame));
                }
                Err(text) => *error = Some(text.clone()),
            }
            open.taken = Some(answer);
        }
        let shown = self.screen.upload(ctx);
        shown.filter(|shown| [media, stand_in].contains(&shown.frame.media))
    }
}

/// Names frames of a file that is not hashed yet. No file has this hash.
fn stand_in(file: &MediaFile) -> MediaHash {
    MediaHash::of(format!("not hashed yet: {} {:?}", file.id.0, file.path).as_bytes())
}
