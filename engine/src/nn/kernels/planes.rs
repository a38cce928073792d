//! The numbers of tensors on the CPU device, as slices and by channel.

use burn::backend::tensor::FloatTensor;
use burn::backend::{DType, Flex};
use burn::prelude::{Device, Tensor, TensorData};

/// Whether our own operations take it: on the CPU device, in 32 bits.
pub fn is_ours<const D: usize>(tensor: &Tensor<D>) -> bool {
    tensor.dtype() == DType::F32 && tensor.device().without_autodiff() == Device::flex()
}

/// What is behind a tensor that is [`is_ours`] and has no gradients.
pub fn primitive<const D: usize>(tensor: Tensor<D>) -> FloatTensor<Flex> {
    tensor
        .try_into_primitive::<Flex>()
        .expect("the caller asked whether it is ours")
}

/// The same tensor with its numbers in order, as [`numbers`] wants it.
pub fn in_order(tensor: FloatTensor<Flex>) -> FloatTensor<Flex> {
    if tensor.as_slice::<f32>().is_some() {
        tensor
    } else {
        tensor.to_contiguous()
    }
}

/// The numbers of a tensor [`in_order`].
pub fn numbers(tensor: &FloatTensor<Flex>) -> &[f32] {
    tensor
        .as_slice()
        .expect("a 32-bit tensor put in order is a slice")
}

/// Its numbers to change: its own memory if nobody else holds it, else a copy.
pub fn own_numbers(tensor: FloatTensor<Flex>) -> Vec<f32> {
    let shared = !tensor.is_unique();
    if shared && let Some(values) = tensor.as_slice::<f32>() {
        let mut copy = super::buffers::take(values.len());
        copy.copy_from_slice(values);
        return copy;
    }
    tensor
        .into_data()
        .try_into_vec()
        .expect("our operations are called with 32 bits alone")
}

pub fn tensor_of<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FloatTensor<Flex> {
    FloatTensor::<Flex>::from_data(TensorData::new(values, shape))
}

pub fn dims(tensor: &FloatTensor<Flex>) -> [usize; 4] {
    tensor.layout().shape().dims()
}

/// For each channel its planes, one a picture, of a tensor `[batch, channels, plane]`.
pub fn by_channel(values: &mut [f32], channels: usize, plane: usize) -> Vec<Vec<&mut [f32]>> {
    let batch = values.len() / (channels * plane).max(1);
    let mut planes: Vec<Vec<&mut [f32]>> =
        (0..channels).map(|_| Vec::with_capacity(batch)).collect();
    for (at, values) in values.chunks_exact_mut(plane.max(1)).enumerate() {
        planes[at % channels].push(values);
    }
    planes
}

/// Plane of a picture and channel of a tensor `[batch, channels, plane]`.
pub fn plane_of(values: &[f32], at: usize, plane: usize) -> &[f32] {
    &values[at * plane..][..plane]
}
