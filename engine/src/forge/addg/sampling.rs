//! Bilinear sampling of square RGB pictures: affine warps and resizing.

/// Affine map `[a, b, c, d, e, f]`: x' = a x + b y + c, y' = d x + e y + f, in pixels whose centers
/// are whole numbers.
pub type Affine = [f32; 6];

/// Fills `target` with `source` seen through the map; outside, the source is mirrored about its
/// border pixels (`abc|ba`, `OpenCV`'s reflect-101). Both are RGB8 squares of `size_px`.
pub fn warp(source: &[u8], size_px: usize, source_from_target: Affine, target: &mut [u8]) {
    warp_into(source, size_px, source_from_target, target, size_px);
}

/// As [`warp`], where `target` is a square of another size.
pub fn warp_into(
    source: &[u8],
    size_px: usize,
    source_from_target: Affine,
    target: &mut [u8],
    target_px: usize,
) {
    let [a, b, c, d, e, f] = source_from_target;
    for (y, row) in target.chunks_exact_mut(3 * target_px).enumerate() {
        let (row_x, row_y) = (b * y as f32 + c, e * y as f32 + f);
        for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
            let (at_x, at_y) = (a * x as f32 + row_x, d * x as f32 + row_y);
            read(source, size_px, [at_x, at_y], pixel);
        }
    }
}

/// One pixel of an RGB8 square, bilinearly; outside, the picture is mirrored as in [`warp`].
pub fn read(source: &[u8], size_px: usize, [x, y]: [f32; 2], pixel: &mut [u8]) {
    let size = size_px as i32;
    let (left, top) = (x.floor(), y.floor());
    let columns = pair(left as i32, size);
    let rows = pair(top as i32, size);
    blend_four(source, size_px, columns, rows, [x - left, y - top], pixel);
}

/// Buffers of [`resize`].
#[derive(Default)]
pub struct ResizeScratch {
    /// For each target column: the left source column and the share of its right neighbor.
    columns: Vec<(usize, f32)>,
}

/// Resizes an RGB8 square bilinearly, with pixel areas aligned and the border repeated, as `OpenCV`'s
/// `INTER_LINEAR` does: no smoothing before shrinking.
pub fn resize(
    source: &[u8],
    source_px: usize,
    target: &mut [u8],
    target_px: usize,
    scratch: &mut ResizeScratch,
) {
    let tap = |at: usize| {
        let center = (at as f32 + 0.5) * (source_px as f32 / target_px as f32) - 0.5;
        let center = center.clamp(0.0, (source_px - 1) as f32);
        (center as usize, center.fract())
    };
    scratch.columns.clear();
    scratch.columns.extend((0..target_px).map(tap));
    for (y, row) in target.chunks_exact_mut(3 * target_px).enumerate() {
        let (top, part_y) = tap(y);
        let rows = [top, (top + 1).min(source_px - 1)];
        for (pixel, &(left, part_x)) in row.chunks_exact_mut(3).zip(&scratch.columns) {
            let columns = [left, (left + 1).min(source_px - 1)];
            blend_four(source, source_px, columns, rows, [part_x, part_y], pixel);
        }
    }
}

/// Mirrors an index into `0..size` about the first and the last pixel.
pub fn reflect(at: i32, size: i32) -> usize {
    if 0 <= at && at < size {
        return at as usize;
    }
    if size == 1 {
        return 0;
    }
    let period = 2 * (size - 1);
    let folded = at.rem_euclid(period);
    folded.min(period - folded) as usize
}

fn pair(first: i32, size: i32) -> [usize; 2] {
    [reflect(first, size), reflect(first.saturating_add(1), size)]
}

fn blend_four(
    source: &[u8],
    size_px: usize,
    columns: [usize; 2],
    rows: [usize; 2],
    [part_x, part_y]: [f32; 2],
    pixel: &mut [u8],
) {
    let corner = |row: usize, column: usize| {
        let at = 3 * (rows[row] * size_px + columns[column]);
        &source[at..at + 3]
    };
    let (a, b, c, d) = (corner(0, 0), corner(0, 1), corner(1, 0), corner(1, 1));
    for (channel, value) in pixel.iter_mut().enumerate() {
        let (a, b) = (f32::from(a[channel]), f32::from(b[channel]));
        let (c, d) = (f32::from(c[channel]), f32::from(d[channel]));
        let top = a + (b - a) * part_x;
        let bottom = c + (d - c) * part_x;
        *value = (top + (bottom - top) * part_y + 0.5) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::synthetic;

    #[test]
    fn indices_mirror_about_the_border_pixels() {
        let mirrored: Vec<usize> = (-4..8).map(|at| reflect(at, 4)).collect();
        assert_eq!(mirrored, [2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1]);
        assert_eq!(reflect(-3, 1), 0);
    }

    #[test]
    fn the_identity_leaves_every_byte() {
        let picture = synthetic::texture(31, 5);
        let mut warped = vec![0; picture.len()];
        warp(&picture, 31, [1.0, 0.0, 0.0, 0.0, 1.0, 0.0], &mut warped);
        assert_eq!(warped, picture);
        let mut same = vec![0; picture.len()];
        resize(&picture, 31, &mut same, 31, &mut ResizeScratch::default());
        assert_eq!(same, picture);
    }

    #[test]
    fn a_whole_pixel_shift_moves_pixels() {
        let picture = synthetic::texture(16, 9);
        let mut warped = vec![0; picture.len()];
        warp(&picture, 16, [1.0, 0.0, 2.0, 0.0, 1.0, 0.0], &mut warped);
        assert_eq!(warped[0..3], picture[6..9]);
        // Column 14 of the result is column 16 of the source, mirrored to 14.
        assert_eq!(warped[42..45], picture[42..45]);
    }

    #[test]
    fn halving_averages_neighbors() {
        let picture: Vec<u8> = [0, 100, 200, 40].iter().flat_map(|v| [*v; 3]).collect();
        let mut small = [0; 3];
        resize(&picture, 2, &mut small, 1, &mut ResizeScratch::default());
        assert_eq!(small, [85; 3]);
    }
}
