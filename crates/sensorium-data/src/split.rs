//! Splits: which recordings train, validate and test.
//!
//! Groups stay whole, so nothing that shares a machine or a patient lies on both sides.

use crate::source::Split;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// A recording, as far as splitting is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit<'a> {
    /// Recordings of one group stay together.
    pub group: &'a str,
    /// Its main class, for stratification.
    pub class: Option<usize>,
}

/// Divides recordings by `shares` (training, validation, test; they sum to 1), whole groups at a
/// time, drawn with `seed`.
///
/// With `stratify`, each class (a group counts for its most frequent one) is divided for itself;
/// a class with as many groups as there are parts with a share gets at least one into each.
/// The result has one entry a unit and depends on the groups and the seed, not on the order of the
/// units.
pub fn split_by_share(units: &[Unit<'_>], shares: [f64; 3], seed: u64, stratify: bool) -> Vec<Split> {
    let mut votes: BTreeMap<&str, BTreeMap<Option<usize>, usize>> = BTreeMap::new();
    for unit in units {
        let class = if stratify { unit.class } else { None };
        *votes.entry(unit.group).or_default().entry(class).or_default() += 1;
    }
    let mut strata: BTreeMap<Option<usize>, Vec<&str>> = BTreeMap::new();
    for (group, classes) in &votes {
        let main = classes.iter().max_by_key(|(class, n)| (**n, std::cmp::Reverse(**class)));
        strata.entry(main.and_then(|(class, _)| *class)).or_default().push(group);
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut assigned: BTreeMap<&str, Split> = BTreeMap::new();
    for groups in strata.values_mut() {
        groups.shuffle(&mut rng);
        let counts = apportion(groups.len(), shares);
        let parts = [Split::Train, Split::Validation, Split::Test];
        let splits = parts.iter().zip(counts).flat_map(|(split, n)| std::iter::repeat_n(*split, n));
        assigned.extend(groups.iter().copied().zip(splits));
    }
    units.iter().map(|u| assigned.get(u.group).copied().unwrap_or(Split::Train)).collect()
}

/// Whole numbers that sum to `total`, as near to `shares` as can be (largest remainders); where
/// `total` allows, every part with a share gets at least one.
fn apportion(total: usize, shares: [f64; 3]) -> [usize; 3] {
    let exact = shares.map(|s| s * total as f64);
    let mut counts = exact.map(|e| (e + 1e-9).floor() as usize);
    let mut order = [0, 1, 2];
    order.sort_by(|a, b| {
        let remainder = |i: usize| exact[i] - counts[i] as f64;
        remainder(*b).total_cmp(&remainder(*a)).then(a.cmp(b))
    });
    for i in order.into_iter().cycle().filter(|i| shares[*i] > 0.0).take(3) {
        if counts.iter().sum::<usize>() < total {
            counts[i] += 1;
        }
    }
    counts[0] += total - counts.iter().sum::<usize>().min(total);
    if total >= shares.iter().filter(|s| **s > 0.0).count() {
        for i in 0..3 {
            let largest = (0..3).max_by_key(|k| (counts[*k], std::cmp::Reverse(*k))).unwrap_or(0);
            if shares[i] > 0.0 && counts[i] == 0 && counts[largest] > 1 {
                counts[i] += 1;
                counts[largest] -= 1;
            }
        }
    }
    counts
}

/// Checks that every class can be learned and judged.
///
/// `classes` are the class names, `present` the classes that occur in each recording, `splits`
/// their splits. Validation and test are checked where they hold recordings; `lenient` asks only
/// for two classes in training.
///
/// # Errors
/// A sentence naming the class and the split, and what to do.
pub fn check_classes(
    classes: &[String],
    present: &[Vec<usize>],
    splits: &[Split],
    lenient: bool,
) -> Result<(), String> {
    let count = |split: Split, class: usize| {
        let here = splits.iter().zip(present).filter(|(s, c)| **s == split && c.contains(&class));
        here.count()
    };
    let trained = (0..classes.len()).filter(|c| count(Split::Train, *c) > 0).count();
    let all = (0..classes.len()).filter(|c| present.iter().any(|p| p.contains(c))).count();
    if all < 2 {
        let only = classes.iter().enumerate().find(|(c, _)| present.iter().any(|p| p.contains(c)));
        return Err(format!(
            "only one class occurs ({}), so there is nothing to tell apart; check the label column, or use \
             task = \"anomaly\"",
            only.map_or("none at all".to_string(), |(_, name)| format!("`{name}`"))
        ));
    }
    if trained < 2 {
        return Err("training has fewer than two classes; give it more recordings".into());
    }
    if lenient {
        return Ok(());
    }
    for (split, name) in [(Split::Train, "train"), (Split::Validation, "validation"), (Split::Test, "test")] {
        if !splits.contains(&split) {
            continue;
        }
        if let Some(class) = (0..classes.len()).find(|c| count(split, *c) == 0) {
            let total = present.iter().filter(|p| p.contains(&class)).count();
            return Err(format!(
                "class `{}` ({total} recordings) has none in {name}; add recordings of it, change the shares, the \
                 seed or the lists, or set allow_empty_classes = true in [split]",
                classes[class]
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn three_recordings_of_a_class_go_one_to_each_part() {
        assert_eq!(apportion(3, [0.7, 0.15, 0.15]), [1, 1, 1]);
        assert_eq!(apportion(10, [0.7, 0.15, 0.15]), [7, 2, 1]);
        assert_eq!(apportion(2, [0.5, 0.0, 0.5]), [1, 0, 1]);
        assert_eq!(apportion(0, [0.7, 0.15, 0.15]), [0, 0, 0]);
    }

    #[test]
    fn a_class_that_a_split_lacks_is_named() {
        let classes = ["ok".to_string(), "leak".to_string()];
        let present = [vec![0], vec![1], vec![0]];
        let splits = [Split::Train, Split::Train, Split::Test];
        let error = check_classes(&classes, &present, &splits, false).unwrap_err();
        assert!(error.contains("`leak`") && error.contains("test"), "{error}");
        assert!(check_classes(&classes, &present, &splits, true).is_ok());
    }

    proptest! {
        #[test]
        fn groups_stay_whole_and_every_unit_is_placed(
            units in prop::collection::vec((0u8..20, 0usize..4), 1..80), seed in any::<u64>(), stratify in any::<bool>(),
        ) {
            let names: Vec<String> = units.iter().map(|(g, _)| format!("g{g}")).collect();
            let units: Vec<Unit> = units.iter().zip(&names).map(|((_, c), g)| Unit { group: g, class: Some(*c) }).collect();
            let splits = split_by_share(&units, [0.6, 0.2, 0.2], seed, stratify);
            prop_assert_eq!(splits.len(), units.len());
            for (a, x) in units.iter().zip(&splits) {
                for (b, y) in units.iter().zip(&splits) {
                    prop_assert!(a.group != b.group || x == y);
                }
            }
        }

        #[test]
        fn parts_sum_to_the_whole(total in 0usize..500, a in 0.0f64..1.0, b in 0.0f64..1.0) {
            let shares = [a * b, a * (1.0 - b), 1.0 - a];
            prop_assert_eq!(apportion(total, shares).iter().sum::<usize>(), total);
        }
    }
}
