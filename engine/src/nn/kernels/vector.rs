//! Loops compiled for the widest vectors of the processor, chosen when they run.

use pulp::{Arch, Simd, WithSimd};

/// Numbers handled at a time: one AVX-512 register, two of AVX2.
pub const LANES: usize = 16;

/// A loop written plainly, for the compiler to vectorize. Everything it calls must be
/// `#[inline(always)]`, or it is compiled for the oldest processor.
pub trait Vectored {
    type Output;

    /// `FMA`: whether the processor multiplies and adds at once, which is slow where it cannot.
    fn run<const FMA: bool>(self) -> Self::Output;
}

struct Chosen<K>(K);

impl<K: Vectored> WithSimd for Chosen<K> {
    type Output = K::Output;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> K::Output {
        if S::IS_SCALAR {
            self.0.run::<false>()
        } else {
            self.0.run::<true>()
        }
    }
}

pub fn vectored<K: Vectored>(kernel: K) -> K::Output {
    Arch::new().dispatch(Chosen(kernel))
}

/// `a * b + c`.
#[inline(always)]
pub fn fma<const FMA: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FMA { a.mul_add(b, c) } else { a * b + c }
}

/// The sum of `term(at)` for `at` in `0..length`, in an order that depends on `length` alone.
#[inline(always)]
pub fn sum_of(length: usize, term: impl Fn(usize) -> f32) -> f32 {
    const WIDTH: usize = 4 * LANES;
    let mut sums = [0.0; WIDTH];
    let whole = length / WIDTH * WIDTH;
    let mut at = 0;
    while at < whole {
        for (lane, sum) in sums.iter_mut().enumerate() {
            *sum += term(at + lane);
        }
        at += WIDTH;
    }
    let mut rest = 0.0;
    for at in whole..length {
        rest += term(at);
    }
    folded(sums) + rest
}

/// The sum of a few numbers, by halves.
#[inline(always)]
pub fn folded<const N: usize>(mut sums: [f32; N]) -> f32 {
    let mut half = N / 2;
    while half > 0 {
        for at in 0..half {
            sums[at] += sums[at + half];
        }
        half /= 2;
    }
    sums[0]
}

/// `1 / (1 + exp(-x))` to 2e-7.
#[inline(always)]
pub fn sigmoid<const FMA: bool>(x: f32) -> f32 {
    1.0 / (1.0 + exp::<FMA>(-x))
}

/// `exp(x)` to a relative error of 2e-7 between -87 and 88, and its value there beyond.
#[inline(always)]
pub fn exp<const FMA: bool>(x: f32) -> f32 {
    // Added to a number below 2^22, it leaves the nearest integer in the lowest bits.
    const ROUNDER: f32 = 12_582_912.0;
    let x = x.clamp(-87.0, 88.0);
    let shifted = fma::<FMA>(x, std::f32::consts::LOG2_E, ROUNDER);
    let whole = shifted - ROUNDER;
    // ln 2 in two parts, the first exact in few bits (Cody and Waite).
    let rest = fma::<FMA>(whole, -0.693_359_4, x);
    let rest = fma::<FMA>(whole, 2.121_944_4e-4, rest);
    // The Taylor series; |rest| is at most 0.347.
    let mut value = 1.0 / 5040.0;
    for coefficient in [
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ] {
        value = fma::<FMA>(value, rest, coefficient);
    }
    let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f80_0000));
    value * power
}

/// `ln(x)` to a relative error of 2e-7 for positive numbers of full precision (1.2e-38 and more).
#[inline(always)]
pub fn ln<const FMA: bool>(x: f32) -> f32 {
    // The root of one half: mantissas run from there to the root of two.
    const LEAST: u32 = 0x3f35_04f3;
    let power = x.to_bits().wrapping_sub(LEAST) as i32 >> 23;
    let mantissa = f32::from_bits(x.to_bits().wrapping_sub((power << 23) as u32));
    let power = power as f32;
    let f = mantissa - 1.0;
    // Cephes, logf.c.
    let mut series = 7.037_683_6e-2;
    for coefficient in [
        -1.151_461e-1,
        1.167_699_9e-1,
        -1.242_014_1e-1,
        1.424_932_3e-1,
        -1.666_805_8e-1,
        2.000_071_5e-1,
        -2.499_999_4e-1,
        3.333_333e-1,
    ] {
        series = fma::<FMA>(series, f, coefficient);
    }
    let square = f * f;
    let rest = fma::<FMA>(series * f, square, power * -2.121_944_4e-4);
    let rest = fma::<FMA>(square, -0.5, rest);
    fma::<FMA>(power, 0.693_359_4, f + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sigmoid_is_as_good_as_its_type() {
        for at in -2000..2000 {
            let x = at as f32 * 0.05;
            let expected = 1.0 / (1.0 + (-f64::from(x)).exp());
            for found in [sigmoid::<true>(x), sigmoid::<false>(x)] {
                let error = (f64::from(found) - expected).abs();
                assert!(
                    error < 3e-7 * expected + 1e-37,
                    "{x}: {found} for {expected}"
                );
            }
        }
    }

    #[test]
    fn the_logarithm_is_as_good_as_its_type() {
        for at in -4000..4000 {
            let x = (at as f32 * 0.02).exp();
            let expected = f64::from(x).ln();
            for found in [ln::<true>(x), ln::<false>(x)] {
                let error = (f64::from(found) - expected).abs();
                assert!(
                    error < 2e-7 * expected.abs() + 1e-8,
                    "{x}: {found} for {expected}"
                );
            }
        }
    }

    #[test]
    fn sums_take_every_term_once() {
        for length in [0, 1, 63, 64, 65, 200] {
            let expected = (length * (length + 1) / 2) as f32;
            assert_eq!(
                sum_of(length, |at| (at + 1) as f32).to_bits(),
                expected.to_bits()
            );
        }
    }
}
