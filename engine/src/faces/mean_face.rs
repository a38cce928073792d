//! A drawn face of common proportions: where the 68 points lie if nothing but the box is known.

use std::f32::consts::PI;

/// The points of the iBUG scheme, with the box (in dlib's convention: brows to chin) as unit square.
///
/// A frontal, symmetric face with closed lips, drawn from ellipses: the face is 0.94 wide, the eyes
/// stand 0.41 apart at a third of the height, the mouth is 0.36 wide at three quarters.
pub(crate) fn mean_face() -> [[f32; 2]; 68] {
    let mut points = [[0.5; 2]; 68];
    // The jaw runs from ear to ear around the chin.
    for (at, point) in points[0..17].iter_mut().enumerate() {
        *point = on_ellipse([0.5, 0.32], [0.47, 0.74], PI - PI * at as f32 / 16.0);
    }
    // Brows: flat arcs, outer end first on the left and last on the right.
    for at in 0..5 {
        let [x, y] = on_ellipse([0.27, 0.235], [0.155, 0.07], PI + PI * at as f32 / 4.0);
        points[17 + at] = [x, y];
        points[26 - at] = [1.0 - x, y];
    }
    // The ridge of the nose, and the line under it.
    for at in 0..4 {
        points[27 + at] = [0.5, 0.31 + 0.08 * at as f32];
    }
    for at in 0..5 {
        let out = at as f32 - 2.0;
        points[31 + at] = [0.5 + 0.047 * out, 0.632 - 0.007 * out * out];
    }
    // Eyes: corners, and two points on each lid, clockwise from the left corner.
    for (at, angle) in [180.0f32, 235.0, 305.0, 0.0, 55.0, 125.0]
        .iter()
        .enumerate()
    {
        let angle = angle.to_radians();
        points[36 + at] = on_ellipse([0.295, 0.315], [0.083, 0.032], angle);
        points[42 + at] = on_ellipse([0.705, 0.315], [0.083, 0.032], angle);
    }
    // Lips, clockwise from the left corner: outside, then inside.
    for (at, point) in points[48..60].iter_mut().enumerate() {
        *point = on_ellipse([0.5, 0.775], [0.18, 0.066], PI + PI * at as f32 / 6.0);
    }
    for (at, point) in points[60..68].iter_mut().enumerate() {
        *point = on_ellipse([0.5, 0.77], [0.155, 0.018], PI + PI * at as f32 / 4.0);
    }
    points
}

/// `radians` run clockwise on screen from the right.
fn on_ellipse(center: [f32; 2], radii: [f32; 2], radians: f32) -> [f32; 2] {
    let (sin, cos) = radians.sin_cos();
    [center[0] + radii[0] * cos, center[1] + radii[1] * sin]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The point that each point becomes in a mirror, for some of every part.
    const MIRRORED: [(usize, usize); 9] = [
        (0, 16),
        (5, 11),
        (17, 26),
        (21, 22),
        (31, 35),
        (36, 45),
        (40, 47),
        (48, 54),
        (60, 64),
    ];

    #[test]
    fn the_mean_face_is_symmetric() {
        let face = mean_face();
        for (left, right) in MIRRORED {
            assert!(
                (face[left][0] + face[right][0] - 1.0).abs() < 1e-5,
                "{left}"
            );
            assert!((face[left][1] - face[right][1]).abs() < 1e-5, "{left}");
            assert!(face[left][0] < face[right][0], "{left}");
        }
    }

    #[test]
    fn brows_eyes_nose_mouth_and_chin_follow_each_other() {
        let face = mean_face();
        let heights = [19, 37, 41, 30, 33, 51, 62, 66, 57, 8].map(|at: usize| face[at][1]);
        assert!(heights.is_sorted(), "{heights:?}");
    }
}
