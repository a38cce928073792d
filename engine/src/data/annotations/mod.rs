//! Annotations: faces that a person marks, what they marked, and where both lie on disk.

pub mod delta;
pub mod mask;
pub mod task;
pub mod tiles;

pub use delta::{Delta, DeltaError};
pub use mask::{Mask, PixelRect};
pub use task::{
    Chosen, Face, FrameName, Order, Progress, Task, TaskId, TaskState, Why, pixel_hash,
};
