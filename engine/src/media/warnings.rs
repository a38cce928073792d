//! What went wrong while reading without ending it, counted so that damage of a thousand frames is
//! one sentence.

use std::collections::BTreeMap;

/// Counts of each kind of trouble since the last [`Self::take`].
#[derive(Debug, Default)]
pub(super) struct Warnings {
    met: BTreeMap<&'static str, (u64, f64)>,
}

impl Warnings {
    /// `what` ends a sentence that begins with a count: "packets could not be decoded".
    pub fn add(&mut self, what: &'static str, near_secs: f64) {
        self.met.entry(what).or_insert((0, near_secs)).0 += 1;
    }

    pub fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.met)
            .into_iter()
            .map(|(what, (count, secs))| format!("{count} {what} (first near {secs:.2} s)"))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_troubles_are_one_sentence() {
        let mut warnings = Warnings::default();
        warnings.add("packets are damaged", 1.5);
        warnings.add("packets are damaged", 2.5);
        assert_eq!(
            warnings.take(),
            ["2 packets are damaged (first near 1.50 s)"]
        );
        assert_eq!(warnings.take(), Vec::<String>::new());
    }
}
