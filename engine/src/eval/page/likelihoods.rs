//! How likely the faces of each kind are to a density model, as the paper's Figure 3 shows it.

use crate::eval::likelihoods::{KindLikelihoods, Likelihoods};
use crate::eval::page::charts::{Plot, key};
use crate::eval::page::html::{
    cell, escaped, name_cell, optional_cell, paragraph, range, share, table,
};
use crate::eval::page::results::{display_name, section};
use crate::eval::report::{Evaluation, MethodResult};

/// Nothing where no method models a density. Folds that share one model of it are drawn once.
pub fn likelihoods(evaluation: &Evaluation) -> String {
    let charts: String = evaluation
        .results
        .iter()
        .filter_map(|result| {
            let own = result.likelihoods.as_ref()?;
            Some(of_result(&name(result, own), own))
        })
        .collect();
    let words = "Bits per dimension: what one color of one pixel costs the model of pristine faces on average, given \
                 the pixels before it. More bits are less likely. How smooth a face is moves them more than what was \
                 done to it: smooth faces are likely, whatever was done, and fine texture, noise and other cameras \
                 are not. The kinds overlap widely, so that the likelihood alone cannot be relied on (so says the \
                 paper of its Figure 3 too); the classifier looks at where pixels are unlikely";
    let inner = paragraph("quiet", words) + &charts;
    section("How likely faces are", &inner, charts.is_empty())
}

/// Of all folds, where they agree.
fn name(result: &MethodResult, own: &Likelihoods) -> String {
    if own.is_of_all_folds {
        format!("{}, the same in all trainings", result.title)
    } else {
        display_name(result)
    }
}

fn of_result(name: &str, own: &Likelihoods) -> String {
    let rows: Vec<Vec<String>> = own.kinds.iter().map(row).collect();
    let caption = format!(
        "{name}: bits per dimension of faces. Likelihood alone: AUC where the less likely face counts as \
         manipulated, with its 95 % interval by video; all techniques together {} ({}), 0.5 is chance",
        share(own.auc.value),
        range(&own.auc)
    );
    let numbers = table(
        &caption,
        &[
            "Kind",
            "Faces",
            "Mean",
            "Median",
            "5 % below",
            "5 % above",
            "Likelihood alone (AUC)",
        ],
        &rows,
    );
    format!("<div class=\"row\">{}{numbers}</div>", chart(name, own))
}

fn row(kind: &KindLikelihoods) -> Vec<String> {
    let mut cells = vec![name_cell(kind.name()), cell(&kind.faces)];
    let bits = [kind.mean, kind.median, kind.low, kind.high];
    cells.extend(bits.map(|bits| cell(&share(bits))));
    cells.push(optional_cell(kind.auc.as_ref()));
    cells
}

/// One line for each kind: the shares of its own faces.
fn chart(name: &str, own: &Likelihoods) -> String {
    let (low, high) = (own.low, own.high);
    let shares = |kind: &KindLikelihoods| -> Vec<f64> {
        let count = kind.faces.max(1) as f64;
        kind.bars.iter().map(|&bar| bar as f64 / count).collect()
    };
    let tallest = own.kinds.iter().flat_map(shares).fold(0.0, f64::max);
    let top = ((tallest * 25.0).ceil() / 25.0).max(0.04);
    let mut plot = Plot::new(560.0, 320.0, (low, high), (0.0, top));
    let y_ticks: Vec<f64> = (0..=4).map(|at| top * f64::from(at) / 4.0).collect();
    plot.grid(&round_numbers(low, high), &y_ticks, 2);
    for (at, kind) in own.kinds.iter().enumerate() {
        let width = (high - low) / kind.bars.len().max(1) as f64;
        let steps = shares(kind).into_iter().enumerate();
        let points = steps.flat_map(|(bar, share)| {
            let left = low + width * bar as f64;
            [(left, share), (left + width, share)]
        });
        plot.curve(at, points);
    }
    let keys: String = own
        .kinds
        .iter()
        .enumerate()
        .map(|(at, kind)| key(at, &format!("{}, median {:.2}", kind.name(), kind.median)))
        .collect();
    let title = format!("{name}: how unlikely faces are");
    let drawn = plot.finish(
        "Bits per dimension; further right is less likely",
        "Share of its kind",
        &title,
    );
    format!(
        "<figure><figcaption>{}</figcaption>{drawn}<ul class=\"legend\">{keys}</ul><figcaption>The outermost \
         steps hold what lies beyond them</figcaption></figure>",
        escaped(&title)
    )
}

/// A few numbers of at most one digit after the point, within an axis.
fn round_numbers(low: f64, high: f64) -> Vec<f64> {
    const MOST: f64 = 9.0;
    let steps = [0.1, 0.2, 0.5, 1.0, 2.0];
    let step = steps.into_iter().find(|step| (high - low) / step < MOST);
    let step = step.unwrap_or((high - low) / MOST);
    let first = (low / step).ceil();
    (0..=MOST as u32)
        .map(|at| (first + f64::from(at)) * step)
        .take_while(|tick| *tick <= high)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::likelihoods::tests::made_up_likely_scores;
    use crate::eval::page::page;
    use crate::eval::page::tests::made_up_evaluation;

    #[test]
    fn ticks_are_round_and_on_the_axis() {
        let near = |found: &[f64], expected: &[f64]| {
            found.len() == expected.len()
                && found
                    .iter()
                    .zip(expected)
                    .all(|(a, b)| (a - b).abs() < 1e-9)
        };
        assert!(near(
            &round_numbers(2.9, 4.2),
            &[3.0, 3.2, 3.4, 3.6, 3.8, 4.0, 4.2]
        ));
        assert!(near(&round_numbers(3.02, 3.33), &[3.1, 3.2, 3.3]));
        assert!(near(
            &round_numbers(1.2, 7.9),
            &[2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
        ));
    }

    #[test]
    fn every_kind_has_a_line_a_key_and_a_row() {
        let mut evaluation = made_up_evaluation("forge-standard");
        assert!(!page(&evaluation).contains("How likely faces are"));
        let mut own = Likelihoods::of(&made_up_likely_scores(), 1).unwrap();
        let lines = |text: &str| text.matches("class=\"curve\"").count();
        let before = lines(&page(&evaluation));
        own.kinds[2].technique = Some("sw<ap>".to_owned());
        let auc = share(own.kinds[2].auc.as_ref().unwrap().value);
        evaluation.results[0].likelihoods = Some(own.clone());
        let text = page(&evaluation);
        // Three lines and three keys.
        assert_eq!(lines(&text), before + 6);
        for words in [
            "How likely faces are",
            "further right is less likely",
            "sw&lt;ap&gt;, median 3.",
            &format!("<td>{auc}<span"),
            "smooth faces are likely, whatever was done",
        ] {
            assert!(text.contains(words), "{words} is missing");
        }
        assert!(!text.contains("NaN") && !text.contains("all trainings"));
        own.is_of_all_folds = true;
        evaluation.results[0].likelihoods = Some(own);
        assert!(page(&evaluation).contains("DADD, the same in all trainings"));
    }
}
