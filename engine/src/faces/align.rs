//! Cuts faces out of frames: upright, at a fixed size, with a margin (METHODS 16).
//!
//! Coordinates name pixel centers: the first pixel of a row is at 0, as in `OpenCV` and dlib.

use crate::faces::similarity::Similarity;
use crate::faces::{FaceBox, Landmarks};
use crate::media::Frame;

/// Where eyes, nose tip and mouth corners of an aligned face come to lie in a picture of 112 x 112
/// pixels: the ArcFace-type template of METHODS 16.
const TEMPLATE: [[f32; 2]; 5] = [
    [38.29, 51.70],
    [73.53, 51.50],
    [56.03, 71.74],
    [41.55, 92.37],
    [70.73, 92.20],
];
const TEMPLATE_SIDE_PX: f32 = 112.0;

/// How a method wants its faces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CropRule {
    /// Side of the square crop in pixels.
    pub size_px: u32,
    /// The crop's side over the face's side; METHODS 16 uses 1.3.
    pub margin: f32,
    /// Turned upright by the eyes (similarity to the template), or cut straight from the box.
    pub is_aligned: bool,
}

impl CropRule {
    /// Upright, with the margin of METHODS 16, as `DeepfakeBench` cuts faces.
    pub fn upright(size_px: u32) -> Self {
        Self {
            size_px,
            margin: 1.3,
            is_aligned: true,
        }
    }
}

/// A picture of one face. RGB8, row by row, `3 * size_px * size_px` bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Crop {
    pub size_px: u32,
    pub pixels: Vec<u8>,
    /// Points in the crop's pixels.
    pub landmarks: Landmarks,
    /// Affine map `[a, b, c, d, e, f]`: `x_frame = a x + b y + c`, `y_frame = d x + e y + f`.
    pub frame_from_crop: [f32; 6],
}

/// Cuts one face; pixels outside the frame repeat its border.
///
/// Aligned crops are fitted by least squares to the template, by five points: the means of either
/// eye's six landmarks, the nose tip and the mouth corners. (`DeepfakeBench` takes single points of the
/// lids instead; the means are steadier and differ by less than 2 % of the face.)
/// Straight crops are squares of `margin` times the longer side of the box, around its center.
/// Where the landmarks fall onto one point, an aligned crop is cut straight.
pub fn crop(frame: &Frame, face: &FaceBox, landmarks: &Landmarks, rule: CropRule) -> Crop {
    let frame_from_crop = if rule.is_aligned {
        aligned(landmarks, rule)
    } else {
        None
    };
    let frame_from_crop = frame_from_crop.unwrap_or_else(|| straight(face, rule));
    let crop_from_frame = frame_from_crop.inverse().unwrap_or(Similarity::IDENTITY);
    let Similarity { a, b, shift } = frame_from_crop;
    Crop {
        size_px: rule.size_px,
        pixels: resample(frame, &frame_from_crop, rule.size_px),
        landmarks: Landmarks {
            points: landmarks.points.map(|point| crop_from_frame.point(point)),
            aligner: landmarks.aligner,
        },
        frame_from_crop: [a, -b, shift[0], b, a, shift[1]],
    }
}

/// Cuts a picture of its own kind, such as a mask, as [`crop`] cuts the frame: RGB8, row by row. The map
/// is a [`Crop::frame_from_crop`], into the pixels of `frame`.
pub fn cut_again(frame: &Frame, frame_from_crop: [f32; 6], size_px: u32) -> Vec<u8> {
    let [a, _, x, b, _, y] = frame_from_crop;
    resample(
        frame,
        &Similarity {
            a,
            b,
            shift: [x, y],
        },
        size_px,
    )
}

/// Eyes, nose tip and mouth corners of 68 points, as the template orders them.
fn five_points(landmarks: &Landmarks) -> [[f32; 2]; 5] {
    let points = &landmarks.points;
    let mean = |eye: &[[f32; 2]]| {
        let sum = eye.iter().fold([0.0, 0.0], |sum, point| {
            [sum[0] + point[0], sum[1] + point[1]]
        });
        sum.map(|total| total / eye.len() as f32)
    };
    [
        mean(&points[36..42]),
        mean(&points[42..48]),
        points[30],
        points[48],
        points[54],
    ]
}

fn aligned(landmarks: &Landmarks, rule: CropRule) -> Option<Similarity> {
    let size = rule.size_px as f32;
    let place =
        |at: f32| (at / TEMPLATE_SIDE_PX * size + 0.5 * size * (rule.margin - 1.0)) / rule.margin;
    let template = TEMPLATE.map(|point| point.map(place));
    let fitted = Similarity::between(&five_points(landmarks), &template);
    let frame_from_crop = fitted.inverse()?;
    let is_sane = frame_from_crop.shift.iter().all(|shift| shift.is_finite())
        && fitted != Similarity::IDENTITY;
    is_sane.then_some(frame_from_crop)
}

fn straight(face: &FaceBox, rule: CropRule) -> Similarity {
    let side = (rule.margin * face.width.max(face.height)).max(1.0);
    let scale = side / rule.size_px as f32;
    // The crop's first pixel covers `scale` pixels of the frame, and is named by their middle.
    let first = |center: f32| center - 0.5 * side + 0.5 * scale - 0.5;
    let [x, y] = face.center();
    Similarity {
        a: scale,
        b: 0.0,
        shift: [first(x), first(y)],
    }
}

/// RGB8 of the crop. Where it shrinks, the frame is first averaged over whole blocks, so that fine
/// texture does not turn into false patterns; then both are read between pixels.
fn resample(frame: &Frame, frame_from_crop: &Similarity, size_px: u32) -> Vec<u8> {
    let factor = (frame_from_crop.scale().round() as usize).clamp(1, 64);
    let source = Blocks::of(frame, frame_from_crop, size_px, factor);
    let scale = 1.0 / factor as f32;
    let [left, top] = source.first_center;
    let (step_x, step_y) = (frame_from_crop.a * scale, frame_from_crop.b * scale);
    let mut pixels = Vec::with_capacity(3 * (size_px * size_px) as usize);
    for y in 0..size_px {
        let [row_x, row_y] = frame_from_crop.point([0.0, y as f32]);
        let (row_x, row_y) = ((row_x - left) * scale, (row_y - top) * scale);
        for x in 0..size_px {
            let x = x as f32;
            pixels.extend(source.between(row_x + step_x * x, row_y + step_y * x));
        }
    }
    pixels
}

/// The part of a frame that a crop needs, averaged over square blocks.
struct Blocks {
    width: usize,
    height: usize,
    /// Middle of the first block, in the frame's pixels.
    first_center: [f32; 2],
    pixels: Vec<[f32; 3]>,
}

impl Blocks {
    fn of(frame: &Frame, frame_from_crop: &Similarity, size_px: u32, factor: usize) -> Self {
        let last = size_px.saturating_sub(1) as f32;
        let corners = [[0.0, 0.0], [last, 0.0], [0.0, last], [last, last]]
            .map(|corner| frame_from_crop.point(corner));
        let (left, width) = span(corners.map(|corner| corner[0]), frame.width, factor);
        let (top, height) = span(corners.map(|corner| corner[1]), frame.height, factor);
        let mut pixels = vec![[0.0; 3]; width * height];
        for (y, row) in pixels.chunks_exact_mut(width).enumerate() {
            average_row(frame, left, top + y * factor, factor, row);
        }
        let middle = 0.5 * (factor as f32 - 1.0);
        Self {
            width,
            height,
            first_center: [left as f32 + middle, top as f32 + middle],
            pixels,
        }
    }

    /// Bilinear, in blocks; the border repeats.
    fn between(&self, x: f32, y: f32) -> [u8; 3] {
        let x = x.clamp(0.0, (self.width - 1) as f32);
        let y = y.clamp(0.0, (self.height - 1) as f32);
        let (left, top) = (x as usize, y as usize);
        let (right, bottom) = (
            (left + 1).min(self.width - 1),
            (top + 1).min(self.height - 1),
        );
        let (x, y) = (x - left as f32, y - top as f32);
        let upper = [
            self.pixels[top * self.width + left],
            self.pixels[top * self.width + right],
        ];
        let lower = [
            self.pixels[bottom * self.width + left],
            self.pixels[bottom * self.width + right],
        ];
        std::array::from_fn(|channel| {
            let above = upper[0][channel] + x * (upper[1][channel] - upper[0][channel]);
            let below = lower[0][channel] + x * (lower[1][channel] - lower[0][channel]);
            (above + y * (below - above)).round() as u8
        })
    }
}

/// First pixel and number of blocks that cover `places` and two blocks around, within the frame.
fn span(places: [f32; 4], frame_side: u32, factor: usize) -> (usize, usize) {
    let around = 2.0 * factor as f32;
    let low = places.iter().copied().fold(f32::INFINITY, f32::min) - around;
    let high = places.iter().copied().fold(f32::NEG_INFINITY, f32::max) + around;
    let frame_side = frame_side as usize;
    let first = (low.max(0.0) as usize).min(frame_side - 1);
    let end = (high.max(0.0) as usize + 1).clamp(first + 1, frame_side);
    (first, (end - first).div_ceil(factor))
}

/// Averages one row of blocks; blocks that reach over the frame's border average what is inside.
fn average_row(frame: &Frame, left: usize, top: usize, factor: usize, row: &mut [[f32; 3]]) {
    let (width, height) = (frame.width as usize, frame.height as usize);
    let bottom = (top + factor).min(height);
    for y in top..bottom {
        let line = &frame.pixels[3 * y * width..3 * (y + 1) * width];
        for (block, pixels) in row.iter_mut().zip(line[3 * left..].chunks(3 * factor)) {
            for rgb in pixels.chunks_exact(3) {
                for (sum, value) in block.iter_mut().zip(rgb) {
                    *sum += f32::from(*value);
                }
            }
        }
    }
    for (at, block) in row.iter_mut().enumerate() {
        let columns = factor.min(width - left - at * factor);
        let count = (columns * (bottom - top)) as f32;
        *block = block.map(|sum| sum / count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faces::Aligner;
    use crate::faces::mean_face::mean_face;
    use crate::media::{FrameId, MediaHash};

    fn frame(width: u32, height: u32, color: impl Fn(u32, u32) -> [u8; 3]) -> Frame {
        Frame {
            id: FrameId {
                media: MediaHash::of(b"align"),
                stream: 0,
                pts_nanos: 0,
                index: 0,
            },
            width,
            height,
            pixels: (0..width * height)
                .flat_map(|at| color(at % width, at / width))
                .collect(),
        }
    }

    fn face(x: f32, y: f32, side: f32) -> FaceBox {
        FaceBox {
            x,
            y,
            width: side,
            height: side,
            confidence: 9.0,
        }
    }

    /// A mean face of 120 px, turned by `radians` around (150, 130).
    fn landmarks(radians: f32) -> Landmarks {
        let (sin, cos) = radians.sin_cos();
        let points = mean_face().map(|[x, y]| {
            let (x, y) = (120.0 * (x - 0.5), 120.0 * (y - 0.5));
            [150.0 + cos * x - sin * y, 130.0 + sin * x + cos * y]
        });
        Landmarks {
            points,
            aligner: Aligner::Dlib68,
        }
    }

    const STRAIGHT: CropRule = CropRule {
        size_px: 64,
        margin: 1.0,
        is_aligned: false,
    };
    const ALIGNED: CropRule = CropRule {
        size_px: 224,
        margin: 1.3,
        is_aligned: true,
    };

    #[test]
    fn a_crop_at_its_own_size_is_the_picture_itself() {
        let frame = frame(100, 90, |x, y| [x as u8, y as u8, (x * y) as u8]);
        let crop = crop(&frame, &face(20.0, 10.0, 64.0), &landmarks(0.0), STRAIGHT);
        for y in 0..64 {
            for x in 0..64 {
                let at = 3 * (64 * y + x);
                let expected = frame.rgb(20 + x as i64, 10 + y as i64);
                assert_eq!(crop.pixels[at..at + 3], expected, "{x} {y}");
            }
        }
        assert_eq!(crop.frame_from_crop, [1.0, 0.0, 20.0, 0.0, 1.0, 10.0]);
    }

    #[test]
    fn pixels_outside_the_frame_repeat_its_border() {
        let frame = frame(40, 40, |x, _| [if x == 0 { 200 } else { 10 }, 0, 0]);
        let crop = crop(&frame, &face(-32.0, 0.0, 64.0), &landmarks(0.0), STRAIGHT);
        assert_eq!(crop.pixels[0], 200);
        assert_eq!(crop.pixels[3 * (64 * 63 + 31)], 200);
        assert_eq!(crop.pixels[3 * (64 * 63 + 40)], 10);
    }

    #[test]
    fn shrinking_averages_fine_texture() {
        let frame = frame(512, 512, |x, y| [255 * ((x + y) % 2) as u8; 3]);
        let crop = crop(&frame, &face(0.0, 0.0, 512.0), &landmarks(0.0), STRAIGHT);
        assert!(crop.pixels.iter().all(|value| value.abs_diff(127) <= 1));
    }

    #[test]
    fn an_aligned_face_stands_upright_on_the_template() {
        let frame = frame(300, 260, |_, _| [0; 3]);
        let crop = crop(&frame, &face(90.0, 70.0, 120.0), &landmarks(0.6), ALIGNED);
        let [left_eye, right_eye, ..] = five_points(&crop.landmarks);
        assert!((left_eye[1] - right_eye[1]).abs() < 2.0);
        // Template (38.29, 51.70) of 112, at 224 with margin 1.3.
        let expected = [(38.29 * 2.0 + 33.6) / 1.3, (51.70 * 2.0 + 33.6) / 1.3];
        assert!((left_eye[0] - expected[0]).abs() < 6.0, "{left_eye:?}");
        assert!((left_eye[1] - expected[1]).abs() < 6.0, "{left_eye:?}");
    }

    #[test]
    fn points_of_the_crop_lead_back_to_the_frame() {
        let frame = frame(300, 260, |_, _| [0; 3]);
        let landmarks = landmarks(-0.4);
        let crop = crop(&frame, &face(90.0, 70.0, 120.0), &landmarks, ALIGNED);
        let [a, b, c, d, e, f] = crop.frame_from_crop;
        for (own, point) in crop.landmarks.points.iter().zip(landmarks.points) {
            let x = a * own[0] + b * own[1] + c;
            let y = d * own[0] + e * own[1] + f;
            assert!(
                (x - point[0]).hypot(y - point[1]) < 0.01,
                "{x} {y}, {point:?}"
            );
        }
    }

    #[test]
    fn what_is_cut_again_is_the_crop() {
        let frame = frame(300, 260, |x, y| [x as u8, y as u8, (x * y) as u8]);
        let crop = crop(&frame, &face(90.0, 70.0, 120.0), &landmarks(0.3), ALIGNED);
        assert_eq!(cut_again(&frame, crop.frame_from_crop, 224), crop.pixels);
    }

    #[test]
    fn landmarks_that_are_one_point_give_a_straight_crop() {
        let frame = frame(100, 100, |_, _| [7; 3]);
        let landmarks = Landmarks {
            points: [[5.0, 5.0]; 68],
            aligner: Aligner::Dlib68,
        };
        let crop = crop(&frame, &face(10.0, 10.0, 50.0), &landmarks, ALIGNED);
        assert_eq!(crop.frame_from_crop[1], 0.0);
        assert!(crop.pixels.iter().all(|value| *value == 7));
    }
}
