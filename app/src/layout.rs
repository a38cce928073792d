//! Where the panes lie: the Inspect workspace.

use egui_tiles::{Behavior, SimplificationOptions, Tile, TileId, Tiles, Tree, UiResponse};
use serde::{Deserialize, Serialize};

use crate::command::CommandQueue;
use crate::panes;
use crate::state::State;
use crate::theme;

/// Key in eframe's storage; raised when the panes change.
pub const KEY: &str = "layout-inspect-2";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pane {
    Media,
    Jobs,
    Player,
    Maps,
    Findings,
    Timeline,
    Log,
}

/// The panes of the workspace, as the user left them.
#[derive(Debug, Serialize, Deserialize)]
pub struct Layout {
    inspect: Tree<Pane>,
}

impl Default for Layout {
    fn default() -> Self {
        let mut tiles = Tiles::default();
        let [media, jobs, player, maps, findings, timeline, log] = [
            Pane::Media,
            Pane::Jobs,
            Pane::Player,
            Pane::Maps,
            Pane::Findings,
            Pane::Timeline,
            Pane::Log,
        ]
        .map(|pane| tiles.insert_pane(pane));
        let left = linear(
            &mut tiles,
            egui_tiles::LinearDir::Vertical,
            &[(media, 0.76), (jobs, 0.24)],
        );
        let middle = linear(
            &mut tiles,
            egui_tiles::LinearDir::Vertical,
            &[(player, 0.58), (maps, 0.42)],
        );
        let top = linear(
            &mut tiles,
            egui_tiles::LinearDir::Horizontal,
            &[(left, 0.19), (middle, 0.57), (findings, 0.24)],
        );
        let bottom = tiles.insert_tab_tile(vec![timeline, log]);
        let root = linear(
            &mut tiles,
            egui_tiles::LinearDir::Vertical,
            &[(top, 0.76), (bottom, 0.24)],
        );
        Self {
            inspect: Tree::new(egui::Id::unique("inspect"), root, tiles),
        }
    }
}

fn linear(
    tiles: &mut Tiles<Pane>,
    dir: egui_tiles::LinearDir,
    children: &[(TileId, f32)],
) -> TileId {
    let ids = children.iter().map(|&(id, _)| id).collect();
    let mut linear = egui_tiles::Linear::new(dir, ids);
    for &(id, share) in children {
        linear.shares.set_share(id, share);
    }
    tiles.insert_container(linear)
}

impl Layout {
    pub fn ui(&mut self, ui: &mut egui::Ui, state: &State, commands: &mut CommandQueue) {
        if let Some(maps) = self.inspect.tiles.find_pane(&Pane::Maps) {
            self.inspect.set_visible(maps, state.settings.shows_maps);
        }
        egui::CentralPanel::no_frame().show(ui, |ui| {
            self.inspect.ui(&mut Shown { state, commands }, ui);
        });
    }
}

/// Draws the panes with what they may see and do.
struct Shown<'a> {
    state: &'a State,
    commands: &'a mut CommandQueue,
}

impl Behavior<Pane> for Shown<'_> {
    fn pane_ui(&mut self, ui: &mut egui::Ui, _tile_id: TileId, pane: &mut Pane) -> UiResponse {
        ui.painter().rect_filled(ui.max_rect(), 0.0, theme::PANEL);
        let (state, commands) = (self.state, &mut *self.commands);
        match pane {
            Pane::Media => panes::media_ui(ui, state, commands),
            Pane::Jobs => panes::jobs_ui(ui, state, commands),
            Pane::Player => panes::player_ui(ui, state, commands),
            Pane::Maps => panes::maps_ui(ui, state, commands),
            Pane::Findings => panes::findings_ui(ui, state, commands),
            Pane::Timeline => panes::timeline_ui(ui, state, commands),
            Pane::Log => panes::log_ui(ui, state),
        }
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> egui::WidgetText {
        format!("{pane:?}").into()
    }

    fn is_tile_draggable(&self, _tiles: &Tiles<Pane>, _tile_id: TileId) -> bool {
        false
    }

    fn tab_bar_color(&self, _visuals: &egui::Visuals) -> egui::Color32 {
        theme::PANEL
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
            theme::TEXT_STRONG
        } else {
            theme::TEXT_FAINT
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
                egui::Stroke::new(1.0, theme::ACCENT)
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
