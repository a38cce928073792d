//! How the learning rate changes over a training.

use std::f64::consts::PI;

/// Rises over the first `warmup_steps`, then falls along half a cosine to `final_share` of `rate` at
/// the last step.
pub fn learning_rate(rate: f64, step: u64, steps: u64, warmup_steps: u64, final_share: f64) -> f64 {
    if step < warmup_steps {
        return rate * (step + 1) as f64 / warmup_steps as f64;
    }
    let length = steps.saturating_sub(warmup_steps + 1).max(1) as f64;
    let done = ((step - warmup_steps) as f64 / length).min(1.0);
    let height = 0.5 * (1.0 + (PI * done).cos());
    rate * (final_share + (1.0 - final_share) * height)
}

/// `rate` times `share` for each of the steps `drops` that is reached.
pub fn dropped(rate: f64, step: u64, drops: &[u64], share: f64) -> f64 {
    let reached = drops.iter().filter(|drop| **drop <= step);
    reached.fold(rate, |rate, _| rate * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rises_falls_and_ends_at_its_share() {
        let at = |step| learning_rate(1.0, step, 110, 10, 0.02);
        assert_eq!(at(0), 0.1);
        assert_eq!(at(9), 1.0);
        assert_eq!(at(10), 1.0);
        assert!((at(109) - 0.02).abs() < 1e-12);
        assert!((10..109).all(|step| at(step + 1) < at(step)));
    }

    #[test]
    fn a_share_of_one_keeps_the_rate() {
        assert!((0..50).all(|step| learning_rate(2e-4, step, 50, 0, 1.0) == 2e-4));
    }

    #[test]
    fn the_rate_drops_when_a_step_is_reached_and_stays_down() {
        let at = |step| dropped(1.0, step, &[5, 8], 0.5);
        assert_eq!(
            [at(4), at(5), at(7), at(8), at(100)],
            [1.0, 0.5, 0.5, 0.25, 0.25]
        );
        assert_eq!(dropped(2.0, 100, &[], 0.5), 2.0);
    }
}
