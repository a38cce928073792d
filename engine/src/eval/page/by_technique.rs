//! Known and unknown techniques as compact tables, with what was published.

use crate::eval::by_technique::{self, MEASURES, Published, TechniqueTable, published};
use crate::eval::page::html::{cell, name_cell, table, text_cell};
use crate::eval::report::Evaluation;

/// One table of each method; nothing where techniques were not tested one at a time.
pub fn tables(evaluation: &Evaluation) -> String {
    let tables = by_technique::tables(evaluation);
    tables
        .iter()
        .map(|own| {
            let printed = published(&own.method).map(printed).unwrap_or_default();
            measured(own) + &printed
        })
        .collect()
}

fn measured(own: &TechniqueTable) -> String {
    let mut head = vec!["Training", "In %, by frame"];
    head.extend(own.techniques.iter().map(String::as_str));
    head.push("Mean");
    let mut rows = Vec::new();
    for row in &own.rows {
        for (at, measure) in MEASURES.into_iter().enumerate() {
            let mut cells = vec![
                name_cell(if at == 0 { row.training } else { "" }),
                text_cell(measure),
            ];
            cells.extend(row.percents(at).iter().map(cell));
            rows.push(cells);
        }
    }
    table(
        &format!(
            "{}: each technique against everything pristine. Accuracies are at probability 0.5; balanced accuracy \
             gives both kinds equal weight, so that chance is 50 %",
            own.title
        ),
        &head,
        &rows,
    )
}

fn printed(published: &Published) -> String {
    let mut head = vec!["Published", "Techniques", "Input"];
    head.extend(published.techniques);
    head.push("Mean");
    let rows: Vec<Vec<String>> = published
        .rows
        .iter()
        .map(|row| {
            let mut cells = vec![
                name_cell(row.name),
                text_cell(row.training()),
                cell(&format!("{0} × {0}", row.input_px)),
            ];
            let accuracies = row.accuracies.iter();
            cells.extend(accuracies.map(|accuracy| cell(&format!("{accuracy:.2}"))));
            let mean = row.mean;
            cells.push(cell(
                &mean.map_or("–".to_owned(), |mean| format!("{mean:.2}")),
            ));
            cells
        })
        .collect();
    table(&format!("From {}", published.source), &head, &rows)
}

#[cfg(test)]
mod tests {
    use crate::eval::by_technique::tests::made_up_folds;
    use crate::eval::page::page;

    #[test]
    fn the_compact_tables_stand_above_the_long_one() {
        let text = page(&made_up_folds("re<color>"));
        let place = |words: &str| {
            text.find(words)
                .unwrap_or_else(|| panic!("{words} is missing"))
        };
        let order = [
            "<h2>Results</h2>",
            "unknown: trained without it",
            "paper 003, Tables 1 and 2",
            "95.73",
            "TPR at FPR 1 %",
        ];
        assert!(order.map(place).is_sorted());
        assert!(text.contains("re&lt;color&gt;</th>") && text.contains("<td>76.0</td>"));
        assert!(!text.contains("re<color>"));

        let mut other = made_up_folds("recolor");
        for result in &mut other.results {
            result.method = "ce".to_owned();
        }
        let text = page(&other);
        assert!(text.contains("<td>76.0</td>") && !text.contains("95.73"));
    }
}
