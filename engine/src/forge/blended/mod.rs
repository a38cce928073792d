//! Blended images of Face X-ray (METHODS 11; Li et al. 2020): a face of another clip with close landmarks is
//! blended into a pristine face, and the border where the two meet is told exactly.
//!
//! Where this differs from the public code:
//! - It starts from faces cut upright with a margin of 1.3, not from crops of 317 pixels with a wider
//!   margin below the brows; the window of step 9 is taken in proportion, and holds the face from the
//!   forehead to the chin.
//! - Pristine examples go through step 2 as well, since else the resolution alone would tell.
//! - A mask that covers less than 0.5 % of the picture counts as empty.
//! - Resizing in step 9 does not smooth before shrinking.

mod color;
mod degrade;
mod feather;
mod generator;
mod hulls;
mod mask;
mod morphology;

pub use color::ColorMatch;
pub use generator::{Blended, BlendedSettings, Example, Scratch};
pub use hulls::Shape;

/// The Face X-ray of a blending weight from 0 to 1: `4 M (1 - M)`, so 1 where both sources count the
/// same and 0 where only one does (Face X-ray, Eq. 2).
pub fn xray(weight: f32) -> f32 {
    4.0 * weight * (1.0 - weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_xray_is_one_at_a_half_and_nothing_where_one_source_is_alone() {
        assert_eq!([0.0, 0.5, 1.0].map(xray), [0.0, 1.0, 0.0]);
        assert_eq!(xray(0.25), xray(0.75));
    }
}
