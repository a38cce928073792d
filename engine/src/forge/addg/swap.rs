//! Another person's face, aligned and matched in color (METHODS 5.1, categories 8 and 9).

use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::forge::addg::sampling::Affine;
use crate::forge::pristine::{ExampleError, PristineFaces};

/// Faces of other clips among which the most similar one is looked for.
const MAX_CANDIDATES: usize = 5000;

/// Who can be swapped in: every face of another clip.
pub struct Donors {
    /// For each clip that has faces, their places in the list of faces.
    clips: Vec<Vec<usize>>,
    /// For each face, the place of its clip in `clips`.
    clip_of_face: Vec<usize>,
    /// For each face, its 68 points as shares of its crop's side.
    shapes: Vec<[[f32; 2]; 68]>,
}

impl Donors {
    /// Fails where the faces come from fewer than two clips.
    pub fn new(faces: &PristineFaces) -> Result<Self, ExampleError> {
        let mut clips = vec![Vec::new(); faces.clips.len()];
        let mut shapes = Vec::with_capacity(faces.faces.len());
        for (at, face) in faces.faces.iter().enumerate() {
            clips[face.clip].push(at);
            let size = face.crop.size_px as f32;
            shapes.push(
                face.crop
                    .landmarks
                    .points
                    .map(|point| point.map(|v| v / size)),
            );
        }
        let only_clip = faces.faces.first().map(|face| &faces.clips[face.clip]);
        clips.retain(|faces_of_clip| !faces_of_clip.is_empty());
        match (only_clip, clips.len()) {
            (None, _) => return Err(ExampleError::NoFaces),
            (Some(clip), 1) => return Err(ExampleError::OneClip { clip: clip.clone() }),
            _ => (),
        }
        let mut clip_of_face = vec![0; shapes.len()];
        for (clip, faces_of_clip) in clips.iter().enumerate() {
            for &face in faces_of_clip {
                clip_of_face[face] = clip;
            }
        }
        Ok(Self {
            clips,
            clip_of_face,
            shapes,
        })
    }

    /// SB-Rand: any face of any other clip, each clip equally likely.
    pub fn random(&self, face: usize, rng: &mut StdRng) -> usize {
        let own = self.clip_of_face[face];
        let drawn = rng.random_range(0..self.clips.len() - 1);
        let clip = &self.clips[if drawn < own { drawn } else { drawn + 1 }];
        clip[rng.random_range(0..clip.len())]
    }

    /// SB-Sim: the face of another clip whose landmarks are closest, by the sum of the 68 distances,
    /// among all of them or 5000 random ones.
    pub fn similar(&self, face: usize, rng: &mut StdRng) -> usize {
        let own = self.clip_of_face[face];
        let num_faces = self.shapes.len();
        let mut best = (f32::INFINITY, None);
        let mut consider = |donor: usize| {
            let distance = distance_below(&self.shapes[face], &self.shapes[donor], best.0);
            if distance < best.0 {
                best = (distance, Some(donor));
            }
        };
        if num_faces - self.clips[own].len() <= MAX_CANDIDATES {
            let others = (0..num_faces).filter(|donor| self.clip_of_face[*donor] != own);
            others.for_each(&mut consider);
        } else {
            let mut num_candidates = 0;
            while num_candidates < MAX_CANDIDATES {
                let donor = rng.random_range(0..num_faces);
                if self.clip_of_face[donor] != own {
                    consider(donor);
                    num_candidates += 1;
                }
            }
        }
        // Points that are not numbers are close to nobody; then anybody will do.
        best.1.unwrap_or_else(|| self.random(face, rng))
    }
}

/// Sum of the distances between points; stops early, with what it has, once that reaches `limit`.
fn distance_below(a: &[[f32; 2]; 68], b: &[[f32; 2]; 68], limit: f32) -> f32 {
    let mut sum = 0.0;
    for (p, q) in a.iter().zip(b) {
        sum += (p[0] - q[0]).hypot(p[1] - q[1]);
        if limit <= sum {
            break;
        }
    }
    sum
}

/// The similarity that lays the target's five points (eyes, nose tip, corners of the mouth) onto the
/// donor's, in the least squares sense: where in the donor each target pixel is.
pub fn align(target: &[[f32; 2]; 68], donor: &[[f32; 2]; 68]) -> Affine {
    let (from, to) = (five_points(target), five_points(donor));
    let mean = |points: &[[f32; 2]; 5], axis: usize| -> f32 {
        points.iter().map(|point| point[axis]).sum::<f32>() / 5.0
    };
    let (from_mean, to_mean) = (
        [0, 1].map(|axis| mean(&from, axis)),
        [0, 1].map(|axis| mean(&to, axis)),
    );
    let (mut along, mut across, mut spread) = (0.0, 0.0, 0.0);
    for (p, q) in from.iter().zip(&to) {
        let [px, py] = [p[0] - from_mean[0], p[1] - from_mean[1]];
        let [qx, qy] = [q[0] - to_mean[0], q[1] - to_mean[1]];
        along += px * qx + py * qy;
        across += px * qy - py * qx;
        spread += px * px + py * py;
    }
    let (a, b) = if 0.0 < spread {
        (along / spread, across / spread)
    } else {
        (1.0, 0.0)
    };
    [
        a,
        -b,
        to_mean[0] - a * from_mean[0] + b * from_mean[1],
        b,
        a,
        to_mean[1] - b * from_mean[0] - a * from_mean[1],
    ]
}

fn five_points(points: &[[f32; 2]; 68]) -> [[f32; 2]; 5] {
    let middle =
        |a: usize, b: usize| [0, 1].map(|axis| f32::midpoint(points[a][axis], points[b][axis]));
    [
        middle(36, 39),
        middle(42, 45),
        points[30],
        points[48],
        points[54],
    ]
}

/// Shifts each channel of `donor` so that its mean under the mask is that of `target` (the color
/// option `mean_shift` of METHODS 5.1). Without any mask nothing changes.
pub fn match_mean_color(target: &[u8], donor: &mut [u8], mask: &[u8]) {
    let mut sums = [0.0; 3];
    let mut weight = 0.0;
    let pairs = target.chunks_exact(3).zip(donor.chunks_exact(3));
    for ((x, d), m) in pairs.zip(mask) {
        let m = f64::from(*m);
        weight += m;
        for (sum, (x, d)) in sums.iter_mut().zip(x.iter().zip(d)) {
            *sum += m * (f64::from(*x) - f64::from(*d));
        }
    }
    if weight == 0.0 {
        return;
    }
    let shifts = sums.map(|sum| (sum / weight).round() as i16);
    for pixel in donor.chunks_exact_mut(3) {
        for (value, shift) in pixel.iter_mut().zip(shifts) {
            *value = (i16::from(*value) + shift).clamp(0, 255) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::addg::example_rng;
    use crate::forge::synthetic;

    #[test]
    fn donors_always_come_from_another_clip() {
        let faces = synthetic::faces(5, 7, 32);
        let donors = Donors::new(&faces).unwrap();
        let mut seen = [0; 5];
        for round in 0..40 {
            for (at, face) in faces.faces.iter().enumerate() {
                let mut rng = example_rng(1, round, at as u64);
                for donor in [donors.random(at, &mut rng), donors.similar(at, &mut rng)] {
                    assert_ne!(faces.faces[donor].clip, face.clip);
                    seen[faces.faces[donor].clip] += 1;
                }
            }
        }
        assert!(seen.iter().all(|count| 100 < *count), "{seen:?}");
    }

    #[test]
    fn the_similar_donor_is_the_nearest_face_of_another_clip() {
        let mut faces = synthetic::faces(3, 4, 64);
        let mut twin = faces.faces[1].crop.landmarks.clone();
        twin.points[8][0] += 0.5;
        faces.faces[10].crop.landmarks = twin;
        let donors = Donors::new(&faces).unwrap();
        assert_eq!(donors.similar(1, &mut example_rng(0, 0, 0)), 10);
        assert_eq!(donors.similar(10, &mut example_rng(0, 0, 0)), 1);
    }

    #[test]
    fn one_clip_is_refused_by_name_and_two_are_enough() {
        let err = Donors::new(&synthetic::faces(1, 4, 32)).err().unwrap();
        assert!(err.to_string().contains("clip-0.mp4"), "{err}");
        let none = Donors::new(&PristineFaces::default()).err().unwrap();
        assert!(matches!(none, ExampleError::NoFaces));
        assert!(Donors::new(&synthetic::faces(2, 1, 32)).is_ok());
    }

    #[test]
    fn alignment_finds_a_known_turn_and_size() {
        let target = synthetic::landmarks(100, 1).points;
        let map = |[x, y]: [f32; 2]| [0.8 * x - 0.3 * y + 12.0, 0.3 * x + 0.8 * y - 4.0];
        let found = align(&target, &target.map(map));
        for (value, wanted) in found.iter().zip([0.8, -0.3, 12.0, 0.3, 0.8, -4.0]) {
            assert!((value - wanted).abs() < 1e-3, "{found:?}");
        }
    }

    #[test]
    fn mean_colors_under_the_mask_agree_after_matching() {
        let target = vec![120; 3 * 64];
        let mut donor: Vec<u8> = (0..3 * 64).map(|at| 60 + (at % 7) as u8).collect();
        let mask: Vec<u8> = (0..64).map(|at| if at < 32 { 255 } else { 0 }).collect();
        match_mean_color(&target, &mut donor, &mask);
        for channel in 0..3 {
            let masked = donor[..3 * 32].iter().skip(channel).step_by(3);
            let mean = masked.map(|value| f32::from(*value)).sum::<f32>() / 32.0;
            assert!((mean - 120.0).abs() <= 0.5, "{mean}");
        }
        let before = donor.clone();
        match_mean_color(&target, &mut donor, &[0; 64]);
        assert_eq!(donor, before);
    }
}
