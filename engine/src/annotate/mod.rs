//! The annotator's work: tools that change masks, strokes that can be taken back, the queue, carrying masks along a
//! clip, saving, and other programs' formats.

pub mod brush;
pub mod coverage;
pub mod desk;
pub mod history;
pub mod identity;
pub mod saver;
pub mod stroke;

pub use brush::Brush;
pub use coverage::Coverage;
pub use desk::{Desk, DeskEvent, OpenedTask};
pub use history::History;
pub use saver::{SaveEvent, Saver};
pub use stroke::{Mode, Stroke};
