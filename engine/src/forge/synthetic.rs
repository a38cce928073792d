//! Made-up faces for tests: smooth random textures with plausible landmarks.

use rand::RngExt as _;

use crate::faces::align::Crop;
use crate::faces::{Aligner, Landmarks};
use crate::forge::addg::example_rng;
use crate::forge::pristine::{PristineFace, PristineFaces};

/// `num_clips` clips named `clip-N.mp4` with faces of `size_px`.
pub fn faces(num_clips: usize, faces_per_clip: usize, size_px: u32) -> PristineFaces {
    let face = |at: usize| {
        let clip = at / faces_per_clip;
        let seed = at as u64;
        PristineFace {
            crop: Crop {
                size_px,
                pixels: texture(size_px as usize, seed),
                landmarks: landmarks(size_px, seed),
                frame_from_crop: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
            },
            clip,
            frame_index: (at % faces_per_clip) as u32,
        }
    };
    PristineFaces {
        clips: (0..num_clips)
            .map(|clip| format!("clip-{clip}.mp4"))
            .collect(),
        faces: (0..num_clips * faces_per_clip).map(face).collect(),
    }
}

/// A smooth RGB8 picture: a few random waves in each channel.
pub fn texture(size_px: usize, seed: u64) -> Vec<u8> {
    let mut rng = example_rng(seed, 1000, 0);
    let mut waves = [[[0.0f32; 4]; 5]; 3];
    for wave in waves.iter_mut().flatten() {
        *wave = [
            rng.random_range(-20.0..20.0),
            rng.random_range(-20.0..20.0),
            rng.random_range(0.0..6.3),
            rng.random_range(5.0..22.0),
        ];
    }
    let mut pixels = Vec::with_capacity(3 * size_px * size_px);
    for at in 0..size_px * size_px {
        let x = (at % size_px) as f32 / size_px as f32;
        let y = (at / size_px) as f32 / size_px as f32;
        for channel in &waves {
            let level = channel
                .iter()
                .map(|[a, b, c, d]| d * (a * x + b * y + c).sin());
            pixels.push((128.0 + level.sum::<f32>()).clamp(0.0, 255.0) as u8);
        }
    }
    pixels
}

/// An RGB8 picture where every byte is random.
pub fn noise(size_px: usize, seed: u64) -> Vec<u8> {
    let mut rng = example_rng(seed, 2000, 0);
    (0..3 * size_px * size_px).map(|_| rng.random()).collect()
}

/// 68 points of a frontal face in a square crop, jittered by the seed by up to a hundredth of its side.
pub fn landmarks(size_px: u32, seed: u64) -> Landmarks {
    let arc = |center: [f32; 2], radius: [f32; 2], degrees: f32| {
        let (sin, cos) = degrees.to_radians().sin_cos();
        [center[0] + radius[0] * cos, center[1] + radius[1] * sin]
    };
    let mut rng = example_rng(seed, 3000, 0);
    let points = std::array::from_fn(|at| {
        let step = at as f32;
        let [x, y] = match at {
            0..=16 => arc([0.5, 0.45], [0.32, 0.42], 180.0 - 11.25 * step),
            17..=21 => arc([0.35, 0.39], [0.11, 0.06], 190.0 + 40.0 * (step - 17.0)),
            22..=26 => arc([0.65, 0.39], [0.11, 0.06], 190.0 + 40.0 * (step - 22.0)),
            27..=30 => [0.5, 0.42 + 0.055 * (step - 27.0)],
            31..=35 => [0.44 + 0.03 * (step - 31.0), 0.62],
            36..=41 => arc([0.36, 0.43], [0.05, 0.02], 180.0 + 60.0 * (step - 36.0)),
            42..=47 => arc([0.64, 0.43], [0.05, 0.02], 180.0 + 60.0 * (step - 42.0)),
            48..=59 => arc([0.5, 0.72], [0.12, 0.05], 180.0 + 30.0 * (step - 48.0)),
            _ => arc([0.5, 0.72], [0.08, 0.02], 180.0 + 45.0 * (step - 60.0)),
        };
        [x, y].map(|v: f32| (v + rng.random_range(-0.01..0.01)) * size_px as f32)
    });
    Landmarks {
        points,
        aligner: Aligner::BoxEstimate,
    }
}
