//! The map of the model that the newest round of training began from, for the face on the easel: what attention was
//! before.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};
use egui::Context;
use seam_engine::analysis::look::{Look, LookEvent, LookKey, LookSettings, LookWish, Looker};
use seam_engine::detectors::MapKind;

use crate::maps::paint::Painter;
use crate::maps::textures::RowTextures;
use crate::paint::attention;
use crate::state::State;
use crate::workspace::Workspace;

/// Events that may wait; a wish has three at most.
const MAX_EVENTS: usize = 16;

/// Lives in `App`. Its thread, with a model of its own, is started when it is first wanted.
pub struct Before {
    looker: Option<Looker>,
    painter: Painter,
    tell: Sender<LookEvent>,
    events: Receiver<LookEvent>,
    asked: Option<(LookSettings, LookKey, MapKind)>,
    look: Option<Arc<Look>>,
    row: RowTextures,
    ctx: Context,
}

impl Before {
    /// # Errors
    ///
    /// When no thread could be started.
    pub fn new(ctx: &Context) -> std::io::Result<Self> {
        let (tell, events) = bounded(MAX_EVENTS);
        let paint_ctx = ctx.clone();
        Ok(Self {
            looker: None,
            painter: Painter::new(move || paint_ctx.request_repaint())?,
            tell,
            events,
            asked: None,
            look: None,
            row: RowTextures::default(),
            ctx: ctx.clone(),
        })
    }

    /// Asks, once there was a round, and brings what came to the screen. Never waits.
    pub fn update(&mut self, ctx: &Context, state: &mut State) {
        for event in self.events.try_iter() {
            if let LookEvent::Looked(key, look) = event
                && self.asked.as_ref().is_some_and(|asked| asked.1 == key)
            {
                state.paint.before_error = look.as_ref().err().cloned();
                self.look = look.ok();
                self.painter.request(
                    vec![self.look.clone()],
                    state.maps.style(state.settings.likelihood_colors),
                );
            }
        }
        if state.settings.workspace == Workspace::Annotate {
            self.ask(state);
        }
        let newest = self.painter.newest();
        let painted = newest.as_ref().and_then(|newest| newest.first()?.as_ref());
        let wanted = self.look.as_ref();
        let painted =
            painted.filter(|painted| wanted.is_some_and(|look| Arc::ptr_eq(look, &painted.look)));
        state.paint.before = painted.map(|painted| self.row.upload(ctx, painted));
    }

    fn ask(&mut self, state: &State) {
        let open = state.queue.open();
        let dir = open.and_then(|open| open.learner_before(&state.settings));
        let wanted = state
            .paint
            .easel
            .as_ref()
            .zip(attention::method(state))
            .zip(dir);
        let Some(((easel, (info, kind)), dir)) = wanted else {
            self.asked = None;
            self.look = None;
            return;
        };
        let scan = state.settings.scan(PathBuf::new());
        let settings = LookSettings {
            device: scan.device,
            model_dirs: model_dirs(&dir)
                .into_iter()
                .chain(scan.model_dirs)
                .collect(),
            landmark_model: scan.landmark_model,
            round: state.maps.round,
        };
        let face = attention::look_face(easel);
        let asked = (settings, face.key(info.name), kind);
        if self.asked.as_ref() == Some(&asked) {
            return;
        }
        if self.looker.is_none() {
            let (tell, ctx) = (self.tell.clone(), self.ctx.clone());
            let looker = Looker::new(move |event| {
                // Fails only when the window is gone.
                tell.send(event).ok();
                ctx.request_repaint();
            });
            match looker {
                Ok(looker) => self.looker = Some(looker),
                Err(err) => {
                    tracing::error!(target: "seam_app", "Could not start looking: {err}");
                    return;
                }
            }
        }
        self.look = None;
        if let Some(looker) = &self.looker {
            looker.ask(LookWish {
                settings: asked.0.clone(),
                method: info.name,
                kinds: vec![kind],
                faces: vec![face],
            });
        }
        self.asked = Some(asked);
    }
}

/// Folders in which a chosen model is found before any other: its own, and that of its run. None for the name of an
/// installed model, which is found anyway.
pub fn model_dirs(model: &Path) -> Vec<PathBuf> {
    if model.components().count() < 2 {
        return Vec::new();
    }
    vec![model.to_owned(), model.join("model")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_model_is_found_by_its_folder_or_its_runs() {
        assert!(model_dirs(Path::new("lae-laptop")).is_empty());
        let dirs = model_dirs(Path::new("/runs/one"));
        assert_eq!(dirs, [Path::new("/runs/one"), Path::new("/runs/one/model")]);
    }
}
