//! Finds signs of face manipulation in video, and trains the detectors that do so.
//!
//! Modules stand highest first in `ARCHITECTURE.md`; each uses only those below it.

pub mod analysis;
pub mod annotate;
pub mod data;
pub mod detectors;
pub mod device;
pub mod engine;
pub mod eval;
pub mod faces;
pub mod forge;
pub mod job;
pub mod latest;
pub mod media;
pub mod methods;
pub mod nn;
pub mod tensor;
pub mod train;

pub use engine::{Engine, Event, Outcome, Request, Update};
