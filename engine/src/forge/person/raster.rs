//! Triangles to samples: which triangle is seen where, by depth, in bands of rows that run in parallel.

use super::space::V3;

/// A corner on the picture: x and y in samples, and one over the distance to the camera.
#[derive(Clone, Copy, Debug, Default)]
pub struct Corner {
    pub x: f32,
    pub y: f32,
    pub near: f32,
}

/// Three corners and what they are made of.
#[derive(Clone, Copy, Debug)]
pub struct Triangle {
    pub corners: [u32; 3],
    pub material: Material,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Material {
    /// Skin with holes where the eyes look out.
    Skin,
    Neck,
    Ear,
    Eye,
    Mouth,
    Strand,
    Scalp,
    Brow,
    Lash,
    Cloth,
    Glasses,
}

/// What one sample sees.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// Place in the list of triangles; `NOTHING` where the background shows.
    pub triangle: u32,
    /// Weights of the second and third corner on the picture.
    pub weights: [f32; 2],
    pub near: f32,
}

pub const NOTHING: u32 = u32::MAX;

impl Seen {
    /// The weights of the second and third corner on the surface itself, in perspective.
    pub fn corrected(&self, corners: &[Corner], triangle: &Triangle) -> [f32; 2] {
        let near = |corner: usize| corners[triangle.corners[corner] as usize].near;
        let scale = 1.0 / self.near;
        [
            self.weights[0] * near(1) * scale,
            self.weights[1] * near(2) * scale,
        ]
    }

    pub const NOTHING: Self = Self {
        triangle: NOTHING,
        weights: [0.0; 2],
        near: 0.0,
    };
}

/// Triangles by the bands of rows they touch.
#[derive(Debug, Default)]
pub struct Bands {
    pub rows_per_band: usize,
    pub lists: Vec<Vec<u32>>,
}

impl Bands {
    /// Sorts triangles into bands of a picture of `height` rows of samples.
    pub fn fill(
        &mut self,
        corners: &[Corner],
        triangles: &[Triangle],
        height: usize,
        rows_per_band: usize,
    ) {
        self.rows_per_band = rows_per_band;
        self.lists
            .resize_with(height.div_ceil(rows_per_band), Vec::new);
        self.lists.iter_mut().for_each(Vec::clear);
        for (at, triangle) in triangles.iter().enumerate() {
            let [a, b, c] = triangle.corners.map(|corner| corners[corner as usize]);
            if a.near <= 0.0 || b.near <= 0.0 || c.near <= 0.0 {
                continue;
            }
            let top = a.y.min(b.y).min(c.y);
            let bottom = a.y.max(b.y).max(c.y);
            if bottom < 0.0 || height as f32 <= top {
                continue;
            }
            let first = top.max(0.0) as usize / rows_per_band;
            let last = (bottom as usize).min(height - 1) / rows_per_band;
            for list in &mut self.lists[first..=last] {
                list.push(at as u32);
            }
        }
    }
}

/// Draws the triangles of one band into `seen` (rows `first_row..` of `width` samples each).
///
/// `is_cut(triangle, weights)` is asked for triangles of skin: true leaves a hole.
pub fn draw_band(
    corners: &[Corner],
    triangles: &[Triangle],
    list: &[u32],
    first_row: usize,
    width: usize,
    seen: &mut [Seen],
    is_cut: impl Fn(&Triangle, [f32; 2]) -> bool,
) {
    seen.fill(Seen::NOTHING);
    let num_rows = seen.len() / width;
    for &at in list {
        let triangle = &triangles[at as usize];
        let [a, b, c] = triangle.corners.map(|corner| corners[corner as usize]);
        let area = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
        if area.abs() < 1e-9 {
            continue;
        }
        let edges = [Edge::new(a, b), Edge::new(b, c), Edge::new(c, a)];
        let top = up((a.y.min(b.y).min(c.y) - 0.5).max(first_row as f32));
        let bottom = a.y.max(b.y).max(c.y) - 0.5;
        if bottom < first_row as f32 {
            continue;
        }
        let bottom = (bottom as usize).min(first_row + num_rows - 1);
        let scale = 1.0 / area;
        let [step_b, step_c] = [(c.y - a.y) * scale, (a.y - b.y) * scale];
        for y in top..=bottom {
            let py = y as f32 + 0.5;
            let (mut left, mut right) = (f32::MAX, f32::MIN);
            for edge in &edges {
                if edge.from.y <= py && py < edge.to_y {
                    let x = edge.from.x + (py - edge.from.y) * edge.slope;
                    left = left.min(x);
                    right = right.max(x);
                }
            }
            let first = up((left - 0.5).clamp(0.0, width as f32));
            let end = up((right - 0.5).clamp(0.0, width as f32));
            if end <= first {
                continue;
            }
            let px = first as f32 + 0.5;
            let mut wb = ((px - a.x) * (c.y - a.y) - (py - a.y) * (c.x - a.x)) * scale;
            let mut wc = ((b.x - a.x) * (py - a.y) - (b.y - a.y) * (px - a.x)) * scale;
            let row = &mut seen[(y - first_row) * width..][first..end];
            for place in row {
                let near = a.near + wb * (b.near - a.near) + wc * (c.near - a.near);
                if place.near < near {
                    let seen = Seen {
                        triangle: at,
                        weights: [wb, wc],
                        near,
                    };
                    if triangle.material != Material::Skin
                        || !is_cut(triangle, seen.corrected(corners, triangle))
                    {
                        *place = seen;
                    }
                }
                wb += step_b;
                wc += step_c;
            }
        }
    }
}

/// The least whole number that is not below `x`, which is not negative (`ceil` is a call on
/// plain x86-64).
fn up(x: f32) -> usize {
    let whole = x as i32;
    (whole + i32::from((whole as f32) < x)) as usize
}

/// A side of a triangle, from its upper to its lower end, whichever way it was given.
struct Edge {
    from: Corner,
    to_y: f32,
    /// x per y.
    slope: f32,
}

impl Edge {
    fn new(p: Corner, q: Corner) -> Self {
        let (from, to) = if p.y < q.y || p.y <= q.y && p.x <= q.x {
            (p, q)
        } else {
            (q, p)
        };
        Self {
            from,
            to_y: to.y,
            slope: (to.x - from.x) / (to.y - from.y).max(1e-9),
        }
    }
}

/// The value between three corners.
pub fn blend(values: &[V3], triangle: &Triangle, [b, c]: [f32; 2]) -> V3 {
    let [p, q, r] = triangle.corners.map(|corner| values[corner as usize]);
    p * (1.0 - b - c) + q * b + r * c
}
