//! Looks for the window: asks for what is on screen, keeps textures of what came.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, bounded};
use egui::Context;
use seam_engine::analysis::look::{
    Look, LookEvent, LookFace, LookKey, LookPicture, LookSettings, LookWish, Looker,
};
use seam_engine::detectors::{DetectorInfo, MapKind};
use seam_engine::media::Frame;

use crate::maps::before::model_dirs;
use crate::maps::calm::{Control, Whose};
use crate::maps::gallery::Gallery;
use crate::maps::paint::Painter;
use crate::maps::save::{SaveWish, Saver};
use crate::maps::textures::RowTextures;
use crate::maps::view::View;
use crate::maps::wanted::{Wanted, wanted};
use crate::maps::{Maps, Style};
use crate::paint::attention;
use crate::state::{AnalysisState, Intake, State};
use crate::workspace::Workspace;

/// Events that may wait; a wish has four at most.
const MAX_EVENTS: usize = 256;

/// Looks made, painted and uploaded. Lives in `App`.
pub struct Looks {
    looker: Looker,
    painter: Painter,
    events: Receiver<LookEvent>,
    asked: Option<Asked>,
    is_busy: bool,
    /// While playing, nothing is asked before this time on the window's clock, so that looks never take more
    /// than half of a core.
    rest_until_secs: f64,
    control: Control,
    /// Of the frame and of the control frame.
    looks: Pair,
    /// Why there is no look at the frame that was asked for last.
    error: Option<String>,
    /// What the painter was asked for last.
    painting: (Pair, Style),
    rows: [RowTextures; 2],
    /// What every method is to look at, where all are on screen.
    faces: Vec<LookFace>,
    gallery: Gallery,
    saver: Saver,
}

type Pair = [Option<Arc<Look>>; 2];

/// What was asked for last.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    settings: LookSettings,
    kinds: Vec<MapKind>,
    /// Of the frame and of the control frame.
    keys: [Option<LookKey>; 2],
}

impl Looks {
    /// Starts the threads.
    ///
    /// # Errors
    ///
    /// When one could not be started.
    pub fn new(ctx: &Context) -> std::io::Result<Self> {
        let (events_tx, events) = bounded(MAX_EVENTS);
        let (look_ctx, paint_ctx, save_ctx) = (ctx.clone(), ctx.clone(), ctx.clone());
        let gallery_ctx = ctx.clone();
        let looker = Looker::new(move |event| {
            // Fails only when the window is gone.
            events_tx.send(event).ok();
            look_ctx.request_repaint();
        })?;
        Ok(Self {
            looker,
            painter: Painter::new(move || paint_ctx.request_repaint())?,
            events,
            asked: None,
            is_busy: false,
            rest_until_secs: 0.0,
            control: Control::default(),
            looks: [None, None],
            error: None,
            painting: ([None, None], Style::default()),
            rows: [RowTextures::default(), RowTextures::default()],
            faces: Vec::new(),
            gallery: Gallery::new(move || gallery_ctx.request_repaint())?,
            saver: Saver::new(move || save_ctx.request_repaint())?,
        })
    }

    /// Writes pictures into a folder, on a thread of its own.
    pub fn save(&self, state: &mut State, wish: SaveWish, dir: PathBuf) {
        state.maps.notice = self.saver.save(wish, dir);
    }

    /// Asks for looks at `frame`, which is on screen, and brings what came to the screen. Never waits.
    pub fn update(&mut self, ctx: &Context, state: &mut State, frame: Option<&Arc<Frame>>) {
        self.take(state);
        if state.settings.workspace == Workspace::Annotate {
            self.ask_for_easel(state);
        } else if state.settings.shows_maps {
            self.ask(ctx, state, frame);
            self.ask_for_all(state);
        }
        let style = state.maps.style(state.settings.likelihood_colors);
        self.paint(ctx, &mut state.maps, style);
        if state.maps.view == View::All {
            self.gallery.paint(ctx, &mut state.maps, style);
        } else {
            self.gallery.clear(&mut state.maps);
        }
        if let Some(told) = self.saver.told() {
            state.maps.notice = Some(told);
        }
        state.maps.error.clone_from(&self.error);
    }

    fn take(&mut self, state: &mut State) {
        let events: Vec<LookEvent> = self.events.try_iter().collect();
        for event in events {
            let keys = self.asked.as_ref().map_or([None, None], |asked| asked.keys);
            match event {
                LookEvent::Methods(methods) => state.maps.methods = Some(methods),
                LookEvent::Done => self.is_busy = false,
                LookEvent::Looked(key, look) => {
                    self.gallery.take(key, &look);
                    self.take_look(keys, key, look, state.now_secs);
                }
            }
        }
    }

    fn take_look(
        &mut self,
        keys: [Option<LookKey>; 2],
        key: LookKey,
        look: Result<Arc<Look>, String>,
        now_secs: f64,
    ) {
        match look {
            Ok(look) => {
                self.rest_until_secs = now_secs + look.took.as_secs_f64();
                if keys[0] == Some(key) {
                    self.looks[0] = Some(Arc::clone(&look));
                }
                if keys[1] == Some(key) {
                    self.looks[1] = Some(look);
                }
            }
            Err(error) if keys[0] == Some(key) => {
                self.error = Some(error);
                self.looks[0] = None;
            }
            Err(_) => {}
        }
    }

    /// Where all methods are on screen, lets one after the other look, the chosen one first.
    fn ask_for_all(&mut self, state: &State) {
        if state.maps.view != View::All {
            return;
        }
        self.gallery.want(&state.maps, &self.faces);
        let asked = self.asked.as_ref().filter(|_| !self.is_busy);
        if let Some(asked) = asked
            && !state.playback.is_playing
            && let Some((method, kinds)) = self.gallery.next()
        {
            self.is_busy = true;
            self.looker.ask(LookWish {
                settings: asked.settings.clone(),
                method,
                kinds,
                faces: self.faces.clone(),
            });
        }
    }

    fn ask(&mut self, ctx: &Context, state: &State, frame: Option<&Arc<Frame>>) {
        let settings = look_settings(state);
        let wanted = frame.and_then(|frame| Some((frame, wanted(state, frame.id).ok()?)));
        let (Some((frame, wanted)), Some(info)) = (wanted, state.maps.info()) else {
            // Nothing but which methods there are.
            self.faces.clear();
            self.send(settings, "", Vec::new(), Vec::new());
            return;
        };
        let rest_secs = self.rest_until_secs - state.now_secs;
        if state.playback.is_playing && (self.is_busy || 0.0 < rest_secs) {
            // An answer under way wakes the window when it comes.
            if let Ok(rest) = Duration::try_from_secs_f64(rest_secs) {
                ctx.request_repaint_after(rest);
            }
            return;
        }
        let mut faces = vec![LookFace {
            track: wanted.track,
            box_in_frame: wanted.face,
            picture: LookPicture::Decoded(Arc::clone(frame)),
        }];
        faces.extend(self.control(&wanted, info, state.maps.round));
        self.faces.clone_from(&faces);
        self.send(settings, info.name, state.maps.kinds(info).collect(), faces);
    }

    /// Asks for the map that is laid beside the mask on the easel.
    fn ask_for_easel(&mut self, state: &State) {
        let mut settings = look_settings(state);
        let open = state.queue.open();
        if let Some(model) = open.and_then(|open| open.learner(&state.settings)) {
            settings.model_dirs.splice(0..0, model_dirs(&model));
        }
        let wanted = state.paint.easel.as_ref().zip(attention::method(state));
        match wanted {
            Some((easel, (info, kind))) => {
                let faces = vec![attention::look_face(easel)];
                self.send(settings, info.name, vec![kind], faces);
            }
            None => self.send(settings, "", Vec::new(), Vec::new()),
        }
    }

    /// Asks, if this was not asked last, and forgets looks of other people, methods and files.
    fn send(
        &mut self,
        settings: LookSettings,
        method: &'static str,
        kinds: Vec<MapKind>,
        faces: Vec<LookFace>,
    ) {
        let keys = [0, 1].map(|row: usize| Some(faces.get(row)?.key(method)));
        let asked = Asked {
            settings,
            kinds,
            keys,
        };
        if self.asked.as_ref() == Some(&asked) {
            return;
        }
        for (look, key) in self.looks.iter_mut().zip(keys) {
            look.take_if(|look| !key.is_some_and(|key| is_related(look.key, key)));
        }
        self.is_busy = true;
        self.error = None;
        self.looker.ask(LookWish {
            settings: asked.settings.clone(),
            method,
            kinds: asked.kinds.clone(),
            faces,
        });
        self.asked = Some(asked);
    }

    /// The control frame of this person, once frames can be found at once.
    fn control(
        &mut self,
        wanted: &Wanted<'_>,
        info: &'static DetectorInfo,
        round: u64,
    ) -> Option<LookFace> {
        let file = wanted.file;
        if !matches!(file.intake, Intake::Known(_)) || file.frames().len() < 2 {
            return None;
        }
        let media = file.hash?;
        let is_running = matches!(file.analysis, AnalysisState::Running(_));
        let whose = Whose {
            media,
            track: wanted.track,
            method: info.name,
            round,
        };
        let pts_nanos = self.control.nanos(whose, wanted.person, is_running)?;
        Some(LookFace {
            track: wanted.track,
            box_in_frame: wanted.person.box_at(pts_nanos, 0)?.face,
            picture: LookPicture::InFile {
                path: file.path.clone(),
                media,
                pts_nanos,
            },
        })
    }

    fn paint(&mut self, ctx: &Context, maps: &mut Maps, style: Style) {
        let (pair, painted_style) = &self.painting;
        let is_same = |(a, b): (&Option<Arc<Look>>, &Option<Arc<Look>>)| match (a, b) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        let is_asked = pair.iter().zip(&self.looks).all(is_same) && *painted_style == style;
        if !is_asked {
            self.painter.request(self.looks.to_vec(), style);
            self.painting = (self.looks.clone(), style);
        }
        let Some(newest) = self.painter.newest() else {
            return;
        };
        let slots = [&mut maps.frame, &mut maps.control];
        for (row, (slot, textures)) in slots.into_iter().zip(&mut self.rows).enumerate() {
            // What is no longer wanted goes at once; what is new comes when it is painted.
            let wanted = self.looks[row].as_ref();
            let painted = newest.get(row).and_then(Option::as_ref);
            let painted = painted.filter(|painted| {
                wanted.is_some_and(|look| is_related(look.key, painted.look.key))
            });
            *slot = painted.map(|painted| textures.upload(ctx, painted));
        }
    }
}

/// Whether one may stand in for the other for a moment: the same person by the same method.
fn is_related(a: LookKey, b: LookKey) -> bool {
    (a.media, a.track, a.method) == (b.media, b.track, b.method)
}

/// Those of the scan, so that a look is cut and scored as the scan does it.
fn look_settings(state: &State) -> LookSettings {
    let scan = state.settings.scan(std::path::PathBuf::new());
    LookSettings {
        device: scan.device,
        model_dirs: scan.model_dirs,
        landmark_model: scan.landmark_model,
        round: state.maps.round,
    }
}
