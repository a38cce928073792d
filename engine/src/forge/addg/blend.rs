//! Mixes a pristine and a perturbed frame: `X_N = X_P M + X (1 - M)` (paper 004, Eq. 1).

/// Fills `target` by Eq. 1; the mask has one byte a pixel, 255 takes the perturbed pixel whole and 0
/// the pristine one, both bit-exactly. Between, each byte lies between the two it was made of.
pub fn blend(pristine: &[u8], perturbed: &[u8], mask: &[u8], target: &mut [u8]) {
    let pairs = pristine.chunks_exact(3).zip(perturbed.chunks_exact(3));
    for ((pixel, (x, x_p)), m) in target.chunks_exact_mut(3).zip(pairs).zip(mask) {
        let m = u32::from(*m);
        for ((value, x), x_p) in pixel.iter_mut().zip(x).zip(x_p) {
            let sum = u32::from(*x_p) * m + u32::from(*x) * (255 - m);
            *value = ((sum + 127) / 255) as u8;
        }
    }
}

/// Turns M into 1 - M, for the outer categories.
pub fn reverse(mask: &mut [u8]) {
    for value in mask {
        *value = 255 - *value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::synthetic;

    #[test]
    fn a_hard_mask_takes_whole_pixels_and_inner_and_outer_partition_the_picture() {
        let (x, x_p) = (synthetic::noise(32, 1), synthetic::noise(32, 2));
        let mut mask: Vec<u8> = (0..32 * 32)
            .map(|at| if at % 3 == 0 { 255 } else { 0 })
            .collect();
        let mut inner = vec![0; x.len()];
        blend(&x, &x_p, &mask, &mut inner);
        for (at, m) in mask.iter().enumerate() {
            let wanted = if *m == 255 { &x_p } else { &x };
            assert_eq!(inner[3 * at..3 * at + 3], wanted[3 * at..3 * at + 3]);
        }
        reverse(&mut mask);
        let mut outer = vec![0; x.len()];
        blend(&x, &x_p, &mask, &mut outer);
        for at in 0..x.len() {
            let sum = u16::from(inner[at]) + u16::from(outer[at]);
            assert_eq!(sum, u16::from(x[at]) + u16::from(x_p[at]));
        }
    }

    #[test]
    fn a_soft_mask_stays_between_the_two() {
        let (x, x_p) = (synthetic::noise(16, 3), synthetic::noise(16, 4));
        let mask: Vec<u8> = (0..=255).collect();
        let mut mixed = vec![0; x.len()];
        blend(&x, &x_p, &mask, &mut mixed);
        for at in 0..x.len() {
            let (low, high) = (x[at].min(x_p[at]), x[at].max(x_p[at]));
            assert!((low..=high).contains(&mixed[at]));
        }
    }
}
