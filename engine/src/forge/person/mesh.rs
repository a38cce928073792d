//! The head's surface as a grid of directions, fine at the face, torn along the mouth.

use std::f32::consts::PI;

use rayon::prelude::*;

use super::head_shape::{HeadShape, STAR};
use super::space::{V3, atan2, bell, cos, ramp, sin, v3};

/// Columns run from the back over the viewer's left to the front and around; the first and the last
/// lie on each other.
pub const COLUMNS: usize = 149;
const ROWS_ABOVE: usize = 86;
const ROWS_BELOW: usize = 54;
/// Rows that lead from each lip's edge into the mouth.
const TUCKED: usize = 2;
/// The row of the upper lip's edge; the mouth opens after its tucked rows.
pub const UPPER_EDGE: usize = ROWS_ABOVE;
pub const LOWER_EDGE: usize = ROWS_ABOVE + 2 * TUCKED + 1;
pub const ROWS: usize = LOWER_EDGE + ROWS_BELOW + 1;

/// The face at rest.
#[derive(Clone, Debug)]
pub struct HeadMesh {
    /// `ROWS` times `COLUMNS` points.
    pub rest: Vec<V3>,
    pub normals: Vec<V3>,
    pub triangles: Vec<[u32; 3]>,
    azimuths: Vec<f32>,
    /// Elevation of each row in the middle column.
    elevations: Vec<f32>,
    mouth: MouthShift,
}

/// How far rows near the mouth leave their elevation to follow its line.
#[derive(Clone, Debug)]
struct MouthShift {
    /// By column.
    shift: Vec<f32>,
    elevation: f32,
}

impl HeadMesh {
    pub fn new(shape: &HeadShape) -> Self {
        let azimuths = steps(-PI, PI, COLUMNS - 1, |a| {
            1.0 + 3.6 * ramp(1.15, 0.35, a.abs()) + 2.0 * ramp(0.55, 0.2, a.abs())
        });
        let line = |x: f32| {
            let depth = shape.mouth_depth(x) - STAR.z;
            let reach = (x * x + depth * depth).sqrt();
            atan2(shape.mouth_line(x) - STAR.y, reach)
        };
        let middle = line(0.0);
        let corner = atan2(
            shape.mouth_half,
            shape.mouth_depth(shape.mouth_half) - STAR.z,
        );
        let shift = azimuths.iter().map(|&a| {
            let inside = a.abs().min(corner);
            let mut x = 7.4 * super::space::sin(inside) / cos(inside);
            for _ in 0..6 {
                let depth = shape.mouth_depth(x) - STAR.z;
                x = depth * sin(inside) / cos(inside);
            }
            (line(x) - middle) * ramp(1.3, corner, a.abs())
        });
        let mouth = MouthShift {
            shift: shift.collect(),
            elevation: middle,
        };
        let density = |e: f32| {
            0.8 + 1.6 * ramp(0.75, 0.5, e) * ramp(-1.15, -0.9, e)
                + 2.4 * bell((e - middle) / 0.14)
                + 1.6 * bell((e + 0.22) / 0.12)
                + 0.8 * bell((e - 0.24) / 0.2)
        };
        let mut elevations = steps(1.53, middle, ROWS_ABOVE, density);
        elevations.extend([middle; 2 * TUCKED]);
        elevations.extend(steps(middle, -1.38, ROWS_BELOW, density));
        let mut mesh = Self {
            rest: Vec::new(),
            normals: Vec::new(),
            triangles: triangles(),
            azimuths,
            elevations,
            mouth,
        };
        mesh.rest = (0..ROWS * COLUMNS)
            .into_par_iter()
            .map(|at| {
                let (row, column) = (at / COLUMNS, at % COLUMNS);
                // The last column repeats the first, and the left side mirrors the right.
                let direction = mesh.direction(row, column.max(COLUMNS - 1 - column));
                let point = shape.surface(direction);
                if column < COLUMNS / 2 {
                    point.mirrored()
                } else {
                    point
                }
            })
            .collect();
        mesh.smooth();
        mesh.tuck(shape);
        mesh.normals = normals(&mesh.rest, shape.mouth_half);
        mesh
    }

    fn direction(&self, row: usize, column: usize) -> V3 {
        let azimuth = self.azimuths[column];
        let near = bell((self.elevations[row] - self.mouth.elevation) / 0.42);
        let elevation = self.elevations[row] + self.mouth.shift[column] * near;
        let flat = cos(elevation);
        v3(flat * sin(azimuth), sin(elevation), flat * cos(azimuth))
    }

    /// Rounds creases that are finer than the grid.
    fn smooth(&mut self) {
        let reach: Vec<f32> = self.rest.iter().map(|p| (*p - STAR).length()).collect();
        for row in (1..ROWS - 1).filter(|row| !(UPPER_EDGE..=LOWER_EDGE).contains(row)) {
            for column in 1..COLUMNS - 1 {
                let at = row * COLUMNS + column;
                let beside = reach[at - 1] + reach[at + 1];
                let mean =
                    (2.0 * reach[at] + beside + reach[at - COLUMNS] + reach[at + COLUMNS]) / 6.0;
                self.rest[at] = STAR + (self.rest[at] - STAR) * (mean / reach[at]);
            }
        }
    }

    /// Leads the lips' edges into the mouth; outside its corners the rows lie on each other.
    fn tuck(&mut self, shape: &HeadShape) {
        for column in 0..COLUMNS {
            let edge = self.rest[UPPER_EDGE * COLUMNS + column];
            let open = openness(edge.x / shape.mouth_half) * f32::from(STAR.z < edge.z);
            for step in 1..=TUCKED {
                let t = step as f32 / TUCKED as f32;
                let back = v3(0.0, 0.28 * t, -0.65 * t) * open;
                self.rest[(UPPER_EDGE + step) * COLUMNS + column] = edge + back;
                let back = v3(0.0, -0.3 * t, -0.65 * t) * open;
                self.rest[(LOWER_EDGE - step) * COLUMNS + column] = edge + back;
            }
            self.rest[LOWER_EDGE * COLUMNS + column] = edge;
        }
    }

    /// Where a point lies on the grid, as fractional column and row.
    pub fn place_of(&self, point: V3) -> [f32; 2] {
        let from = point - STAR;
        let azimuth = atan2(from.x, from.z);
        let column = place(&self.azimuths, azimuth, false);
        let elevation = atan2(from.y, (from.x * from.x + from.z * from.z).sqrt());
        let shift = self.mouth.shift[(column + 0.5) as usize];
        let mut own = elevation;
        for _ in 0..3 {
            own = elevation - shift * bell((own - self.mouth.elevation) / 0.42);
        }
        [column, place(&self.elevations, own, true)]
    }
}

/// 1 in the middle of the mouth, 0 at and beyond its corners; `t` is 1 at a corner.
pub fn openness(t: f32) -> f32 {
    super::space::pow((1.0 - t * t).max(0.0), 0.6)
}

/// Smooth interpolation between the points around a fractional place (column, row).
pub fn at_place<T: Copy>(values: &[T], [column, row]: [f32; 2], mix: impl Fn(T, T, f32) -> T) -> T {
    let column = column.clamp(0.0, (COLUMNS - 1) as f32 - 0.001);
    let row = row.clamp(0.0, (ROWS - 1) as f32 - 0.001);
    let (i, j) = (column as usize, row as usize);
    let (s, t) = (column - i as f32, row - j as f32);
    let line = |j: usize| mix(values[j * COLUMNS + i], values[j * COLUMNS + i + 1], s);
    mix(line(j), line(j + 1), t)
}

fn triangles() -> Vec<[u32; 3]> {
    let mut triangles = Vec::new();
    for row in 0..ROWS - 1 {
        if row == UPPER_EDGE + TUCKED {
            continue;
        }
        for column in 0..COLUMNS - 1 {
            let a = (row * COLUMNS + column) as u32;
            let [b, c, d] = [a + 1, a + COLUMNS as u32, a + COLUMNS as u32 + 1];
            // Diagonals mirror each other on both sides of the face.
            if column < COLUMNS / 2 {
                triangles.extend([[a, c, b], [b, c, d]]);
            } else {
                triangles.extend([[a, c, d], [a, d, b]]);
            }
        }
    }
    triangles
}

/// Unit normals of the grid, outward; `rest` may be deformed. Seams are shared.
pub fn normals(points: &[V3], mouth_half: f32) -> Vec<V3> {
    let side = |row: usize, column: usize, up: usize, down: usize| {
        let left = if column == 0 { COLUMNS - 2 } else { column - 1 };
        let right = if column == COLUMNS - 1 { 1 } else { column + 1 };
        let across = points[row * COLUMNS + right] - points[row * COLUMNS + left];
        let along = points[up * COLUMNS + column] - points[down * COLUMNS + column];
        across.cross(along)
    };
    let mut normals: Vec<V3> = (0..ROWS * COLUMNS)
        .map(|at| {
            let (row, column) = (at / COLUMNS, at % COLUMNS);
            let is_end = |end: usize| row == end;
            let up = if row == 0 || is_end(UPPER_EDGE + TUCKED + 1) {
                row
            } else {
                row - 1
            };
            let down = if row == ROWS - 1 || is_end(UPPER_EDGE + TUCKED) {
                row
            } else {
                row + 1
            };
            side(row, column, up, down)
        })
        .collect();
    for column in 0..COLUMNS {
        let at = |row: usize| row * COLUMNS + column;
        let place = points[at(UPPER_EDGE)].x / mouth_half;
        if 0.97 < place.abs() || points[at(UPPER_EDGE)].z < STAR.z {
            let whole = side(UPPER_EDGE, column, UPPER_EDGE - 1, LOWER_EDGE + 1);
            for row in UPPER_EDGE..=LOWER_EDGE {
                normals[at(row)] = whole;
            }
        }
    }
    normals.into_iter().map(V3::unit).collect()
}

/// `count` + 1 values from `from` to `to`, closer together where `density` is high.
fn steps(from: f32, to: f32, count: usize, density: impl Fn(f32) -> f32) -> Vec<f32> {
    const FINE: usize = 2000;
    let at = |fine: usize| from + (to - from) * fine as f32 / FINE as f32;
    let mut sums = vec![0.0f32];
    for fine in 0..FINE {
        sums.push(sums[fine] + density(0.5 * (at(fine) + at(fine + 1))));
    }
    let total = sums[FINE];
    let mut values = Vec::with_capacity(count + 1);
    for step in 0..=count {
        let wanted = total * step as f32 / count as f32;
        let fine = sums.partition_point(|sum| *sum < wanted).clamp(1, FINE);
        let part = (wanted - sums[fine - 1]) / (sums[fine] - sums[fine - 1]);
        values.push(at(fine - 1) + (at(fine) - at(fine - 1)) * part.clamp(0.0, 1.0));
    }
    values
}

/// The fractional index of a value in a sorted list.
fn place(values: &[f32], value: f32, is_falling: bool) -> f32 {
    let next = if is_falling {
        values.partition_point(|v| value < *v)
    } else {
        values.partition_point(|v| *v < value)
    };
    let next = next.clamp(1, values.len() - 1);
    let (a, b) = (values[next - 1], values[next]);
    let part = if (b - a).abs() < 1e-9 {
        0.0
    } else {
        (value - a) / (b - a)
    };
    (next - 1) as f32 + part.clamp(0.0, 1.0)
}
