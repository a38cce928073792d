//! Which items of a manifest are scored: those of one split, or all of them.

use std::fmt;
use std::str::FromStr;

use crate::data::{Item, Split};

/// What of a manifest is scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoredSplit {
    One(Split),
    /// Every item, whatever its split: for a manifest of other people than those that were trained on.
    All,
}

impl ScoredSplit {
    pub fn name(self) -> &'static str {
        match self {
            Self::One(split) => split.name(),
            Self::All => "all",
        }
    }

    /// "the split test", "all splits".
    pub fn in_words(self) -> String {
        match self {
            Self::One(split) => format!("the split {}", split.name()),
            Self::All => "all splits".to_owned(),
        }
    }

    pub fn has(self, item: &Item) -> bool {
        match self {
            Self::One(split) => item.split == Some(split),
            Self::All => true,
        }
    }
}

impl From<Split> for ScoredSplit {
    fn from(split: Split) -> Self {
        Self::One(split)
    }
}

impl fmt::Display for ScoredSplit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for ScoredSplit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Split::Train, Split::Val, Split::Test].map(Self::One);
        all.into_iter()
            .chain([Self::All])
            .find(|choice| choice.name() == text)
            .ok_or_else(|| "the splits are train, val, test and all".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::facts::tests::item;

    #[test]
    fn names_are_read_back_and_all_takes_items_without_a_split() {
        for name in ["train", "val", "test", "all"] {
            assert_eq!(name.parse::<ScoredSplit>().unwrap().name(), name);
        }
        assert!("half".parse::<ScoredSplit>().is_err());
        let (test, none) = (item("a", None, Some(Split::Test)), item("b", None, None));
        let one = ScoredSplit::from(Split::Test);
        assert!(one.has(&test) && !one.has(&none));
        assert!(ScoredSplit::All.has(&test) && ScoredSplit::All.has(&none));
    }
}
