//! Words of the trade in plain sentences: no jargon without a tooltip.

/// Terms, in lower case, with a sentence that needs none of the others.
const TERMS: &[(&str, &str)] = &[
    (
        "accuracy",
        "The share of faces that were called what they are, manipulated or pristine, at one fixed limit.",
    ),
    (
        "adaptation",
        "How a method that was trained on some manipulations learns to hold for others.",
    ),
    (
        "auc",
        "How often a manipulated face scores higher than a pristine one, each drawn by chance: 0.5 is guessing, 1 is never wrong.",
    ),
    (
        "backbone",
        "The large part of a network that turns a picture into features, often trained on other pictures before.",
    ),
    (
        "batch",
        "So many faces are learned from at once, before the network changes.",
    ),
    (
        "bits per dimension",
        "How surprising a color value is to a model of pristine faces; the fewer bits, the more it was expected.",
    ),
    (
        "bits/dim",
        "How surprising a color value is to a model of pristine faces; the fewer bits, the more it was expected.",
    ),
    (
        "calibrated",
        "Measured on faces that the model did not learn from, so that 0.9 was right about nine times in ten there.",
    ),
    (
        "not calibrated",
        "Nobody measured how often such scores are right; only their order can be read.",
    ),
    (
        "cam",
        "A map of where in the face the features lie that speak for manipulation.",
    ),
    (
        "class activation",
        "A map of where in the face the features lie that speak for manipulation.",
    ),
    (
        "checkpoint",
        "The state of a training on disk, from which it can go on.",
    ),
    (
        "codec",
        "How the pictures of the clip were packed; packing loses detail, and traces with it.",
    ),
    (
        "compression",
        "Packing a clip smaller, which loses fine detail and can hide traces or leave its own.",
    ),
    (
        "confidence interval",
        "If the clips were drawn anew many times, the number would lie in here 95 times of 100.",
    ),
    (
        "confusion",
        "A table of what faces are against what they were called.",
    ),
    (
        "container",
        "The kind of file: what holds pictures and sound together.",
    ),
    (
        "domain",
        "Where a face comes from: a data set, a camera, a kind of manipulation.",
    ),
    (
        "eer",
        "The share of errors at the limit where as many pristine faces are called manipulated as the other way round.",
    ),
    ("epoch", "Once through all faces of the training data."),
    (
        "f0",
        "What the network would draw if the face were pristine.",
    ),
    (
        "f1",
        "What the network would draw if the face were manipulated.",
    ),
    (
        "gate",
        "What decides whether a face is large, sharp and frontal enough for a method to speak.",
    ),
    (
        "held out",
        "Kept apart from training, so that it can be measured fairly.",
    ),
    ("histogram", "How many faces have which score."),
    (
        "intake",
        "Reading, hashing and counting a file before anything is analyzed.",
    ),
    (
        "keyframe",
        "A frame that is stored whole; the ones after it only store what changed.",
    ),
    ("learning rate", "How far the network changes at each step."),
    (
        "log-likelihood",
        "How well a pixel fits what a model of pristine faces expects there; low is unusual.",
    ),
    (
        "logit",
        "The raw number a network gives before it is squeezed between 0 and 1; above 0 speaks for manipulation.",
    ),
    (
        "loss",
        "How wrong the network still is on what it learns from; it should fall.",
    ),
    (
        "manifest",
        "A list of clips with what is known of each: pristine or manipulated, how, and of whom.",
    ),
    (
        "mask",
        "Which pixels are manipulated, as a picture: white are, black are not.",
    ),
    (
        "m_df",
        "A map of traces that manipulation leaves, as the network separates them from the rest.",
    ),
    (
        "m_dom",
        "A map of traces that the camera or data set leaves, kept apart so that they are not taken for manipulation.",
    ),
    (
        "preset",
        "A set of numbers to train with, made for a laptop or taken from the paper.",
    ),
    ("pristine", "Not manipulated, as far as is known."),
    (
        "quantile",
        "The value that a given share of the faces lies below.",
    ),
    (
        "re-encoding",
        "Packing a clip once more, as messengers and sites do; it weakens fine traces.",
    ),
    (
        "residual",
        "What is left of a picture when the part that was expected is taken away.",
    ),
    (
        "roc",
        "A curve of manipulated faces found against pristine faces wrongly accused, over all limits.",
    ),
    (
        "score",
        "How strongly a method objects, from 0 to 1; the share of errors is another matter.",
    ),
    (
        "seed",
        "The number that chance begins with: the same seed gives the same run.",
    ),
    (
        "sha-256",
        "A fingerprint of the file: change one bit, and it is another.",
    ),
    (
        "split",
        "Which part of the data is for learning, which for choosing, which for the last measurement.",
    ),
    ("step", "One batch of faces learned from."),
    ("track", "The same face followed from frame to frame."),
    (
        "validation",
        "Measuring, during a training, on faces that it does not learn from.",
    ),
    (
        "variable rate",
        "Frames do not all last equally long; times are counted from the file, not from frame numbers.",
    ),
    ("weights", "The numbers of a network that training changes."),
];

/// The sentence of the first and longest term in these words; `None` where there is none.
pub fn explain(words: &str) -> Option<&'static str> {
    let words = words.to_lowercase();
    TERMS
        .iter()
        .filter(|(term, _)| has_word(&words, term))
        .max_by_key(|(term, _)| term.len())
        .map(|(_, sentence)| *sentence)
}

/// Whether the term is there, not as a part of another word; a plural is the same word.
fn has_word(words: &str, term: &str) -> bool {
    words.match_indices(term).any(|(at, _)| {
        let before = words[..at].chars().next_back();
        let after = &words[at + term.len()..];
        let after = after.strip_prefix('s').unwrap_or(after).chars().next();
        [before, after]
            .iter()
            .flatten()
            .all(|letter| !letter.is_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_has_one_plain_sentence() {
        for (term, sentence) in TERMS {
            assert_eq!(*term, term.to_lowercase());
            assert!(sentence.ends_with('.') && sentence.len() < 160, "{term}");
            assert_eq!(sentence.matches(". ").count(), 0, "{term}");
            let words = sentence.to_lowercase();
            // None of the hard words explains another one.
            for hard in [
                "logit", "auc", "eer", "roc", "quantile", "epoch", "residual", "backbone",
            ] {
                assert!(
                    hard == *term || !has_word(&words, hard),
                    "{term} says {hard}"
                );
            }
            assert!(
                !words.contains("fake") && !words.contains("authentic"),
                "{term}"
            );
        }
    }

    #[test]
    fn terms_are_found_in_what_panes_print() {
        for words in [
            "SHA-256",
            "Codec",
            "Signs of re-encoding",
            "2.40 bits per dimension",
            "Logits",
            "M_df",
        ] {
            assert!(explain(words).is_some(), "{words}");
        }
        assert_eq!(explain("Logit"), explain("logits, of all faces"));
        assert_ne!(explain("not calibrated"), explain("calibrated"));
    }

    #[test]
    fn parts_of_words_are_no_terms() {
        assert_eq!(explain("camera"), None);
        assert_eq!(explain("stepping"), None);
        assert_eq!(explain("process"), None);
    }
}
