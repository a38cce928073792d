//! The annotator's work: tools that change masks, strokes that can be taken back, the queue, carrying masks along a
//! clip, saving, and other programs' formats.

pub mod brush;
pub mod coverage;
pub mod history;
pub mod stroke;

pub use brush::Brush;
pub use coverage::Coverage;
pub use history::History;
pub use stroke::{Mode, Stroke};
