//! Counts of a node's levels for every combination of its parents' levels.

use crate::counts::{Categories, Strata};

/// Calls `each` with the counts of the node's levels, once for each combination of the parents' levels that occurs.
pub(super) fn count_family(
    categories: &Categories,
    node: usize,
    parents: &[usize],
    each: &mut dyn FnMut(&[u32]),
) {
    let levels = categories.levels(node);
    let Some((&first, rest)) = parents.split_first() else {
        let mut counts = vec![0; levels];
        categories.codes(node).iter().for_each(|&code| counts[usize::from(code)] += 1);
        each(&counts);
        return;
    };
    Strata::new(categories).count(rest, first, node, None, &mut |table| {
        table.chunks_exact(levels).filter(|counts| counts.iter().any(|&n| n > 0)).for_each(&mut *each);
    });
}

/// The number of combinations of the parents' levels, whether they occur or not.
pub(super) fn combinations(categories: &Categories, parents: &[usize]) -> f64 {
    parents.iter().map(|&p| categories.levels(p) as f64).product()
}

/// The greatest log-likelihood of the node given its parents: the sum of `n ln(n / N)` over all cells.
pub(super) fn log_likelihood(categories: &Categories, node: usize, parents: &[usize]) -> f64 {
    let mut sum = 0.0;
    count_family(categories, node, parents, &mut |counts| {
        let total: u32 = counts.iter().sum();
        let cells = counts.iter().filter(|&&n| n > 0);
        sum += cells.map(|&n| f64::from(n) * (f64::from(n) / f64::from(total)).ln()).sum::<f64>();
    });
    sum
}
