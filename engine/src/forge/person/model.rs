//! All surfaces of one person in one list of points and triangles, each point pinned to what moves it.

use super::raster::{Material, Triangle};
use super::space::V3;

/// What moves a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pin {
    /// Point of the head's grid, by its own place.
    Grid,
    Head,
    /// Follows a point of the head's grid.
    Root(u32),
    Jaw,
    /// Between the body (0) and the head (1).
    Neck(f32),
    /// A lash: on the upper or lower lid at this local x, of the eye on the viewer's left or right.
    Lash {
        x: f32,
        is_upper: bool,
        is_right: bool,
        tip: [f32; 3],
    },
}

#[derive(Debug, Default)]
pub struct Model {
    pub points: Vec<V3>,
    /// Unit normals; tangents for strands.
    pub normals: Vec<V3>,
    /// Albedo of plain surfaces; place in the eye for eyes; for strands along, across and a number.
    pub extra: Vec<V3>,
    pub pins: Vec<Pin>,
    /// How much of the sky a point sees, 0..1.
    pub open: Vec<f32>,
    pub triangles: Vec<Triangle>,
    /// First point, columns and rows of each grid.
    pub grids: Vec<[usize; 3]>,
}

impl Model {
    /// Adds a grid of `columns` times n points with smooth normals; `is_out` flips them.
    pub fn add_grid(
        &mut self,
        points: &[V3],
        columns: usize,
        material: Material,
        is_flipped: bool,
        look: impl Fn(usize) -> (V3, Pin),
    ) {
        let first = self.points.len();
        let rows = points.len() / columns;
        self.grids.push([first, columns, rows]);
        for (at, point) in points.iter().enumerate() {
            let (row, column) = (at / columns, at % columns);
            let is_ring =
                (points[row * columns] - points[row * columns + columns - 1]).length() < 1e-4;
            let left = if 0 < column {
                column - 1
            } else if is_ring {
                columns - 2
            } else {
                0
            };
            let right = if column + 1 < columns {
                column + 1
            } else if is_ring {
                1
            } else {
                column
            };
            let across = points[row * columns + right] - points[row * columns + left];
            let along = points[(row + 1).min(rows - 1) * columns + column]
                - points[row.saturating_sub(1) * columns + column];
            let normal = across.cross(along).unit();
            let (extra, pin) = look(at);
            self.add_point(
                *point,
                if is_flipped { -normal } else { normal },
                extra,
                pin,
            );
        }
        for row in 0..rows - 1 {
            for column in 0..columns - 1 {
                let a = (first + row * columns + column) as u32;
                let [b, c, d] = [a + 1, a + columns as u32, a + columns as u32 + 1];
                self.add_triangle([a, b, c], material);
                self.add_triangle([b, d, c], material);
            }
        }
    }

    pub fn add_point(&mut self, point: V3, normal: V3, extra: V3, pin: Pin) -> u32 {
        self.points.push(point);
        self.normals.push(normal);
        self.extra.push(extra);
        self.pins.push(pin);
        self.open.push(1.0);
        self.points.len() as u32 - 1
    }

    pub fn add_triangle(&mut self, corners: [u32; 3], material: Material) {
        self.triangles.push(Triangle { corners, material });
    }

    /// A ribbon along a line, lying across `out`; `width` by share of its length, `number` in 0..1.
    pub fn add_ribbon(
        &mut self,
        line: &[V3],
        out: V3,
        width: impl Fn(f32) -> f32,
        number: f32,
        material: Material,
        pin: impl Fn(f32) -> Pin,
    ) {
        let last = line.len() - 1;
        let mut before = None;
        for (at, point) in line.iter().enumerate() {
            let along = at as f32 / last as f32;
            let tangent = (line[(at + 1).min(last)] - line[at.saturating_sub(1)]).unit();
            let side = tangent.cross(out).unit() * (0.5 * width(along));
            let a = self.add_point(
                *point - side,
                tangent,
                super::space::v3(along, -1.0, number),
                pin(along),
            );
            let b = self.add_point(
                *point + side,
                tangent,
                super::space::v3(along, 1.0, number),
                pin(along),
            );
            if let Some((c, d)) = before {
                self.add_triangle([c, d, a], material);
                self.add_triangle([d, b, a], material);
            }
            before = Some((a, b));
        }
    }
}
