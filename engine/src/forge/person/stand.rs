//! One person in one frame: the head turned and deformed, the lids closed, all points moved.

use rayon::prelude::*;

use super::expression::{Expression, deform_grid, jaw_turned};
use super::head_shape::LID_BALL;
use super::individual::Person;
use super::landmarks::eye_outline;
use super::lids::LidPose;
use super::mesh::{COLUMNS, ROWS, normals};
use super::model::Pin;
use super::motion::Pose;
use super::space::{Turn, V3, v3};

/// The neck's joint with the head.
const PIVOT: V3 = v3(0.0, -6.5, -9.5);
/// The middle of a framed face.
pub const MIDDLE: V3 = v3(0.0, -3.5, -5.0);

/// One person's points in one frame, in the camera's space.
#[derive(Debug)]
pub struct Stand {
    pub points: Vec<V3>,
    pub normals: Vec<V3>,
    /// The head's grid, deformed, in the head's own space.
    grid: Vec<V3>,
    pub place: Place,
    pub pose: Pose,
    pub expression: Expression,
    /// Viewer's left, right.
    pub lids: [LidPose; 2],
}

/// Where a person is and how the head is turned.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    shift: V3,
    pub head: Turn,
    body: Turn,
}

impl Place {
    /// A point of the head's own space in the camera's.
    pub fn of(&self, point: V3) -> V3 {
        self.head.of(point - PIVOT) + PIVOT + self.shift
    }

    fn of_body(&self, point: V3) -> V3 {
        self.body.of(point - PIVOT) + PIVOT + self.shift
    }
}

impl Stand {
    /// `middle` is where the middle of an unturned face lies in the camera's space.
    pub fn new(person: &Person, pose: Pose, expression: Expression, middle: V3) -> Self {
        let place = Place {
            shift: middle - MIDDLE + v3(pose.sway[0], pose.sway[1], 0.0),
            head: Turn::from_angles(pose.yaw, pose.pitch, pose.roll),
            body: Turn::from_angles(0.25 * pose.yaw, 0.0, 0.1 * pose.roll),
        };
        let model = &person.model;
        let mut grid = vec![V3::ZERO; ROWS * COLUMNS];
        deform_grid(
            &person.shape,
            &expression,
            &model.points[..ROWS * COLUMNS],
            &mut grid,
        );
        let grid_normals = normals(&grid, person.shape.mouth_half);
        let lids = [0, 1].map(|side| LidPose {
            blink: expression.blink[side],
            squint: expression.squint,
            gaze_up: expression.gaze[1],
        });
        let (head, body) = (place.head, place.body);
        let moved = |at: usize| {
            let point = model.points[at];
            let normal = model.normals[at];
            match model.pins[at] {
                Pin::Grid => (place.of(grid[at]), head.of(grid_normals[at])),
                Pin::Head => (place.of(point), head.of(normal)),
                Pin::Root(root) => {
                    let shift = grid[root as usize] - model.points[root as usize];
                    (place.of(point + shift), head.of(normal))
                }
                Pin::Jaw => {
                    let turned = jaw_turned(point, expression.jaw_open, 1.0);
                    (place.of(turned), head.of(normal))
                }
                Pin::Neck(share) => (
                    place.of_body(point).mix(place.of(point), share),
                    body.of(normal).mix(head.of(normal), share).unit(),
                ),
                Pin::Lash {
                    x,
                    is_upper,
                    is_right,
                    tip,
                } => {
                    let lid = lids[usize::from(is_right)];
                    let [up, low] = person.lids.heights(x, lid);
                    let root = on_lid(person, x, if is_upper { up } else { low }, is_right);
                    let closed = lid.blink.clamp(0.0, 1.0);
                    let droop = if is_upper { 1.0 - 1.7 * closed } else { 1.0 };
                    // The ribbon's two edges are neighbors in the list.
                    let beside = if model.extra[at].y < 0.0 {
                        at + 1
                    } else {
                        at - 1
                    };
                    let aside = (point - model.points[beside]) * 0.5;
                    let tip = v3(tip[0], tip[1] * droop, tip[2]);
                    (place.of(root + tip + aside), head.of(normal))
                }
            }
        };
        let (points, normals) = (0..model.points.len()).into_par_iter().map(moved).unzip();
        Self {
            points,
            normals,
            grid,
            place,
            pose,
            expression,
            lids,
        }
    }

    /// The 68 points on the picture.
    pub fn landmarks(&self, person: &Person, project: impl Fn(V3) -> [f32; 2]) -> [[f32; 2]; 68] {
        let project = |point: V3| project(self.place.of(point));
        let mut points = person.landmarks.on_surface(&self.grid).map(project);
        points[..17].copy_from_slice(&person.landmarks.jaw(&self.grid, project));
        for (is_right, first) in [(false, 36), (true, 42)] {
            let outline = eye_outline(&person.lids, self.lids[usize::from(is_right)]);
            // The scheme runs clockwise: from the outer corner on the left, the inner on the right.
            let order = if is_right {
                [3, 2, 1, 0, 5, 4]
            } else {
                [0, 1, 2, 3, 4, 5]
            };
            for (step, from) in order.into_iter().enumerate() {
                let [x, y] = outline[from];
                points[first + step] = project(on_lid(person, x, y, is_right));
            }
        }
        points
    }
}

/// A point on the lids' ball, by its place around the eye's middle.
fn on_lid(person: &Person, x: f32, y: f32, is_right: bool) -> V3 {
    let eye = person.shape.eye;
    let bulge = 1.0 - x * x / (LID_BALL.x * LID_BALL.x) - y * y / (LID_BALL.y * LID_BALL.y);
    let side = if is_right { 1.0 } else { -1.0 };
    v3(
        side * (eye.x + x),
        eye.y + y,
        eye.z + LID_BALL.z * bulge.max(0.05).sqrt(),
    )
}
