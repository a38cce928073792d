//! Which numbers a pass over memory drops: a function of seed and place, so that nothing need be kept
//! for the way back, and threads do not matter.

use crate::nn::noise::SplitMix;

/// Element-wise dropout of one layer in one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drops {
    seed: u64,
    /// In 65,536ths: below it a number is dropped.
    below: u16,
    /// What makes up for the dropped ones.
    kept: f32,
}

impl Drops {
    /// `rate`: how likely a number becomes 0, at least 0 and below 1, kept to 16 bits.
    pub fn new(seed: u64, rate: f64) -> Self {
        // A cast of a number that is too large gives the largest.
        let below = (rate * 65_536.0).round() as u16;
        Self {
            seed,
            below,
            kept: (1.0 / (1.0 - f64::from(below) / 65_536.0)) as f32,
        }
    }

    /// What the factors of one plane are drawn from, from its first number on.
    #[inline(always)]
    pub fn of_plane(&self, plane: usize) -> SplitMix {
        SplitMix::new(SplitMix::new(self.seed.wrapping_add(plane as u64)).draw())
    }

    /// The next factors of a plane: 0 where a number is dropped, `1 / (1 - rate)` elsewhere. All but its
    /// last part must be multiples of 4 long.
    #[inline(always)]
    pub fn fill(&self, numbers: &mut SplitMix, factors: &mut [f32]) {
        // Four places from each number drawn.
        for factors in factors.chunks_mut(4) {
            let mut bits = numbers.draw();
            for factor in factors {
                let is_dropped = (bits as u16) < self.below;
                *factor = if is_dropped { 0.0 } else { self.kept };
                bits >>= 16;
            }
        }
    }

    /// Multiplies a plane by its factors.
    #[inline(always)]
    pub fn apply(&self, plane: usize, values: &mut [f32]) {
        let mut numbers = self.of_plane(plane);
        for values in values.chunks_mut(4) {
            let mut bits = numbers.draw();
            for value in values {
                let is_dropped = (bits as u16) < self.below;
                *value = if is_dropped { 0.0 } else { *value * self.kept };
                bits >>= 16;
            }
        }
    }

    /// The factors of `planes` planes of `area` numbers.
    pub fn factors(&self, planes: usize, area: usize) -> Vec<f32> {
        let mut factors = vec![0.0; planes * area];
        let each = factors.chunks_exact_mut(area.max(1)).enumerate();
        each.for_each(|(plane, factors)| self.fill(&mut self.of_plane(plane), factors));
        factors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_and_another_seed_or_plane_another() {
        let factors = Drops::new(1, 0.5).factors(2, 64);
        assert_eq!(factors, Drops::new(1, 0.5).factors(2, 64));
        assert_ne!(factors, Drops::new(2, 0.5).factors(2, 64));
        assert_ne!(factors[..64], factors[64..]);
    }

    #[test]
    fn the_share_of_dropped_numbers_is_the_rate_and_the_mean_stays() {
        for rate in [0.5, 0.2] {
            let factors = Drops::new(3, rate).factors(100, 1000);
            let dropped = factors.iter().filter(|&&factor| factor == 0.0).count();
            // Five standard deviations of a binomial count, at most 158 each.
            assert!(
                dropped.abs_diff((rate * 1e5) as usize) < 5 * 158,
                "{dropped}"
            );
            let mean = factors.iter().sum::<f32>() / 1e5;
            assert!((mean - 1.0).abs() < 0.02, "{mean}");
        }
    }
}
