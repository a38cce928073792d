//! Small moves of log-likelihood images while the classifier learns: it is to know traces, not faces by heart.

use crate::nn::noise::SplitMix;

/// Moves each image of three planes by up to `most` pixels down or up and across, the same in its planes; what
/// comes in repeats the edge. The same seed and step move alike.
pub fn move_images(maps: &mut [f32], side: usize, most: usize, seed: u64, step: u64) {
    if most == 0 {
        return;
    }
    let mut numbers = SplitMix::new(SplitMix::new(seed).draw() ^ !step);
    let mut draw = || (numbers.draw() % (2 * most as u64 + 1)) as isize - most as isize;
    let mut moved = vec![0.0; side * side];
    for image in maps.chunks_exact_mut(3 * side * side) {
        let (down, across) = (draw(), draw());
        for plane in image.chunks_exact_mut(side * side) {
            for (y, row) in moved.chunks_exact_mut(side).enumerate() {
                let source = &plane[within(y as isize - down, side) * side..][..side];
                for (x, value) in row.iter_mut().enumerate() {
                    *value = source[within(x as isize - across, side)];
                }
            }
            plane.copy_from_slice(&moved);
        }
    }
}

fn within(place: isize, side: usize) -> usize {
    place.clamp(0, side as isize - 1) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The place of each value in its plane, the same in all planes.
    fn maps(count: usize, side: usize) -> Vec<f32> {
        let plane = (0..side * side).map(|at| at as f32);
        (0..3 * count).flat_map(|_| plane.clone()).collect()
    }

    #[test]
    fn planes_of_an_image_move_together_and_images_apart() {
        let (side, count) = (9, 40);
        let mut moved = maps(count, side);
        move_images(&mut moved, side, 2, 1, 5);
        let mut seen = std::collections::BTreeSet::new();
        for image in moved.chunks_exact(3 * side * side) {
            let planes: Vec<&[f32]> = image.chunks_exact(side * side).collect();
            assert!(planes[0] == planes[1] && planes[1] == planes[2]);
            let middle = planes[0][side * side / 2] as isize;
            let (y, x) = (middle / side as isize - 4, middle % side as isize - 4);
            assert!(y.abs() <= 2 && x.abs() <= 2);
            seen.insert((y, x));
        }
        assert!(10 < seen.len(), "{seen:?}");
        let mut again = maps(count, side);
        move_images(&mut again, side, 2, 1, 5);
        assert_eq!(again, moved);
        move_images(&mut again, side, 2, 1, 6);
        assert_ne!(again, moved);
    }

    #[test]
    fn no_move_changes_nothing_and_edges_are_repeated() {
        let mut same = maps(1, 4);
        move_images(&mut same, 4, 0, 1, 1);
        assert_eq!(same, maps(1, 4));
        assert_eq!([within(-3, 4), within(2, 4), within(9, 4)], [0, 2, 3]);
    }
}
