//! A backbone at work: norms folded into convolutions, no gradients, half precision where the device gains
//! by it, and batches of one size where a device compiles its kernels for each size.

use burn::prelude::{Device, Tensor};
use burn::tensor::FloatDType;

use crate::nn::backbone::Backbone;
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
        let [count, channels, height, width] = pictures.dims();
        // On the CPU every size is as good; one picture is a size of its own, for maps.
        let is_filled_up = self.device != Device::flex() && 1 < count && count < self.batch;
        let pictures = if is_filled_up {
            let shape = [self.batch - count, channels, height, width];
            Tensor::cat(vec![pictures, Tensor::zeros(shape, &self.device)], 0)
        } else {
            pictures
        };
        let features = if self.dtype == FloatDType::F32 {
            self.backbone.forward(pictures)
        } else {
            let features = self.backbone.forward(pictures.cast(self.dtype));
            features.cast(FloatDType::F32)
        };
        if is_filled_up {
            features.narrow(0, 0, count)
        } else {
            features
        }
    }
}
