//! Evaluation: metrics with intervals, calibration, protocols, and a page that shows them.
