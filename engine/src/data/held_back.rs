//! Holding back whole groups of items, so that nobody is both learned from and validated on.

use std::collections::BTreeMap;

use crate::data::Item;

/// Which items are held back: groups of items that share a source, in an order that `seed` gives,
/// until at least `share` of all items is in them. At least one group stays out where there are two.
pub fn hold_back(items: &[&Item], share: f64, seed: u64) -> Vec<bool> {
    let groups = groups(items);
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (item, group) in groups.iter().enumerate() {
        members.entry(*group).or_default().push(item);
    }
    let mut order: Vec<&Vec<usize>> = members.values().collect();
    order.sort_by_key(|group| mixed(seed, &items[group[0]].source));
    let mut held_back = vec![false; items.len()];
    let wanted = (share * items.len() as f64).round().max(1.0) as usize;
    let mut count = 0;
    for group in order.iter().take(order.len().saturating_sub(1)) {
        if wanted <= count {
            break;
        }
        count += group.len();
        for item in *group {
            held_back[*item] = true;
        }
    }
    held_back
}

/// A number for each item that it shares with all items connected to it by sources.
fn groups(items: &[&Item]) -> Vec<usize> {
    let mut parent: Vec<usize> = (0..items.len()).collect();
    let mut first_with: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, item) in items.iter().enumerate() {
        for source in item.sources() {
            let other = *first_with.entry(source).or_insert(at);
            let (one, other) = (root(&mut parent, at), root(&mut parent, other));
            parent[one.max(other)] = one.min(other);
        }
    }
    (0..items.len()).map(|at| root(&mut parent, at)).collect()
}

fn root(parent: &mut [usize], mut at: usize) -> usize {
    while parent[at] != at {
        parent[at] = parent[parent[at]];
        at = parent[at];
    }
    at
}

/// An order of names that the seed changes (FNV-1a, then the finalizer of `SplitMix64`).
fn mixed(seed: u64, name: &str) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ seed;
    let hash = name.bytes().fold(start, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let bits = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::FrameRule;

    fn item(source: &str, donors: &[&str]) -> Item {
        Item {
            path: "clip.mp4".to_owned(),
            frames: FrameRule::Spread,
            label: u8::from(!donors.is_empty()),
            source: source.to_owned(),
            donors: donors.iter().map(|donor| (*donor).to_owned()).collect(),
            technique: None,
            split: None,
            mask: None,
            dataset: "test".to_owned(),
            sha256: None,
            details: BTreeMap::new(),
        }
    }

    #[test]
    fn nobody_is_on_both_sides() {
        let items: Vec<Item> = (0..40)
            .map(|n| match n % 4 {
                3 => item(&format!("person-{}", n / 4), &[&format!("donor-{}", n / 8)]),
                _ => item(&format!("person-{}", n / 4), &[]),
            })
            .collect();
        let items: Vec<&Item> = items.iter().collect();
        let mut ways = Vec::new();
        for seed in 0..20 {
            let held_back = hold_back(&items, 0.2, seed);
            let count = held_back.iter().filter(|is| **is).count();
            assert!((8..=16).contains(&count), "{count}");
            for (one, is_one) in items.iter().zip(&held_back) {
                for (other, is_other) in items.iter().zip(&held_back) {
                    let shares = one.sources().any(|s| other.sources().any(|o| o == s));
                    assert!(!shares || is_one == is_other);
                }
            }
            ways.push(held_back);
        }
        ways.sort_unstable();
        ways.dedup();
        assert!(1 < ways.len());
    }

    #[test]
    fn one_group_is_never_held_back() {
        let items = [item("a", &[]), item("a", &["b"])];
        let items: Vec<&Item> = items.iter().collect();
        assert_eq!(hold_back(&items, 0.5, 1), [false, false]);
    }
}
