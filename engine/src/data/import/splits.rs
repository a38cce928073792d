//! Deals items to splits where a dataset does not say: by groups of sources, from a seed.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::data::{Item, Split};

/// Of all groups; the rest is for training. `FaceForensics++` has the same shares.
const VAL_SHARE: f64 = 0.14;
const TEST_SHARE: f64 = 0.14;

/// Of the groups in an official training split that has no validation split beside it.
const CARVED_SHARE: f64 = 0.1;

/// Gives every item a split. Items that share a source, directly or over others, stay together; groups
/// are dealt by the SHA-256 of seed and name, separately for those with pristine, with manipulated and
/// with both kinds of items. From three groups of a kind on, each split gets one.
pub(super) fn deal(items: &mut [Item], seed: u64) {
    let groups = groups_of(items);
    let mut dealt = BTreeMap::new();
    for kind in kinds_of(items, &groups, |_| true) {
        let num_groups = kind.len();
        let (num_val, num_test) = match num_groups {
            0 | 1 => (0, 0),
            2 => (0, 1),
            _ => (
                share_of(num_groups, VAL_SHARE),
                share_of(num_groups, TEST_SHARE),
            ),
        };
        for (rank, group) in by_hash(kind, seed).into_iter().enumerate() {
            let split = if rank < num_test {
                Split::Test
            } else if rank < num_test + num_val {
                Split::Val
            } else {
                Split::Train
            };
            dealt.insert(group, split);
        }
    }
    assign(items, &groups, &dealt);
}

/// Moves about a tenth of the training groups to the validation split. Groups with a source of another
/// split are left as they are.
pub(super) fn carve_validation(items: &mut [Item], seed: u64) {
    let groups = groups_of(items);
    let mut dealt = BTreeMap::new();
    for kind in kinds_of(items, &groups, |split| split == Some(Split::Train)) {
        let num_val = match kind.len() {
            0 | 1 => 0,
            num_groups => share_of(num_groups, CARVED_SHARE),
        };
        let chosen = by_hash(kind, seed).into_iter().take(num_val);
        dealt.extend(chosen.map(|group| (group, Split::Val)));
    }
    assign(items, &groups, &dealt);
}

/// The place of each source in an order that only seed and names decide: its parts are dealt by it.
pub(super) fn split_of_sources<'a>(
    sources: impl IntoIterator<Item = &'a str>,
    seed: u64,
) -> BTreeMap<&'a str, Split> {
    let mut items: Vec<Item> = Vec::new();
    let mut names: Vec<&str> = sources.into_iter().collect();
    names.sort_unstable();
    names.dedup();
    for name in &names {
        let (path, dataset) = (String::new(), String::new());
        items.push(super::draft::item(path, 0, (*name).to_owned(), dataset));
    }
    deal(&mut items, seed);
    let splits = items.iter().map(|item| item.split.unwrap_or(Split::Train));
    names.into_iter().zip(splits).collect()
}

fn share_of(num_groups: usize, share: f64) -> usize {
    ((num_groups as f64 * share).round() as usize).max(1)
}

/// The group of each item, named by its first source in alphabetical order.
fn groups_of(items: &[Item]) -> Vec<String> {
    let mut parent: BTreeMap<&str, &str> = BTreeMap::new();
    fn root<'a>(parent: &BTreeMap<&'a str, &'a str>, source: &'a str) -> &'a str {
        let mut at = source;
        while let Some(&above) = parent.get(at).filter(|above| **above != at) {
            at = above;
        }
        at
    }
    for item in items {
        let first = root(&parent, &item.source);
        parent.entry(first).or_insert(first);
        for donor in &item.donors {
            let (one, other) = (root(&parent, &item.source), root(&parent, donor));
            let (low, high) = (one.min(other), one.max(other));
            parent.insert(high, low);
            parent.insert(low, low);
        }
    }
    let named = items
        .iter()
        .map(|item| root(&parent, &item.source).to_owned());
    named.collect()
}

/// Names of the groups with one kind of labels each: pristine, manipulated, both. A group counts where
/// all its items are in a wanted split.
fn kinds_of(
    items: &[Item],
    groups: &[String],
    is_wanted: impl Fn(Option<Split>) -> bool,
) -> [Vec<String>; 3] {
    let mut labels: BTreeMap<&str, ([bool; 2], bool)> = BTreeMap::new();
    for (item, group) in items.iter().zip(groups) {
        let (has, all_wanted) = labels.entry(group).or_insert(([false; 2], true));
        has[usize::from(item.label == 1)] = true;
        *all_wanted &= is_wanted(item.split);
    }
    let mut kinds = [const { Vec::new() }; 3];
    for (group, (has, all_wanted)) in labels {
        let kind = match has {
            [true, true] => 2,
            [_, has_manipulated] => usize::from(has_manipulated),
        };
        if all_wanted {
            kinds[kind].push(group.to_owned());
        }
    }
    kinds
}

fn by_hash(mut groups: Vec<String>, seed: u64) -> Vec<String> {
    groups.sort_by_cached_key(|group| {
        let digest = Sha256::new()
            .chain_update(seed.to_le_bytes())
            .chain_update(group);
        (digest.finalize().to_vec(), group.clone())
    });
    groups
}

fn assign(items: &mut [Item], groups: &[String], dealt: &BTreeMap<String, Split>) {
    for (item, group) in items.iter_mut().zip(groups) {
        if let Some(split) = dealt.get(group) {
            item.split = Some(*split);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::import::draft::item;

    fn listed(label: u8, source: &str, donors: &[&str]) -> Item {
        Item {
            donors: donors.iter().map(|donor| (*donor).to_owned()).collect(),
            ..item(source.to_owned(), label, source.to_owned(), "d".to_owned())
        }
    }

    fn clips(num_sources: usize) -> Vec<Item> {
        (0..num_sources)
            .flat_map(|at| [0, 1].map(|label| listed(label, &format!("clip {at}"), &[])))
            .collect()
    }

    fn counts(items: &[Item]) -> [usize; 3] {
        [Split::Train, Split::Val, Split::Test].map(|split| {
            items
                .iter()
                .filter(|item| item.split == Some(split))
                .count()
        })
    }

    #[test]
    fn every_split_gets_its_share_and_sources_stay_together() {
        let check = |num_sources, wanted| {
            let mut items = clips(num_sources);
            deal(&mut items, 5);
            assert_eq!(counts(&items), wanted);
            assert!(items.chunks(2).all(|pair| pair[0].split == pair[1].split));
        };
        check(1, [2, 0, 0]);
        check(2, [2, 0, 2]);
        check(3, [2, 2, 2]);
        check(100, [144, 28, 28]);
    }

    #[test]
    fn the_seed_decides_and_nothing_else() {
        let dealt = |seed, is_turned: bool| {
            let mut items = clips(40);
            if is_turned {
                items.reverse();
            }
            deal(&mut items, seed);
            items.sort_by(|a, b| (&a.source, a.label).cmp(&(&b.source, b.label)));
            items
        };
        assert_eq!(dealt(1, false), dealt(1, true));
        assert_ne!(dealt(1, false), dealt(2, false));
    }

    #[test]
    fn sources_joined_by_a_swap_stay_together_and_labels_are_spread() {
        let mut items = Vec::new();
        for at in 0..30 {
            let (one, other) = (format!("a{at}"), format!("b{at}"));
            items.push(listed(0, &one, &[]));
            items.push(listed(0, &other, &[]));
            items.push(listed(1, &other, &[&one]));
        }
        items.extend((0..10).map(|at| listed(1, &format!("lone {at}"), &[])));
        deal(&mut items, 9);
        for three in items[..90].chunks(3) {
            assert!(three.iter().all(|item| item.split == three[0].split));
        }
        // Of ten lone manipulated clips, one goes to each of the smaller splits.
        assert_eq!(counts(&items[90..]), [8, 1, 1]);
    }

    #[test]
    fn validation_is_carved_from_sources_that_only_training_has() {
        let mut items = clips(31);
        for item in &mut items {
            item.split = Some(Split::Train);
        }
        items[1].split = Some(Split::Test);
        carve_validation(&mut items, 3);
        assert_eq!(counts(&items), [55, 6, 1]);
        assert_eq!(items[0].split, Some(Split::Train));
    }
}
