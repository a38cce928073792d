//! A matrix of many rows times one panel of columns.

use std::ops::Range;

use pulp::Simd;

use super::block::{Delivery, block_rows, deliver, multiply};

/// The left side of a product: rows of `stride` values, of which a product uses `terms`.
#[derive(Clone)]
pub struct Left<'a> {
    pub values: &'a [f32],
    pub stride: usize,
    pub terms: Range<usize>,
}

/// What sums become.
#[derive(Clone, Copy)]
pub enum Goal<'a> {
    /// They start here, or at zero, and replace what was there.
    Start(Option<&'a [f32]>),
    /// They are added to what is there.
    Add,
}

/// Delivers every row of `left` times the panel to the `part` of its target.
#[inline(always)]
pub fn strip<S: Simd, const V: usize>(
    simd: S,
    left: &Left<'_>,
    panel: &[f32],
    target: &mut [&mut [f32]],
    part: Range<usize>,
    goal: Goal<'_>,
) {
    let panel = S::as_simd_f32s(panel).0.as_chunks::<V>().0;
    let mut first = 0;
    while first < target.len() {
        if target.len() - first > 4 && block_rows::<S>() == 8 {
            rows::<S, 8, V>(simd, left, panel, target, part.clone(), goal, first);
            first += 8;
        } else {
            rows::<S, 4, V>(simd, left, panel, target, part.clone(), goal, first);
            first += 4;
        }
    }
}

#[inline(always)]
fn rows<S: Simd, const ROWS: usize, const V: usize>(
    simd: S,
    left: &Left<'_>,
    panel: &[[S::f32s; V]],
    target: &mut [&mut [f32]],
    part: Range<usize>,
    goal: Goal<'_>,
    first: usize,
) {
    let last = target.len() - 1;
    // Where rows run out, the last is computed again and not delivered.
    let rows: [&[f32]; ROWS] = std::array::from_fn(|i| {
        let start = (first + i).min(last) * left.stride;
        &left.values[start + left.terms.start..start + left.terms.end]
    });
    let sums = multiply::<S, ROWS, V>(simd, rows, panel);
    for (i, (sums, target)) in sums.into_iter().zip(&mut target[first..]).enumerate() {
        let delivery = match goal {
            Goal::Start(bias) => Delivery::Fresh(bias.map_or(0.0, |bias| bias[first + i])),
            Goal::Add => Delivery::Sum,
        };
        deliver(simd, &mut target[part.clone()], sums, delivery);
    }
}
