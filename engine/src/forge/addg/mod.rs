//! ADDG, the artifact-discrepancy data generator (METHODS 5.1-5.2; paper 004, section 3.1): pristine
//! faces in, faces with one of nine made-up artifacts out.

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
