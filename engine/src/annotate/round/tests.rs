//! What a round's numbers are, and what they come to in words.

use super::held_out::Answers;
use super::words::words;
use crate::data::annotations::RandomRound;
use crate::eval::metrics::Scored;

/// Eight clips of two faces, the last six manipulated; `edge` moves the logits of manipulated faces, `inside` is the
/// share of their attention inside the mask in the first frame, and a bit more in the second.
fn answers(edge: f64, inside: f64) -> Answers {
    let faces = (0..16).map(|at| {
        let clip = at / 2;
        let is_manipulated = 2 <= clip;
        let ripple = 0.01 * (at * 7 % 5) as f64;
        let score = if is_manipulated { edge } else { -0.5 };
        let scored = Scored {
            is_manipulated,
            score: score + ripple,
            clip,
        };
        let attention = is_manipulated.then_some([inside + ripple, 0.25]);
        (scored, attention)
    });
    let (scored, attention) = faces.unzip();
    Answers::new(scored, attention)
}

#[test]
fn numbers_are_those_of_the_faces_with_intervals_around_them() {
    let measured = answers(1.0, 0.5).measured(1);
    assert_eq!((measured.faces, measured.clips), (16, 8));
    assert_eq!(measured.accuracy.unwrap().value, 1.0);
    assert_eq!(measured.auc.unwrap().value, 1.0);
    assert_eq!(measured.mask_area, Some(0.25));
    let attention = measured.attention_in_mask.unwrap();
    assert!((0.5..0.54).contains(&attention.value));
    assert!(attention.low <= attention.value && attention.value <= attention.high);
    assert!(attention.low < attention.high);
    // All manipulated faces are taken for pristine: half of the kinds is right.
    let worse = answers(-1.0, 0.2).measured(1);
    assert_eq!(worse.accuracy.unwrap().value, 0.5);
    assert_eq!(worse.auc.unwrap().value, 0.0);
}

#[test]
fn changes_are_drawn_in_pairs() {
    let change = answers(1.0, 0.5).above(&answers(1.0, 0.2), 1);
    let attention = change.attention_in_mask.unwrap();
    assert!((attention.value - 0.3).abs() < 1e-9);
    // The ripple is the same in both: every draw gives the same difference.
    assert!(attention.high - attention.low < 1e-9, "{attention:?}");
    assert_eq!(change.auc.unwrap().value, 0.0);
}

#[test]
fn the_sentence_says_what_can_be_told() {
    let round = |own: &Answers, before: &Answers, chance: Option<&Answers>| {
        let change = own.above(before, 1);
        let random = chance.map(|chance| RandomRound {
            masks: 10,
            model: "models/round-1-random/model".to_owned(),
            after: chance.measured(1),
            gain: own.above(chance, 1),
        });
        let random = random.as_ref().ok_or("the data has no exact masks");
        words(10, &before.measured(1), &own.measured(1), &change, random)
    };
    let text = round(
        &answers(1.0, 0.5),
        &answers(1.0, 0.2),
        Some(&answers(1.0, 0.3)),
    );
    assert!(
        text.starts_with("With 10 masks the share of the model's attention inside the exact masks"),
        "{text}"
    );
    assert!(text.contains("from 0.22 to 0.52"), "{text}");
    assert!(text.contains("it looks there more"), "{text}");
    assert!(
        text.contains("its attention inside the masks is +0.200"),
        "{text}"
    );
    assert!(
        text.ends_with("taught it more than that draw; another draw may do better."),
        "{text}"
    );
    let same = answers(1.0, 0.5);
    let text = round(&same, &same, Some(&same));
    assert!(
        text.contains("whether that is a change cannot be told"),
        "{text}"
    );
    assert!(
        text.ends_with("whether these masks beat chance cannot be told."),
        "{text}"
    );
    let text = round(&answers(1.0, 0.1), &same, None);
    assert!(text.contains("it looks there less"), "{text}");
    assert!(
        text.ends_with("nothing to compare it with: the data has no exact masks."),
        "{text}"
    );
}
