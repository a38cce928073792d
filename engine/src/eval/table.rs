//! Scores as a table: written by every evaluation, read from other programs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord, Writer};

use crate::data::Split;
use crate::detectors::card::probability;
use crate::eval::scores::{ScoreRow, ScoreSet};

/// The columns that are written, in this order.
pub const COLUMNS: [&str; 9] = [
    "path",
    "frame_index",
    "pts_secs",
    "source",
    "technique",
    "split",
    "label",
    "logit",
    "probability",
];

/// How unlikely the face is, where the method models a density; this column follows.
const BITS: &str = "bits_per_dim";

/// Before a domain's name: how much the face is like it. Such columns come last, where the method tells that.
const RESEMBLES: &str = "resembles_";

/// Names under which other programs write a column, the best first.
const LABELS: &[&str] = &["label", "labels", "target", "y", "y_true"];
const LOGITS: &[&str] = &["logit"];
const PROBABILITIES: &[&str] = &["probability", "prob", "p"];
const SCORES: &[&str] = &["score", "scores", "pred", "prediction", "y_score", "y_pred"];
const VIDEOS: &[&str] = &["path", "video", "video_path", "file", "filename", "name"];
const FRAMES: &[&str] = &["frame_index", "frame"];

/// The largest logit that a probability of 0 or 1 becomes: beyond that of any other probability.
const MAX_LOGIT: f64 = 750.0;

/// Why a table could not be used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("Could not read the scores: {source}\nFile: {path:?}")]
    Read { path: PathBuf, source: io::Error },
    #[error("Could not write the scores: {source}\nFile: {path:?}")]
    Write { path: PathBuf, source: io::Error },
    #[error("The scores have no column {wanted}; there are: {}\nFile: {path:?}", found.join(", "))]
    Column {
        path: PathBuf,
        wanted: String,
        found: Vec<String>,
    },
    #[error("Line {line} of the scores is wrong: {reason}\nFile: {path:?}")]
    Line {
        path: PathBuf,
        line: u64,
        reason: String,
    },
    #[error("There are no scores\nFile: {path:?}")]
    Empty { path: PathBuf },
}

/// A table of another program.
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignScores {
    pub set: ScoreSet,
    /// Whether a column told which video each row is of; else every row is a video of its own.
    pub has_videos: bool,
    /// What the scores were taken for, in words.
    pub scale: &'static str,
    /// Line of each row, for errors of those who look closer.
    pub lines: Vec<u64>,
}

/// Writes all rows, beside and renamed.
pub fn write(set: &ScoreSet, path: &Path) -> Result<(), TableError> {
    let failed = |source: io::Error| TableError::Write {
        path: path.to_owned(),
        source,
    };
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let mut writer = Writer::from_path(&beside).map_err(|err| failed(err.into()))?;
    let text = |number: Option<f64>| number.map(|value| value.to_string()).unwrap_or_default();
    let columns = COLUMNS.map(str::to_owned).into_iter();
    let has_bits = set.rows.iter().any(|row| row.bits_per_dim.is_some());
    let bits = has_bits.then(|| BITS.to_owned());
    let domains = set.domains.iter().map(|name| format!("{RESEMBLES}{name}"));
    writer
        .write_record(columns.chain(bits).chain(domains))
        .map_err(|err| failed(err.into()))?;
    for row in &set.rows {
        let frame = row.frame_index.map(|index| index.to_string());
        let cells = [
            row.path.clone(),
            frame.unwrap_or_default(),
            text(row.pts_secs),
            row.source.clone().unwrap_or_default(),
            row.technique.clone().unwrap_or_default(),
            row.split.map(Split::name).unwrap_or_default().to_owned(),
            u8::from(row.is_manipulated).to_string(),
            row.logit.to_string(),
            text(row.probability),
        ];
        let bits = row.bits_per_dim.as_ref().map(f32::to_string);
        let bits = has_bits.then(|| bits.unwrap_or_default());
        let share = |at| row.domains.get(at).map(f32::to_string).unwrap_or_default();
        let shares = (0..set.domains.len()).map(share);
        writer
            .write_record(cells.into_iter().chain(bits).chain(shares))
            .map_err(|err| failed(err.into()))?;
    }
    writer.flush().map_err(failed)?;
    drop(writer);
    fs::rename(&beside, path).map_err(failed)
}

/// Reads a table: a header, then a line for each frame or video. Needs a label (0 or 1, where 1 is
/// manipulated, or a word) and a score that is larger for manipulated ones.
///
/// A column `logit` or `probability` is taken for what it says; a `score` is a probability where all of
/// them lie from 0 to 1, else it only ranks.
pub fn read(path: &Path) -> Result<ForeignScores, TableError> {
    let failed = |source: io::Error| TableError::Read {
        path: path.to_owned(),
        source,
    };
    let mut reader = ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(path)
        .map_err(|err| failed(err.into()))?;
    let header = reader.headers().map_err(|err| failed(err.into()))?.clone();
    let columns = Columns::find(&header, path)?;
    let mut rows = Vec::new();
    let mut lines = Vec::new();
    for (at, record) in reader.records().enumerate() {
        let record = record.map_err(|err| match err.position().map(csv::Position::line) {
            Some(line) => TableError::Line {
                path: path.to_owned(),
                line,
                reason: err.to_string(),
            },
            None => failed(err.into()),
        })?;
        let line = record.position().map_or(at as u64 + 2, csv::Position::line);
        let row = columns
            .row(&record, at)
            .map_err(|reason| TableError::Line {
                path: path.to_owned(),
                line,
                reason,
            })?;
        rows.push(row);
        lines.push(line);
    }
    if rows.is_empty() {
        return Err(TableError::Empty {
            path: path.to_owned(),
        });
    }
    let scale = columns.scale(&mut rows);
    let has_videos = columns.video.is_some();
    Ok(ForeignScores {
        set: ScoreSet {
            rows,
            missed: Vec::new(),
            domains: columns.domains.into_iter().map(|(name, _)| name).collect(),
        },
        has_videos,
        scale,
        lines,
    })
}

/// Where each column is.
struct Columns {
    label: usize,
    logit: Option<usize>,
    probability: Option<usize>,
    score: Option<usize>,
    video: Option<usize>,
    frame: Option<usize>,
    pts_secs: Option<usize>,
    source: Option<usize>,
    technique: Option<usize>,
    split: Option<usize>,
    bits_per_dim: Option<usize>,
    /// Names of domains with their columns.
    domains: Vec<(String, usize)>,
}

impl Columns {
    fn find(header: &StringRecord, path: &Path) -> Result<Self, TableError> {
        let place = |names: &[&str]| {
            let mut names = names.iter();
            names.find_map(|name| header.iter().position(|own| own.eq_ignore_ascii_case(name)))
        };
        let missing = |wanted: &str| TableError::Column {
            path: path.to_owned(),
            wanted: wanted.to_owned(),
            found: header.iter().map(|name| format!("{name:?}")).collect(),
        };
        let columns = Self {
            label: place(LABELS).ok_or_else(|| missing("\"label\""))?,
            logit: place(LOGITS),
            probability: place(PROBABILITIES),
            score: place(SCORES),
            video: place(VIDEOS),
            frame: place(FRAMES),
            pts_secs: place(&["pts_secs"]),
            source: place(&["source"]),
            technique: place(&["technique", "method"]),
            split: place(&["split"]),
            bits_per_dim: place(&[BITS]),
            domains: header
                .iter()
                .enumerate()
                .filter_map(|(at, own)| Some((own.strip_prefix(RESEMBLES)?.to_owned(), at)))
                .collect(),
        };
        if columns
            .logit
            .or(columns.probability)
            .or(columns.score)
            .is_none()
        {
            return Err(missing("\"score\", \"probability\" or \"logit\""));
        }
        Ok(columns)
    }

    fn row(&self, record: &StringRecord, at: usize) -> Result<ScoreRow, String> {
        let text = |place: Option<usize>| {
            let text = place.and_then(|place| record.get(place));
            text.filter(|text| !text.is_empty())
        };
        let number = |place: Option<usize>, name: &str| -> Result<Option<f64>, String> {
            let Some(place) = place else { return Ok(None) };
            let text = record.get(place).unwrap_or_default();
            let value: Option<f64> = text.parse().ok().filter(|value: &f64| value.is_finite());
            value
                .map(Some)
                .ok_or_else(|| format!("the {name} is {text:?}, not a number"))
        };
        let probability = number(self.probability, "probability")?;
        if let Some(value) = probability.filter(|value| !(0.0..=1.0).contains(value)) {
            return Err(format!("the probability is {value}, not between 0 and 1"));
        }
        let logit = number(self.logit, "logit")?;
        let score = match logit.or(probability.map(logit_of)) {
            Some(logit) => Some(logit),
            None => number(self.score, "score")?,
        };
        Ok(ScoreRow {
            path: text(self.video).map_or_else(|| format!("row {}", at + 1), str::to_owned),
            frame_index: text(self.frame).and_then(|text| text.parse().ok()),
            pts_secs: text(self.pts_secs).and_then(|text| text.parse().ok()),
            source: text(self.source).map(str::to_owned),
            technique: text(self.technique).map(str::to_owned),
            split: split_of(text(self.split))?,
            is_manipulated: label_of(record.get(self.label).unwrap_or_default())?,
            logit: score.ok_or("there is no score")?,
            probability: probability.or(logit.map(probability_of)),
            domains: self.shares(record)?,
            bits_per_dim: text(self.bits_per_dim).map(bits_of).transpose()?,
        })
    }

    /// None where every cell is empty.
    fn shares(&self, record: &StringRecord) -> Result<Vec<f32>, String> {
        let cell = |at: usize| record.get(at).unwrap_or_default();
        if self.domains.iter().all(|(_, at)| cell(*at).is_empty()) {
            return Ok(Vec::new());
        }
        let share = |(name, at): &(String, usize)| {
            let value = cell(*at)
                .parse()
                .ok()
                .filter(|value: &f32| value.is_finite());
            value.ok_or_else(|| {
                format!("the resemblance to {name} is {:?}, not a number", cell(*at))
            })
        };
        self.domains.iter().map(share).collect()
    }

    /// Decides what a plain score is, and says so.
    fn scale(&self, rows: &mut [ScoreRow]) -> &'static str {
        if self.logit.is_some() {
            return "logits";
        }
        if self.probability.is_some() {
            return "probabilities";
        }
        if !rows.iter().all(|row| (0.0..=1.0).contains(&row.logit)) {
            return "numbers that only rank: no probability can be told from them";
        }
        for row in rows {
            row.probability = Some(row.logit);
            row.logit = logit_of(row.logit);
        }
        "probabilities, since all of them lie between 0 and 1"
    }
}

fn probability_of(logit: f64) -> f64 {
    probability(logit)
}

/// Keeps the order of probabilities, and stays finite.
fn logit_of(probability: f64) -> f64 {
    let logit = probability.ln() - (-probability).ln_1p();
    logit.clamp(-MAX_LOGIT, MAX_LOGIT)
}

fn bits_of(text: &str) -> Result<f32, String> {
    let value = text.parse().ok().filter(|value: &f32| value.is_finite());
    value.ok_or_else(|| format!("the {BITS} is {text:?}, not a number"))
}

fn label_of(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "1.0" | "manipulated" | "fake" | "true" => Ok(true),
        "0" | "0.0" | "pristine" | "real" | "false" => Ok(false),
        _ => Err(format!("the label is {text:?}, not 0 or 1")),
    }
}

fn split_of(text: Option<&str>) -> Result<Option<Split>, String> {
    let Some(text) = text else { return Ok(None) };
    let all = [Split::Train, Split::Val, Split::Test];
    let split = all.into_iter().find(|split| split.name() == text);
    split
        .map(Some)
        .ok_or_else(|| format!("the split is {text:?}, not train, val or test"))
}

#[cfg(test)]
mod tests;
