//! The media list: every file that was opened, what is known of it, and what became of it.

use egui::{Label, RichText, ScrollArea, Sense, Ui, WidgetInfo};
use seam_engine::media::MediaInfo;

use crate::command::{Action, Command, CommandQueue, FilesAction};
use crate::pair::PairCommand;
use crate::panes::padded;
use crate::state::{AnalysisState, Intake, JobKind, MediaFile, State};
use crate::theme::{self, UNIT};
use crate::widgets::{Icon, WHOLE, fact_ui, header_ui, icon_button_ui, note_ui};
use crate::words;

/// Width of a file's small picture, in points.
const POSTER_WIDTH: f32 = 48.0;
/// Room that the button for all files takes.
const ALL_WIDTH: f32 = 84.0;

pub fn media_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    padded(ui, |ui| {
        header_ui(ui, "Media", |ui| {
            let info = Action::OpenFiles.info();
            let button = egui::Button::new(RichText::new(info.text).size(theme::SMALL));
            if ui.add(button).on_hover_text(info.tooltip).clicked() {
                commands.act(Action::OpenFiles);
            }
            all_ui(ui, state, commands);
        });
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            for file in &state.files {
                file_ui(ui, state, file, commands);
            }
            ui.add_space(2.0 * UNIT);
            let hint = if state.files.is_empty() {
                "Drop clips or pictures anywhere on the window. Nothing is uploaded, and originals are only read."
            } else {
                "Drop more files anywhere on the window"
            };
            note_ui(ui, hint, theme::text_faint());
        });
    });
}

/// Analyzes every file, or stops that; nothing where there is but one.
fn all_ui(ui: &mut Ui, state: &State, commands: &mut CommandQueue) {
    // Where the pane is narrow, the menu `File` has both.
    if state.files.len() < 2 || ui.available_width() < ALL_WIDTH {
        return;
    }
    let is_running = |file: &MediaFile| matches!(file.analysis, AnalysisState::Running(_));
    let (action, text) = if state.files.iter().any(is_running) {
        (FilesAction::CancelAll, "Cancel all")
    } else {
        (FilesAction::AnalyzeAll, "Analyze all")
    };
    let button = egui::Button::new(RichText::new(text).size(theme::SMALL));
    if ui
        .add(button)
        .on_hover_text(action.info().tooltip)
        .clicked()
    {
        commands.act(Action::Files(action));
    }
}

/// The file's small picture at the left end of its line; gives the room beside it.
fn poster_ui(ui: &Ui, state: &State, file: &MediaFile, row: egui::Rect) -> egui::Rect {
    let slot = row.with_max_x(row.left() + POSTER_WIDTH);
    ui.painter().rect_filled(slot, 2.0, theme::stage());
    if let Some(&texture) = state.posters.get(&file.id) {
        let size = file.info().map_or(slot.size(), |info| {
            let side = |px: u32| px.max(1) as f32;
            egui::vec2(side(info.video.width), side(info.video.height))
        });
        let scale = (slot.size() / size).min_elem();
        let picture = egui::Rect::from_center_size(slot.center(), scale * size);
        ui.painter()
            .image(texture, picture, WHOLE, egui::Color32::WHITE);
    }
    row.with_min_x(slot.right() + 2.0 * UNIT)
}

/// What can be done with a file from its line.
fn menu_ui(ui: &mut Ui, state: &State, file: &MediaFile, commands: &mut CommandQueue) {
    let is_other = state.selected.is_some_and(|selected| selected != file.id);
    if is_other && ui.button("Compare with the clip on screen").clicked() {
        commands.push(Command::Pair(PairCommand::With(file.id)));
        ui.close();
    }
    if ui.button("Analyze").clicked() {
        commands.push(Command::Analyze(file.id));
        ui.close();
    }
    if ui.button("Remove from list").clicked() {
        commands.push(Command::Remove(file.id));
        ui.close();
    }
}

fn file_ui(ui: &mut Ui, state: &State, file: &MediaFile, commands: &mut CommandQueue) {
    let is_selected = state.selected == Some(file.id);
    ui.push_id(file.id.0, |ui| {
        title_ui(ui, state, file, is_selected, commands);
        if is_selected {
            egui::Frame::new()
                .inner_margin(egui::Margin {
                    left: 8,
                    right: 0,
                    top: 2,
                    bottom: 8,
                })
                .show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 3.0;
                    details_ui(ui, state, file, commands);
                });
        }
    });
}

/// The clickable line: name and state in a word.
fn title_ui(
    ui: &mut Ui,
    state: &State,
    file: &MediaFile,
    is_selected: bool,
    commands: &mut CommandQueue,
) {
    let size = egui::vec2(ui.available_width(), 40.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response
        .widget_info(|| WidgetInfo::selected(egui::Role::Button, true, is_selected, &file.name));
    let fill = match (is_selected, response.hovered()) {
        (true, _) => theme::accent_fill(),
        (false, true) => theme::raised(),
        (false, false) => egui::Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, theme::RADIUS, fill);
    let beside = poster_ui(ui, state, file, rect.shrink2(egui::vec2(8.0, 4.0)));
    let mut row = ui.new_child(
        egui::UiBuilder::new()
            .max_rect(beside)
            .layout(egui::Layout::top_down(egui::Align::Min)),
    );
    row.spacing_mut().item_spacing.y = 1.0;
    let name = RichText::new(&file.name).color(theme::text_strong());
    row.add(Label::new(name).truncate());
    let (word, color) = state_word(file);
    row.add(Label::new(RichText::new(word).size(theme::SMALL).color(color)).truncate());
    response.context_menu(|ui| menu_ui(ui, state, file, commands));
    if response
        .on_hover_text(file.path.display().to_string())
        .clicked()
    {
        commands.push(Command::Select(file.id));
    }
}

fn state_word(file: &MediaFile) -> (String, egui::Color32) {
    let quiet = theme::text_quiet();
    match (&file.intake, &file.analysis) {
        (Intake::Failed(_), _) => ("Could not be read".to_owned(), theme::error()),
        (_, AnalysisState::Failed(_)) => ("Analysis failed".to_owned(), theme::error()),
        (_, AnalysisState::Running(_)) => ("Analyzing…".to_owned(), quiet),
        (_, AnalysisState::Done(analysis)) => {
            (words::verdict(analysis.summary.verdict).to_owned(), quiet)
        }
        (Intake::Reading(_), _) => ("Reading…".to_owned(), quiet),
        (_, AnalysisState::Cancelled) => ("Analysis cancelled".to_owned(), quiet),
        (_, AnalysisState::NotAsked) => ("Not analyzed".to_owned(), quiet),
    }
}

fn details_ui(ui: &mut Ui, state: &State, file: &MediaFile, commands: &mut CommandQueue) {
    match &file.intake {
        Intake::Reading(facts) => {
            if let Some(facts) = facts {
                facts_ui(ui, facts);
            }
            let stage = state
                .job_of(file.id, JobKind::Intake)
                .and_then(|job| job.progress.as_ref())
                .map_or("Reading", |progress| progress.stage);
            note_ui(ui, &format!("{stage}…"), theme::text_faint());
        }
        Intake::Failed(error) => {
            note_ui(ui, error, theme::error());
            ui.horizontal(|ui| {
                if ui.button("Try again").clicked() {
                    commands.push(Command::ReadAgain(file.id));
                }
                if ui.button("Remove").clicked() {
                    commands.push(Command::Remove(file.id));
                }
            });
        }
        Intake::Known(info) => facts_ui(ui, info),
    }
    hash_ui(ui, file, commands);
    if let Intake::Known(info) = &file.intake {
        signs_ui(ui, "Signs of re-encoding", &info.reencode_signs);
        let mut warnings = info.warnings.clone();
        warnings.extend(file.warnings.iter().cloned());
        warnings.dedup();
        signs_ui(ui, "Warnings", &warnings);
    }
    if matches!(file.intake, Intake::Failed(_)) {
        return;
    }
    if let Some(info) = file.info() {
        tags_ui(ui, info);
    }
    ui.add_space(UNIT);
    analyze_ui(ui, file, commands);
}

fn facts_ui(ui: &mut Ui, info: &MediaInfo) {
    let video = &info.video;
    let container = info.container.split(',').next().unwrap_or_default();
    fact_ui(ui, "Container", container).on_hover_text(&info.container);
    let profile = video.profile.as_deref().unwrap_or_default();
    fact_ui(ui, "Codec", format!("{} {profile}", video.codec).trim())
        .on_hover_text(format!("{}\n{}", video.pixel_format, video.color));
    let mut size = format!("{} × {}", video.width, video.height);
    if video.rotation != 0 {
        size += &format!(", turned {}°", video.rotation);
    }
    if video.interlaced {
        size += ", interlaced";
    }
    fact_ui(ui, "Picture", &size);
    if !video.is_still && 0 < video.frames_decoded {
        let claimed = match video.frames_claimed {
            Some(claimed) if claimed != video.frames_decoded => {
                format!(" (the file claims {})", words::count(claimed))
            }
            _ => String::new(),
        };
        let frames = format!("{}{claimed}", words::count(video.frames_decoded));
        fact_ui(ui, "Frames", &frames).on_hover_text("Counted by decoding every one");
        fact_ui(
            ui,
            "Length",
            &words::time((video.duration_secs * 1e9) as i64),
        );
        let rate = if video.variable_rate {
            format!("{:.2} a second, varying", video.fps_mean)
        } else {
            format!("{:.2} a second", video.fps_mean)
        };
        fact_ui(ui, "Rate", &rate);
    }
    let mut bytes = words::bytes(info.bytes);
    if let Some(rate) = video.bits_per_second {
        bytes += &format!(", {:.1} Mbit/s", rate as f64 / 1e6);
    }
    fact_ui(ui, "Size", &bytes);
    for stream in &info.other_streams {
        fact_ui(ui, "Also", stream);
    }
}

/// The file's own tags: long, and seldom what one looks for.
fn tags_ui(ui: &mut Ui, info: &MediaInfo) {
    if info.tags.is_empty() {
        return;
    }
    let title = RichText::new(format!("{} tags of the file", info.tags.len()))
        .size(theme::SMALL)
        .color(theme::text_faint());
    egui::CollapsingHeader::new(title)
        .id_salt("tags")
        .show_unindented(ui, |ui| {
            for (name, value) in &info.tags {
                note_ui(ui, name, theme::text_faint());
                note_ui(ui, value, theme::text());
            }
        });
}

fn hash_ui(ui: &mut Ui, file: &MediaFile, commands: &mut CommandQueue) {
    let Some(hash) = file.hash else {
        return;
    };
    ui.horizontal(|ui| {
        fact_ui(ui, "SHA-256", &format!("{}…", words::short_hash(&hash)))
            .on_hover_text(hash.to_string());
        let tooltip = "Copy the whole hash";
        if icon_button_ui(ui, Icon::Copy, "Copy SHA-256", tooltip, false).clicked() {
            commands.push(Command::CopyText(hash.to_string()));
        }
    });
}

fn signs_ui(ui: &mut Ui, title: &str, signs: &[String]) {
    if signs.is_empty() {
        return;
    }
    ui.add_space(UNIT);
    note_ui(ui, title, theme::text_faint());
    for sign in signs {
        note_ui(ui, sign, theme::text());
    }
}

fn analyze_ui(ui: &mut Ui, file: &MediaFile, commands: &mut CommandQueue) {
    let (text, tooltip) = match &file.analysis {
        AnalysisState::Running(job) => {
            let button = ui.button("Cancel analysis");
            if button
                .on_hover_text("Stop the analysis of this file")
                .clicked()
            {
                commands.push(Command::CancelJob(*job));
            }
            return;
        }
        AnalysisState::NotAsked => ("Analyze", Action::AnalyzeFile.info().tooltip),
        AnalysisState::Done(_) | AnalysisState::Cancelled | AnalysisState::Failed(_) => {
            ("Analyze again", "Same file, same settings: same numbers")
        }
    };
    if ui.button(text).on_hover_text(tooltip).clicked() {
        commands.push(Command::Analyze(file.id));
    }
}
