//! Small drawings that several panes use.

mod curve;
mod domain_strip;
mod empty;
mod face_chip;
mod fields;
mod hatch;
mod heat_map;
mod icons;
mod legend;
mod likelihood_histogram;
mod likelihood_strip;
mod quality_strip;
mod quantile_line;
mod rows;
mod score_strip;
mod spread_bar;
mod table;
mod term;
mod time_ruler;
mod wipe;

pub use curve::{Line, Plot, around, curve_ui, paint_curves, paint_key, plot_size};
pub use domain_strip::paint_domains;
pub use empty::empty_ui;
pub use face_chip::face_box_ui;
pub use fields::{choice_ui, field_ui, path_field_ui, small_button_ui};
pub use hatch::{broken_mark, hatch, outlined_gap};
pub use heat_map::{
    WHOLE, chip, map_tile_ui, paint_layers, paint_marks, point, point_ui, pointed, scale_legend,
};
pub use icons::{Icon, action_button_ui, icon_button_ui};
pub use legend::{legend_ui, verdict_chip_ui};
pub use likelihood_histogram::{FaceLine, likelihood_histogram_ui};
pub use likelihood_strip::{paint_likelihoods, strip_ends};
pub use quality_strip::{paint_bit_rate, paint_sharpness, paint_sizes};
pub use quantile_line::quantile_line_ui;
pub use rows::{bar_ui, fact_ui, header_ui, menu_entry_ui, note_ui, progress_ui};
pub use score_strip::{moments, paint_moments, paint_scores};
pub use spread_bar::spread_bar_ui;
pub use table::{Cell, RowStyle, table_row_ui};
pub use term::{explained, term_ui};
pub use time_ruler::paint_ruler;
pub use wipe::{Side, handle as paint_handle, wipe_ui};
