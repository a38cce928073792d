//! Regions of a patch: polygons filled, and how much of a manipulation each of their pixels takes.

/// A share below this changes no more than noise; such pixels are left out of the region, which keeps
/// masks tight.
const MIN_SHARE: f32 = 0.02;

/// Where a manipulation may change a patch.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    pub width: usize,
    pub height: usize,
    /// Row by row; `true` inside.
    pub inside: Vec<bool>,
}

impl Region {
    pub fn empty(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            inside: vec![false; width * height],
        }
    }

    pub fn polygon(width: usize, height: usize, corners: &[[f32; 2]]) -> Self {
        let mut region = Self::empty(width, height);
        region.fill(corners, true);
        region
    }

    /// Sets the pixels whose centers lie in the polygon (even-odd rule). Corners may be outside.
    pub fn fill(&mut self, corners: &[[f32; 2]], is_inside: bool) {
        let mut crossings = Vec::new();
        for (y, row) in self.inside.chunks_exact_mut(self.width).enumerate() {
            cross(corners, y as f32, &mut crossings);
            for pair in crossings.chunks_exact(2) {
                let first = pair[0].ceil().max(0.0) as usize;
                // A pixel exactly on the right border is outside, on the left one inside.
                let last = (pair[1].ceil().max(0.0) as usize).min(row.len());
                if first < last {
                    row[first..last].fill(is_inside);
                }
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        !self.inside.contains(&true)
    }

    /// Distance of each pixel to the nearest one outside, in pixels: 0 outside, 1 along the border
    /// (chamfer distance, within 8 % of the straight one). The patch's own border is no border: there the
    /// frame ends, not the region.
    pub fn depths(&self) -> Vec<f32> {
        const DIAGONAL: f32 = std::f32::consts::SQRT_2;
        let (width, height) = (self.width, self.height);
        let far = (width + height) as f32;
        let start = |is_inside: &bool| if *is_inside { far } else { 0.0 };
        let mut depths: Vec<f32> = self.inside.iter().map(start).collect();
        let mut pass = |at: usize, steps: [(isize, isize, f32); 4]| {
            let (x, y) = ((at % width) as isize, (at / width) as isize);
            for (dx, dy, length) in steps {
                let (x, y) = (x + dx, y + dy);
                if 0 <= x && x < width as isize && 0 <= y && y < height as isize {
                    let near = depths[y as usize * width + x as usize] + length;
                    depths[at] = depths[at].min(near);
                }
            }
        };
        for at in 0..width * height {
            let steps = [
                (-1, 0, 1.0),
                (0, -1, 1.0),
                (-1, -1, DIAGONAL),
                (1, -1, DIAGONAL),
            ];
            pass(at, steps);
        }
        for at in (0..width * height).rev() {
            let steps = [
                (1, 0, 1.0),
                (0, 1, 1.0),
                (1, 1, DIAGONAL),
                (-1, 1, DIAGONAL),
            ];
            pass(at, steps);
        }
        depths
    }

    /// The share each pixel takes, 0 to 1: rises from the border inwards over `feather_px`, as a smooth
    /// step. Exactly 0 outside and where it would be below 2 %.
    pub fn shares(&self, feather_px: f32) -> Vec<f32> {
        let mut shares = self.depths();
        for share in &mut shares {
            let step = (*share / feather_px.max(1.0)).min(1.0);
            let smooth = step * step * (3.0 - 2.0 * step);
            *share = without_traces(smooth);
        }
        shares
    }
}

/// A share, or 0 where it is too small to matter.
pub fn without_traces(share: f32) -> f32 {
    if share < MIN_SHARE { 0.0 } else { share }
}

/// Where a row crosses the polygon, in order; always an even number.
fn cross(corners: &[[f32; 2]], y: f32, crossings: &mut Vec<f32>) {
    crossings.clear();
    for (at, p) in corners.iter().enumerate() {
        let q = corners[(at + 1) % corners.len()];
        // Half open, so that a row through a corner crosses one of its two sides.
        if (p[1] <= y) != (q[1] <= y) {
            crossings.push(p[0] + (q[0] - p[0]) * (y - p[1]) / (q[1] - p[1]));
        }
    }
    crossings.sort_unstable_by(f32::total_cmp);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_is_filled_and_a_notch_is_left_out() {
        let corners = [[1.0, 1.0], [8.0, 1.0], [8.0, 8.0], [4.5, 4.0], [1.0, 8.0]];
        let region = Region::polygon(10, 10, &corners);
        assert!(region.inside[10 * 2 + 4] && region.inside[10 * 6 + 2]);
        assert!(!region.inside[10 * 7 + 4] && !region.inside[10 * 8 + 4] && !region.inside[5]);
        let full = Region::polygon(
            4,
            4,
            &[[-9.0, -9.0], [99.0, -9.0], [99.0, 99.0], [-9.0, 99.0]],
        );
        assert!(full.inside.iter().all(|inside| *inside));
    }

    #[test]
    fn depths_count_from_the_border_of_the_region_and_not_from_that_of_the_patch() {
        let region = Region::polygon(
            20,
            20,
            &[[5.0, -9.0], [99.0, -9.0], [99.0, 99.0], [5.0, 99.0]],
        );
        let depths = region.depths();
        for x in 0..20usize {
            assert_eq!(depths[20 * 7 + x], x.saturating_sub(4) as f32);
        }
    }

    #[test]
    fn shares_rise_from_nothing_to_all_over_the_feather() {
        let region = Region::polygon(
            40,
            40,
            &[[0.0, 0.0], [40.0, 0.0], [40.0, 40.0], [0.0, 40.0]],
        );
        assert!(region.shares(8.0).iter().all(|share| *share == 1.0));
        let mut region = region;
        region.fill(
            &[[-1.0, -1.0], [9.5, -1.0], [9.5, 50.0], [-1.0, 50.0]],
            false,
        );
        let row = &region.shares(8.0)[..40];
        assert!(row.is_sorted() && row[9] == 0.0 && row[10] < 0.1 && row[18] == 1.0);
        let hard = &region.shares(0.0)[..40];
        assert!(hard[9] == 0.0 && hard[10] == 1.0);
    }
}
