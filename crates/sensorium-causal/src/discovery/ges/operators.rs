//! The steps that may be taken from a class of graphs, and the best of them.

use crate::score::LocalScore;
use crate::{Graph, Knowledge};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// One step of the search: an edge `from → to` is put in or taken away.
#[derive(Clone, Debug, PartialEq)]
pub struct GesStep {
    /// Whether the edge is put in (or taken away).
    pub insertion: bool,
    /// Where the edge begins.
    pub from: usize,
    /// Where the edge ends.
    pub to: usize,
    /// The neighbours that are directed with it: towards `to` when it is put in, away from `to` when taken away.
    pub directed: Vec<usize>,
    /// How much the score rises.
    pub gain: f64,
}

/// A class of graphs with the sets that all operators need.
pub(super) struct Class<'a> {
    graph: &'a Graph,
    neighbours: Vec<BTreeSet<usize>>,
    adjacent: Vec<BTreeSet<usize>>,
    parents: Vec<BTreeSet<usize>>,
}

impl<'a> Class<'a> {
    pub fn new(graph: &'a Graph) -> Self {
        let n = graph.len();
        let set = |keep: &dyn Fn(usize, usize) -> bool| -> Vec<BTreeSet<usize>> {
            (0..n).map(|a| (0..n).filter(|&b| a != b && keep(a, b)).collect()).collect()
        };
        Self {
            graph,
            neighbours: set(&|a, b| graph.is_undirected(a, b)),
            adjacent: set(&|a, b| graph.adjacent(a, b)),
            parents: set(&|a, b| graph.is_directed(b, a)),
        }
    }

    /// The step with the greatest gain, the first of those that are equal; `refused` steps are passed over.
    pub fn best(
        &self,
        insertion: bool,
        score: &dyn LocalScore,
        knowledge: &Knowledge,
        max_parents: Option<usize>,
        refused: &[GesStep],
    ) -> Option<GesStep> {
        let n = self.graph.len();
        let pairs: Vec<(usize, usize)> =
            (0..n).flat_map(|i| (0..n).filter(move |&j| j != i).map(move |j| (i, j))).collect();
        let best: Vec<Option<GesStep>> = pairs
            .par_iter()
            .map(|&(i, j)| {
                let steps = if insertion {
                    self.insertions(i, j, score, knowledge, max_parents)
                } else {
                    self.deletions(i, j, score, knowledge)
                };
                first_best(steps.into_iter().filter(|s| !refused.contains(s)))
            })
            .collect();
        first_best(best.into_iter().flatten())
    }

    /// All valid insertions of `i → j` (Chickering 2002, theorem 15), fewest directed neighbours first.
    fn insertions(
        &self,
        i: usize,
        j: usize,
        score: &dyn LocalScore,
        knowledge: &Knowledge,
        max_parents: Option<usize>,
    ) -> Vec<GesStep> {
        if self.graph.adjacent(i, j) || knowledge.forbids(i, j) {
            return Vec::new();
        }
        let shared: Vec<usize> = self.neighbours[j].intersection(&self.adjacent[i]).copied().collect();
        let free: Vec<usize> = self.neighbours[j].difference(&self.adjacent[i]).copied().collect();
        let mut steps = Vec::new();
        for directed in self.cliques(&shared, &free) {
            let blocking: BTreeSet<usize> = shared.iter().chain(&directed).copied().collect();
            let mut parents = &blocking | &self.parents[j];
            if max_parents.is_some_and(|most| parents.len() >= most) || self.has_way(j, i, &blocking) {
                continue;
            }
            let before: Vec<usize> = parents.iter().copied().collect();
            parents.insert(i);
            let after: Vec<usize> = parents.into_iter().collect();
            let gain = score.local(j, &after) - score.local(j, &before);
            steps.push(GesStep { insertion: true, from: i, to: j, directed, gain });
        }
        steps
    }

    /// All valid deletions of `i → j` or `i – j` (Chickering 2002, theorem 17), fewest directed neighbours first.
    fn deletions(&self, i: usize, j: usize, score: &dyn LocalScore, knowledge: &Knowledge) -> Vec<GesStep> {
        let there = self.neighbours[j].contains(&i) || self.parents[j].contains(&i);
        if !there || knowledge.requires(i, j) || knowledge.requires(j, i) {
            return Vec::new();
        }
        let shared: Vec<usize> = self.neighbours[j].intersection(&self.adjacent[i]).copied().collect();
        let mut steps: Vec<GesStep> = self
            .cliques(&[], &shared)
            .into_iter()
            .map(|kept| {
                let directed = shared.iter().copied().filter(|s| !kept.contains(s)).collect();
                let mut parents: BTreeSet<usize> = self.parents[j].iter().copied().chain(kept).collect();
                parents.insert(i);
                let before: Vec<usize> = parents.iter().copied().collect();
                parents.remove(&i);
                let after: Vec<usize> = parents.into_iter().collect();
                let gain = score.local(j, &after) - score.local(j, &before);
                GesStep { insertion: false, from: i, to: j, directed, gain }
            })
            .collect();
        steps.sort_by(|a, b| (a.directed.len(), &a.directed).cmp(&(b.directed.len(), &b.directed)));
        steps
    }

    /// Subsets of `free` that are a clique together with `fixed`: by size, then in lexicographic order.
    fn cliques(&self, fixed: &[usize], free: &[usize]) -> Vec<Vec<usize>> {
        let joined = |a: usize, b: usize| self.adjacent[a].contains(&b);
        if fixed.iter().enumerate().any(|(k, &a)| fixed[k + 1..].iter().any(|&b| !joined(a, b))) {
            return Vec::new();
        }
        let mut all = vec![Vec::new()];
        let mut begun = 0;
        while begun < all.len() {
            let base: Vec<usize> = all[begun].clone();
            for &next in free.iter().filter(|&&f| base.last().is_none_or(|&last| f > last)) {
                if fixed.iter().chain(&base).all(|&b| joined(next, b)) {
                    let mut larger = base.clone();
                    larger.push(next);
                    all.push(larger);
                }
            }
            begun += 1;
        }
        all
    }

    /// Whether a way along directed and undirected edges leads from `from` to `to` around `blocking`.
    fn has_way(&self, from: usize, to: usize, blocking: &BTreeSet<usize>) -> bool {
        let mut seen = vec![false; self.graph.len()];
        let mut open = vec![from];
        seen[from] = true;
        while let Some(node) = open.pop() {
            for &next in &self.adjacent[node] {
                let along = self.graph.is_directed(node, next) || self.graph.is_undirected(node, next);
                if along && next == to {
                    return true;
                }
                if along && !seen[next] && !blocking.contains(&next) {
                    seen[next] = true;
                    open.push(next);
                }
            }
        }
        false
    }
}

/// The step with the greatest gain, the first of those that are equal.
fn first_best(steps: impl Iterator<Item = GesStep>) -> Option<GesStep> {
    steps.reduce(|best, step| if step.gain > best.gain { step } else { best })
}
