//! The panes, one a file: each reads `State` and pushes commands.

mod attention;
mod canvas;
mod check;
mod compare;
mod curves;
mod datasets;
mod evaluation;
#[cfg(test)]
mod evidence_tests;
mod facts;
mod findings;
mod intake;
#[cfg(test)]
mod intake_tests;
mod invitation;
mod jobs;
mod keyframes;
mod lane;
mod learning;
mod likelihood;
mod likelihood_record;
#[cfg(test)]
mod likelihood_record_tests;
#[cfg(test)]
mod likelihood_tests;
mod log;
mod map_caption;
mod map_full;
mod map_gallery;
mod map_sides;
mod map_strip;
mod map_tile;
mod maps;
mod media;
mod models;
mod on_clip;
mod pair_bar;
mod pair_stage;
mod person;
mod player;
mod queue;
mod resemblance;
mod runs;
mod sees;
mod setup;
mod suspicion;
mod timeline;
#[cfg(test)]
mod training_tests;
mod transport;

pub use attention::attention_ui;
pub use canvas::canvas_ui;
pub use compare::compare_ui;
pub use curves::curves_ui;
pub use datasets::datasets_ui;
pub use evaluation::evaluation_ui;
pub use findings::findings_ui;
pub use jobs::jobs_ui;
pub use keyframes::keyframes_ui;
pub use learning::learning_ui;
pub use log::log_ui;
pub use map_full::map_full_ui;
pub use maps::maps_ui;
pub use media::media_ui;
pub use models::models_ui;
pub use player::player_ui;
pub use queue::queue_ui;
pub use runs::runs_ui;
pub use sees::sees_ui;
pub use setup::setup_ui;
pub use timeline::timeline_ui;

use egui::{Frame, Margin, Ui};

/// Gives a pane its margins.
fn padded(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    Frame::new()
        .inner_margin(Margin {
            left: 12,
            right: 10,
            top: 4,
            bottom: 8,
        })
        .show(ui, |ui| {
            ui.take_available_space();
            content(ui);
        });
}
