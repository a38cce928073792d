//! Pictures drawn from a network pixel by pixel, exactly, without running it anew for each pixel: at every
//! pixel each layer computes only its new places, and keeps its two newest rows.

mod draw;
mod layer;
mod maps;
mod program;
mod state;
mod weights;

use rayon::iter::{IntoParallelRefMutIterator as _, ParallelIterator as _};

use crate::methods::pixelcnn::network::PixelCnn;
use crate::nn::named;
use crate::nn::noise::SplitMix;

use layer::LANES;
use program::Program;
use state::Group;

/// A network in the form that draws, on the CPU whatever the network's device.
pub struct Sampler {
    program: Program,
}

/// What to draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wish {
    pub count: usize,
    /// A multiple of 4.
    pub side_px: usize,
    /// The same seed gives the same pictures on the same machine, however many there are.
    pub seed: u64,
    /// 1 draws from the model; below, likelier pictures; 0 always the likeliest component's mean.
    pub temperature: f64,
}

impl Sampler {
    /// # Errors
    /// If the weights cannot be read from their device, or are not those of such a network.
    pub fn new(network: &PixelCnn) -> Result<Self, String> {
        let weights = named::collect(network)?;
        let program = Program::read(&weights)?;
        Ok(Self { program })
    }

    /// New pictures. `progress` hears how many rows of how many are done, and may stop it.
    ///
    /// # Shapes
    /// - output: `count * side_px * side_px * 3` bytes, RGB8 pictures one after the other
    ///
    /// # Errors
    /// Those of `progress` alone.
    pub fn sample<E>(
        &self,
        wish: Wish,
        progress: &mut dyn FnMut(usize, usize) -> Result<(), E>,
    ) -> Result<Vec<u8>, E> {
        let bytes = wish.count * wish.side_px * wish.side_px * 3;
        self.complete(&vec![0; bytes], 0, wish, progress)
    }

    /// Pictures of which the first `given_rows` are as in `pictures`, and the rest is drawn.
    ///
    /// # Shapes
    /// - `pictures` and output: as of [`Self::sample`]
    ///
    /// # Errors
    /// Those of `progress` alone.
    ///
    /// # Panics
    /// If `pictures` are not `count` of `side_px`.
    pub fn complete<E>(
        &self,
        pictures: &[u8],
        given_rows: usize,
        wish: Wish,
        progress: &mut dyn FnMut(usize, usize) -> Result<(), E>,
    ) -> Result<Vec<u8>, E> {
        let side = wish.side_px;
        let bytes = 3 * side * side;
        assert_eq!(pictures.len(), wish.count * bytes, "of {wish:?}");
        if pictures.is_empty() {
            return Ok(Vec::new());
        }
        let mut groups = self.groups(pictures, wish);
        for row in 0..side {
            progress(row, side)?;
            let is_given = row < given_rows;
            groups
                .par_iter_mut()
                .for_each(|group| group.row(&self.program, row, is_given, wish.temperature));
        }
        progress(side, side)?;
        let pixels = groups.into_iter().flat_map(|group| group.pixels);
        Ok(pixels.flatten().collect())
    }

    fn groups(&self, pictures: &[u8], wish: Wish) -> Vec<Group> {
        // Every thread gets pictures; which of them are computed side by side changes none.
        let threads = rayon::current_num_threads().max(1);
        let together = wish.count.div_ceil(threads).clamp(1, LANES);
        let pictures: Vec<Vec<u8>> = pictures
            .chunks_exact(3 * wish.side_px * wish.side_px)
            .map(<[u8]>::to_vec)
            .collect();
        let first = SplitMix::new(wish.seed).draw();
        let noises: Vec<SplitMix> = (0..wish.count as u64)
            .map(|at| SplitMix::new(SplitMix::new(first ^ at).draw()))
            .collect();
        let groups = pictures.chunks(together).zip(noises.chunks(together));
        groups
            .map(|(pixels, noises)| {
                let (pixels, noises) = (pixels.to_vec(), noises.to_vec());
                Group::new(&self.program, wish.side_px, noises, pixels)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
