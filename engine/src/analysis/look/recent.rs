//! The looks of the last moments, so that stepping back shows them at once.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::analysis::look::{Look, LookKey};
use crate::detectors::MapKind;

/// Pictures that are kept: some thirty looks of a method with pictures, hundreds of one with a single map.
const MAX_BYTES: usize = 64 << 20;

/// Recent looks, oldest use first.
#[derive(Default)]
pub struct Recent {
    looks: VecDeque<Arc<Look>>,
    bytes: usize,
}

impl Recent {
    /// The look of this name, if it is kept and has all these maps.
    pub fn find(&mut self, key: LookKey, kinds: &[MapKind]) -> Option<Arc<Look>> {
        let place = self.looks.iter().position(|look| look.key == key)?;
        let look = self.looks.remove(place)?;
        self.looks.push_back(Arc::clone(&look));
        kinds
            .iter()
            .all(|&kind| look.map(kind).is_some())
            .then_some(look)
    }

    /// Keeps a look, instead of one of the same name.
    pub fn keep(&mut self, look: Arc<Look>) {
        if let Some(place) = self.looks.iter().position(|old| old.key == look.key) {
            self.forget(place);
        }
        self.bytes += look.bytes();
        self.looks.push_back(look);
        while MAX_BYTES < self.bytes && 1 < self.looks.len() {
            self.forget(0);
        }
    }

    fn forget(&mut self, place: usize) {
        if let Some(look) = self.looks.remove(place) {
            self.bytes -= look.bytes();
        }
    }
}
