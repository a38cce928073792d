//! The inner loops of networks: on the CPU device our own where they are faster, else burn's.

pub mod conv;
mod dense;
