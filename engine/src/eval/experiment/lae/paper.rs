//! The paper's Table 4 with the baselines of its Table 3: what each loss and what masks are worth.

use crate::eval::experiment::lae::{
    BUDGETS, COLUMNS, GROUPS, LABELS_ALONE, SHARED, SOURCE, afresh, further, recipe,
};
use crate::eval::experiment::{Begins, Experiment, Published, Row};

/// Some losses of the first stage alone, as long as the shared one is.
macro_rules! first_stage {
    ($losses:literal) => {
        &[
            recipe(
                "laptop",
                "lae",
                concat!(
                    "steps = 700\n[method_config]\nstage1_steps = 700\n",
                    $losses
                ),
            ),
            recipe(
                "paper",
                "lae",
                concat!(
                    "steps = 90_000\n[method_config]\nstage1_steps = 90_000\n",
                    $losses
                ),
            ),
        ]
    };
}

pub const PAPER: Experiment = Experiment {
    method: "lae",
    name: "paper",
    title: "What masks of a few faces are worth",
    question: "Does a detector that is shown on some faces where they were forged find forgeries of kinds that it \
               was never shown? The paper trains on Face2Face and tests on FaceSwap; each row without a loss shows \
               what that loss is worth",
    rows: &[
        afresh(
            "xception",
            "Xception",
            "A plain classifier, by cross entropy",
            &[
                recipe("laptop", "ce-xception", ""),
                recipe("paper", "ce-xception", ""),
            ],
        ),
        afresh(
            "forensic-transfer",
            "ForensicTransfer",
            "An autoencoder whose latent vector has a part for each kind, on differences of pixels; without masks",
            &[
                recipe("laptop", "forensic-transfer", ""),
                recipe("paper", "forensic-transfer", ""),
            ],
        ),
        afresh(
            "rec",
            "LAE_rec",
            "Reconstruction alone: nothing says which faces were forged",
            first_stage!("alpha2 = 0.0"),
        ),
        afresh(
            "latent",
            "LAE_latent",
            "The loss of the latent vector's two parts alone: nothing is reconstructed",
            first_stage!("alpha1 = 0.0"),
        ),
        afresh(
            "latent-pixel",
            "LAE_latent_pixel",
            "Both, with the pixels' part of the reconstruction loss alone",
            first_stage!("beta2 = 0.0\nbeta3 = 0.0"),
        ),
        Row {
            begins: Begins::IsShared,
            ..afresh(
                "latent-rec",
                "LAE_latent_rec",
                "Both, with the whole reconstruction loss: the first stage, which the rows below go on from",
                SHARED,
            )
        },
        Row {
            point: None,
            ..LABELS_ALONE
        },
        further(
            "lae-100",
            "LAE, 100 masks",
            "The first stage, then attention to the masks of 100 faces, chosen actively",
            masks!(100, "active"),
        ),
        further(
            "lae-400",
            "LAE, 400 masks",
            "The same with 400 faces",
            masks!(400, "active"),
        ),
    ],
    reference: "latent-rec",
    budgets: BUDGETS,
    trained_on: SOURCE,
    groups: GROUPS,
    published: Published {
        about: "Tables 3 and 4 of the paper: accuracy in percent on FaceSwap, which was not trained on, and on \
                Face2Face, which was, of one training each. It has no row of further steps without masks. Other \
                data and full-size networks: not to be compared number by number, only in its order",
        columns: COLUMNS,
        rows: &[
            ("xception", published!(49.94, 98.02)),
            ("forensic-transfer", published!(52.81, 93.91)),
            ("rec", published!(49.46, 50.39)),
            ("latent", published!(50.70, 95.82)),
            ("latent-pixel", published!(50.58, 96.57)),
            ("latent-rec", published!(50.54, 96.92)),
            ("lae-100", published!(60.17, 92.14)),
            ("lae-400", published!(63.15, 90.93)),
        ],
    },
    shared: SHARED,
    is_within: true,
    has_attention: true,
};
