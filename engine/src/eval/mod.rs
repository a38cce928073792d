//! Evaluation: metrics with intervals, calibration, protocols, and a page that shows them.

pub mod calibration;
pub mod metrics;
pub mod scores;
pub mod table;
