//! The 68 points of the iBUG scheme, as places on the head's grid.

use super::hairline::{brow_half, brow_line};
use super::head_shape::{HeadShape, STAR};
use super::identity::Identity;
use super::lids::{LidPose, Lids};
use super::mesh::{HeadMesh, at_place};
use super::space::{V3, along, cos, sin, v3};

/// The face ends here, seen from above: the angle from the front to the line before the ears.
pub const EAR_ANGLE: f32 = 1.36;

/// Steps from the jaw toward the middle of the face, among which the contour is sought.
const STEPS: usize = 14;

/// Places (column, row) that move with the mesh.
#[derive(Debug)]
pub struct Landmarks {
    /// For each point of the jaw: from the jaw inward.
    jaw: Vec<[[f32; 2]; STEPS]>,
    /// Brows, nose: points 17 to 35.
    brows_and_nose: Vec<[f32; 2]>,
    /// Lips: points 48 to 67; whether the point is on the lower lip's edge of the mouth.
    lips: Vec<[f32; 2]>,
}

/// The lower edge of the face by angle from the front.
pub fn jaw_height(id: &Identity, shape: &HeadShape, angle: f32) -> f32 {
    let chin = shape.chin.y - 0.95;
    let gonion = -8.0 - 0.6 * id.jaw_drop;
    let line = [
        (0.0, chin),
        (0.3, chin + 0.15),
        (0.6, chin + 0.9),
        (0.9, gonion - 0.2),
        (1.15, gonion + 1.2),
        (1.36, -3.5),
        (1.45, -1.0),
        (1.6, 1.0),
    ];
    along(&line, angle)
}

impl Landmarks {
    pub fn new(id: &Identity, shape: &HeadShape, mesh: &HeadMesh) -> Self {
        let toward = |x: f32, y: f32| mesh.place_of(shape.front(x, y));
        let contour = contour(id, shape);
        let jaw = (0..17).map(|at| {
            let side = (at as f32 - 8.0) / 8.0;
            let point = evenly(&contour, 1.0 - side.abs());
            let out = v3(point.x * side.signum(), point.y, point.z);
            std::array::from_fn(|step| {
                let inward = step as f32 / (STEPS - 1) as f32 * 0.62;
                let target = v3(0.0, out.y.max(shape.mouth_y), 0.0);
                let point = out.mix(target, inward);
                mesh.place_of(shape.surface((point - STAR).unit()))
            })
        });
        let brow = |x: f32| {
            let y = brow_line(id, shape, x.abs()) + 0.55 * brow_half(id, x.abs());
            toward(x, y)
        };
        let tip = shape.tip;
        let mut brows_and_nose: Vec<[f32; 2]> = Vec::new();
        let xs = [5.35, 4.5, 3.5, 2.4, 1.4];
        brows_and_nose.extend(xs.map(|x| brow(-x)));
        brows_and_nose.extend([1.4, 2.4, 3.5, 4.5, 5.35].map(brow));
        for step in 0..4 {
            let t = step as f32 / 3.0;
            brows_and_nose.push(toward(0.0, 0.25 + (tip.y + 0.12 - 0.25) * t));
        }
        let base = shape.nose_base_y;
        let wide = id.nose_width;
        for (x, y) in [
            (-1.2, 0.2),
            (-0.62, 0.02),
            (0.0, -0.05),
            (0.62, 0.02),
            (1.2, 0.2),
        ] {
            brows_and_nose.push(toward(x * wide, base + y));
        }
        Self {
            jaw: jaw.collect(),
            brows_and_nose,
            lips: lips(shape, mesh),
        }
    }

    /// Points 17 to 35 and 48 to 67 on the deformed mesh (the others are zero), before any turn.
    pub fn on_surface(&self, points: &[V3]) -> [V3; 68] {
        let at = |place: [f32; 2]| at_place(points, place, V3::mix);
        let mut found = [V3::ZERO; 68];
        for (to, place) in found[17..36].iter_mut().zip(&self.brows_and_nose) {
            *to = at(*place);
        }
        for (to, place) in found[48..68].iter_mut().zip(&self.lips) {
            *to = at(*place);
        }
        found
    }

    /// The jaw as seen: of each point's candidates, the outermost on the picture.
    ///
    /// `project` gives a point's place on the picture; the contour runs from the left to the right.
    pub fn jaw(&self, points: &[V3], project: impl Fn(V3) -> [f32; 2]) -> [[f32; 2]; 17] {
        let middle = project(at_place(points, self.jaw[8][STEPS - 1], V3::mix));
        std::array::from_fn(|at| {
            let candidates = self.jaw[at].map(|place| project(at_place(points, place, V3::mix)));
            // Outward is where the point lies from the middle, when seen from the front.
            let angle = std::f32::consts::PI * at as f32 / 16.0;
            let out = [-cos(angle), 0.55 * sin(angle)];
            let reach = |p: &[f32; 2]| (p[0] - middle[0]) * out[0] + (p[1] - middle[1]) * out[1];
            let mut best = candidates[0];
            for candidate in &candidates[1..] {
                if reach(&best) < reach(candidate) {
                    best = *candidate;
                }
            }
            best
        })
    }
}

/// The face's edge on the viewer's right: from before the ear down and along the jaw to the chin.
fn contour(id: &Identity, shape: &HeadShape) -> Vec<V3> {
    const STEPS: usize = 24;
    let (top, bottom) = (0.1, jaw_height(id, shape, EAR_ANGLE));
    let mut points = Vec::with_capacity(2 * STEPS + 1);
    for step in 0..STEPS {
        let t = step as f32 / STEPS as f32;
        points.push(on_skin(shape, EAR_ANGLE, top + (bottom - top) * t));
    }
    for step in 0..=STEPS {
        let angle = EAR_ANGLE * (1.0 - step as f32 / STEPS as f32);
        points.push(on_skin(shape, angle, jaw_height(id, shape, angle)));
    }
    points
}

/// The point at a share of a line's length, as seen from the front.
fn evenly(line: &[V3], share: f32) -> V3 {
    let mut lengths = vec![0.0];
    for (at, pair) in line.windows(2).enumerate() {
        let step = pair[1] - pair[0];
        lengths.push(lengths[at] + (step.x * step.x + step.y * step.y).sqrt());
    }
    let wanted = share * lengths[line.len() - 1];
    let next = lengths.partition_point(|length| *length < wanted);
    let next = next.clamp(1, line.len() - 1);
    let part = (wanted - lengths[next - 1]) / (lengths[next] - lengths[next - 1]).max(1e-6);
    line[next - 1].mix(line[next], part)
}

/// The skin at an angle from the front and a height.
fn on_skin(shape: &HeadShape, angle: f32, height: f32) -> V3 {
    let mut elevation = 0.0;
    let mut point = V3::ZERO;
    for _ in 0..12 {
        let flat = cos(elevation);
        point = shape.surface(v3(flat * sin(angle), sin(elevation), flat * cos(angle)));
        let reach = (point - STAR).length().max(1.0);
        elevation = (elevation + 0.7 * (height - point.y) / reach).clamp(-1.3, 1.0);
    }
    point
}

fn lips(shape: &HeadShape, mesh: &HeadMesh) -> Vec<[f32; 2]> {
    use super::mesh::{LOWER_EDGE, UPPER_EDGE};
    let half = shape.mouth_half;
    let place = |x: f32, off: f32| {
        let y = shape.mouth_line(x) + off;
        mesh.place_of(shape.front(x, y))
    };
    let edge = |x: f32, row: usize| [place(x, 0.0)[0], row as f32];
    let mut lips = Vec::new();
    for t in [-1.0, -0.62, -0.2, 0.0, 0.2, 0.62, 1.0] {
        let x = t * half * if t.abs() < 1.0 { 1.0 } else { 0.99 };
        lips.push(if t.abs() < 1.0 {
            place(x, shape.upper_red(x))
        } else {
            edge(x, UPPER_EDGE)
        });
    }
    for t in [0.6, 0.26, 0.0, -0.26, -0.6] {
        let x = t * half;
        lips.push(place(x, -shape.lower_red(x)));
    }
    for t in [-0.9, -0.3, 0.0, 0.3, 0.9] {
        lips.push(edge(t * half, UPPER_EDGE));
    }
    for t in [0.3, 0.0, -0.3] {
        lips.push(edge(t * half, LOWER_EDGE));
    }
    lips
}

/// The six points of one eye around its middle, in the order of the scheme for the eye on the viewer's
/// left: outer corner, upper lid, inner corner, lower lid.
pub fn eye_outline(lids: &Lids, pose: LidPose) -> [[f32; 2]; 6] {
    let width = lids.outer[0] - lids.inner[0];
    let [a, b] = [lids.inner[0] + 0.68 * width, lids.inner[0] + 0.34 * width];
    let [ha, hb] = [lids.heights(a, pose), lids.heights(b, pose)];
    [
        lids.outer,
        [a, ha[0]],
        [b, hb[0]],
        lids.inner,
        [b, hb[1]],
        [a, ha[1]],
    ]
}
