//! PixelCNN++ (METHODS 4.3; Salimans et al. 2017): from a picture, for each pixel the parameters of a
//! mixture of logistics, of which the network has seen only the pixels before it in raster order.
//!
//! Two streams run side by side: `above` sees the rows above, `left` those and what lies left in its own
//! row. Three sizes go down (`up`, as the authors call it) and three come back up (`down`).
//!
//! Paths of the parameters, each with `.direction`, `.gain` and `.bias`:
//! `above_start`, `left_start_above`, `left_start_left`, `output`, and in `up.0` to `up.2` and `down.0` to
//! `down.2` (in the order of the pass) `above.N.conv_in`, `.beside`, `.conv_out`, `left.N.(the same)`,
//! `resize_above` and `resize_left`.

use burn::prelude::{Config, Device, Module, Tensor};

use crate::nn::kernels::concat_elu::{concat_elu, concat_elu_beside};
use crate::nn::kernels::elementwise::add;
use crate::nn::named::num_trainable;
use crate::nn::noise::{Noise, SplitMix};
use crate::nn::shifted::conv::{Resize, ShiftedConv, ShiftedConvConfig, Sight};
use crate::nn::shifted::gated::{GatedBlock, GatedBlockConfig};
use crate::nn::shifted::shift::{down_shift, right_shift};
use crate::nn::shifted::start::Pass;

/// Sizes that the picture is looked at in.
const LEVELS: usize = 3;

#[derive(Config, Debug, PartialEq)]
pub struct NetworkConfig {
    /// Channels of each stream: 160 in the paper.
    pub filters: usize,
    /// Blocks at each size: 5 in the paper.
    pub resnets: usize,
    /// Logistics in the mixture: 10 in the paper.
    #[config(default = 10)]
    pub mixtures: usize,
    /// How likely a number within a block is dropped in training, at least 0 and below 1.
    #[config(default = 0.5)]
    pub dropout: f64,
}

#[derive(Module, Debug)]
pub struct PixelCnn {
    /// 2x3 of what is above, moved down by a row.
    pub above_start: ShiftedConv,
    /// 1x3 of what is above, moved down by a row.
    pub left_start_above: ShiftedConv,
    /// 2x1 of what is left, moved right by a column.
    pub left_start_left: ShiftedConv,
    /// At full size, a half and a quarter.
    pub up: Vec<Level>,
    /// At a quarter, a half and full size.
    pub down: Vec<Level>,
    /// 1x1, to 10 numbers for each logistic.
    pub output: ShiftedConv,
}

/// The blocks of one size, and what leads to the next.
#[derive(Module, Debug)]
pub struct Level {
    /// Told, on the way back, what the way there held at the same place.
    pub above: Vec<GatedBlock>,
    /// Told what `above` holds too.
    pub left: Vec<GatedBlock>,
    pub resize_above: Option<ShiftedConv>,
    pub resize_left: Option<ShiftedConv>,
}

impl NetworkConfig {
    /// Weights are drawn from the seed when they are first wanted: counting takes no memory.
    pub fn init(&self, device: &Device, seed: u64) -> PixelCnn {
        let mut seeds = SplitMix::new(seed);
        let filters = self.filters;
        // The picture and a channel of ones, by which zeros outside are told from black.
        let mut start = |kernel, sight| {
            ShiftedConvConfig::new(3 + 1, filters, kernel, sight).init(&mut seeds, device)
        };
        let above_start = start([2, 3], Sight::Above);
        let left_start_above = start([1, 3], Sight::Above);
        let left_start_left = start([2, 1], Sight::AboveLeft);
        let up = (0..LEVELS).map(|level| {
            let resize = (level + 1 < LEVELS).then_some(Resize::Halve);
            self.level([0, filters], self.resnets, resize, &mut seeds, device)
        });
        let up = up.collect();
        let down = (0..LEVELS).map(|level| {
            let resize = (level + 1 < LEVELS).then_some(Resize::Double);
            let blocks = self.resnets + usize::from(level > 0);
            self.level([filters, 2 * filters], blocks, resize, &mut seeds, device)
        });
        let down = down.collect();
        PixelCnn {
            above_start,
            left_start_above,
            left_start_left,
            up,
            down,
            output: ShiftedConvConfig::mixing(filters, 10 * self.mixtures).init(&mut seeds, device),
        }
    }

    /// `beside`: channels of what blocks of `above` and `left` are told.
    fn level(
        &self,
        beside: [usize; 2],
        blocks: usize,
        resize: Option<Resize>,
        seeds: &mut SplitMix,
        device: &Device,
    ) -> Level {
        let mut stream = |sight, channels_beside, kernel| {
            let config = GatedBlockConfig::new(self.filters, channels_beside, sight, self.dropout);
            let blocks = (0..blocks).map(|_| config.init(seeds, device)).collect();
            let resize = resize.map(|resize| {
                ShiftedConvConfig::new(self.filters, self.filters, kernel, sight)
                    .with_resize(resize)
                    .init(seeds, device)
            });
            (blocks, resize)
        };
        let (above, resize_above) = stream(Sight::Above, beside[0], [2, 3]);
        let (left, resize_left) = stream(Sight::AboveLeft, beside[1], [2, 2]);
        Level {
            above,
            left,
            resize_above,
            resize_left,
        }
    }

    /// Without taking memory for the weights.
    pub fn num_params(&self) -> usize {
        self.init(&Device::flex(), 0).num_params()
    }

    /// Multiplications, each with an addition, for one picture; a side that is a multiple of 4.
    pub fn multiply_adds(&self, side_px: u32) -> u64 {
        self.init(&Device::flex(), 0).multiply_adds(side_px)
    }
}

impl PixelCnn {
    /// Whether a picture of this size can be halved twice.
    pub fn takes(height_px: usize, width_px: usize) -> bool {
        let fold = 1 << (LEVELS - 1);
        height_px.min(width_px) > 0
            && height_px.is_multiple_of(fold)
            && width_px.is_multiple_of(fold)
    }

    /// # Shapes
    /// - `pictures`: `[batch, 3, height, width]`, RGB, -1 to 1, sizes that are multiples of 4
    /// - output: `[batch, 10 mixtures, height, width]`, laid out as METHODS 4.4 says
    ///
    /// # Panics
    /// On other sizes; see [`Self::takes`].
    pub fn forward(&self, pictures: Tensor<4>, noise: &mut Noise) -> Tensor<4> {
        self.passed(pictures, &mut Pass::new(noise))
    }

    /// With gains and biases by which every convolution starts with outputs of mean 0 and deviation 1
    /// (0.1 at the end of a block) on these pictures, in one pass with dropout (METHODS 4.2).
    ///
    /// # Shapes
    /// - `pictures`: as `forward`; METHODS 4.2 takes 16
    pub fn started_from_data(self, pictures: Tensor<4>, noise: &mut Noise) -> Self {
        let mut pass = Pass::starting(noise);
        // The output itself is not wanted.
        drop(self.valid().passed(pictures.without_autodiff(), &mut pass));
        pass.applied(self)
    }

    pub fn num_params(&self) -> usize {
        num_trainable(self)
    }

    /// Multiplications, each with an addition, for one picture; a side that is a multiple of 4.
    pub fn multiply_adds(&self, side_px: u32) -> u64 {
        let mut pixels = u64::from(side_px).pow(2);
        let starts = [
            &self.above_start,
            &self.left_start_above,
            &self.left_start_left,
        ];
        let mut total: u64 = starts.iter().map(|conv| conv.multiply_adds(pixels)).sum();
        total += self.output.multiply_adds(pixels);
        for (index, level) in self.up.iter().enumerate() {
            total += level.multiply_adds(pixels);
            pixels /= if index + 1 < LEVELS { 4 } else { 1 };
        }
        for level in &self.down {
            total += level.multiply_adds(pixels);
            pixels *= 4;
        }
        total
    }

    fn passed(&self, pictures: Tensor<4>, pass: &mut Pass<'_>) -> Tensor<4> {
        let [batch, _, height, width] = pictures.dims();
        assert!(
            Self::takes(height, width),
            "a picture of {width} x {height} cannot be halved twice"
        );
        let ones = Tensor::ones([batch, 1, height, width], &pictures.device());
        let pictures = Tensor::cat(vec![pictures, ones], 1);
        let mut above = down_shift(self.above_start.forward(pictures.clone(), pass));
        let left_above = self.left_start_above.forward(pictures.clone(), pass);
        let left_left = self.left_start_left.forward(pictures, pass);
        let mut left = add(down_shift(left_above), right_shift(left_left));
        // What the way back is told.
        let mut held = vec![(above.clone(), left.clone())];
        for level in &self.up {
            for (block_above, block_left) in level.above.iter().zip(&level.left) {
                above = block_above.forward(above, None, pass);
                let beside = concat_elu(above.clone(), None);
                left = block_left.forward(left, Some(beside), pass);
                held.push((above.clone(), left.clone()));
            }
            if let (Some(resize_above), Some(resize_left)) =
                (&level.resize_above, &level.resize_left)
            {
                above = resize_above.forward(above, pass);
                left = resize_left.forward(left, pass);
                held.push((above.clone(), left.clone()));
            }
        }
        drop((above, left));
        let mut told = held.into_iter().rev();
        let (mut above, mut left) = told.next().expect("the start is held");
        for level in &self.down {
            let blocks = level.above.iter().zip(&level.left);
            for ((block_above, block_left), (held_above, held_left)) in blocks.zip(told.by_ref()) {
                let beside = concat_elu(held_above, None);
                above = block_above.forward(above, Some(beside), pass);
                let beside = concat_elu_beside(above.clone(), held_left);
                left = block_left.forward(left, Some(beside), pass);
            }
            if let (Some(resize_above), Some(resize_left)) =
                (&level.resize_above, &level.resize_left)
            {
                above = resize_above.forward(above, pass);
                left = resize_left.forward(left, pass);
            }
        }
        debug_assert!(told.next().is_none(), "all that was held is told");
        let [_, filters, ..] = left.dims();
        // The first half of it is the plain unit.
        let left = concat_elu(left, None).narrow(1, 0, filters);
        self.output.forward(left, pass)
    }
}

impl Level {
    /// For so many pixels before the size changes.
    fn multiply_adds(&self, pixels: u64) -> u64 {
        let blocks = self.above.iter().chain(&self.left);
        let resizes = self.resize_above.iter().chain(&self.resize_left);
        let blocks: u64 = blocks.map(|block| block.multiply_adds(pixels)).sum();
        blocks + resizes.map(|conv| conv.multiply_adds(pixels)).sum::<u64>()
    }
}

#[cfg(test)]
mod tests;
