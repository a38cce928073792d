//! The annotator's work: tools that change masks, strokes that can be taken back, the queue, carrying masks along a
//! clip, saving, and other programs' formats.

pub mod carry;
