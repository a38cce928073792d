//! Random distortions of aligned faces: what the autoencoder is trained to undo, so that it learns faces
//! and not pictures.

use rand::RngExt as _;
use rand::rngs::StdRng;

use crate::faces::similarity::Similarity;
use crate::forge::addg::example_rng;
use crate::forge::manipulate::person::chained;
use crate::forge::manipulate::picture::Patch;

/// Side of the faces that go in and come out.
pub const SIDE_PX: usize = 64;

/// Side of the faces that distortions are read from: the same with a margin.
pub const PADDED_PX: usize = 80;

/// Nodes along one side of the grid of pushes, and the largest push in pixels.
const NODES: usize = 5;
const MAX_PUSH_PX: f32 = 2.6;

/// A face turned, scaled, shifted and lit at random: once pushed about by a grid besides, once not.
pub fn distorted_pair(faces: &[Patch], seed: u64, step: u64, place: u64) -> (Patch, Patch) {
    let mut rng = example_rng(seed, 0x6175_746f ^ (step << 8), place);
    let face = &faces[rng.random_range(0..faces.len())];
    let place = random_place(&mut rng);
    let light = rng.random_range(0.92..1.08f32);
    let mut pushes = [[[0.0f32; 2]; NODES]; NODES];
    for push in pushes.iter_mut().flatten().flatten() {
        *push = rng.random_range(-MAX_PUSH_PX..MAX_PUSH_PX);
    }
    let read = |push: &dyn Fn(f32, f32) -> [f32; 2]| {
        let pixel = |at: usize| {
            let (x, y) = ((at % SIDE_PX) as f32, (at / SIDE_PX) as f32);
            let [dx, dy] = push(x, y);
            let color = face.linear(place.point([x + dx, y + dy]));
            color.map(|value| (value * light).clamp(0.0, 255.0))
        };
        Patch {
            width: SIDE_PX,
            height: SIDE_PX,
            rgb: (0..SIDE_PX * SIDE_PX).map(pixel).collect(),
        }
    };
    (read(&|x, y| pushed(&pushes, x, y)), read(&|_, _| [0.0; 2]))
}

/// From the small face to the padded one: about their middles.
fn random_place(rng: &mut StdRng) -> Similarity {
    let turn: f32 = rng.random_range(-0.12..0.12);
    let scale: f32 = rng.random_range(0.95..1.05);
    let shift = [(); 2].map(|()| rng.random_range(-2.0..2.0f32));
    let (sin, cos) = (libm::sinf(turn), libm::cosf(turn));
    let middle = |side: usize| (side - 1) as f32 / 2.0;
    let to_middle = Similarity {
        shift: [-middle(SIDE_PX); 2],
        ..Similarity::IDENTITY
    };
    let turned = Similarity {
        a: scale * cos,
        b: scale * sin,
        shift: shift.map(|shift| middle(PADDED_PX) + shift),
    };
    chained(&to_middle, &turned)
}

/// Bilinear between the nodes.
fn pushed(pushes: &[[[f32; 2]; NODES]; NODES], x: f32, y: f32) -> [f32; 2] {
    let cell = |at: f32| {
        let place = at * (NODES - 1) as f32 / SIDE_PX as f32;
        let cell = (place as usize).min(NODES - 2);
        (cell, place - cell as f32)
    };
    let ((column, x), (row, y)) = (cell(x), cell(y));
    [0, 1].map(|axis| {
        let upper = pushes[row][column][axis] * (1.0 - x) + pushes[row][column + 1][axis] * x;
        let lower =
            pushes[row + 1][column][axis] * (1.0 - x) + pushes[row + 1][column + 1][axis] * x;
        upper * (1.0 - y) + lower * y
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_of_a_pair_show_the_same_face_and_pairs_differ() {
        let rgb = (0..PADDED_PX * PADDED_PX)
            .map(|at| [(at % PADDED_PX) as f32, (at / PADDED_PX) as f32, 60.0]);
        let face = Patch {
            width: PADDED_PX,
            height: PADDED_PX,
            rgb: rgb.collect(),
        };
        let faces = [face];
        let (input, output) = distorted_pair(&faces, 1, 2, 3);
        assert_ne!(input, output);
        for (input, output) in input.rgb.iter().zip(&output.rgb) {
            assert!((input[0] - output[0]).abs() < 1.2 * MAX_PUSH_PX);
        }
        assert_eq!(distorted_pair(&faces, 1, 2, 3).1, output);
        assert_ne!(distorted_pair(&faces, 1, 3, 3).1, output);
        // The middle of the one is about the middle of the other.
        let middle = output.rgb[32 * SIDE_PX + 32];
        assert!((middle[0] - 40.0).abs() < 6.0 && (middle[1] - 40.0).abs() < 6.0);
    }
}
