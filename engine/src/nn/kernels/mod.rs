//! The inner loops of networks: on the CPU device our own where they are faster, else burn's.

pub mod activate;
pub mod batch_norm;
pub mod buffers;
pub mod concat_elu;
pub mod conv;
mod dense;
pub mod depthwise;
pub mod doubling;
pub mod elementwise;
pub mod gate;
pub mod max_pool;
mod phases;
pub mod planes;
pub mod silu;
pub mod tanh;
pub mod transposed;
pub mod update;
pub mod vector;
pub mod weight_norm;
