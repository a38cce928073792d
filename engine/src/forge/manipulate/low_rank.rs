//! A face model of principal components: the donor's mean face, and what of the target's face the donor's
//! own variation can express.

use crate::forge::manipulate::picture::{Patch, add};

/// More samples than this add nothing to a handful of components.
const MAX_SAMPLES: usize = 24;

/// Sweeps of Jacobi's method; a small symmetric matrix is diagonal after about six.
const SWEEPS: usize = 12;

#[derive(Clone, Debug)]
pub struct LowRank {
    donor_mean: Patch,
    target_mean: Patch,
    /// Orthonormal, flat as the pictures are.
    components: Vec<Vec<f32>>,
}

impl LowRank {
    /// From pictures of one size of either person, at least one each.
    pub fn new(target: &[Patch], donor: &[Patch], rank: usize) -> Self {
        let donor = &donor[..donor.len().min(MAX_SAMPLES)];
        let donor_mean = mean(donor);
        let rows: Vec<Vec<f32>> = donor
            .iter()
            .map(|face| difference(face, &donor_mean))
            .collect();
        Self {
            target_mean: mean(target),
            donor_mean,
            components: components(&rows, rank),
        }
    }

    /// The donor's face for a face of the target's.
    pub fn donor_face(&self, face: &Patch) -> Patch {
        let off = difference(face, &self.target_mean);
        let mut made = self.donor_mean.clone();
        for component in &self.components {
            let amount = dot(component, &off);
            let values = made.rgb.iter_mut().flatten();
            for (value, part) in values.zip(component) {
                *value += amount * part;
            }
        }
        made
    }
}

/// The first principal components of rows whose mean is 0, by the eigenvectors of their products.
fn components(rows: &[Vec<f32>], rank: usize) -> Vec<Vec<f32>> {
    let count = rows.len();
    let mut products = vec![vec![0.0f64; count]; count];
    for at in 0..count {
        for other in 0..=at {
            let product = f64::from(dot(&rows[at], &rows[other]));
            products[at][other] = product;
            products[other][at] = product;
        }
    }
    let (values, vectors) = eigen(products);
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
    let largest = order.first().map_or(0.0, |at| values[*at]);
    let kept = order
        .into_iter()
        .take(rank)
        .filter(|at| 1e-6 * largest < values[*at]);
    kept.map(|at| {
        let scale = 1.0 / values[at].sqrt();
        let mut component = vec![0.0f32; rows[0].len()];
        for (row, vector) in rows.iter().zip(&vectors) {
            let weight = (vector[at] * scale) as f32;
            for (sum, value) in component.iter_mut().zip(row) {
                *sum += weight * value;
            }
        }
        component
    })
    .collect()
}

/// Eigenvalues and, as columns, eigenvectors of a symmetric matrix (Jacobi's method).
fn eigen(mut matrix: Vec<Vec<f64>>) -> (Vec<f64>, Vec<Vec<f64>>) {
    let count = matrix.len();
    let unit = |row| {
        (0..count)
            .map(|column| f64::from(u8::from(row == column)))
            .collect()
    };
    let mut vectors: Vec<Vec<f64>> = (0..count).map(unit).collect();
    for _ in 0..SWEEPS {
        for p in 0..count {
            for q in p + 1..count {
                rotate(&mut matrix, &mut vectors, p, q);
            }
        }
    }
    ((0..count).map(|at| matrix[at][at]).collect(), vectors)
}

/// Turns rows and columns p and q so that their product vanishes.
fn rotate(matrix: &mut [Vec<f64>], vectors: &mut [Vec<f64>], p: usize, q: usize) {
    if matrix[p][q].abs() < 1e-12 * (matrix[p][p].abs() + matrix[q][q].abs()) {
        return;
    }
    let theta = (matrix[q][q] - matrix[p][p]) / (2.0 * matrix[p][q]);
    let tan = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let cos = 1.0 / (tan * tan + 1.0).sqrt();
    let sin = tan * cos;
    for row in matrix.iter_mut().chain(vectors.iter_mut()) {
        let (at_p, at_q) = (row[p], row[q]);
        row[p] = cos * at_p - sin * at_q;
        row[q] = sin * at_p + cos * at_q;
    }
    let (above, below) = matrix.split_at_mut(q);
    for (at_p, at_q) in above[p].iter_mut().zip(&mut below[0]) {
        (*at_p, *at_q) = (cos * *at_p - sin * *at_q, sin * *at_p + cos * *at_q);
    }
}

fn mean(faces: &[Patch]) -> Patch {
    let mut sum = Patch {
        rgb: vec![[0.0; 3]; faces[0].rgb.len()],
        ..faces[0]
    };
    let scale = 1.0 / faces.len() as f32;
    for face in faces {
        for (sum, pixel) in sum.rgb.iter_mut().zip(&face.rgb) {
            add(sum, *pixel, scale);
        }
    }
    sum
}

fn difference(face: &Patch, mean: &Patch) -> Vec<f32> {
    let pairs = face.rgb.iter().flatten().zip(mean.rgb.iter().flatten());
    pairs.map(|(value, mean)| value - mean).collect()
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::synthetic;

    fn face(seed: u64, amount: f32) -> Patch {
        let [base, change] = [seed, 99].map(|seed| synthetic::texture(16, seed));
        let value = |at: usize| f32::from(base[at]) + amount * (f32::from(change[at]) - 128.0);
        Patch {
            width: 16,
            height: 16,
            rgb: (0..256)
                .map(|at| [0, 1, 2].map(|c| value(3 * at + c)))
                .collect(),
        }
    }

    #[test]
    fn an_expression_both_people_have_is_carried_from_one_to_the_other() {
        let [target, donor] = [1, 2].map(|seed| [-0.5, 0.1, 0.4].map(|amount| face(seed, amount)));
        let model = LowRank::new(&target, &donor, 1);
        let made = model.donor_face(&face(1, 0.3));
        for (made, wanted) in made
            .rgb
            .iter()
            .flatten()
            .zip(face(2, 0.3).rgb.iter().flatten())
        {
            assert!((made - wanted).abs() < 0.5, "{made} {wanted}");
        }
    }

    #[test]
    fn one_sample_each_gives_the_donors_face() {
        let model = LowRank::new(&[face(1, 0.0)], &[face(2, 0.0)], 4);
        assert!(model.components.is_empty());
        assert_eq!(model.donor_face(&face(1, 0.2)), face(2, 0.0));
    }
}
