//! What a round comes to, in words.

use crate::data::annotations::{Change, Measured, RandomRound};
use crate::detectors::card::Interval;

/// Says what changed, and whether the masks did more than as many of faces drawn by chance.
pub fn words(
    masks: usize,
    before: &Measured,
    after: &Measured,
    change: &Change,
    random: Result<&RandomRound, &str>,
) -> String {
    let mut text = format!("With {} ", counted(masks, "mask", "masks"));
    text += &match (
        &before.attention_in_mask,
        &after.attention_in_mask,
        &change.attention_in_mask,
    ) {
        (Some(before), Some(after), Some(change)) => format!(
            "the share of the model's attention inside the exact masks of held-out faces went from {:.2} to {:.2} \
             ({}). ",
            before.value,
            after.value,
            by(change)
        ),
        _ => {
            "the model was trained on; held-out faces have no masks to hold its attention against. "
                .to_owned()
        }
    };
    if let (Some(before), Some(after), Some(change)) =
        (&before.accuracy, &after.accuracy, &change.accuracy)
    {
        text += &format!(
            "Accuracy went from {:.1} % to {:.1} % ({}). ",
            100.0 * before.value,
            100.0 * after.value,
            verdict(
                change,
                "it rose",
                "it fell",
                "whether that is a change cannot be told"
            )
        );
    }
    text + &match random {
        Ok(random) => beside_chance(random),
        Err(reason) => format!("There is nothing to compare it with: {reason}."),
    }
}

fn beside_chance(random: &RandomRound) -> String {
    let masks = counted(random.masks, "exact mask", "exact masks");
    let faces = if random.masks == 1 { "a face" } else { "faces" };
    let attention = random.gain.attention_in_mask.as_ref();
    let Some(gain) = attention.or(random.gain.accuracy.as_ref()) else {
        return format!("Beside {masks} of {faces} drawn by chance nothing can be told.");
    };
    let what = if attention.is_some() {
        "attention inside the masks"
    } else {
        "accuracy"
    };
    let verdict = verdict(
        gain,
        "on these clips these masks taught it more than that draw; another draw may do better",
        "on these clips these masks taught it less than that draw; another draw may do worse",
        "whether these masks beat chance cannot be told",
    );
    format!(
        "Beside a model trained alike with {masks} of {faces} drawn once by chance, its {what} is {:+.3} \
         (95 % interval {:+.3} to {:+.3}): {verdict}.",
        gain.value, gain.low, gain.high
    )
}

fn by(change: &Interval) -> String {
    let Interval {
        value, low, high, ..
    } = change;
    let verdict = verdict(
        change,
        "it looks there more",
        "it looks there less",
        "whether that is a change cannot be told",
    );
    format!("{value:+.3}, 95 % interval {low:+.3} to {high:+.3}: {verdict}")
}

fn verdict<'a>(change: &Interval, up: &'a str, down: &'a str, neither: &'a str) -> &'a str {
    if 0.0 < change.low {
        up
    } else if change.high < 0.0 {
        down
    } else {
        neither
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    let word = if count == 1 { one } else { many };
    format!("{count} {word}")
}
