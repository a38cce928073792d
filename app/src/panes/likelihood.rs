//! How likely the faces of both rows are: beside the validation's faces, with what smoothness alone explains.

use egui::{
    Color32, Label, Rect, Response, RichText, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use seam_engine::detectors::likelihood::Smoothness;

use crate::command::{Command, CommandQueue};
use crate::maps::histogram::Histogram;
use crate::maps::{Drawn, MapsCommand, Row};
use crate::state::State;
use crate::theme::{self, UNIT};
use crate::widgets::{FaceLine, likelihood_histogram_ui, note_ui};

/// What the column would like, and what it gets at least.
const WIDTHS: std::ops::RangeInclusive<f32> = 168.0..=264.0;
/// Of the pane's width.
const WIDTH_SHARE: f32 = 0.24;
/// Height of the choice above the bins.
const HEAD: f32 = 22.0;
/// Height of what is told of one row, a warning included.
const FACTS: f32 = 52.0;
/// Of the line on the costliest pixels, when they are marked.
const COSTLIEST: f32 = 16.0;
/// Highest and lowest picture of the bins.
const HEIGHTS: std::ops::RangeInclusive<f32> = 64.0..=200.0;

/// The width of the column in a pane of this width.
pub fn column_width(pane: f32) -> f32 {
    (WIDTH_SHARE * pane).clamp(*WIDTHS.start(), *WIDTHS.end())
}

/// The reference faces with both rows' faces as lines, and each row's likelihood in words.
pub fn likelihood_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    let rect = ui.max_rect();
    let rows = [Row::Frame, Row::Control].map(|row| state.maps.drawn(row));
    let histogram = rows
        .iter()
        .flatten()
        .find_map(|drawn| drawn.density.histogram.as_ref());
    let head = rect.with_max_y(rect.top() + HEAD);
    ui.scope_builder(UiBuilder::new().max_rect(head), |ui| {
        beside_ui(ui, state, histogram, commands);
    });
    let costliest = if state.maps.marks_costliest {
        COSTLIEST
    } else {
        0.0
    };
    // Room for a warning is kept, so that the picture stays while the clip plays.
    let facts = 2.0 * (FACTS + costliest + UNIT);
    let height =
        (rect.height() - HEAD - facts - 2.0 * UNIT).clamp(*HEIGHTS.start(), *HEIGHTS.end());
    let plot = Rect::from_min_size(
        pos2(rect.left(), head.bottom() + UNIT),
        vec2(rect.width(), height),
    );
    match histogram {
        Some(histogram) => {
            let second = histogram.second(state.maps.technique);
            let faces = [("this frame", false), ("calmest frame", true)];
            let lines = rows
                .iter()
                .zip(faces)
                .filter_map(|(drawn, (name, is_control))| {
                    let likelihood = drawn.as_ref()?.look.likelihood.as_ref()?;
                    Some(FaceLine {
                        name,
                        bits_per_dim: likelihood.face.bits_per_dim,
                        is_control,
                    })
                });
            let lines: Vec<FaceLine> = lines.collect();
            likelihood_histogram_ui(ui, plot, histogram, second, &lines);
        }
        None => {
            let text = match rows {
                [None, None] => "Comes with the first look",
                _ => "The model has no faces to compare with",
            };
            ui.scope_builder(UiBuilder::new().max_rect(plot), |ui| {
                note_ui(ui, text, theme::text_faint());
            });
        }
    }
    let facts = Rect::from_min_max(pos2(rect.left(), plot.bottom() + UNIT), rect.max);
    ui.scope_builder(UiBuilder::new().max_rect(facts), |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (drawn, row) in rows.into_iter().zip([Row::Frame, Row::Control]) {
            if let Some(drawn) = drawn {
                ui.push_id(row == Row::Control, |ui| facts_ui(ui, drawn, row));
                ui.add_space(UNIT);
            }
        }
    });
}

/// Which forged faces are outlined beside the pristine ones.
fn beside_ui(
    ui: &mut Ui,
    state: &State,
    histogram: Option<&Histogram>,
    commands: &mut CommandQueue,
) {
    let techniques = histogram.map_or(&[][..], |histogram| &histogram.techniques);
    let chosen = state
        .maps
        .technique
        .filter(|&at| usize::from(at) < techniques.len());
    let names = techniques.iter().map(|kind| kind.name.as_str());
    let entries = std::iter::once(("all techniques", None))
        .chain(names.zip(0u8..).map(|(name, at)| (name, Some(at))));
    let shown = entries.clone().find(|(_, at)| *at == chosen);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = UNIT;
        let title = RichText::new("Likelihood beside").size(theme::SMALL);
        ui.label(title.color(theme::text()));
        let combo = egui::ComboBox::from_id_salt("likelihood beside")
            .width((ui.available_width() - UNIT).max(48.0))
            .truncate()
            .selected_text(RichText::new(shown.map_or("", |(name, _)| name)).size(theme::SMALL));
        let response = combo.show_ui(ui, |ui| {
            for (name, at) in entries {
                if ui.selectable_label(at == chosen, name).clicked() {
                    commands.push(Command::Maps(MapsCommand::BesideTechnique(at)));
                }
            }
        });
        (response.response.accessible_name("Forged faces beside")).on_hover_text(
            "Which forged faces of the model's validation are outlined beside the pristine ones",
        );
    });
}

/// What a row's face costs, where that is among pristine faces, and what nothing follows from.
fn facts_ui(ui: &mut Ui, drawn: &Drawn, row: Row) {
    let Some(likelihood) = &drawn.look.likelihood else {
        return;
    };
    let density = &drawn.density;
    let name = match row {
        Row::Frame => "This frame",
        Row::Control => "Calmest frame",
    };
    let face = likelihood.face;
    let line = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = UNIT;
        ui.set_height(15.0);
        line_mark_ui(ui, row);
        let text = format!("{name} {:.2} bits per dimension", face.bits_per_dim);
        small_ui(ui, &text, theme::text())
    });
    let [red, green, blue] = face.by_channel;
    let about = format!(
        "{}\nRed {red:.2}, green given red {green:.2}, blue given both {blue:.2} bits\nNeighboring pixels differ by {:.1} levels of 255",
        density.sentence, face.roughness
    );
    line.inner.on_hover_text(&about);
    if let Some(place) = density.place {
        let percent = 100.0 * place.share_less_likely;
        let text = format!("{percent:.0} % of the pristine faces cost more");
        small_ui(ui, &text, theme::text_quiet()).on_hover_text(&about);
    }
    if let Some(costliest) = &density.costliest {
        small_ui(ui, &costliest.words(), theme::text_quiet()).on_hover_text(
            "The marked pixels, and the log-likelihood that none of them exceeds\nA patch is pixels that touch by a side or a corner: this is the largest",
        );
    }
    if let Some((words, about)) = density.place.and_then(|place| warning(place.smoothness)) {
        warning_ui(ui, words, about);
    }
}

/// One line of small text, cut where there is no room.
fn small_ui(ui: &mut Ui, text: &str, color: Color32) -> Response {
    let text = RichText::new(text).size(theme::SMALL).color(color);
    ui.add(Label::new(text).truncate())
}

/// How the row's face is drawn among the references.
fn line_mark_ui(ui: &mut Ui, row: Row) {
    let (mark, _) = ui.allocate_exact_size(vec2(5.0, 12.0), Sense::hover());
    let ends = [mark.center_top(), mark.center_bottom()];
    match row {
        Row::Frame => {
            let stroke = Stroke::new(1.5, theme::text_strong());
            ui.painter().line_segment(ends, stroke);
        }
        Row::Control => {
            let stroke = Stroke::new(1.5, theme::text());
            (ui.painter()).extend(egui::Shape::dashed_line(&ends, stroke, 3.0, 3.0));
        }
    }
}

/// What is said where smoothness alone explains the likelihood, and why nothing follows.
fn warning(smoothness: Smoothness) -> Option<(&'static str, &'static str)> {
    match smoothness {
        Smoothness::Usual | Smoothness::Unexplained => None,
        Smoothness::ExplainsHighLikelihood => Some((
            "Smooth: any face so smooth is as likely",
            "More likely than nearly all pristine faces, and no more likely than a pristine face this smooth would be\nDensity models find smooth pictures likely, whatever they show: blur, strong compression, makeup or a small face are enough. Nothing follows from it, neither that the face is pristine nor that it was changed",
        )),
        Smoothness::ExplainsLowLikelihood => Some((
            "Rough: any face so rough is as unlikely",
            "Less likely than nearly all pristine faces, and no less likely than a pristine face this rough would be\nDensity models find rough pictures unlikely, whatever they show: noise, sharpening, beards or hair are enough. Nothing follows from it, neither that the face was changed nor that it is pristine",
        )),
    }
}

/// A calm chip: no color, because it is no finding.
fn warning_ui(ui: &mut Ui, words: &str, about: &str) {
    let font = theme::regular(theme::SMALL);
    let color = theme::text();
    let galley = ui.painter().layout_no_wrap(words.to_owned(), font, color);
    let width = (galley.size().x + 2.0 * UNIT).min(ui.available_width());
    let (rect, response) = ui.allocate_exact_size(vec2(width, 17.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, words));
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, theme::RADIUS, theme::raised());
    let stroke = Stroke::new(1.0, theme::outline());
    painter.rect_stroke(rect, theme::RADIUS, stroke, egui::StrokeKind::Inside);
    let at = pos2(rect.left() + UNIT, rect.center().y - 0.5 * galley.size().y);
    painter.galley(at, galley, color);
    response.on_hover_text(format!("{words}\n{about}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_smoothness_explains_is_warned_of_and_nothing_follows_from_it() {
        for smoothness in [
            Smoothness::ExplainsHighLikelihood,
            Smoothness::ExplainsLowLikelihood,
        ] {
            let (_, about) = warning(smoothness).unwrap();
            assert!(about.contains("Nothing follows from it"), "{about}");
        }
        assert_eq!(warning(Smoothness::Usual), None);
        assert_eq!(warning(Smoothness::Unexplained), None);
    }

    #[test]
    fn the_column_leaves_room_for_the_pictures() {
        assert_eq!(column_width(900.0), 216.0);
        assert_eq!(column_width(300.0), 168.0);
        assert_eq!(column_width(3000.0), 264.0);
    }
}
