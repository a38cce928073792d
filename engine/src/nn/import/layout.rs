//! How one network's tensors are called in one style, and how well a file fits that.

use std::collections::BTreeMap;

use crate::nn::import::architecture::{Architecture, Shapes};
use crate::nn::import::keys::KeyStyle;
use crate::nn::import::source::Entries;

/// One network in one style.
#[derive(Clone, Debug)]
pub struct Layout {
    pub architecture: Architecture,
    pub style: KeyStyle,
    /// By the key in the file, without what stands before a network's own names.
    pub wants: BTreeMap<String, Want>,
}

/// A tensor of the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Want {
    pub path: String,
    pub shape: Vec<usize>,
}

/// The best reading of a file: as which network, and below which levels.
pub struct Reading {
    pub layout: Layout,
    /// `state_dict.module.`, or nothing.
    pub root: String,
}

impl Layout {
    /// All styles of a network.
    pub fn of(architecture: Architecture) -> impl Iterator<Item = Self> {
        let shapes = architecture.shapes();
        let styles = KeyStyle::of(architecture.family()).iter();
        styles.map(move |&style| Self::new(architecture, style, &shapes))
    }

    fn new(architecture: Architecture, style: KeyStyle, shapes: &Shapes) -> Self {
        let wants = shapes.iter().filter_map(|(path, shape)| {
            let want = Want {
                path: path.clone(),
                shape: shape.clone(),
            };
            Some((style.key(architecture, path, shapes)?, want))
        });
        Self {
            architecture,
            style,
            wants: wants.collect(),
        }
    }

    /// How much of the file's weights and of the network are the same: 0 nothing, 1 all.
    fn fit(&self, root: &str, entries: &Entries) -> f64 {
        let mut fitting = 0;
        let mut strangers = 0;
        for (key, entry) in entries.range(root.to_owned()..) {
            let Some(key) = key.strip_prefix(root) else {
                break;
            };
            match self.wants.get(key) {
                _ if entry.number.is_none() => {}
                Some(want) if want.is_fit(&entry.shape) => fitting += 1,
                Some(_) => {}
                None if self.style.head_path(self.architecture, key).is_some() => {}
                None => strangers += 1,
            }
        }
        f64::from(fitting) / (self.wants.len() as f64 + f64::from(strangers))
    }
}

impl Want {
    /// Whether the numbers of a tensor of this shape can be taken as they are. The legacy Xception file
    /// keeps 1x1 convolutions as matrices `[out, in]` (METHODS 6.1).
    pub fn is_fit(&self, found: &[usize]) -> bool {
        let is_matrix_of_1x1 = self.shape.len() == 4
            && self.shape.ends_with(&[1, 1])
            && self.shape.get(..2) == Some(found);
        self.shape == found || is_matrix_of_1x1
    }
}

/// The network, style and levels that fit best; the first of equals. None where nothing fits at all.
pub fn best_reading(
    layouts: impl Iterator<Item = Layout>,
    roots: &[String],
    entries: &Entries,
) -> Option<Reading> {
    let mut best: Option<(f64, Reading)> = None;
    for layout in layouts {
        for root in roots {
            let fit = layout.fit(root, entries);
            if best.as_ref().map_or(0.0, |(best, _)| *best) < fit {
                let reading = Reading {
                    layout: layout.clone(),
                    root: root.clone(),
                };
                best = Some((fit, reading));
            }
        }
    }
    best.map(|(_, reading)| reading)
}
