//! Pristine footage with landmarks: read as often as needed, from the start, frame by frame.

use image::RgbImage;

use crate::forge::ForgeError;
use crate::forge::manipulate::{FaceSample, Points};
use crate::job::JobContext;

/// Samples taken of each person, for what a manipulation learns before it begins.
pub const NUM_SAMPLES: u32 = 24;

/// One shot of one person that can be played again and again.
pub trait Footage {
    /// Width and height in pixels, both even.
    fn size(&self) -> [u32; 2];
    /// Frames a second as a fraction.
    fn rate(&self) -> [u32; 2];
    fn num_frames(&self) -> u32;
    /// Reads from the first frame.
    fn play(&self) -> Result<Box<dyn Reel + '_>, ForgeError>;
}

/// Frames in order.
pub trait Reel {
    /// Fills `frame` and gives the landmarks in its pixels; `None` after the last frame.
    fn next_frame(&mut self, frame: &mut RgbImage) -> Result<Option<Points>, ForgeError>;
    /// Passes over a frame, as cheaply as may be.
    fn skip_frame(&mut self) -> Result<(), ForgeError>;
}

/// About [`NUM_SAMPLES`] faces, evenly spread over the footage.
pub fn samples(footage: &dyn Footage, job: &mut JobContext) -> Result<Vec<FaceSample>, ForgeError> {
    let num_frames = footage.num_frames();
    let num_samples = NUM_SAMPLES.min(num_frames);
    let mut reel = footage.play()?;
    let mut frame = RgbImage::new(footage.size()[0], footage.size()[1]);
    let mut samples = Vec::with_capacity(num_samples as usize);
    let mut num_looked_at = 0;
    for index in 0..num_frames {
        if num_looked_at * num_frames / num_samples != index {
            reel.skip_frame()?;
            continue;
        }
        job.check()?;
        let Some(points) = reel.next_frame(&mut frame)? else {
            break;
        };
        samples.extend(FaceSample::cut(&frame, &points, index));
        num_looked_at += 1;
        if num_looked_at == num_samples {
            break;
        }
    }
    Ok(samples)
}

/// Left, top, right and bottom of the landmarks.
pub fn bounds(points: &Points) -> [f32; 4] {
    let mut bounds = [
        f32::INFINITY,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::NEG_INFINITY,
    ];
    for [x, y] in points {
        bounds[0] = bounds[0].min(*x);
        bounds[1] = bounds[1].min(*y);
        bounds[2] = bounds[2].max(*x);
        bounds[3] = bounds[3].max(*y);
    }
    bounds
}

impl<F: Footage> Footage for std::sync::Arc<F> {
    fn size(&self) -> [u32; 2] {
        self.as_ref().size()
    }

    fn rate(&self) -> [u32; 2] {
        self.as_ref().rate()
    }

    fn num_frames(&self) -> u32 {
        self.as_ref().num_frames()
    }

    fn play(&self) -> Result<Box<dyn Reel + '_>, ForgeError> {
        self.as_ref().play()
    }
}
