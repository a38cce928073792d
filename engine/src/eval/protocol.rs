//! Protocols: what is trained on and what is tested on.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::data::{Item, Split};
use crate::eval::EvalError;
use crate::eval::facts::Data;

/// How training and test data are apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// Train split and test split of one manifest.
    #[default]
    Within,
    /// Trained on one manifest, tested on another.
    Cross,
    /// For each technique: trained without it, tested on it and everything pristine.
    LeaveOneOut,
    /// For each technique: trained on it alone, tested on it and everything pristine.
    OneTechnique,
    /// Both: how well each technique is found when it is known, and when it is not.
    KnownAndUnknown,
}

/// One training and one test of a protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// Left out of the training and alone tested; `None` takes all.
    pub technique: Option<String>,
    /// Instead of being left out, the technique is the only one that is trained on.
    pub is_known: bool,
}

impl Protocol {
    pub const ALL: [Self; 5] = [
        Self::Within,
        Self::Cross,
        Self::LeaveOneOut,
        Self::OneTechnique,
        Self::KnownAndUnknown,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Within => "within",
            Self::Cross => "cross",
            Self::LeaveOneOut => "leave-one-out",
            Self::OneTechnique => "one-technique",
            Self::KnownAndUnknown => "known-and-unknown",
        }
    }

    /// The folds over the techniques that the scored split has.
    pub fn folds(self, techniques: &[String]) -> Vec<Fold> {
        let each = |is_known| {
            techniques.iter().map(move |technique| Fold {
                technique: Some(technique.clone()),
                is_known,
            })
        };
        match self {
            Self::Within | Self::Cross => vec![Fold::whole()],
            Self::LeaveOneOut => each(false).collect(),
            Self::OneTechnique => each(true).collect(),
            Self::KnownAndUnknown => each(true).chain(each(false)).collect(),
        }
    }

    /// Whether it tests one technique at a time.
    pub fn is_by_technique(self) -> bool {
        !matches!(self, Self::Within | Self::Cross)
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Protocol {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL
            .into_iter()
            .find(|protocol| protocol.name() == text);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("there is no protocol {text:?}; there are: {names}")
        })
    }
}

impl Fold {
    /// Everything is trained on and tested.
    pub fn whole() -> Self {
        Self {
            technique: None,
            is_known: false,
        }
    }

    /// Whether an item is scored in this fold.
    pub fn is_tested(&self, item: &Item) -> bool {
        item.label == 0 || self.technique.is_none() || self.technique == item.technique
    }

    /// Whether an item may be trained on in this fold, or used to calibrate.
    pub fn is_known(&self, item: &Item) -> bool {
        let is_same = self.technique == item.technique;
        item.label == 0 || self.technique.is_none() || is_same == self.is_known
    }

    /// Techniques of the data that are not trained on.
    pub fn excluded(&self, data: &Data) -> Vec<String> {
        let items = data
            .manifest
            .items
            .iter()
            .filter(|item| !self.is_known(item));
        let names: BTreeSet<&String> = items.filter_map(|item| item.technique.as_ref()).collect();
        names.into_iter().cloned().collect()
    }

    /// For names of files: empty, `-without-swap` or `-on-swap-alone`.
    pub fn suffix(&self) -> String {
        let Some(technique) = &self.technique else {
            return String::new();
        };
        let plain = |letter: char| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '-'
            }
        };
        let name: String = technique.chars().map(plain).collect();
        let name = name.to_lowercase();
        if self.is_known {
            format!("-on-{name}-alone")
        } else {
            format!("-without-{name}")
        }
    }

    /// Writes the manifest that a training of this fold may read: the items of the split `train` alone,
    /// so that validation clips stay unseen for the calibration, with whole paths.
    pub fn write_training_manifest(&self, data: &Data, path: &Path) -> Result<(), EvalError> {
        let is_wanted = |item: &Item| item.split == Some(Split::Train) && self.is_known(item);
        data.write_part(is_wanted, path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Manifest;
    use crate::eval::facts::tests::{data, item};

    #[test]
    fn names_are_read_back_and_others_are_refused() {
        for protocol in Protocol::ALL {
            assert_eq!(protocol.name().parse(), Ok(protocol));
        }
        assert!(
            "loo"
                .parse::<Protocol>()
                .unwrap_err()
                .contains("leave-one-out")
        );
    }

    #[test]
    fn a_technique_left_out_is_tested_and_never_trained_on() {
        let techniques = ["inpaint".to_owned(), "swap".to_owned()];
        assert_eq!(Protocol::Within.folds(&techniques).len(), 1);
        let folds = Protocol::LeaveOneOut.folds(&techniques);
        assert_eq!(folds.len(), 2);
        let [pristine, inpaint, swap] = [None, Some("inpaint"), Some("swap")]
            .map(|technique| item("a", technique, Some(Split::Train)));
        let fold = &folds[1];
        assert!(fold.is_tested(&pristine) && fold.is_tested(&swap) && !fold.is_tested(&inpaint));
        assert!(fold.is_known(&pristine) && fold.is_known(&inpaint) && !fold.is_known(&swap));
        assert_eq!(fold.suffix(), "-without-swap");
        let both = Protocol::KnownAndUnknown.folds(&techniques);
        assert_eq!(both.len(), 4);
        assert_eq!(both[2..], folds);
        let fold = &both[1];
        assert!(fold.is_tested(&pristine) && fold.is_tested(&swap) && !fold.is_tested(&inpaint));
        assert!(fold.is_known(&pristine) && !fold.is_known(&inpaint) && fold.is_known(&swap));
        assert_eq!(fold.suffix(), "-on-swap-alone");
    }

    #[test]
    fn a_training_sees_no_item_of_another_split() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("below/manifest.jsonl");
        let data = data(vec![
            item("a", None, Some(Split::Train)),
            item("b", Some("swap"), Some(Split::Train)),
            item("c", Some("inpaint"), Some(Split::Train)),
            item("d", None, Some(Split::Val)),
            item("e", None, Some(Split::Test)),
            item("f", None, None),
        ]);
        let fold = Fold {
            technique: Some("swap".to_owned()),
            is_known: false,
        };
        fold.write_training_manifest(&data, &path).unwrap();
        let written = Manifest::read(&path).unwrap();
        let paths: Vec<&str> = written
            .items
            .iter()
            .map(|item| item.path.as_str())
            .collect();
        let whole = std::path::absolute("some/folder").unwrap();
        let expected = ["a", "c"].map(|name| whole.join(name).to_string_lossy().into_owned());
        assert_eq!(paths, expected);

        let mut bare = data;
        bare.manifest.dir = Default::default();
        fold.write_training_manifest(&bare, &path).unwrap();
        let written = Manifest::read(&path).unwrap();
        assert!(Path::new(&written.items[0].path).is_absolute());
    }
}
