//! One random generator for each example, so that no example depends on threads or on its neighbors.

use rand::SeedableRng as _;
use rand::rngs::StdRng;

/// The generator of one example: of a run's `seed`, a `step` and a place `index` in its batch.
///
/// The three numbers are mixed one after the other, `mix(mix(mix(seed) ^ step) ^ index)`, where `mix`
/// is the finalizer of `SplitMix64` after one step of its counter; so neighbors share nothing.
pub fn example_rng(seed: u64, step: u64, index: u64) -> StdRng {
    StdRng::seed_from_u64(mix(mix(mix(seed) ^ step) ^ index))
}

/// One step of `SplitMix64` (Steele, Lea, Flood 2014): a bijection of 64 bits.
fn mix(state: u64) -> u64 {
    let mut bits = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt as _;

    #[test]
    fn mix_gives_the_published_first_number() {
        // SplitMix64 seeded with 0 gives this number first.
        assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn the_same_place_gives_the_same_numbers_and_neighbors_differ() {
        let draw = |seed, step, index| example_rng(seed, step, index).random::<u64>();
        assert_eq!(draw(1, 2, 3), draw(1, 2, 3));
        assert_ne!(draw(1, 2, 3), draw(1, 2, 4));
        assert_ne!(draw(1, 2, 3), draw(1, 3, 2));
        assert_ne!(draw(1, 2, 3), draw(2, 1, 3));
    }
}
