//! The face on the easel: its frame, its mask, and the stroke in hand.

use std::sync::Arc;

use egui::{Pos2, pos2, vec2};
use seam_engine::annotate::parts::blend_ring;
use seam_engine::annotate::{Brush, Coverage, FacePart, History, Mirror, Mode, Stroke, polygons};
use seam_engine::data::annotations::{Delta, DeltaError, Mask, PixelRect, Progress, Task};
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
    /// What is not as it should be: a damaged stroke, a missing counterpart.
    pub warnings: Vec<String>,
    /// Raised whenever the mask changes, also within a stroke.
    pub edits: u64,
    /// Of the face, where its landmarks tell one.
    mirror: Option<Mirror>,
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
        let landmarks = task.face.landmarks();
        Self {
            mirror: landmarks.as_ref().and_then(Mirror::of),
            landmarks,
            warnings: Vec::new(),
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

    /// Begins a stroke; nothing with the wand.
    pub fn press(
        &mut self,
        tools: &Tools,
        at: Pos2,
        erases: bool,
        pressure: Option<f32>,
    ) -> Option<Change> {
        let change = self.release(tools);
        let mode = tools.mode(erases);
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
                let points = vec![at];
                self.in_hand = Some(InHand::Lasso { points, mode });
            }
            Tool::Wand => {}
        }
        change
    }

    /// Goes on with the stroke in hand.
    pub fn drag(&mut self, tools: &Tools, at: Pos2, pressure: Option<f32>) {
        let mirror = self.mirror.filter(|_| tools.mirrors);
        let mut dirty = [PixelRect::NOTHING; 2];
        match &mut self.in_hand {
            None => return,
            Some(InHand::Brush {
                stroke,
                last,
                pressure: before,
                mode,
            }) => {
                let now = pressure.map_or(*before, |share| share.clamp(LEAST_PRESSURE, 1.0));
                let brush = Brush {
                    radius_px: tools.radius_px,
                    softness: tools.softness,
                    mode: *mode,
                };
                let pressures = [*before, now];
                let ends = [center(*last), center(at)];
                let mask = &mut self.mask;
                dirty[0] = stroke.pressed_capsule(mask, ends[0], ends[1], brush, pressures);
                if let Some(mirror) = mirror {
                    let ends = ends.map(|end| mirror.point(end));
                    dirty[1] = stroke.pressed_capsule(mask, ends[0], ends[1], brush, pressures);
                }
                *last = at;
                *before = now;
            }
            Some(InHand::Lasso { points, .. }) => {
                let last = points.last();
                if last.is_none_or(|last| LASSO_STEP_PX <= last.distance(at)) {
                    points.push(at);
                }
            }
        }
        // Sent on their own: one rectangle around a stroke and its mirror image may be much larger.
        dirty.into_iter().for_each(|dirty| self.changed(dirty));
    }

    /// Ends the stroke in hand; `None` where it changed nothing.
    pub fn release(&mut self, tools: &Tools) -> Option<Change> {
        match self.in_hand.take()? {
            InHand::Brush { stroke, last, .. } => {
                self.last_stamp = Some(last);
                self.keep(stroke)
            }
            InHand::Lasso { points, mode } => {
                let outline: Vec<[f32; 2]> = points.into_iter().map(center).collect();
                self.outlines(tools, &[outline], mode)
            }
        }
    }

    /// Marks what outlines enclose, softly as the brush is; and its mirror image.
    fn outlines(
        &mut self,
        tools: &Tools,
        outlines: &[Vec<[f32; 2]>],
        mode: Mode,
    ) -> Option<Change> {
        let soft_px = tools.soft_px();
        let [width, height] = [self.mask.width, self.mask.height];
        let found = polygons(outlines, soft_px, width, height);
        let mirrored = self.mirror.filter(|_| tools.mirrors).map(|mirror| {
            let image = |outline: &Vec<[f32; 2]>| -> Vec<[f32; 2]> {
                outline.iter().map(|point| mirror.point(*point)).collect()
            };
            let outlines: Vec<Vec<[f32; 2]>> = outlines.iter().map(image).collect();
            polygons(&outlines, soft_px, width, height)
        });
        self.edit(|stroke, mask| {
            let mut dirty = stroke.lay(mask, &found, mode);
            if let Some(mirrored) = &mirrored {
                dirty = dirty.united(stroke.lay(mask, mirrored, mode));
            }
            dirty
        })
    }

    /// Takes the stroke in hand back.
    pub fn cancel(&mut self) {
        if let Some(InHand::Brush { stroke, .. }) = self.in_hand.take() {
            let dirty = stroke.cancel(&mut self.mask);
            self.changed(dirty);
        }
    }

    /// One stamp of the brush, or a line from the last one.
    pub fn stamp(&mut self, tools: &Tools, at: Pos2, is_line: bool) -> Option<Change> {
        if !tools.tool.has_ring() {
            return None;
        }
        let from = self.last_stamp.filter(|_| is_line);
        let first = self.press(tools, from.unwrap_or(at), false, None);
        self.drag(tools, at, None);
        self.release(tools).or(first)
    }

    /// Lays what a tool found on the mask, as one stroke.
    pub fn lay(&mut self, found: &Coverage, mode: Mode) -> Option<Change> {
        self.edit(|stroke, mask| stroke.lay(mask, found, mode))
    }

    /// Marks a part of the face; unmarks it with the eraser.
    pub fn part(&mut self, tools: &Tools, part: FacePart) -> Option<Change> {
        let landmarks = self.landmarks.as_ref()?;
        let outlines = match part {
            FacePart::BlendRing => blend_ring(landmarks, tools.ring),
            part => part.outlines(landmarks),
        };
        let soft_px = tools.soft_px();
        let found = polygons(&outlines, soft_px, self.mask.width, self.mask.height);
        self.lay(&found, tools.mode(false))
    }

    pub fn grow(&mut self, px: u32) -> Option<Change> {
        self.edit(|stroke, mask| stroke.grow(mask, px))
    }

    pub fn shrink(&mut self, px: u32) -> Option<Change> {
        self.edit(|stroke, mask| stroke.shrink(mask, px))
    }

    pub fn fill_holes(&mut self) -> Option<Change> {
        self.edit(Stroke::fill_holes)
    }

    pub fn soften(&mut self, px: u32) -> Option<Change> {
        self.edit(|stroke, mask| stroke.soften(mask, px))
    }

    pub fn clear(&mut self) -> Option<Change> {
        self.edit(|stroke, mask| {
            let nothing = Mask::empty(mask.width, mask.height);
            stroke.replace(mask, &Coverage::new(mask.rect(), nothing))
        })
    }

    /// Changes the mask as one stroke; one that is in hand is taken back before.
    fn edit(&mut self, change: impl FnOnce(&mut Stroke, &mut Mask) -> PixelRect) -> Option<Change> {
        self.cancel();
        let mut stroke = Stroke::begin(&self.mask);
        let dirty = change(&mut stroke, &mut self.mask);
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
        let [x, y] = self.mirror?.point(center(at));
        Some(pos2(x + 0.5, y + 0.5))
    }

    fn moved(&mut self, moved: Result<Option<PixelRect>, DeltaError>) -> Option<Change> {
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
