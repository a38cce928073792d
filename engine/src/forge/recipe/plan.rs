//! Who is forged with whose face, how, and in which split: all of it before a frame is made.

use rand::RngExt as _;
use rand::seq::SliceRandom as _;

use crate::data::Split;
use crate::forge::addg::example_rng;
use crate::forge::manipulate::Technique;
use crate::forge::recipe::{Level, Recipe};

/// Shares of the pairs that go to testing and to validation.
const TEST_SHARE: f64 = 0.34;
const VAL_SHARE: f64 = 0.16;

/// Keeps the draws of plans apart from those of pictures.
const PLAN_STEP: u64 = 0x504c_414e;

/// Two sources of one split that lend each other their faces; alone where the number is odd and
/// there is only one.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    pub split: Split,
    /// One or two places in the list of sources; three where the number is odd.
    pub sources: Vec<usize>,
    pub shots: Vec<ShotPlan>,
}

/// One pristine clip and what is made of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ShotPlan {
    pub source: usize,
    /// Whose face it gets; `None` where nobody else is in the split.
    pub donor: Option<usize>,
    /// Counts the shots of a source.
    pub number: usize,
    /// Of light, motion and camera.
    pub seed: u64,
    pub rate_factor: u8,
    pub second_rate_factor: Option<u8>,
    pub forgeries: Vec<Forgery>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forgery {
    pub technique: Technique,
    pub level: Level,
    pub seed: u64,
}

/// Draws a split for each source, pairs up those of a split that are most alike, and hands out
/// techniques in turn, so that every split sees each about equally often.
pub fn plan(recipe: &Recipe, techniques: &[Technique], likeness: &[f32], seed: u64) -> Vec<Pair> {
    let mut order: Vec<usize> = (0..likeness.len()).collect();
    order.shuffle(&mut example_rng(seed, PLAN_STEP, recipe.cast));
    let mut groups = Vec::new();
    for (split, count) in sizes(likeness.len()) {
        let mut of_split: Vec<usize> = order.drain(..count).collect();
        of_split.sort_by(|a, b| likeness[*a].total_cmp(&likeness[*b]));
        let mut pairs: Vec<Vec<usize>> = of_split.chunks(2).map(<[usize]>::to_vec).collect();
        // An odd one joins the last pair.
        if 2 <= pairs.len()
            && let Some(alone) = pairs.pop_if(|last| last.len() == 1)
            && let Some(last) = pairs.last_mut()
        {
            last.extend(alone);
        }
        groups.extend(pairs.into_iter().map(|sources| (sources, split)));
    }
    let mut turns = [0usize; 3];
    let mut pairs = Vec::with_capacity(groups.len());
    for (sources, split) in groups {
        let turn = &mut turns[split as usize];
        let mut shots = Vec::new();
        for number in 0..recipe.shots_per_person {
            for (at, source) in sources.iter().enumerate() {
                let donor = sources[(at + 1) % sources.len()];
                let donor = (donor != *source).then_some(donor);
                let mut rng = example_rng(seed, recipe.cast << 32 | *source as u64, number as u64);
                let pick = |factors: &[u8], draw: u32| {
                    let count = factors.len().max(1);
                    factors.get(draw as usize % count).copied()
                };
                shots.push(ShotPlan {
                    source: *source,
                    donor,
                    number,
                    seed: rng.random(),
                    rate_factor: pick(recipe.rate_factors, rng.random()).unwrap_or(20),
                    second_rate_factor: pick(recipe.second_rate_factors, rng.random()),
                    forgeries: forgeries(recipe, techniques, donor.is_some(), turn, &mut rng),
                });
            }
        }
        pairs.push(Pair {
            split,
            sources,
            shots,
        });
    }
    pairs
}

fn forgeries(
    recipe: &Recipe,
    techniques: &[Technique],
    has_donor: bool,
    turn: &mut usize,
    rng: &mut rand::rngs::StdRng,
) -> Vec<Forgery> {
    let possible: Vec<Technique> = techniques
        .iter()
        .copied()
        .filter(|technique| has_donor || !technique.needs_donor())
        .collect();
    let count = recipe.techniques_per_shot.min(possible.len());
    (0..count)
        .map(|_| {
            let technique = possible[*turn % possible.len()];
            // One more after each round, so that a technique does not always meet the same level.
            let level = recipe.levels[(*turn + *turn / possible.len()) % recipe.levels.len()];
            *turn += 1;
            Forgery {
                technique,
                level,
                seed: rng.random(),
            }
        })
        .collect()
}

/// Sources of each split, in pairs as far as they go: testing first, then training, so that few sources
/// still can be tested on.
fn sizes(num_sources: usize) -> [(Split, usize); 3] {
    let num_pairs = num_sources / 2;
    let share = |share: f64| (share * num_pairs as f64).round() as usize;
    if num_pairs < 2 {
        return [
            (Split::Test, num_sources),
            (Split::Val, 0),
            (Split::Train, 0),
        ];
    }
    let num_test = share(TEST_SHARE).max(1);
    let num_val = if num_pairs < 3 {
        0
    } else {
        share(VAL_SHARE).max(1)
    };
    let rest = num_sources - 2 * (num_test + num_val);
    [
        (Split::Test, 2 * num_test),
        (Split::Val, 2 * num_val),
        (Split::Train, rest),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::forge::recipe::{RECIPES, find};

    /// Scrambled, all different.
    fn likeness(count: usize) -> Vec<f32> {
        (0..count)
            .map(|at| (at * 7 % count.max(1)) as f32)
            .collect()
    }

    #[test]
    fn those_most_alike_of_a_split_are_paired() {
        let recipe = find("standard").unwrap();
        let likeness = likeness(24);
        let pairs = plan(recipe, recipe.techniques, &likeness, 3);
        for pair in &pairs {
            let [a, b] = [0, 1].map(|at| likeness[pair.sources[at]]);
            let others = pairs.iter().filter(|other| other.split == pair.split);
            let between = others.flat_map(|other| &other.sources);
            let count = between.filter(|it| a < likeness[**it] && likeness[**it] < b);
            assert_eq!(count.count(), 0);
        }
    }

    #[test]
    fn no_source_is_in_two_pairs_and_every_split_sees_every_technique() {
        for recipe in &RECIPES {
            let pairs = plan(recipe, recipe.techniques, &likeness(recipe.people), 7);
            let mut sources: Vec<usize> =
                pairs.iter().flat_map(|pair| pair.sources.clone()).collect();
            sources.sort_unstable();
            assert_eq!(sources, (0..recipe.people).collect::<Vec<_>>());
            let mut counts: BTreeMap<(Split, &str), usize> = BTreeMap::new();
            for pair in &pairs {
                for shot in &pair.shots {
                    assert!(pair.sources.contains(&shot.source));
                    assert!(
                        shot.donor
                            .is_some_and(|donor| pair.sources.contains(&donor))
                    );
                    for forgery in &shot.forgeries {
                        *counts
                            .entry((pair.split, forgery.technique.name()))
                            .or_default() += 1;
                    }
                }
            }
            assert_eq!(counts.len(), 3 * recipe.techniques.len(), "{}", recipe.name);
            for split in [Split::Train, Split::Val, Split::Test] {
                let of_split = counts.iter().filter(|((at, _), _)| *at == split);
                let counts: Vec<usize> = of_split.map(|(_, count)| *count).collect();
                let spread = counts.iter().max().unwrap() - counts.iter().min().unwrap();
                assert!(spread <= 1, "{} {counts:?}", recipe.name);
            }
        }
    }

    #[test]
    fn every_technique_meets_every_level() {
        let recipe = find("standard").unwrap();
        let mut met = BTreeMap::<&str, Vec<&str>>::new();
        for pair in plan(recipe, recipe.techniques, &likeness(24), 1) {
            for forgery in pair.shots.iter().flat_map(|shot| &shot.forgeries) {
                met.entry(forgery.technique.name())
                    .or_default()
                    .push(forgery.level.name());
            }
        }
        for (technique, levels) in met {
            assert!(
                levels.contains(&"low") && levels.contains(&"crude"),
                "{technique}"
            );
        }
    }

    #[test]
    fn few_and_odd_numbers_of_sources_still_give_a_plan() {
        let recipe = find("tiny").unwrap();
        assert!(plan(recipe, recipe.techniques, &[], 1).is_empty());
        let one = plan(recipe, recipe.techniques, &[0.5], 1);
        assert_eq!((one.len(), one[0].split), (1, Split::Test));
        let shot = &one[0].shots[0];
        assert_eq!(shot.donor, None);
        assert!(shot.forgeries.iter().all(|it| !it.technique.needs_donor()));
        let five = plan(recipe, recipe.techniques, &likeness(5), 1);
        let sizes: Vec<usize> = five.iter().map(|pair| pair.sources.len()).collect();
        assert_eq!(sizes, [2, 3]);
        assert!(five[1].shots.iter().all(|shot| shot.donor.is_some()));
    }

    #[test]
    fn another_seed_gives_another_plan() {
        let recipe = find("standard").unwrap();
        let plan = |seed| plan(recipe, recipe.techniques, &likeness(24), seed);
        assert_eq!(plan(1), plan(1));
        assert_ne!(plan(1), plan(2));
    }
}
