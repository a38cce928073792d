//! `InTeLe`'s experiment (METHODS 1.4, 1.5; the paper's Table 2 and Figure 4): trained on swaps with obvious
//! artifacts, tested on swaps with few, beside a plain classifier, LGSC, and itself without `f_SC`.

use crate::eval::experiment::{
    Begins, Budget, Experiment, Published, Recipe, Row, Techniques, TestGroup,
};

const ALIGNED: &str = "[method_config]\nis_aligned = true";

/// The whole network learns from the first step, as in the other rows.
const CE_PAPER: &str = "[method_config]\nis_aligned = true\nhead_steps = 0\npristine_weight = 1.0";
const CE_PAPER_B5: &str = "[method_config]\nhead_steps = 0\npristine_weight = 1.0";

/// After 5, 8 and 12 of 15 parts, as published, of these steps.
const LGSC_DROPS: &str = "[method_config]\nrate_drops = [34_560, 55_296, 82_944]";
const LGSC_B5: &str = "[method_config]\n\
                       backbone = \"efficientnet-b5\"\n\
                       rate_drops = [43_200, 69_120, 103_680]";

const WITHOUT_SC: &str = "[method_config]\nhas_semantic_classifier = false";

pub const PAPER: Experiment = Experiment {
    method: "intele",
    name: "paper",
    title: "From crude swaps to careful ones",
    question: "Who learns from swaps with obvious artifacts what also shows in swaps without them? The paper \
               trains on FaceForensics++ and tests on Celeb-DF: InTeLe is to keep the artifacts out of what \
               its classifier sees, and f_SC is what keeps them out",
    rows: &[
        Row {
            id: "ce",
            label: "CE (X→Y)",
            about: "The encoder with a linear layer, by cross entropy alone",
            recipes: &[
                // The encoder of the others: every size is exactly half of the one before.
                Recipe {
                    preset: "laptop",
                    method: "ce-xception",
                    method_preset: "laptop",
                    overrides: ALIGNED,
                },
                Recipe {
                    preset: "paper",
                    method: "ce-xception",
                    method_preset: "paper",
                    overrides: CE_PAPER,
                },
                Recipe {
                    preset: "paper-b5",
                    method: "ce-efficientnet-b5",
                    method_preset: "paper",
                    overrides: CE_PAPER_B5,
                },
            ],
            begins: Begins::Afresh,
            point: None,
        },
        Row {
            id: "lgsc",
            label: "LGSC",
            about: "A decoder draws spoof cues, which are to be zero for pristine faces",
            recipes: &[
                Recipe {
                    preset: "laptop",
                    method: "lgsc",
                    method_preset: "laptop",
                    overrides: "",
                },
                Recipe {
                    preset: "paper",
                    method: "lgsc",
                    method_preset: "paper-xception",
                    overrides: LGSC_DROPS,
                },
                Recipe {
                    preset: "paper-b5",
                    method: "lgsc",
                    method_preset: "paper-xception",
                    overrides: LGSC_B5,
                },
            ],
            begins: Begins::Afresh,
            point: None,
        },
        Row {
            id: "intele-without-sc",
            label: "InTeLe without f_SC",
            about: "Both decoders rebuild faces of their kind; no shallow classifier looks at what they draw",
            recipes: &[
                Recipe {
                    preset: "laptop",
                    method: "intele",
                    method_preset: "laptop",
                    overrides: WITHOUT_SC,
                },
                Recipe {
                    preset: "paper",
                    method: "intele",
                    method_preset: "paper",
                    overrides: WITHOUT_SC,
                },
                Recipe {
                    preset: "paper-b5",
                    method: "intele",
                    method_preset: "paper-b5",
                    overrides: WITHOUT_SC,
                },
            ],
            begins: Begins::Afresh,
            point: None,
        },
        Row {
            id: "intele",
            label: "InTeLe",
            about: "Two decoders, and the shallow classifier f_SC that is to move artifacts into one of them",
            recipes: &[
                Recipe {
                    preset: "laptop",
                    method: "intele",
                    method_preset: "laptop",
                    overrides: "",
                },
                Recipe {
                    preset: "paper",
                    method: "intele",
                    method_preset: "paper",
                    overrides: "",
                },
                Recipe {
                    preset: "paper-b5",
                    method: "intele",
                    method_preset: "paper-b5",
                    overrides: "",
                },
            ],
            begins: Begins::Afresh,
            point: None,
        },
    ],
    reference: "ce",
    budgets: &[
        Budget {
            preset: "laptop",
            overrides: "steps = 1200\n\
                        batch_size = 24\n\
                        size_px = 128\n\
                        frames_per_clip = 16\n\
                        validate_every = 150\n\
                        validation_batches = 8\n\
                        checkpoint_every = 150\n\
                        [method_config]\n\
                        width = 0.25\n\
                        middle_blocks = 4\n\
                        sampling = \"balanced\"\n\
                        augmentation = \"strong\"",
        },
        // The paper gives no number of steps and no size (METHODS 1.4): 30 passes over 32 frames of 720
        // pristine and 1440 swapped clips.
        Budget {
            preset: "paper",
            overrides: "steps = 103_680\n\
                        batch_size = 20\n\
                        size_px = 320\n\
                        frames_per_clip = 32\n\
                        validate_every = 3_456\n\
                        validation_batches = 100\n\
                        checkpoint_every = 864\n\
                        [method_config]\n\
                        sampling = \"natural\"\n\
                        augmentation = \"none\"",
        },
        Budget {
            preset: "paper-b5",
            overrides: "steps = 129_600\n\
                        batch_size = 16\n\
                        size_px = 448\n\
                        frames_per_clip = 32\n\
                        validate_every = 4_320\n\
                        validation_batches = 125\n\
                        checkpoint_every = 1_080\n\
                        [method_config]\n\
                        sampling = \"natural\"\n\
                        augmentation = \"none\"",
        },
    ],
    // Celeb-DF holds swaps alone, and so does the paper's training set (METHODS 1.4).
    trained_on: &["swap", "Deepfakes", "FaceSwap"],
    groups: &[
        TestGroup {
            name: "swaps",
            techniques: Techniques::These(&["swap", "Celeb-synthesis", "Deepfakes", "FaceSwap"]),
        },
        TestGroup {
            name: "all techniques",
            techniques: Techniques::All,
        },
    ],
    published: Published {
        about: "Table 2 of the paper: AUC in percent on Celeb-DF after training on FaceForensics++, mean ± \
                standard deviation of 3 runs, and accuracy in percent on the FaceForensics++ benchmark. Other \
                data and full-size networks: not to be compared number by number, only in its order",
        columns: &[
            "Celeb-DF, EfficientNet-B5",
            "Celeb-DF, Xception",
            "FF++ benchmark, EfficientNet-B5",
        ],
        rows: &[
            (
                "ce",
                &[
                    Some((69.8, Some(1.0))),
                    Some((61.6, Some(0.8))),
                    Some((83.0, None)),
                ],
            ),
            (
                "lgsc",
                &[
                    Some((71.0, Some(1.8))),
                    Some((64.1, Some(1.3))),
                    Some((84.8, None)),
                ],
            ),
            (
                "intele-without-sc",
                &[
                    Some((71.3, Some(1.0))),
                    Some((65.3, Some(0.5))),
                    Some((84.4, None)),
                ],
            ),
            (
                "intele",
                &[
                    Some((73.8, Some(1.1))),
                    Some((68.1, Some(1.4))),
                    Some((86.4, None)),
                ],
            ),
        ],
    },
    shared: &[],
    is_within: false,
    has_attention: false,
};
