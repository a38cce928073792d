//! The colors of surfaces and words: one ramp for a dark window, one for a light one.

#![expect(
    clippy::disallowed_methods,
    reason = "this is the one place where colors are made"
)]

use std::sync::atomic::{AtomicBool, Ordering};

use egui::Color32;
use serde::{Deserialize, Serialize};

/// Whether the window is dark, light, or as the system is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Brightness {
    /// The clip is the brightest thing on screen.
    #[default]
    Dark,
    Light,
    System,
}

/// The colors that a window is made of. Scales that say something, evidence and heat, are the same in both.
struct Palette {
    stage: Color32,
    panel: Color32,
    raised: Color32,
    button: Color32,
    button_hover: Color32,
    line: Color32,
    outline: Color32,
    text_faint: Color32,
    text_quiet: Color32,
    text: Color32,
    text_strong: Color32,
    accent: Color32,
    accent_fill: Color32,
    error: Color32,
    veil: Color32,
    chip: Color32,
}

const DARK: Palette = Palette {
    stage: Color32::from_rgb(10, 11, 13),
    panel: Color32::from_rgb(19, 21, 25),
    raised: Color32::from_rgb(27, 30, 35),
    button: Color32::from_rgb(35, 39, 45),
    button_hover: Color32::from_rgb(45, 50, 57),
    line: Color32::from_rgb(41, 45, 52),
    outline: Color32::from_rgb(72, 79, 90),
    text_faint: Color32::from_rgb(150, 158, 170),
    text_quiet: Color32::from_rgb(174, 181, 191),
    text: Color32::from_rgb(208, 213, 220),
    text_strong: Color32::from_rgb(240, 242, 245),
    accent: Color32::from_rgb(110, 161, 247),
    accent_fill: Color32::from_rgb(33, 52, 84),
    error: Color32::from_rgb(233, 138, 118),
    veil: Color32::from_rgba_premultiplied(5, 6, 7, 190),
    chip: Color32::from_rgba_premultiplied(12, 13, 15, 215),
};

const LIGHT: Palette = Palette {
    stage: Color32::from_rgb(214, 218, 224),
    panel: Color32::from_rgb(244, 245, 247),
    raised: Color32::from_rgb(233, 236, 240),
    button: Color32::from_rgb(221, 225, 231),
    button_hover: Color32::from_rgb(206, 211, 219),
    line: Color32::from_rgb(213, 217, 223),
    outline: Color32::from_rgb(150, 158, 169),
    text_faint: Color32::from_rgb(82, 90, 102),
    text_quiet: Color32::from_rgb(64, 71, 82),
    text: Color32::from_rgb(38, 43, 50),
    text_strong: Color32::from_rgb(14, 17, 21),
    accent: Color32::from_rgb(24, 84, 186),
    accent_fill: Color32::from_rgb(203, 221, 250),
    error: Color32::from_rgb(156, 42, 26),
    veil: Color32::from_rgba_premultiplied(40, 42, 46, 150),
    chip: Color32::from_rgba_premultiplied(222, 224, 227, 228),
};

/// Written by [`set_light`] on the window's thread, before it draws.
static IS_LIGHT: AtomicBool = AtomicBool::new(false);

pub(super) fn set_light(is_light: bool) {
    IS_LIGHT.store(is_light, Ordering::Relaxed);
}

pub(super) fn is_light() -> bool {
    IS_LIGHT.load(Ordering::Relaxed)
}

fn palette() -> &'static Palette {
    if is_light() { &LIGHT } else { &DARK }
}

/// Behind the clip: the darkest neutral where the window is dark.
pub fn stage() -> Color32 {
    palette().stage
}

/// Behind panes.
pub fn panel() -> Color32 {
    palette().panel
}

/// Rows that stand out a little: headers, the selected file.
pub fn raised() -> Color32 {
    palette().raised
}

/// Buttons at rest.
pub fn button() -> Color32 {
    palette().button
}

/// Buttons under the pointer.
pub fn button_hover() -> Color32 {
    palette().button_hover
}

/// Hairlines.
pub fn line() -> Color32 {
    palette().line
}

/// Outlines that must be seen: empty spans, hatching.
pub fn outline() -> Color32 {
    palette().outline
}

/// Least important text: units, hints.
pub fn text_faint() -> Color32 {
    palette().text_faint
}

/// Secondary text.
pub fn text_quiet() -> Color32 {
    palette().text_quiet
}

/// Text.
pub fn text() -> Color32 {
    palette().text
}

/// Titles, readouts, the playhead.
pub fn text_strong() -> Color32 {
    palette().text_strong
}

/// Selection and focus, nothing else.
pub fn accent() -> Color32 {
    palette().accent
}

/// Behind selected things.
pub fn accent_fill() -> Color32 {
    palette().accent_fill
}

/// Errors of the program and of files, never of people.
pub fn error() -> Color32 {
    palette().error
}

/// Dims what lies under a dialog or a drop.
pub fn veil() -> Color32 {
    palette().veil
}

/// Words on the veil, which is dark in a light window, too.
pub fn on_veil() -> Color32 {
    DARK.text_strong
}

/// Behind small words that lie on the clip.
pub fn chip() -> Color32 {
    palette().chip
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the color as light, 0 to 1.
    fn luminance(color: Color32) -> f32 {
        let [r, g, b] = [color.r(), color.g(), color.b()].map(crate::theme::tests::linear);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// As the Web Content Accessibility Guidelines reckon it, 1 to 21.
    fn contrast(a: Color32, b: Color32) -> f32 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_word_can_be_read_on_every_ground() {
        for (name, palette) in [("dark", &DARK), ("light", &LIGHT)] {
            let texts = [
                ("faint", palette.text_faint),
                ("quiet", palette.text_quiet),
                ("text", palette.text),
                ("strong", palette.text_strong),
                ("accent", palette.accent),
                ("error", palette.error),
            ];
            let grounds = [
                ("stage", palette.stage),
                ("panel", palette.panel),
                ("raised", palette.raised),
                ("button", palette.button),
                ("hover", palette.button_hover),
                ("selected", palette.accent_fill),
            ];
            for (text, color) in texts {
                for (ground, behind) in grounds {
                    let contrast = contrast(color, behind);
                    assert!(4.5 <= contrast, "{name}: {text} on {ground}: {contrast}");
                }
            }
        }
    }

    #[test]
    fn words_on_a_chip_can_be_read_over_any_clip() {
        for (palette, behind) in [(&DARK, 255.0), (&LIGHT, 0.0)] {
            let through = 1.0 - f32::from(palette.chip.a()) / 255.0;
            let over = |chip: u8| (f32::from(chip) + through * behind).min(255.0) as u8;
            let ground = Color32::from_rgb(
                over(palette.chip.r()),
                over(palette.chip.g()),
                over(palette.chip.b()),
            );
            assert!(4.5 <= contrast(palette.text, ground), "{ground:?}");
        }
    }

    #[test]
    fn lines_and_outlines_stand_out_from_panes() {
        for palette in [&DARK, &LIGHT] {
            assert!(1.2 <= contrast(palette.line, palette.panel));
            assert!(2.0 <= contrast(palette.outline, palette.panel));
            assert!(3.0 <= contrast(palette.accent, palette.accent_fill));
        }
    }
}
