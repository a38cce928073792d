//! Scores of another program beside a manifest: their techniques and splits, and what they left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::data::Item;
use crate::eval::EvalError;
use crate::eval::facts::Data;
use crate::eval::scored_split::ScoredSplit;
use crate::eval::scores::Missed;
use crate::eval::table::{ForeignScores, TableError};

/// Keeps the rows of one split; takes technique, source and split from the manifest where there is one,
/// and lists its items that have no row.
///
/// A path must be the manifest's own or the whole one; a label that differs from the manifest's is an
/// error, for one of the two is wrong.
pub fn fit_to(
    scores: &mut ForeignScores,
    data: Option<&Data>,
    split: ScoredSplit,
    path: &Path,
) -> Result<(), EvalError> {
    if let Some(data) = data {
        match_items(scores, data, split, path)?;
    }
    let rows = &mut scores.set.rows;
    if let ScoredSplit::One(own) = split
        && rows.iter().any(|row| row.split.is_some())
    {
        rows.retain(|row| row.split == Some(own));
        if rows.is_empty() {
            return Err(EvalError::settings(format!(
                "no score is of {}\nFile: {path:?}",
                split.in_words()
            )));
        }
    }
    for (is_manipulated, kind) in [(false, "pristine"), (true, "manipulated")] {
        if !rows.iter().any(|row| row.is_manipulated == is_manipulated) {
            return Err(EvalError::settings(format!(
                "there is no score of anything {kind}; an evaluation needs both kinds\nFile: {path:?}"
            )));
        }
    }
    Ok(())
}

fn match_items(
    scores: &mut ForeignScores,
    data: &Data,
    split: ScoredSplit,
    path: &Path,
) -> Result<(), EvalError> {
    let mut items: BTreeMap<String, Vec<&Item>> = BTreeMap::new();
    for item in &data.manifest.items {
        let whole = data.manifest.full_path(&item.path);
        for name in BTreeSet::from([item.path.clone(), whole.to_string_lossy().into_owned()]) {
            items.entry(name).or_default().push(item);
        }
    }
    let mut scored = BTreeSet::new();
    for (row, &line) in scores.set.rows.iter_mut().zip(&scores.lines) {
        let wrong = |reason: String| TableError::Line {
            path: path.to_owned(),
            line,
            reason,
        };
        let known = items
            .get(&row.path)
            .ok_or_else(|| wrong(format!("the manifest has no item {:?}", row.path)))?;
        let label = u8::from(row.is_manipulated);
        let item = known
            .iter()
            .find(|item| item.label == label)
            .ok_or_else(|| {
                wrong(format!(
                    "the label is {label}; the manifest says {} of {:?}",
                    1 - label,
                    row.path
                ))
            })?;
        row.path = item.path.clone();
        row.technique = item.technique.clone().filter(|_| item.label == 1);
        row.source = Some(item.source.clone());
        row.split = item.split;
        scored.insert((item.path.as_str(), item.label));
    }
    scores.set.missed = data
        .manifest
        .items
        .iter()
        .filter(|item| split.has(item))
        .filter(|item| !scored.contains(&(item.path.as_str(), item.label)))
        .map(|item| Missed {
            path: item.path.clone(),
            is_manipulated: item.label == 1,
            technique: item.technique.clone().filter(|_| item.label == 1),
            reason: "The scores have no row of it".to_owned(),
        })
        .collect();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Split;
    use crate::eval::facts::tests::{data, item};
    use crate::eval::scores::ScoreSet;
    use crate::eval::scores::tests::row;

    fn scores(rows: &[(&str, bool)]) -> ForeignScores {
        let rows = rows.iter().map(|(path, is_manipulated)| {
            let mut row = row(path, is_manipulated.then_some("unknown"), 0.5);
            row.split = None;
            row
        });
        let rows: Vec<_> = rows.collect();
        ForeignScores {
            lines: (2..).take(rows.len()).collect(),
            set: ScoreSet {
                rows,
                ..ScoreSet::default()
            },
            has_videos: true,
            scale: "probabilities",
        }
    }

    fn manifest() -> Data {
        data(vec![
            item("a.mp4", None, Some(Split::Test)),
            item("b.mp4", Some("swap"), Some(Split::Test)),
            item("c.mp4", Some("swap"), Some(Split::Test)),
            item("d.mp4", None, Some(Split::Train)),
        ])
    }

    #[test]
    fn the_manifest_names_techniques_and_what_is_left_out() {
        let mut scores = scores(&[
            ("a.mp4", false),
            ("some/folder/b.mp4", true),
            ("d.mp4", false),
        ]);
        fit_to(
            &mut scores,
            Some(&manifest()),
            Split::Test.into(),
            Path::new("s.csv"),
        )
        .unwrap();
        let rows = &scores.set.rows;
        assert_eq!(rows.len(), 2, "the train split stays out");
        assert_eq!(
            (rows[1].path.as_str(), rows[1].technique.as_deref()),
            ("b.mp4", Some("swap"))
        );
        assert_eq!(scores.set.missed.len(), 1);
        assert_eq!(scores.set.missed[0].path, "c.mp4");
    }

    #[track_caller]
    fn check(rows: &[(&str, bool)], words: &str) {
        let mut scores = scores(rows);
        let data = manifest();
        let err = fit_to(
            &mut scores,
            Some(&data),
            Split::Test.into(),
            Path::new("s.csv"),
        )
        .unwrap_err();
        let text = err.to_string();
        assert!(
            text.contains(words) && text.ends_with("File: \"s.csv\""),
            "{text}"
        );
    }

    #[test]
    fn what_does_not_fit_the_manifest_is_told_by_line() {
        check(&[("a.mp4", false), ("x.mp4", true)], "Line 3");
        check(&[("a.mp4", true)], "the manifest says 0");
        check(&[("a.mp4", false)], "anything manipulated");
        check(&[("d.mp4", false)], "no score is of the split test");
    }
}
