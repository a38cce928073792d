//! Every color, size and font of the window, and the scale that evidence is drawn in.

#![expect(
    clippy::disallowed_methods,
    reason = "this is the one place where colors are made"
)]

mod evidence;
mod likelihood;
mod mask;
mod palette;
mod series;

use std::sync::Arc;

use egui::{
    Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Shadow, Stroke,
    TextStyle, Vec2, style::WidgetVisuals,
};

pub use evidence::evidence;
pub use likelihood::{LikelihoodColors, likelihood};
pub use mask::MaskColor;
pub use palette::{
    Brightness, accent, accent_fill, button, button_hover, chip, error, line, on_veil, outline,
    panel, raised, stage, text, text_faint, text_quiet, text_strong, veil,
};

pub use series::series;

/// One spacing unit, in points; everything else is a multiple.
pub const UNIT: f32 = 4.0;
pub const RADIUS: f32 = 4.0;
/// Height of one row of small controls.
pub const ROW: f32 = 24.0;

/// The four text sizes, in points.
pub const SMALL: f32 = 11.0;
pub const BODY: f32 = 13.0;
pub const TITLE: f32 = 15.0;
pub const VERDICT: f32 = 20.0;

/// Stops of the heat scale in equal steps: matplotlib's inferno, which grows evenly lighter and can be read by
/// people who tell few colors apart.
const HEAT: [[f32; 3]; 11] = [
    [0.0, 0.0, 4.0],
    [22.0, 11.0, 57.0],
    [66.0, 10.0, 104.0],
    [106.0, 23.0, 110.0],
    [147.0, 38.0, 103.0],
    [188.0, 55.0, 84.0],
    [221.0, 81.0, 58.0],
    [243.0, 120.0, 25.0],
    [252.0, 165.0, 10.0],
    [246.0, 215.0, 70.0],
    [252.0, 255.0, 164.0],
];

/// Techniques that a face can resemble, in the order of a model's training. Apart from each other for people
/// who tell few colors apart, and from the evidence scale: they say of which kind, never how strong.
const TECHNIQUES: [Color32; 6] = [
    Color32::from_rgb(66, 104, 172),
    Color32::from_rgb(214, 198, 140),
    Color32::from_rgb(176, 112, 168),
    Color32::from_rgb(104, 184, 226),
    Color32::from_rgb(124, 110, 98),
    Color32::from_rgb(216, 220, 230),
];

/// The color of a technique by its place among those of a model's training; the same gray beyond the sixth.
pub fn technique(at: usize) -> Color32 {
    TECHNIQUES.get(at).copied().unwrap_or(outline())
}

/// From this share of the heat scale on, what lies over a face is as thick as its opacity allows.
const HEAT_THICK: f32 = 0.5;

/// The color of a map's value, from 0 (dark) to 1 (light): the only scale for maps but for log-likelihoods.
pub fn heat(share: f32) -> Color32 {
    between(&HEAT, share)
}

/// The color at a share of a scale whose stops are in equal steps; what is beyond an end has its color.
fn between(stops: &[[f32; 3]], share: f32) -> Color32 {
    let last = stops.len() - 1;
    let share = if share.is_nan() { 0.0 } else { share };
    let place = share.clamp(0.0, 1.0) * last as f32;
    let lower = (place as usize).min(last - 1);
    let (from, to) = (stops[lower], stops[lower + 1]);
    let t = place - lower as f32;
    let channel = |i: usize| (from[i] + t * (to[i] - from[i])).round() as u8;
    Color32::from_rgb(channel(0), channel(1), channel(2))
}

/// The same color for maps that lie over a face: the lower, the more see-through.
pub fn heat_over_face(share: f32) -> Color32 {
    faded(heat(share), (share / HEAT_THICK).clamp(0.0, 1.0))
}

/// The same color, more see-through; `opacity` from 0 to 1.
pub fn faded(color: Color32, opacity: f32) -> Color32 {
    color.gamma_multiply(opacity)
}

pub fn hairline() -> Stroke {
    Stroke::new(1.0, line())
}

/// Medium weight, for titles and verdicts.
pub fn medium(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name("medium".into()))
}

pub fn regular(size: f32) -> FontId {
    FontId::proportional(size)
}

/// Sets fonts and style of the whole window, which begins dark.
pub fn apply(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    style(ctx, false);
}

/// Turns the window dark or light, where it is not yet as wished.
pub fn follow(ctx: &egui::Context, brightness: Brightness) {
    let is_light = match brightness {
        Brightness::Dark => false,
        Brightness::Light => true,
        Brightness::System => ctx.system_theme() == Some(egui::Theme::Light),
    };
    if is_light != palette::is_light() {
        style(ctx, is_light);
    }
}

fn style(ctx: &egui::Context, is_light: bool) {
    palette::set_light(is_light);
    ctx.set_theme(if is_light {
        egui::Theme::Light
    } else {
        egui::Theme::Dark
    });
    ctx.all_styles_mut(|style| {
        style.text_styles = [
            (TextStyle::Small, regular(SMALL)),
            (TextStyle::Body, regular(BODY)),
            (TextStyle::Button, regular(BODY)),
            (TextStyle::Monospace, FontId::monospace(SMALL)),
            (TextStyle::Heading, medium(TITLE)),
        ]
        .into();
        style.animation_time = 0.1;
        style.interaction.selectable_labels = false;
        style.interaction.tooltip_delay = 0.35;
        set_spacing(&mut style.spacing);
        set_visuals(&mut style.visuals);
    });
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let regular = FontData::from_static(include_bytes!("../../assets/fonts/Inter-Regular.otf"));
    let medium = FontData::from_static(include_bytes!("../../assets/fonts/Inter-Medium.otf"));
    fonts
        .font_data
        .insert("inter".to_owned(), Arc::new(regular));
    fonts
        .font_data
        .insert("inter-medium".to_owned(), Arc::new(medium));
    let proportional = fonts.families.entry(FontFamily::Proportional).or_default();
    proportional.insert(0, "inter".to_owned());
    let mut with_medium = proportional.clone();
    with_medium.insert(0, "inter-medium".to_owned());
    fonts
        .families
        .insert(FontFamily::Name("medium".into()), with_medium);
    fonts
}

fn set_spacing(spacing: &mut egui::style::Spacing) {
    spacing.item_spacing = Vec2::new(2.0 * UNIT, UNIT);
    spacing.button_padding = Vec2::new(2.0 * UNIT, 3.0);
    spacing.interact_size = Vec2::new(ROW, ROW);
    spacing.window_margin = Margin::same(16);
    spacing.menu_margin = Margin::same(6);
    spacing.indent = 4.0 * UNIT;
    spacing.scroll = egui::style::ScrollStyle::thin();
}

fn set_visuals(visuals: &mut egui::Visuals) {
    let radius = CornerRadius::same(RADIUS as u8);
    visuals.dark_mode = !palette::is_light();
    visuals.panel_fill = panel();
    visuals.window_fill = raised();
    visuals.window_stroke = Stroke::new(1.0, outline());
    visuals.window_corner_radius = CornerRadius::same(2 * RADIUS as u8);
    visuals.menu_corner_radius = radius;
    visuals.extreme_bg_color = stage();
    visuals.faint_bg_color = raised();
    visuals.code_bg_color = raised();
    visuals.hyperlink_color = accent();
    visuals.warn_fg_color = text_strong();
    visuals.error_fg_color = error();
    visuals.weak_text_color = Some(text_faint());
    visuals.selection.bg_fill = accent_fill();
    visuals.selection.stroke = Stroke::new(1.0, accent());
    visuals.text_cursor.stroke = Stroke::new(1.5, accent());
    visuals.indent_has_left_vline = false;
    let shadow = Shadow {
        offset: [0, 6],
        blur: 24,
        spread: 0,
        color: Color32::from_black_alpha(if palette::is_light() { 48 } else { 120 }),
    };
    visuals.window_shadow = shadow;
    visuals.popup_shadow = shadow;

    let widget = |fill: Color32, stroke: Stroke, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: stroke,
        corner_radius: radius,
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    let widgets = &mut visuals.widgets;
    widgets.noninteractive = widget(panel(), hairline(), text());
    widgets.inactive = widget(button(), Stroke::NONE, text());
    widgets.hovered = widget(button_hover(), Stroke::NONE, text_strong());
    widgets.active = widget(button_hover(), Stroke::new(1.0, accent()), text_strong());
    widgets.open = widget(button_hover(), Stroke::NONE, text_strong());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A channel as light, 0 to 1.
    pub(super) fn linear(value: u8) -> f32 {
        let value = f32::from(value) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    }

    /// CIE L*, 0 to 100.
    pub(super) fn lightness(color: Color32) -> f32 {
        lightness_of([color.r(), color.g(), color.b()].map(linear))
    }

    fn lightness_of([r, g, b]: [f32; 3]) -> f32 {
        let luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        if luminance <= 0.008_856 {
            903.3 * luminance
        } else {
            116.0 * luminance.cbrt() - 16.0
        }
    }

    /// What people see who lack the red (0) or the green (1) cones, as light (Machado et al. 2009, severity 1).
    pub(super) const CONES_LACKING: [[[f32; 3]; 3]; 2] = [
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ];

    pub(super) fn seen_lightness(color: Color32, seen: &[[f32; 3]; 3]) -> f32 {
        let light = [color.r(), color.g(), color.b()].map(linear);
        lightness_of(seen.map(|row| {
            let sum: f32 = row
                .iter()
                .zip(light)
                .map(|(part, light)| part * light)
                .sum();
            sum.clamp(0.0, 1.0)
        }))
    }

    #[test]
    fn heat_grows_lighter_for_people_who_see_no_red_or_no_green() {
        for seen in &CONES_LACKING {
            let at = |share: f32| seen_lightness(heat(share), seen);
            for step in 0..20u8 {
                let share = f32::from(step) / 20.0;
                assert!(at(share) < at(share + 0.05), "{share}: {}", at(share));
            }
        }
    }

    #[test]
    fn techniques_that_lie_on_each_other_differ_in_lightness() {
        for at in 1..TECHNIQUES.len() {
            let step = lightness(technique(at)) - lightness(technique(at - 1));
            assert!(14.0 < step.abs(), "{at}: {step}");
        }
        for at in 0..TECHNIQUES.len() {
            let color = technique(at);
            assert!(color.g() <= color.r().max(color.b()), "{at} is green");
        }
    }

    #[test]
    fn heat_grows_evenly_lighter() {
        let lightness = |share: f32| lightness(heat(share));
        for step in 0..20u8 {
            let at = f32::from(step) / 20.0;
            let gain = lightness(at + 0.05) - lightness(at);
            assert!((2.0..8.0).contains(&gain), "{at}: {gain}");
        }
        assert_eq!(heat(f32::NAN), heat(0.0));
        assert_eq!(heat(2.0), heat(1.0));
    }
}
