//! One evaluation from start to end: what is wanted, its results, and their files.

use std::fs;
use std::path::Path;

use crate::data::Split;
use crate::device;
use crate::eval::experiment::check_apart;
use crate::eval::facts::Data;
use crate::eval::folds::Bench;
use crate::eval::page::page;
use crate::eval::probe::probe;
use crate::eval::protocol::Protocol;
use crate::eval::report::{Average, DataRecord, Evaluation, MethodResult, ProtocolRecord, SCHEMA};
use crate::eval::scored_split::ScoredSplit;
use crate::eval::scoring::Crops;
use crate::eval::{
    EvalError, EvalSettings, EvalWork, Evaluated, ModelChoice, Train, caveats, experiment, foreign,
    models, table,
};
use crate::faces::Aligner;
use crate::faces::align::CropRule;
use crate::job::JobContext;

/// The record and the page in the folder of the results.
const RECORD_FILE: &str = "eval.json";
const PAGE_FILE: &str = "index.html";

/// Crops of the probe alone; their size does not matter to it.
const PROBE_RULE: CropRule = CropRule {
    size_px: 128,
    margin: 1.3,
    is_aligned: true,
};

/// Evaluates, and writes record, page and scores into the folder of the results.
pub fn evaluate(
    settings: &EvalSettings,
    train: Train<'_>,
    job: &mut JobContext,
) -> Result<Evaluated, EvalError> {
    if settings.frames_per_item == 0 {
        return Err(EvalError::settings("no frame of an item would be scored"));
    }
    let mut evaluation = match &settings.work {
        EvalWork::Methods {
            names,
            protocol,
            model,
            calibrate,
        } => {
            let wish = Wish {
                names,
                protocol: *protocol,
                model,
                calibrate: *calibrate,
            };
            evaluate_methods(settings, &wish, train, job)?
        }
        EvalWork::Experiment(wish) => {
            let wish = experiment::Wish::of(wish, settings.seed)?;
            experiment::run(settings, &wish, train, job)?
        }
        EvalWork::Scores(path) => evaluate_scores(settings, path, job)?,
        EvalWork::Probe => evaluate_probe(settings, job)?,
    };
    evaluation.warnings = caveats::warnings(&evaluation);
    evaluation.caveats = caveats::caveats(&evaluation);
    let record =
        serde_json::to_string_pretty(&evaluation).expect("plain numbers and names are JSON");
    write_beside(&settings.out.join(RECORD_FILE), &record)?;
    let file = settings.out.join(PAGE_FILE);
    write_beside(&file, &page(&evaluation))?;
    Ok(Evaluated {
        evaluation,
        page: file,
    })
}

/// What is asked of methods.
struct Wish<'a> {
    names: &'a [String],
    protocol: Protocol,
    model: &'a ModelChoice,
    calibrate: bool,
}

impl Wish<'_> {
    /// Refuses wishes that do not go together, before any work.
    fn check(&self, settings: &EvalSettings) -> Result<(), EvalError> {
        let is_cross = self.protocol == Protocol::Cross;
        let reason = if is_cross && settings.test_data.is_none() {
            "the protocol cross needs a second manifest to test on"
        } else if !is_cross && settings.test_data.is_some() {
            "a second manifest to test on goes with the protocol cross alone"
        } else if !is_cross && settings.split == ScoredSplit::All {
            "all splits are scored only with a second manifest, which a model was not trained on"
        } else if self.calibrate && self.protocol.is_by_technique() {
            "a model is calibrated once, not anew for every technique left out"
        } else if matches!(self.model, ModelChoice::Folder(_)) && self.names.len() != 1 {
            "a given model is of one method; name that method"
        } else {
            return Ok(());
        };
        Err(EvalError::settings(reason))
    }

    fn in_words(&self, train: &Data, test: &Data, split: ScoredSplit) -> String {
        let split = split.in_words();
        let is_trained = matches!(self.model, ModelChoice::Train { .. });
        let (from, to) = (train.name(), test.name());
        match (self.protocol, is_trained) {
            (Protocol::OneTechnique, true) => format!(
                "For each technique, trained on it alone and everything pristine of the split train of {from}, \
                 and scored on both in {split}"
            ),
            (Protocol::KnownAndUnknown, true) => format!(
                "For each technique, trained on the split train of {from} twice, on the technique alone and on all \
                 others, and scored on it and everything pristine of {split}"
            ),
            (Protocol::LeaveOneOut, true) => format!(
                "For each technique, trained on the split train of {from} without it, and scored on it and \
                 everything pristine of {split}"
            ),
            (Protocol::LeaveOneOut | Protocol::OneTechnique | Protocol::KnownAndUnknown, false) => {
                format!(
                    "Each technique of {split} of {to} against everything pristine there, by models that \
                 this evaluation did not train"
                )
            }
            (_, true) => {
                format!("Trained on the split train of {from}, scored on {split} of {to}")
            }
            (_, false) => {
                format!("Scored on {split} of {to}, by models that this evaluation did not train")
            }
        }
    }
}

fn evaluate_methods(
    settings: &EvalSettings,
    wish: &Wish<'_>,
    train: Train<'_>,
    job: &mut JobContext,
) -> Result<Evaluation, EvalError> {
    wish.check(settings)?;
    let methods = models::methods(wish.names)?;
    let data = wanted_data(settings)?;
    let other = settings.test_data.as_deref().map(Data::read).transpose()?;
    let test = other.as_ref().unwrap_or(&data);
    if settings.split == ScoredSplit::All {
        check_apart(&data, test, settings.split)?;
    }
    let device = device::choose(settings.device)?;
    let mut bench = Bench {
        settings,
        protocol: wish.protocol,
        model: wish.model,
        calibrate: wish.calibrate,
        data: &data,
        test,
        places: test.of_split(settings.split)?,
        crops: Crops::open(settings, job)?,
        device: device.device.clone(),
        framing: None,
    };
    make_dir(&settings.out)?;
    let mut results = Vec::new();
    for method in methods {
        if let Some(of_method) = bench.results(method, train, job)? {
            results.extend(of_method);
            continue;
        }
        let reason = format!(
            "no trained model of the method {:?} was found",
            method.detector.name
        );
        if !wish.names.is_empty() {
            return Err(EvalError::settings(format!(
                "{reason}; give one, or have one trained"
            )));
        }
        job.warn(format!("Left out: {reason}"));
    }
    if results.is_empty() {
        return Err(EvalError::settings("no method has a trained model"));
    }
    let mut evaluation = empty(
        settings,
        wish.protocol.name(),
        wish.in_words(&data, test, settings.split),
        results,
    );
    evaluation.device = Some(format!("{} ({})", device.kind.name(), device.name));
    evaluation.aligner = Some(aligner_words(bench.crops.landmarker.aligner()));
    evaluation.data = Some(test.record(settings.split.name(), settings.frames_per_item));
    evaluation.train_data = other
        .is_some()
        .then(|| data.record(Split::Train.name(), settings.frames_per_item));
    evaluation.probe = bench
        .framing
        .and_then(|framing| probe(&framing.set.rows, &framing.geometry, settings.seed));
    Ok(evaluation)
}

fn evaluate_scores(
    settings: &EvalSettings,
    path: &Path,
    job: &mut JobContext,
) -> Result<Evaluation, EvalError> {
    job.tick("Reading scores", 0, None)?;
    let data = settings.data.as_deref().map(Data::read).transpose()?;
    let mut scores = table::read(path)?;
    foreign::fit_to(&mut scores, data.as_ref(), settings.split, path)?;
    job.tick("Measuring", 0, None)?;
    let name = path
        .file_stem()
        .unwrap_or(path.as_os_str())
        .to_string_lossy();
    let mut result = MethodResult::measure(&name, &scores.set, scores.has_videos, settings.seed)
        .ok_or_else(|| EvalError::settings("the scores cannot be compared"))?;
    result.calibration.applied = format!(
        "None: the scores were taken as they came, for {}",
        scores.scale
    );
    result.calibration.not_fitted = Some("the scores came from a table".to_owned());
    make_dir(&settings.out)?;
    result.scores_file = format!("scores-{}.csv", models::file_name(&name));
    table::write(&scores.set, &settings.out.join(&result.scores_file))?;
    let file = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy();
    let words = format!("Scores of another program, read from {file}");
    let mut evaluation = empty(settings, "scores", words, vec![result]);
    evaluation.data = data.map(|data| DataRecord {
        sampling: "As the other program did".to_owned(),
        ..data.record(settings.split.name(), 0)
    });
    Ok(evaluation)
}

fn evaluate_probe(settings: &EvalSettings, job: &mut JobContext) -> Result<Evaluation, EvalError> {
    let data = wanted_data(settings)?;
    let crops = Crops::open(settings, job)?;
    let places: Vec<usize> = (0..data.manifest.items.len()).collect();
    let seen = crops.look(&data, &places, PROBE_RULE, job)?;
    seen.check(&data, "the manifest")?;
    let found = probe(&seen.set.rows, &seen.geometry, settings.seed)
        .ok_or_else(|| data.wrong("a probe needs faces of at least two sources"))?;
    make_dir(&settings.out)?;
    let words = format!(
        "The framing of {} faces of {} items in all splits of {}",
        seen.set.rows.len(),
        seen.num_videos(),
        data.name()
    );
    let mut evaluation = empty(settings, "probe", words, Vec::new());
    evaluation.aligner = Some(aligner_words(crops.landmarker.aligner()));
    evaluation.data = Some(data.record("all", settings.frames_per_item));
    evaluation.probe = Some(found);
    Ok(evaluation)
}

fn wanted_data(settings: &EvalSettings) -> Result<Data, EvalError> {
    let path = settings.data.as_deref();
    Data::read(path.ok_or_else(|| EvalError::settings("no manifest was given"))?)
}

/// A record with what every evaluation knows.
pub fn empty(
    settings: &EvalSettings,
    name: &str,
    in_words: String,
    results: Vec<MethodResult>,
) -> Evaluation {
    let mut methods: Vec<&str> = Vec::new();
    for result in &results {
        if !methods.contains(&result.method.as_str()) {
            methods.push(&result.method);
        }
    }
    let averages = methods.iter().flat_map(|method| {
        let kinds = [true, false].into_iter();
        kinds.filter_map(|is_known| Average::of(method, is_known, &results))
    });
    Evaluation {
        schema: SCHEMA.to_owned(),
        seam: env!("CARGO_PKG_VERSION").to_owned(),
        protocol: ProtocolRecord {
            name: name.to_owned(),
            in_words,
        },
        seed: settings.seed,
        device: None,
        aligner: None,
        data: None,
        train_data: None,
        averages: averages.collect(),
        results,
        probe: None,
        experiment: None,
        warnings: Vec::new(),
        caveats: Vec::new(),
    }
}

pub fn aligner_words(aligner: Aligner) -> String {
    match aligner {
        Aligner::Dlib68 => "dlib's 68 landmarks".to_owned(),
        Aligner::BoxEstimate => {
            "an estimate from the face's box: no landmark model is installed".to_owned()
        }
    }
}

pub fn make_dir(dir: &Path) -> Result<(), EvalError> {
    fs::create_dir_all(dir).map_err(|source| EvalError::Write {
        path: dir.to_owned(),
        source,
    })
}

fn write_beside(path: &Path, text: &str) -> Result<(), EvalError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    fs::write(&beside, text)
        .and_then(|()| fs::rename(&beside, path))
        .map_err(|source| EvalError::Write {
            path: path.to_owned(),
            source,
        })
}
