//! Where the panes lie: one arrangement a workspace.

mod behavior;

use egui_tiles::{LinearDir, TileId, Tiles, Tree};
use serde::{Deserialize, Serialize};

use crate::command::CommandQueue;
use crate::layout::behavior::Shown;
use crate::state::State;
use crate::workspace::Workspace;

/// Key in eframe's storage; raised when the panes change.
pub const KEY: &str = "layout-4";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Pane {
    Media,
    Jobs,
    Player,
    Maps,
    Findings,
    Timeline,
    Log,
    Queue,
    Canvas,
    Keyframes,
    Compare,
    Attention,
    Learning,
    Runs,
    Setup,
    Curves,
    Sees,
    Evaluation,
    Datasets,
    Models,
    /// The same jobs and log, in the other workspaces.
    Work,
    Messages,
}

/// The panes of the workspaces, as the user left them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Layout {
    inspect: Tree<Pane>,
    train: Tree<Pane>,
    annotate: Tree<Pane>,
    /// What `annotate` was made for.
    is_left_handed: bool,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            inspect: inspect(),
            train: train(),
            annotate: annotate(false),
            is_left_handed: false,
        }
    }
}

fn inspect() -> Tree<Pane> {
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
        LinearDir::Vertical,
        &[(media, 0.76), (jobs, 0.24)],
    );
    let middle = linear(
        &mut tiles,
        LinearDir::Vertical,
        &[(player, 0.58), (maps, 0.42)],
    );
    let top = linear(
        &mut tiles,
        LinearDir::Horizontal,
        &[(left, 0.19), (middle, 0.57), (findings, 0.24)],
    );
    let bottom = tiles.insert_tab_tile(vec![timeline, log]);
    let root = linear(
        &mut tiles,
        LinearDir::Vertical,
        &[(top, 0.76), (bottom, 0.24)],
    );
    Tree::new(egui::Id::unique("inspect"), root, tiles)
}

/// What there is to learn from on the left, the run in the middle, what it sees on the right.
fn train() -> Tree<Pane> {
    let mut tiles = Tiles::default();
    let [
        runs,
        datasets,
        models,
        work,
        messages,
        curves,
        setup,
        sees,
        evaluation,
    ] = [
        Pane::Runs,
        Pane::Datasets,
        Pane::Models,
        Pane::Work,
        Pane::Messages,
        Pane::Curves,
        Pane::Setup,
        Pane::Sees,
        Pane::Evaluation,
    ]
    .map(|pane| tiles.insert_pane(pane));
    let things = tiles.insert_tab_tile(vec![datasets, models]);
    let below = tiles.insert_tab_tile(vec![work, messages]);
    let left = linear(
        &mut tiles,
        LinearDir::Vertical,
        &[(runs, 0.36), (things, 0.46), (below, 0.18)],
    );
    let middle = linear(
        &mut tiles,
        LinearDir::Vertical,
        &[(curves, 0.5), (setup, 0.5)],
    );
    let right = linear(
        &mut tiles,
        LinearDir::Vertical,
        &[(sees, 0.5), (evaluation, 0.5)],
    );
    let columns = [(left, 0.24), (middle, 0.42), (right, 0.34)];
    let root = linear(&mut tiles, LinearDir::Horizontal, &columns);
    Tree::new(egui::Id::unique("train"), root, tiles)
}

/// The queue under the hand that does not paint.
fn annotate(is_left_handed: bool) -> Tree<Pane> {
    let mut tiles = Tiles::default();
    let [
        queue,
        work,
        messages,
        canvas,
        keyframes,
        compare,
        attention,
        learning,
    ] = [
        Pane::Queue,
        Pane::Work,
        Pane::Messages,
        Pane::Canvas,
        Pane::Keyframes,
        Pane::Compare,
        Pane::Attention,
        Pane::Learning,
    ]
    .map(|pane| tiles.insert_pane(pane));
    let below = tiles.insert_tab_tile(vec![work, messages]);
    let list = linear(
        &mut tiles,
        LinearDir::Vertical,
        &[(queue, 0.8), (below, 0.2)],
    );
    let middle = linear(
        &mut tiles,
        LinearDir::Vertical,
        &[(canvas, 0.88), (keyframes, 0.12)],
    );
    let sight = linear(
        &mut tiles,
        LinearDir::Vertical,
        &[(compare, 0.42), (attention, 0.24), (learning, 0.34)],
    );
    let mut columns = [(list, 0.2), (middle, 0.56), (sight, 0.24)];
    if is_left_handed {
        columns.reverse();
    }
    let root = linear(&mut tiles, LinearDir::Horizontal, &columns);
    Tree::new(egui::Id::unique("annotate"), root, tiles)
}

/// Where a pane was drawn last, if it is shown.
pub fn place_of(ctx: &egui::Context, pane: Pane) -> Option<egui::Rect> {
    let (frame, rect) = ctx.data(|data| data.get_temp::<(u64, egui::Rect)>(place_id(pane)))?;
    (ctx.cumulative_frame_nr() <= frame + 1).then_some(rect)
}

fn place_id(pane: Pane) -> egui::Id {
    egui::Id::unique(("place", pane))
}

fn linear(tiles: &mut Tiles<Pane>, dir: LinearDir, children: &[(TileId, f32)]) -> TileId {
    let ids = children.iter().map(|&(id, _)| id).collect();
    let mut linear = egui_tiles::Linear::new(dir, ids);
    for &(id, share) in children {
        linear.shares.set_share(id, share);
    }
    tiles.insert_container(linear)
}

impl Layout {
    /// Puts the panes of a workspace back in their places.
    pub fn reset(&mut self, workspace: Workspace) {
        match workspace {
            Workspace::Inspect => self.inspect = inspect(),
            Workspace::Train => self.train = train(),
            Workspace::Annotate => self.annotate = annotate(self.is_left_handed),
        }
    }

    pub fn ui(&mut self, ui: &mut egui::Ui, state: &State, commands: &mut CommandQueue) {
        if self.is_left_handed != state.settings.is_left_handed {
            self.is_left_handed = state.settings.is_left_handed;
            self.annotate = annotate(self.is_left_handed);
        }
        if let Some(maps) = self.inspect.tiles.find_pane(&Pane::Maps) {
            self.inspect.set_visible(maps, state.settings.shows_maps);
        }
        let tree = match state.settings.workspace {
            Workspace::Inspect => &mut self.inspect,
            Workspace::Train => &mut self.train,
            Workspace::Annotate => &mut self.annotate,
        };
        egui::CentralPanel::no_frame().show(ui, |ui| {
            tree.ui(&mut Shown { state, commands }, ui);
        });
    }
}
