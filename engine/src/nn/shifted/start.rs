//! The start from data (METHODS 4.2; Salimans and Kingma 2016, section 3): one pass in which each
//! convolution's output is brought to mean 0 and a deviation of choice before the next sees it.

use std::collections::BTreeMap;

use burn::module::{ModuleMapper, Param, ParamId};
use burn::prelude::{Module, Tensor};

use crate::nn::noise::Noise;

/// What one pass through the network carries along.
pub struct Pass<'a> {
    /// What is dropped.
    pub noise: &'a mut Noise,
    starts: Option<Starts>,
}

/// Gains and biases found so far, by parameter.
type Starts = BTreeMap<ParamId, Tensor<1>>;

impl<'a> Pass<'a> {
    /// One that changes nothing.
    pub fn new(noise: &'a mut Noise) -> Self {
        let starts = None;
        Self { noise, starts }
    }

    /// One in which every convolution finds its start.
    pub fn starting(noise: &'a mut Noise) -> Self {
        let starts = Some(BTreeMap::new());
        Self { noise, starts }
    }

    /// Called by a convolution with what it found: in a pass that starts, the output to a mean of 0 and
    /// a deviation of `scale` in each channel, else as it is.
    ///
    /// # Shapes
    /// - `output`: `[batch, channels, height, width]`
    /// - `gain` and `bias`: `[channels]`
    pub fn settled(
        &mut self,
        output: Tensor<4>,
        gain: &Param<Tensor<1>>,
        bias: &Param<Tensor<1>>,
        scale: f32,
    ) -> Tensor<4> {
        let Some(starts) = &mut self.starts else {
            return output;
        };
        let [batch, channels, height, width] = output.dims();
        let lines: Tensor<2> = output
            .clone()
            .swap_dims(0, 1)
            .reshape([channels, batch * height * width]);
        let mean = lines.clone().mean_dim(1);
        let variance = (lines - mean.clone()).square().mean_dim(1);
        let factor = (variance + 1e-10).sqrt().recip() * scale;
        let (mean, factor): (Tensor<1>, Tensor<1>) =
            (mean.reshape([channels]), factor.reshape([channels]));
        starts.insert(gain.id, gain.val() * factor.clone());
        starts.insert(bias.id, (bias.val() - mean.clone()) * factor.clone());
        let [mean, factor] = [mean, factor].map(|line| line.reshape([1, channels, 1, 1]));
        (output - mean) * factor
    }

    /// Puts what was found into the network that was passed through, or a copy of it.
    pub fn applied<M: Module>(self, module: M) -> M {
        match self.starts {
            Some(starts) => module.map(&mut Applier { starts }),
            None => module,
        }
    }
}

struct Applier {
    starts: Starts,
}

impl ModuleMapper for Applier {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(found) = self.starts.remove(&param.id) else {
            return param;
        };
        let found = found.reshape(param.lazy_shape());
        let found = if param.lazy_device().is_autodiff() {
            found.autodiff()
        } else {
            found
        };
        let id = param.id;
        param.transform_for_load(found, id)
    }
}
