//! The lines above two clips in step: which they are, at which times, and how they are laid out.

use egui::{Align, DragValue, Label, Layout, Rect, RichText, Slider, Ui, UiBuilder, vec2};

use crate::command::{Action, Command, CommandQueue, PairAction};
use crate::pair::{AMPLIFICATIONS, Mode, Pair, PairCommand, Reach};
use crate::state::{MediaFile, Shown, State};
use crate::theme::{self, UNIT};
use crate::widgets::{Icon, icon_button_ui, scale_legend};
use crate::words;

/// Height of all lines, in points.
pub const HEIGHT: f32 = 58.0;
/// Rates are told apart from this share on.
const RATE_TOLERANCE: f64 = 1e-3;

pub fn pair_bar_ui(
    ui: &mut Ui,
    rect: Rect,
    state: &State,
    files: [&MediaFile; 2],
    pair: &Pair,
    commands: &mut CommandQueue,
) {
    ui.painter().rect_filled(rect, 0.0, theme::panel());
    ui.painter()
        .hline(rect.x_range(), rect.bottom() - 0.5, theme::hairline());
    let inner = rect.shrink2(vec2(12.0, 4.0));
    let names = inner.with_max_y(inner.center().y);
    let half = 0.5 * names.width() - UNIT;
    let halves = [
        names.with_max_x(names.left() + half),
        names.with_min_x(names.right() - half),
    ];
    let shown = [state.shown, pair.shown];
    for (side, rect) in halves.into_iter().enumerate() {
        let builder = UiBuilder::new()
            .max_rect(rect)
            .id_salt(side)
            .layout(Layout::left_to_right(Align::Center));
        ui.scope_builder(builder, |ui| {
            name_ui(ui, state, side, files, shown[side], commands);
        });
    }
    let controls = inner.with_min_y(inner.center().y);
    let builder = UiBuilder::new()
        .max_rect(controls)
        .layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        controls_ui(ui, pair, commands);
        facts_ui(ui, state, files, pair);
    });
}

/// Letter, name, and exact time and number of the frame on screen.
fn name_ui(
    ui: &mut Ui,
    state: &State,
    side: usize,
    files: [&MediaFile; 2],
    shown: Option<Shown>,
    commands: &mut CommandQueue,
) {
    let letter = ["A", "B"][side];
    ui.label(
        RichText::new(letter)
            .font(theme::medium(theme::BODY))
            .color(theme::text_strong()),
    );
    let when = shown.map_or("Decoding…".to_owned(), |shown| {
        format!(
            "{}  #{}",
            words::time(shown.frame.pts_nanos),
            shown.frame.index
        )
    });
    let when = RichText::new(when).color(theme::text());
    let tooltip = format!("Time and number of the frame of {letter} on screen");
    ui.label(when).on_hover_text(tooltip);
    let name = &files[side].name;
    if side == 0 {
        let text = RichText::new(name)
            .size(theme::SMALL)
            .color(theme::text_quiet());
        ui.add(Label::new(text).truncate());
        return;
    }
    let room = (ui.available_width() - 34.0).max(60.0);
    let combo = egui::ComboBox::from_id_salt("second clip")
        .width(room.min(220.0))
        .truncate()
        .selected_text(RichText::new(name).size(theme::SMALL));
    let response = combo.show_ui(ui, |ui| {
        for file in state.files.iter().filter(|file| file.id != files[0].id) {
            let is_chosen = file.id == files[1].id;
            if ui.selectable_label(is_chosen, &file.name).clicked() {
                commands.push(Command::Pair(PairCommand::With(file.id)));
            }
        }
    });
    response
        .response
        .accessible_name("Compared clip")
        .on_hover_text("Which clip follows the first one");
    let close = "End the comparison";
    if icon_button_ui(ui, Icon::Close, close, "End the comparison  (V)", false).clicked() {
        commands.push(Command::Pair(PairCommand::Close));
    }
}

fn controls_ui(ui: &mut Ui, pair: &Pair, commands: &mut CommandQueue) {
    ui.spacing_mut().item_spacing.x = 2.0;
    for mode in Mode::ALL {
        let text = RichText::new(mode.name()).size(theme::SMALL);
        if ui.selectable_label(pair.mode == mode, text).clicked() {
            commands.push(Command::Pair(PairCommand::SetMode(mode)));
        }
    }
    ui.add_space(2.0 * UNIT);
    ui.label(
        RichText::new("Offset of B")
            .size(theme::SMALL)
            .color(theme::text_faint()),
    );
    nudge_ui(ui, Icon::StepBack, PairAction::FrameEarlier, commands);
    let mut millis = pair.offset_nanos as f64 / 1e6;
    let number = DragValue::new(&mut millis)
        .speed(1.0)
        .fixed_decimals(1)
        .suffix(" ms");
    let number = ui.add(number).accessible_name("Offset of the second clip");
    if number.changed() {
        let nanos = (millis * 1e6).round() as i64;
        commands.push(Command::Pair(PairCommand::SetOffset(nanos)));
    }
    number.on_hover_text(
        "How much later in B the frame is that stands beside that of A\nDrag, click and type, or use the keys , and . for single frames",
    );
    nudge_ui(ui, Icon::StepForward, PairAction::FrameLater, commands);
    ui.add_space(UNIT);
}

fn nudge_ui(ui: &mut Ui, icon: Icon, action: PairAction, commands: &mut CommandQueue) {
    let info = action.info();
    let keys = info.shortcut.map(|keys| ui.ctx().format_shortcut(&keys));
    let tooltip = format!("{}  ({})", info.tooltip, keys.unwrap_or_default());
    if icon_button_ui(ui, icon, info.text, &tooltip, false).clicked() {
        commands.act(Action::Pair(action));
    }
}

/// The difference's scale, or what one must know of the two clips.
fn facts_ui(ui: &mut Ui, state: &State, files: [&MediaFile; 2], pair: &Pair) {
    let told = facts(state, files, pair);
    let color = if told.is_empty() {
        theme::text_quiet()
    } else {
        theme::text()
    };
    let text = match (&pair.error, pair.mode, &pair.difference) {
        (Some(error), ..) => error.clone(),
        (None, Mode::Difference, Some(difference)) if told.is_empty() => format!(
            "mean {:.2}, largest {:.0} levels of 255",
            difference.mean, difference.largest
        ),
        _ => told.join("   "),
    };
    let color = if pair.error.is_some() {
        theme::error()
    } else {
        color
    };
    let text = RichText::new(text).size(theme::SMALL).color(color);
    ui.add(Label::new(text).truncate());
}

/// Sentences on where the clips differ in form, and on where the second one ends.
pub fn facts(state: &State, files: [&MediaFile; 2], pair: &Pair) -> Vec<String> {
    let mut facts = Vec::new();
    if let (Some(a), Some(b)) = (state.shown, pair.shown)
        && (a.width, a.height) != (b.width, b.height)
    {
        let cannot = match pair.mode {
            Mode::Difference => ", so there is no difference to show",
            Mode::Sides | Mode::Wipe => "",
        };
        facts.push(format!(
            "Sizes differ: {} × {} and {} × {}{cannot}",
            a.width, a.height, b.width, b.height
        ));
    }
    let rates = files.map(|file| {
        let info = file.info()?;
        let rate = info.video.fps_mean;
        (!info.video.is_still && 0.0 < rate).then_some(rate)
    });
    if let [Some(a), Some(b)] = rates
        && RATE_TOLERANCE < (a / b - 1.0).abs()
    {
        facts.push(format!("Rates differ: {a:.2} and {b:.2} frames a second"));
    }
    let first = state
        .shown
        .map_or(state.playback.position_nanos, |shown| shown.frame.pts_nanos);
    match pair.wish(first, files[1].frames()).1 {
        Reach::Before => facts.push("B has not begun at this time".to_owned()),
        Reach::After => facts.push("B has ended at this time".to_owned()),
        Reach::Inside => {}
    }
    facts
}

/// How strong the difference is drawn, with its scale.
pub fn amplification_ui(ui: &mut Ui, rect: Rect, pair: &Pair, commands: &mut CommandQueue) {
    let builder = UiBuilder::new()
        .max_rect(rect)
        .layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        let (legend, response) = ui.allocate_exact_size(vec2(150.0, 18.0), egui::Sense::hover());
        let high = 255.0 / pair.amplification;
        let words = ["0".to_owned(), format!("{high:.0}")];
        scale_legend(&ui.painter_at(legend), legend, &words, None, theme::heat);
        response.on_hover_text(
            "Absolute difference of both frames, the mean over red, green and blue, in levels of 255\nThe scale is fixed: the same difference has the same color on every frame",
        );
        ui.spacing_mut().slider_width = 72.0;
        let mut times = pair.amplification;
        let slider = Slider::new(&mut times, AMPLIFICATIONS)
            .logarithmic(true)
            .custom_formatter(|times, _| format!("×{times:.0}"));
        let slider = ui.add(slider).accessible_name("Amplification of the difference");
        if slider.changed() {
            commands.push(Command::Pair(PairCommand::Amplify(times)));
        }
    });
}
