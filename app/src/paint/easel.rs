//! The face on the easel: its frame, its mask, and the stroke in hand.

use std::sync::Arc;

use egui::{Pos2, vec2};
use seam_engine::annotate::brush::Brush;
use seam_engine::annotate::coverage::Coverage;
use seam_engine::annotate::history::History;
use seam_engine::annotate::shapes;
use seam_engine::annotate::stroke::{Mode, Stroke};
use seam_engine::data::annotations::{Delta, Mask, PixelRect, Progress, Task};
use seam_engine::faces::Landmarks;
use seam_engine::media::Frame;

use crate::paint::overlay::Overlay;
use crate::paint::pictures::Textures;
use crate::paint::tools::{Tool, Tools};

/// Points of a lasso nearer to the last one than this add nothing, in pixels of the frame.
const LASSO_STEP_PX: f32 = 0.5;
/// The lightest touch of a pen still paints with so much of the brush's radius.
const LEAST_PRESSURE: f32 = 0.1;

#[derive(Debug)]
pub struct Easel {
    pub task: Task,
    pub progress: Progress,
    pub frame: Arc<Frame>,
    pub counterpart: Option<Arc<Frame>>,
    pub mask: Mask,
    pub overlay: Overlay,
    /// Once the pictures were made.
    pub textures: Option<Textures>,
    pub landmarks: Option<Landmarks>,
    /// Raised whenever the mask changes, also within a stroke.
    pub edits: u64,
    history: History,
    in_hand: Option<InHand>,
    /// Where the last stamp was, for a line from there.
    last_stamp: Option<Pos2>,
}

/// What is under way between pressing and letting go.
#[derive(Debug)]
enum InHand {
    Brush {
        stroke: Stroke,
        last: Pos2,
        pressure: f32,
        mode: Mode,
    },
    Lasso {
        points: Vec<Pos2>,
        mode: Mode,
    },
}

/// What is to be kept of a change.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The stroke after the first `place` ones.
    Stroke { place: usize, delta: Arc<Delta> },
    /// So many strokes are applied now.
    Applied(usize),
}

impl Easel {
    pub fn new(
        task: Task,
        progress: Progress,
        frames: (Arc<Frame>, Option<Arc<Frame>>),
        mask: Mask,
        history: History,
        max_texture_px: u32,
    ) -> Self {
        let (frame, counterpart) = frames;
        Self {
            landmarks: task.face.landmarks(),
            task,
            progress,
            frame,
            counterpart,
            overlay: Overlay::new(&mask, max_texture_px),
            mask,
            textures: None,
            edits: 0,
            history,
            in_hand: None,
            last_stamp: None,
        }
    }

    pub fn is_stroking(&self) -> bool {
        self.in_hand.is_some()
    }

    pub fn history(&self) -> &History {
        &self.history
    }

    /// The lasso that is being drawn.
    pub fn lasso(&self) -> Option<&[Pos2]> {
        match &self.in_hand {
            Some(InHand::Lasso { points, .. }) => Some(points),
            _ => None,
        }
    }

    /// Begins a stroke; the wand is done at once.
    pub fn press(&mut self, tools: &Tools, at: Pos2, erases: bool, pressure: Option<f32>) -> Option<Change> {
        let change = self.release();
        let erases = erases != (tools.tool == Tool::Eraser);
        let mode = if erases { Mode::Erase } else { Mode::Paint };
        match tools.tool {
            Tool::Brush | Tool::Eraser => {
                let pressure = pressure.map_or(1.0, |share| share.clamp(LEAST_PRESSURE, 1.0));
                self.in_hand = Some(InHand::Brush {
                    stroke: Stroke::begin(&self.mask),
                    last: at,
                    pressure,
                    mode,
                });
                self.drag(tools, at, Some(pressure));
            }
            Tool::Lasso => {
                self.in_hand = Some(InHand::Lasso {
                    points: vec![at],
                    mode,
                });
            }
            Tool::Wand => {
                let found = self.wand(tools, at);
                return self.lay(tools, &found, mode);
            }
        }
        change
    }

    /// Goes on with the stroke in hand.
    pub fn drag(&mut self, tools: &Tools, at: Pos2, pressure: Option<f32>) {
        let mirror = if tools.mirrors { self.mirror() } else { None };
        let Some(in_hand) = &mut self.in_hand else {
            return;
        };
        match in_hand {
            InHand::Brush {
                stroke,
                last,
                pressure: before,
                mode,
            } => {
                let now = pressure.map_or(*before, |share| share.clamp(LEAST_PRESSURE, 1.0));
                let brush = Brush {
                    radius_px: tools.radius_px,
                    softness: tools.softness,
                    mode: *mode,
                };
                let pressures = [*before, now];
                let mut dirty = stroke.pressed_capsule(&mut self.mask, center(*last), center(at), brush, pressures);
                if let Some(mirror) = mirror {
                    let ends = [*last, at].map(|end| center(mirror.point(end)));
                    let other = stroke.pressed_capsule(&mut self.mask, ends[0], ends[1], brush, pressures);
                    // Far apart, the two are sent on their own: one rectangle around both would be much larger.
                    self.overlay.changed(&self.mask, other);
                    self.edits += u64::from(!other.is_empty());
                }
                dirty = dirty.intersected(self.mask.rect());
                *last = at;
                *before = now;
                self.overlay.changed(&self.mask, dirty);
                self.edits += u64::from(!dirty.is_empty());
            }
            InHand::Lasso { points, .. } => {
                if points.last().is_none_or(|last| LASSO_STEP_PX <= last.distance(at)) {
                    points.push(at);
                }
            }
        }
    }

    /// Ends the stroke in hand; `None` where it changed nothing.
    pub fn release(&mut self) -> Option<Change> {
        match self.in_hand.take()? {
            InHand::Brush { stroke, last, .. } => {
                self.last_stamp = Some(last);
                self.keep(stroke)
            }
            InHand::Lasso { points, mode } => {
                let points: Vec<[f32; 2]> = points.into_iter().map(center).collect();
                let found = shapes::polygon(self.mask.rect(), &points);
                let mut stroke = Stroke::begin(&self.mask);
                let dirty = stroke.lay(&mut self.mask, &found, mode);
                self.changed(dirty);
                self.keep(stroke)
            }
        }
    }

    /// Takes the stroke in hand back.
    pub fn cancel(&mut self) {
        if let Some(InHand::Brush { stroke, .. }) = self.in_hand.take() {
            let dirty = stroke.cancel(&mut self.mask);
            self.changed(dirty);
        }
    }

    /// One stamp of the tool, or a line from the last one.
    pub fn stamp(&mut self, tools: &Tools, at: Pos2, is_line: bool) -> Option<Change> {
        let from = self.last_stamp.filter(|_| is_line && tools.tool.has_ring());
        let first = self.press(tools, from.unwrap_or(at), false, None);
        self.drag(tools, at, None);
        self.release().or(first)
    }

    /// Lays what a tool found on the mask, as one stroke.
    pub fn lay(&mut self, tools: &Tools, found: &Coverage, mode: Mode) -> Option<Change> {
        let mut stroke = Stroke::begin(&self.mask);
        let mut dirty = stroke.lay(&mut self.mask, found, mode);
        if tools.mirrors
            && let Some(mirror) = self.mirror()
        {
            let mirrored = mirror.coverage(found, self.mask.rect());
            dirty = dirty.united(stroke.lay(&mut self.mask, &mirrored, mode));
        }
        self.changed(dirty);
        self.keep(stroke)
    }

    /// Puts another mask in the place of this one, as one stroke.
    pub fn replace(&mut self, other: &Coverage) -> Option<Change> {
        let mut stroke = Stroke::begin(&self.mask);
        let dirty = stroke.replace(&mut self.mask, other);
        self.changed(dirty);
        self.keep(stroke)
    }

    pub fn undo(&mut self) -> Option<Change> {
        self.cancel();
        let undone = self.history.undo(&mut self.mask);
        self.moved(undone)
    }

    pub fn redo(&mut self) -> Option<Change> {
        self.cancel();
        let redone = self.history.redo(&mut self.mask);
        self.moved(redone)
    }

    /// Where the tool would also paint while mirroring.
    pub fn mirrored(&self, at: Pos2) -> Option<Pos2> {
        Some(self.mirror()?.point(at))
    }

    fn moved(
        &mut self,
        moved: Result<Option<PixelRect>, seam_engine::data::annotations::DeltaError>,
    ) -> Option<Change> {
        match moved {
            Ok(dirty) => {
                self.changed(dirty?);
                Some(Change::Applied(self.history.num_applied()))
            }
            Err(err) => {
                tracing::error!(target: "seam_app", "Could not take the stroke back: {err}");
                None
            }
        }
    }

    fn changed(&mut self, dirty: PixelRect) {
        if !dirty.is_empty() {
            self.overlay.changed(&self.mask, dirty);
            self.edits += 1;
        }
    }

    fn keep(&mut self, stroke: Stroke) -> Option<Change> {
        let delta = Arc::new(stroke.finish(&self.mask)?);
        let place = self.history.push(Arc::clone(&delta));
        Some(Change::Stroke { place, delta })
    }
}

/// Places on screen count from the corner of the first pixel, those of the engine from its center.
pub fn center(at: Pos2) -> [f32; 2] {
    (at - vec2(0.5, 0.5)).into()
}
