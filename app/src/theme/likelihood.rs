//! The two scales that log-likelihoods are drawn in: the paper's, and one for people who tell few colors apart.

use egui::Color32;
use serde::{Deserialize, Serialize};

use crate::theme::between;

/// Which scale log-likelihoods are drawn in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LikelihoodColors {
    /// Low is red, then yellow and green, high is blue: the pictures of the paper.
    #[default]
    Paper,
    /// Low is light yellow, high is dark blue, evenly darker in between.
    Even,
}

/// The paper's sense in equal steps: Google's turbo from its red end, with a plain blue for its violet one.
const PAPER: [[f32; 3]; 10] = [
    [122.0, 4.0, 3.0],
    [203.0, 42.0, 4.0],
    [246.0, 107.0, 25.0],
    [250.0, 186.0, 57.0],
    [199.0, 239.0, 52.0],
    [114.0, 254.0, 94.0],
    [26.0, 228.0, 182.0],
    [54.0, 170.0, 249.0],
    [70.0, 98.0, 215.0],
    [42.0, 44.0, 148.0],
];

/// Matplotlib's cividis from its light end, in equal steps.
const EVEN: [[f32; 3]; 10] = [
    [255.0, 234.0, 70.0],
    [228.0, 207.0, 91.0],
    [196.0, 181.0, 108.0],
    [166.0, 157.0, 117.0],
    [138.0, 135.0, 121.0],
    [112.0, 113.0, 115.0],
    [87.0, 92.0, 109.0],
    [57.0, 72.0, 107.0],
    [0.0, 51.0, 111.0],
    [0.0, 32.0, 77.0],
];

/// The color of a log-likelihood by its place on the map's fixed scale: 0 is least likely, 1 most.
pub fn likelihood(colors: LikelihoodColors, share: f32) -> Color32 {
    match colors {
        LikelihoodColors::Paper => between(&PAPER, share),
        LikelihoodColors::Even => between(&EVEN, share),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::tests::lightness;

    /// In degrees: 0 is red, 120 green, 240 blue.
    fn hue(color: Color32) -> f32 {
        let [r, g, b] = [color.r(), color.g(), color.b()].map(f32::from);
        let (low, high) = (r.min(g).min(b), r.max(g).max(b));
        let span = (high - low).max(1.0);
        if high == r {
            60.0 * (g - b) / span
        } else if high == g {
            60.0 * (2.0 + (b - r) / span)
        } else {
            60.0 * (4.0 + (r - g) / span)
        }
    }

    #[test]
    fn the_papers_scale_goes_from_red_over_yellow_and_green_to_blue() {
        let at = |share: f32| hue(likelihood(LikelihoodColors::Paper, share));
        assert!((-5.0..5.0).contains(&at(0.0)), "{}", at(0.0));
        assert!((230.0..245.0).contains(&at(1.0)), "{}", at(1.0));
        for step in 0..50u8 {
            let share = f32::from(step) / 50.0;
            let gain = at(share + 0.02) - at(share);
            assert!((-1.0..20.0).contains(&gain), "{share}: {gain}");
        }
        let yellow = (0..=100u8).any(|at_| (50.0..70.0).contains(&at(f32::from(at_) / 100.0)));
        assert!(yellow);
    }

    #[test]
    fn the_papers_scale_is_lightest_in_its_middle_and_has_no_bands() {
        let at = |share: f32| lightness(likelihood(LikelihoodColors::Paper, share));
        assert!(at(0.0) < 30.0 && at(1.0) < 30.0 && 80.0 < at(0.5));
        for step in 0..50u8 {
            let share = f32::from(step) / 50.0;
            let jump = (at(share + 0.02) - at(share)).abs();
            assert!(jump < 6.0, "{share}: {jump}");
        }
    }

    #[test]
    fn the_even_scale_grows_darker_with_likelihood_and_keeps_blue_for_high() {
        let color = |share: f32| likelihood(LikelihoodColors::Even, share);
        for step in 0..20u8 {
            let share = f32::from(step) / 20.0;
            let loss = lightness(color(share)) - lightness(color(share + 0.05));
            assert!((1.0..8.0).contains(&loss), "{share}: {loss}");
        }
        assert!(color(1.0).b() > color(1.0).r() && color(0.0).r() > color(0.0).b());
    }

    #[test]
    fn what_lies_beyond_the_scale_takes_its_ends() {
        for colors in [LikelihoodColors::Paper, LikelihoodColors::Even] {
            let color = |share| likelihood(colors, share);
            assert_eq!(color(-1.0), color(0.0));
            assert_eq!(color(f32::NEG_INFINITY), color(0.0));
            assert_eq!(color(f32::NAN), color(0.0));
            assert_eq!(color(2.0), color(1.0));
        }
    }
}
