//! One face in the list: its picture, where it is from, why it is asked for, what became of it.

use egui::{Align2, Color32, Rect, Sense, Ui, WidgetInfo, pos2, vec2};
use seam_engine::data::annotations::{Order, TaskState};

use crate::command::{Command, CommandQueue};
use crate::queue::{Item, QueueCommand};
use crate::state::State;
use crate::theme;
use crate::widgets::WHOLE;
use crate::words;

/// Height of a row, in points.
pub const HEIGHT: f32 = 52.0;
const PICTURE: f32 = 44.0;

pub fn row_ui(ui: &Ui, rect: Rect, state: &State, item: &Item, commands: &mut CommandQueue) {
    let task = &item.task;
    let response = ui.interact(rect, ui.scope_id().with(task.id.0), Sense::click());
    let is_current = state.queue.current == Some(task.id);
    let name = format!("Face {}", task.id.0);
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, is_current, &name));
    let painter = ui.painter_at(rect);
    let fill = match (is_current, response.hovered()) {
        (true, _) => theme::accent_fill(),
        (false, true) => theme::raised(),
        (false, false) => Color32::TRANSPARENT,
    };
    painter.rect_filled(rect, theme::RADIUS, fill);
    let picture = Rect::from_min_size(rect.min + vec2(4.0, 4.0), vec2(PICTURE, PICTURE));
    match state.queue.thumbs.get(&task.id) {
        Some(texture) => {
            painter.image(*texture, picture, WHOLE, Color32::WHITE);
        }
        None => {
            painter.rect_filled(picture, 2.0, theme::raised());
        }
    }
    let left = picture.right() + 8.0;
    let (word, color) = state_word(item);
    let chip = painter.layout_no_wrap(word.to_owned(), theme::regular(theme::SMALL), color);
    let chip_at = pos2(rect.right() - chip.size().x - 6.0, rect.top() + 5.0);
    let text_width = chip_at.x - left - 6.0;
    painter.galley(chip_at, chip, color);
    let line = |y: f32, text: String, size: f32, color: Color32, width: f32| {
        let mut job = egui::text::LayoutJob::simple_singleline(text, theme::regular(size), color);
        job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(20.0));
        painter.galley(pos2(left, rect.top() + y), painter.layout_job(job), color);
    };
    let clip = task.item.rsplit(['/', '\\']).next().unwrap_or_default();
    line(
        4.0,
        clip.to_owned(),
        theme::SMALL,
        theme::text(),
        text_width,
    );
    let whole = rect.right() - left - 6.0;
    let at = format!(
        "{}  #{}",
        words::time(task.frame.pts_nanos),
        task.frame.index
    );
    line(19.0, at, theme::SMALL, theme::text_faint(), whole);
    line(
        34.0,
        task.why.text.clone(),
        theme::SMALL,
        theme::text_quiet(),
        whole,
    );
    if item.progress.is_assisted {
        let corner = picture.left_bottom() + vec2(2.0, -2.0);
        let font = theme::regular(theme::SMALL);
        painter.text(corner, Align2::LEFT_BOTTOM, "a", font, theme::text_strong());
    }
    if response.on_hover_text(why(item)).clicked() {
        commands.push(Command::Queue(QueueCommand::Choose(task.id)));
    }
}

/// Everything about why this face is here.
pub fn why(item: &Item) -> String {
    let why = &item.task.why;
    let order = match why.order {
        Order::Active => "Chosen because channels that tell manipulated faces fire on it",
        Order::Uncertainty => "Chosen because the model is undecided",
        Order::Random => "Chosen by chance",
        Order::Asked => "Chosen by a person",
    };
    let mut text = format!("{}\n{order}", why.text);
    for chosen in &why.channels {
        text.push_str(&format!(
            "\nChannel {}: {:.1} deviations above its mean, weight {:.2}",
            chosen.channel, chosen.deviations, chosen.weight
        ));
    }
    if item.progress.is_assisted {
        text.push_str("\nThe mask began as something that a person did not mark");
    }
    if !item.progress.comment.is_empty() {
        text.push_str(&format!("\n\n{}", item.progress.comment));
    }
    text
}

fn state_word(item: &Item) -> (&'static str, Color32) {
    match item.progress.state {
        TaskState::Open => ("open", theme::text_faint()),
        TaskState::Begun => ("begun", theme::text()),
        TaskState::Done => ("done", theme::accent()),
        TaskState::CannotTell => ("cannot tell", theme::text_quiet()),
        TaskState::Skipped => ("skipped", theme::text_faint()),
    }
}
