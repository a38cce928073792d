//! What stands beside the pointer on the timeline: the frame there, its time, and what every method says of it.

use egui::{Response, RichText, Ui, vec2};

use crate::evidence::Person;
use crate::inspect::faces::quality_words;
use crate::panes::resemblance::frame_words;
use crate::playback::frame_at;
use crate::state::{MediaFile, State};
use crate::theme;
use crate::words;

/// Room for the picture, whatever its shape: text below it stays in place.
const PICTURE_WIDTH: f32 = 208.0;
const MOST_HEIGHT: f32 = 156.0;

/// At once and beside the pointer: reading values is what one hovers for.
pub fn hover_ui(response: &Response, state: &State, file: &MediaFile, at: i64) {
    let frames = file.frames();
    let Some(index) = frame_at(frames, at) else {
        return;
    };
    let title = format!("{}  #{index}", words::time(frames[index]));
    let lines = lines(file, at);
    let id = response.id.with("hover");
    egui::Tooltip::always_open(
        response.ctx.clone(),
        response.layer_id,
        id,
        egui::PopupAnchor::Pointer,
    )
    .gap(14.0)
    .width(420.0)
    .show(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        picture_ui(ui, state, file, frames[index]);
        ui.label(RichText::new(title).color(theme::text_strong()));
        for line in lines {
            ui.label(line);
        }
    });
}

fn picture_ui(ui: &mut Ui, state: &State, file: &MediaFile, pts_nanos: i64) {
    let Some(info) = file.info().filter(|info| 1 < info.video.frames_decoded) else {
        return;
    };
    let (width, height) = (info.video.width.max(1) as f32, info.video.height as f32);
    let scale = (PICTURE_WIDTH / width).min(MOST_HEIGHT / height.max(1.0));
    let size = vec2(width, height) * scale;
    let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
    ui.painter().rect_filled(rect, 2.0, theme::stage());
    if let Some(shown) = state.peek.shown {
        let image = egui::Image::new((shown.texture, size));
        // The picture of another moment is fainter until the right one is there.
        let is_here = shown.pts_nanos.abs_diff(pts_nanos) < file.frame_nanos().unsigned_abs();
        let tint = theme::faded(egui::Color32::WHITE, if is_here { 1.0 } else { 0.5 });
        image.tint(tint).paint_at(ui, rect);
    }
}

/// A line for each method on each person, then what the face is like.
fn lines(file: &MediaFile, at: i64) -> Vec<String> {
    let mut lines = Vec::new();
    for (id, person) in &file.evidence.people {
        for (method, strip) in &person.strips {
            let Some(mark) = strip.mark_at(at, strip.reach_nanos()) else {
                continue;
            };
            let mut line = format!(
                "Person {}, {}  {}  {:.2}",
                id.0,
                words::method_name(method),
                words::objection(mark.score),
                mark.score
            );
            if let Some(bits) = mark.bits_per_dim {
                line += &format!("; {bits:.2} bits per dimension");
            }
            let resembles = file.resembles(*id, method);
            if let Some(like) = resembles.and_then(|it| frame_words(it, mark)) {
                line += &format!("; if forged, like {like}");
            }
            lines.push(line);
        }
        lines.extend(face_line(file, person, at).map(|line| format!("Person {}, {line}", id.0)));
    }
    if let Some(info) = file.info()
        && let Ok(second) = usize::try_from(at / 1_000_000_000)
        && let Some(&bytes) = info.video.second_bytes.get(second)
    {
        let rate = f64::from(bytes) * 8.0 / 1e6;
        lines.push(format!("Stream {rate:.2} Mbit in this second"));
    }
    lines
}

fn face_line(file: &MediaFile, person: &Person, at: i64) -> Option<String> {
    let there = person.box_at(at, file.frame_nanos())?;
    let how = if there.is_detected {
        "found"
    } else {
        "followed"
    };
    let side = there.face.width.min(there.face.height);
    let mut line = format!("face {how}, {side:.0} px");
    if let Some(quality) = person.quality_at(at) {
        line += &format!(", {}", quality_words(&quality).join(", "));
    }
    Some(line)
}
