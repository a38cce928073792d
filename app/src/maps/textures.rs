//! The textures of one row of maps: uploaded when the row changes, reused while sizes stay.

use std::sync::Arc;

use egui::{ColorImage, Context, TextureHandle, TextureOptions};

use crate::maps::Drawn;
use crate::maps::paint::Painted;

/// The textures of one row.
#[derive(Default)]
pub struct RowTextures {
    face: Option<TextureHandle>,
    maps: Vec<Option<TextureHandle>>,
    shown: Option<Arc<Painted>>,
}

impl RowTextures {
    /// Uploads pictures that are not on screen yet, into the textures of the last ones.
    pub fn upload(&mut self, ctx: &Context, painted: &Arc<Painted>) -> Drawn {
        let is_shown = self
            .shown
            .as_ref()
            .is_some_and(|shown| Arc::ptr_eq(shown, painted));
        if !is_shown {
            set(ctx, &mut self.face, &painted.face);
            self.maps.resize_with(painted.maps.len(), || None);
            for (texture, image) in self.maps.iter_mut().zip(&painted.maps) {
                set(ctx, texture, image);
            }
            self.shown = Some(Arc::clone(painted));
        }
        Drawn {
            look: Arc::clone(&painted.look),
            face: self
                .face
                .as_ref()
                .map(TextureHandle::id)
                .unwrap_or_default(),
            maps: self.maps.iter().flatten().map(TextureHandle::id).collect(),
            style: painted.style,
            density: Arc::clone(&painted.density),
        }
    }
}

fn set(ctx: &Context, texture: &mut Option<TextureHandle>, image: &Arc<ColorImage>) {
    let image = egui::ImageData::Color(Arc::clone(image));
    let options = TextureOptions::LINEAR;
    match texture {
        Some(texture) if texture.size() == image.size() => {
            texture.set_partial([0, 0], image, options);
        }
        texture => *texture = Some(ctx.load_texture("look", image, options)),
    }
}
