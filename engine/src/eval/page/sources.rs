//! Where the numbers come from: calibration, data, models, and what could not be scored.

use crate::eval::page::html::{
    cell, escaped, facts, name_cell, paragraph, share, table, text_cell,
};
use crate::eval::page::results::{display_name, heading};
use crate::eval::report::{DataRecord, Evaluation, MethodResult};

/// Items without a face that are shown at once; the others are in the record.
const MAX_MISSED: usize = 200;

/// How logits became probabilities, and what a fit would change.
pub fn calibrations(evaluation: &Evaluation) -> String {
    let mut out = String::from("<h2>Calibration</h2>");
    for result in &evaluation.results {
        let calibration = &result.calibration;
        out.push_str(&heading(evaluation, result));
        out.push_str(&paragraph("", &calibration.applied));
        if let Some(reason) = &calibration.not_fitted {
            out.push_str(&paragraph(
                "quiet",
                &format!("Nothing was fitted: {reason}"),
            ));
        }
        let Some(fit) = &calibration.fit else {
            continue;
        };
        let chosen = &fit.calibration;
        let rows: Vec<Vec<String>> = fit
            .candidates
            .iter()
            .map(|candidate| {
                let is_chosen = candidate.kind == chosen.kind;
                vec![
                    name_cell(candidate.kind.name()),
                    cell(&format!("{:.4}", candidate.a)),
                    cell(&format!("{:.4}", candidate.b)),
                    cell(
                        &candidate
                            .log_loss_held_out
                            .map_or("–".to_owned(), |v| format!("{v:.4}")),
                    ),
                    text_cell(if is_chosen { "taken" } else { "" }),
                ]
            })
            .collect();
        out.push_str(&table(
            "probability = logistic(A · logit + B); the log-loss is that of clips left out of the fit",
            &["Kind", "A", "B", "Log-loss", ""],
            &rows,
        ));
        let pair =
            |before: f64, after: f64| format!("{} before, {} after", share(before), share(after));
        out.push_str(&facts(&[
            ("Fitted on", chosen.fitted_on.clone()),
            (
                "Faces, clips",
                format!("{}, {}", chosen.faces, chosen.clips),
            ),
            ("ECE there", pair(chosen.ece_before, chosen.ece_after)),
            ("Brier there", pair(fit.brier_before, fit.brier_after)),
            (
                "Log-loss there",
                pair(chosen.log_loss_before, chosen.log_loss_after),
            ),
            (
                "In the model's card",
                if calibration.is_in_card { "yes" } else { "no" }.to_owned(),
            ),
        ]));
    }
    out
}

/// What was scored, and what was trained on.
pub fn data(evaluation: &Evaluation) -> String {
    let mut out = String::from("<h2>Data</h2>");
    out.push_str(&facts(&[
        ("Device", evaluation.device.clone().unwrap_or_default()),
        (
            "Faces cut by",
            evaluation.aligner.clone().unwrap_or_default(),
        ),
        ("Seed", evaluation.seed.to_string()),
        ("Program", format!("Seam {}", evaluation.seam)),
        ("Format", evaluation.schema.clone()),
    ]));
    if let Some(data) = &evaluation.data {
        out.push_str("<h3>Scored on</h3>");
        out.push_str(&one_manifest(data));
    }
    if let Some(data) = &evaluation.train_data {
        out.push_str("<h3>Trained on</h3>");
        out.push_str(&one_manifest(data));
    }
    out
}

fn one_manifest(data: &DataRecord) -> String {
    let mut out = facts(&[
        ("Manifest", data.name.clone()),
        ("SHA-256 of its lines", data.manifest_sha256.clone()),
        ("Datasets", data.datasets.join(", ")),
        ("Split used", data.scored_split.clone()),
        ("Frames", data.sampling.clone()),
    ]);
    let rows: Vec<Vec<String>> = data
        .splits
        .iter()
        .map(|split| {
            vec![
                name_cell(&split.split),
                cell(&split.items),
                cell(&(split.items - split.manipulated)),
                cell(&split.manipulated),
                cell(&split.sources),
            ]
        })
        .collect();
    out.push_str(&table(
        "No source is in two splits",
        &["Split", "Items", "Pristine", "Manipulated", "Sources"],
        &rows,
    ));
    let rows: Vec<Vec<String>> = data
        .techniques
        .iter()
        .map(|technique| {
            let mut cells = vec![name_cell(&technique.technique)];
            cells.extend(technique.items.iter().map(cell));
            cells
        })
        .collect();
    out.push_str(&table(
        "Items of each technique",
        &["Technique", "train", "val", "test", "no split"],
        &rows,
    ));
    out
}

/// Every model with its card.
pub fn models(evaluation: &Evaluation) -> String {
    let mut out = String::new();
    for result in &evaluation.results {
        let Some(model) = &result.model else { continue };
        out.push_str(&format!("<h3>{}</h3>", escaped(&display_name(result))));
        out.push_str(&facts(&[
            ("Method", model.method.clone()),
            ("Model", model.label.clone()),
            ("Whence", model.origin.clone()),
            ("Scores", result.scores_file.clone()),
        ]));
        // Plain JSON of numbers and names; it cannot fail to be written.
        let card = serde_json::to_string_pretty(&model.card).unwrap_or_default();
        out.push_str(&format!(
            "<details><summary>Run card</summary><pre>{}</pre></details>",
            escaped(&card)
        ));
    }
    if out.is_empty() {
        return out;
    }
    format!("<h2>Models</h2>{out}")
}

/// Videos without a score.
pub fn missed(evaluation: &Evaluation) -> String {
    let lists: String = evaluation.results.iter().map(missed_of).collect();
    if lists.is_empty() {
        return lists;
    }
    format!(
        "<h2>Videos without a usable face</h2>{}{lists}",
        paragraph(
            "",
            "By video each of them counts with the probability 0.5, which is neither right nor wrong by \
             rank and counts as pristine in ACC; by frame they do not count"
        )
    )
}

fn missed_of(result: &MethodResult) -> String {
    if result.missed.is_empty() {
        return String::new();
    }
    let rows: Vec<Vec<String>> = result
        .missed
        .iter()
        .take(MAX_MISSED)
        .map(|missed| {
            let kind = missed
                .technique
                .as_deref()
                .unwrap_or(if missed.is_manipulated {
                    "manipulated"
                } else {
                    "pristine"
                });
            vec![
                name_cell(&missed.path),
                text_cell(kind),
                text_cell(&missed.reason),
            ]
        })
        .collect();
    format!(
        "<details><summary>{}: {} videos</summary>{}</details>",
        escaped(&display_name(result)),
        result.missed.len(),
        table("", &["Path", "Kind", "Why"], &rows)
    )
}
