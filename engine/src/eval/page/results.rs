//! The numbers: headline, curves, techniques, score histograms.

use crate::eval::metrics::Metrics;
use crate::eval::page::by_technique;
use crate::eval::page::charts::{self, Curve, whisker_cell};
use crate::eval::page::html::{
    cell, escaped, interval_cell, main_cell, name_cell, optional_cell, paragraph, share, table,
    text_cell,
};
use crate::eval::report::{Evaluation, MethodResult, TechniqueResult};

/// Every method at both levels, with what the probe found.
pub fn headline(evaluation: &Evaluation) -> String {
    let mut rows = Vec::new();
    for result in &evaluation.results {
        rows.push(row(&display_name(result), "frame", &result.frames));
        if let Some(videos) = &result.videos {
            rows.push(row("", "video", videos));
        }
    }
    let mut out = String::from("<h2>Results</h2>");
    if rows.is_empty() {
        out.push_str(&probe(evaluation));
        return out;
    }
    out.push_str(&by_technique::tables(evaluation));
    out.push_str(&table(
        "Below each number, its 95 % interval from 1000 draws of whole videos; the dotted line stands at 0.5, chance",
        &[
            "Method",
            "By",
            "Scored",
            "AUC",
            "0 to 1",
            "EER",
            "AP",
            "ACC",
            "TPR at FPR 1 %",
            "TPR at 5 %",
            "TPR at 10 %",
        ],
        &rows,
    ));
    if !evaluation.averages.is_empty() {
        out.push_str(&averages(evaluation));
    }
    out.push_str(&probe(evaluation));
    out
}

/// What the framing of faces tells.
pub fn probe(evaluation: &Evaluation) -> String {
    let Some(probe) = &evaluation.probe else {
        return String::new();
    };
    let class = if probe.is_leak { "warning" } else { "quiet" };
    paragraph(class, &probe.in_words)
}

fn row(name: &str, level: &str, metrics: &Metrics) -> Vec<String> {
    let pristine = metrics.count - metrics.manipulated;
    let mut cells = vec![
        name_cell(name),
        text_cell(level),
        format!(
            "<td>{}<span class=\"range\">{pristine} pristine</span></td>",
            metrics.count
        ),
        main_cell(&metrics.auc),
        whisker_cell(&metrics.auc),
        interval_cell(&metrics.eer),
        interval_cell(&metrics.ap),
        optional_cell(metrics.acc.as_ref()),
    ];
    cells.extend(metrics.tpr_at_fpr.iter().map(|at| interval_cell(&at.tpr)));
    cells
}

fn averages(evaluation: &Evaluation) -> String {
    let rows: Vec<Vec<String>> = evaluation
        .averages
        .iter()
        .map(|average| {
            let what = if average.is_known {
                "known: trained on it alone"
            } else {
                "unknown: trained without it"
            };
            vec![
                name_cell(&average.method),
                text_cell(what),
                cell(&average.folds),
                cell(&share(average.auc_frames)),
                cell(&average.auc_videos.map_or("–".to_owned(), share)),
                cell(&share(average.eer_frames)),
                cell(&average.acc_frames.map_or("–".to_owned(), share)),
                cell(&average.balanced_acc_frames.map_or("–".to_owned(), share)),
            ]
        })
        .collect();
    table(
        "Plain means over the techniques, each tested alone against everything pristine; balanced accuracy \
         gives both kinds equal weight",
        &[
            "Method",
            "Technique",
            "Techniques",
            "AUC by frame",
            "AUC by video",
            "EER by frame",
            "ACC by frame",
            "Balanced ACC",
        ],
        &rows,
    )
}

/// ROC curves: of all methods together, then of each by technique.
pub fn curves(evaluation: &Evaluation) -> String {
    let mut out = String::new();
    if 1 < evaluation.results.len() {
        let curves: Vec<Curve<'_>> = evaluation
            .results
            .iter()
            .map(|result| Curve {
                name: display_name(result),
                points: &result.roc_frames,
                auc: result.frames.auc.value,
            })
            .collect();
        out.push_str(&charts::roc("All methods, by frame", &curves));
    }
    for result in &evaluation.results {
        let mut curves = vec![Curve {
            name: "all, by frame".to_owned(),
            points: &result.roc_frames,
            auc: result.frames.auc.value,
        }];
        curves.extend(result.videos.as_ref().map(|videos| Curve {
            name: "all, by video".to_owned(),
            points: &result.roc_videos,
            auc: videos.auc.value,
        }));
        if 1 < result.techniques.len() {
            curves.extend(result.techniques.iter().map(|technique| Curve {
                name: format!("{}, by frame", technique.technique),
                points: &technique.roc_frames,
                auc: technique.frames.auc.value,
            }));
        }
        out.push_str(&charts::roc(&display_name(result), &curves));
    }
    section("ROC curves", &row_of(&out), out.is_empty())
}

/// Nothing where there is nothing to show.
pub fn section(title: &str, inner: &str, is_empty: bool) -> String {
    if is_empty {
        return String::new();
    }
    format!("<h2>{}</h2>{inner}", escaped(title))
}

/// Each technique against everything pristine, the hardest first.
pub fn techniques(evaluation: &Evaluation) -> String {
    let mut out = String::new();
    for result in &evaluation.results {
        if result.techniques.is_empty() {
            continue;
        }
        let mut sorted: Vec<&TechniqueResult> = result.techniques.iter().collect();
        sorted.sort_by(|a, b| a.frames.auc.value.total_cmp(&b.frames.auc.value));
        let rows: Vec<Vec<String>> = sorted.into_iter().map(technique_row).collect();
        out.push_str(&table(
            &format!(
                "{}: each technique against everything pristine, the hardest first",
                display_name(result)
            ),
            &[
                "Technique",
                "Faces",
                "AUC by frame",
                "0 to 1",
                "Videos",
                "AUC by video",
                "EER by frame",
                "AP",
                "TPR at FPR 5 %",
            ],
            &rows,
        ));
    }
    section("By technique", &out, out.is_empty())
}

fn technique_row(result: &TechniqueResult) -> Vec<String> {
    let (frames, videos) = (&result.frames, result.videos.as_ref());
    let tpr = frames.tpr_at_fpr.get(1).map(|at| &at.tpr);
    vec![
        name_cell(&result.technique),
        cell(&frames.manipulated),
        main_cell(&frames.auc),
        whisker_cell(&frames.auc),
        cell(&videos.map_or("–".to_owned(), |videos| videos.manipulated.to_string())),
        optional_cell(videos.map(|videos| &videos.auc)),
        interval_cell(&frames.eer),
        interval_cell(&frames.ap),
        optional_cell(tpr),
    ]
}

/// Where the scores lie, and whether they are to be believed as probabilities.
pub fn scores(evaluation: &Evaluation) -> String {
    let mut out = String::new();
    for result in &evaluation.results {
        let name = display_name(result);
        let title = format!("{name}: scores of faces");
        let mut charts = charts::histogram(&result.histogram, &title);
        if let Some(bins) = &result.reliability {
            let title = format!("{name}: are its probabilities right?");
            charts.push_str(&charts::reliability(bins, &title));
        }
        out.push_str(&row_of(&charts));
        out.push_str(&probabilities(result));
    }
    section("Scores", &out, out.is_empty())
}

/// Numbers that need probabilities.
fn probabilities(result: &MethodResult) -> String {
    if result.reliability.is_none() {
        return String::new();
    }
    let row = |level: &str, metrics: &Metrics| {
        vec![
            name_cell(level),
            optional_cell(metrics.brier.as_ref()),
            optional_cell(metrics.ece.as_ref()),
            optional_cell(metrics.log_loss.as_ref()),
        ]
    };
    let mut rows = vec![row("frame", &result.frames)];
    rows.extend(result.videos.as_ref().map(|videos| row("video", videos)));
    table(
        "How far probabilities are from the truth: smaller is better",
        &["By", "Brier score", "ECE", "Log-loss"],
        &rows,
    )
}

pub fn display_name(result: &MethodResult) -> String {
    result.with_fold(&result.title)
}

fn row_of(inner: &str) -> String {
    format!("<div class=\"row\">{inner}</div>")
}

/// A heading for one result, where there are several.
pub fn heading(evaluation: &Evaluation, result: &MethodResult) -> String {
    if evaluation.results.len() < 2 {
        return String::new();
    }
    format!("<h3>{}</h3>", escaped(&display_name(result)))
}
