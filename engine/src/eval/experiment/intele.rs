//! `InTeLe`'s experiment (METHODS 1.4, 1.5; the paper's Table 2 and Figure 4): trained on swaps with obvious
//! artifacts, tested on swaps with few, beside a plain classifier, LGSC, and itself without `f_SC`.

use crate::eval::experiment::{Budget, Experiment, Published, Row, TestGroup};

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
            method: "ce-xception",
            // The encoder of the others: every size is exactly half of the one before.
            overrides: "[method_config]\nis_aligned = true",
        },
        Row {
            id: "lgsc",
            label: "LGSC",
            about: "A decoder draws spoof cues, which are to be zero for pristine faces",
            method: "lgsc",
            overrides: "",
        },
        Row {
            id: "intele-without-sc",
            label: "InTeLe without f_SC",
            about: "Both decoders rebuild faces of their kind; no shallow classifier looks at what they draw",
            method: "intele",
            overrides: "[method_config]\nhas_semantic_classifier = false",
        },
        Row {
            id: "intele",
            label: "InTeLe",
            about: "Two decoders, and the shallow classifier f_SC that is to move artifacts into one of them",
            method: "intele",
            overrides: "",
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
        Budget {
            preset: "paper",
            // 20 pictures a batch on Xception as published; the paper gives no number of steps and no size
            // (METHODS 1.4), so ten passes over 32 frames of 720 pristine and 1440 swapped clips.
            overrides: "steps = 34_560\n\
                        batch_size = 20\n\
                        size_px = 320\n\
                        frames_per_clip = 32\n\
                        validate_every = 3_456\n\
                        validation_batches = 100\n\
                        checkpoint_every = 864\n\
                        [method_config]\n\
                        width = 1.0\n\
                        middle_blocks = 8\n\
                        sampling = \"natural\"\n\
                        augmentation = \"none\"",
        },
    ],
    // Celeb-DF holds swaps alone, and so does the paper's training set (METHODS 1.4).
    trained_on: &["swap", "Deepfakes", "FaceSwap"],
    groups: &[
        TestGroup {
            name: "swaps",
            techniques: &["swap", "Celeb-synthesis", "Deepfakes", "FaceSwap"],
        },
        TestGroup {
            name: "all techniques",
            techniques: &[],
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
            ("ce", &[(69.8, Some(1.0)), (61.6, Some(0.8)), (83.0, None)]),
            (
                "lgsc",
                &[(71.0, Some(1.8)), (64.1, Some(1.3)), (84.8, None)],
            ),
            (
                "intele-without-sc",
                &[(71.3, Some(1.0)), (65.3, Some(0.5)), (84.4, None)],
            ),
            (
                "intele",
                &[(73.8, Some(1.1)), (68.1, Some(1.4)), (86.4, None)],
            ),
        ],
    },
};
