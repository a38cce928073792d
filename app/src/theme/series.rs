//! Colors of curves: apart for people who tell few colors apart, and from the evidence scale.

#![expect(
    clippy::disallowed_methods,
    reason = "this is the one place where colors are made"
)]

use egui::Color32;

use crate::theme::palette::is_light;

const ON_DARK: [Color32; 6] = [
    Color32::from_rgb(112, 182, 240),
    Color32::from_rgb(226, 204, 132),
    Color32::from_rgb(206, 136, 196),
    Color32::from_rgb(176, 184, 196),
    Color32::from_rgb(110, 120, 210),
    Color32::from_rgb(120, 204, 208),
];

const ON_LIGHT: [Color32; 6] = [
    Color32::from_rgb(24, 100, 178),
    Color32::from_rgb(150, 112, 20),
    Color32::from_rgb(148, 52, 136),
    Color32::from_rgb(84, 92, 104),
    Color32::from_rgb(64, 60, 160),
    Color32::from_rgb(20, 124, 132),
];

/// The color of a curve by its place in the legend; from the seventh on they begin anew.
pub fn series(at: usize) -> Color32 {
    let colors = if is_light() { ON_LIGHT } else { ON_DARK };
    colors[at % colors.len()]
}
