//! Says before any score whether a face can carry one: size, blur, yaw, brightness.

use crate::faces::align::Crop;
use crate::faces::gray::luma;
use crate::faces::{Aligner, FaceBox, Gate, GateState};

/// Side to which the face is brought before its sharpness is measured, so that crops of any size
/// compare. Faces that are smaller in the frame are judged by their size anyway.
const SHARPNESS_SIDE: usize = 64;

/// How far the nose tip stands out before the outer corners of the eyes, over the distance between
/// these corners: about 40 of 90 mm on a grown person.
const NOSE_DEPTH: f32 = 0.45;

/// A measure with the values from which on a face is weak and not usable.
struct Limit {
    weak: f32,
    not_usable: f32,
}

/// Methods take 224 to 299 pixels: below 80 most of the crop is interpolated, below 40 all of it.
const SIZE_PX: Limit = Limit {
    weak: 80.0,
    not_usable: 40.0,
};
/// Sharp faces of the test clips have 50 to 700, even those from small or strongly compressed clips; faces
/// that are plainly out of focus in the back of a room have 4 to 20.
const SHARPNESS: Limit = Limit {
    weak: 30.0,
    not_usable: 8.0,
};
/// 35 and 60 degrees: the far cheek begins to vanish, then half of the face is hidden.
const YAW_RADIANS: Limit = Limit {
    weak: 0.61,
    not_usable: 1.05,
};
/// Dark and bright ends of the mean luma.
const DARK: Limit = Limit {
    weak: 45.0,
    not_usable: 20.0,
};
const BRIGHT: Limit = Limit {
    weak: 225.0,
    not_usable: 245.0,
};

/// A track takes the best state that at least this share of its faces has.
const TRACK_SHARE: f32 = 0.5;

/// What the gate looked at, in units people can check.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaceQuality {
    /// Smaller side of the box in the frame's pixels.
    pub size_px: f32,
    /// Variance of the Laplacian of the luma of the face at 64 x 64 pixels, levels squared.
    pub sharpness: f32,
    /// Turn of the head to the side, radians, 0 is frontal; from the landmarks. Positive where the nose
    /// points to the right of the picture. Always 0 for points estimated from the box.
    pub yaw_radians: f32,
    /// Mean luma of the face, 0 to 255.
    pub brightness: f32,
}

/// Measures one face.
pub fn measure(face: &FaceBox, crop: &Crop) -> FaceQuality {
    let lumas = face_lumas(crop);
    let sum: f32 = lumas.iter().sum();
    FaceQuality {
        size_px: face.width.min(face.height),
        sharpness: laplacian_variance(&lumas),
        yaw_radians: yaw(crop),
        brightness: sum / lumas.len() as f32,
    }
}

/// Judges one face.
pub fn judge(quality: &FaceQuality) -> Gate {
    let findings = findings(quality);
    let state = findings.iter().map(|(state, _)| *state).min();
    Gate {
        state: state.unwrap_or(GateState::Usable),
        reasons: findings.into_iter().map(|(_, reason)| reason).collect(),
    }
}

/// Judges a whole track: the best state that at least half of its faces reach. The reasons come with
/// the share of faces that they hold for.
pub fn judge_track(qualities: &[FaceQuality]) -> Gate {
    if qualities.is_empty() {
        return Gate {
            state: GateState::NotUsable,
            reasons: vec!["no face of this track could be measured".to_owned()],
        };
    }
    let states: Vec<GateState> = qualities
        .iter()
        .map(|quality| judge(quality).state)
        .collect();
    let share = |is_counted: &dyn Fn(GateState) -> bool| {
        states.iter().filter(|state| is_counted(**state)).count() as f32 / states.len() as f32
    };
    let state = [GateState::Usable, GateState::Weak]
        .into_iter()
        .find(|state| TRACK_SHARE <= share(&|other| *state <= other))
        .unwrap_or(GateState::NotUsable);
    if state == GateState::Usable {
        return Gate {
            state,
            reasons: Vec::new(),
        };
    }
    let below = 100.0 * share(&|other| other < GateState::Usable);
    let mut reasons = vec![format!("{below:.0} % of the faces are not fully usable")];
    // The typical face tells why: each measure at its median.
    reasons.extend(
        findings(&median(qualities))
            .into_iter()
            .map(|(_, reason)| reason),
    );
    Gate { state, reasons }
}

/// Everything that is wrong with a face, worst things not first but in a fixed order.
fn findings(quality: &FaceQuality) -> Vec<(GateState, String)> {
    let size = quality.size_px;
    let sharpness = quality.sharpness;
    let degrees = quality.yaw_radians.abs().to_degrees();
    let brightness = quality.brightness;
    let needed = SIZE_PX.weak;
    [
        (
            SIZE_PX.below(size),
            format!("the face is {size:.0} px wide; {needed:.0} are needed"),
        ),
        (
            SHARPNESS.below(sharpness),
            format!(
                "the face is blurred: sharpness {sharpness:.0}; {:.0} are needed",
                SHARPNESS.weak
            ),
        ),
        (
            YAW_RADIANS.above(quality.yaw_radians.abs()),
            format!(
                "the head is turned by {degrees:.0} degrees; up to {:.0} are fit",
                YAW_RADIANS.weak.to_degrees()
            ),
        ),
        (
            DARK.below(brightness),
            format!(
                "the face is dark: mean luma {brightness:.0} of 255; {:.0} are needed",
                DARK.weak
            ),
        ),
        (
            BRIGHT.above(brightness),
            format!(
                "the face is overexposed: mean luma {brightness:.0} of 255; up to {:.0} are fit",
                BRIGHT.weak
            ),
        ),
    ]
    .into_iter()
    .filter(|(state, _)| *state < GateState::Usable)
    .collect()
}

impl Limit {
    fn below(&self, value: f32) -> GateState {
        self.state(value < self.weak, value < self.not_usable)
    }

    fn above(&self, value: f32) -> GateState {
        self.state(self.weak < value, self.not_usable < value)
    }

    fn state(&self, is_weak: bool, is_not_usable: bool) -> GateState {
        match (is_weak, is_not_usable) {
            (_, true) => GateState::NotUsable,
            (true, false) => GateState::Weak,
            (false, false) => GateState::Usable,
        }
    }
}

/// Each measure at its median; there must be one face at least.
pub fn median(qualities: &[FaceQuality]) -> FaceQuality {
    let middle = |measure: fn(&FaceQuality) -> f32| {
        let mut values: Vec<f32> = qualities.iter().map(measure).collect();
        values.sort_by(f32::total_cmp);
        values[values.len() / 2]
    };
    FaceQuality {
        size_px: middle(|quality| quality.size_px),
        sharpness: middle(|quality| quality.sharpness),
        yaw_radians: middle(|quality| quality.yaw_radians.abs()),
        brightness: middle(|quality| quality.brightness),
    }
}

/// The square around the inner face (brows to lower lip) at 64 x 64, each value averaged over what
/// it covers. Hair, ears and background have no say.
fn face_lumas(crop: &Crop) -> Vec<f32> {
    let inner = &crop.landmarks.points[17..68];
    let bounds = |axis: usize| {
        let places = inner.iter().map(|point| point[axis]);
        let low = places.clone().fold(f32::INFINITY, f32::min);
        (low, places.fold(f32::NEG_INFINITY, f32::max))
    };
    let size = crop.size_px as usize;
    let ((left, right), (top, bottom)) = (bounds(0), bounds(1));
    let side = (right - left).max(bottom - top).clamp(8.0, size as f32);
    let (left, top) = (0.5 * (left + right - side), 0.5 * (top + bottom - side));
    let cells = |first: f32| {
        (0..SHARPNESS_SIDE).map(move |at| {
            let edge = |at: usize| first + side * at as f32 / SHARPNESS_SIDE as f32;
            let low = (edge(at).round().max(0.0) as usize).min(size - 1);
            let high = (edge(at + 1).round().max(0.0) as usize).clamp(low + 1, size);
            low..high
        })
    };
    let mut lumas = Vec::with_capacity(SHARPNESS_SIDE * SHARPNESS_SIDE);
    for rows in cells(top) {
        for columns in cells(left) {
            let mut sum = 0u32;
            for y in rows.clone() {
                for x in columns.clone() {
                    let at = 3 * (y * size + x);
                    let [red, green, blue] = [0, 1, 2].map(|channel| crop.pixels[at + channel]);
                    sum += u32::from(luma([red, green, blue]));
                }
            }
            lumas.push(sum as f32 / (rows.len() * columns.len()) as f32);
        }
    }
    lumas
}

fn laplacian_variance(lumas: &[f32]) -> f32 {
    let side = SHARPNESS_SIDE;
    let (mut sum, mut squares, mut count) = (0.0f32, 0.0f32, 0.0f32);
    for y in 1..side - 1 {
        for x in 1..side - 1 {
            let at = y * side + x;
            let around = lumas[at - 1] + lumas[at + 1] + lumas[at - side] + lumas[at + side];
            let value = around - 4.0 * lumas[at];
            sum += value;
            squares += value * value;
            count += 1.0;
        }
    }
    let mean = sum / count;
    (squares / count - mean * mean).max(0.0)
}

/// The nose tip moves sideways before the eyes: by `NOSE_DEPTH sin(yaw)`, while the eyes' distance
/// shrinks by `cos(yaw)`. Good to about 10 degrees; people's noses differ.
fn yaw(crop: &Crop) -> f32 {
    if crop.landmarks.aligner == Aligner::BoxEstimate {
        return 0.0;
    }
    let points = &crop.landmarks.points;
    let (left, right, nose) = (points[36], points[45], points[30]);
    let eyes = [right[0] - left[0], right[1] - left[1]];
    let squared = eyes[0] * eyes[0] + eyes[1] * eyes[1];
    if squared < 1.0 {
        return std::f32::consts::FRAC_PI_2;
    }
    let out = [
        nose[0] - 0.5 * (left[0] + right[0]),
        nose[1] - 0.5 * (left[1] + right[1]),
    ];
    let share = (out[0] * eyes[0] + out[1] * eyes[1]) / squared;
    (share / NOSE_DEPTH).atan()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faces::Landmarks;
    use crate::faces::mean_face::mean_face;

    const GOOD: FaceQuality = FaceQuality {
        size_px: 200.0,
        sharpness: 300.0,
        yaw_radians: 0.1,
        brightness: 120.0,
    };

    fn check(change: impl Fn(&mut FaceQuality), state: GateState, reason: &str) {
        let mut quality = GOOD;
        change(&mut quality);
        let gate = judge(&quality);
        assert_eq!(gate.state, state, "{quality:?}");
        assert!(
            gate.reasons.iter().any(|text| text.contains(reason)) || reason.is_empty(),
            "{gate:?}"
        );
    }

    #[test]
    fn each_measure_has_its_say() {
        use GateState::{NotUsable, Usable, Weak};
        check(|_| (), Usable, "");
        check(|face| face.size_px = 60.0, Weak, "60 px wide");
        check(|face| face.size_px = 30.0, NotUsable, "30 px wide");
        check(|face| face.sharpness = 1.0, NotUsable, "blurred");
        check(|face| face.yaw_radians = -0.8, Weak, "46 degrees");
        check(|face| face.brightness = 10.0, NotUsable, "dark");
        check(|face| face.brightness = 230.0, Weak, "overexposed");
    }

    #[test]
    fn a_track_is_judged_by_most_of_its_faces() {
        let small = FaceQuality {
            size_px: 50.0,
            ..GOOD
        };
        assert_eq!(judge_track(&[GOOD, GOOD, small]).state, GateState::Usable);
        let gate = judge_track(&[GOOD, small, small]);
        assert_eq!(gate.state, GateState::Weak);
        assert!(gate.reasons[0].contains("67 %"), "{gate:?}");
        assert!(gate.reasons[1].contains("50 px"), "{gate:?}");
        assert_eq!(judge_track(&[]).state, GateState::NotUsable);
    }

    fn crop_of(pixel: impl Fn(usize, usize) -> u8, move_nose: f32) -> Crop {
        let size = 128;
        let mut points = mean_face().map(|[x, y]| [14.0 + 100.0 * x, 14.0 + 100.0 * y]);
        points[30][0] += move_nose;
        Crop {
            size_px: size as u32,
            pixels: (0..size * size)
                .flat_map(|at| [pixel(at % size, at / size); 3])
                .collect(),
            landmarks: Landmarks {
                points,
                aligner: Aligner::Dlib68,
            },
            frame_from_crop: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
        }
    }

    #[test]
    fn brightness_blur_and_yaw_are_measured() {
        let face = FaceBox {
            x: 0.0,
            y: 0.0,
            width: 100.0,
            height: 110.0,
            confidence: 9.0,
        };
        let flat = measure(&face, &crop_of(|_, _| 90, 0.0));
        assert!((flat.brightness - 90.0).abs() < 1.0, "{flat:?}");
        assert!(
            flat.sharpness < 1e-3 && flat.yaw_radians.abs() < 1e-3,
            "{flat:?}"
        );
        let checks = |x: usize, y: usize| {
            if (x / 3 + y / 3).is_multiple_of(2) {
                60
            } else {
                160
            }
        };
        let turned = measure(&face, &crop_of(checks, 15.0));
        assert!(100.0 < turned.sharpness, "{turned:?}");
        assert!((0.3..0.9).contains(&turned.yaw_radians), "{turned:?}");
        assert!((turned.size_px - 100.0).abs() < 1e-3);
    }
}
