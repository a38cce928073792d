//! The paper's Table 6: how labels and masks weigh against each other in the second stage.

use crate::eval::experiment::lae::{BUDGETS, COLUMNS, GROUPS, SHARED, SOURCE, further};
use crate::eval::experiment::{Experiment, Published};

/// Weights of the second stage, with 100 masks.
macro_rules! weights {
    ($id:literal, $label_1:literal, $label_2:literal) => {
        further(
            $id,
            concat!("λ₁ = ", $label_1, ", λ₂ = ", $label_2),
            "",
            recipes!(concat!(
                "num_masks = 100\norder = \"active\"\nlambda1 = ",
                $label_1,
                "\nlambda2 = ",
                $label_2
            )),
        )
    };
}

pub const LAMBDA: Experiment = Experiment {
    method: "lae",
    name: "lambda",
    title: "How much masks weigh against labels",
    question: "In the second stage λ₁ weighs labels and λ₂ weighs masks. Which do forgeries of kinds that were never \
               trained on want?",
    rows: &[
        weights!("1-1", "1.0", "1.0"),
        weights!("1-half", "1.0", "0.5"),
        weights!("1-tenth", "1.0", "0.1"),
        weights!("half-1", "0.5", "1.0"),
        weights!("half-half", "0.5", "0.5"),
        weights!("half-tenth", "0.5", "0.1"),
        weights!("tenth-1", "0.1", "1.0"),
        weights!("tenth-half", "0.1", "0.5"),
        weights!("tenth-tenth", "0.1", "0.1"),
    ],
    reference: "half-1",
    budgets: BUDGETS,
    trained_on: SOURCE,
    groups: GROUPS,
    published: Published {
        about: "Table 6 of the paper: accuracy in percent on FaceSwap, which was not trained on, and on Face2Face, \
                which was, of one training each. Other data and a full-size network: not to be compared number by \
                number, only in its order",
        columns: COLUMNS,
        rows: &[
            ("1-1", published!(55.12, 95.96)),
            ("1-half", published!(52.54, 96.02)),
            ("1-tenth", published!(50.02, 96.08)),
            ("half-1", published!(60.17, 92.14)),
            ("half-half", published!(56.31, 94.48)),
            ("half-tenth", published!(51.02, 95.94)),
            ("tenth-1", published!(58.17, 91.07)),
            ("tenth-half", published!(53.20, 92.67)),
            ("tenth-tenth", published!(50.94, 95.02)),
        ],
    },
    shared: SHARED,
    is_within: true,
    has_attention: true,
};
