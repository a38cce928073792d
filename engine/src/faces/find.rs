//! Finds faces in one frame with the embedded `SeetaFace` detector.

use crate::faces::FaceBox;
use crate::faces::gray::Gray;
use crate::media::Frame;

/// `SeetaFace`'s frontal detector; source and licence in `assets/face/README.md`.
static MODEL: &[u8] = include_bytes!("../../../assets/face/seeta_fd_frontal_v1.0.bin");

/// The detector's window: no smaller face is found in the picture it is given. (`rustface` has a
/// setting for the smallest face, which it does not read; the picture is scaled instead.)
const WINDOW_PX: f32 = 40.0;

/// Smaller confidences are noise.
const SCORE_THRESHOLD: f64 = 2.0;

/// Longer side of the picture that is searched on every call.
const USUAL_SIDE_PX: f32 = 640.0;

/// Longer side of the picture searched for small faces when asked to be thorough.
const FINE_SIDE_PX: f32 = 1280.0;

/// Longer side of the padded picture in which faces cut by the border are searched.
const BORDER_SIDE_PX: f32 = 200.0;

/// Padding on each side, over the longer side.
const BORDER_SHARE: f32 = 0.25;

/// Longer side of the picture that is turned to find tilted faces.
const TILTED_SIDE_PX: f32 = 280.0;

/// Heads tilted more than the detector's own reach of about 20 degrees.
const TILTS_RADIANS: [f32; 2] = [0.52, -0.52];

/// Two boxes that overlap more are one face.
const SAME_FACE_IOU: f32 = 0.35;

/// How hard to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// One pass over the frame at 640 px, and one for faces cut off by the border.
    Usual,
    /// Where the usual passes find nothing: again at 1280 px, then turned by 30 degrees both ways.
    Thorough,
    /// All passes but the turned ones, which run only if nothing was found: for stills.
    Exhaustive,
}

/// Finds faces; holds the detector's model and scratch memory, so each thread needs its own.
pub struct FaceFinder {
    detector: Box<dyn rustface::Detector>,
    min_face_px: f32,
}

impl FaceFinder {
    /// `min_face_px` is the smallest face looked for, in pixels of the frame. It is a wish: frames are
    /// searched at 640 px of their longer side at most, so that in a frame of 1920 px no face under
    /// 120 px is found by the usual effort.
    pub fn new(min_face_px: f32) -> Self {
        let model =
            rustface::read_model(MODEL).expect("the embedded model is whole: a test reads it");
        let mut detector = rustface::create_detector_with_model(model);
        detector.set_score_thresh(SCORE_THRESHOLD);
        detector.set_pyramid_scale_factor(0.8);
        detector.set_slide_window_step(4, 4);
        Self {
            detector,
            min_face_px: min_face_px.max(8.0),
        }
    }

    /// All faces in the frame, surest first, in the frame's pixels.
    ///
    /// Faces in profile, tilted by more than about 50 degrees, mostly covered or very blurred are missed.
    pub fn find(&mut self, frame: &Frame, effort: Effort) -> Vec<FaceBox> {
        if frame.width.min(frame.height) < 16 {
            return Vec::new();
        }
        let usual_scale = self.scale(frame, USUAL_SIDE_PX);
        let mut faces = self.detect(&Gray::of(frame, usual_scale), usual_scale);
        faces.extend(self.cut_by_border(frame));
        let is_fine = match effort {
            Effort::Usual => false,
            Effort::Thorough => faces.is_empty(),
            Effort::Exhaustive => true,
        };
        let fine_scale = self.scale(frame, FINE_SIDE_PX);
        if is_fine && usual_scale < fine_scale {
            let mut small = self.detect(&Gray::of(frame, fine_scale), fine_scale);
            // Larger ones were in reach of the usual pass, which did not believe in them.
            small.retain(|face| face.width * usual_scale < 2.0 * WINDOW_PX);
            faces.extend(small);
        }
        if effort != Effort::Usual && faces.is_empty() {
            faces = self.tilted(frame);
        }
        without_doubles(faces)
    }

    /// Scale that makes the smallest face looked for as large as the window, within `side_px`.
    fn scale(&self, frame: &Frame, side_px: f32) -> f32 {
        let longer = frame.width.max(frame.height) as f32;
        (WINDOW_PX / self.min_face_px).min(side_px / longer)
    }

    /// Large faces that the border cuts, or that fill the frame: the detector wants some air around.
    fn cut_by_border(&mut self, frame: &Frame) -> Vec<FaceBox> {
        let longer = frame.width.max(frame.height) as f32;
        let scale = BORDER_SIDE_PX / longer;
        let border = (BORDER_SHARE * BORDER_SIDE_PX) as usize;
        let shift = border as f32 / scale;
        let gray = Gray::of(frame, scale).padded(border);
        let mut faces = self.detect(&gray, scale);
        for face in &mut faces {
            face.x -= shift;
            face.y -= shift;
        }
        faces
    }

    /// Boxes stay upright around the tilted face.
    fn tilted(&mut self, frame: &Frame) -> Vec<FaceBox> {
        let scale = self.scale(frame, TILTED_SIDE_PX);
        let gray = Gray::of(frame, scale);
        let mut faces = Vec::new();
        for radians in TILTS_RADIANS {
            let turned = gray.turned(radians);
            let (sin, cos) = radians.sin_cos();
            for face in self.detect(&turned, 1.0) {
                let [x, y] = face.center();
                let (x, y) = (
                    x - 0.5 * turned.width as f32,
                    y - 0.5 * turned.height as f32,
                );
                let own_x = cos * x + sin * y + 0.5 * gray.width as f32;
                let own_y = -sin * x + cos * y + 0.5 * gray.height as f32;
                faces.push(FaceBox {
                    x: (own_x - 0.5 * face.width) / scale,
                    y: (own_y - 0.5 * face.height) / scale,
                    width: face.width / scale,
                    height: face.height / scale,
                    confidence: face.confidence,
                });
            }
        }
        faces
    }

    /// Boxes in the pixels of what `gray` was made from by `scale`.
    fn detect(&mut self, gray: &Gray, scale: f32) -> Vec<FaceBox> {
        let image = rustface::ImageData::new(&gray.pixels, gray.width as u32, gray.height as u32);
        let found = self.detector.detect(&image);
        found
            .iter()
            .map(|face| {
                let bounds = face.bbox();
                FaceBox {
                    x: bounds.x() as f32 / scale,
                    y: bounds.y() as f32 / scale,
                    width: bounds.width() as f32 / scale,
                    height: bounds.height() as f32 / scale,
                    confidence: face.score() as f32,
                }
            })
            .collect()
    }
}

/// Keeps the surest of boxes that lie over each other.
fn without_doubles(mut faces: Vec<FaceBox>) -> Vec<FaceBox> {
    faces.sort_by(|a, b| {
        b.confidence
            .total_cmp(&a.confidence)
            .then(a.x.total_cmp(&b.x))
            .then(a.y.total_cmp(&b.y))
    });
    let mut kept: Vec<FaceBox> = Vec::with_capacity(faces.len());
    for face in faces {
        if kept.iter().all(|other| !is_same_face(other, &face)) {
            kept.push(face);
        }
    }
    kept
}

/// Boxes overlap, or the center of the smaller lies deep inside a larger one.
fn is_same_face(a: &FaceBox, b: &FaceBox) -> bool {
    let (small, large) = if a.width < b.width { (a, b) } else { (b, a) };
    let [x, y] = small.center();
    let [large_x, large_y] = large.center();
    let is_inside =
        (x - large_x).abs() < 0.3 * large.width && (y - large_y).abs() < 0.3 * large.height;
    SAME_FACE_IOU < a.iou(b) || is_inside
}
