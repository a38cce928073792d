//! The annotator's work: tools that change masks, strokes that can be taken back, the queue, carrying masks along a
//! clip, saving, and other programs' formats.

mod blur;
pub mod brush;
pub mod carry;
pub mod coverage;
pub mod desk;
pub mod difference;
pub mod exchange;
pub mod export;
mod flood;
pub mod gauge;
pub mod history;
pub mod identity;
pub mod import;
pub mod mirror;
pub mod parts;
pub mod pointed;
pub mod queue;
pub mod round;
pub mod saver;
pub mod shapes;
pub mod soften;
pub mod stroke;
pub mod wand;

pub use brush::Brush;
pub use coverage::Coverage;
pub use desk::{Desk, DeskEvent, OpenedTask};
pub use difference::difference;
pub use exchange::MaskFormat;
pub use export::{ExportError, ExportSettings, Exported};
pub use gauge::{Gauge, Reading, attention_inside};
pub use history::History;
pub use identity::Mismatch;
pub use import::{ImportMasksError, ImportMasksSettings, ImportedMasks};
pub use mirror::Mirror;
pub use parts::FacePart;
pub use pointed::pointed_at;
pub use saver::{SaveEvent, Saver};
pub use shapes::{Outline, polygons};
pub use stroke::{Mode, Stroke};
pub use wand::{Wand, wand};
