//! Makes masks smaller or larger by a square of odd side (step 5).

use rand::RngExt as _;
use rand::rngs::StdRng;

/// What is done to a mask; sides in pixels, 1 does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Morph {
    Erode { side_px: usize },
    Dilate { side_px: usize },
}

impl Morph {
    /// Either with one half; sides uniform from 1 to 21 and from 1 to 5, even ones made odd upward.
    pub fn draw(rng: &mut StdRng) -> Self {
        if rng.random_bool(0.5) {
            Self::Erode {
                side_px: rng.random_range(1..=21usize) | 1,
            }
        } else {
            Self::Dilate {
                side_px: rng.random_range(1..=5usize) | 1,
            }
        }
    }

    /// Changes a square mask of 0 and 255 in place; what lies outside of the picture does not count.
    pub fn apply(self, mask: &mut [u8], size_px: usize, before: &mut Vec<u8>) {
        let (side_px, pick): (_, fn(u8, u8) -> u8) = match self {
            Self::Erode { side_px } => (side_px, u8::min),
            Self::Dilate { side_px } => (side_px, u8::max),
        };
        let radius = side_px / 2;
        let around = |at: usize| at.saturating_sub(radius)..=(at + radius).min(size_px - 1);
        before.clear();
        before.extend_from_slice(mask);
        for (from, to) in before
            .chunks_exact(size_px)
            .zip(mask.chunks_exact_mut(size_px))
        {
            for (x, value) in to.iter_mut().enumerate() {
                *value = from[around(x)].iter().copied().fold(from[x], pick);
            }
        }
        before.clear();
        before.extend_from_slice(mask);
        for (y, to) in mask.chunks_exact_mut(size_px).enumerate() {
            for row in around(y) {
                let from = &before[row * size_px..(row + 1) * size_px];
                for (value, other) in to.iter_mut().zip(from) {
                    *value = pick(*value, *other);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::addg::example_rng;

    fn square(size_px: usize, from: usize, to: usize) -> Vec<u8> {
        let inside = from..to;
        (0..size_px * size_px)
            .map(|at| {
                let is_inside =
                    inside.contains(&(at % size_px)) && inside.contains(&(at / size_px));
                if is_inside { 255 } else { 0 }
            })
            .collect()
    }

    #[test]
    fn a_square_loses_or_wins_the_radius_on_every_side() {
        let mut mask = square(20, 5, 15);
        let before = &mut Vec::new();
        Morph::Erode { side_px: 5 }.apply(&mut mask, 20, before);
        assert_eq!(mask, square(20, 7, 13));
        Morph::Dilate { side_px: 3 }.apply(&mut mask, 20, before);
        assert_eq!(mask, square(20, 6, 14));
        Morph::Erode { side_px: 1 }.apply(&mut mask, 20, before);
        assert_eq!(mask, square(20, 6, 14));
        Morph::Erode { side_px: 21 }.apply(&mut mask, 20, before);
        assert!(!mask.contains(&255));
    }

    #[test]
    fn the_border_of_the_picture_does_not_erode() {
        let mut mask = vec![255; 100];
        Morph::Erode { side_px: 7 }.apply(&mut mask, 10, &mut Vec::new());
        assert!(!mask.contains(&0));
    }

    #[test]
    fn all_odd_sides_come() {
        let mut counts = [[0; 22]; 2];
        for seed in 0..4000 {
            match Morph::draw(&mut example_rng(seed, 0, 0)) {
                Morph::Erode { side_px } => counts[0][side_px] += 1,
                Morph::Dilate { side_px } => counts[1][side_px] += 1,
            }
        }
        for (side, erosions) in counts[0].iter().enumerate() {
            assert_eq!(side % 2 == 1, 0 < *erosions, "{side}");
        }
        let dilations: Vec<usize> = (0..22).filter(|side| 0 < counts[1][*side]).collect();
        assert_eq!(dilations, [1, 3, 5]);
    }
}
