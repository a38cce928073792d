//! Log-likelihood images of the faces of a training, made once: the background model rests while the
//! classifier learns.

use std::collections::BTreeMap;

/// Numbers kept at most: half a GiB, 10,000 faces of 64 pixels. Further ones are made anew each time.
const MOST: usize = 1 << 27;

/// Chain-rule maps by what their faces are known by.
#[derive(Default)]
pub struct MapStore {
    maps: BTreeMap<String, Vec<f32>>,
    held: usize,
}

impl MapStore {
    pub fn find(&self, source: &str) -> Option<&[f32]> {
        self.maps.get(source).map(Vec::as_slice)
    }

    /// Keeps a map while there is room.
    pub fn keep(&mut self, source: &str, map: &[f32]) {
        if self.held + map.len() <= MOST && !self.maps.contains_key(source) {
            self.held += map.len();
            self.maps.insert(source.to_owned(), map.to_vec());
        }
    }

    /// Forgets everything: the background model has changed.
    pub fn clear(&mut self) {
        self.maps.clear();
        self.held = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_map_of_a_face_stays_until_the_model_changes() {
        let mut store = MapStore::default();
        store.keep("a", &[1.0, 2.0]);
        store.keep("a", &[3.0, 4.0]);
        assert_eq!(store.find("a"), Some(&[1.0, 2.0][..]));
        assert_eq!(store.find("b"), None);
        store.clear();
        assert_eq!(store.find("a"), None);
    }
}
