//! One painted face, followed from frame to frame with its mask.

use crate::annotate::carry::drift::{Drift, Ground, stray};
use crate::annotate::carry::fit::{Fit, Likeness};
use crate::annotate::carry::warp::Warp;
use crate::data::annotations::{Face, Mask};
use crate::faces::cuts::CutWatch;
use crate::faces::find::{Effort, FaceFinder};
use crate::faces::landmarks::Landmarker;
use crate::faces::similarity::Similarity;
use crate::faces::{Aligner, FaceBox, Landmarks};
use crate::media::Frame;

/// Faces in neighboring frames that overlap less are two.
const SAME_FACE_IOU: f32 = 0.3;

/// A found face that looks less like the painted one is another; one that was not found must look more like it.
const MIN_LIKENESS_FOUND: f32 = 0.3;
const MIN_LIKENESS_ALONE: f32 = 0.75;

/// A bent mask must match by so much better to be believed.
const BENT_GAIN: f32 = 0.01;

/// Smallest face looked for.
const MIN_FACE_PX: f32 = 24.0;

/// Carries a mask along with the face it was painted on. Give it the frames in order, away from the painted one.
pub struct FaceCarrier {
    mask: Mask,
    likeness: Likeness,
    ground: Ground,
    own_box: FaceBox,
    own_points: Landmarks,
    landmarker: Landmarker,
    finder: FaceFinder,
    cuts: CutWatch,
    /// Where the face was last: from the painted frame.
    last_from_own: Similarity,
    /// How it moved there from the frame before.
    motion: Similarity,
}

/// The mask on one more frame.
#[derive(Clone, Debug)]
pub struct CarriedFace {
    pub face: Face,
    pub mask: Mask,
    pub drift: Drift,
}

/// Why a mask can be carried no further.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ended {
    SceneCut,
    LeftFrame,
    Lost { likeness: f32 },
}

impl Ended {
    /// In words: "the scene changes".
    pub fn words(self) -> String {
        match self {
            Self::SceneCut => "the scene changes".to_owned(),
            Self::LeftFrame => "the face leaves the picture".to_owned(),
            Self::Lost { likeness } => format!(
                "the face is lost: what is at its place matches it by {likeness:.2} only (1 is the same)"
            ),
        }
    }
}

impl FaceCarrier {
    /// `None` where the mask is empty or has not the size of the frame.
    pub fn new(frame: &Frame, face: &Face, mask: Mask, landmarker: Landmarker) -> Option<Self> {
        if (mask.width, mask.height) != (frame.width, frame.height) {
            return None;
        }
        // Points of two aligners do not compare.
        let own_points = face
            .landmarks()
            .filter(|points| points.aligner == landmarker.aligner())
            .unwrap_or_else(|| landmarker.find(frame, &face.box_in_frame));
        let mut cuts = CutWatch::default();
        cuts.is_cut(frame);
        Some(Self {
            ground: Ground::of(frame, &mask)?,
            mask,
            likeness: Likeness::of(frame, &face.box_in_frame, &own_points),
            own_box: face.box_in_frame,
            own_points,
            landmarker,
            finder: FaceFinder::new(MIN_FACE_PX),
            cuts,
            last_from_own: Similarity::IDENTITY,
            motion: Similarity::IDENTITY,
        })
    }

    /// Carries the mask to the next frame.
    pub fn next(&mut self, frame: &Frame) -> Result<CarriedFace, Ended> {
        if self.cuts.is_cut(frame) {
            return Err(Ended::SceneCut);
        }
        let expected_from_own = self.motion.after(&self.last_from_own);
        let expected = moved_box(&self.own_box, &expected_from_own);
        let found = self.find(frame, &expected);
        let mut guesses = vec![self.last_from_own, expected_from_own];
        if let Some(found) = &found {
            let points = self.landmarker.find(frame, found);
            guesses.push(self.laid_on(&points));
        }
        let Fit {
            other_from_own,
            likeness,
        } = self.likeness.find(frame, &guesses);
        let needed = if found.is_some() {
            MIN_LIKENESS_FOUND
        } else {
            MIN_LIKENESS_ALONE
        };
        if likeness.is_nan() || likeness < needed {
            return Err(Ended::Lost { likeness });
        }
        let carried_box = moved_box(&self.own_box, &other_from_own);
        if !is_inside(frame, carried_box.center()) {
            return Err(Ended::LeftFrame);
        }
        let box_in_frame = found.unwrap_or(carried_box);
        let points = self.landmarker.find(frame, &box_in_frame);
        let (mask, drift) = self.laid(frame, &other_from_own, &points);
        if let Some(back) = self.last_from_own.inverse() {
            self.motion = other_from_own.after(&back);
        }
        self.last_from_own = other_from_own;
        Ok(CarriedFace {
            face: Face::new(box_in_frame, &points),
            mask,
            drift,
        })
    }

    /// The found face that is this one.
    fn find(&mut self, frame: &Frame, expected: &FaceBox) -> Option<FaceBox> {
        let same = |faces: Vec<FaceBox>| {
            faces
                .into_iter()
                .map(|face| (face.iou(expected), face))
                .filter(|(overlap, _)| SAME_FACE_IOU <= *overlap)
                .max_by(|(a, _), (b, _)| a.total_cmp(b))
                .map(|(_, face)| face)
        };
        same(self.finder.find(frame, Effort::Usual))
    }

    /// The similarity that lays the painted frame's points onto these.
    fn laid_on(&self, points: &Landmarks) -> Similarity {
        Similarity::between(&self.own_points.points, &points.points)
    }

    /// Bent with the points only where the pixels then match better: points found anew are noisy.
    fn laid(
        &self,
        frame: &Frame,
        other_from_own: &Similarity,
        points: &Landmarks,
    ) -> (Mask, Drift) {
        let size = [frame.width, frame.height];
        let Some(rigid) = Warp::rigid(other_from_own) else {
            return (Mask::empty(size[0], size[1]), Drift::of(0.0, None));
        };
        let likeness = self.ground.likeness(frame, other_from_own, &rigid);
        // Estimated points only repeat the box.
        if points.aligner == Aligner::BoxEstimate {
            return (rigid.mask(&self.mask, size), Drift::of(likeness, None));
        }
        let own_px = self.own_box.width.max(self.own_box.height);
        let (own, other) = (&self.own_points.points, &points.points);
        let stray = Some(stray(own, other, &rigid, &self.mask, own_px));
        let bent = rigid
            .clone()
            .bent(own, other, own_px * other_from_own.scale());
        let bent_likeness = self.ground.likeness(frame, other_from_own, &bent);
        if likeness + BENT_GAIN < bent_likeness {
            (bent.mask(&self.mask, size), Drift::of(bent_likeness, stray))
        } else {
            (rigid.mask(&self.mask, size), Drift::of(likeness, stray))
        }
    }
}

impl CarriedFace {
    /// Makes of this mask and of another one that was carried to the same frame, from the other side, what both say. The
    /// other one is from a frame that is `share` of the whole way away, 0 to 1.
    pub fn blend(&mut self, other: &Mask, other_drift: &Drift, share: f32) {
        // Never nothing: where both fit badly, the nearer one still counts more.
        let fit = |drift: &Drift| 0.05 + 1.0 - drift.value;
        let own = share * fit(&self.drift);
        let theirs = (1.0 - share) * fit(other_drift);
        let part = theirs / (own + theirs).max(f32::MIN_POSITIVE);
        for (value, other) in self.mask.values.iter_mut().zip(&other.values) {
            let blended = f32::from(*value) * (1.0 - part) + f32::from(*other) * part;
            *value = blended.round() as u8;
        }
        if other_drift.value < self.drift.value {
            self.drift = *other_drift;
        }
    }
}

fn moved_box(face: &FaceBox, other_from_own: &Similarity) -> FaceBox {
    let [x, y] = other_from_own.point(face.center());
    let scale = other_from_own.scale();
    let (width, height) = (scale * face.width, scale * face.height);
    FaceBox {
        x: x - 0.5 * width,
        y: y - 0.5 * height,
        width,
        height,
        confidence: 0.0,
    }
}

fn is_inside(frame: &Frame, [x, y]: [f32; 2]) -> bool {
    (0.0..frame.width as f32).contains(&x) && (0.0..frame.height as f32).contains(&y)
}
