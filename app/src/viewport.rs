//! What part of the picture and of time is on screen.

use egui::{Pos2, Rect, Vec2};
use seam_engine::faces::FaceBox;

/// Largest magnification of the picture, in points a pixel.
const MAX_SCALE: f32 = 32.0;
/// A face fills this share of the smaller side of the stage; more where the whole picture does.
const FACE_SHARE: f32 = 0.55;
/// The timeline shows no less than this, in nanoseconds.
const SHORTEST_VIEW_NANOS: f64 = 50e6;

/// How the picture lies on the stage.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Zoom {
    /// The whole picture.
    #[default]
    Fit,
    /// The selected person's face, followed.
    Face,
    /// `center` in pixels of the frame, `scale` in points a pixel.
    Free { center: Pos2, scale: f32 },
}

/// Maps pixels of the frame to points on screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScreenFromFrame {
    pub scale: f32,
    pub offset: Vec2,
}

impl Zoom {
    /// Where a frame of `size` pixels lies on the stage.
    pub fn screen_from_frame(
        self,
        stage: Rect,
        size: Vec2,
        face: Option<FaceBox>,
    ) -> ScreenFromFrame {
        let fit = (stage.size() / size.max(Vec2::splat(1.0))).min_elem();
        let (center, scale) = match (self, face) {
            (Self::Face, Some(face)) => {
                let side = face.width.max(face.height).max(1.0);
                let [x, y] = face.center();
                (
                    Pos2::new(x, y),
                    (FACE_SHARE * stage.size().min_elem() / side).max(fit),
                )
            }
            (Self::Free { center, scale }, _) => (center, scale),
            (Self::Fit | Self::Face, _) => ((0.5 * size).to_pos2(), fit),
        };
        let scale = scale.min(MAX_SCALE);
        ScreenFromFrame {
            scale,
            offset: stage.center().to_vec2() - scale * center.to_vec2(),
        }
        .rounded()
    }
}

impl ScreenFromFrame {
    pub fn point(self, x: f32, y: f32) -> Pos2 {
        Pos2::ZERO + self.offset + self.scale * Vec2::new(x, y)
    }

    pub fn frame_point(self, screen: Pos2) -> Pos2 {
        ((screen.to_vec2() - self.offset) / self.scale).to_pos2()
    }

    pub fn face(self, face: &FaceBox) -> Rect {
        Rect::from_min_size(
            self.point(face.x, face.y),
            self.scale * Vec2::new(face.width, face.height),
        )
    }

    /// The free zoom that magnifies by `factor` and keeps what is under `pointer` in place.
    pub fn zoomed(self, stage: Rect, pointer: Pos2, factor: f32) -> Zoom {
        let scale = (self.scale * factor).clamp(0.02, MAX_SCALE);
        let fixed = self.frame_point(pointer);
        let center = fixed + (stage.center() - pointer) / scale;
        Zoom::Free { center, scale }
    }

    /// The free zoom that is moved by `delta` points.
    pub fn panned(self, stage: Rect, delta: Vec2) -> Zoom {
        Zoom::Free {
            center: self.frame_point(stage.center() - delta),
            scale: self.scale,
        }
    }

    fn rounded(self) -> Self {
        Self {
            offset: self.offset.round(),
            ..self
        }
    }
}

/// The part of time that the timeline shows, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeView {
    pub start: f64,
    pub end: f64,
}

impl TimeView {
    pub fn length(self) -> f64 {
        (self.end - self.start).max(1.0)
    }

    pub fn x_of(self, track: Rect, pts_nanos: i64) -> f32 {
        let share = (pts_nanos as f64 - self.start) / self.length();
        track.left() + (share * f64::from(track.width())) as f32
    }

    pub fn time_at(self, track: Rect, x: f32) -> i64 {
        let share = f64::from((x - track.left()) / track.width().max(1.0));
        (self.start + share * self.length()) as i64
    }

    /// Magnifies by `factor` around `fixed` nanoseconds, within the whole of `whole`.
    pub fn zoomed(self, whole: Self, fixed: i64, factor: f64) -> Self {
        let length =
            (self.length() / factor).clamp(SHORTEST_VIEW_NANOS.min(whole.length()), whole.length());
        let share = (fixed as f64 - self.start) / self.length();
        let start = fixed as f64 - share * length;
        Self {
            start,
            end: start + length,
        }
        .within(whole)
    }

    /// Moves by so many nanoseconds.
    pub fn panned(self, whole: Self, by: f64) -> Self {
        Self {
            start: self.start + by,
            end: self.end + by,
        }
        .within(whole)
    }

    fn within(self, whole: Self) -> Self {
        let length = self.length().min(whole.length());
        let start = self
            .start
            .clamp(whole.start, (whole.end - length).max(whole.start));
        Self {
            start,
            end: start + length,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAGE: Rect = Rect {
        min: Pos2::new(100.0, 50.0),
        max: Pos2::new(900.0, 450.0),
    };

    #[test]
    fn fit_shows_all_of_the_picture_in_the_middle() {
        let view = Zoom::Fit.screen_from_frame(STAGE, Vec2::new(1600.0, 400.0), None);
        assert_eq!(view.scale, 0.5);
        assert_eq!(view.point(0.0, 0.0), Pos2::new(100.0, 150.0));
        assert_eq!(view.point(1600.0, 400.0), Pos2::new(900.0, 350.0));
    }

    #[test]
    fn zooming_keeps_the_pixel_under_the_pointer() {
        let size = Vec2::new(1920.0, 1080.0);
        let view = Zoom::Fit.screen_from_frame(STAGE, size, None);
        let pointer = Pos2::new(300.0, 200.0);
        let before = view.frame_point(pointer);
        let after = view
            .zoomed(STAGE, pointer, 3.0)
            .screen_from_frame(STAGE, size, None)
            .frame_point(pointer);
        assert!((before - after).length() < 1.0, "{before:?} {after:?}");
    }

    #[test]
    fn a_face_is_brought_to_the_middle() {
        let face = FaceBox {
            x: 100.0,
            y: 60.0,
            width: 40.0,
            height: 40.0,
            confidence: 1.0,
        };
        let view = Zoom::Face.screen_from_frame(STAGE, Vec2::new(640.0, 360.0), Some(face));
        let center = view.point(120.0, 80.0);
        assert!((center - STAGE.center()).length() < 2.0, "{center:?}");
        assert!(1.0 < view.scale);
    }

    #[test]
    fn the_timeline_zooms_around_the_pointer_and_stays_inside() {
        let whole = TimeView {
            start: 0.0,
            end: 10e9,
        };
        let view = whole.zoomed(whole, 5_000_000_000, 2.0);
        assert_eq!((view.start, view.end), (2.5e9, 7.5e9));
        let moved = view.panned(whole, 9e9);
        assert_eq!((moved.start, moved.end), (5e9, 10e9));
        assert_eq!(view.zoomed(whole, 5_000_000_000, 0.1), whole);
        let deep = view.zoomed(whole, 5_000_000_000, 1e9);
        assert_eq!(deep.length(), SHORTEST_VIEW_NANOS);
    }
}
