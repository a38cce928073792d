//! Memory of large tensors, kept from one training step to the next.
//!
//! The system clears every page it hands out: for fresh tensors that takes a fifth of a training
//! step. Backward passes give back what the forward pass saved, and the next forward pass, which has
//! the same shapes, takes it up. Nothing is kept outside training.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use burn::backend::Flex;
use burn::backend::tensor::FloatTensor;

/// Below it the allocator keeps memory by itself.
const FEWEST: usize = 1 << 15;
/// Numbers kept at most: 4 GiB. A batch that needs more runs as if nothing were kept.
const MOST: usize = 1 << 30;

struct Shelf {
    held: usize,
    by_length: BTreeMap<usize, Vec<Vec<f32>>>,
}

static SHELF: Mutex<Shelf> = Mutex::new(Shelf {
    held: 0,
    by_length: BTreeMap::new(),
});

/// So many numbers, of any value: the caller writes all of them.
pub fn take(length: usize) -> Vec<f32> {
    let kept = if length < FEWEST {
        None
    } else {
        with_shelf(|shelf| {
            let values = shelf.by_length.get_mut(&length)?.pop()?;
            shelf.held -= length;
            Some(values)
        })
    };
    kept.unwrap_or_else(|| vec![0.0; length])
}

/// Keeps the memory of a tensor that nobody else holds.
pub fn give(tensor: FloatTensor<Flex>) {
    let length = tensor.layout().num_elements();
    if length < FEWEST || !tensor.is_unique() || !tensor.is_contiguous() {
        return;
    }
    if let Ok(values) = tensor.into_data().try_into_vec::<f32>() {
        give_values(values);
    }
}

pub fn give_values(values: Vec<f32>) {
    let length = values.len();
    if length < FEWEST {
        return;
    }
    with_shelf(|shelf| {
        if shelf.held + length > MOST {
            shelf.by_length.clear();
            shelf.held = 0;
        }
        shelf.held += length;
        shelf.by_length.entry(length).or_default().push(values);
    });
}

/// Hands everything back to the system: at the end of a training.
pub fn clear() {
    with_shelf(|shelf| {
        shelf.by_length.clear();
        shelf.held = 0;
    });
}

fn with_shelf<T>(change: impl FnOnce(&mut Shelf) -> T) -> T {
    // Every change leaves the shelf usable, even one that panicked for want of memory.
    change(&mut SHELF.lock().unwrap_or_else(PoisonError::into_inner))
}
