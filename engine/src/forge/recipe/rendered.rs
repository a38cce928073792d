//! Footage of rendered people.

use std::sync::Arc;

use image::RgbImage;

use crate::forge::ForgeError;
use crate::forge::manipulate::Points;
use crate::forge::person::{Person, RenderedFrame, Shot, ShotSettings};
use crate::forge::recipe::footage::{Footage, Reel};

/// Heads turn by up to about twenty degrees.
const LIVELINESS: f32 = 0.7;

/// One rendered shot; `face` says which of its people is meant.
pub struct Rendered {
    shot: Shot,
    size: [u32; 2],
    rate: [u32; 2],
    num_frames: u32,
    face: usize,
}

impl Rendered {
    pub fn new(
        people: &[Arc<Person>],
        face: usize,
        seed: u64,
        size: [u32; 2],
        rate: [u32; 2],
        num_frames: u32,
        face_px: f32,
    ) -> Self {
        let settings = ShotSettings {
            width: size[0],
            height: size[1],
            fps: rate[0] as f32 / rate[1] as f32,
            face_px,
            liveliness: LIVELINESS,
        };
        Self {
            shot: Shot::new(people, seed, settings),
            size,
            rate,
            num_frames,
            face,
        }
    }
}

impl Rendered {
    /// One frame with everybody in it.
    pub fn render(&self, index: u32, frame: &mut RenderedFrame) {
        self.shot.render(index, frame);
    }
}

impl Footage for Rendered {
    fn size(&self) -> [u32; 2] {
        self.size
    }

    fn rate(&self) -> [u32; 2] {
        self.rate
    }

    fn num_frames(&self) -> u32 {
        self.num_frames
    }

    fn play(&self) -> Result<Box<dyn Reel + '_>, ForgeError> {
        Ok(Box::new(RenderedReel {
            footage: self,
            next: 0,
            buffer: RenderedFrame::default(),
        }))
    }
}

struct RenderedReel<'a> {
    footage: &'a Rendered,
    next: u32,
    buffer: RenderedFrame,
}

impl Reel for RenderedReel<'_> {
    fn next_frame(&mut self, frame: &mut RgbImage) -> Result<Option<Points>, ForgeError> {
        if self.footage.num_frames <= self.next {
            return Ok(None);
        }
        self.footage.shot.render(self.next, &mut self.buffer);
        self.next += 1;
        frame.clone_from(&self.buffer.picture);
        Ok(Some(self.buffer.faces[self.footage.face].points))
    }

    fn skip_frame(&mut self) -> Result<(), ForgeError> {
        self.next += 1;
        Ok(())
    }
}
