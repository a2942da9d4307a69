//! Which variables are adjacent.

use crate::independence::IndependenceTest;
use crate::{CausalError, Graph, GraphKind, Knowledge, Mark};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// For each pair (lower position first) that was separated, every set of the deciding level that separates it.
pub type SeparatingSets = BTreeMap<(usize, usize), Vec<Vec<usize>>>;

/// The undirected graph, and how it came about.
#[derive(Clone, Debug)]
pub struct Skeleton {
    /// All edges undirected.
    pub graph: Graph,
    /// What separated the pairs that are not adjacent. Pairs that knowledge keeps apart have no entry.
    pub separating_sets: SeparatingSets,
    /// For each pair that was tested, the largest p-value. The smaller, the surer an edge; above alpha there is none.
    pub p_values: BTreeMap<(usize, usize), f64>,
    /// How many tests were made.
    pub tests: usize,
    /// The most variables that were conditioned on.
    pub level: usize,
}

/// What the tests of one pair at one level said.
struct Verdict {
    pair: (usize, usize),
    separating: Vec<Vec<usize>>,
    largest: f64,
    tests: usize,
}

/// The first step of PC: starts from the complete graph and removes edges between variables that some set of
/// neighbours makes independent, sets of no variable first, then of one, and so on.
///
/// # Errors
/// As [`pc`](super::pc).
pub fn learn_skeleton(
    names: &[String],
    test: &dyn IndependenceTest,
    knowledge: &Knowledge,
    alpha: f64,
    max_given: Option<usize>,
) -> Result<Skeleton, CausalError> {
    if !(alpha > 0.0 && alpha < 1.0) {
        return Err(CausalError::Argument(format!("alpha is {alpha}; it must be between 0 and 1")));
    }
    if names.len() != test.variables() {
        return Err(CausalError::Argument(format!(
            "{} names for a test of {} variables",
            names.len(),
            test.variables()
        )));
    }
    knowledge.check(names)?;
    let n = names.len();
    let mut graph = Graph::complete(names.to_vec(), GraphKind::Cpdag, Mark::Tail)?;
    for a in 0..n {
        for b in a + 1..n {
            if knowledge.forbids_adjacency(a, b) {
                graph.remove_edge(a, b);
            }
        }
    }
    let mut found =
        Skeleton { graph, separating_sets: BTreeMap::new(), p_values: BTreeMap::new(), tests: 0, level: 0 };
    let mut level = 0;
    loop {
        let neighbours: Vec<Vec<usize>> = (0..n).map(|a| found.graph.neighbours(a)).collect();
        let degree = neighbours.iter().map(Vec::len).max().unwrap_or(0);
        if degree < level + 1 || max_given.is_some_and(|most| level > most) {
            return Ok(found);
        }
        found.level = level;
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for (a, near) in neighbours.iter().enumerate() {
            pairs.extend(near.iter().filter(|&&b| a < b).map(|&b| (a, b)));
        }
        pairs.retain(|&(a, b)| !knowledge.requires(a, b) && !knowledge.requires(b, a));
        let verdicts: Vec<Verdict> = pairs
            .into_par_iter()
            .map(|pair| judge(pair, level, &neighbours, test, alpha))
            .collect::<Result<_, CausalError>>()?;
        for verdict in verdicts {
            found.tests += verdict.tests;
            if verdict.tests > 0 {
                let largest = found.p_values.entry(verdict.pair).or_insert(0.0);
                *largest = largest.max(verdict.largest);
            }
            if !verdict.separating.is_empty() {
                found.graph.remove_edge(verdict.pair.0, verdict.pair.1);
                found.separating_sets.insert(verdict.pair, verdict.separating);
            }
        }
        level += 1;
    }
}

/// Tests a pair given every set of `level` neighbours of one or the other.
fn judge(
    pair: (usize, usize),
    level: usize,
    neighbours: &[Vec<usize>],
    test: &dyn IndependenceTest,
    alpha: f64,
) -> Result<Verdict, CausalError> {
    let (x, y) = pair;
    let mut verdict = Verdict { pair, separating: Vec::new(), largest: 0.0, tests: 0 };
    let without = |of: usize, other: usize| -> Vec<usize> {
        neighbours[of].iter().copied().filter(|&v| v != other).collect()
    };
    let (near_x, near_y) = (without(x, y), without(y, x));
    for (side, near) in [&near_x, &near_y].into_iter().enumerate() {
        let mut sets = Combinations::new(near.len(), level);
        while let Some(chosen) = sets.next() {
            let given: Vec<usize> = chosen.iter().map(|&i| near[i]).collect();
            // Sets of common neighbours were tested on the first side already.
            if side == 1 && given.iter().all(|v| near_x.binary_search(v).is_ok()) {
                continue;
            }
            let p = test.p_value(x, y, &given)?;
            verdict.tests += 1;
            verdict.largest = verdict.largest.max(p);
            if p > alpha {
                verdict.separating.push(given);
            }
        }
    }
    Ok(verdict)
}

/// All ways to choose `k` of `n` in lexicographic order.
pub(in crate::discovery) struct Combinations {
    n: usize,
    chosen: Vec<usize>,
    is_first: bool,
}

impl Combinations {
    pub(in crate::discovery) fn new(n: usize, k: usize) -> Self {
        Self { n, chosen: (0..k).collect(), is_first: true }
    }

    /// The next choice; `None` after the last.
    pub(in crate::discovery) fn next(&mut self) -> Option<&[usize]> {
        let k = self.chosen.len();
        if k > self.n {
            return None;
        }
        if std::mem::take(&mut self.is_first) {
            return Some(&self.chosen);
        }
        let position = (0..k).rev().find(|&i| self.chosen[i] < self.n - k + i)?;
        self.chosen[position] += 1;
        for i in position + 1..k {
            self.chosen[i] = self.chosen[i - 1] + 1;
        }
        Some(&self.chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_comes_once() {
        let all = |n, k| {
            let mut combinations = Combinations::new(n, k);
            let mut found = Vec::new();
            while let Some(chosen) = combinations.next() {
                found.push(chosen.to_vec());
            }
            found
        };
        assert_eq!(all(4, 2), [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]);
        assert_eq!(all(3, 0), [[0_usize; 0]]);
        assert_eq!(all(2, 3), Vec::<Vec<usize>>::new());
        assert_eq!(all(7, 3).len(), 35);
    }
}
