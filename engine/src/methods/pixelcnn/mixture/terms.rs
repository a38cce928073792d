//! Logarithm of a bin's probability in 32 bits, in the form that neither cancels nor overflows.
//!
//! With the bin from b to a in units of the scale, `s(a) - s(b) = s(a) s(-b) (1 - exp(b - a))`, so its
//! logarithm is `-softplus(-a) - softplus(b) + ln(1 - exp(b - a))`. Every softplus splits into its linear
//! part and `ln(1 + exp(-|x|))`; what stands behind a logarithm is multiplied first.

use crate::nn::kernels::vector::{exp, fma};

const HALF_BIN: f32 = 1.0 / 255.0;
/// `ln(2 / 255)`.
const LOG_BIN: f32 = -4.848_116;
const LEAST_LOG_SCALE: f32 = -7.0;
/// Beyond these only networks that have diverged go; sums of so many stay finite.
const MOST_LOG_SCALE: f32 = 1e6;
const FARTHEST: f32 = 1e10;

/// One channel under one component: `ln p = linear + ln(factor)`.
pub struct Term {
    pub linear: f32,
    /// 5e-4 to 1.
    pub factor: f32,
    /// Derivatives of `ln p`.
    pub to_mean: f32,
    pub to_log_scale: f32,
}

/// `value` is the bin's center, -1 to 1; `mean` that of the component for this channel, with what the
/// channels before add to it.
#[inline(always)]
pub fn term<const FMA: bool>(value: f32, mean: f32, raw_log_scale: f32) -> Term {
    let log_scale = raw_log_scale.clamp(LEAST_LOG_SCALE, MOST_LOG_SCALE);
    let sharpness = exp::<FMA>(-log_scale);
    let width = 2.0 * HALF_BIN * sharpness;
    let centered = value - mean;
    let a = ((centered + HALF_BIN) * sharpness).clamp(-FARTHEST, FARTHEST);
    let b = ((centered - HALF_BIN) * sharpness).clamp(-FARTHEST, FARTHEST);
    let has_upper = if value > 0.999 { 0.0 } else { 1.0 };
    let has_lower = if value < -0.999 { 0.0 } else { 1.0 };
    let is_inner = has_upper * has_lower;
    let (small_a, small_b) = (exp::<FMA>(-a.abs()), exp::<FMA>(-b.abs()));
    let fall = exp::<FMA>(-width);
    let part = filled::<FMA>(width, fall);
    let inner_part = if is_inner > 0.5 { part } else { 1.0 };

    let ends = has_upper * (-a).max(0.0) + has_lower * b.max(0.0);
    let (over_a, over_b) = (1.0 + small_a, 1.0 + small_b);
    let all_a = if has_upper > 0.5 { over_a } else { 1.0 };
    let all_b = if has_lower > 0.5 { over_b } else { 1.0 };
    // s(-a) and s(b).
    let above = has_upper * if a > 0.0 { small_a } else { 1.0 } / over_a;
    let below = has_lower * if b > 0.0 { 1.0 } else { small_b } / over_b;
    let spread = below * b - above * a - is_inner * fall / part;
    Term {
        linear: is_inner * (LOG_BIN - log_scale) - ends,
        factor: inner_part / (all_a * all_b),
        to_mean: sharpness * (below - above),
        to_log_scale: if raw_log_scale < LEAST_LOG_SCALE {
            0.0
        } else {
            spread
        },
    }
}

/// `(1 - exp(-width)) / width`, where `fall` is `exp(-width)`.
#[inline(always)]
fn filled<const FMA: bool>(width: f32, fall: f32) -> f32 {
    let mut series = -1.0 / 720.0;
    for coefficient in [1.0 / 120.0, -1.0 / 24.0, 1.0 / 6.0, -0.5, 1.0] {
        series = fma::<FMA>(series, width, coefficient);
    }
    let direct = (1.0 - fall) / width.max(0.25);
    if width < 0.25 { series } else { direct }
}

/// Hyperbolic tangent.
#[inline(always)]
pub fn tanh<const FMA: bool>(x: f32) -> f32 {
    let fall = exp::<FMA>(-2.0 * x.abs());
    let value = (1.0 - fall) / (1.0 + fall);
    value.copysign(x)
}
