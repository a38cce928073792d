//! Notices scene cuts: frames in which the picture changed as a whole.

use crate::media::Frame;

/// Cells of the thumbnail.
const COLUMNS: usize = 16;
const ROWS: usize = 9;

/// Mean change of a cell in levels from which on a frame may begin a scene.
const MIN_CHANGE: f32 = 18.0;

/// A cut changes the picture by so many times what motion changed it lately.
const OVER_MOTION: f32 = 4.0;

/// Share of the new frame's change that counts into the running motion.
const MOTION_SHARE: f32 = 0.2;

/// Compares each frame with the one before. Fades have no frame to cut at, and are not noticed.
#[derive(Debug, Default)]
pub struct CutWatch {
    last: Option<Vec<[f32; 3]>>,
    /// Running mean change between neighbors, levels.
    motion: f32,
}

impl CutWatch {
    /// Whether this frame begins a scene. The first frame of all does not.
    pub fn is_cut(&mut self, frame: &Frame) -> bool {
        let thumbnail = thumbnail(frame);
        let change = self.last.as_deref().map(|last| change(last, &thumbnail));
        self.last = Some(thumbnail);
        let Some(change) = change else {
            return false;
        };
        let is_cut = MIN_CHANGE.max(OVER_MOTION * self.motion) < change;
        // A cut is no motion, but a run of them (strobe light) must end.
        let counted = if is_cut { change / OVER_MOTION } else { change };
        self.motion += MOTION_SHARE * (counted - self.motion);
        is_cut
    }
}

/// Mean color of each cell, from 8 x 8 readings.
fn thumbnail(frame: &Frame) -> Vec<[f32; 3]> {
    const READINGS: usize = 8;
    let (width, height) = (frame.width as usize, frame.height as usize);
    let mut cells = Vec::with_capacity(COLUMNS * ROWS);
    for row in 0..ROWS {
        for column in 0..COLUMNS {
            let mut sum = [0.0; 3];
            for reading in 0..READINGS * READINGS {
                let x = (column * READINGS + reading % READINGS) * width / (COLUMNS * READINGS);
                let y = (row * READINGS + reading / READINGS) * height / (ROWS * READINGS);
                for (sum, value) in sum.iter_mut().zip(frame.rgb(x as i64, y as i64)) {
                    *sum += f32::from(value);
                }
            }
            cells.push(sum.map(|sum| sum / (READINGS * READINGS) as f32));
        }
    }
    cells
}

/// Mean absolute difference, levels.
fn change(a: &[[f32; 3]], b: &[[f32; 3]]) -> f32 {
    let sum: f32 = a
        .iter()
        .flatten()
        .zip(b.iter().flatten())
        .map(|(a, b)| (a - b).abs())
        .sum();
    sum / (3 * a.len()) as f32
}
