//! What a training sees: the same few held-out faces, step by step, with the method's own maps.

mod scrubber;
mod tile;

use egui::{Align, ComboBox, Layout, Rect, RichText, ScrollArea, Ui, UiBuilder, pos2, vec2};
use seam_engine::detectors::{DetectorInfo, Map};
use seam_engine::methods;
use seam_engine::train::watch::WatchedFace;

use crate::command::{Command, CommandQueue};
use crate::maps::kinds::{is_likelihood, place};
use crate::maps::{Picture, values};
use crate::panes::padded;
use crate::state::State;
use crate::theme::{self, LikelihoodColors, UNIT};
use crate::training::TrainCommand;
use crate::training::film::{Beside, DrawnStep};
use crate::training::run::{RunEntry, Status};
use crate::widgets::{explained, header_ui, note_ui, scale_legend};
use crate::words;

/// Room for what is said of a face, on the left, in points.
const NAMES: f32 = 86.0;
/// Height of the captions with their scales.
const CAPTIONS: f32 = 30.0;
/// The smallest and the largest side of a picture.
const SIDES: [f32; 2] = [56.0, 190.0];
/// Of the line of values below a row.
const VALUE: f32 = 14.0;
/// Height of the scrubber.
const SCRUBBER: f32 = 34.0;

pub fn sees_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    padded(ui, |ui| {
        let training = &state.training;
        let run = training.shown();
        header_ui(ui, "What it sees", |ui| {
            if let Some(run) = run.filter(|run| !run.watched.is_empty()) {
                beside_ui(ui, state, run, commands);
            }
        });
        let Some(run) = run else {
            let text =
                "Four faces that a training does not learn from, and how it comes to see them";
            note_ui(ui, text, theme::text_faint());
            return;
        };
        if run.watched.is_empty() {
            let text = match run.status {
                Status::Preparing | Status::Training | Status::Paused => {
                    "Four held-out faces are looked at after each validation; the first is on its way"
                }
                _ => "This run kept no pictures of what it saw",
            };
            note_ui(ui, text, theme::text_faint());
            return;
        }
        let whole = ui.available_rect_before_wrap();
        let faces = whole.with_max_y(whole.bottom() - SCRUBBER);
        match (&training.film.drawn[0], &training.film.error) {
            (_, Some(error)) => note_ui(ui, error, theme::error()),
            (Some(drawn), None) => {
                ui.scope_builder(UiBuilder::new().max_rect(faces), |ui| {
                    faces_ui(ui, state, run, drawn, commands);
                });
            }
            (None, None) => note_ui(ui, "Reading the pictures…", theme::text_faint()),
        }
        let below = whole.with_min_y(faces.bottom());
        ui.scope_builder(UiBuilder::new().max_rect(below), |ui| {
            scrubber::scrubber_ui(ui, state, run, commands);
        });
    });
}

/// What lies right of the wipe: nothing, another step, another run.
fn beside_ui(ui: &mut Ui, state: &State, run: &RunEntry, commands: &mut CommandQueue) {
    let film = &state.training.film;
    let now = film.step_of(run);
    let first = run.watched.first().copied();
    let mut choices = vec![("Compare with nothing".to_owned(), Beside::Nothing)];
    choices.extend(first.map(|step| (step_words("the first step", step), Beside::Step(step))));
    choices.extend(now.map(|step| (step_words("this step, held", step), Beside::Step(step))));
    let best = run.history.best().map(|best| best.step);
    choices.extend(best.map(|step| (step_words("the best step", step), Beside::Step(step))));
    let others = state.training.drawn().into_iter().skip(1);
    choices.extend(others.map(|other| (other.name.clone(), Beside::Run(other.dir.clone()))));
    let shown = match &film.beside {
        Beside::Nothing => "Compare…".to_owned(),
        Beside::Step(step) => format!("with step {}", words::count(*step)),
        Beside::Run(dir) => match state.training.run(dir) {
            Some(other) => format!("with {}", other.name),
            None => "Compare…".to_owned(),
        },
    };
    let combo = ComboBox::from_id_salt("beside")
        .width(132.0)
        .selected_text(RichText::new(shown).size(theme::SMALL));
    let combo = combo.show_ui(ui, |ui| {
        for (text, beside) in choices {
            if ui.selectable_label(film.beside == beside, text).clicked() {
                commands.push(Command::Train(TrainCommand::Beside(beside)));
            }
        }
        if state.training.marked.is_empty() {
            note_ui(
                ui,
                "Mark another run in the list to compare with it",
                theme::text_faint(),
            );
        }
    });
    (combo.response.accessible_name("Compare what it sees"))
        .on_hover_text("Wipe between two steps, or between two runs at the same step");
}

fn step_words(name: &str, step: u64) -> String {
    format!("{name} ({})", words::count(step))
}

/// One column: the face, or one of the method's maps by its place among the step's.
#[derive(Clone, Copy)]
enum Column {
    Face,
    Map(usize),
}

/// Captions over the columns, then a row a face.
fn faces_ui(
    ui: &mut Ui,
    state: &State,
    run: &RunEntry,
    drawn: &DrawnStep,
    commands: &mut CommandQueue,
) {
    let Some(first) = drawn.watched.faces.first() else {
        note_ui(
            ui,
            "There was no held-out face to look at",
            theme::text_faint(),
        );
        return;
    };
    let info = run
        .method()
        .and_then(methods::find)
        .map(|method| method.detector);
    let mut maps: Vec<usize> = (0..first.maps.len()).collect();
    maps.sort_by_key(|&at| place(first.maps[at].kind));
    let columns: Vec<Column> = std::iter::once(Column::Face)
        .chain(maps.into_iter().map(Column::Map))
        .collect();
    let room = ui.available_width() - NAMES;
    let by_width = room / columns.len() as f32 - UNIT;
    let rows = drawn.watched.faces.len() as f32;
    let by_height = (ui.available_height() - CAPTIONS) / rows - VALUE - UNIT;
    let side = by_width.min(by_height).clamp(SIDES[0], SIDES[1]);
    ScrollArea::both()
        .auto_shrink(false)
        .id_salt("watched faces")
        .show(ui, |ui| {
            let row = side + VALUE + UNIT;
            let size = vec2(
                NAMES + columns.len() as f32 * (side + UNIT),
                CAPTIONS + rows * row,
            );
            let (whole, _) = ui.allocate_exact_size(size, egui::Sense::hover());
            for (at, column) in columns.iter().enumerate() {
                let left = whole.left() + NAMES + at as f32 * (side + UNIT);
                let caption = Rect::from_min_size(pos2(left, whole.top()), vec2(side, CAPTIONS));
                let map = match column {
                    Column::Face => None,
                    Column::Map(at) => first.maps.get(*at),
                };
                caption_ui(ui, info, map, caption, state.settings.likelihood_colors);
            }
            for (at, face) in drawn.watched.faces.iter().enumerate() {
                let top = whole.top() + CAPTIONS + at as f32 * row;
                let name = Rect::from_min_size(pos2(whole.left(), top), vec2(NAMES - UNIT, side));
                ui.scope_builder(UiBuilder::new().max_rect(name), |ui| name_ui(ui, at, face));
                for (place, column) in columns.iter().enumerate() {
                    let left = whole.left() + NAMES + place as f32 * (side + UNIT);
                    let rect = Rect::from_min_size(pos2(left, top), vec2(side, side));
                    let other = state.training.film.drawn[1].as_ref();
                    let tile = tile::Tile {
                        face: at,
                        map: column.map(),
                    };
                    tile::tile_ui(
                        ui,
                        rect,
                        tile,
                        drawn,
                        other,
                        state.training.film.wipe,
                        commands,
                    );
                }
            }
        });
}

impl Column {
    /// The place of the map among the step's; `None` for the face.
    fn map(self) -> Option<usize> {
        match self {
            Self::Face => None,
            Self::Map(at) => Some(at),
        }
    }
}

/// What a column shows, and its scale in numbers: the same for all faces, steps and drawn runs.
fn caption_ui(
    ui: &mut Ui,
    info: Option<&'static DetectorInfo>,
    map: Option<&Map>,
    rect: Rect,
    colors: LikelihoodColors,
) {
    let picture = map.map_or(Picture::Face, |map| Picture::Map(map.kind));
    let caption = match info {
        Some(info) => values::caption(info, picture),
        None => "Map".into(),
    };
    let line = rect.with_max_y(rect.top() + 15.0);
    ui.scope_builder(UiBuilder::new().max_rect(line), |ui| {
        let text = RichText::new(caption)
            .size(theme::SMALL)
            .color(theme::text());
        ui.add(egui::Label::new(text).truncate())
            .on_hover_text(values::about(picture));
    });
    let Some(map) = map else {
        return;
    };
    if let Some(ends) = values::scale_ends(map, 1.0) {
        let legend =
            Rect::from_min_max(pos2(rect.left(), line.bottom()), rect.max).shrink2(vec2(0.0, 2.0));
        let words = values::scale_words(map.kind, ends);
        let painter = ui.painter_at(legend);
        if is_likelihood(map.kind) {
            let color = |share: f32| theme::likelihood(colors, share);
            scale_legend(&painter, legend, &words, None, color);
        } else {
            scale_legend(&painter, legend, &words, None, theme::heat);
        }
    }
}

/// What the face is, and what the model says of it after this step.
fn name_ui(ui: &mut Ui, at: usize, face: &WatchedFace) {
    ui.spacing_mut().item_spacing.y = 2.0;
    let what = match (face.label, &face.technique) {
        (0, _) => "Pristine".to_owned(),
        (_, Some(technique)) => format!("Manipulated: {technique}"),
        (_, None) => "Manipulated".to_owned(),
    };
    let label = RichText::new(what).size(theme::SMALL).color(theme::text());
    ui.add(egui::Label::new(label).wrap())
        .on_hover_text(format!(
            "Held-out face {}, which the model never learns from",
            at + 1
        ));
    if face.logit.is_nan() {
        note_ui(ui, "no score yet", theme::text_faint());
        return;
    }
    let score = 1.0 / (1.0 + (-face.logit).exp());
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = UNIT;
        let (mark, _) = ui.allocate_exact_size(vec2(8.0, 8.0), egui::Sense::hover());
        ui.painter().rect_filled(mark, 2.0, theme::evidence(score));
        let text = RichText::new(format!("logit {:.2}", face.logit)).size(theme::SMALL);
        let label = ui.add(egui::Label::new(text.color(theme::text_quiet())).truncate());
        explained(ui, label, "logit").on_hover_text(format!(
            "{}\nAbove zero leans to manipulated; not calibrated while it trains",
            words::objection(score)
        ));
    });
}
