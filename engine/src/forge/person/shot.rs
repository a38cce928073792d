//! A shot: people before a background, filmed; any frame can be drawn at any time.

use std::sync::Arc;

use image::{GrayImage, RgbImage};
use rayon::prelude::*;

use super::background::Background;
use super::camera::{Camera, Film};
use super::expression::Expression;
use super::individual::Person;
use super::light::Lights;
use super::motion::{Motion, wave};
use super::noise::hash3;
use super::scene::{MAX_PEOPLE, ROWS_PER_BAND, Scene, View};
use super::space::{V3, v3};
use super::stand::Stand;

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
    /// [`Part`](super::Part) of each pixel; 0 where something else is seen.
    pub parts: GrayImage,
    /// Yaw (nose to the viewer's right), pitch (nose up), roll (clockwise on screen).
    pub pose_degrees: [f32; 3],
}

/// Width of the face in centimeters that `face_px` refers to.
const FACE_CM: f32 = 14.0;
/// Distance of the camera.
const DISTANCE: f32 = 85.0;
/// One or two people, filmed; a seed decides on light, background, motion and camera.
#[derive(Debug)]
pub struct Shot {
    people: Vec<(Arc<Person>, Motion)>,
    seed: u64,
    settings: ShotSettings,
    lights: Lights,
    camera: Camera,
    background: Background,
}

impl Shot {
    /// One person, or some side by side from the viewer's left to the right; those beyond the
    /// fourth are left out.
    pub fn new(people: &[Arc<Person>], seed: u64, settings: ShotSettings) -> Self {
        let lights = Lights::new(seed);
        let background = Background::new(seed, settings.width, settings.height, lights.sky);
        let motions = people
            .iter()
            .take(MAX_PEOPLE)
            .enumerate()
            .map(|(at, person)| {
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

    /// Yaw, pitch and roll of a person's head in a frame, as in [`RenderedFace::pose_degrees`].
    pub fn pose_degrees(&self, person: usize, index: u32) -> [f32; 3] {
        let pose = self.people[person].1.pose(index as f32 / self.settings.fps);
        [pose.yaw, pose.pitch, pose.roll].map(f32::to_degrees)
    }

    /// Draws frame `index` with other expressions, one for each person; all else stays.
    pub fn render_as(&self, index: u32, expressions: &[Expression], frame: &mut RenderedFrame) {
        let (width, height) = (self.settings.width as usize, self.settings.height as usize);
        if frame.picture.dimensions() != (self.settings.width, self.settings.height) {
            frame.picture = RgbImage::new(self.settings.width, self.settings.height);
        }
        let seconds = index as f32 / self.settings.fps;
        let view = View {
            width,
            height,
            focal: self.pixels_per_cm() * DISTANCE,
            shake: self.shake(seconds),
        };
        let people = self.people.iter().zip(expressions).enumerate();
        let stands: Vec<Stand> = people
            .map(|(at, ((person, motion), expression))| {
                Stand::new(person, motion.pose(seconds), *expression, self.middle(at))
            })
            .collect();
        let people = self.people.iter().map(|(person, _)| &**person);
        let standing: Vec<(&Person, &Stand)> = people.zip(&stands).collect();
        let scene = Scene::new(&standing, view, &self.lights, &self.background);
        frame.film.light.resize(width * height, V3::ZERO);
        let mut labels = vec![(0, 0, false); width * height];
        let light = frame.film.light.par_chunks_mut(ROWS_PER_BAND * width);
        light
            .zip(labels.par_chunks_mut(ROWS_PER_BAND * width))
            .enumerate()
            .for_each(|(band, (light, labels))| scene.draw(band, light, labels));
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
            face.points = stand.landmarks(&self.people[at].0, |point| view.project(point));
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

    /// Where the middle of a person's face lies in the camera's space.
    fn middle(&self, at: usize) -> V3 {
        let num_people = self.people.len() as f32;
        let apart = self.settings.width as f32 / num_people / self.pixels_per_cm();
        // A little above the middle of the picture.
        let y = 0.03 * self.settings.height as f32 / self.pixels_per_cm();
        v3(apart * (at as f32 + 0.5 - 0.5 * num_people), y, -DISTANCE)
    }
}
