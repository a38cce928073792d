//! Random numbers for training steps, drawn on the host from a seed: the same seed and step drop the
//! same things on every device, whatever other threads do.

use crate::nn::drops::Drops;

/// `SplitMix64`, whose numbers no library upgrade changes.
#[derive(Clone, Debug)]
pub struct SplitMix {
    state: u64,
}

impl SplitMix {
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    #[inline(always)]
    pub fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// At least 0 and below 1, in steps of 2^-24.
    pub fn uniform(&mut self) -> f32 {
        (self.draw() >> 40) as f32 / (1 << 24) as f32
    }

    /// Two independent numbers of mean 0 and deviation 1 (Box and Muller).
    pub fn normals(&mut self) -> [f32; 2] {
        // Above 0, for the logarithm.
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        let (sine, cosine) = (std::f32::consts::TAU * self.uniform()).sin_cos();
        [radius * cosine, radius * sine]
    }
}

/// What the layers of one training step draw from, one after the other; or nothing, and they drop
/// nothing.
#[derive(Clone, Debug)]
pub struct Noise {
    numbers: Option<SplitMix>,
}

impl Noise {
    /// For inference.
    pub fn off() -> Self {
        Self { numbers: None }
    }

    /// For one step of training.
    pub fn of_step(seed: u64, step: u64) -> Self {
        // Drawn one from the other, so that (1, 2) and (2, 1) differ and neighbors share nothing.
        let mixed = SplitMix::new(SplitMix::new(seed).draw() ^ step).draw();
        Self {
            numbers: Some(SplitMix::new(mixed)),
        }
    }

    /// For each of `count` things, 0 where it is dropped (probability `rate`, 0 to 1) and otherwise
    /// what makes up for the dropped ones, `1 / (1 - rate)`. `None` if nothing is to be dropped.
    pub fn factors(&mut self, count: usize, rate: f64) -> Option<Vec<f32>> {
        let numbers = self.numbers.as_mut().filter(|_| 0.0 < rate)?;
        let kept = (1.0 / (1.0 - rate)) as f32;
        let factors = (0..count).map(|_| {
            if f64::from(numbers.uniform()) < rate {
                0.0
            } else {
                kept
            }
        });
        Some(factors.collect())
    }

    /// What the next layer drops, at `rate` (0 to 1); `None` if nothing is to be dropped.
    pub fn drops(&mut self, rate: f64) -> Option<Drops> {
        let numbers = self.numbers.as_mut().filter(|_| 0.0 < rate)?;
        Some(Drops::new(numbers.draw(), rate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_gives_the_same_numbers_and_another_step_or_seed_others() {
        let factors = |seed, step| Noise::of_step(seed, step).factors(64, 0.5).unwrap();
        assert_eq!(factors(1, 2), factors(1, 2));
        assert_ne!(factors(1, 2), factors(1, 3));
        assert_ne!(factors(1, 2), factors(2, 2));
        assert_ne!(factors(1, 2), factors(2, 1));
    }

    #[test]
    fn normals_have_mean_0_and_deviation_1() {
        let mut numbers = SplitMix::new(5);
        let values: Vec<f32> = (0..50_000).flat_map(|_| numbers.normals()).collect();
        let moment = |power| values.iter().map(|x| x.powi(power)).sum::<f32>() / 1e5;
        // Five standard errors; the fourth moment of a normal number is 3.
        assert!(moment(1).abs() < 0.016, "{}", moment(1));
        assert!((moment(2) - 1.0).abs() < 0.023, "{}", moment(2));
        assert!((moment(4) - 3.0).abs() < 0.16, "{}", moment(4));
    }

    #[test]
    fn layers_of_one_step_do_not_share_numbers() {
        let mut noise = Noise::of_step(1, 1);
        assert_ne!(noise.factors(64, 0.5), noise.factors(64, 0.5));
    }

    #[test]
    fn the_share_of_dropped_things_is_the_rate_and_the_mean_stays() {
        let factors = Noise::of_step(3, 4).factors(100_000, 0.2).unwrap();
        let dropped = factors.iter().filter(|&&factor| factor == 0.0).count();
        // Five standard deviations of a binomial count.
        assert!(dropped.abs_diff(20_000) < 5 * 127, "{dropped}");
        let mean = factors.iter().sum::<f32>() / factors.len() as f32;
        assert!((mean - 1.0).abs() < 0.01, "{mean}");
    }

    #[test]
    fn without_noise_or_rate_nothing_is_dropped() {
        assert_eq!(Noise::off().factors(8, 0.5), None);
        assert_eq!(Noise::of_step(1, 1).factors(8, 0.0), None);
    }
}
