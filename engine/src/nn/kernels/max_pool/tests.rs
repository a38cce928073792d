//! Our pool against burn's, there and back.

use super::*;
use burn::nn::pool::MaxPool2dConfig;
use burn::prelude::{Device, TensorData};

/// Many equal numbers, so that ties are met.
fn tensor(shape: [usize; 4], seed: usize, device: &Device) -> Tensor<4> {
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|at: usize| ((at * 7919 + seed * 104_729) % 101 / 7) as f32 - 9.0)
        .collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

type Pooling = fn(&MaxPool2d, Tensor<4>) -> Tensor<4>;

fn there_and_back(pooling: Pooling, pool: &MaxPool2d, size: [usize; 4]) -> [Vec<f32>; 2] {
    let device = Device::flex().autodiff();
    let input = tensor(size, 1, &device).require_grad();
    let output = pooling(pool, input.clone());
    let mut gradients = (output.clone() * tensor(output.dims(), 3, &device))
        .sum()
        .backward();
    let to_input = input.grad_remove(&mut gradients).unwrap();
    [output.inner(), to_input].map(|tensor| tensor.into_data().try_into_vec().unwrap())
}

#[test]
fn it_equals_burns_pool_and_its_gradient() {
    for size in [[2, 3, 9, 11], [1, 1, 147, 16], [3, 20, 8, 8], [1, 2, 3, 3]] {
        for (kernel, stride, padding) in [
            (3, 2, 1),
            (3, 1, 1),
            (3, 2, 0),
            (3, 3, 1),
            (2, 2, 0),
            (2, 1, 1),
            (4, 4, 1),
            (4, 2, 1),
        ] {
            let pool = MaxPool2dConfig::new([kernel, kernel])
                .with_strides([stride, stride])
                .with_padding(PaddingConfig2d::Explicit(
                    padding, padding, padding, padding,
                ))
                .init();
            assert!(window_of(&pool, [9, 9]).is_some());
            let expected = there_and_back(|pool, input| pool.forward(input), &pool, size);
            let found = there_and_back(max_pool2d, &pool, size);
            assert_eq!(expected, found, "{size:?} {kernel} {stride} {padding}");
        }
    }
}

#[test]
fn other_pools_are_burns() {
    let other = MaxPool2dConfig::new([8, 8]).with_strides([2, 2]).init();
    assert!(window_of(&other, [8, 8]).is_none());
    let [output, _] = there_and_back(max_pool2d, &other, [1, 1, 8, 8]);
    assert_eq!(output.len(), 1);
}
