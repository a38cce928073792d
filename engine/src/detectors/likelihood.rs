//! How likely a density model finds a face, beside the pristine and forged faces of its validation.

use serde::{Deserialize, Serialize};

/// Smallest roughness that is told apart, in levels: a face of one color has none.
const MIN_ROUGHNESS: f32 = 0.05;

/// Share of the pristine faces that lie beyond either end of what is usual.
const RARE_SHARE: f64 = 0.05;

/// Fewest pristine faces that say what is usual.
const MIN_REFERENCES: usize = 20;

/// What a density model says of one face.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaceLikelihood {
    /// Bits that one color of one pixel costs on average, given the pixels before it: -log2 p over 3 times the
    /// pixels. Above zero; small is likely.
    pub bits_per_dim: f32,
    /// The same of red, green and blue alone: the chain rule's parts, whose mean is `bits_per_dim`.
    pub by_channel: [f32; 3],
    /// Mean difference of neighboring pixels, in levels of 255: what a smooth face lacks.
    pub roughness: f32,
}

/// Validation faces of one kind, in the order of the validation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LikelihoodReference {
    /// `None` for pristine faces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub technique: Option<String>,
    pub bits_per_dim: Vec<f32>,
    pub roughness: Vec<f32>,
}

/// What the smoothness of a face, measured without any model, says of its likelihood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Smoothness {
    /// The likelihood is as it is with pristine faces.
    Usual,
    /// More likely than 95 % of pristine faces, and as likely as a pristine face so smooth would be: the
    /// likelihood says that it is smooth, and nothing else.
    ExplainsHighLikelihood,
    /// Less likely than 95 % of pristine faces, and as likely as a pristine face so rough would be.
    ExplainsLowLikelihood,
    /// Beyond 95 % of pristine faces, and roughness does not explain it.
    Unexplained,
}

/// A likelihood among those of the validation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LikelihoodPlace {
    /// Share of the pristine faces that cost more bits: near 0 for a face less likely than nearly all.
    pub share_less_likely: f32,
    pub smoothness: Smoothness,
}

impl LikelihoodReference {
    pub fn add(&mut self, face: FaceLikelihood) {
        self.bits_per_dim.push(face.bits_per_dim);
        self.roughness.push(face.roughness);
    }

    /// The values below which these shares of its faces lie; `None` without a face.
    pub fn quantiles<const N: usize>(&self, shares: [f64; N]) -> Option<[f32; N]> {
        let mut sorted = self.bits_per_dim.clone();
        sorted.sort_by(f32::total_cmp);
        let last = sorted.len().checked_sub(1)?;
        Some(shares.map(|share| sorted[(share * last as f64).round() as usize]))
    }
}

/// Where a face lies among the pristine faces of a validation; `None` where there are too few.
pub fn place(face: FaceLikelihood, references: &[LikelihoodReference]) -> Option<LikelihoodPlace> {
    let pristine = references.iter().find(|own| own.technique.is_none())?;
    let count = pristine.bits_per_dim.len();
    if count < MIN_REFERENCES {
        return None;
    }
    let [low, high] = pristine.quantiles([RARE_SHARE, 1.0 - RARE_SHARE])?;
    let costlier = pristine.bits_per_dim.iter();
    let costlier = costlier.filter(|bits| face.bits_per_dim < **bits).count();
    let smoothness = if (low..=high).contains(&face.bits_per_dim) {
        Smoothness::Usual
    } else if !Line::through(pristine).is_explained(face) {
        Smoothness::Unexplained
    } else if face.bits_per_dim < low {
        Smoothness::ExplainsHighLikelihood
    } else {
        Smoothness::ExplainsLowLikelihood
    };
    Some(LikelihoodPlace {
        share_less_likely: costlier as f32 / count as f32,
        smoothness,
    })
}

/// Mean absolute difference of pixels beside and below each other, all colors alike, in levels of 255.
///
/// `pixels` is RGB8, `size_px * size_px` pixels row by row.
pub fn roughness(pixels: &[u8], size_px: usize) -> f32 {
    let row = 3 * size_px;
    let mut sum = 0_u64;
    let mut count = 0_u64;
    let mut add = |a: u8, b: u8| {
        sum += u64::from(a.abs_diff(b));
        count += 1;
    };
    for (at, &value) in pixels.iter().enumerate() {
        if at % row + 3 < row {
            add(value, pixels[at + 3]);
        }
        if let Some(&below) = pixels.get(at + row) {
            add(value, below);
        }
    }
    if count == 0 {
        return 0.0;
    }
    (sum as f64 / count as f64) as f32
}

/// Bits per dimension as a line over the logarithm of roughness, fitted to pristine faces by least squares.
struct Line {
    slope: f64,
    at_mean: f64,
    mean: f64,
    /// The residuals between which all but the rare faces lie.
    residuals: [f64; 2],
}

impl Line {
    fn through(pristine: &LikelihoodReference) -> Self {
        let points: Vec<(f64, f64)> = pristine
            .roughness
            .iter()
            .zip(&pristine.bits_per_dim)
            .map(|(&roughness, &bits)| (log(roughness), f64::from(bits)))
            .collect();
        let count = points.len().max(1) as f64;
        let mean = points.iter().map(|(x, _)| x).sum::<f64>() / count;
        let at_mean = points.iter().map(|(_, y)| y).sum::<f64>() / count;
        let spread: f64 = points.iter().map(|(x, _)| (x - mean).powi(2)).sum();
        let shared: f64 = points.iter().map(|(x, y)| (x - mean) * (y - at_mean)).sum();
        let slope = if 1e-9 < spread { shared / spread } else { 0.0 };
        let mut residuals: Vec<f64> = points
            .iter()
            .map(|(x, y)| y - at_mean - slope * (x - mean))
            .collect();
        residuals.sort_by(f64::total_cmp);
        let last = residuals.len().saturating_sub(1) as f64;
        let residual = |share: f64| {
            let place = (share * last).round() as usize;
            residuals.get(place).copied().unwrap_or_default()
        };
        Self {
            slope,
            at_mean,
            mean,
            residuals: [residual(RARE_SHARE), residual(1.0 - RARE_SHARE)],
        }
    }

    fn is_explained(&self, face: FaceLikelihood) -> bool {
        let expected = self.at_mean + self.slope * (log(face.roughness) - self.mean);
        let [low, high] = self.residuals;
        (low..=high).contains(&(f64::from(face.bits_per_dim) - expected))
    }
}

fn log(roughness: f32) -> f64 {
    f64::from(roughness.max(MIN_ROUGHNESS)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(bits_per_dim: f32, roughness: f32) -> FaceLikelihood {
        FaceLikelihood {
            bits_per_dim,
            by_channel: [bits_per_dim; 3],
            roughness,
        }
    }

    /// Forty pristine faces whose bits follow their roughness, but for a little.
    fn references() -> Vec<LikelihoodReference> {
        let mut pristine = LikelihoodReference::default();
        for at in 0..40 {
            let roughness = 4.0 * 1.02_f32.powi(at);
            let noise = if at % 2 == 0 { 0.02 } else { -0.02 };
            pristine.add(face(1.0 + roughness.ln() + noise, roughness));
        }
        vec![pristine]
    }

    #[test]
    fn smoothness_alone_is_told_from_what_it_does_not_explain() {
        let references = references();
        let check = |bits: f32, roughness: f32, expected: Smoothness| {
            let place = place(face(bits, roughness), &references).unwrap();
            assert_eq!(place.smoothness, expected, "{bits} {roughness}");
        };
        check(1.0 + 6.0_f32.ln(), 6.0, Smoothness::Usual);
        check(1.0 + 1.0_f32.ln(), 1.0, Smoothness::ExplainsHighLikelihood);
        check(1.0 + 1.0_f32.ln(), 6.0, Smoothness::Unexplained);
        check(1.0 + 20.0_f32.ln(), 20.0, Smoothness::ExplainsLowLikelihood);
        check(1.0 + 20.0_f32.ln(), 6.0, Smoothness::Unexplained);
    }

    #[test]
    fn the_share_counts_pristine_faces_that_cost_more() {
        let references = references();
        let share = |bits| {
            place(face(bits, 5.0), &references)
                .unwrap()
                .share_less_likely
        };
        assert_eq!([share(0.0), share(9.0)], [1.0, 0.0]);
        assert!((0.3..0.7).contains(&share(1.0 + 5.9_f32.ln())));
        assert_eq!(place(face(1.0, 1.0), &[]), None);
    }

    #[test]
    fn roughness_is_the_mean_step_between_neighbors() {
        assert_eq!(roughness(&[9; 27], 3), 0.0);
        // Two by two: columns of 0 and 10 in every color.
        let columns = [0, 0, 0, 10, 10, 10, 0, 0, 0, 10, 10, 10];
        assert_eq!(roughness(&columns, 2), 5.0);
        assert_eq!(roughness(&[7, 7, 7], 1), 0.0);
    }
}
