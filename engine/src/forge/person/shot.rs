//! A shot: people before a background, filmed; any frame can be drawn at any time.

use std::sync::Arc;

use image::{GrayImage, RgbImage};
use rayon::prelude::*;

use super::background::Background;
use super::camera::{Camera, Film};
use super::expression::{Expression, deform_grid, jaw_turned};
use super::landmarks::eye_outline;
use super::lids::LidPose;
use super::light::Lights;
use super::mesh::{COLUMNS, ROWS, normals};
use super::model::Pin;
use super::motion::{Motion, Pose, wave};
use super::noise::hash3;
use super::parts::{NUM_PARTS, Part};
use super::person::{DepthMap, Person};
use super::raster::{Bands, Corner, Material, NOTHING, Seen, Triangle, draw_band};
use super::shade::Posed;
use super::space::{Turn, V3, v3};

/// How a shot is filmed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShotSettings {
    pub width: u32,
    pub height: u32,
    pub fps: f32,
    /// Width of a frontal face from ear to ear, in pixels.
    pub face_px: f32,
    /// Scales the head's swings: 0 keeps it frontal, 1 turns it by up to about 30 degrees.
    pub liveliness: f32,
}

/// A picture and what is true of it.
#[derive(Debug, Default)]
pub struct RenderedFrame {
    pub picture: RgbImage,
    /// In the order of the people.
    pub faces: Vec<RenderedFace>,
    film: Film,
}

/// The truth of one face.
#[derive(Debug)]
pub struct RenderedFace {
    /// Points of the iBUG scheme, in pixels.
    pub points: [[f32; 2]; 68],
    /// 255 where skin of the face, eyes or mouth is seen.
    pub face_mask: GrayImage,
    /// [`Part`] of each pixel; 0 where something else is seen.
    pub parts: GrayImage,
    /// Yaw (nose to the viewer's right), pitch (nose up), roll (clockwise on screen).
    pub pose_degrees: [f32; 3],
}

/// Samples per pixel along each side.
const FINE: usize = 2;
const ROWS_PER_BAND: usize = 16;
/// Width of the face in centimeters that `face_px` refers to.
const FACE_CM: f32 = 14.0;
/// Distance of the camera.
const DISTANCE: f32 = 85.0;
/// The neck's joint with the head.
const PIVOT: V3 = v3(0.0, -6.5, -9.5);
/// The middle of a framed face.
const MIDDLE: V3 = v3(0.0, -3.5, -5.0);

#[derive(Debug)]
pub struct Shot {
    people: Vec<(Arc<Person>, Motion)>,
    seed: u64,
    settings: ShotSettings,
    lights: Lights,
    camera: Camera,
    background: Background,
}

/// One person's points in one frame, in the camera's space.
struct Stand {
    points: Vec<V3>,
    normals: Vec<V3>,
    /// The head's grid, deformed, in the head's own space.
    grid: Vec<V3>,
    head: Turn,
    place: Place,
    pose: Pose,
    expression: Expression,
    lids: [LidPose; 2],
}

/// Where a person sits.
#[derive(Clone, Copy, Debug)]
struct Place {
    shift: V3,
    head: Turn,
}

impl Place {
    /// A point of the head's own space in the camera's.
    fn of(&self, point: V3) -> V3 {
        self.head.of(point - PIVOT) + PIVOT + self.shift
    }
}

impl Shot {
    /// One person, or two side by side; the first stands on the viewer's left.
    pub fn new(people: &[Arc<Person>], seed: u64, settings: ShotSettings) -> Self {
        let lights = Lights::new(seed);
        let background = Background::new(seed, settings.width, settings.height, lights.sky);
        let motions = people.iter().enumerate().map(|(at, person)| {
            let own = hash3(seed, 7, at as u64);
            (Arc::clone(person), Motion::new(own, settings.liveliness))
        });
        // Cameras meter the people: dark skin gets more light, pale skin less.
        let mean = people
            .iter()
            .map(|person| person.id.skin.dot(v3(0.3, 0.6, 0.1)))
            .sum::<f32>();
        let exposure = super::space::pow(0.3 * people.len().max(1) as f32 / mean.max(0.01), 0.4);
        Self {
            people: motions.collect(),
            seed,
            settings,
            camera: Camera::new(seed, exposure),
            background,
            lights,
        }
    }

    /// Draws frame `index`; `frame`'s buffers are reused.
    pub fn render(&self, index: u32, frame: &mut RenderedFrame) {
        let seconds = index as f32 / self.settings.fps;
        let expressions: Vec<Expression> = self
            .people
            .iter()
            .map(|(_, motion)| motion.expression(seconds))
            .collect();
        self.render_as(index, &expressions, frame);
    }

    /// The expression that a person has in a frame.
    pub fn expression(&self, person: usize, index: u32) -> Expression {
        self.people[person]
            .1
            .expression(index as f32 / self.settings.fps)
    }

    /// Draws frame `index` with other expressions, one for each person; all else stays.
    pub fn render_as(&self, index: u32, expressions: &[Expression], frame: &mut RenderedFrame) {
        let (width, height) = (self.settings.width as usize, self.settings.height as usize);
        if frame.picture.dimensions() != (self.settings.width, self.settings.height) {
            frame.picture = RgbImage::new(self.settings.width, self.settings.height);
        }
        let seconds = index as f32 / self.settings.fps;
        let shake = self.shake(seconds);
        let stands: Vec<Stand> = self
            .people
            .iter()
            .zip(expressions)
            .enumerate()
            .map(|(at, ((person, motion), expression))| {
                self.stand(at, person, motion.pose(seconds), *expression)
            })
            .collect();
        let scene = self.scene(&stands, shake);
        let posed: Vec<Posed<'_>> = self
            .people
            .iter()
            .zip(&stands)
            .zip(&scene.lit)
            .map(|(((person, _), stand), lit)| Posed {
                person,
                points: &stand.points,
                normals: &stand.normals,
                lit,
                head: stand.head,
                lids: stand.lids,
                gaze: stand.expression.gaze,
            })
            .collect();
        frame.film.light.resize(width * height, V3::ZERO);
        let mut labels = vec![(0u8, 0u8, false); width * height];
        let rows = ROWS_PER_BAND / FINE;
        frame
            .film
            .light
            .par_chunks_mut(rows * width)
            .zip(labels.par_chunks_mut(rows * width))
            .enumerate()
            .for_each(|(band, (light, labels))| {
                self.draw(&scene, &posed, band, shake, light, labels)
            });
        self.camera
            .develop(&mut frame.film, index, &mut frame.picture);
        frame.faces.resize_with(self.people.len(), || RenderedFace {
            points: [[0.0; 2]; 68],
            face_mask: GrayImage::default(),
            parts: GrayImage::default(),
            pose_degrees: [0.0; 3],
        });
        for (at, face) in frame.faces.iter_mut().enumerate() {
            let stand = &stands[at];
            let pose = stand.pose;
            face.pose_degrees = [pose.yaw, pose.pitch, pose.roll].map(f32::to_degrees);
            face.points = self.landmarks(&self.people[at].0, stand, shake);
            for picture in [&mut face.face_mask, &mut face.parts] {
                if picture.dimensions() != (self.settings.width, self.settings.height) {
                    *picture = GrayImage::new(self.settings.width, self.settings.height);
                }
            }
            let own = at as u8 + 1;
            let pixels = face.face_mask.iter_mut().zip(face.parts.iter_mut());
            for ((mask, part), (person, label, is_face)) in pixels.zip(&labels) {
                *part = if *person == own { *label } else { 0 };
                *mask = if *person == own && *is_face { 255 } else { 0 };
            }
        }
    }

    /// The camera's shake in pixels.
    fn shake(&self, seconds: f32) -> [f32; 2] {
        let size = 0.006 * self.settings.width as f32;
        [0u64, 1].map(|axis| {
            size * (0.7 * wave(self.seed, 110 + axis, seconds * 0.8)
                + 0.3 * wave(self.seed, 112 + axis, seconds * 4.0))
        })
    }

    fn pixels_per_cm(&self) -> f32 {
        self.settings.face_px / FACE_CM
    }

    /// Where a point of the camera's space falls on the picture, in pixels.
    fn project(&self, point: V3, shake: [f32; 2]) -> [f32; 2] {
        let focal = self.pixels_per_cm() * DISTANCE;
        let scale = focal / -point.z;
        [
            0.5 * self.settings.width as f32 + point.x * scale - shake[0],
            0.5 * self.settings.height as f32 - point.y * scale - shake[1],
        ]
    }

    fn stand(&self, at: usize, person: &Person, pose: Pose, expression: Expression) -> Stand {
        let apart = self.settings.width as f32 / self.people.len() as f32 / self.pixels_per_cm();
        let x = apart * (at as f32 + 0.5 - 0.5 * self.people.len() as f32);
        // A little above the middle of the picture.
        let y = 0.03 * self.settings.height as f32 / self.pixels_per_cm();
        let shift = v3(x, y, -DISTANCE) - MIDDLE;
        let head = Turn::from_angles(pose.yaw, pose.pitch, pose.roll);
        let body = Turn::from_angles(0.25 * pose.yaw, 0.0, 0.1 * pose.roll);
        let place = Place {
            shift: shift + v3(pose.sway[0], pose.sway[1], 0.0),
            head,
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
        let moved = |at: usize| {
            let point = model.points[at];
            let body_point = || body.of(point - PIVOT) + PIVOT + place.shift;
            let normal = model.normals[at];
            match model.pins[at] {
                Pin::Grid => (place.of(grid[at]), head.of(grid_normals[at])),
                Pin::Head => (place.of(point), head.of(normal)),
                Pin::Root(root) => {
                    let shift = grid[root as usize] - model.points[root as usize];
                    (place.of(point + shift), head.of(normal))
                }
                Pin::Jaw => (
                    place.of(jaw_turned(point, expression.jaw_open, 1.0)),
                    head.of(normal),
                ),
                Pin::Neck(share) => (
                    body_point().mix(place.of(point), share),
                    body.of(normal).mix(head.of(normal), share).unit(),
                ),
                Pin::Lash {
                    x,
                    is_upper,
                    is_right,
                    tip,
                } => {
                    let root = lid_point(person, x, is_upper, is_right, lids);
                    let blink = lids[usize::from(is_right)].blink;
                    let droop = if is_upper {
                        1.0 - 1.7 * blink.clamp(0.0, 1.0)
                    } else {
                        1.0
                    };
                    let beside = if model.extra[at].y < 0.0 {
                        at + 1
                    } else {
                        at - 1
                    };
                    let width = (point - model.points[beside]) * 0.5;
                    (
                        place.of(root + v3(tip[0], tip[1] * droop, tip[2]) + width),
                        head.of(normal),
                    )
                }
            }
        };
        let (points, own_normals): (Vec<V3>, Vec<V3>) =
            (0..model.points.len()).into_par_iter().map(moved).unzip();
        Stand {
            points,
            normals: own_normals,
            grid,
            head,
            place,
            pose,
            expression,
            lids,
        }
    }

    fn landmarks(&self, person: &Person, stand: &Stand, shake: [f32; 2]) -> [[f32; 2]; 68] {
        let project = |point: V3| self.project(stand.place.of(point), shake);
        let mut points = person.landmarks.on_surface(&stand.grid).map(project);
        points[..17].copy_from_slice(&person.landmarks.jaw(&stand.grid, project));
        for (is_right, first) in [(false, 36), (true, 42)] {
            let outline = eye_outline(&person.lids, stand.lids[usize::from(is_right)]);
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
    let ball = super::head_shape::LID_BALL;
    let eye = person.shape.eye;
    let bulge = 1.0 - x * x / (ball.x * ball.x) - y * y / (ball.y * ball.y);
    let side = if is_right { 1.0 } else { -1.0 };
    v3(
        side * (eye.x + x),
        eye.y + y,
        eye.z + ball.z * bulge.max(0.05).sqrt(),
    )
}

fn lid_point(person: &Person, x: f32, is_upper: bool, is_right: bool, lids: [LidPose; 2]) -> V3 {
    let [up, low] = person.lids.heights(x, lids[usize::from(is_right)]);
    on_lid(person, x, if is_upper { up } else { low }, is_right)
}

/// Everything of a frame that can be drawn.
struct Scene {
    corners: Vec<Corner>,
    triangles: Vec<Triangle>,
    /// For each person: the first of its points and triangles, and their ends.
    starts: Vec<[u32; 2]>,
    bands: Bands,
    lit: Vec<Vec<f32>>,
}

impl Shot {
    fn scene(&self, stands: &[Stand], shake: [f32; 2]) -> Scene {
        let mut corners = Vec::new();
        let mut triangles = Vec::new();
        let mut starts = Vec::new();
        let mut lit = Vec::new();
        for ((person, _), stand) in self.people.iter().zip(stands) {
            let first = corners.len() as u32;
            starts.push([first, triangles.len() as u32]);
            corners.extend(stand.points.iter().map(|point| {
                let [x, y] = self.project(*point, shake);
                Corner {
                    x: x * FINE as f32,
                    y: y * FINE as f32,
                    near: 1.0 / (-point.z).max(1.0),
                }
            }));
            triangles.extend(person.model.triangles.iter().map(|triangle| Triangle {
                corners: triangle.corners.map(|corner| corner + first),
                ..*triangle
            }));
            lit.push(self.lit(person, stand));
        }
        let mut bands = Bands::default();
        bands.fill(
            &corners,
            &triangles,
            self.settings.height as usize * FINE,
            ROWS_PER_BAND,
        );
        Scene {
            corners,
            triangles,
            starts,
            bands,
            lit,
        }
    }

    /// Share of the key light that arrives at each point.
    fn lit(&self, person: &Person, stand: &Stand) -> Vec<f32> {
        let model = &person.model;
        let casts: Vec<Triangle> = model
            .triangles
            .iter()
            .filter(|triangle| {
                !matches!(
                    triangle.material,
                    Material::Lash | Material::Brow | Material::Eye
                )
            })
            .copied()
            .collect();
        let toward = self.lights.key.toward;
        let middle = stand.place.of(MIDDLE) + v3(0.0, -3.0, 0.0);
        let map = DepthMap::new(&stand.points, &casts, toward, middle, 21.0, 420);
        let blur = self.lights.softness;
        let at = |at: usize| {
            let normal = stand.normals[at];
            let is_strand = matches!(model.pins[at], Pin::Root(_) | Pin::Lash { .. })
                || model.extra[at].y.abs() == 1.0;
            if !is_strand && normal.dot(toward) < -0.35 {
                return 0.0;
            }
            let off = if is_strand { toward } else { normal };
            map.light(stand.points[at] + off * 0.12, 0.4 * blur, 0.2 + 0.12 * blur)
        };
        (0..model.points.len()).into_par_iter().map(at).collect()
    }

    fn draw(
        &self,
        scene: &Scene,
        posed: &[Posed<'_>],
        band: usize,
        shake: [f32; 2],
        light: &mut [V3],
        labels: &mut [(u8, u8, bool)],
    ) {
        let width = self.settings.width as usize;
        let rows = light.len() / width;
        let first_row = band * ROWS_PER_BAND;
        let mut seen = vec![
            Seen {
                triangle: NOTHING,
                weights: [0.0; 2],
                near: 0.0
            };
            light.len() * FINE * FINE
        ];
        let owner = |triangle: u32| {
            scene
                .starts
                .iter()
                .rposition(|start| start[1] <= triangle)
                .unwrap_or(0)
        };
        let own_triangle = |person: usize, triangle: &Triangle| Triangle {
            corners: triangle
                .corners
                .map(|corner| corner - scene.starts[person][0]),
            ..*triangle
        };
        let owner_by_corner = |corner: u32| {
            scene
                .starts
                .iter()
                .rposition(|start| start[0] <= corner)
                .unwrap_or(0)
        };
        draw_band(
            &scene.corners,
            &scene.triangles,
            &scene.bands.lists[band],
            first_row,
            width * FINE,
            &mut seen,
            |triangle, weights| {
                let person = owner_by_corner(triangle.corners[0]);
                posed[person].is_cut(&own_triangle(person, triangle), weights)
            },
        );
        for y in 0..rows {
            for x in 0..width {
                let mut sum = V3::ZERO;
                let mut num_behind = 0;
                let mut votes = [[0u8; NUM_PARTS]; 3];
                let mut face_votes = [0u8; 3];
                for sample in 0..FINE * FINE {
                    let row = y * FINE + sample / FINE;
                    let seen = &seen[row * width * FINE + x * FINE + sample % FINE];
                    if seen.triangle == NOTHING {
                        num_behind += 1;
                        votes[0][Part::Background as usize] += 1;
                        continue;
                    }
                    let person = owner(seen.triangle);
                    let triangle = own_triangle(person, &scene.triangles[seen.triangle as usize]);
                    let shade = posed[person].shade(&self.lights, &triangle, seen);
                    sum = sum + shade.color;
                    votes[person + 1][shade.part as usize] += 1;
                    face_votes[person + 1] += u8::from(shade.is_face);
                }
                let at = y * width + x;
                if 0 < num_behind {
                    let behind =
                        self.background
                            .sample(x as f32, (first_row / FINE + y) as f32, shake);
                    sum = sum + behind * num_behind as f32;
                }
                light[at] = sum * (1.0 / (FINE * FINE) as f32);
                labels[at] = winner(&votes, &face_votes);
            }
        }
    }
}

/// The person (from 1; 0 is none) and part with most samples, and whether half of them are face.
fn winner(votes: &[[u8; NUM_PARTS]; 3], face_votes: &[u8; 3]) -> (u8, u8, bool) {
    let mut best = (0, 0, 0);
    for (person, votes) in votes.iter().enumerate() {
        for (part, count) in votes.iter().enumerate() {
            if best.2 < *count {
                best = (person, part, *count);
            }
        }
    }
    let (person, part, _) = best;
    (
        person as u8,
        part as u8,
        (FINE * FINE) as u8 <= 2 * face_votes[person],
    )
}
