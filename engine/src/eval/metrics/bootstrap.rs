//! Intervals by drawing clips anew: frames of one clip are alike, so drawing frames would look surer
//! than it is.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use rayon::prelude::*;

use crate::detectors::card::Interval;
use crate::eval::metrics::Scored;

/// Draws behind an interval.
pub const NUM_DRAWS: usize = 1000;

/// Ends of a 95 % interval among the sorted draws.
const ENDS: [f64; 2] = [0.025, 0.975];

/// Draws of clips with replacement, within strata: pristine clips, manipulated clips, and clips with
/// faces of both kinds. Each draw then has as many of each as the data, so it never lacks a kind, and
/// the interval does not widen by the chance of how many were drawn, which the makers of the data chose.
pub struct Draws {
    strata: Vec<Vec<usize>>,
    num_clips: usize,
    seeds: Vec<u64>,
}

impl Draws {
    pub fn new(scored: &[Scored], num_draws: usize, seed: u64) -> Self {
        let num_clips = scored.iter().map(|face| face.clip + 1).max().unwrap_or(0);
        let mut kinds = vec![0_usize; num_clips];
        for face in scored {
            kinds[face.clip] |= if face.is_manipulated { 2 } else { 1 };
        }
        let mut strata = vec![Vec::new(); 3];
        for (clip, kind) in kinds.into_iter().enumerate() {
            if kind != 0 {
                strata[kind - 1].push(clip);
            }
        }
        strata.retain(|clips| !clips.is_empty());
        let mut random = StdRng::seed_from_u64(seed);
        Self {
            strata,
            num_clips,
            seeds: (0..num_draws).map(|_| random.random()).collect(),
        }
    }

    /// Clips that are drawn from.
    pub fn clips(&self) -> usize {
        self.strata.iter().map(Vec::len).sum()
    }

    /// What `of` says of each draw, given how often each clip was drawn; in order, whatever the number
    /// of threads.
    pub fn map<T: Send>(&self, of: impl Fn(&[u32]) -> T + Sync) -> Vec<T> {
        self.seeds
            .par_iter()
            .map_init(
                || vec![0; self.num_clips],
                |weights, &seed| {
                    self.draw(seed, weights);
                    of(weights)
                },
            )
            .collect()
    }

    fn draw(&self, seed: u64, weights: &mut [u32]) {
        weights.fill(0);
        let mut random = StdRng::seed_from_u64(seed);
        for clips in &self.strata {
            for _ in clips {
                weights[clips[random.random_range(0..clips.len())]] += 1;
            }
        }
    }

    /// The 95 % interval of a number, from what it was in the draws.
    pub fn interval(&self, value: f64, drawn: impl IntoIterator<Item = f64>) -> Interval {
        let mut drawn: Vec<f64> = drawn.into_iter().collect();
        drawn.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = (share * drawn.len().saturating_sub(1) as f64).round() as usize;
            drawn.get(place).copied().unwrap_or(value)
        };
        Interval {
            value,
            low: at(ENDS[0]),
            high: at(ENDS[1]),
            clips: self.clips(),
        }
    }
}
