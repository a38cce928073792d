//! Where a face is changed: five hulls of its landmarks, slightly deformed, with a hard or a soft
//! edge (METHODS 5.2).

use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::forge::addg::blur::{BlurScratch, Kernel, blur};
use crate::forge::addg::deform::Grid;
use crate::forge::addg::hull::{HullScratch, fill_hull};

/// Share of masks that are deformed.
const DEFORM_PROBABILITY: f64 = 0.9;

/// A mask smaller than this share of the picture would label a picture that has hardly changed.
const MIN_SHARE: f64 = 0.005;

/// Deformations tried before the hull is taken as it is.
const MAX_TRIES: usize = 8;

/// The five hulls (names of the public list that METHODS 5.2 cites).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    NormalHull,
    InnerHull,
    InnerHullNoEyebrow,
    MouthHull,
    WholeHull,
}

/// How a mask ends: at once, or over the given number of taps of a Gaussian (1 is at once, too).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    Hard,
    Soft { num_taps: usize },
}

/// What kind of mask was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaskKind {
    pub shape: Shape,
    pub edge: Edge,
}

/// Buffers of [`draw_mask`].
#[derive(Default)]
pub struct MaskScratch {
    hull: HullScratch,
    blur: BlurScratch,
    whole: Vec<u8>,
    plain: Vec<u8>,
}

/// Draws a mask for a face: one byte a pixel, 255 inside. `points` are in pixels of the square
/// picture of `size_px`.
pub fn draw_mask(
    points: &[[f32; 2]; 68],
    size_px: usize,
    rng: &mut StdRng,
    mask: &mut Vec<u8>,
    scratch: &mut MaskScratch,
) -> MaskKind {
    let shape = Shape::ALL[rng.random_range(0..Shape::ALL.len())];
    let num_pixels = size_px * size_px;
    mask.resize(num_pixels, 0);
    scratch.whole.resize(num_pixels, 0);
    scratch.plain.resize(num_pixels, 0);
    let (whole, plain, hull) = (&mut scratch.whole, &mut scratch.plain, &mut scratch.hull);
    fill_hull(
        Shape::WholeHull.points(points, size_px),
        size_px,
        whole,
        hull,
    );
    fill_hull(shape.points(points, size_px), size_px, plain, hull);

    let is_deformed = rng.random_bool(DEFORM_PROBABILITY);
    let mut tries = if is_deformed { MAX_TRIES } else { 0 };
    loop {
        if tries == 0 {
            mask.copy_from_slice(plain);
        } else {
            Grid::draw(rng, size_px).deform(plain, size_px, mask);
        }
        let mut num_inside = 0;
        for (value, limit) in mask.iter_mut().zip(whole.iter()) {
            *value &= limit;
            num_inside += usize::from(*value == 255);
        }
        if tries == 0 || MIN_SHARE * num_pixels as f64 <= num_inside as f64 {
            break;
        }
        tries -= 1;
    }

    let edge = if rng.random_bool(0.5) {
        Edge::Hard
    } else {
        let num_taps = draw_edge_taps(rng, size_px);
        plain.copy_from_slice(mask);
        let kernel = Kernel::of_size(num_taps);
        blur::<1>(plain, size_px, &kernel, mask, &mut scratch.blur);
        Edge::Soft { num_taps }
    };
    MaskKind { shape, edge }
}

/// An odd kernel from 1 to 17 at 256 pixels, and the nearest odd one in proportion elsewhere.
fn draw_edge_taps(rng: &mut StdRng, size_px: usize) -> usize {
    let at_256 = 2 * rng.random_range(1..=9usize) - 1;
    let scaled = at_256 as f64 * size_px as f64 / 256.0;
    2 * ((scaled - 1.0) / 2.0).round().max(0.0) as usize + 1
}

impl Shape {
    pub const ALL: [Self; 5] = [
        Self::NormalHull,
        Self::InnerHull,
        Self::InnerHullNoEyebrow,
        Self::MouthHull,
        Self::WholeHull,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::NormalHull => "normal-hull",
            Self::InnerHull => "inner-hull",
            Self::InnerHullNoEyebrow => "inner-hull-no-eyebrow",
            Self::MouthHull => "mouth-hull",
            Self::WholeHull => "whole-hull",
        }
    }

    /// The points whose hull this is: the whole hull reaches 15 pixels (at 256) below the chin and
    /// a quarter of the way from brow to chin above the brows.
    fn points(
        self,
        points: &[[f32; 2]; 68],
        size_px: usize,
    ) -> impl Iterator<Item = [f32; 2]> + use<'_> {
        let chin_drop = 15.0 * size_px as f32 / 256.0;
        let brow_lift = 0.25 * (points[9][1] - points[22][1]);
        let is_taken = move |at: usize| match self {
            Self::NormalHull => true,
            Self::InnerHull => 17 <= at,
            Self::InnerHullNoEyebrow => 27 <= at,
            Self::MouthHull => (2..=14).contains(&at) || at == 29,
            Self::WholeHull => at <= 26,
        };
        let is_whole = self == Self::WholeHull;
        let moved = move |(at, [x, y]): (usize, [f32; 2])| match at {
            5..=11 if is_whole => [x, y + chin_drop],
            18..=26 if is_whole => [x, y - brow_lift],
            _ => [x, y],
        };
        let taken = points.iter().copied().enumerate();
        taken.filter(move |(at, _)| is_taken(*at)).map(moved)
    }
}

impl Edge {
    pub fn name(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Soft { .. } => "soft",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::addg::example_rng;
    use crate::forge::synthetic;

    fn hull_of(shape: Shape, size_px: usize) -> Vec<u8> {
        let points = synthetic::landmarks(size_px as u32, 0).points;
        let mut mask = vec![0; size_px * size_px];
        let corners = shape.points(&points, size_px);
        fill_hull(corners, size_px, &mut mask, &mut HullScratch::default());
        mask
    }

    fn draw(seed: u64, size_px: usize) -> (MaskKind, Vec<u8>) {
        let points = synthetic::landmarks(size_px as u32, seed).points;
        let mut mask = Vec::new();
        let mut scratch = MaskScratch::default();
        let mut rng = example_rng(seed, 0, 0);
        let kind = draw_mask(&points, size_px, &mut rng, &mut mask, &mut scratch);
        (kind, mask)
    }

    #[test]
    fn hulls_lie_in_one_another() {
        let area = |shape| {
            hull_of(shape, 256)
                .iter()
                .filter(|value| **value == 255)
                .count()
        };
        assert!(area(Shape::InnerHullNoEyebrow) < area(Shape::InnerHull));
        assert!(area(Shape::InnerHull) < area(Shape::NormalHull));
        assert!(area(Shape::NormalHull) < area(Shape::WholeHull));
        assert!(area(Shape::MouthHull) < area(Shape::NormalHull));
    }

    #[test]
    fn the_whole_hull_reaches_above_the_brows_and_below_the_chin() {
        let points = synthetic::landmarks(256, 0).points;
        let rows = |shape| {
            let mask = hull_of(shape, 256);
            let filled = |y: &usize| mask[256 * y..256 * (y + 1)].contains(&255);
            (
                (0..256).find(filled).unwrap(),
                (0..256).rev().find(filled).unwrap(),
            )
        };
        let ((normal_top, normal_bottom), (top, bottom)) =
            (rows(Shape::NormalHull), rows(Shape::WholeHull));
        let lift = 0.25 * (points[9][1] - points[22][1]);
        assert!(((normal_top - top) as f32 - lift).abs() <= 1.0);
        assert_eq!(bottom - normal_bottom, 15);
    }

    #[test]
    fn masks_stay_in_the_whole_hull_and_hard_ones_have_two_values() {
        for seed in 0..200 {
            let (kind, mask) = draw(seed, 112);
            let points = synthetic::landmarks(112, seed).points;
            let mut whole = vec![0; mask.len()];
            let corners = Shape::WholeHull.points(&points, 112);
            fill_hull(corners, 112, &mut whole, &mut HullScratch::default());
            let inside = mask.iter().filter(|value| 128 <= **value).count();
            assert!(60 <= inside, "{seed}: {kind:?} {inside}");
            if kind.edge == Edge::Hard {
                assert!(mask.iter().all(|value| [0, 255].contains(value)));
                assert!(mask.iter().zip(&whole).all(|(value, limit)| value <= limit));
            }
        }
    }

    #[test]
    fn every_shape_and_edge_comes_about_as_often_as_it_should() {
        let kinds: Vec<MaskKind> = (0..1000).map(|seed| draw(seed, 32).0).collect();
        for shape in Shape::ALL {
            let count = kinds.iter().filter(|kind| kind.shape == shape).count();
            assert!((135..265).contains(&count), "{shape:?} {count}");
        }
        let hard = kinds.iter().filter(|kind| kind.edge == Edge::Hard).count();
        assert!((420..580).contains(&hard), "{hard}");
    }

    #[test]
    fn edges_scale_with_the_picture() {
        let taps = |size_px| -> Vec<usize> {
            let mut taps: Vec<usize> = (0..500)
                .map(|seed| draw_edge_taps(&mut example_rng(seed, 0, 0), size_px))
                .collect();
            taps.sort_unstable();
            taps.dedup();
            taps
        };
        assert_eq!(taps(256), [1, 3, 5, 7, 9, 11, 13, 15, 17]);
        assert_eq!(taps(112), [1, 3, 5, 7]);
    }
}
