//! Protocols: what is trained on and what is tested on.

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
}

/// One training and one test of a protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// Left out of the training and alone tested; `None` takes all.
    pub technique: Option<String>,
}

impl Protocol {
    const ALL: [Self; 3] = [Self::Within, Self::Cross, Self::LeaveOneOut];

    pub fn name(self) -> &'static str {
        match self {
            Self::Within => "within",
            Self::Cross => "cross",
            Self::LeaveOneOut => "leave-one-out",
        }
    }

    /// The folds over the techniques that the scored split has.
    pub fn folds(self, techniques: &[String]) -> Vec<Fold> {
        match self {
            Self::Within | Self::Cross => vec![Fold { technique: None }],
            Self::LeaveOneOut => techniques
                .iter()
                .map(|technique| Fold {
                    technique: Some(technique.clone()),
                })
                .collect(),
        }
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
            format!("there is no protocol {text:?}; there are: within, cross, leave-one-out")
        })
    }
}

impl Fold {
    /// Whether an item is scored in this fold.
    pub fn is_tested(&self, item: &Item) -> bool {
        item.label == 0 || self.technique.is_none() || self.technique == item.technique
    }

    /// Whether an item may be trained on in this fold, or used to calibrate.
    pub fn is_known(&self, item: &Item) -> bool {
        item.label == 0 || self.technique.is_none() || self.technique != item.technique
    }

    /// For names of files: empty or `-without-swap`.
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
        format!("-without-{}", name.to_lowercase())
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
