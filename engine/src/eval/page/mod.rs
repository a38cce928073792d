//! One page that shows an evaluation: a single HTML file that fetches nothing, in light and dark.

mod attention;
mod bands;
mod by_technique;
mod charts;
mod comparison;
mod confusion;
mod experiment;
mod html;
mod likelihoods;
mod looks;
mod masks;
mod png;
mod recipe;
mod results;
mod sources;
mod surprise;

use crate::eval::experiment::record::ExperimentRecord;
use crate::eval::page::html::{escaped, list, paragraph};
use crate::eval::report::Evaluation;

const STYLE: &str = include_str!("style.css");

/// The page as text. Nothing in it runs, and nothing is loaded.
pub fn page(evaluation: &Evaluation) -> String {
    let title = title(evaluation);
    let mut body = format!("<h1>{}</h1>", escaped(&title));
    body.push_str(&paragraph("", &evaluation.protocol.in_words));
    for warning in &evaluation.warnings {
        body.push_str(&paragraph("warning", warning));
    }
    if let Some(record) = &evaluation.experiment {
        body.push_str(&of_experiment(evaluation, record));
        return whole(&title, &body);
    }
    body.push_str(&results::headline(evaluation));
    body.push_str(&results::curves(evaluation));
    body.push_str(&results::techniques(evaluation));
    body.push_str(&results::scores(evaluation));
    body.push_str(&likelihoods::likelihoods(evaluation));
    body.push_str(&confusion::of_results(evaluation));
    body.push_str(&attention::attention(evaluation));
    if !evaluation.results.is_empty() {
        body.push_str("<h2>How to read this</h2>");
        body.push_str(&list(&evaluation.caveats));
        body.push_str(&sources::calibrations(evaluation));
    }
    body.push_str(&sources::data(evaluation));
    body.push_str(&sources::models(evaluation));
    body.push_str(&sources::missed(evaluation));
    whole(&title, &body)
}

/// The body of a page about several trainings compared.
fn of_experiment(evaluation: &Evaluation, record: &ExperimentRecord) -> String {
    let mut body = paragraph("", &record.question);
    body.push_str(&experiment::experiment(record));
    body.push_str("<h2>How to read this</h2>");
    body.push_str(&list(&record.caveats));
    body.push_str(&list(&evaluation.caveats));
    body.push_str(&results::probe(evaluation));
    body.push_str(&sources::data(evaluation));
    body
}

fn whole(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n",
        escaped(title)
    )
}

fn title(evaluation: &Evaluation) -> String {
    if let Some(record) = &evaluation.experiment {
        return record.title.clone();
    }
    if evaluation.results.is_empty() {
        return "What the framing of faces tells".to_owned();
    }
    let mut methods: Vec<String> = Vec::new();
    for result in &evaluation.results {
        if !methods.contains(&result.title) {
            methods.push(result.title.clone());
        }
    }
    let data = evaluation
        .data
        .as_ref()
        .map(|data| format!(" on {}", data.datasets.join(", ")))
        .unwrap_or_default();
    format!(
        "{}{data}, {}",
        methods.join(", "),
        evaluation.protocol.name.replace('-', " ")
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::detectors::card::Interval;
    use crate::eval::calibration::fit;
    use crate::eval::experiment::made_up::{made_up_curve, made_up_experiment};
    use crate::eval::experiment::text::percent;
    use crate::eval::page::attention::tests::made_up_attention;
    use crate::eval::report::tests::{made_up_result, made_up_scores};
    use crate::eval::report::{
        Confusion, DataRecord, Missed, ModelRecord, ProbeRecord, ProtocolRecord, SCHEMA,
        SplitCount, TechniqueCount,
    };

    const NASTY: &str = "<script>alert(\"1\")</script>&'";

    /// With `name` wherever names from outside go.
    pub fn made_up_evaluation(name: &str) -> Evaluation {
        let mut result = made_up_result();
        result.title = "DADD".to_owned();
        result.model = Some(ModelRecord {
            method: name.to_owned(),
            label: format!("{name}@1a2b3c4d"),
            origin: format!("came with the program; trained on 12 clips, not on {name}"),
            is_trained_here: false,
            items_seen_in_training: 0,
            card: serde_json::json!({ "name": name, "steps": 3000 }),
        });
        result.techniques[0].technique = name.to_owned();
        result.confusion = Some(Confusion {
            names: vec!["pristine".to_owned(), name.to_owned()],
            counts: vec![vec![30, 10], vec![8, 32]],
            unknown: Vec::new(),
        });
        result.calibration.fit = fit(&made_up_scores().rows, name, "0123").ok();
        result.calibration.applied = format!("fitted on the val split of {name}");
        result.missed.push(Missed {
            path: format!("{name}.mp4"),
            is_manipulated: true,
            technique: Some(name.to_owned()),
            reason: "No face fit for use was found".to_owned(),
        });
        result.attention = Some(made_up_attention(name));
        result.scores_file = "scores-dadd.csv".to_owned();
        let auc = Interval {
            value: 0.52,
            low: 0.41,
            high: 0.6,
            clips: 30,
        };
        Evaluation {
            schema: SCHEMA.to_owned(),
            seam: "0.1.0".to_owned(),
            protocol: ProtocolRecord {
                name: "within".to_owned(),
                in_words: format!("Scored on the test split of {name}"),
            },
            seed: 1,
            device: Some(format!("cpu ({name})")),
            aligner: Some("dlib's 68 points".to_owned()),
            data: Some(DataRecord {
                name: format!("{name}/manifest.jsonl"),
                manifest_sha256: "0123456789abcdef".to_owned(),
                datasets: vec![name.to_owned()],
                scored_split: "test".to_owned(),
                splits: vec![SplitCount {
                    split: "test".to_owned(),
                    items: 30,
                    manipulated: 20,
                    sources: 10,
                }],
                techniques: vec![TechniqueCount {
                    technique: name.to_owned(),
                    items: [0, 0, 10, 0],
                }],
                frames_per_item: 16,
                sampling: "evenly spread".to_owned(),
            }),
            train_data: None,
            results: vec![result],
            averages: Vec::new(),
            probe: Some(ProbeRecord {
                auc,
                is_leak: false,
                in_words: "Nothing".to_owned(),
            }),
            experiment: None,
            warnings: vec![format!("Warning about {name}")],
            caveats: vec![format!("Caveat about {name}")],
        }
    }

    /// With an experiment instead of results.
    fn made_up_comparison(name: &str) -> Evaluation {
        Evaluation {
            results: Vec::new(),
            experiment: Some(made_up_experiment(name, [0.5, 1.0, 2.0])),
            ..made_up_evaluation(name)
        }
    }

    #[test]
    fn a_page_is_whole_fetches_nothing_and_holds_no_foreign_markup() {
        check_whole(&page(&made_up_evaluation(NASTY)));
        check_whole(&page(&made_up_comparison(NASTY)));
        check_whole(&page(&Evaluation {
            experiment: Some(made_up_curve(NASTY)),
            ..made_up_comparison(NASTY)
        }));
    }

    #[track_caller]
    fn check_whole(text: &str) {
        assert!(!text.contains("<script"), "markup from outside");
        for word in ["http://", "https://", "url(", "@import", "src="] {
            assert!(!text.contains(word), "the page fetches: {word}");
        }
        for link in text.split("href=").skip(1) {
            let is_own = link.starts_with("\"data:image/png;base64,") || link.starts_with("\"#f");
            assert!(is_own, "the page fetches: {}", &link[..20]);
        }
        for tag in [
            "table", "svg", "div", "figure", "ul", "dl", "details", "main",
        ] {
            let open = text.matches(&format!("<{tag}>")).count()
                + text.matches(&format!("<{tag} ")).count();
            assert_eq!(open, text.matches(&format!("</{tag}>")).count(), "{tag}");
        }
        assert!(!text.contains("NaN") && !text.contains("inf,"), "{text}");
    }

    #[test]
    fn an_experiments_page_holds_every_row_and_what_was_published() {
        let evaluation = made_up_comparison("x");
        let text = page(&evaluation);
        let record = evaluation.experiment.as_ref().unwrap();
        for row in &record.rows {
            assert!(text.contains(&row.label), "{}", row.label);
        }
        let level = record.rows[1].groups[0].frames.as_ref().unwrap();
        for words in [
            &format!("<strong>{}</strong>", percent(level)),
            "73.8 ± 1.0",
            "is missing: there is no method x",
            "learning_rate",
            "0123456789abcdef",
            "class=\"band\"",
            "Warning about x",
        ] {
            assert!(text.contains(words), "{words} is missing");
        }
        // Three rows with curves on three charts.
        assert_eq!(text.matches("class=\"band\"").count(), 9);
        assert_eq!(text.matches("class=\"dot\"").count(), 2 * 9);
    }

    #[test]
    fn the_headline_holds_the_numbers_of_the_record() {
        let evaluation = made_up_evaluation("forge-standard");
        let text = page(&evaluation);
        let frames = &evaluation.results[0].frames;
        assert!(text.contains(&format!("<strong>{:.3}</strong>", frames.auc.value)));
        for words in [
            "Warning about",
            "Caveat about",
            "forge-standard.mp4",
            "0123456789abcdef",
        ] {
            assert!(text.contains(words), "{words} is missing");
        }
    }

    #[test]
    fn the_record_reads_back() {
        let mut evaluation = made_up_evaluation(NASTY);
        let text = serde_json::to_string(&evaluation).unwrap();
        let back: Evaluation = serde_json::from_str(&text).unwrap();
        // Pictures of faces are in no record.
        let attention = evaluation.results[0].attention.as_mut().unwrap();
        attention.pictures.clear();
        // The last digit of a number may change on the way.
        assert_eq!(page(&back), page(&evaluation));
        assert!(text.starts_with("{\"schema\":\"seam-eval/1\""));
    }
}
