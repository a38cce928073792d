//! Where the 51 points of brows, nose, eyes and mouth lie in the unit square (METHODS 10, step 1).

use crate::faces::mean_face::mean_face;
use crate::faces::similarity::Similarity;

/// The first point that counts; those before it are the jaw.
const FIRST: usize = 17;

/// Points 17 to 67 of the mean face, moved and enlarged evenly until they touch two opposite sides of
/// the unit square, in its middle.
pub fn template() -> [[f32; 2]; 51] {
    let face = mean_face();
    let points: [[f32; 2]; 51] = std::array::from_fn(|at| face[FIRST + at]);
    let range = |axis: usize| {
        let values = points.iter().map(|point| point[axis]);
        let low = values.clone().fold(f32::INFINITY, f32::min);
        (low, values.fold(f32::NEG_INFINITY, f32::max))
    };
    let ranges = [range(0), range(1)];
    let scale = ranges.map(|(low, high)| high - low);
    let scale = 1.0 / scale[0].max(scale[1]);
    let middle = ranges.map(|(low, high)| f32::midpoint(low, high));
    points.map(|point| [0, 1].map(|axis| 0.5 + scale * (point[axis] - middle[axis])))
}

/// Matrix A: the similarity (Umeyama's, with scale) from a picture's pixels to the unit square that
/// lays points 17 to 67 onto the template.
pub fn unit_from_picture(points: &[[f32; 2]; 68]) -> Similarity {
    Similarity::between(&points[FIRST..], &template())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::synthetic;

    /// Root mean square distance of the 51 points from the template, as a share of the square's side.
    fn error(points: &[[f32; 2]; 68]) -> f32 {
        let map = unit_from_picture(points);
        let squares = points[FIRST..]
            .iter()
            .zip(template())
            .map(|(point, wanted)| {
                let [x, y] = map.point(*point);
                (x - wanted[0]).powi(2) + (y - wanted[1]).powi(2)
            });
        (squares.sum::<f32>() / 51.0).sqrt()
    }

    #[test]
    fn the_template_fills_the_unit_square_in_its_middle() {
        let points = template();
        let xs = points.map(|point| point[0]);
        let ys = points.map(|point| point[1]);
        let range = |values: [f32; 51]| {
            let low = values.iter().copied().fold(f32::INFINITY, f32::min);
            (
                low,
                values.iter().copied().fold(f32::NEG_INFINITY, f32::max),
            )
        };
        let ((left, right), (top, bottom)) = (range(xs), range(ys));
        assert!(left.abs() < 1e-6 && (right - 1.0).abs() < 1e-6);
        assert!(0.0 <= top && (top + bottom - 1.0).abs() < 1e-6 && 0.8 < bottom - top);
    }

    #[test]
    fn turned_and_enlarged_the_mean_face_lands_on_the_template_exactly() {
        let (sin, cos) = 0.3f32.sin_cos();
        let turned = mean_face().map(|[x, y]| {
            let (x, y) = (140.0 * x, 140.0 * y);
            [30.0 + cos * x - sin * y, 20.0 + sin * x + cos * y]
        });
        assert!(error(&turned) < 1e-5, "{}", error(&turned));
    }

    #[test]
    fn other_faces_land_near_the_template() {
        for seed in 0..20 {
            let error = error(&synthetic::landmarks(256, seed).points);
            assert!(error < 0.09, "{error}");
        }
    }
}
