//! How the panes and the lines between them are drawn.

use egui_tiles::{Behavior, SimplificationOptions, Tile, TileId, Tiles, UiResponse};

use crate::command::CommandQueue;
use crate::layout::{Pane, place_id};
use crate::panes;
use crate::state::State;
use crate::theme;

/// Draws the panes with what they may see and do.
pub struct Shown<'a> {
    pub state: &'a State,
    pub commands: &'a mut CommandQueue,
}

impl Behavior<Pane> for Shown<'_> {
    fn pane_ui(&mut self, ui: &mut egui::Ui, _tile_id: TileId, pane: &mut Pane) -> UiResponse {
        ui.painter().rect_filled(ui.max_rect(), 0.0, theme::panel());
        let place = (ui.ctx().cumulative_frame_nr(), ui.max_rect());
        ui.ctx()
            .data_mut(|data| data.insert_temp(place_id(*pane), place));
        let (state, commands) = (self.state, &mut *self.commands);
        match pane {
            Pane::Media => panes::media_ui(ui, state, commands),
            Pane::Jobs | Pane::Work => panes::jobs_ui(ui, state, commands),
            Pane::Player => panes::player_ui(ui, state, commands),
            Pane::Maps => panes::maps_ui(ui, state, commands),
            Pane::Findings => panes::findings_ui(ui, state, commands),
            Pane::Timeline => panes::timeline_ui(ui, state, commands),
            Pane::Log | Pane::Messages => panes::log_ui(ui, state),
            Pane::Queue => panes::queue_ui(ui, state, commands),
            Pane::Canvas => panes::canvas_ui(ui, state, commands),
            Pane::Keyframes => panes::keyframes_ui(ui, state, commands),
            Pane::Compare => panes::compare_ui(ui, state, commands),
            Pane::Attention => panes::attention_ui(ui, state, commands),
            Pane::Learning => panes::learning_ui(ui, state, commands),
            Pane::Runs => panes::runs_ui(ui, state, commands),
            Pane::Setup => panes::setup_ui(ui, state, commands),
            Pane::Curves => panes::curves_ui(ui, state, commands),
            Pane::Sees => panes::sees_ui(ui, state, commands),
            Pane::Evaluation => panes::evaluation_ui(ui, state, commands),
            Pane::Datasets => panes::datasets_ui(ui, state, commands),
            Pane::Models => panes::models_ui(ui, state, commands),
        }
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> egui::WidgetText {
        match pane {
            Pane::Work => "Jobs".into(),
            Pane::Messages => "Log".into(),
            Pane::Setup => "Set up".into(),
            Pane::Sees => "What it sees".into(),
            _ => format!("{pane:?}").into(),
        }
    }

    fn is_tile_draggable(&self, _tiles: &Tiles<Pane>, _tile_id: TileId) -> bool {
        false
    }

    fn tab_bar_color(&self, _visuals: &egui::Visuals) -> egui::Color32 {
        theme::panel()
    }

    fn tab_bg_color(
        &self,
        _visuals: &egui::Visuals,
        _tiles: &Tiles<Pane>,
        _tile_id: TileId,
        _state: &egui_tiles::TabState,
    ) -> egui::Color32 {
        egui::Color32::TRANSPARENT
    }

    fn tab_outline_stroke(
        &self,
        _visuals: &egui::Visuals,
        _tiles: &Tiles<Pane>,
        _tile_id: TileId,
        _state: &egui_tiles::TabState,
    ) -> egui::Stroke {
        egui::Stroke::NONE
    }

    fn tab_text_color(
        &self,
        _visuals: &egui::Visuals,
        _tiles: &Tiles<Pane>,
        _tile_id: TileId,
        state: &egui_tiles::TabState,
    ) -> egui::Color32 {
        if state.active {
            theme::text_strong()
        } else {
            theme::text_faint()
        }
    }

    fn tab_bar_hline_stroke(&self, _visuals: &egui::Visuals) -> egui::Stroke {
        egui::Stroke::NONE
    }

    fn tab_bar_height(&self, _style: &egui::Style) -> f32 {
        28.0
    }

    fn tab_title_spacing(&self, _visuals: &egui::Visuals) -> f32 {
        12.0
    }

    fn gap_width(&self, _style: &egui::Style) -> f32 {
        1.0
    }

    fn min_size(&self) -> f32 {
        96.0
    }

    fn resize_stroke(
        &self,
        _style: &egui::Style,
        resize_state: egui_tiles::ResizeState,
    ) -> egui::Stroke {
        match resize_state {
            egui_tiles::ResizeState::Idle => theme::hairline(),
            egui_tiles::ResizeState::Hovering | egui_tiles::ResizeState::Dragging => {
                egui::Stroke::new(1.0, theme::accent())
            }
        }
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions {
            all_panes_must_have_tabs: false,
            ..SimplificationOptions::default()
        }
    }

    fn tab_title_for_tile(&mut self, tiles: &Tiles<Pane>, tile_id: TileId) -> egui::WidgetText {
        match tiles.get(tile_id) {
            Some(Tile::Pane(pane)) => self.tab_title_for_pane(pane),
            Some(Tile::Container(_)) | None => egui::WidgetText::default(),
        }
    }
}
