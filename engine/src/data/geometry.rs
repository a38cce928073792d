//! Whether labels can be told from where faces lie alone: a linear probe on the geometry of crops.
//!
//! A dataset where they can leaks (METHODS 16): a detector may learn the size of the frames or the
//! place of the faces instead of the manipulation, and its numbers mean little.

use std::collections::BTreeMap;

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;

use crate::data::crops::FaceSample;
use crate::data::logistic;

/// Numbers that describe a crop without any of its pixels.
pub const GEOMETRY_FEATURES: usize = 22;

/// What [`geometry_of`] gives, in the order of [`GEOMETRY_NAMES`].
pub type Geometry = [f64; GEOMETRY_FEATURES];

/// One name for each feature.
pub const GEOMETRY_NAMES: [&str; GEOMETRY_FEATURES] = [
    "box center x / frame width",
    "box center y / frame height",
    "log box width / frame width",
    "log box height / frame height",
    "log box width",
    "log box height / width",
    "log frame width",
    "log frame height",
    "log frame width / height",
    "log landmark width / box width",
    "log landmark height / box height",
    "landmark center x in box",
    "landmark center y in box",
    "landmark roll",
    "log crop scale",
    "crop roll",
    "left margin",
    "top margin",
    "right margin",
    "bottom margin",
    "box reaches out of the frame",
    "crop reaches out of the frame",
];

/// Sources are dealt into so many folds; each is scored by a probe that saw only the others.
const FOLDS: usize = 5;

/// Deals that scores are averaged over: with few sources, one deal may be lucky or unlucky.
const DEALS: u64 = 5;

/// The geometry of one crop: where box, landmarks and crop lie in the frame and how large they are.
/// Lengths are in logarithms, margins in box widths, angles in radians.
pub fn geometry_of(sample: &FaceSample) -> Geometry {
    let face = &sample.box_in_frame;
    let [frame_width, frame_height] = sample.frame_size.map(|side| f64::from(side).max(1.0));
    let [left, top] = [face.x, face.y].map(f64::from);
    let [width, height] = [face.width, face.height].map(|side| f64::from(side).max(1e-3));
    let points = sample.crop.landmarks.points.map(|p| in_frame(sample, p));
    let bounds = bounds_of(&points);
    let (points_width, points_height) = (
        (bounds[2] - bounds[0]).max(1e-3),
        (bounds[3] - bounds[1]).max(1e-3),
    );
    let side = f64::from(sample.crop.size_px) as f32;
    let corners = [[0.0, 0.0], [side, 0.0], [0.0, side], [side, side]];
    let crop = bounds_of(&corners.map(|corner| in_frame(sample, corner)));
    let (right, bottom) = (left + width, top + height);
    let is_out = |[left, top, right, bottom]: [f64; 4]| {
        f64::from(u8::from(
            left < 0.0 || top < 0.0 || frame_width < right || frame_height < bottom,
        ))
    };
    let map = sample.crop.frame_from_crop.map(f64::from);
    let features = [
        (left + 0.5 * width) / frame_width,
        (top + 0.5 * height) / frame_height,
        libm::log(width / frame_width),
        libm::log(height / frame_height),
        libm::log(width),
        libm::log(height / width),
        libm::log(frame_width),
        libm::log(frame_height),
        libm::log(frame_width / frame_height),
        libm::log(points_width / width),
        libm::log(points_height / height),
        (0.5 * (bounds[0] + bounds[2]) - left) / width,
        (0.5 * (bounds[1] + bounds[3]) - top) / height,
        roll(&points),
        libm::log(libm::hypot(map[0], map[3]).max(1e-9)),
        libm::atan2(map[3], map[0]),
        left / width,
        top / width,
        (frame_width - right) / width,
        (frame_height - bottom) / width,
        is_out([left, top, right, bottom]),
        is_out(crop),
    ];
    features.map(|value| if value.is_finite() { value } else { 0.0 })
}

/// Scores every crop by logistic regressions on the geometry of crops of other sources; larger leans
/// to manipulated. Only the order within the result means anything.
///
/// `features`, `labels` (1 is manipulated) and `sources` go together, one for each crop. All crops of a
/// source are in one of five folds, and count together as much as those of any other source; `seed`
/// deals them, five times, and the scores are means over the deals. Where geometry tells nothing, the AUC
/// is about 0.5, the nearer the more sources there are. All scores are 0 where there are fewer than two.
///
/// # Panics
///
/// Where the three lists differ in length.
pub fn geometry_probe(
    features: &[Geometry],
    labels: &[u8],
    sources: &[&str],
    seed: u64,
) -> Vec<f32> {
    assert_eq!(features.len(), labels.len(), "one label for each crop");
    assert_eq!(features.len(), sources.len(), "one source for each crop");
    let mut counts: BTreeMap<&str, f64> = BTreeMap::new();
    for source in sources {
        *counts.entry(source).or_default() += 1.0;
    }
    let shares: Vec<f64> = sources.iter().map(|source| 1.0 / counts[source]).collect();
    let mut rng = StdRng::seed_from_u64(seed);
    let mut scores = vec![0.0; features.len()];
    for _ in 0..DEALS {
        let folds = folds_of(labels, sources, &mut rng);
        for fold in 0..FOLDS {
            let others = || (0..features.len()).filter(|&at| folds[at] != fold);
            let rows: Vec<&[f64]> = others().map(|at| features[at].as_slice()).collect();
            let targets: Vec<bool> = others().map(|at| labels[at] == 1).collect();
            let shares: Vec<f64> = others().map(|at| shares[at]).collect();
            let Some(line) = logistic::fit(&rows, &targets, &shares) else {
                continue;
            };
            for (at, score) in scores.iter_mut().enumerate() {
                if folds[at] == fold {
                    *score += line.score(&features[at]) / DEALS as f64;
                }
            }
        }
    }
    scores.into_iter().map(|score| score as f32).collect()
}

/// The fold of each crop. Sources with the same share of manipulated crops are dealt in turn, so that no
/// fold has more of one label by chance: that would make pooled scores lean the other way.
fn folds_of(labels: &[u8], sources: &[&str], rng: &mut StdRng) -> Vec<usize> {
    let mut counts: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for (label, source) in labels.iter().zip(sources) {
        counts.entry(source).or_default()[usize::from(*label == 1)] += 1;
    }
    let mut shuffled: Vec<(&str, [usize; 2])> = counts.into_iter().collect();
    shuffled.shuffle(rng);
    let share = |[pristine, manipulated]: [usize; 2]| manipulated * 1000 / (pristine + manipulated);
    shuffled.sort_by_key(|(_, counts)| share(*counts));
    let fold_of: BTreeMap<&str, usize> = shuffled
        .iter()
        .enumerate()
        .map(|(at, (source, _))| (*source, at % FOLDS))
        .collect();
    sources.iter().map(|source| fold_of[source]).collect()
}

fn in_frame(sample: &FaceSample, [x, y]: [f32; 2]) -> [f64; 2] {
    let [a, b, c, d, e, f] = sample.crop.frame_from_crop.map(f64::from);
    let (x, y) = (f64::from(x), f64::from(y));
    [a * x + b * y + c, d * x + e * y + f]
}

/// Left, top, right, bottom.
fn bounds_of(points: &[[f64; 2]]) -> [f64; 4] {
    let mut bounds = [
        f64::INFINITY,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NEG_INFINITY,
    ];
    for [x, y] in points {
        bounds = [
            bounds[0].min(*x),
            bounds[1].min(*y),
            bounds[2].max(*x),
            bounds[3].max(*y),
        ];
    }
    bounds
}

/// Angle of the line between the middles of the eyes, clockwise on screen.
fn roll(points: &[[f64; 2]; 68]) -> f64 {
    let middle = |eye: &[[f64; 2]]| {
        let sum = eye
            .iter()
            .fold([0.0, 0.0], |sum, p| [sum[0] + p[0], sum[1] + p[1]]);
        sum.map(|total| total / eye.len() as f64)
    };
    let (left, right) = (middle(&points[36..42]), middle(&points[42..48]));
    libm::atan2(right[1] - left[1], right[0] - left[0])
}

#[cfg(test)]
mod tests;
