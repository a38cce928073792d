//! The annotator's work: tools that change masks, strokes that can be taken back, the queue, carrying masks along a
//! clip, saving, and other programs' formats.

pub mod brush;
pub mod coverage;
pub mod desk;
pub mod exchange;
pub mod export;
pub mod history;
pub mod identity;
pub mod import;
pub mod saver;
pub mod stroke;

pub use brush::Brush;
pub use coverage::Coverage;
pub use desk::{Desk, DeskEvent, OpenedTask};
pub use exchange::MaskFormat;
pub use export::{ExportError, ExportSettings, Exported};
pub use history::History;
pub use import::{ImportMasksError, ImportMasksSettings, ImportedMasks};
pub use saver::{SaveEvent, Saver};
pub use stroke::{Mode, Stroke};
