//! The mask over the frame: kept on the graphics card at full resolution, and changed there only where it was
//! painted. Zooming and moving cost nothing but other uniforms.

mod card;
mod patches;

use std::sync::{Arc, Mutex, PoisonError};

use egui::{Color32, PaintCallback, Rect};
use seam_engine::data::annotations::{Mask, PixelRect};

use crate::viewport::ScreenFromFrame;
pub use card::install;
use patches::Patches;

/// One mask on its way to the graphics card.
#[derive(Clone, Debug)]
pub struct Overlay {
    waiting: Arc<Mutex<Patches>>,
}

/// How a mask is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OverlayLook {
    pub color: Color32,
    /// Of what is marked, 0 to 1.
    pub opacity: f32,
    /// The line around what is at least half marked.
    pub has_outline: bool,
}

impl Overlay {
    /// `max_side_px` is the largest texture that the card takes; larger masks are shown at a whole part of
    /// their size.
    pub fn new(mask: &Mask, max_side_px: u32) -> Self {
        let patches = Patches::new(mask, max_side_px);
        Self {
            waiting: Arc::new(Mutex::new(patches)),
        }
    }

    /// Takes the pixels of `dirty` along to the next frame that is drawn.
    pub fn changed(&self, mask: &Mask, dirty: PixelRect) {
        self.lock().push(mask, dirty);
    }

    /// A shape that draws the mask on `stage`. Each place on screen has its own `slot` from 0 to
    /// [`card::NUM_SLOTS`].
    pub fn shape(
        &self,
        stage: Rect,
        view: ScreenFromFrame,
        look: OverlayLook,
        slot: usize,
    ) -> PaintCallback {
        let drawing = card::Drawing {
            overlay: self.clone(),
            stage,
            view,
            look,
            slot,
        };
        eframe::egui_wgpu::Callback::new_paint_callback(stage, drawing)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Patches> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
