//! A few frames of a dataset: one of each technique in each split, with the outline of what was manipulated.

use egui::{Color32, Painter, Rect, Sense, Ui, WidgetInfo, vec2};
use seam_engine::data::Split;
use seam_engine::data::overview::{Overview, Thumbnail};

use crate::data::Pictures;
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::{WHOLE, note_ui};

/// Width that a picture has at least, and its height, in points.
const LEAST: f32 = 76.0;
const HEIGHT: f32 = 62.0;
const CAPTION: f32 = 14.0;

pub fn pictures_ui(ui: &mut Ui, state: &State, seen: &Overview) {
    if seen.thumbnails.is_empty() {
        return;
    }
    note_ui(
        ui,
        "The middle frame of some items; the line goes around what was manipulated",
        theme::text_faint(),
    );
    ui.add_space(UNIT);
    let gap = 1.5 * UNIT;
    let width = ui.available_width();
    let columns = ((width + gap) / (LEAST + gap)).floor().max(1.0);
    let cell = vec2((width - gap * (columns - 1.0)) / columns, HEIGHT + CAPTION);
    let columns = columns as usize;
    ui.spacing_mut().item_spacing = vec2(gap, UNIT);
    for (row, at) in seen.thumbnails.chunks(columns).zip((0..).step_by(columns)) {
        ui.horizontal(|ui| {
            for (thumbnail, at) in row.iter().zip(at..) {
                let pictures = state.datasets.pictures.get(at).copied().flatten();
                picture_ui(ui, cell, state, thumbnail, pictures);
            }
        });
    }
}

fn picture_ui(
    ui: &mut Ui,
    cell: egui::Vec2,
    state: &State,
    thumbnail: &Thumbnail,
    pictures: Option<Pictures>,
) {
    let (rect, response) = ui.allocate_exact_size(cell, Sense::hover());
    let split = thumbnail.split.map_or("no split", Split::name);
    let name = format!("{} in {split}", thumbnail.kind());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &name));
    let stage = Rect::from_min_size(rect.min, vec2(rect.width(), HEIGHT));
    let painter = ui.painter_at(rect);
    painter.rect_filled(stage, 2.0, theme::stage());
    let outline = state.settings.mask_color.color();
    match (&thumbnail.picture, pictures) {
        (Ok(picture), Some(pictures)) => {
            paint(&painter, stage, picture.size_px, pictures, outline);
        }
        (Ok(_), None) => {}
        (Err(_), _) => {
            let font = theme::regular(theme::SMALL);
            let middle = egui::Align2::CENTER_CENTER;
            painter.text(stage.center(), middle, "not readable", font, theme::error());
        }
    }
    let font = theme::regular(theme::SMALL);
    let at = stage.left_bottom() + vec2(0.0, 1.0);
    let top = egui::Align2::LEFT_TOP;
    painter.text(at, top, thumbnail.kind(), font.clone(), theme::text_quiet());
    let at = stage.right_bottom() + vec2(0.0, 1.0);
    painter.text(
        at,
        egui::Align2::RIGHT_TOP,
        split,
        font,
        theme::text_faint(),
    );
    response.on_hover_ui(|ui| {
        if let (Ok(picture), Some(pictures)) = (&thumbnail.picture, pictures) {
            let [width, height] = picture.size_px.map(|side| side as f32);
            let size = vec2(width, height) * (240.0 / width.max(height).max(1.0));
            let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
            paint(ui.painter(), rect, picture.size_px, pictures, outline);
            let text = format!("{name}, frame {}", picture.frame_index);
            note_ui(ui, &text, theme::text());
        }
        note_ui(ui, &thumbnail.path, theme::text_quiet());
        if let Err(error) = &thumbnail.picture {
            note_ui(ui, error, theme::error());
        }
    });
}

/// The whole frame in the middle of the stage, and the outline over it.
fn paint(painter: &Painter, stage: Rect, size_px: [u32; 2], pictures: Pictures, outline: Color32) {
    let [width, height] = size_px.map(|side| side.max(1) as f32);
    let scale = (stage.width() / width).min(stage.height() / height);
    let place = Rect::from_center_size(stage.center(), vec2(width, height) * scale);
    painter.image(pictures.frame, place, WHOLE, Color32::WHITE);
    if let Some(line) = pictures.outline {
        painter.image(line, place, WHOLE, outline);
    }
}
