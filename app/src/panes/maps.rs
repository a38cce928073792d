//! Maps: what a method sees in the face on screen, beside a calm moment of the same person.

use egui::{DragValue, Rect, RichText, Slider, Ui, UiBuilder, pos2, vec2};
use seam_engine::detectors::{DetectorInfo, MapKind};

use crate::command::{Action, Command, CommandQueue, PictureAction};
use crate::maps::kinds::{is_amplified, lies_over_face};
use crate::maps::view::View;
use crate::maps::wanted::{Absence, wanted};
use crate::maps::{AMPLIFICATIONS, CHANNELS, COSTLIEST_PERCENTS, MapsCommand, Row, Tile, values};
use crate::panes::likelihood::{column_width, likelihood_ui};
use crate::panes::map_gallery::gallery_ui;
use crate::panes::map_sides::sides_ui;
use crate::panes::map_tile::save_menu_ui;
use crate::panes::{map_strip, padded};
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::{Icon, Side, icon_button_ui, note_ui, wipe_ui};
use crate::words;

/// The wipe takes at least this share of the pane's width.
const WIPE_SHARE: f32 = 0.22;

pub fn maps_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    padded(ui, |ui| {
        let info = state.maps.info();
        ui.scope(|ui| {
            ui.spacing_mut().interact_size.y = theme::ROW;
            ui.horizontal_wrapped(|ui| {
                let title = RichText::new("Maps").font(theme::medium(theme::BODY));
                ui.label(title.color(theme::text_strong()));
                if let Some(info) = info {
                    views_ui(ui, state, commands);
                    controls_ui(ui, state, info, commands);
                    save_ui(ui, state, info, commands);
                }
            });
        });
        notice_ui(ui, state, commands);
        let absence = match state.shown {
            Some(shown) => wanted(state, shown.frame).err(),
            None if state.selected.is_some() => Some(Absence::Because("Decoding…".to_owned())),
            None => Some(Absence::Because(
                "Open a clip to see what the methods see".to_owned(),
            )),
        };
        match (absence, &state.maps.error, info) {
            (Some(Absence::NotAnalyzed), ..) => {
                let text = "Maps are drawn on the faces that an analysis finds: press A to analyze the clip";
                note_ui(ui, text, theme::text_faint());
            }
            (Some(Absence::Because(text)), ..) => note_ui(ui, &text, theme::text_faint()),
            (None, _, _) if state.maps.view == View::All => gallery_ui(ui, state, commands),
            (None, Some(error), _) => note_ui(ui, error, theme::error()),
            (None, None, Some(info)) if state.maps.view == View::Sides => {
                sides_ui(ui, state, info, commands);
            }
            (None, None, Some(info)) => pictures_ui(ui, state, info, commands),
            (None, None, None) => {}
        }
    });
}

/// Begins a new line where the next control would run off the pane.
fn room_ui(ui: &mut Ui, width: f32) {
    if ui.available_size_before_wrap().x < width {
        ui.end_row();
    }
}

/// How the pictures are laid out.
fn views_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    room_ui(ui, 196.0);
    let gap = std::mem::replace(&mut ui.spacing_mut().item_spacing.x, 2.0);
    for view in View::ALL {
        let info = Action::Picture(PictureAction::Show(view)).info();
        let keys = info.shortcut.map(|keys| ui.ctx().format_shortcut(&keys));
        let tooltip = format!("{}  ({})", info.tooltip, keys.unwrap_or_default());
        let text = RichText::new(view.name()).size(theme::SMALL);
        let label = ui.selectable_label(state.maps.view == view, text);
        if label.on_hover_text(tooltip).clicked() {
            commands.push(Command::Maps(MapsCommand::Show(view)));
        }
    }
    ui.spacing_mut().item_spacing.x = gap;
}

/// Writes what is on screen, or opens it on the whole window.
fn save_ui(ui: &mut Ui, state: &State, info: &'static DetectorInfo, commands: &mut CommandQueue) {
    room_ui(ui, 140.0);
    let [_, right] = state.maps.pair_of(&state.maps.columns(info));
    ui.menu_button(RichText::new("Save…").size(theme::SMALL), |ui| {
        ui.set_min_width(200.0);
        save_menu_ui(ui, info.name, right, commands);
    });
    let words = Action::Picture(PictureAction::FullScreen).info();
    let button = egui::Button::new(RichText::new("Whole window").size(theme::SMALL));
    let tooltip = format!("{}  (F11, or double click a picture)", words.tooltip);
    if ui.add(button).on_hover_text(tooltip).clicked() {
        commands.act(Action::Picture(PictureAction::FullScreen));
    }
}

/// What became of the last pictures that were saved.
fn notice_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let Some(notice) = &state.maps.notice else {
        return;
    };
    ui.horizontal_wrapped(|ui| {
        let color = if notice.is_error {
            theme::error()
        } else {
            theme::text_quiet()
        };
        let text = notice.text.replace('\n', "  ");
        ui.label(RichText::new(text).size(theme::SMALL).color(color));
        let close = "Forget this message";
        if icon_button_ui(ui, Icon::Close, close, close, false).clicked() {
            commands.push(Command::Maps(MapsCommand::ForgetNotice));
        }
    });
}

/// Which method, how strong, what else.
pub(super) fn controls_ui(
    ui: &mut Ui,
    state: &State,
    info: &'static DetectorInfo,
    commands: &mut CommandQueue,
) {
    let maps = &state.maps;
    ui.spacing_mut().slider_width = 72.0;
    room_ui(ui, 104.0);
    let combo = egui::ComboBox::from_id_salt("map method")
        .width(96.0)
        .selected_text(RichText::new(words::method_name(info.name)).size(theme::SMALL));
    let response = combo.show_ui(ui, |ui| {
        for &name in maps.methods.iter().flatten() {
            let text = words::method_title(name);
            if ui.selectable_label(name == info.name, text).clicked() {
                commands.push(Command::Maps(MapsCommand::ChooseMethod(name)));
            }
        }
    });
    let tooltip = format!("{}\nLooks at {}", info.title, info.looks_at);
    (response.response.accessible_name("Maps of")).on_hover_text(tooltip);
    if info
        .maps
        .iter()
        .any(|kind| matches!(kind, MapKind::GradCamPart(_)))
    {
        part_ui(ui, state, info, commands);
    }
    if info.draws(MapKind::DeepfakeAttentionChannel(0)) {
        channel_ui(ui, state, commands);
    }
    if info.maps.iter().copied().any(is_amplified) {
        let mut times = maps.amplification;
        let slider = Slider::new(&mut times, AMPLIFICATIONS)
            .logarithmic(true)
            .custom_formatter(|times, _| values::times_words(times as f32));
        room_ui(ui, 196.0);
        name_ui(ui, "Differences");
        let slider = ui.add(slider).accessible_name("Amplification");
        if slider.changed() {
            commands.push(Command::Maps(MapsCommand::Amplify(times)));
        }
        slider.on_hover_text(
            "How strong differences are drawn, on both frames alike\nValues under the pointer stay as they are",
        );
    }
    if maps.is_on_clip || info.maps.iter().copied().any(lies_over_face) {
        let mut percent = 100.0 * maps.opacity;
        let slider = Slider::new(&mut percent, 0.0..=100.0)
            .custom_formatter(|percent, _| format!("{percent:.0} %"));
        room_ui(ui, 176.0);
        name_ui(ui, "Opacity");
        let slider = ui.add(slider).accessible_name("Opacity of maps");
        if slider.changed() {
            commands.push(Command::Maps(MapsCommand::SetOpacity(percent / 100.0)));
        }
        slider.on_hover_text("How thick maps lie over the face");
    }
    if info.maps.contains(&MapKind::PristineResidual) {
        toggle_ui(ui, state, Action::ToggleResiduals, commands);
    }
    if info.draws(MapKind::LogLikelihoodChannel(0)) {
        toggle_ui(ui, state, Action::ToggleColors, commands);
    }
    if info.draws(MapKind::LogLikelihood) {
        costliest_ui(ui, state, commands);
    }
    toggle_ui(ui, state, Action::ToggleMapOnClip, commands);
}

/// An action as a button that stays pressed.
fn toggle_ui(ui: &mut Ui, state: &State, action: Action, commands: &mut CommandQueue) {
    let words = action.info();
    let text = RichText::new(words.text).size(theme::SMALL);
    let keys = words.shortcut.map(|keys| ui.ctx().format_shortcut(&keys));
    let tooltip = format!("{}  ({})", words.tooltip, keys.unwrap_or_default());
    room_ui(ui, 112.0);
    let toggle = egui::Button::selectable(state.is_on(action), text).frame_when_inactive(true);
    let toggle = ui.add(toggle);
    if toggle.on_hover_text(tooltip).clicked() {
        commands.act(action);
    }
}

/// Whether the least likely pixels are marked, and how many of the face's are.
fn costliest_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    room_ui(ui, 230.0);
    toggle_ui(ui, state, Action::ToggleCostliest, commands);
    let mut percent = state.maps.costliest_percent;
    let slider = Slider::new(&mut percent, COSTLIEST_PERCENTS)
        .logarithmic(true)
        .custom_formatter(|percent, _| format!("{percent:.1} %"));
    let slider = ui
        .add_enabled(state.maps.marks_costliest, slider)
        .accessible_name("Share of costliest pixels");
    if slider.changed() {
        commands.push(Command::Maps(MapsCommand::MarkCostliest(percent)));
    }
    slider.on_hover_text(
        "How many of the face's pixels are marked: those with the lowest log-likelihood",
    );
}

fn name_ui(ui: &mut Ui, name: &str) {
    ui.label(
        RichText::new(name)
            .size(theme::SMALL)
            .color(theme::text_faint()),
    );
}

/// Which of the method's parts is drawn beside the final score.
fn part_ui(ui: &mut Ui, state: &State, info: &'static DetectorInfo, commands: &mut CommandQueue) {
    room_ui(ui, 96.0);
    let parts = info.parts.iter().zip(0u8..);
    let entries =
        std::iter::once(("no part", None)).chain(parts.map(|(name, at)| (*name, Some(at))));
    let chosen = entries.clone().find(|(_, part)| *part == state.maps.part);
    let combo = egui::ComboBox::from_id_salt("map part")
        .width(88.0)
        .selected_text(RichText::new(chosen.map_or("", |(name, _)| name)).size(theme::SMALL));
    let response = combo.show_ui(ui, |ui| {
        for (name, part) in entries {
            if ui.selectable_label(part == state.maps.part, name).clicked() {
                commands.push(Command::Maps(MapsCommand::ChoosePart(part)));
            }
        }
    });
    (response.response.accessible_name("Part"))
        .on_hover_text("Draw one of the method's parts beside its final score");
}

/// Which channel of attention is drawn beside the means: off, or its rank from 1.
fn channel_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let mut rank = state.maps.channel.map_or(0, |rank| rank + 1);
    let number = DragValue::new(&mut rank)
        .range(0..=CHANNELS)
        .speed(0.08)
        .custom_formatter(|rank, _| match rank {
            ..1.0 => "off".to_owned(),
            _ => format!("{rank:.0}"),
        })
        .custom_parser(|text| match text.trim() {
            "off" => Some(0.0),
            text => text.parse().ok(),
        });
    room_ui(ui, 96.0);
    name_ui(ui, "Channel");
    ui.spacing_mut().interact_size.x = 36.0;
    let number = ui.add(number).accessible_name("Channel by rank");
    if number.changed() {
        let command = MapsCommand::ChooseChannel(rank.checked_sub(1));
        commands.push(Command::Maps(command));
    }
    number.on_hover_text(
        "Draw one channel of each attention beside its mean: drag, or click and type\n1 is the channel with the highest mean on the face, 0 draws none; beyond the last one, the last is drawn",
    );
}

/// The strip of both frames, and two of its pictures in large.
pub(super) fn pictures_ui(
    ui: &mut Ui,
    state: &State,
    info: &'static DetectorInfo,
    commands: &mut CommandQueue,
) {
    let whole = ui.available_rect_before_wrap();
    let column = if info.draws(MapKind::LogLikelihood) {
        column_width(whole.width()) + 4.0 * UNIT
    } else {
        0.0
    };
    let rect = whole.with_max_x(whole.right() - column);
    let maps = &state.maps;
    let columns = maps.columns(info);
    let pair = maps.pair_of(&columns);
    let left_over =
        rect.width() - map_strip::wished_width(columns.len(), rect.height()) - 4.0 * UNIT;
    let side = left_over
        .max(WIPE_SHARE * rect.width())
        .min(rect.height() - UNIT)
        .max(64.0);
    let strip = rect.with_max_x(rect.right() - side - 4.0 * UNIT);
    let used = ui.scope_builder(UiBuilder::new().max_rect(strip), |ui| {
        map_strip::strip_ui(ui, state, info, &columns, pair, commands)
    });
    let mut left = used.inner + 4.0 * UNIT;
    if 0.0 < column {
        let width = column - 4.0 * UNIT;
        let beside =
            Rect::from_min_max(pos2(left, whole.top()), pos2(left + width, whole.bottom()));
        ui.scope_builder(UiBuilder::new().max_rect(beside), |ui| {
            likelihood_ui(ui, state, commands);
        });
        left += column;
    }
    let left = left.min(whole.right() - side);
    let wipe = Rect::from_min_size(pos2(left, rect.top()), vec2(side, side));
    let side = |tile: Tile, letter| Side {
        layers: maps
            .drawn(tile.row)
            .map(|drawn| drawn.layers(tile.picture, maps.opacity))
            .unwrap_or_default(),
        marks: maps
            .drawn(tile.row)
            .map_or(&[][..], |drawn| drawn.marks(tile.picture)),
        name: tile_name(info, tile, letter),
    };
    let sides = [side(pair[0], 'A'), side(pair[1], 'B')];
    if let Some(to) = wipe_ui(ui, wipe, &sides, maps.wipe) {
        commands.push(Command::Maps(MapsCommand::MoveWipe(to)));
    }
}

fn tile_name(info: &DetectorInfo, tile: Tile, letter: char) -> String {
    let caption = values::caption(info, tile.picture);
    match tile.row {
        Row::Frame => format!("{letter}  {caption}"),
        Row::Control => format!("{letter}  {caption}, calmest"),
    }
}
