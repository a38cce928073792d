//! Why a face stands in the queue, in words.

use crate::data::annotations::{Chosen, Order, Why};
use crate::methods::lae::selection::{Candidate, Concepts, Ranked};

/// Channels that are named.
const MAX_NAMED: usize = 3;

/// Of one face at its place in the queue, counted from 1.
pub fn why(
    order: Order,
    ranked: &Ranked,
    candidate: &Candidate,
    concepts: Option<&Concepts>,
    place: usize,
    seed: u64,
) -> Why {
    let channels = concepts.map_or_else(Vec::new, |concepts| concepts.fired(&candidate.features));
    let text = match order {
        Order::Active => active(&channels),
        Order::Uncertainty => uncertain(candidate.logit),
        Order::Random => format!("Drawn by chance (seed {seed})"),
        Order::Asked => "Asked for by a person".to_owned(),
    };
    Why {
        order,
        value: ranked.value,
        channels,
        text: format!("{text}. Place {place} of this queue"),
    }
}

fn active(fired: &[Chosen]) -> String {
    let Some(first) = fired.first() else {
        return "No channel that marks manipulated faces is above its mean here".to_owned();
    };
    let mut text = format!(
        "Channel {} fires {:.1} deviations above its mean",
        first.channel, first.deviations
    );
    let named = &fired[1..fired.len().min(MAX_NAMED)];
    for other in named {
        text += &format!(", channel {} {:.1}", other.channel, other.deviations);
    }
    text += match named.len() {
        0 => ": it marks",
        1 => ": both mark",
        _ => ": all of them mark",
    };
    text + " manipulated faces in the training data"
}

fn uncertain(logit: f32) -> String {
    let side = if 0.0 < logit {
        "manipulated"
    } else {
        "pristine"
    };
    format!(
        "The model's score is {:.2} from undecided, on the side of {side}",
        logit.abs()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fired(deviations: &[f32]) -> Vec<Chosen> {
        let chosen = |(channel, deviations): (u32, &f32)| Chosen {
            channel,
            weight: 0.5,
            deviations: *deviations,
        };
        (3..).zip(deviations).map(chosen).collect()
    }

    #[test]
    fn the_channels_that_fire_most_are_named() {
        let check = |deviations: &[f32], expected: &str| {
            let text = active(&fired(deviations));
            assert_eq!(text, expected);
        };
        check(
            &[],
            "No channel that marks manipulated faces is above its mean here",
        );
        check(
            &[3.12],
            "Channel 3 fires 3.1 deviations above its mean: it marks manipulated faces in the training data",
        );
        check(
            &[3.12, 2.2],
            "Channel 3 fires 3.1 deviations above its mean, channel 4 2.2: both mark manipulated faces in the \
             training data",
        );
        check(
            &[9.0, 2.2, 1.0, 0.5],
            "Channel 3 fires 9.0 deviations above its mean, channel 4 2.2, channel 5 1.0: all of them mark \
             manipulated faces in the training data",
        );
        assert!(uncertain(-0.25).ends_with("0.25 from undecided, on the side of pristine"));
    }
}
