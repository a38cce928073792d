//! Reads and writes the files of evaluations on the thread `evaluation-files`, so that the window never waits for a
//! disk. Lives in `App`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Context, Rect, ScreenshotCallback, ViewportCommand};
use seam_engine::detectors::models;
use seam_engine::eval::report::{Evaluation, Histogram};
use seam_engine::eval::scores::ScoreRow;
use seam_engine::eval::table;
use seam_engine::media::png;

use crate::evaluation::{Brush, BrushedItem, ChosenModel, OpenEvaluation, table_text};
use crate::in_turn::InTurn;
use crate::state::State;

/// Wishes that may wait.
const MAX_WISHES: usize = 16;

/// Dropping it ends the thread after the wish in hand.
pub struct Clerk {
    work: InTurn<Wish, Answer>,
    asked_models: bool,
}

/// What is to be done.
pub enum Wish {
    /// Which methods have a model.
    Models,
    /// Looks into the folder of a model or of a run.
    Model(PathBuf),
    /// Reads a record.
    Record(PathBuf),
    /// Lists the items of a bar, from the table of the scores.
    Brush {
        brush: Box<Brush>,
        scores: PathBuf,
        histogram: Box<Histogram>,
    },
    /// Writes the numbers and curves.
    Table {
        path: PathBuf,
        evaluation: Arc<Evaluation>,
    },
    /// Writes a part of the window, in pixels.
    Picture {
        path: PathBuf,
        window: Arc<egui::ColorImage>,
        part: Rect,
    },
}

enum Answer {
    Models(Vec<String>),
    Model(Result<ChosenModel, String>),
    Record(Result<Box<OpenEvaluation>, String>),
    Brush(Box<Brush>),
    Written(Result<PathBuf, String>),
}

impl Clerk {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// When it could not be started.
    pub fn new(ctx: &Context) -> std::io::Result<Self> {
        let ctx = ctx.clone();
        let wake = move || ctx.request_repaint();
        Ok(Self {
            work: InTurn::start("evaluation-files", MAX_WISHES, answer, wake)?,
            asked_models: false,
        })
    }

    /// Never waits; `false` where too many wishes wait already.
    pub fn ask(&self, wish: Wish) -> bool {
        self.work.ask(wish)
    }

    /// Has the part of the window that is given in points written as a picture, once it is drawn next.
    pub fn picture(&self, ctx: &Context, path: PathBuf, part: Rect) {
        let wishes = self.work.wishes();
        let part = part * ctx.pixels_per_point();
        let callback = ScreenshotCallback::new(move |window| {
            // Where too many wishes wait, nothing is written and nothing is told.
            wishes.try_send(Wish::Picture { path, window, part }).ok();
        });
        ctx.send_viewport_cmd(ViewportCommand::Screenshot(callback));
    }

    /// Brings what the thread told to the state.
    pub fn update(&mut self, state: &mut State) {
        if !self.asked_models {
            self.asked_models = self.ask(Wish::Models);
        }
        let evaluations = &mut state.evaluations;
        for answer in self.work.answers() {
            match answer {
                Answer::Models(names) => evaluations.with_model = names,
                Answer::Model(Ok(model)) => {
                    evaluations.form.model = Some(model);
                    evaluations.error = None;
                }
                Answer::Record(Ok(mut opened)) => {
                    let tested = opened.evaluation.data.as_ref();
                    let hash = tested.map(|data| data.manifest_sha256.as_str());
                    let known = hash.and_then(|hash| state.datasets.with_hash(hash));
                    opened.data = known.map(Path::to_owned);
                    evaluations.show(*opened);
                }
                Answer::Model(Err(error)) | Answer::Record(Err(error)) => {
                    tracing::error!(target: "seam_app", "{error}");
                    evaluations.error = Some(error);
                }
                Answer::Brush(brush) => {
                    let is_wanted = |own: &Brush| {
                        (&own.record, own.result, own.bar)
                            == (&brush.record, brush.result, brush.bar)
                    };
                    if evaluations.brush.as_ref().is_some_and(is_wanted) {
                        evaluations.brush = Some(*brush);
                    }
                }
                Answer::Written(written) => {
                    evaluations.notice = Some(match written {
                        Ok(path) => format!("Written to {}", path.display()),
                        Err(error) => error,
                    });
                }
            }
        }
    }
}

fn answer(wish: Wish) -> Answer {
    match wish {
        Wish::Models => Answer::Models(models::methods_with_model(&[])),
        Wish::Model(path) => Answer::Model(model(&path)),
        Wish::Record(path) => Answer::Record(record(&path)),
        Wish::Brush {
            mut brush,
            scores,
            histogram,
        } => {
            brush.items = Some(items(&scores, &histogram, brush.bar));
            Answer::Brush(brush)
        }
        Wish::Table { path, evaluation } => {
            let written = std::fs::write(&path, table_text(&evaluation));
            Answer::Written(told(path, written))
        }
        Wish::Picture { path, window, part } => {
            let [width, height] = window.size;
            let end = |at: f32, size: usize| (at.max(0.0) as usize).min(size);
            let (left, right) = (end(part.left(), width), end(part.right(), width));
            let (top, bottom) = (end(part.top(), height), end(part.bottom(), height));
            let rows = (top..bottom).map(|y| &window.pixels[y * width + left..y * width + right]);
            let rgb: Vec<u8> = rows
                .flatten()
                .flat_map(|pixel| [pixel.r(), pixel.g(), pixel.b()])
                .collect();
            let size = [(right - left) as u32, (bottom - top) as u32];
            Answer::Written(told(path.clone(), png::write_rgb(&path, size, &rgb)))
        }
    }
}

fn told(path: PathBuf, written: std::io::Result<()>) -> Result<PathBuf, String> {
    match written {
        Ok(()) => Ok(path),
        Err(err) => Err(format!("Could not write the export: {err}\nFile: {path:?}")),
    }
}

fn model(path: &Path) -> Result<ChosenModel, String> {
    let dir = models::folder_of(path)
        .ok_or_else(|| format!("There is no model in the folder\nFolder: {path:?}"))?;
    let found = models::read(&dir)
        .map_err(|err| format!("The model cannot be read: {err}\nFolder: {dir:?}"))?;
    Ok(ChosenModel {
        dir: found.dir,
        name: found.name,
        method: found.method,
    })
}

fn record(path: &Path) -> Result<Box<OpenEvaluation>, String> {
    let failed = |why: String| format!("Could not read the evaluation: {why}\nFile: {path:?}");
    let text = std::fs::read_to_string(path).map_err(|err| failed(err.to_string()))?;
    let evaluation: Evaluation =
        serde_json::from_str(&text).map_err(|err| failed(err.to_string()))?;
    Ok(Box::new(OpenEvaluation {
        record: path.to_owned(),
        data: None,
        evaluation: Arc::new(evaluation),
    }))
}

/// The items with faces in a bar, those with most of them first.
fn items(scores: &Path, histogram: &Histogram, bar: usize) -> Result<Vec<BrushedItem>, String> {
    let table = table::read(scores).map_err(|err| err.to_string())?;
    let [low, high] = histogram.ends_of(bar);
    let middle = 0.5 * (low + high);
    let mut items: BTreeMap<(String, bool), (usize, ScoreRow)> = BTreeMap::new();
    for row in table.set.rows {
        if histogram.bar_of(row.logit) != bar {
            continue;
        }
        let key = (row.path.clone(), row.is_manipulated);
        let (faces, nearest) = items.entry(key).or_insert_with(|| (0, row.clone()));
        *faces += 1;
        if (row.logit - middle).abs() < (nearest.logit - middle).abs() {
            *nearest = row;
        }
    }
    let item = |((path, is_manipulated), (faces, row)): (_, (usize, ScoreRow))| BrushedItem {
        path,
        technique: row.technique,
        is_manipulated,
        faces,
        logit: row.logit,
        frame_index: row.frame_index,
        pts_secs: row.pts_secs,
    };
    let mut items: Vec<BrushedItem> = items.into_iter().map(item).collect();
    items.sort_by(|a, b| b.faces.cmp(&a.faces).then_with(|| a.path.cmp(&b.path)));
    Ok(items)
}
