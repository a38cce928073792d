//! The evidence scale: how strongly a method objects, the only scale for scores.

#![expect(
    clippy::disallowed_methods,
    reason = "this is one of the places where colors are made"
)]

use egui::Color32;

use crate::theme::palette;

/// Colors at their places from 0 to 1.
type Stops = [(f32, [f32; 3]); 5];

/// Slate, stone, amber, vermilion. It stands out from a dark ground more and more: it grows lighter all the way, also
/// for people who see no red or no green.
const ON_DARK: Stops = [
    (0.0, [62.0, 74.0, 94.0]),
    (0.35, [104.0, 102.0, 104.0]),
    (0.6, [168.0, 121.0, 68.0]),
    (0.78, [212.0, 120.0, 56.0]),
    (1.0, [255.0, 126.0, 92.0]),
];

/// The same hues for a light ground: it grows darker all the way.
const ON_LIGHT: Stops = [
    (0.0, [178.0, 186.0, 198.0]),
    (0.35, [166.0, 160.0, 156.0]),
    (0.6, [186.0, 128.0, 62.0]),
    (0.78, [196.0, 88.0, 34.0]),
    (1.0, [176.0, 36.0, 20.0]),
];

/// How strongly a method objects, from 0 (slate) over amber to 1 (vermilion): the only scale for
/// scores, in strips, chips and legends. There is no green: little evidence is no clean bill.
pub fn evidence(score: f32) -> Color32 {
    let stops = if palette::is_light() {
        &ON_LIGHT
    } else {
        &ON_DARK
    };
    on(stops, score)
}

fn on(stops: &Stops, score: f32) -> Color32 {
    let score = if score.is_nan() {
        0.0
    } else {
        score.clamp(0.0, 1.0)
    };
    let upper = stops
        .iter()
        .position(|&(at, _)| score <= at)
        .unwrap_or(stops.len() - 1)
        .max(1);
    let (from_at, from) = stops[upper - 1];
    let (to_at, to) = stops[upper];
    let t = (score - from_at) / (to_at - from_at);
    let channel = |i: usize| (from[i] + t * (to[i] - from[i])).round() as u8;
    Color32::from_rgb(channel(0), channel(1), channel(2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::tests::{CONES_LACKING, lightness, seen_lightness};

    #[test]
    fn evidence_grows_redder_and_is_never_green() {
        let redness = |color: Color32| i32::from(color.r()) - i32::from(color.b());
        for stops in [&ON_DARK, &ON_LIGHT] {
            let mut last = -255;
            for step in 0..=80u8 {
                let color = on(stops, f32::from(step) / 100.0);
                assert!(last <= redness(color) + 3, "{step}: {color:?}");
                assert!(color.g() <= color.r().max(color.b()), "{step}: {color:?}");
                last = redness(color);
            }
            let end = on(stops, 1.0);
            assert!(100 < redness(end) && end.g() <= end.r());
        }
    }

    /// Away from the ground, a step at a time, with a clear step between the four words.
    fn check(stops: &Stops, sign: f32, lightness: impl Fn(Color32) -> f32) {
        let at = |score: f32| sign * lightness(on(stops, score));
        for step in 0..25u8 {
            let score = f32::from(step) / 25.0;
            assert!(at(score) < at(score + 0.04), "{score}: {}", at(score));
        }
        for (weaker, stronger) in [(0.1, 0.5), (0.5, 0.75), (0.75, 1.0)] {
            let step = at(stronger) - at(weaker);
            assert!(4.0 < step, "{weaker} to {stronger}: {step}");
        }
    }

    #[test]
    fn evidence_stands_out_more_and_more_for_everybody() {
        for (stops, sign) in [(&ON_DARK, 1.0), (&ON_LIGHT, -1.0)] {
            check(stops, sign, lightness);
            for seen in &CONES_LACKING {
                check(stops, sign, |color| seen_lightness(color, seen));
            }
        }
    }

    #[test]
    fn scores_outside_the_scale_take_its_ends() {
        for stops in [&ON_DARK, &ON_LIGHT] {
            assert_eq!(on(stops, -1.0), on(stops, 0.0));
            assert_eq!(on(stops, 2.0), on(stops, 1.0));
            assert_eq!(on(stops, f32::NAN), on(stops, 0.0));
        }
    }
}
