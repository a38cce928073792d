//! The queue: faces to mark, why each is asked for, and what became of it.

mod empty;
mod row;

use egui::text::LayoutJob;
use egui::{Align, Layout, RichText, ScrollArea, TextEdit, Ui, vec2};
use seam_engine::data::annotations::TaskState;

use crate::command::{Action, Command, CommandQueue, QueueAction};
use crate::panes::padded;
use crate::queue::{Filter, FolderState, Item, OpenFolder, QueueCommand};
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::{bar_ui, header_ui, note_ui};
use crate::words;

/// Of the lines that say why the current face is asked for.
const WHY_ROWS: usize = 3;
const WHY_HEIGHT: f32 = 44.0;
/// Below the list, in points.
const FOOTER_HEIGHT: f32 = 140.0;

pub fn queue_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    padded(ui, |ui| match &state.queue.folder {
        FolderState::Open(open) if state.queue.draft.is_none() => {
            header_ui(ui, "Queue", |ui| {
                let name = RichText::new(&open.name).size(theme::SMALL);
                ui.add(egui::Label::new(name.color(theme::text_faint())).truncate())
                    .on_hover_text(open.folder.dir().display().to_string());
            });
            budget_ui(ui, open);
            filter_ui(ui, state, open, commands);
            let room = ui.available_height() - footer_height(state);
            list_ui(ui, state, room.max(80.0), commands);
            if let Some(item) = state.queue.current() {
                footer_ui(ui, state, item, commands);
            }
        }
        FolderState::Opening => {
            header_ui(ui, "Queue", |_| {});
            note_ui(ui, "Opening the annotations…", theme::text_quiet());
        }
        FolderState::Closed | FolderState::Failed(_) | FolderState::Open(_) => {
            empty::empty_ui(ui, state, commands);
        }
    });
}

/// How many masks there are, and how many are asked for.
fn budget_ui(ui: &mut Ui, open: &OpenFolder) {
    let (done, total) = (open.num_done(), open.items.len());
    ui.horizontal(|ui| {
        let text = format!(
            "{} of {}",
            words::count(done as u64),
            words::count(total as u64)
        );
        ui.label(
            RichText::new(text)
                .font(theme::medium(theme::TITLE))
                .color(theme::text_strong()),
        );
        let left = open.count(|state| matches!(state, TaskState::Skipped | TaskState::CannotTell));
        let note = match left {
            0 => "masks done".to_owned(),
            _ => format!("masks done, {left} left out"),
        };
        ui.label(
            RichText::new(note)
                .size(theme::SMALL)
                .color(theme::text_faint()),
        );
    });
    let share = done as f32 / total.max(1) as f32;
    bar_ui(ui, ui.available_width(), share, None, theme::accent())
        .on_hover_text("Masks that are done, of all faces in this queue");
    ui.add_space(UNIT);
}

fn filter_ui(ui: &mut Ui, state: &State, open: &OpenFolder, commands: &mut CommandQueue) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for filter in Filter::ALL {
            let num = open.count(|state| filter.lets_through(state));
            let is_chosen = state.queue.filter == filter;
            let text = RichText::new(format!("{} {num}", filter.name())).size(theme::SMALL);
            if ui.selectable_label(is_chosen, text).clicked() {
                commands.push(Command::Queue(QueueCommand::SetFilter(filter)));
            }
        }
    });
    ui.add_space(UNIT);
}

fn list_ui(ui: &mut Ui, state: &State, height: f32, commands: &mut CommandQueue) {
    let shown = state.queue.shown();
    let row_height = row::HEIGHT + ui.spacing().item_spacing.y;
    let area = ScrollArea::vertical()
        .auto_shrink(false)
        .max_height(height)
        .id_salt("faces");
    let mut seen = 0..0;
    area.show_viewport(ui, |ui, viewport| {
        ui.set_height(row_height * shown.len() as f32);
        let first = (viewport.top() / row_height).floor().max(0.0) as usize;
        let last = (viewport.bottom() / row_height).ceil().max(0.0) as usize;
        seen = first.min(shown.len())..last.min(shown.len());
        let top = ui.max_rect().top();
        for at in seen.clone() {
            let y = top + at as f32 * row_height;
            let rect = egui::Rect::from_min_size(
                egui::pos2(ui.max_rect().left(), y),
                vec2(ui.available_width(), row::HEIGHT),
            );
            row::row_ui(ui, rect, state, shown[at], commands);
        }
        follow(ui, state, &shown, top, row_height);
    });
    if shown.is_empty() {
        note_ui(ui, "No face is like that", theme::text_faint());
    }
    if state.queue.visible != seen {
        commands.push(Command::Queue(QueueCommand::Saw(seen)));
    }
}

/// Scrolls to the current face when it changes.
fn follow(ui: &Ui, state: &State, shown: &[&Item], top: f32, row_height: f32) {
    let id = ui.scope_id().with("followed");
    let before = ui.data(|data| data.get_temp(id));
    let now = state.queue.current;
    if before == Some(now) {
        return;
    }
    ui.data_mut(|data| data.insert_temp(id, now));
    if let Some(at) = shown.iter().position(|item| Some(item.task.id) == now) {
        let y = top + at as f32 * row_height;
        let rect =
            egui::Rect::from_min_size(egui::pos2(ui.max_rect().left(), y), vec2(1.0, row_height));
        ui.scroll_to_rect(rect, None);
    }
}

fn footer_height(state: &State) -> f32 {
    if state.queue.current.is_some() {
        FOOTER_HEIGHT
    } else {
        0.0
    }
}

/// The current face: why it is asked for, a comment, and what becomes of it.
fn footer_ui(ui: &mut Ui, state: &State, item: &Item, commands: &mut CommandQueue) {
    ui.separator();
    let (font, color) = (theme::regular(theme::SMALL), theme::text_quiet());
    let text = item.task.why.text.clone();
    let mut why = LayoutJob::simple(text, font, color, ui.available_width());
    why.wrap.max_rows = WHY_ROWS;
    let size = vec2(ui.available_width(), WHY_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
        ui.set_min_size(size);
        ui.label(why).on_hover_text(row::why(item));
    });
    let mut comment = item.progress.comment.clone();
    let edit = TextEdit::singleline(&mut comment)
        .hint_text("Comment")
        .desired_width(f32::INFINITY)
        .font(theme::regular(theme::SMALL));
    let edit = ui.add(edit).accessible_name("Comment");
    if state.queue.wants_comment {
        edit.request_focus();
        commands.push(Command::Queue(QueueCommand::CommentHasFocus));
    }
    if comment != item.progress.comment {
        commands.push(Command::Queue(QueueCommand::SetComment(comment)));
    }
    ui.add_space(UNIT);
    let size = vec2(ui.available_width(), theme::ROW);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = UNIT;
        for action in [
            QueueAction::Done,
            QueueAction::Skip,
            QueueAction::CannotTell,
        ] {
            let action = Action::Queue(action);
            let info = action.info();
            let keys = info.shortcut.map(|keys| ui.ctx().format_shortcut(&keys));
            let button = egui::Button::new(RichText::new(info.text).size(theme::SMALL));
            let tooltip = format!("{} ({})", info.tooltip, keys.unwrap_or_default());
            if ui.add(button).on_hover_text(tooltip).clicked() {
                commands.act(action);
            }
        }
    });
}
