//! ADDG, the artifact-discrepancy data generator (METHODS 5.1-5.2; paper 004, section 3.1): pristine
//! faces in, faces with one of nine made-up artifacts out.

pub(super) mod augment;
pub(super) mod blend;
pub(super) mod blur;
pub(super) mod deform;
mod generator;
pub(super) mod hull;
mod iso_noise;
pub(super) mod mask;
mod rotation;
pub(super) mod sampling;
pub(super) mod scaling;
mod seed;
pub(super) mod swap;

pub use generator::{Addg, AddgSettings, Example, Scratch};
pub use mask::{Edge, MaskKind, Shape};
pub use seed::example_rng;

/// Which examples a training step wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draw {
    /// Half pristine, half of one category (0 to 8).
    Category(u8),
    /// Half pristine, half of all categories mixed.
    Mixed,
}

/// The nine categories in the paper's order; sub-task n is `CATEGORIES[n - 1]`.
pub static CATEGORIES: [&str; 9] = [
    "inner-gauss-blur",
    "outer-gauss-blur",
    "inner-scaling",
    "outer-scaling",
    "inner-iso-noise",
    "outer-iso-noise",
    "rotation",
    "sb-rand",
    "sb-sim",
];

/// How a whole frame is changed while it stays pristine (paper: "frame perturbation").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Perturbation {
    GaussBlur,
    Scaling,
    IsoNoise,
    Rotation,
    SwapRandom,
    SwapSimilar,
}

/// Where the perturbed pixels go: inside the mask, or outside of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Inner,
    Outer,
}

/// What each of [`CATEGORIES`] does.
const RECIPES: [(Perturbation, Side); 9] = [
    (Perturbation::GaussBlur, Side::Inner),
    (Perturbation::GaussBlur, Side::Outer),
    (Perturbation::Scaling, Side::Inner),
    (Perturbation::Scaling, Side::Outer),
    (Perturbation::IsoNoise, Side::Inner),
    (Perturbation::IsoNoise, Side::Outer),
    (Perturbation::Rotation, Side::Inner),
    (Perturbation::SwapRandom, Side::Inner),
    (Perturbation::SwapSimilar, Side::Inner),
];
