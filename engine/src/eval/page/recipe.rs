//! The recipes of an experiment's rows: what all share, what differs, and every number.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::eval::experiment::record::{ExperimentRecord, RowRecord};
use crate::eval::page::html::{cell, escaped, name_cell, paragraph, table};
use crate::eval::page::results::section;

/// What names a training and is told elsewhere.
const KNOWN: [&str; 3] = ["method", "preset", "seed"];

/// The budget, the keys that differ between rows, and each row's whole configuration.
pub fn recipe(record: &ExperimentRecord) -> String {
    let trained: Vec<&RowRecord> = record
        .rows
        .iter()
        .filter(|row| row.config.is_object())
        .collect();
    let flat: Vec<BTreeMap<String, String>> = trained.iter().map(|row| keys(&row.config)).collect();
    let mut names: Vec<&String> = flat.iter().flat_map(BTreeMap::keys).collect();
    names.sort();
    names.dedup();
    let budget = keys(&record.budget);
    let is_shared = |name: &&&String| {
        let first = flat.first().and_then(|row| row.get(**name));
        first.is_some() && flat.iter().all(|row| row.get(**name) == first)
    };
    let (shared, differing): (Vec<&String>, Vec<&String>) = names
        .into_iter()
        .filter(|name| !KNOWN.contains(&name.as_str()))
        .partition(|name| is_shared(&name));
    let mut out = paragraph("", &record.trained_on);
    let rows: Vec<Vec<String>> = shared
        .iter()
        .map(|name| {
            let value = flat.first().and_then(|row| row.get(*name));
            let set = budget.contains_key(*name);
            vec![
                name_cell(name),
                cell(&value.map_or("–", String::as_str)),
                cell(&if set {
                    "by the experiment"
                } else {
                    "the same in every preset"
                }),
            ]
        })
        .collect();
    let mut tables = table("What all rows share", &["Key", "Value", "Set"], &rows);
    let mut head = vec!["Key"];
    head.extend(trained.iter().map(|row| row.label.as_str()));
    let rows: Vec<Vec<String>> = differing
        .iter()
        .map(|name| {
            let mut cells = vec![name_cell(name)];
            cells.extend(flat.iter().map(|row| {
                let value = row.get(*name);
                cell(&value.map_or("–", String::as_str))
            }));
            cells
        })
        .collect();
    if !rows.is_empty() {
        tables.push_str(&table(
            "What differs; a dash where a method has no such key",
            &head,
            &rows,
        ));
    }
    write!(out, "<div class=\"row\">{tables}</div>").ok();
    for row in &trained {
        // Plain numbers and names; it cannot fail to be written.
        let config = serde_json::to_string_pretty(&row.config).unwrap_or_default();
        write!(
            out,
            "<details><summary>{}: all numbers of its first training</summary><pre>{}</pre></details>",
            escaped(&row.label),
            escaped(&config)
        )
        .ok();
    }
    section("Recipes", &out, trained.is_empty())
}

/// Keys of tables within tables as one, `method_config.width`, with their values as text.
fn keys(value: &Value) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    walk("", value, &mut all);
    all
}

fn walk(above: &str, value: &Value, all: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(table) => {
            for (key, value) in table {
                let name = if above.is_empty() {
                    key.clone()
                } else {
                    format!("{above}.{key}")
                };
                walk(&name, value, all);
            }
        }
        Value::String(text) => {
            all.insert(above.to_owned(), text.clone());
        }
        other => {
            all.insert(above.to_owned(), other.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_within_tables_become_one_list() {
        let keys = keys(&serde_json::json!({ "a": 1, "b": { "c": "d", "e": [1, 2] } }));
        let told: Vec<String> = keys
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        assert_eq!(told, ["a=1", "b.c=d", "b.e=[1,2]"]);
    }
}
