//! Landmarks made into a mesh that covers the whole face, and pictures warped from one mesh to another.

use delaunator::{Point, triangulate};

use crate::faces::mean_face::mean_face;
use crate::faces::similarity::Similarity;
use crate::forge::manipulate::Points;
use crate::forge::manipulate::picture::Patch;

/// Five points on the forehead, which landmarks leave out: above the outer ends, the arches and the
/// inner ends of the brows.
const FOREHEAD: [([usize; 2], f32); 5] = [
    ([17, 17], 0.09),
    ([19, 19], 0.19),
    ([21, 22], 0.24),
    ([24, 24], 0.19),
    ([26, 26], 0.09),
];

/// Points around the head, which hold the surroundings still.
const NUM_RING: usize = 12;

const NUM_CORNERS: usize = 68 + FOREHEAD.len() + NUM_RING;

/// Fewer pixels from ear to ear than this are no face.
const MIN_WIDTH_PX: f32 = 12.0;

/// How far the points may be from a frontal mean face on average, in face widths. A profile is at 0.13,
/// points strewn at random are above 0.3.
const MAX_MISFIT: f32 = 0.24;

/// The landmarks (0 to 67), the forehead (68 to 72), and the ring.
pub type Corners = [[f32; 2]; NUM_CORNERS];

/// Where a face is, apart from its shape: carries canonical coordinates (brows to chin and ear to ear
/// fill about the unit square) to pixels.
#[derive(Clone, Copy, Debug)]
pub struct Pose {
    pub from_canonical: Similarity,
    pub to_canonical: Similarity,
}

impl Pose {
    /// `None` where the points are no face: not finite, all in one place, tiny, strewn, or mirrored.
    pub fn of(points: &Points) -> Option<Self> {
        let is_sane = |value: &f32| value.is_finite() && value.abs() < 1e5;
        if !points.iter().flatten().all(is_sane) {
            return None;
        }
        let canonical = canonical_face();
        let from_canonical = Similarity::between(&canonical, points);
        let to_canonical = from_canonical.inverse()?;
        if from_canonical.scale() < MIN_WIDTH_PX {
            return None;
        }
        let misfit = points.iter().zip(&canonical).map(|(point, wanted)| {
            let [x, y] = to_canonical.point(*point);
            (x - wanted[0]) * (x - wanted[0]) + (y - wanted[1]) * (y - wanted[1])
        });
        let misfit = (misfit.sum::<f32>() / 68.0).sqrt();
        (misfit < MAX_MISFIT).then_some(Self {
            from_canonical,
            to_canonical,
        })
    }

    /// Pixels from ear to ear, about.
    pub fn width_px(&self) -> f32 {
        self.from_canonical.scale()
    }

    /// The points without place, size and turn.
    pub fn shape(&self, points: &Points) -> Points {
        points.map(|point| self.to_canonical.point(point))
    }

    pub fn corners(&self, points: &Points) -> Corners {
        std::array::from_fn(|at| {
            if at < 68 {
                return points[at];
            }
            if let Some(([a, b], height)) = FOREHEAD.get(at - 68) {
                let [up_x, up_y] = self.from_canonical.direction([0.0, -height]);
                let middle = |axis: usize| f32::midpoint(points[*a][axis], points[*b][axis]);
                return [middle(0) + up_x, middle(1) + up_y];
            }
            let angle = (at - 68 - FOREHEAD.len()) as f32 * std::f32::consts::TAU / NUM_RING as f32;
            let (sin, cos) = (libm::sinf(angle), libm::cosf(angle));
            self.from_canonical
                .point([0.5 + 1.1 * cos, 0.45 + 1.2 * sin])
        })
    }
}

/// A frontal mean face, rounded so that no processor's sine changes a bit.
pub fn canonical_face() -> Points {
    mean_face().map(|point| point.map(|value| (value * 1024.0).round() / 1024.0))
}

/// Triangles between corners.
#[derive(Clone, Debug)]
pub struct Mesh(Vec<[usize; 3]>);

impl Mesh {
    /// The Delaunay triangles of the mean of some canonical shapes; of the mean face where there are none.
    pub fn of<'a>(shapes: impl Iterator<Item = &'a Points>) -> Self {
        let mut mean = [[0.0; 2]; 68];
        let mut count = 0.0;
        for shape in shapes {
            count += 1.0;
            for (mean, point) in mean.iter_mut().zip(shape) {
                mean[0] += point[0];
                mean[1] += point[1];
            }
        }
        let mean = if count < 1.0 {
            canonical_face()
        } else {
            mean.map(|sum| sum.map(|sum| sum / count))
        };
        let pose = Pose {
            from_canonical: Similarity::IDENTITY,
            to_canonical: Similarity::IDENTITY,
        };
        let corners = pose.corners(&mean).map(|[x, y]| Point {
            x: f64::from(x),
            y: f64::from(y),
        });
        let triangles = triangulate(&corners).triangles;
        Self(
            triangles
                .chunks_exact(3)
                .map(|of| [of[0], of[1], of[2]])
                .collect(),
        )
    }
}

/// For each pixel of a patch, where to read in another picture.
#[derive(Clone, Debug)]
pub struct Warp {
    pub width: usize,
    pub height: usize,
    pub places: Vec<[f32; 2]>,
}

impl Warp {
    /// One similarity for all pixels.
    pub fn rigid(width: usize, height: usize, to: &Similarity) -> Self {
        let place = |at: usize| to.point([(at % width) as f32, (at / width) as f32]);
        Self {
            width,
            height,
            places: (0..width * height).map(place).collect(),
        }
    }

    /// Affine within each triangle of the mesh, from the corners here to those there; `beyond` serves the
    /// pixels outside of all triangles.
    pub fn piecewise(
        width: usize,
        height: usize,
        mesh: &Mesh,
        here: &Corners,
        there: &Corners,
        beyond: &Similarity,
    ) -> Self {
        let mut warp = Self::rigid(width, height, beyond);
        for triangle in &mesh.0 {
            warp.lay(triangle.map(|at| here[at]), triangle.map(|at| there[at]));
        }
        warp
    }

    /// Where the other picture's pixels are larger than 1.5 of ours, it is halved first.
    pub fn read(&self, source: &Pyramid, pixels_per_pixel: f32) -> Patch {
        let (level, scale) = source.level(pixels_per_pixel);
        // The first pixel of a halved picture has its center between the first two.
        let shift = 0.5 * (1.0 - scale);
        let read = |[x, y]: &[f32; 2]| level.cubic([x * scale - shift, y * scale - shift]);
        Patch {
            width: self.width,
            height: self.height,
            rgb: self.places.iter().map(read).collect(),
        }
    }

    fn lay(&mut self, [a, b, c]: [[f32; 2]; 3], there: [[f32; 2]; 3]) {
        let area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
        // A triangle without area has no inside; a turned one lies under its neighbors.
        if area.abs() < 1e-3 {
            return;
        }
        let bounds = |axis: usize, length: usize| {
            let low = a[axis].min(b[axis]).min(c[axis]).ceil().max(0.0);
            let high = a[axis].max(b[axis]).max(c[axis]).floor() + 1.0;
            (low as usize, (high.max(0.0) as usize).min(length))
        };
        let (left, right) = bounds(0, self.width);
        let (top, bottom) = bounds(1, self.height);
        for y in top..bottom {
            for x in left..right {
                let (px, py) = (x as f32, y as f32);
                let of_b = ((px - a[0]) * (c[1] - a[1]) - (py - a[1]) * (c[0] - a[0])) / area;
                let of_c = ((b[0] - a[0]) * (py - a[1]) - (b[1] - a[1]) * (px - a[0])) / area;
                if -1e-4 <= of_b && -1e-4 <= of_c && of_b + of_c <= 1.0 + 1e-4 {
                    let of_a = 1.0 - of_b - of_c;
                    self.places[y * self.width + x] = [0, 1].map(|axis| {
                        of_a * there[0][axis] + of_b * there[1][axis] + of_c * there[2][axis]
                    });
                }
            }
        }
    }
}

/// A picture with its halves, so that reading it small does not alias.
#[derive(Clone, Debug)]
pub struct Pyramid(Vec<Patch>);

impl Pyramid {
    pub fn new(picture: Patch) -> Self {
        let mut levels = vec![picture];
        while levels.len() < 5
            && levels
                .last()
                .is_some_and(|last| 16 < last.width.min(last.height))
        {
            let half = levels.last().map(Patch::half);
            levels.extend(half);
        }
        Self(levels)
    }

    /// The level to read where that many of the picture's pixels fall onto one, and its scale.
    fn level(&self, pixels_per_pixel: f32) -> (&Patch, f32) {
        let (mut level, mut scale) = (0, 1.0);
        while 1.5 < pixels_per_pixel * scale && level + 1 < self.0.len() {
            level += 1;
            scale *= 0.5;
        }
        (&self.0[level], scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(scale: f32) -> Points {
        canonical_face().map(|[x, y]| [30.0 + scale * x, 20.0 + scale * y])
    }

    #[test]
    fn landmarks_are_carried_onto_landmarks() {
        let here = placed(120.0).map(|point| point.map(f32::round));
        let there = placed(90.0).map(|[x, y]| [x + 0.1 * y, y - 0.05 * x]);
        let (pose_here, pose_there) = (Pose::of(&here).unwrap(), Pose::of(&there).unwrap());
        let mesh = Mesh::of([pose_here.shape(&here)].iter());
        let [from, to] =
            [(pose_here, here), (pose_there, there)].map(|(pose, at)| pose.corners(&at));
        let warp = Warp::piecewise(180, 180, &mesh, &from, &to, &Similarity::IDENTITY);
        for (here, there) in here.iter().zip(&there) {
            let place = warp.places[here[1] as usize * 180 + here[0] as usize];
            assert!(
                (place[0] - there[0]).abs() < 0.05,
                "{here:?} {place:?} {there:?}"
            );
            assert!(
                (place[1] - there[1]).abs() < 0.05,
                "{here:?} {place:?} {there:?}"
            );
        }
    }

    #[test]
    fn a_mesh_onto_itself_gives_the_picture_bit_for_bit_almost() {
        let points = placed(80.0);
        let pose = Pose::of(&points).unwrap();
        let mesh = Mesh::of([pose.shape(&points)].iter());
        let corners = pose.corners(&points);
        let warp = Warp::piecewise(140, 140, &mesh, &corners, &corners, &Similarity::IDENTITY);
        for (at, place) in warp.places.iter().enumerate() {
            assert!((place[0] - (at % 140) as f32).abs() < 1e-3);
            assert!((place[1] - (at / 140) as f32).abs() < 1e-3);
        }
    }

    #[test]
    fn points_that_are_no_face_have_no_pose() {
        assert!(Pose::of(&placed(100.0)).is_some());
        assert!(Pose::of(&placed(3.0)).is_none());
        assert!(Pose::of(&[[50.0, 50.0]; 68]).is_none());
        assert!(Pose::of(&placed(f32::NAN)).is_none());
        let mirrored = placed(100.0).map(|[x, y]| [-x, y]);
        assert!(Pose::of(&mirrored).is_none());
        let strewn = std::array::from_fn(|at| [(at * 37 % 101) as f32, (at * 53 % 97) as f32]);
        assert!(Pose::of(&strewn).is_none());
    }

    #[test]
    fn a_halved_picture_is_read_at_the_same_places() {
        let rgb = (0..64 * 64)
            .map(|at| [(at % 64) as f32, (at / 64) as f32, 0.0])
            .collect();
        let pyramid = Pyramid::new(Patch {
            width: 64,
            height: 64,
            rgb,
        });
        let warp = Warp::rigid(
            4,
            4,
            &Similarity {
                a: 4.0,
                b: 0.0,
                shift: [20.0, 20.0],
            },
        );
        let read = warp.read(&pyramid, 4.0);
        assert!((read.rgb[5][0] - 24.0).abs() < 0.1 && (read.rgb[5][1] - 24.0).abs() < 0.1);
    }
}
