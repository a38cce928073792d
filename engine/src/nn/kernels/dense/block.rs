//! The innermost product: a few rows by a few vectors of columns, all sums held in registers.

use pulp::Simd;

/// Vectors across a full block.
pub const VECTORS: usize = 3;

/// Terms that are summed before a sum leaves its register: the panel then stays in the first cache.
const DEPTH: usize = 192;

/// Rows of a full block: 24 sums fill a processor with 32 registers, 12 one with 16.
pub fn block_rows<S: Simd>() -> usize {
    if S::REGISTER_COUNT >= 32 { 8 } else { 4 }
}

/// Cuts a sum of `depth` terms into near-equal runs of at most [`DEPTH`], always in the same way.
pub fn depth_runs(depth: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    let runs = depth.div_ceil(DEPTH).max(1);
    (0..runs).map(move |run| run * depth / runs..(run + 1) * depth / runs)
}

/// How many of the `left` vectors the next block takes: never one alone where two and two would do.
pub fn next_vectors(left: usize) -> usize {
    if left == VECTORS + 1 {
        2
    } else {
        left.min(VECTORS)
    }
}

/// Sums over `k` of `rows[i][k] * panel[k][j]`, from zero, in the order of `k`.
///
/// Rows must be at least as long as the panel.
#[inline(always)]
pub fn multiply<S: Simd, const ROWS: usize, const V: usize>(
    simd: S,
    rows: [&[f32]; ROWS],
    panel: &[[S::f32s; V]],
) -> [[S::f32s; V]; ROWS] {
    // Opaque, or the count is worked out anew in every turn of the loop; equal lengths spare its checks.
    let depth = std::hint::black_box(panel.len());
    let panel = &panel[..depth];
    let rows = rows.map(|row| &row[..depth]);
    let mut sums = [[simd.splat_f32s(0.0); V]; ROWS];
    for k in 0..depth {
        let columns = panel[k];
        for i in 0..ROWS {
            let factor = simd.splat_f32s(rows[i][k]);
            for j in 0..V {
                sums[i][j] = simd.mul_add_e_f32s(factor, columns[j], sums[i][j]);
            }
        }
    }
    sums
}

/// What is done with finished sums.
#[derive(Clone, Copy)]
pub enum Delivery {
    /// Written over what is there, plus this.
    Fresh(f32),
    /// Added to what is there.
    Sum,
}

/// Puts `sums` into `target`, which may end within the last vector.
#[inline(always)]
pub fn deliver<S: Simd, const V: usize>(
    simd: S,
    target: &mut [f32],
    sums: [S::f32s; V],
    into: Delivery,
) {
    let (whole, rest) = S::as_mut_simd_f32s(target);
    let num_whole = whole.len();
    for (target, sum) in whole.iter_mut().zip(sums) {
        *target = match into {
            Delivery::Fresh(start) => simd.add_f32s(sum, simd.splat_f32s(start)),
            Delivery::Sum => simd.add_f32s(*target, sum),
        };
    }
    if !rest.is_empty() && num_whole < V {
        let sum = sums[num_whole];
        let value = match into {
            Delivery::Fresh(start) => simd.add_f32s(sum, simd.splat_f32s(start)),
            Delivery::Sum => simd.add_f32s(simd.partial_load_f32s(rest), sum),
        };
        simd.partial_store_f32s(rest, value);
    }
}

/// A zeroed buffer and the part of it that starts on a cache line.
pub struct Aligned {
    buffer: Vec<f32>,
    start: usize,
    len: usize,
}

impl Aligned {
    pub fn new(len: usize) -> Self {
        let buffer = vec![0.0; len + 16];
        let start = buffer.as_ptr().align_offset(64).min(16);
        Self { buffer, start, len }
    }

    pub fn values(&mut self) -> &mut [f32] {
        &mut self.buffer[self.start..self.start + self.len]
    }
}
