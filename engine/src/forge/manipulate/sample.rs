//! Samples of a face: small pictures with landmarks, cut out of frames.

use image::{GenericImageView as _, RgbImage};

use crate::forge::manipulate::Points;
use crate::forge::manipulate::mesh::Pose;

/// Longest side of a sample in pixels.
const MAX_SIDE_PX: u32 = 320;

/// At least this share of the face's surroundings must lie in the frame.
const MIN_VISIBLE: f32 = 0.8;

/// A person's face in one frame.
#[derive(Clone, Debug)]
pub struct FaceSample {
    /// A crop around the face, at most 320 pixels wide and high.
    pub picture: RgbImage,
    /// In the crop's pixels.
    pub points: Points,
    /// The frame it is from.
    pub index: u32,
}

impl FaceSample {
    /// Cuts a face with some margin out of a frame, halving it until it is small enough. `None` where
    /// the points are no face, or much of it is outside of the frame.
    pub fn cut(frame: &RgbImage, points: &Points, index: u32) -> Option<Self> {
        let pose = Pose::of(points)?;
        let corners = [[-0.2, -0.25], [1.2, -0.25], [1.2, 1.2], [-0.2, 1.2]];
        let corners = corners.map(|corner| pose.from_canonical.point(corner));
        let bounds = |axis: usize, length: u32| {
            let values = corners.map(|corner| corner[axis]);
            let low = values.into_iter().fold(f32::INFINITY, f32::min).floor();
            let high = values.into_iter().fold(f32::NEG_INFINITY, f32::max).ceil();
            let first = low.clamp(0.0, length as f32);
            let end = (high + 1.0).clamp(first, length as f32);
            (
                first as u32,
                (end - first) as u32,
                (end - first) / (high + 1.0 - low),
            )
        };
        let (left, width, share_x) = bounds(0, frame.width());
        let (top, height, share_y) = bounds(1, frame.height());
        if share_x * share_y < MIN_VISIBLE || width.min(height) < 8 {
            return None;
        }
        let mut picture = frame.view(left, top, width, height).to_image();
        let mut points = points.map(|[x, y]| [x - left as f32, y - top as f32]);
        while MAX_SIDE_PX < picture.width().max(picture.height()) {
            picture = halved(&picture);
            points = points.map(|point| point.map(|value| 0.5 * value - 0.25));
        }
        Some(Self {
            picture,
            points,
            index,
        })
    }
}

fn halved(picture: &RgbImage) -> RgbImage {
    RgbImage::from_fn(picture.width() / 2, picture.height() / 2, |x, y| {
        let mut sum = [0u16; 3];
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let pixel = picture.get_pixel(2 * x + dx, 2 * y + dy);
            for (sum, value) in sum.iter_mut().zip(pixel.0) {
                *sum += u16::from(value);
            }
        }
        image::Rgb(sum.map(|sum| ((sum + 2) / 4) as u8))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::manipulate::mesh::canonical_face;

    fn face(left: f32, scale: f32) -> Points {
        canonical_face().map(|[x, y]| [left + scale * x, 60.0 + scale * y])
    }

    #[test]
    fn a_large_face_is_halved_with_its_points() {
        let frame = RgbImage::from_fn(1000, 800, |x, y| {
            image::Rgb([(x / 4) as u8, (y / 4) as u8, 0])
        });
        let points = face(300.0, 400.0);
        let sample = FaceSample::cut(&frame, &points, 7).unwrap();
        assert!(sample.picture.width().max(sample.picture.height()) <= MAX_SIDE_PX);
        for (here, there) in sample.points.iter().zip(&points) {
            let pixel = sample.picture.get_pixel(here[0] as u32, here[1] as u32);
            assert!((f32::from(pixel.0[0]) - there[0] / 4.0).abs() < 2.0);
            assert!((f32::from(pixel.0[1]) - there[1] / 4.0).abs() < 2.0);
        }
    }

    #[test]
    fn faces_outside_of_the_frame_give_no_sample() {
        let frame = RgbImage::new(400, 300);
        assert!(FaceSample::cut(&frame, &face(100.0, 120.0), 0).is_some());
        assert!(FaceSample::cut(&frame, &face(-70.0, 120.0), 0).is_none());
        assert!(FaceSample::cut(&frame, &face(900.0, 120.0), 0).is_none());
        assert!(FaceSample::cut(&frame, &[[f32::NAN; 2]; 68], 0).is_none());
    }
}
