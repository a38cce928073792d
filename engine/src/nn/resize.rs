//! Pictures enlarged or made smaller by bilinear interpolation between pixel centers, with gradients, as
//! `PyTorch` does it without `align_corners` and without smoothing.

use burn::prelude::{Device, Tensor, TensorData};

/// # Shapes
/// - `input`: `[batch, channels, height, width]`, neither side 0
/// - output: `[batch, channels, size[0], size[1]]`
pub fn bilinear(input: Tensor<4>, [height, width]: [usize; 2]) -> Tensor<4> {
    let [_, _, rows, columns] = input.dims();
    let device = input.device();
    let mut x = input;
    if columns != width {
        x = x.matmul(shares(columns, width, &device).transpose());
    }
    if rows != height {
        x = shares(rows, height, &device).matmul(x);
    }
    x
}

/// What each output is made of: two neighbors and their shares; the border is repeated.
///
/// # Shapes
/// - output: `[1, 1, outputs, inputs]`
fn shares(inputs: usize, outputs: usize, device: &Device) -> Tensor<4> {
    let mut values = vec![0.0; inputs * outputs];
    for (at, row) in values.chunks_exact_mut(inputs).enumerate() {
        let place = ((at as f32 + 0.5) * inputs as f32 / outputs as f32 - 0.5).max(0.0);
        let low = (place as usize).min(inputs - 1);
        let share = place - low as f32;
        row[low] += 1.0 - share;
        row[(low + 1).min(inputs - 1)] += share;
    }
    Tensor::from_data(TensorData::new(values, [1, 1, outputs, inputs]), device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::named::host_tensor;

    fn check(input: Tensor<4>, size: [usize; 2], expected: &[f32]) {
        let found = host_tensor(bilinear(input, size)).unwrap().values;
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{found}, {expected}");
        }
    }

    #[test]
    fn it_is_pytorchs() {
        // torch.nn.functional.interpolate(x, size, mode="bilinear", align_corners=False)
        let device = Device::flex();
        let x = Tensor::<4>::from_floats([[[[0.0, 1.0], [2.0, 3.0]]]], &device);
        check(
            x,
            [4, 4],
            &[
                0.0, 0.25, 0.75, 1.0, 0.5, 0.75, 1.25, 1.5, 1.5, 1.75, 2.25, 2.5, 2.0, 2.25, 2.75,
                3.0,
            ],
        );
        let x = Tensor::<4>::from_floats([[[[1.0, 5.0, 2.0, 8.0]]]], &device);
        check(x.clone(), [1, 2], &[3.0, 5.0]);
        check(x.clone(), [1, 3], &[5.0 / 3.0, 3.5, 7.0]);
        check(x, [1, 4], &[1.0, 5.0, 2.0, 8.0]);
    }

    #[test]
    fn the_gradient_is_what_each_pixel_gave() {
        let device = Device::flex().autodiff();
        let x = Tensor::<4>::from_floats([[[[1.0, 5.0, 2.0, 8.0]]]], &device).require_grad();
        let factors = Tensor::<4>::from_floats([[[[1.0, 10.0, 100.0]]]], &device);
        let gradients = (bilinear(x.clone(), [1, 3]) * factors).sum().backward();
        let found = host_tensor(x.grad(&gradients).unwrap()).unwrap().values;
        // The shares of the third check above, turned round.
        let expected = [5.0 / 6.0, 1.0 / 6.0 + 5.0, 5.0 + 100.0 / 6.0, 500.0 / 6.0];
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-4, "{found}, {expected}");
        }
    }
}
