//! DID's experiments (METHODS 2.6, 2.7; the paper's tables and Figure 5): trained on four ways of forging,
//! tested on those and on others, beside the backbone alone and itself without a part; then with another
//! set of techniques in the place of DFFD.

use crate::eval::experiment::{
    Begins, Budget, Experiment, Published, Recipe, Row, Techniques, TestGroup,
};

/// Nothing but the backbone and its classifier.
const BCE: &str = "[method_config]\nhas_attention = false\nalpha = 1.0";
const WITHOUT_A_DOM: &str = "[method_config]\nhas_domain_attention = false";
const WITHOUT_T: &str = "[method_config]\nhas_decorrelation = false";
const ALPHA_0: &str = "[method_config]\nalpha = 0.0";
const ALPHA_1: &str = "[method_config]\nalpha = 1.0";

/// Ours, and those of `FaceForensics++`, in the paper's experiment.
const FOUR_KINDS: &[&str] = &[
    "swap",
    "reenact",
    "texture",
    "inpaint",
    "Deepfakes",
    "Face2Face",
    "FaceSwap",
    "NeuralTextures",
];

/// Ours in the place of DFFD's, and DFFD's without the videos of `DeepFaceLab`, as in the paper.
const OTHER_KINDS: &[&str] = &[
    "swap",
    "resynth",
    "recolor",
    "faceapp",
    "stargan",
    "pggan_v1",
    "pggan_v2",
    "stylegan_celeba",
    "stylegan_ffhq",
    "Deepfakes",
    "Face2Face",
    "FaceSwap",
    "NeuralTextures",
];

/// A row in every preset; the presets are called as the method's.
const fn recipes(overrides: &'static str) -> [Recipe; 3] {
    [
        recipe("laptop", overrides),
        recipe("paper", overrides),
        recipe("paper-resnet50", overrides),
    ]
}

const fn recipe(preset: &'static str, overrides: &'static str) -> Recipe {
    Recipe {
        preset,
        method: "did",
        method_preset: preset,
        overrides,
    }
}

const BACKBONE_ROW: Row = Row {
    id: "bce",
    label: "Backbone + BCE",
    about: "The backbone with its classifier alone, by cross entropy: nothing is pulled apart",
    recipes: &recipes(BCE),
    begins: Begins::Afresh,
    point: None,
};

const DID_ROW: Row = Row {
    id: "did",
    label: "DID",
    about: "Attention to what says forged and to what says how, kept apart by the network T",
    recipes: &recipes(""),
    begins: Begins::Afresh,
    point: None,
};

/// What two cores can train, with so many faces in a batch.
macro_rules! laptop_budget {
    ($batch_size:literal) => {
        concat!(
            "steps = 600\n\
             batch_size = ",
            $batch_size,
            "\n\
             size_px = 128\n\
             frames_per_clip = 16\n\
             validate_every = 100\n\
             validation_batches = 8\n\
             checkpoint_every = 150\n\
             [method_config]\n\
             alpha = 0.5\n\
             sampling = \"per_domain\"\n\
             augmentation = \"strong\""
        )
    };
}

/// 20 times 6000 steps, of three faces of each domain; the paper tells the 6000, and no number of epochs
/// (METHODS 2.6). "All frames" are so many at most.
const PAPER_BUDGET: &str = "steps = 120_000\n\
                            batch_size = 15\n\
                            size_px = 224\n\
                            frames_per_clip = 270\n\
                            validate_every = 6_000\n\
                            validation_batches = 200\n\
                            checkpoint_every = 1_500\n\
                            [method_config]\n\
                            alpha = 0.5\n\
                            sampling = \"per_domain\"\n\
                            augmentation = \"none\"";

const fn budgets(laptop: &'static str) -> [Budget; 3] {
    [
        budget("laptop", laptop),
        budget("paper", PAPER_BUDGET),
        budget("paper-resnet50", PAPER_BUDGET),
    ]
}

const fn budget(preset: &'static str, overrides: &'static str) -> Budget {
    Budget { preset, overrides }
}

/// Everything, what was trained on, and what was not.
const fn groups(known: &'static [&'static str]) -> [TestGroup; 3] {
    [
        group("all techniques", Techniques::All),
        group("known techniques", Techniques::These(known)),
        group("unknown techniques", Techniques::AllBut(known)),
    ]
}

const fn group(name: &'static str, techniques: Techniques) -> TestGroup {
    TestGroup { name, techniques }
}

pub const PAPER: Experiment = Experiment {
    method: "did",
    name: "paper",
    title: "What says forged, apart from what says how",
    question: "Does a detector that pulls apart what says that a face was forged and what says how it was \
               forged find forgeries that it was not trained on? The paper trains on FaceForensics++ and \
               tests on Celeb-DF; each row without a part shows what that part is worth",
    rows: &[
        BACKBONE_ROW,
        DID_ROW,
        Row {
            id: "without-domain-attention",
            label: "DID without A_dom",
            about: "No attention picks, of the rest, what says how",
            recipes: &recipes(WITHOUT_A_DOM),
            begins: Begins::Afresh,
            point: None,
        },
        Row {
            id: "without-t",
            label: "DID without T",
            about: "Nothing keeps the two apart but the two classifiers",
            recipes: &recipes(WITHOUT_T),
            begins: Begins::Afresh,
            point: None,
        },
        Row {
            id: "alpha-0",
            label: "DID, α = 0",
            about: "The AUC loss alone, without cross entropy",
            recipes: &recipes(ALPHA_0),
            begins: Begins::Afresh,
            point: None,
        },
        Row {
            id: "alpha-1",
            label: "DID, α = 1",
            about: "Cross entropy alone, without the AUC loss",
            recipes: &recipes(ALPHA_1),
            begins: Begins::Afresh,
            point: None,
        },
    ],
    reference: "did",
    // Five of each domain: pristine and four techniques.
    budgets: &budgets(laptop_budget!(25)),
    trained_on: FOUR_KINDS,
    groups: &groups(FOUR_KINDS),
    published: Published {
        about: "The paper's comparison and ablations: AUC in percent on Celeb-DF v2 and FaceForensics++ after \
                training on FaceForensics++ (c23), and EER in percent on Celeb-DF v2, of one training each. \
                Other data and full-size networks: not to be compared number by number, only in its order",
        columns: &[
            "Celeb-DF v2",
            "FaceForensics++",
            "Celeb-DF v2, EER (smaller is better)",
        ],
        rows: &[
            (
                "did",
                &[Some((77.9, None)), Some((97.0, None)), Some((28.6, None))],
            ),
            (
                "without-domain-attention",
                &[Some((76.3, None)), None, Some((30.2, None))],
            ),
            ("without-t", &[Some((75.9, None)), None, Some((30.5, None))]),
            ("alpha-0", &[Some((38.0, None)), None, None]),
            ("alpha-1", &[Some((76.3, None)), None, None]),
        ],
    },
    shared: &[],
    is_within: false,
    has_attention: false,
};

pub const DFFD: Experiment = Experiment {
    method: "did",
    name: "dffd",
    title: "The same with other ways of forging",
    question: "Does what DID gains hold with another training set? The paper trains on DFFD, most of which is \
               no swap, and tests on Celeb-DF v2",
    rows: &[BACKBONE_ROW, DID_ROW],
    reference: "bce",
    // Six of each domain: pristine and three techniques.
    budgets: &budgets(laptop_budget!(24)),
    trained_on: OTHER_KINDS,
    groups: &groups(OTHER_KINDS),
    published: Published {
        about: "The paper's table of training on DFFD: AUC and EER in percent on Celeb-DF v2, of one training \
                each. Other data and full-size networks: not to be compared number by number, only in its order",
        columns: &[
            "Celeb-DF v2, EfficientNetV2-L",
            "Celeb-DF v2, ResNet50",
            "EER, EfficientNetV2-L (smaller is better)",
            "EER, ResNet50",
        ],
        rows: &[
            (
                "bce",
                &[
                    Some((71.6, None)),
                    Some((62.0, None)),
                    Some((34.4, None)),
                    Some((41.1, None)),
                ],
            ),
            (
                "did",
                &[
                    Some((76.3, None)),
                    Some((72.7, None)),
                    Some((30.2, None)),
                    Some((33.2, None)),
                ],
            ),
        ],
    },
    shared: &[],
    is_within: false,
    has_attention: false,
};
