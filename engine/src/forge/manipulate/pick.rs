//! Chooses among a person's samples the one that looks most like the shape wanted, and stays with it.

use crate::forge::manipulate::Points;
use crate::forge::manipulate::steady::distance;

/// Frames for which a sample is kept before another may follow.
const MIN_HOLD: u32 = 8;

/// A new sample must be closer than this share of the present one's distance.
const MIN_GAIN: f32 = 0.75;

/// Frames over which one sample passes into the next.
const FADE: u32 = 6;

/// The chosen sample, and the one that still fades out with its share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pick {
    pub sample: usize,
    pub fading: Option<(usize, f32)>,
}

#[derive(Clone, Debug)]
pub struct Picker {
    shapes: Vec<Points>,
    current: Option<usize>,
    previous: usize,
    /// Frames since the current sample was chosen.
    age: u32,
}

impl Picker {
    /// Canonical shapes, at least one.
    pub fn new(shapes: Vec<Points>) -> Self {
        Self {
            shapes,
            current: None,
            previous: 0,
            age: 0,
        }
    }

    /// Chooses without regard to the past.
    pub fn restart(&mut self) {
        self.current = None;
    }

    pub fn next(&mut self, shape: &Points) -> Pick {
        self.age = self.age.saturating_add(1);
        let distances: Vec<f32> = self.shapes.iter().map(|of| unlikeness(of, shape)).collect();
        let best = (0..distances.len())
            .min_by(|a, b| distances[*a].total_cmp(&distances[*b]))
            .unwrap_or_default();
        match self.current {
            None => {
                self.current = Some(best);
                // Nothing fades into the first sample.
                self.age = FADE;
            }
            Some(current)
                if MIN_HOLD <= self.age && distances[best] < MIN_GAIN * distances[current] =>
            {
                self.previous = current;
                self.current = Some(best);
                self.age = 0;
            }
            Some(_) => {}
        }
        let share = 1.0 - (self.age + 1) as f32 / (FADE + 1) as f32;
        Pick {
            sample: self.current.unwrap_or(best),
            fading: (self.age < FADE).then_some((self.previous, share)),
        }
    }
}

/// Mean distance of points, with eyes and mouth counted more: they cannot be warped into each other.
pub fn unlikeness(a: &Points, b: &Points) -> f32 {
    let weight = |at: usize| match at {
        36..48 => 1.5,
        60..68 => 3.0,
        48..60 => 1.5,
        _ => 1.0,
    };
    let pairs = a.iter().zip(b).enumerate();
    pairs
        .map(|(at, (a, b))| weight(at) * distance(*a, *b))
        .sum::<f32>()
        / 68.0
}

/// How far the lips are apart, in face widths (canonical shape).
pub fn mouth_gap(shape: &Points) -> f32 {
    let gap = |upper: usize, lower: usize| distance(shape[upper], shape[lower]);
    (gap(61, 67) + gap(62, 66) + gap(63, 65)) / 3.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::manipulate::mesh::canonical_face;

    fn turned(by: f32) -> Points {
        canonical_face().map(|[x, y]| [x + by * y, y])
    }

    #[test]
    fn the_likest_sample_is_chosen_and_kept_against_small_changes() {
        let mut picker = Picker::new(vec![turned(-0.2), turned(0.0), turned(0.2)]);
        assert_eq!(
            picker.next(&turned(0.05)),
            Pick {
                sample: 1,
                fading: None
            }
        );
        for at in 0..40 {
            let swing = 0.1 + 0.01 * (at % 2) as f32;
            assert_eq!(picker.next(&turned(swing)).sample, 1);
        }
    }

    #[test]
    fn a_change_fades_and_then_is_done() {
        let mut picker = Picker::new(vec![turned(0.0), turned(0.2)]);
        for _ in 0..9 {
            picker.next(&turned(0.0));
        }
        let shares: Vec<f32> = (0..6)
            .map(|_| {
                picker.next(&turned(0.2)).fading.map_or(0.0, |(of, share)| {
                    assert_eq!(of, 0);
                    share
                })
            })
            .collect();
        assert!(
            shares.is_sorted_by(|a, b| a > b) && shares[0] < 0.9,
            "{shares:?}"
        );
        assert_eq!(
            picker.next(&turned(0.2)),
            Pick {
                sample: 1,
                fading: None
            }
        );
    }
}
