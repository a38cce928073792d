//! What an import tells beside its manifest.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::data::{Item, Split};

/// Counts, and everything that is not in the manifest although one might expect it there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportReport {
    /// The kind of dataset.
    pub dataset: String,
    /// Lines of the manifest.
    pub items: usize,
    pub counts: Vec<Count>,
    /// Listed by the dataset, and not on disk.
    pub missing: Vec<Missing>,
    /// On disk, and left out.
    pub refused: Vec<Refused>,
    /// What a reader of results should know, each a sentence.
    pub notes: Vec<String>,
}

/// Items of one split, label and technique.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Count {
    pub split: Option<Split>,
    /// 1 is manipulated.
    pub label: u8,
    pub technique: Option<String>,
    pub items: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Below the dataset's folder.
    pub path: String,
    pub reason: String,
}

/// Items of one source that were left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub source: String,
    /// The split that they were in.
    pub split: Option<Split>,
    pub items: usize,
    pub reason: String,
}

impl ImportReport {
    /// Counts the items, and notes splits that are empty or have one label.
    pub(super) fn count(&mut self, items: &[Item]) {
        let mut counts = BTreeMap::new();
        for item in items {
            let key = (item.split, item.label, item.technique.clone());
            *counts.entry(key).or_insert(0) += 1;
        }
        self.items = items.len();
        self.counts = counts
            .into_iter()
            .map(|((split, label, technique), items)| Count {
                split,
                label,
                technique,
                items,
            })
            .collect();
        for split in [Split::Train, Split::Val, Split::Test] {
            let labels: Vec<u8> = self.labels_of(split);
            let name = split.name();
            match labels[..] {
                [] => self.notes.push(format!("No item is in the split {name}")),
                [0] => self
                    .notes
                    .push(format!("The split {name} has no manipulated item")),
                [1] => self
                    .notes
                    .push(format!("The split {name} has no pristine item")),
                _ => (),
            }
        }
    }

    fn labels_of(&self, split: Split) -> Vec<u8> {
        let counts = self.counts.iter();
        let of_split = counts.filter(|count| count.split == Some(split));
        let mut labels: Vec<u8> = of_split.map(|count| count.label).collect();
        labels.dedup();
        labels
    }

    /// Items of all refused sources.
    pub fn num_refused(&self) -> usize {
        self.refused.iter().map(|refused| refused.items).sum()
    }
}
