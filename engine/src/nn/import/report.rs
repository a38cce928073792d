//! What became of every tensor of a file, as data and in words.

use serde::Serialize;

use crate::nn::import::architecture::Architecture;
use crate::nn::import::keys::KeyStyle;
use crate::nn::import::source::FileKind;

/// Tensors of one kind that are shown in words; the JSON has all.
const MAX_SHOWN: usize = 5;

/// Every key of the file is counted in `matched` or listed, and so is every tensor of the network.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ImportReport {
    /// None where the file holds no known network.
    pub architecture: Option<Architecture>,
    pub file_kind: FileKind,
    /// Whose names the tensors have.
    pub source_kind: Option<KeyStyle>,
    /// What stood before the network's own names: `state_dict.module.`
    pub root: String,
    /// Tensors of the network that were found with their shape.
    pub matched: usize,
    /// Of the matched, those called differently here.
    pub renamed: Vec<Renamed>,
    /// Of the matched, matrices that became 1x1 convolutions.
    pub reshaped: Vec<Reshaped>,
    /// Left out knowingly.
    pub ignored: Vec<Ignored>,
    /// Paths in the network for which the file has nothing.
    pub missing: Vec<String>,
    /// Keys of weights that the network has no place for.
    pub unexpected: Vec<String>,
    pub wrong_shape: Vec<WrongShape>,
    /// What the user should know of a file that fits.
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Renamed {
    pub key: String,
    pub path: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reshaped {
    pub key: String,
    pub from: Vec<usize>,
    pub to: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ignored {
    pub key: String,
    pub why: Why,
}

/// Why a tensor is left out without harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A classifier of other classes than ours.
    Classifier,
    /// `num_batches_tracked` and other integers.
    Integers,
    /// Not below the levels where the network is: an optimizer's state, another copy.
    Elsewhere,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WrongShape {
    pub key: String,
    pub found: Vec<usize>,
    pub expected: Vec<usize>,
}

impl ImportReport {
    /// Whether the file holds the whole network and no weights beside it.
    pub fn is_complete(&self) -> bool {
        self.architecture.is_some()
            && self.missing.is_empty()
            && self.unexpected.is_empty()
            && self.wrong_shape.is_empty()
    }

    /// Several lines for the user, in the manner of the other commands.
    pub fn in_words(&self) -> String {
        let mut lines = Vec::new();
        match (self.architecture, self.source_kind) {
            (Some(architecture), Some(style)) => {
                lines.push(format!("network     {architecture}"));
                lines.push(format!("names       {}{}", style.words(), self.below()));
            }
            _ => lines.push("network     none that is known".to_owned()),
        }
        let (renamed, reshaped) = (self.renamed.len(), self.reshaped.len());
        lines.push(format!(
            "matched     {} tensors, {renamed} renamed, {reshaped} reshaped",
            self.matched
        ));
        for why in [Why::Classifier, Why::Integers, Why::Elsewhere] {
            let count = self.ignored.iter().filter(|item| item.why == why).count();
            if 0 < count {
                lines.push(format!("ignored     {count} {}", why.words()));
            }
        }
        lines.extend(self.complaints());
        let notes = self.notes.iter().map(|note| format!("note        {note}"));
        lines.extend(notes);
        lines.join("\n")
    }

    /// What is wrong with the file, in one line and a list.
    pub fn refusal(&self) -> String {
        let counts = format!(
            "{} of its tensors fit, {} are missing, {} are unexpected, {} have another shape",
            self.matched,
            self.missing.len(),
            self.unexpected.len(),
            self.wrong_shape.len()
        );
        let head = match self.architecture {
            Some(architecture) => format!("as {architecture}{}, {counts}", self.below()),
            None => "the names and shapes of its tensors are those of no known network".to_owned(),
        };
        let lines = std::iter::once(head).chain(self.complaints());
        lines.collect::<Vec<_>>().join("\n")
    }

    fn below(&self) -> String {
        match self.root.trim_end_matches('.') {
            "" => String::new(),
            root => format!(" below {root:?}"),
        }
    }

    fn complaints(&self) -> Vec<String> {
        let shapes = self.wrong_shape.iter().map(|wrong| {
            format!(
                "{} is {:?} instead of {:?}",
                wrong.key, wrong.found, wrong.expected
            )
        });
        let mut lines = first_of("missing", &self.missing);
        lines.extend(first_of("shape", &shapes.collect::<Vec<_>>()));
        lines.extend(first_of("unexpected", &self.unexpected));
        lines
    }
}

impl Why {
    pub fn words(self) -> &'static str {
        match self {
            Self::Classifier => "of the file's own classifier",
            Self::Integers => "that hold integers, such as counters of batches",
            Self::Elsewhere => "beside the network, such as an optimizer's",
        }
    }
}

/// How many, then the first few, each on its line.
fn first_of(title: &str, all: &[String]) -> Vec<String> {
    if all.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![format!("{title:<11} {}", all.len())];
    let shown = all.iter().take(MAX_SHOWN);
    lines.extend(shown.map(|line| format!("            {line}")));
    let more = all.len().saturating_sub(MAX_SHOWN);
    if 0 < more {
        lines.push(format!("            and {more} more; --json lists all"));
    }
    lines
}
