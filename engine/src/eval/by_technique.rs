//! A technique in a column, known and unknown in rows, as the tables of paper 003 have them: of protocols that
//! test one technique at a time.

mod published;

use crate::eval::report::{Evaluation, MethodResult};

pub use published::{Published, PublishedRow, published};

/// What one method reached by frame on each technique.
#[derive(Clone, Debug, PartialEq)]
pub struct TechniqueTable {
    /// `pixelcnn`.
    pub method: String,
    pub title: String,
    /// The columns, sorted.
    pub techniques: Vec<String>,
    pub rows: Vec<TechniqueRow>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TechniqueRow {
    /// What was trained on, in words.
    pub training: &'static str,
    /// One for each technique; `None` where it was not tested.
    pub cells: Vec<Option<FrameNumbers>>,
    /// The plain mean of the cells that there are.
    pub mean: FrameNumbers,
}

/// Numbers by frame, each from 0 to 1. Accuracies are at probability 0.5; `None` without probabilities.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameNumbers {
    pub auc: f64,
    /// With pristine and manipulated faces of equal weight.
    pub balanced_acc: Option<f64>,
    pub acc: Option<f64>,
}

/// What is told of each row, in this order.
pub const MEASURES: [&str; 3] = ["AUC", "Balanced accuracy", "Accuracy"];

/// One for each method, in the order of the results; none where techniques were not tested one at a time.
pub fn tables(evaluation: &Evaluation) -> Vec<TechniqueTable> {
    let mut tables: Vec<TechniqueTable> = Vec::new();
    for result in &evaluation.results {
        if technique_of(result).is_some() && !tables.iter().any(|own| own.method == result.method) {
            tables.extend(TechniqueTable::of(&result.method, &evaluation.results));
        }
    }
    tables
}

/// The same as lines of text, with what was published of the method.
pub fn lines(evaluation: &Evaluation) -> Vec<String> {
    tables(evaluation)
        .iter()
        .flat_map(TechniqueTable::lines)
        .collect()
}

/// A share in percent, with one digit after the point.
pub fn percent(share: Option<f64>) -> String {
    share.map_or("–".to_owned(), |share| format!("{:.1}", 100.0 * share))
}

impl TechniqueTable {
    fn of(method: &str, results: &[MethodResult]) -> Option<Self> {
        let own: Vec<&MethodResult> = results
            .iter()
            .filter(|result| result.method == method && technique_of(result).is_some())
            .collect();
        let mut techniques: Vec<String> = own
            .iter()
            .filter_map(|result| technique_of(result).cloned())
            .collect();
        techniques.sort();
        techniques.dedup();
        let rows = [true, false].into_iter().filter_map(|is_known| {
            let of_row: Vec<&MethodResult> = own
                .iter()
                .copied()
                .filter(|result| result.trained_on.is_some() == is_known)
                .collect();
            TechniqueRow::of(is_known, &of_row, &techniques)
        });
        Some(Self {
            method: method.to_owned(),
            title: own.first()?.title.clone(),
            rows: rows.collect(),
            techniques,
        })
    }

    fn lines(&self) -> Vec<String> {
        let width = |name: &str| name.chars().count().max(6);
        let line = |name: &str, measure: &str, cells: &[String]| {
            let techniques = self.techniques.iter().map(String::as_str);
            let widths = techniques.chain(["mean"]).map(width);
            let cells: Vec<String> = widths
                .zip(cells)
                .map(|(width, cell)| format!("{cell:>width$}"))
                .collect();
            format!("  {name:30}{measure:19}{}", cells.join("  "))
        };
        let mut head = self.techniques.clone();
        head.push("mean".to_owned());
        let mut out = vec![line(&format!("{}, by frame", self.method), "in %", &head)];
        for row in &self.rows {
            for (at, measure) in MEASURES.into_iter().enumerate() {
                let name = if at == 0 { row.training } else { "" };
                out.push(line(name, measure, &row.percents(at)));
            }
        }
        if let Some(published) = published(&self.method) {
            out.push(format!("  {}", published.in_words()));
        }
        out
    }
}

impl TechniqueRow {
    /// `None` without results.
    fn of(is_known: bool, results: &[&MethodResult], techniques: &[String]) -> Option<Self> {
        let is_trained = |result: &&MethodResult| {
            let model = result.model.as_ref();
            model.is_none_or(|model| model.is_trained_here)
        };
        let training = match (results.iter().all(is_trained), is_known) {
            (true, true) => "known: trained on it alone",
            (true, false) => "unknown: trained without it",
            (false, _) => "by a model trained elsewhere",
        };
        let numbers_of = |technique: &String| {
            let mut results = results.iter();
            let found = results.find(|result| technique_of(result) == Some(technique));
            found.map(|result| FrameNumbers::of(result))
        };
        let cells: Vec<Option<FrameNumbers>> = techniques.iter().map(numbers_of).collect();
        let there: Vec<FrameNumbers> = cells.iter().flatten().copied().collect();
        Some(Self {
            training,
            mean: FrameNumbers::mean(&there)?,
            cells,
        })
    }

    /// One of [`MEASURES`] of every technique, then of their mean, in percent.
    pub fn percents(&self, measure: usize) -> Vec<String> {
        let cells = self.cells.iter().copied().chain([Some(self.mean)]);
        let told = cells.map(|cell| percent(cell.and_then(|cell| cell.measure(measure))));
        told.collect()
    }
}

impl FrameNumbers {
    fn of(result: &MethodResult) -> Self {
        let frames = &result.frames;
        Self {
            auc: frames.auc.value,
            balanced_acc: frames.balanced_acc.as_ref().map(|own| own.value),
            acc: frames.acc.as_ref().map(|own| own.value),
        }
    }

    /// Accuracies only where all have them; `None` for none.
    fn mean(all: &[Self]) -> Option<Self> {
        let count = all.len() as f64;
        let mean = |number: &dyn Fn(&Self) -> Option<f64>| {
            let numbers: Option<Vec<f64>> = all.iter().map(number).collect();
            numbers.map(|numbers| numbers.iter().sum::<f64>() / count)
        };
        if all.is_empty() {
            return None;
        }
        Some(Self {
            auc: mean(&|own| Some(own.auc))?,
            balanced_acc: mean(&|own| own.balanced_acc),
            acc: mean(&|own| own.acc),
        })
    }

    /// One of [`MEASURES`].
    fn measure(&self, at: usize) -> Option<f64> {
        match at {
            0 => Some(self.auc),
            1 => self.balanced_acc,
            _ => self.acc,
        }
    }
}

/// The technique that was tested alone.
fn technique_of(result: &MethodResult) -> Option<&String> {
    result.trained_on.as_ref().or(result.left_out.as_ref())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::eval::page::tests::made_up_evaluation;
    use crate::eval::report::tests::made_up_result;

    /// Of `pixelcnn`, known and unknown; the technique `other` was tested unknown alone.
    pub fn made_up_folds(other: &str) -> Evaluation {
        let fold = |technique: &str, is_known: bool, auc: f64, acc: Option<f64>| {
            let mut result = made_up_result();
            result.method = "pixelcnn".to_owned();
            result.title = "PixelCNN++".to_owned();
            let place = if is_known {
                &mut result.trained_on
            } else {
                &mut result.left_out
            };
            *place = Some(technique.to_owned());
            result.frames.auc.value = auc;
            let own = result.frames.acc.take();
            result.frames.acc = own.zip(acc).map(|(mut own, value)| {
                own.value = value;
                own
            });
            result
        };
        Evaluation {
            results: vec![
                fold("swap", true, 0.96, Some(0.91)),
                fold("swap", false, 0.72, Some(0.61)),
                fold(other, false, 0.80, None),
            ],
            ..made_up_evaluation("forge-standard")
        }
    }

    #[test]
    fn known_and_unknown_stand_below_each_other_with_their_means() {
        let found = tables(&made_up_folds("recolor"));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].techniques, ["recolor", "swap"]);
        let [known, unknown] = &found[0].rows[..] else {
            panic!("not two rows");
        };
        assert_eq!(known.training, "known: trained on it alone");
        assert_eq!(known.percents(0), ["–", "96.0", "96.0"]);
        assert_eq!(unknown.percents(0), ["80.0", "72.0", "76.0"]);
        assert_eq!(unknown.percents(2), ["–", "61.0", "–"]);
        assert!(tables(&made_up_evaluation("forge-standard")).is_empty());
    }

    #[test]
    fn lines_stand_in_columns_with_what_was_published() {
        let lines = lines(&made_up_folds("recolor"));
        assert_eq!(lines.len(), 1 + 2 * 3 + 1);
        let widths: Vec<usize> = lines[..7].iter().map(|line| line.chars().count()).collect();
        assert!(widths.iter().all(|width| *width == widths[0]), "{lines:#?}");
        assert!(lines[4].contains("unknown: trained without it") && lines[4].ends_with("76.0"));
        assert!(lines[7].contains("95.73") && lines[7].contains("paper 003"));
    }

    #[test]
    fn a_model_from_elsewhere_is_not_said_to_lack_the_technique() {
        let mut evaluation = made_up_folds("recolor");
        let model = made_up_evaluation("x").results[0].model.clone();
        evaluation.results.remove(0);
        for result in &mut evaluation.results {
            result.model = model.clone();
        }
        let rows = &tables(&evaluation)[0].rows;
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].training, "by a model trained elsewhere");
    }
}
