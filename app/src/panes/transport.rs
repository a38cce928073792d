//! The controls under the clip: where the playhead is, how it moves, what of the picture is seen.

use egui::{Align, Layout, Rect, RichText, Ui, UiBuilder, vec2};

use crate::command::{Action, Command, CommandQueue, PairAction};
use crate::playback::SPEEDS;
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::{Icon, action_button_ui};
use crate::words;

/// Height of the bar, in points.
pub const HEIGHT: f32 = 40.0;
/// Room for the readout, so that the buttons never move.
const READOUT_WIDTH: f32 = 196.0;

pub fn transport_ui(ui: &mut Ui, rect: Rect, state: &State, commands: &mut CommandQueue) {
    ui.painter().rect_filled(rect, 0.0, theme::panel());
    ui.painter()
        .hline(rect.x_range(), rect.top() + 0.5, theme::hairline());
    let inner = rect.shrink2(vec2(12.0, 6.0));
    let builder = UiBuilder::new()
        .max_rect(inner)
        .layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let readout = vec2(READOUT_WIDTH, inner.height());
        ui.allocate_ui_with_layout(readout, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(READOUT_WIDTH);
            readout_ui(ui, state);
        });
        let is_enabled = state.selected_file().is_some();
        ui.add_enabled_ui(is_enabled, |ui| buttons_ui(ui, state, commands));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for (icon, action) in [
                (Icon::Boxes, Action::ToggleBoxes),
                (Icon::Face, Action::ZoomToFace),
                (Icon::Fit, Action::Fit),
            ] {
                action_button_ui(ui, state, icon, action, commands);
            }
            if 1 < state.files.len() {
                let action = Action::Pair(PairAction::Toggle);
                action_button_ui(ui, state, Icon::Mirror, action, commands);
            }
        });
    });
}

/// Time and number of the frame on screen: the frame's own, not the wish's.
fn readout_ui(ui: &mut Ui, state: &State) {
    let (time, number) = match state.shown {
        Some(shown) => (
            words::time(shown.frame.pts_nanos),
            format!("#{}", shown.frame.index),
        ),
        None => ("--:--.---".to_owned(), "#-".to_owned()),
    };
    let time = RichText::new(time).font(theme::medium(theme::TITLE));
    ui.label(time.color(theme::text_strong()))
        .on_hover_text("Time of the frame on screen");
    ui.add_space(2.0 * UNIT);
    let total = state.frames().len();
    let number = RichText::new(number).color(theme::text_quiet());
    ui.label(number).on_hover_text(match total {
        0 => "Number of the frame on screen, from zero".to_owned(),
        _ => format!(
            "Number of the frame on screen, from zero, of {}",
            words::count(total as u64)
        ),
    });
}

fn buttons_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let play = if state.playback.is_playing {
        Icon::Pause
    } else {
        Icon::Play
    };
    for (icon, action) in [
        (Icon::Start, Action::GoToStart),
        (Icon::StepBack, Action::StepBack),
        (play, Action::PlayPause),
        (Icon::StepForward, Action::StepForward),
        (Icon::End, Action::GoToEnd),
        (Icon::Loop, Action::ToggleLoop),
        (Icon::Peak, Action::GoToStrongest),
    ] {
        action_button_ui(ui, state, icon, action, commands);
    }
    ui.add_space(UNIT);
    let speed = speed_text(state.playback.speed);
    let combo = egui::ComboBox::from_id_salt("speed")
        .width(64.0)
        .selected_text(RichText::new(speed).size(theme::SMALL));
    let response = combo.show_ui(ui, |ui| {
        for speed in SPEEDS {
            let is_chosen = state.playback.speed == speed;
            if ui.selectable_label(is_chosen, speed_text(speed)).clicked() {
                commands.push(Command::SetSpeed(speed));
            }
        }
    });
    response
        .response
        .accessible_name("Speed")
        .on_hover_text("Playback speed; keys [ and ] change it");
}

fn speed_text(speed: f64) -> String {
    format!("{speed}×")
}
