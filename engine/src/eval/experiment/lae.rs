//! LAE's experiments (METHODS 3.3 to 3.5; the paper's Tables 3, 4 and 6 and its Figure 4): trained on one way of
//! forging, tested on that and on others.

use crate::eval::experiment::{Begins, Budget, Point, Recipe, Row, Techniques, TestGroup};

/// Of LAE, in every preset: the first stage's share of the steps, then a row's own keys of the method.
macro_rules! recipes {
    ($own:expr) => {
        &[
            $crate::eval::experiment::lae::recipe(
                "laptop",
                "lae",
                concat!("[method_config]\nstage1_steps = 1200\n", $own),
            ),
            $crate::eval::experiment::lae::recipe(
                "paper",
                "lae",
                concat!("[method_config]\nstage1_steps = 90_000\n", $own),
            ),
        ]
    };
}

/// So many masks in an order.
macro_rules! masks {
    ($count:literal, $order:literal) => {
        recipes!(concat!(
            "num_masks = ",
            $count,
            "\norder = \"",
            $order,
            "\""
        ))
    };
}

/// Accuracies in percent on the target and on the source.
macro_rules! published {
    ($target:literal, $source:literal) => {
        &[Some(($target, None)), Some(($source, None))] as $crate::eval::experiment::PublishedRow
    };
}

mod lambda;
mod masks;
mod paper;

pub use lambda::LAMBDA;
pub use masks::MASKS;
pub use paper::PAPER;

/// What is trained on: ours, and that of `FaceForensics++` in the paper.
const SOURCE: &[&str] = &["reenact", "Face2Face"];

/// The paper's target, and ours like it.
const SWAPS: &[&str] = &["swap", "FaceSwap"];

const fn recipe(preset: &'static str, method: &'static str, overrides: &'static str) -> Recipe {
    Recipe {
        preset,
        method,
        method_preset: preset,
        overrides,
    }
}

/// The first stage, with every loss and without a mask.
const SHARED: &[Recipe] = recipes!("");

/// A row that is trained whole, from random numbers.
const fn afresh(
    id: &'static str,
    label: &'static str,
    about: &'static str,
    recipes: &'static [Recipe],
) -> Row {
    Row {
        id,
        label,
        about,
        recipes,
        begins: Begins::Afresh,
        point: None,
    }
}

/// A row that goes on from the shared first stage.
const fn further(
    id: &'static str,
    label: &'static str,
    about: &'static str,
    recipes: &'static [Recipe],
) -> Row {
    Row {
        begins: Begins::FromShared,
        ..afresh(id, label, about, recipes)
    }
}

const LABELS_ALONE: Row = Row {
    point: Some(Point {
        masks: 0,
        order: "",
        against: None,
    }),
    ..further(
        "no-masks",
        "No masks",
        "As many further steps as with masks, on labels alone",
        recipes!("num_masks = 0"),
    )
};

/// What two cores can train: a first stage, then a short second one.
const LAPTOP_BUDGET: &str = "steps = 1450\n\
                             batch_size = 32\n\
                             size_px = 128\n\
                             frames_per_clip = 40\n\
                             validate_every = 200\n\
                             validation_batches = 6\n\
                             checkpoint_every = 200\n\
                             [method_config]\n\
                             sampling = \"balanced\"\n\
                             augmentation = \"mirror\"";

/// 20 and 9 passes over 288,000 faces in batches of 64; the paper tells no number of passes (METHODS 3.4).
const PAPER_BUDGET: &str = "steps = 130_500\n\
                            batch_size = 64\n\
                            size_px = 256\n\
                            frames_per_clip = 200\n\
                            validate_every = 4_500\n\
                            validation_batches = 100\n\
                            checkpoint_every = 1_500\n\
                            [method_config]\n\
                            sampling = \"balanced\"\n\
                            augmentation = \"none\"";

const BUDGETS: &[Budget] = &[
    Budget {
        preset: "laptop",
        overrides: LAPTOP_BUDGET,
    },
    Budget {
        preset: "paper",
        overrides: PAPER_BUDGET,
    },
];

/// What was never trained on, what was, and what is most like the paper's target.
const GROUPS: &[TestGroup] = &[
    TestGroup {
        name: "unseen techniques",
        techniques: Techniques::AllBut(SOURCE),
    },
    TestGroup {
        name: "the technique trained on",
        techniques: Techniques::These(SOURCE),
    },
    TestGroup {
        name: "swaps",
        techniques: Techniques::These(SWAPS),
    },
];

const COLUMNS: &[&str] = &["FaceSwap, accuracy", "Face2Face, accuracy"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unseen_and_what_is_trained_on_share_nothing() {
        let [unseen, source, swaps] = PAPER.groups else {
            panic!("not three groups");
        };
        for name in SOURCE {
            assert!(!unseen.techniques.has(name) && source.techniques.has(name));
            assert!(PAPER.learns(Some(name)) && !swaps.techniques.has(name));
        }
        assert!(unseen.techniques.has("FaceSwap") && !PAPER.learns(Some("inpaint")));
    }
}
