//! Pairs people with faces, the best pair first.

/// One possible pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pair {
    /// The person.
    pub key: u64,
    /// Place of the face in its list.
    pub at: usize,
    /// Larger is better.
    pub score: f32,
}

/// Pairs in which every person and every face is at most once: always the best that is left.
pub(super) fn best_pairs(mut pairs: Vec<Pair>) -> Vec<Pair> {
    pairs.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then(a.key.cmp(&b.key))
            .then(a.at.cmp(&b.at))
    });
    let mut chosen: Vec<Pair> = Vec::new();
    for pair in pairs {
        if chosen
            .iter()
            .all(|taken| taken.key != pair.key && taken.at != pair.at)
        {
            chosen.push(pair);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_pair_goes_first_and_nobody_goes_twice() {
        let pair = |key, at, score| Pair { key, at, score };
        let pairs = vec![
            pair(1, 0, 0.5),
            pair(1, 1, 0.9),
            pair(2, 1, 0.8),
            pair(2, 0, 0.1),
        ];
        assert_eq!(best_pairs(pairs), [pair(1, 1, 0.9), pair(2, 0, 0.1)]);
    }
}
