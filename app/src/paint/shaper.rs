//! Tools that look at a whole frame: made on the thread `easel-shapes`, laid on the mask when they are there.

use std::sync::Arc;

use egui::Pos2;
use seam_engine::analysis::look::Look;
use seam_engine::annotate::{Coverage, Mode, Wand, difference, pointed_at, wand};
use seam_engine::data::annotations::TaskId;
use seam_engine::detectors::MapKind;
use seam_engine::faces::FaceBox;
use seam_engine::latest::{Latest, LatestWorker};
use seam_engine::media::Frame;

use crate::paint::attention;
use crate::paint::easel::{Change, center};
use crate::state::State;

/// What is to be made.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// What is alike and connected to the pixel at a point of the frame.
    Wand {
        at: Pos2,
        mode: Mode,
    },
    FromMap,
    FromDifference,
}

pub struct Shaper {
    worker: LatestWorker<Order>,
    done: Latest<Made>,
    next_number: u64,
    /// The wish under way.
    number: Option<u64>,
}

/// A wish with all it needs.
struct Order {
    number: u64,
    task: TaskId,
    wish: Wish,
    frame: Arc<Frame>,
    pristine: Option<Arc<Frame>>,
    face: FaceBox,
    look: Option<(Arc<Look>, MapKind)>,
    tolerance: f32,
}

struct Made {
    number: u64,
    task: TaskId,
    mode: Mode,
    /// What was found, or why nothing was.
    found: Result<Coverage, String>,
    is_assisted: bool,
}

impl Shaper {
    /// `wake` is called from the thread when a wish was answered.
    ///
    /// # Errors
    ///
    /// When no thread could be started.
    pub fn new(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let done = Latest::default();
        let out: Latest<Made> = done.clone();
        let worker = LatestWorker::spawn("easel-shapes", move |order: Order| {
            out.set(order.made());
            wake();
        })?;
        Ok(Self {
            worker,
            done,
            next_number: 0,
            number: None,
        })
    }

    /// Asks for what is wished, and lays what came on the mask. Gives the change, and whether the mask began with
    /// it as something that a person did not mark.
    pub fn update(&mut self, state: &mut State) -> Option<(Change, bool)> {
        if let Some(wish) = state.paint.wish.take() {
            self.ask(state, wish);
        }
        let made = self.done.get()?;
        if self.number != Some(made.number) {
            return None;
        }
        self.number = None;
        let easel = state.paint.easel.as_mut()?;
        if easel.task.id != made.task {
            return None;
        }
        match &made.found {
            Ok(found) => {
                state.paint.refusal = None;
                Some((easel.lay(found, made.mode)?, made.is_assisted))
            }
            Err(reason) => {
                state.paint.refusal = Some(reason.clone());
                None
            }
        }
    }

    fn ask(&mut self, state: &State, wish: Wish) {
        let Some(easel) = &state.paint.easel else {
            return;
        };
        let shown = attention::shown(state, easel);
        self.next_number += 1;
        self.number = Some(self.next_number);
        self.worker.request(Order {
            number: self.next_number,
            task: easel.task.id,
            wish,
            frame: Arc::clone(&easel.frame),
            pristine: easel.counterpart.clone(),
            face: easel.task.face.box_in_frame,
            look: shown.map(|(drawn, kind)| (Arc::clone(&drawn.look), kind)),
            tolerance: state.paint.tools.tolerance,
        });
    }
}

impl Order {
    fn made(&self) -> Made {
        let (mode, is_assisted) = match self.wish {
            Wish::Wand { mode, .. } => (mode, false),
            Wish::FromMap | Wish::FromDifference => (Mode::Paint, true),
        };
        Made {
            number: self.number,
            task: self.task,
            mode,
            found: self.found(),
            is_assisted,
        }
    }

    fn found(&self) -> Result<Coverage, String> {
        match &self.wish {
            Wish::Wand { at, .. } => self.wand(*at),
            Wish::FromMap => self.marked_by_model(),
            Wish::FromDifference => self.unlike_pristine(),
        }
    }

    fn wand(&self, at: Pos2) -> Result<Coverage, String> {
        let seed = center(at).map(|side| side.round().max(0.0) as u32);
        let settings = Wand {
            tolerance: self.tolerance,
            limit: None,
            fills_holes: true,
            soft_px: 1,
        };
        wand(&self.frame, seed, settings, || false)
            .ok_or_else(|| "The wand needs a pixel of the frame".to_owned())
    }

    fn marked_by_model(&self) -> Result<Coverage, String> {
        let no_map = || "The model's map of this face is not there yet".to_owned();
        let (look, kind) = self.look.as_ref().ok_or_else(no_map)?;
        let map = look.map(*kind).ok_or_else(no_map)?;
        let (width, height) = (self.frame.width, self.frame.height);
        Ok(pointed_at(map, &look.crop, width, height))
    }

    fn unlike_pristine(&self) -> Result<Coverage, String> {
        let unknown = || "The pristine frame of this face is not known".to_owned();
        let pristine = self.pristine.as_ref().ok_or_else(unknown)?;
        let mask = difference(&self.frame, pristine, &self.face)
            .ok_or_else(|| "The frames differ nowhere that could be told from noise".to_owned())?;
        Ok(Coverage::of(&mask, mask.rect()))
    }
}
