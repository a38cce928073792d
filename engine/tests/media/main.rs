//! Reading real and made clips: what comes out is upright, counted, in the right colors, and the same
//! by seeking as by reading through.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod color;
mod folder;
mod generated;
mod player;
mod seek;
mod support;
