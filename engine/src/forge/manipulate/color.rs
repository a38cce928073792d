//! Colors of one face carried onto another: by means, by means and spreads in Lab (Reinhard et al. 2001),
//! or by quantiles; smoothed over time.

use std::sync::LazyLock;

use crate::forge::manipulate::picture::Patch;
use crate::forge::manipulate::quality::ColorMatch;
use crate::forge::manipulate::steady::Running;

/// Share of a change of color that one frame takes.
const GAIN: f32 = 0.15;

/// Spreads of L, a and b are changed by no more than these factors, either way: stretched chroma shows as
/// blotches.
const MAX_STRETCH: [f32; 3] = [1.5, 1.2, 1.2];

/// Distance in Lab, or less, that colors of one skin have.
const SKIN_SPREAD: f32 = 12.0;

/// Quantiles of a histogram, from the darkest to the lightest.
const QUANTILES: usize = 17;

/// Matches colors frame after frame.
#[derive(Debug)]
pub struct Matcher {
    kind: ColorMatch,
    /// Mean and deviation of L, a, b: first of the target, then of the face pasted in.
    moments: Running<12>,
    /// For red, green, blue: quantiles of the target, then of the face pasted in.
    quantiles: Running<{ 6 * QUANTILES }>,
}

impl Matcher {
    pub fn new(kind: ColorMatch) -> Self {
        Self {
            kind,
            moments: Running::new(GAIN),
            quantiles: Running::new(GAIN),
        }
    }

    pub fn forget(&mut self) {
        self.moments.forget();
        self.quantiles.forget();
    }

    /// Gives `face` the colors that `target` has over the same pixels: those with a weight.
    pub fn apply(&mut self, target: &Patch, face: &mut Patch, weights: &[f32]) {
        if !weights.iter().any(|weight| 0.0 < *weight) {
            return;
        }
        match self.kind {
            ColorMatch::None => {}
            ColorMatch::Mean | ColorMatch::MeanStd => self.match_moments(target, face, weights),
            ColorMatch::Histogram => self.match_quantiles(target, face, weights),
        }
    }

    fn match_moments(&mut self, target: &Patch, face: &mut Patch, weights: &[f32]) {
        let lab_of = |patch: &Patch| -> Vec<[f32; 3]> {
            patch.rgb.iter().map(|pixel| lab_from_rgb(*pixel)).collect()
        };
        let (wanted, lab) = (lab_of(target), lab_of(face));
        let mut measured = [0.0; 12];
        measured[..6].copy_from_slice(&skin_moments(&wanted, weights));
        measured[6..].copy_from_slice(&skin_moments(&lab, weights));
        let smooth = self.moments.next(measured);
        let stretch = [0, 1, 2].map(|channel: usize| match self.kind {
            ColorMatch::MeanStd => {
                let most = MAX_STRETCH[channel];
                (smooth[3 + channel] / smooth[9 + channel].max(1e-3)).clamp(1.0 / most, most)
            }
            _ => 1.0,
        });
        for (pixel, lab) in face.rgb.iter_mut().zip(lab) {
            *pixel = rgb_from_lab([0, 1, 2].map(|channel| {
                smooth[channel] + stretch[channel] * (lab[channel] - smooth[6 + channel])
            }));
        }
    }

    fn match_quantiles(&mut self, target: &Patch, face: &mut Patch, weights: &[f32]) {
        let mut measured = [0.0; 6 * QUANTILES];
        for channel in 0..3 {
            let at = channel * QUANTILES;
            measured[at..][..QUANTILES].copy_from_slice(&quantiles(target, weights, channel));
            measured[at + 3 * QUANTILES..][..QUANTILES]
                .copy_from_slice(&quantiles(face, weights, channel));
        }
        let smooth = self.quantiles.next(measured);
        for pixel in &mut face.rgb {
            for (channel, value) in pixel.iter_mut().enumerate() {
                let wanted = &smooth[channel * QUANTILES..][..QUANTILES];
                let had = &smooth[(3 + channel) * QUANTILES..][..QUANTILES];
                *value = carried(*value, had, wanted);
            }
        }
    }
}

/// Means, then deviations, of the skin: colors far from the mean (beard, brows, glasses, lips) count less,
/// by a Cauchy weight, found in two rounds.
fn skin_moments(lab: &[[f32; 3]], weights: &[f32]) -> [f32; 6] {
    let mut found = moments(lab, weights);
    for _ in 0..2 {
        let near = lab.iter().zip(weights).map(|(pixel, weight)| {
            let off = [0, 1, 2].map(|channel| (pixel[channel] - found[channel]) / SKIN_SPREAD);
            weight / (1.0 + off.iter().map(|off| off * off).sum::<f32>())
        });
        found = moments(lab, &near.collect::<Vec<f32>>());
    }
    found
}

/// Means, then deviations, of three channels. Some weight must be above 0.
fn moments(pixels: &[[f32; 3]], weights: &[f32]) -> [f32; 6] {
    let mut sums = [0.0f64; 6];
    let mut total = 0.0f64;
    for (pixel, weight) in pixels.iter().zip(weights) {
        let weight = f64::from(*weight);
        total += weight;
        for (channel, value) in pixel.map(f64::from).into_iter().enumerate() {
            sums[channel] += weight * value;
            sums[3 + channel] += weight * value * value;
        }
    }
    let mean = [0, 1, 2].map(|channel: usize| sums[channel] / total);
    std::array::from_fn(|at| match at {
        0..3 => mean[at] as f32,
        _ => {
            let square = mean[at - 3] * mean[at - 3];
            (sums[at] / total - square).max(0.0).sqrt() as f32
        }
    })
}

fn quantiles(patch: &Patch, weights: &[f32], channel: usize) -> [f32; QUANTILES] {
    let pairs = patch.rgb.iter().zip(weights);
    let mut values: Vec<f32> = pairs
        .filter(|(_, weight)| 0.5 < **weight)
        .map(|(pixel, _)| pixel[channel])
        .collect();
    values.sort_unstable_by(f32::total_cmp);
    std::array::from_fn(|at| {
        // The extremes are one pixel's opinion; 1 % from either end is steadier.
        let share = 0.01 + 0.98 * at as f32 / (QUANTILES - 1) as f32;
        let place = share * values.len().saturating_sub(1) as f32;
        values.get(place as usize).copied().unwrap_or(0.0)
    })
}

/// Piecewise linear from one row of quantiles to another; beyond the ends by a shift.
fn carried(value: f32, had: &[f32], wanted: &[f32]) -> f32 {
    let last = had.len() - 1;
    if value <= had[0] {
        return value + wanted[0] - had[0];
    }
    if had[last] <= value {
        return value + wanted[last] - had[last];
    }
    let high = had.partition_point(|bound| *bound < value).clamp(1, last);
    let width = had[high] - had[high - 1];
    let share = if width < 1e-6 {
        0.0
    } else {
        (value - had[high - 1]) / width
    };
    wanted[high - 1] + share * (wanted[high] - wanted[high - 1])
}

/// Linear light of the 256 levels, and levels of 4096 steps of linear light (IEC 61966-2-1).
static LINEAR: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let linear = |level: usize| {
        let value = level as f32 / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            libm::powf((value + 0.055) / 1.055, 2.4)
        }
    };
    (0..=256).map(linear).collect()
});

static LEVELS: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let level = |step: usize| {
        let linear = step as f32 / 4096.0;
        if linear <= 0.003_130_8 {
            255.0 * 12.92 * linear
        } else {
            255.0 * (1.055 * libm::powf(linear, 1.0 / 2.4) - 0.055)
        }
    };
    (0..=4097).map(level).collect()
});

/// CIE Lab under D65, from levels 0 to 255; values beyond are clipped.
pub fn lab_from_rgb(rgb: [f32; 3]) -> [f32; 3] {
    let [r, g, b] = rgb.map(|level| read(&LINEAR, level.clamp(0.0, 255.0)));
    let xyz = [
        (0.412_456 * r + 0.357_576 * g + 0.180_437 * b) / 0.950_47,
        0.212_673 * r + 0.715_152 * g + 0.072_175 * b,
        (0.019_334 * r + 0.119_192 * g + 0.950_304 * b) / 1.088_83,
    ];
    let [x, y, z] = xyz.map(|value| {
        if value > 0.008_856 {
            libm::cbrtf(value)
        } else {
            7.787 * value + 16.0 / 116.0
        }
    });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// Levels from 0 to 255, clipped.
pub fn rgb_from_lab([l, a, b]: [f32; 3]) -> [f32; 3] {
    let y = (l + 16.0) / 116.0;
    let [x, y, z] = [y + a / 500.0, y, y - b / 200.0].map(|value| {
        if value > 0.206_893 {
            value * value * value
        } else {
            (value - 16.0 / 116.0) / 7.787
        }
    });
    let (x, z) = (0.950_47 * x, 1.088_83 * z);
    let rgb = [
        3.240_454 * x - 1.537_139 * y - 0.498_531 * z,
        -0.969_266 * x + 1.876_011 * y + 0.041_556 * z,
        0.055_643 * x - 0.204_026 * y + 1.057_225 * z,
    ];
    rgb.map(|linear| read(&LEVELS, 4096.0 * linear.clamp(0.0, 1.0)))
}

/// Linear between the steps of a table.
fn read(table: &[f32], at: f32) -> f32 {
    let step = at as usize;
    table[step] + (at - step as f32) * (table[step + 1] - table[step])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::synthetic;

    fn patch(seed: u64, scale: f32, shift: [f32; 3]) -> Patch {
        let bytes = synthetic::texture(48, seed);
        let pixels = bytes.chunks_exact(3);
        Patch {
            width: 48,
            height: 48,
            rgb: pixels
                .map(|p| [0, 1, 2].map(|c| shift[c] + scale * f32::from(p[c])))
                .collect(),
        }
    }

    fn lab(patch: &Patch) -> Vec<[f32; 3]> {
        patch.rgb.iter().map(|pixel| lab_from_rgb(*pixel)).collect()
    }

    #[test]
    fn a_beard_does_not_count_as_skin() {
        let mut face = vec![[70.0, 14.0, 18.0]; 300];
        face.extend([[25.0, 1.0, 2.0]; 60]);
        let [l, a, _, deviation, ..] = skin_moments(&face, &[1.0; 360]);
        assert!(
            67.0 < l && 13.0 < a && deviation < 9.0,
            "{l} {a} {deviation}"
        );
    }

    #[test]
    fn lab_has_the_published_values_and_comes_back() {
        // skimage.color.rgb2lab([[[200, 120, 90]]] / 255): 58.33, 29.03, 30.52
        let [l, a, b] = lab_from_rgb([200.0, 120.0, 90.0]);
        assert!(
            (l - 58.33).abs() < 0.6 && (a - 29.0).abs() < 0.8 && (b - 30.5).abs() < 0.8,
            "{l} {a} {b}"
        );
        for rgb in [[200.0, 120.0, 90.0], [3.0, 250.0, 128.0], [0.0, 0.0, 0.0]] {
            let back = rgb_from_lab(lab_from_rgb(rgb));
            for (value, wanted) in back.iter().zip(rgb) {
                assert!((value - wanted).abs() < 1.0, "{back:?}");
            }
        }
    }

    #[test]
    fn means_and_spreads_in_lab_become_those_of_the_target() {
        let target = patch(1, 0.33, [80.0, 60.0, 50.0]);
        let mut face = patch(1, 0.3, [60.0, 65.0, 70.0]);
        let weights = vec![1.0; 48 * 48];
        Matcher::new(ColorMatch::MeanStd).apply(&target, &mut face, &weights);
        let [wanted, found] = [&target, &face].map(|of| skin_moments(&lab(of), &weights));
        for (value, wanted) in found.iter().zip(wanted) {
            assert!((value - wanted).abs() < 0.6, "{found:?}");
        }
    }

    #[test]
    fn quantiles_become_those_of_the_target_and_a_mean_keeps_the_spread() {
        let target = patch(3, 0.5, [60.0, 40.0, 30.0]);
        let weights = vec![1.0; 48 * 48];
        let mut face = patch(4, 0.3, [90.0, 90.0, 20.0]);
        let spread = moments(&lab(&face), &weights)[3];
        let mut shifted = face.clone();
        Matcher::new(ColorMatch::Histogram).apply(&target, &mut face, &weights);
        for channel in 0..3 {
            let [wanted, found] = [&target, &face].map(|of| quantiles(of, &weights, channel));
            for (value, wanted) in found.iter().zip(wanted) {
                assert!((value - wanted).abs() < 1.5);
            }
        }
        Matcher::new(ColorMatch::Mean).apply(&target, &mut shifted, &weights);
        let found = moments(&lab(&shifted), &weights);
        assert!((found[3] - spread).abs() < 0.3);
    }

    #[test]
    fn colors_change_slowly_over_time() {
        let weights = vec![1.0; 48 * 48];
        let mut matcher = Matcher::new(ColorMatch::Mean);
        let mean = |matcher: &mut Matcher, target: f32| {
            let mut face = patch(4, 0.0, [90.0; 3]);
            matcher.apply(&Patch::filled(48, 48, [target; 3]), &mut face, &weights);
            face.rgb[0][0]
        };
        let first = mean(&mut matcher, 100.0);
        let second = mean(&mut matcher, 140.0);
        assert!(
            (first - 100.0).abs() < 1.0 && (101.0..112.0).contains(&second),
            "{second}"
        );
    }
}
