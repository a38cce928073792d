//! The tool in hand and how it is set.

use seam_engine::annotate::Mode;
use seam_engine::annotate::parts::RING_WIDTH;

/// Ends of a brush's radius, in pixels of the frame.
pub const RADII_PX: std::ops::RangeInclusive<f32> = 0.5..=1500.0;
/// Ends of the wand's tolerance, in levels of a color channel.
pub const TOLERANCES: std::ops::RangeInclusive<f32> = 1.0..=96.0;
/// However soft a large brush, the edge of a lasso or a part of the face fades over no more than this.
const SOFTEST_PX: f32 = 32.0;
/// Ends of the blend ring's width, in shares of the face's.
pub const RINGS: std::ops::RangeInclusive<f32> = 0.02..=0.5;
/// One notch of the wheel changes the radius by this factor.
const NOTCH: f32 = 1.15;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    Brush,
    Eraser,
    Lasso,
    Wand,
}

/// What is beside the canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    Pristine,
    Wipe,
    Blink,
    Difference,
    /// The model's attention before the newest round of training, and after it.
    Learned,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Tools {
    pub tool: Tool,
    /// In pixels of the frame.
    pub radius_px: f32,
    /// The share of the radius over which the brush fades, 0 to 1.
    pub softness: f32,
    /// Strokes are repeated on the other half of the face.
    pub mirrors: bool,
    /// Of the wand, in levels of a color channel.
    pub tolerance: f32,
    /// Width of the blend ring, in shares of the face's.
    pub ring: f32,
}

impl Default for Tools {
    fn default() -> Self {
        Self {
            tool: Tool::Brush,
            radius_px: 16.0,
            softness: 0.25,
            mirrors: false,
            tolerance: 14.0,
            ring: RING_WIDTH,
        }
    }
}

impl Tools {
    pub fn set_radius(&mut self, radius_px: f32) {
        if radius_px.is_finite() {
            self.radius_px = radius_px.clamp(*RADII_PX.start(), *RADII_PX.end());
        }
    }

    /// Larger by so many notches of the wheel, smaller where negative; by half a pixel at least.
    pub fn resize(&mut self, notches: f32) {
        let wanted = self.radius_px * NOTCH.powf(notches);
        let step = (wanted - self.radius_px)
            .abs()
            .max(0.5 * notches.abs().min(1.0));
        self.set_radius(self.radius_px + step.copysign(notches));
    }

    /// Over how many pixels to either side the edge of an outline fades.
    pub fn soft_px(&self) -> f32 {
        0.5 * self.softness * self.radius_px.min(SOFTEST_PX)
    }

    /// Whether a stroke marks or unmarks; `turns` the tool around.
    pub fn mode(&self, turns: bool) -> Mode {
        if turns == (self.tool == Tool::Eraser) {
            Mode::Paint
        } else {
            Mode::Erase
        }
    }

    pub fn set_softness(&mut self, softness: f32) {
        if softness.is_finite() {
            self.softness = softness.clamp(0.0, 1.0);
        }
    }
}

impl Tool {
    /// Whether a ring under the pointer says what it would touch.
    pub fn has_ring(self) -> bool {
        matches!(self, Self::Brush | Self::Eraser)
    }
}

impl Compare {
    pub const ALL: [Self; 5] = [
        Self::Pristine,
        Self::Wipe,
        Self::Blink,
        Self::Difference,
        Self::Learned,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Pristine => "Pristine",
            Self::Wipe => "Wipe",
            Self::Blink => "Blink",
            Self::Difference => "Difference",
            Self::Learned => "Learned",
        }
    }

    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|mode| *mode == self);
        Self::ALL[(at.unwrap_or(0) + 1) % Self::ALL.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wheel_reaches_every_size_and_stops_at_the_ends() {
        let mut tools = Tools::default();
        for _ in 0..200 {
            tools.resize(1.0);
        }
        assert_eq!(tools.radius_px, *RADII_PX.end());
        let mut last = tools.radius_px;
        for _ in 0..400 {
            tools.resize(-1.0);
            assert!(tools.radius_px < last || tools.radius_px == *RADII_PX.start());
            last = tools.radius_px;
        }
        assert_eq!(tools.radius_px, *RADII_PX.start());
        tools.set_radius(f32::NAN);
        assert_eq!(tools.radius_px, *RADII_PX.start());
    }
}
