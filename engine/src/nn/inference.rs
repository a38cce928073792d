//! A backbone at work: norms folded into convolutions, no gradients, half precision where the device gains
//! by it, and batches of one size where a device compiles its kernels for each size.

use burn::prelude::{Device, Tensor};
use burn::tensor::FloatDType;

use crate::nn::backbone::{Backbone, Pyramid};
use crate::nn::noise::Noise;
use crate::nn::precision::{cast, inference_dtype};

pub struct Inference {
    backbone: Backbone,
    dtype: FloatDType,
    device: Device,
    batch: usize,
}

impl Inference {
    /// From `module.valid()`; `batch` is the most pictures that one pass takes.
    pub fn new(backbone: Backbone, device: &Device, batch: usize) -> Self {
        let device = device.clone().without_autodiff();
        let dtype = inference_dtype(&device);
        let folded = backbone.folded();
        Self {
            backbone: if dtype == FloatDType::F32 {
                folded
            } else {
                cast(folded, dtype)
            },
            dtype,
            device,
            batch,
        }
    }

    /// Where pictures must be.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The last feature map, in 32-bit floats.
    ///
    /// # Shapes
    /// - `pictures`: `[count, 3, height, width]`, at most as many as [`Self::new`] was told
    /// - output: `[count, features, height', width']`
    pub fn features(&self, pictures: Tensor<4>) -> Tensor<4> {
        let [count, ..] = pictures.dims();
        self.given_back(self.backbone.forward(self.taken(pictures)), count)
    }

    /// All sizes and the last feature map, in 32-bit floats.
    ///
    /// # Shapes
    /// - `pictures`: `[count, 3, height, width]`, at most as many as [`Self::new`] was told
    pub fn pyramid(&self, pictures: Tensor<4>) -> Pyramid {
        let [count, ..] = pictures.dims();
        let pictures = self.taken(pictures);
        let Pyramid { taps, features } = self.backbone.pyramid(pictures, &mut Noise::off());
        let given_back = |tensor| self.given_back(tensor, count);
        Pyramid {
            taps: taps.into_iter().map(given_back).collect(),
            features: given_back(features),
        }
    }

    /// Pictures as the network takes them: filled up to a whole batch, and in its precision.
    fn taken(&self, pictures: Tensor<4>) -> Tensor<4> {
        let [count, channels, height, width] = pictures.dims();
        // On the CPU every size is as good; one picture is a size of its own, for maps.
        let is_filled_up = self.device != Device::flex() && 1 < count && count < self.batch;
        let pictures = if is_filled_up {
            let shape = [self.batch - count, channels, height, width];
            Tensor::cat(vec![pictures, Tensor::zeros(shape, &self.device)], 0)
        } else {
            pictures
        };
        if self.dtype == FloatDType::F32 {
            pictures
        } else {
            pictures.cast(self.dtype)
        }
    }

    /// Without what the batch was filled up with.
    fn given_back(&self, tensor: Tensor<4>, count: usize) -> Tensor<4> {
        let tensor = if self.dtype == FloatDType::F32 {
            tensor
        } else {
            tensor.cast(FloatDType::F32)
        };
        let [found, ..] = tensor.dims();
        if count < found {
            tensor.narrow(0, 0, count)
        } else {
            tensor
        }
    }
}
