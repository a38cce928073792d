//! Grain: the fine noise of a camera and its encoder, measured and carried over, so that a face pasted in
//! is neither smoother nor rougher than its surroundings.

use crate::forge::manipulate::picture::{Patch, luma};

/// Deviation of the noise in levels, by the median of second differences, which pass over slopes
/// (Immerkær 1996, with a median in place of the mean so that edges count less).
pub fn noise_deviation(patch: &Patch, inside: &[bool]) -> f32 {
    let (width, height) = (patch.width, patch.height);
    let mut differences = Vec::with_capacity(patch.rgb.len() / 2);
    for y in 1..height.saturating_sub(1) {
        for x in 1..width.saturating_sub(1) {
            let at = y * width + x;
            if !inside[at] || (x + y) % 2 == 0 {
                continue;
            }
            let level = |at: usize| luma(patch.rgb[at]);
            let corners = level(at - width - 1)
                + level(at - width + 1)
                + level(at + width - 1)
                + level(at + width + 1);
            let sides = level(at - width) + level(at + width) + level(at - 1) + level(at + 1);
            differences.push((corners - 2.0 * sides + 4.0 * level(at)).abs());
        }
    }
    if differences.is_empty() {
        return 0.0;
    }
    let middle = differences.len() / 2;
    let (_, median, _) = differences.select_nth_unstable_by(middle, f32::total_cmp);
    // The filter multiplies the deviation by 6; the median of its absolute value is 0.6745 deviations.
    *median / (6.0 * 0.6745)
}

/// The grain of a patch: what Wiener's local filter takes away where there is no structure.
pub struct Grain {
    /// Grain in levels.
    residue: Vec<[f32; 3]>,
    pub deviation: f32,
}

impl Grain {
    pub fn of(patch: &Patch, inside: &[bool]) -> Self {
        let deviation = noise_deviation(patch, inside);
        let smooth = patch.blurred(1.5);
        let differs = |at: usize| [0, 1, 2].map(|c| patch.rgb[at][c] - smooth.rgb[at][c]);
        let squares = Patch {
            rgb: (0..patch.rgb.len())
                .map(|at| differs(at).map(|difference| difference * difference))
                .collect(),
            ..*patch
        };
        let variances = squares.blurred(1.5);
        let noise = (deviation * deviation).max(0.25);
        let residue = (0..patch.rgb.len()).map(|at| {
            let differs = differs(at);
            [0, 1, 2].map(|channel| {
                // All of it where the variance is that of noise, little of it along edges.
                let share = (noise / variances.rgb[at][channel].max(1e-3)).min(1.0);
                let limit = 3.0 * noise.sqrt();
                (differs[channel] * share * share).clamp(-limit, limit)
            })
        });
        Self {
            residue: residue.collect(),
            deviation,
        }
    }

    /// Adds what `patch`, whose own noise is `own_deviation`, lacks.
    pub fn add_to(&self, patch: &mut Patch, own_deviation: f32) {
        let lacking = self.deviation * self.deviation - own_deviation * own_deviation;
        if lacking <= 0.0 {
            return;
        }
        let amount = lacking.sqrt() / self.deviation;
        for (pixel, residue) in patch.rgb.iter_mut().zip(&self.residue) {
            for (value, residue) in pixel.iter_mut().zip(residue) {
                *value += amount * residue;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::addg::example_rng;
    use rand::RngExt as _;
    use rand_distr::StandardNormal;

    fn slope(deviation: f32, seed: u64) -> Patch {
        let mut rng = example_rng(seed, 0, 0);
        let mut patch = Patch::filled(80, 60, [0.0; 3]);
        for (at, pixel) in patch.rgb.iter_mut().enumerate() {
            let noise: f32 = rng.sample(StandardNormal);
            *pixel = [60.0 + (at % 80) as f32 + deviation * noise; 3];
        }
        patch
    }

    #[test]
    fn noise_is_measured_on_a_slope() {
        let all = vec![true; 80 * 60];
        for deviation in [1.0, 3.0, 8.0] {
            let measured = noise_deviation(&slope(deviation, 1), &all);
            assert!((measured / deviation - 1.0).abs() < 0.15, "{measured}");
        }
        assert!(noise_deviation(&slope(0.0, 1), &all) < 1e-3);
        assert_eq!(noise_deviation(&slope(1.0, 1), &vec![false; 80 * 60]), 0.0);
    }

    #[test]
    fn a_smooth_patch_gets_the_grain_of_a_rough_one_and_a_rougher_one_none() {
        let all = vec![true; 80 * 60];
        let grain = Grain::of(&slope(4.0, 2), &all);
        let mut smooth = slope(0.0, 3);
        grain.add_to(&mut smooth, 0.0);
        let measured = noise_deviation(&smooth, &all);
        assert!((2.5..5.0).contains(&measured), "{measured}");
        let mut rough = slope(9.0, 4);
        let before = rough.clone();
        grain.add_to(&mut rough, 9.0);
        assert_eq!(rough, before);
    }
}
