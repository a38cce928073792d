//! Small drawings that several panes use.

mod domain_strip;
mod empty;
mod face_chip;
mod hatch;
mod heat_map;
mod icons;
mod learning_curve;
mod legend;
mod likelihood_histogram;
mod likelihood_strip;
mod quantile_line;
mod rows;
mod score_strip;
mod term;
mod time_ruler;
mod wipe;

pub use domain_strip::paint_domains;
pub use empty::empty_ui;
pub use face_chip::face_box_ui;
pub use hatch::{broken_mark, hatch, outlined_gap};
pub use heat_map::{WHOLE, chip, map_tile_ui, paint_marks, point, pointed, scale_legend};
pub use icons::{Icon, action_button_ui, icon_button_ui};
pub use learning_curve::{CurvePoint, against_random, paint_learning_curve};
pub use legend::{legend_ui, verdict_chip_ui};
pub use likelihood_histogram::{FaceLine, likelihood_histogram_ui};
pub use likelihood_strip::{paint_likelihoods, strip_ends};
pub use quantile_line::quantile_line_ui;
pub use rows::{bar_ui, fact_ui, header_ui, menu_entry_ui, note_ui, progress_ui};
pub use score_strip::{paint_scores, paint_sizes};
pub use term::{explained, term_ui};
pub use time_ruler::paint_ruler;
pub use wipe::{Side, handle as paint_handle, wipe_ui};
