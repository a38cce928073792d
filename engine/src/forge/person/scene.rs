//! All people of one frame as triangles on the picture, and the drawing of its bands.

use rayon::prelude::*;

use super::background::Background;
use super::individual::Person;
use super::light::Lights;
use super::model::Pin;
use super::parts::{NUM_PARTS, Part};
use super::raster::{Bands, Corner, Material, NOTHING, Seen, Triangle, draw_band};
use super::shade::Posed;
use super::shadow::{DepthMap, smooth};
use super::space::{V3, v3};
use super::stand::{MIDDLE, Stand};

/// Samples per pixel along each side.
const FINE: usize = 2;
/// Rows of pixels that are drawn together.
pub const ROWS_PER_BAND: usize = 16;

/// How the camera sees.
#[derive(Clone, Copy, Debug)]
pub struct View {
    pub width: usize,
    pub height: usize,
    /// Pixels per unit of tangent.
    pub focal: f32,
    /// Shift of the camera, pixels.
    pub shake: [f32; 2],
}

impl View {
    /// Where a point of the camera's space falls on the picture, in pixels.
    pub fn project(&self, point: V3) -> [f32; 2] {
        let scale = self.focal / -point.z;
        [
            0.5 * self.width as f32 + point.x * scale - self.shake[0],
            0.5 * self.height as f32 - point.y * scale - self.shake[1],
        ]
    }
}

/// What a pixel shows: the person (from 1; 0 is none), the part, and whether it is face.
pub type Label = (u8, u8, bool);

/// Everything of a frame that can be drawn.
#[derive(Debug)]
pub struct Scene<'a> {
    view: View,
    lights: &'a Lights,
    background: &'a Background,
    posed: Vec<Posed<'a>>,
    corners: Vec<Corner>,
    triangles: Vec<Triangle>,
    /// For each person: the first of its points and of its triangles.
    starts: Vec<[u32; 2]>,
    bands: Bands,
}

impl<'a> Scene<'a> {
    pub fn new(
        people: &[(&'a Person, &'a Stand)],
        view: View,
        lights: &'a Lights,
        background: &'a Background,
    ) -> Self {
        let mut scene = Self {
            view,
            lights,
            background,
            posed: Vec::new(),
            corners: Vec::new(),
            triangles: Vec::new(),
            starts: Vec::new(),
            bands: Bands::default(),
        };
        for &(person, stand) in people {
            let first = scene.corners.len() as u32;
            scene.starts.push([first, scene.triangles.len() as u32]);
            scene.corners.extend(stand.points.iter().map(|point| {
                let [x, y] = view.project(*point);
                Corner {
                    x: x * FINE as f32,
                    y: y * FINE as f32,
                    near: 1.0 / (-point.z).max(1.0),
                }
            }));
            let moved = person.model.triangles.iter().map(|triangle| Triangle {
                corners: triangle.corners.map(|corner| corner + first),
                ..*triangle
            });
            scene.triangles.extend(moved);
            scene.posed.push(Posed {
                person,
                points: &stand.points,
                normals: &stand.normals,
                lit: lit(lights, person, stand),
                head: stand.place.head,
                lids: stand.lids,
                gaze: stand.expression.gaze,
            });
        }
        scene.bands.fill(
            &scene.corners,
            &scene.triangles,
            view.height * FINE,
            ROWS_PER_BAND * FINE,
        );
        scene
    }

    /// Draws the rows of one band: linear light and labels.
    pub fn draw(&self, band: usize, light: &mut [V3], labels: &mut [Label]) {
        let width = self.view.width;
        let first_row = band * ROWS_PER_BAND;
        let mut seen = vec![Seen::NOTHING; light.len() * FINE * FINE];
        let is_cut = |triangle: &Triangle, weights: [f32; 2]| {
            let by_corner = |start: &[u32; 2]| start[0] <= triangle.corners[0];
            let person = self.starts.iter().rposition(by_corner).unwrap_or(0);
            self.posed[person].is_cut(&self.own(person, triangle), weights)
        };
        draw_band(
            &self.corners,
            &self.triangles,
            &self.bands.lists[band],
            first_row * FINE,
            width * FINE,
            &mut seen,
            is_cut,
        );
        for (at, (light, label)) in light.iter_mut().zip(labels).enumerate() {
            let (x, y) = (at % width, at / width);
            let sample = |step: usize| {
                &seen[(y * FINE + step / FINE) * width * FINE + x * FINE + step % FINE]
            };
            let step = self.stride(std::array::from_fn(&sample));
            let mut tally = Tally::default();
            let mut sum = V3::ZERO;
            let mut num_behind = 0;
            for seen in (0..FINE * FINE).step_by(step).map(sample) {
                if seen.triangle == NOTHING {
                    num_behind += step;
                    tally.parts[0][Part::Background as usize] += step as u8;
                    continue;
                }
                let by_triangle = |start: &[u32; 2]| start[1] <= seen.triangle;
                let person = self.starts.iter().rposition(by_triangle).unwrap_or(0);
                let triangle = self.own(person, &self.triangles[seen.triangle as usize]);
                let weights =
                    seen.corrected(&self.corners, &self.triangles[seen.triangle as usize]);
                let shade = self.posed[person].shade(self.lights, &triangle, weights);
                sum = sum + shade.color * step as f32;
                tally.parts[(person + 1).min(MAX_PEOPLE)][shade.part as usize] += step as u8;
                tally.faces[(person + 1).min(MAX_PEOPLE)] += step as u8 * u8::from(shade.is_face);
            }
            if 0 < num_behind {
                let row = (first_row + y) as f32;
                let behind = self.background.sample(x as f32, row, self.view.shake);
                sum = sum + behind * num_behind as f32;
            }
            *light = sum * (1.0 / (FINE * FINE) as f32);
            *label = tally.winner();
        }
    }

    /// Which samples of a pixel are shaded: each, every second, or just the first.
    fn stride(&self, seen: [&Seen; FINE * FINE]) -> usize {
        if seen.iter().all(|seen| seen.triangle == NOTHING) {
            return FINE * FINE;
        }
        if seen.iter().any(|seen| seen.triangle == NOTHING) {
            return 1;
        }
        let material = |seen: &Seen| self.triangles[seen.triangle as usize].material;
        let first = material(seen[0]);
        let is_one = seen.iter().all(|other| {
            material(other) == first && (other.near / seen[0].near - 1.0).abs() < 0.01
        });
        let is_flat = seen.iter().all(|other| other.triangle == seen[0].triangle);
        match first {
            Material::Skin | Material::Strand if is_flat => FINE * FINE,
            Material::Cloth | Material::Neck | Material::Scalp if is_one => FINE * FINE,
            Material::Skin | Material::Strand | Material::Ear if is_one => 2,
            _ => 1,
        }
    }

    /// The triangle with corners in the person's own list.
    fn own(&self, person: usize, triangle: &Triangle) -> Triangle {
        let first = self.starts[person][0];
        Triangle {
            corners: triangle.corners.map(|corner| corner - first),
            ..*triangle
        }
    }
}

/// Share of the key light that arrives at each point.
fn lit(lights: &Lights, person: &Person, stand: &Stand) -> Vec<f32> {
    const REACH_CM: f32 = 21.0;
    const SIZE: usize = 360;
    let model = &person.model;
    let toward = lights.key.toward;
    let middle = stand.place.of(MIDDLE) + v3(0.0, -3.0, 0.0);
    let map = DepthMap::new(&stand.points, &person.casts, toward, middle, REACH_CM, SIZE);
    let blur = lights.softness;
    let around = map.around(0.4 * blur);
    let at = |at: usize| {
        let normal = stand.normals[at];
        let is_strand = matches!(model.pins[at], Pin::Root(_) | Pin::Lash { .. })
            || 0.99 < model.extra[at].y.abs();
        if !is_strand && normal.dot(toward) < -0.35 {
            return 0.0;
        }
        let off = if is_strand { toward } else { normal };
        // Hair is too fine to need every look.
        let looks = if is_strand {
            &around[4..7]
        } else {
            &around[..]
        };
        map.light(stand.points[at] + off * 0.12, looks, 0.2 + 0.12 * blur)
    };
    let mut lit: Vec<f32> = (0..model.points.len()).into_par_iter().map(at).collect();
    for &[first, columns, rows] in &model.grids {
        smooth(&mut lit[first..first + columns * rows], columns);
    }
    lit
}

/// A shot shows no more.
pub const MAX_PEOPLE: usize = 4;

/// What the samples of a pixel show, by person (from 1).
#[derive(Default)]
struct Tally {
    parts: [[u8; NUM_PARTS]; MAX_PEOPLE + 1],
    faces: [u8; MAX_PEOPLE + 1],
}

impl Tally {
    /// The person and part with most samples, and whether at least half of all are that face.
    fn winner(&self) -> Label {
        let mut best = (0, 0, 0);
        for (person, parts) in self.parts.iter().enumerate() {
            for (part, count) in parts.iter().enumerate() {
                if best.2 < *count {
                    best = (person, part, *count);
                }
            }
        }
        let (person, part, _) = best;
        let is_face = (FINE * FINE) as u8 <= 2 * self.faces[person];
        (person as u8, part as u8, is_face && person != 0)
    }
}
