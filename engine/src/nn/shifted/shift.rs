//! Feature maps moved by one pixel, so that no output sees its own.

use burn::prelude::Tensor;

/// One row down: the last row is lost, the first is zero.
///
/// # Shapes
/// - `input` and output: `[batch, channels, height, width]`, at least one row
pub fn down_shift(input: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = input.dims();
    let first = Tensor::zeros([batch, channels, 1, width], &input.device());
    Tensor::cat(vec![first, input.narrow(2, 0, height - 1)], 2)
}

/// One column to the right: the last column is lost, the first is zero.
///
/// # Shapes
/// - `input` and output: `[batch, channels, height, width]`, at least one column
pub fn right_shift(input: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = input.dims();
    let first = Tensor::zeros([batch, channels, height, 1], &input.device());
    Tensor::cat(vec![first, input.narrow(3, 0, width - 1)], 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::prelude::Device;

    #[test]
    fn pixels_move_by_one_and_zeros_come_in() {
        let numbers = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
        let input = Tensor::<2>::from_floats(numbers, &Device::flex()).reshape([1, 1, 2, 3]);
        let values = |tensor: Tensor<4>| tensor.into_data().try_into_vec::<f32>().unwrap();
        let [down, right] = [down_shift, right_shift].map(|shift| values(shift(input.clone())));
        assert_eq!(down, [0.0, 0.0, 0.0, 1.0, 2.0, 3.0]);
        assert_eq!(right, [0.0, 1.0, 2.0, 0.0, 4.0, 5.0]);
    }
}
