//! Painting masks, as the window keeps it: the tool in hand, the view, and the face on the easel.

pub mod attention;
pub mod easel;
pub mod overlay;
pub mod pictures;
mod run;
pub mod shaper;
#[cfg(test)]
mod tests;
pub mod tools;

use egui::Pos2;
use seam_engine::data::annotations::TaskId;

use crate::maps::Drawn;
use crate::paint::easel::Easel;
use crate::paint::tools::{Compare, Tools};
use crate::viewport::Zoom;

/// What the canvas and the panes beside it show. Changed only by `App`.
#[derive(Debug)]
pub struct Paint {
    pub tools: Tools,
    pub easel: Option<Easel>,
    /// The task that is being opened, or why it could not be.
    pub opening: Opening,
    /// What is to be made on a thread.
    pub wish: Option<shaper::Wish>,
    /// Why the last wish was not fulfilled.
    pub refusal: Option<String>,
    /// What the model looks at in this face, and how much of it is inside the mask.
    pub attention: attention::Attention,
    /// The map that the model before the newest round draws of this face, or why there is none.
    pub before: Option<Drawn>,
    pub before_error: Option<String>,
    pub view: Zoom,
    /// What the canvas showed last.
    pub seen: Option<Seen>,
    /// Where the keyboard's ring is, in pixels of the frame, once an arrow key was used.
    pub cursor: Option<Pos2>,
    pub hides_mask: bool,
    /// The hold-to-peek key is down.
    pub peeks: bool,
    pub compare: Compare,
    /// Where the wipe's handle is, 0 to 1.
    pub wipe: f32,
    /// The model's map lies over the canvas.
    pub shows_attention: bool,
    /// Of the model's map, 0 to 1.
    pub attention_opacity: f32,
    /// The largest texture that the graphics card takes, in pixels a side.
    pub max_texture_px: u32,
}

/// The part of the frame that is on the canvas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// In pixels of the frame.
    pub center: Pos2,
    /// In points a pixel of the frame.
    pub scale: f32,
    /// Of the screen.
    pub pixels_per_point: f32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Opening {
    #[default]
    Nothing,
    Task(TaskId),
    Failed(String),
}

/// What the panes can ask for. Places are in pixels of the frame, from its corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PaintCommand {
    /// A stroke begins. `erases` turns the tool around; `pressure` is 0 to 1 where a pen tells it.
    Press {
        at: Pos2,
        erases: bool,
        pressure: Option<f32>,
    },
    Drag {
        at: Pos2,
        pressure: Option<f32>,
    },
    Release,
    /// Takes the stroke in hand back.
    Cancel,
    SetRadius(f32),
    SetSoftness(f32),
    SetTolerance(f32),
    SetRing(f32),
    SetView(Zoom),
    /// The canvas tells what it shows.
    Saw(Seen),
    SetOpacity(f32),
    SetColor(crate::theme::MaskColor),
    SetCompare(Compare),
    MoveWipe(f32),
    SetAttentionOpacity(f32),
    Peek(bool),
}

impl Default for Paint {
    fn default() -> Self {
        Self {
            tools: Tools::default(),
            easel: None,
            opening: Opening::Nothing,
            wish: None,
            refusal: None,
            attention: attention::Attention::default(),
            before: None,
            before_error: None,
            view: Zoom::Face,
            seen: None,
            cursor: None,
            hides_mask: false,
            peeks: false,
            compare: Compare::Wipe,
            wipe: 0.5,
            shows_attention: false,
            attention_opacity: 0.6,
            max_texture_px: 8192,
        }
    }
}

impl Paint {
    /// Whether the mask is drawn now.
    pub fn shows_mask(&self) -> bool {
        !self.hides_mask && !self.peeks
    }
}
