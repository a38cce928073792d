//! Gives the foreground the background's color (step 6).

/// What is made equal under the mask, in each channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorMatch {
    /// The mean (Face X-ray).
    #[default]
    Mean,
    /// The mean and the standard deviation (`DeepfakeBench`).
    MeanAndDeviation,
}

/// `level' = gain * level + offset`, for each channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColorChange {
    pub gain: [f64; 3],
    pub offset: [f64; 3],
}

impl ColorMatch {
    /// What makes the foreground like the background where the mask is not 0. RGB8 pictures and a mask
    /// of as many pixels; without any mask nothing changes.
    pub fn fit(self, background: &[u8], foreground: &[u8], mask: &[u8]) -> ColorChange {
        let (wanted, wanted_spread) = mean_and_deviation(background, mask);
        let (own, own_spread) = mean_and_deviation(foreground, mask);
        let mut change = ColorChange {
            gain: [1.0; 3],
            offset: [0.0; 3],
        };
        for channel in 0..3 {
            if self == Self::MeanAndDeviation && 0.0 < own_spread[channel] {
                change.gain[channel] = wanted_spread[channel] / own_spread[channel];
            }
            change.offset[channel] = wanted[channel] - change.gain[channel] * own[channel];
        }
        change
    }
}

impl ColorChange {
    /// Before it is rounded and clipped to a byte.
    pub fn level(&self, channel: usize, level: f64) -> f64 {
        self.gain[channel] * level + self.offset[channel]
    }

    /// Changes the whole RGB8 picture.
    pub fn apply(&self, pixels: &mut [u8]) {
        let table = |channel| {
            std::array::from_fn::<u8, 256, _>(|level| {
                (self.level(channel, level as f64) + 0.5).clamp(0.0, 255.0) as u8
            })
        };
        let tables = [0, 1, 2].map(table);
        for pixel in pixels.chunks_exact_mut(3) {
            for (value, table) in pixel.iter_mut().zip(&tables) {
                *value = table[usize::from(*value)];
            }
        }
    }
}

/// Of each channel, where the mask is not 0.
fn mean_and_deviation(pixels: &[u8], mask: &[u8]) -> ([f64; 3], [f64; 3]) {
    let (mut sums, mut squares, mut count) = ([0u64; 3], [0u64; 3], 0u64);
    for (pixel, mask) in pixels.chunks_exact(3).zip(mask) {
        if *mask == 0 {
            continue;
        }
        count += 1;
        for channel in 0..3 {
            let level = u64::from(pixel[channel]);
            sums[channel] += level;
            squares[channel] += level * level;
        }
    }
    let count = count.max(1) as f64;
    let mean = sums.map(|sum| sum as f64 / count);
    let deviation = [0, 1, 2].map(|channel| {
        let variance = squares[channel] as f64 / count - mean[channel] * mean[channel];
        variance.max(0.0).sqrt()
    });
    (mean, deviation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::synthetic;

    /// Mean and deviation under the mask of what `change` makes of the picture, before clipping.
    fn changed(change: &ColorChange, pixels: &[u8], mask: &[u8], channel: usize) -> (f64, f64) {
        let inside = pixels.chunks_exact(3).zip(mask).filter(|(_, m)| **m != 0);
        let levels: Vec<f64> = inside
            .map(|(pixel, _)| change.level(channel, f64::from(pixel[channel])))
            .collect();
        let mean = levels.iter().sum::<f64>() / levels.len() as f64;
        let squares = levels.iter().map(|level| (level - mean).powi(2));
        (mean, (squares.sum::<f64>() / levels.len() as f64).sqrt())
    }

    #[test]
    fn means_under_the_mask_are_equal_before_clipping() {
        for seed in 0..10 {
            let background = synthetic::texture(48, seed);
            let foreground = synthetic::noise(48, seed + 100);
            let mask: Vec<u8> = (0..48 * 48)
                .map(|at| if at % 5 == 0 { 255 } else { 0 })
                .collect();
            let wanted = mean_and_deviation(&background, &mask);
            let mean = ColorMatch::Mean.fit(&background, &foreground, &mask);
            let both = ColorMatch::MeanAndDeviation.fit(&background, &foreground, &mask);
            for channel in 0..3 {
                let (level, _) = changed(&mean, &foreground, &mask, channel);
                assert!((level - wanted.0[channel]).abs() < 1e-9);
                let (level, spread) = changed(&both, &foreground, &mask, channel);
                assert!((level - wanted.0[channel]).abs() < 1e-9);
                assert!((spread - wanted.1[channel]).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn bytes_are_rounded_and_clipped() {
        let change = ColorChange {
            gain: [1.0, 2.0, 1.0],
            offset: [0.5, 0.0, -20.0],
        };
        let mut pixels = [10, 200, 5];
        change.apply(&mut pixels);
        assert_eq!(pixels, [11, 255, 0]);
    }

    #[test]
    fn without_a_mask_nothing_changes() {
        let picture = synthetic::noise(8, 1);
        let mut pixels = picture.clone();
        let change = ColorMatch::MeanAndDeviation.fit(&pixels, &pixels, &[0; 64]);
        change.apply(&mut pixels);
        assert_eq!(pixels, picture);
    }
}
