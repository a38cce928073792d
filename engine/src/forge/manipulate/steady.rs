//! Steadiness over time: landmarks without jitter, statistics without jumps.

use crate::faces::similarity::Similarity;
use crate::forge::manipulate::Points;
use crate::forge::manipulate::mesh::Pose;

/// A cut, or another person: the face went further than this share of its width between two frames.
const MAX_STEP: f32 = 0.6;

/// More frames than this without the face begin anew.
const MAX_GAP: u32 = 6;

/// Noise of a detected landmark, in face widths: changes of this size are taken to a half.
const SHAPE_NOISE: f32 = 0.012;

/// Noise of the place of the whole face, over which 68 points are averaged.
const PLACE_NOISE: f32 = 0.002;

/// Takes the jitter out of landmarks: the slower something moves, the more it is smoothed, so that fast
/// movements have no lag (after the idea of the 1-euro filter; Casiez, Roussel, Vogel 2012). The place of
/// the face and its shape are smoothed apart. Points that rest come out as they went in.
#[derive(Clone, Debug, Default)]
pub struct PointSmoother {
    last: Option<Last>,
}

#[derive(Clone, Debug)]
struct Last {
    index: u32,
    place: Similarity,
    shape: Points,
}

impl PointSmoother {
    /// The smoothed points, and whether they begin anew: then nothing older should be mixed in.
    pub fn next(&mut self, points: &Points, pose: &Pose, index: u32) -> (Points, bool) {
        let shape = pose.shape(points);
        let place = pose.from_canonical;
        let last = self.last.take().filter(|last| {
            let step = distance(center(&last.place), center(&place));
            last.index < index
                && index - last.index <= MAX_GAP
                && step < MAX_STEP * place.scale()
                && (0.7..1.4).contains(&(last.place.scale() / place.scale()))
        });
        let is_new = last.is_none();
        let (place, shape) = match last {
            None => (place, shape),
            Some(last) => (moved(&last.place, &place), reshaped(&last.shape, &shape)),
        };
        let smooth = shape.map(|point| place.point(point));
        self.last = Some(Last {
            index,
            place,
            shape,
        });
        // The first frame is given back exactly, not as it came through two transforms.
        (if is_new { *points } else { smooth }, is_new)
    }
}

/// Goes towards a value: a share that is near 1 for changes well above the noise.
fn gain(change: f32, noise: f32) -> f32 {
    0.25 + 0.75 * change / (change + noise)
}

fn moved(last: &Similarity, next: &Similarity) -> Similarity {
    let step = distance(center(last), center(next)) / next.scale();
    let turn = ((next.a - last.a).abs() + (next.b - last.b).abs()) / next.scale();
    let gain = gain(step.max(turn), PLACE_NOISE);
    let toward = |from: f32, to: f32| from + gain * (to - from);
    Similarity {
        a: toward(last.a, next.a),
        b: toward(last.b, next.b),
        shift: [0, 1].map(|axis| toward(last.shift[axis], next.shift[axis])),
    }
}

fn reshaped(last: &Points, next: &Points) -> Points {
    std::array::from_fn(|at| {
        let gain = gain(distance(last[at], next[at]), SHAPE_NOISE);
        [0, 1].map(|axis| last[at][axis] + gain * (next[at][axis] - last[at][axis]))
    })
}

fn center(place: &Similarity) -> [f32; 2] {
    place.point([0.5, 0.5])
}

pub fn distance(a: [f32; 2], b: [f32; 2]) -> f32 {
    let (x, y) = (a[0] - b[0], a[1] - b[1]);
    (x * x + y * y).sqrt()
}

/// Some numbers that follow what is measured, slowly.
#[derive(Clone, Debug)]
pub struct Running<const N: usize> {
    values: Option<[f32; N]>,
    gain: f32,
}

impl<const N: usize> Running<N> {
    /// `gain` is the share of a change that one frame takes, 0 to 1.
    pub fn new(gain: f32) -> Self {
        Self { values: None, gain }
    }

    pub fn forget(&mut self) {
        self.values = None;
    }

    pub fn next(&mut self, measured: [f32; N]) -> [f32; N] {
        let values = self.values.get_or_insert(measured);
        for (value, measured) in values.iter_mut().zip(measured) {
            *value += self.gain * (measured - *value);
        }
        *values
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::addg::example_rng;
    use crate::forge::manipulate::mesh::canonical_face;
    use rand::RngExt as _;

    fn smoothed(faces: &[Points]) -> Vec<Points> {
        let mut smoother = PointSmoother::default();
        let next = |(index, points): (usize, &Points)| {
            let pose = Pose::of(points).unwrap();
            smoother.next(points, &pose, index as u32).0
        };
        faces.iter().enumerate().map(next).collect()
    }

    fn face_at(left: f32) -> Points {
        canonical_face().map(|[x, y]| [left + 100.0 * x, 40.0 + 100.0 * y])
    }

    #[test]
    fn noise_becomes_less_and_rest_stays() {
        let mut rng = example_rng(1, 0, 0);
        let faces: Vec<Points> = (0..60)
            .map(|_| face_at(30.0).map(|p| p.map(|v| v + rng.random_range(-1.0..1.0))))
            .collect();
        let jitter = |faces: &[Points]| {
            let pairs = faces
                .windows(2)
                .flat_map(|pair| pair[0].into_iter().zip(pair[1]));
            pairs.map(|(a, b)| distance(a, b)).sum::<f32>()
        };
        assert!(jitter(&smoothed(&faces)) < 0.6 * jitter(&faces));
        let still = smoothed(&vec![face_at(30.0); 5]);
        for points in &still {
            for (point, wanted) in points.iter().zip(face_at(30.0)) {
                assert!(distance(*point, wanted) < 1e-3);
            }
        }
        assert_eq!(still[1], still[4]);
    }

    #[test]
    fn fast_movements_do_not_lag_and_a_jump_begins_anew() {
        let faces: Vec<Points> = (0..20).map(|at| face_at(4.0 * at as f32)).collect();
        let last = smoothed(&faces)[19];
        assert!((last[8][0] - faces[19][8][0]).abs() < 0.5);
        let jump = [face_at(10.0), face_at(300.0)];
        assert_eq!(smoothed(&jump)[1], jump[1]);
    }

    #[test]
    fn running_numbers_follow_slowly_and_rest_exactly() {
        let mut running = Running::new(0.25);
        assert_eq!(running.next([0.1, 4.0]), [0.1, 4.0]);
        assert_eq!(running.next([0.1, 8.0]), [0.1, 5.0]);
        running.forget();
        assert_eq!(running.next([3.0, 3.0]), [3.0, 3.0]);
    }
}
