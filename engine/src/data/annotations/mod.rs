//! Annotations: faces that a person marks, what they marked, and where both lie on disk.

pub mod delta;
mod error;
#[cfg(test)]
pub(crate) mod example;
pub mod finished;
pub mod folder;
pub mod identity;
mod lock;
pub mod mask;
pub mod named_frames;
mod paths;
pub mod round;
mod strokes;
pub mod task;
pub mod tiles;
pub(crate) mod whole;

pub use delta::{Delta, DeltaError};
pub use error::AnnotationError;
pub use finished::{FinishedError, MaskedFace, finished_faces};
pub use folder::{About, AnnotationFolder};
pub use identity::Mismatch;
pub use mask::{Mask, PixelRect};
pub use named_frames::{FrameError, NamedFrames};
pub use paths::whole_path;
pub use round::{Change, Measured, RandomRound, Round};
pub use strokes::StoredStrokes;
pub use task::{
    Chosen, Face, FrameName, Order, Progress, Task, TaskId, TaskState, Why, pixel_hash,
};
