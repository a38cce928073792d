//! Weights times the pixels under a window: the product that forward and backward to the input share.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use super::block::{Aligned, VECTORS, depth_runs, next_vectors};
use super::gather::{Runs, Window};
use super::strip::{Goal, Left, strip};

/// One picture's share of a product, for a range of output pixels.
pub struct Product<'a, 'b> {
    /// `[rows, depth]`, depth being the picture's channels times the window's taps.
    pub weights: &'a [f32],
    pub window: &'a Window,
    /// `[channels, height, width]`
    pub picture: &'a [f32],
    /// Output pixels, as they lie in the window's grid.
    pub columns: Range<usize>,
    /// A slice of the columns for every row.
    pub target: &'a mut [&'b mut [f32]],
    /// What each sum starts from, or zero.
    pub bias: Option<&'a [f32]>,
}

impl WithSimd for Product<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let depth = self.weights.len() / self.target.len().max(1);
        let longest = depth_runs(depth).map(|run| run.len()).max().unwrap_or(0);
        let mut panel = Aligned::new(longest * VECTORS * S::F32_LANES);
        let mut runs = Runs::default();
        for terms in depth_runs(depth) {
            let goal = if terms.start == 0 {
                Goal::Start(self.bias)
            } else {
                Goal::Add
            };
            let left = Left {
                values: self.weights,
                stride: depth,
                terms: terms.clone(),
            };
            let mut done = 0;
            while done < self.columns.len() {
                let remaining = self.columns.len() - done;
                let vectors = next_vectors(remaining.div_ceil(S::F32_LANES));
                let width = vectors * S::F32_LANES;
                let end = (done + width).min(self.columns.len());
                let columns = self.columns.start + done..self.columns.start + end;
                runs.set(self.window, columns, width);
                let panel = &mut panel.values()[..terms.len() * width];
                runs.fill(self.window, self.picture, terms.clone(), panel, width);
                match vectors {
                    1 => strip::<S, 1>(simd, &left, panel, self.target, done..end, goal),
                    2 => strip::<S, 2>(simd, &left, panel, self.target, done..end, goal),
                    _ => strip::<S, VECTORS>(simd, &left, panel, self.target, done..end, goal),
                }
                done = end;
            }
        }
    }
}
