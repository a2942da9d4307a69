//! The search for the best order of the nodes.

use super::BossConfig;
use super::grow_shrink::GrowShrinkTree;
use super::member::random_member;
use crate::random::generator;
use crate::{CausalError, Knowledge};
use rand::seq::SliceRandom;
use rayon::prelude::*;

/// Moves that gain less than this share of the score are rounding.
const ROUNDING: f64 = 1e-12;

/// Which nodes must stand before which others.
pub(super) struct Precedence<'a> {
    knowledge: &'a Knowledge,
    /// For each node those that must stand before it.
    before: Vec<Vec<bool>>,
}

impl<'a> Precedence<'a> {
    /// The causes of required edges before their effects, and earlier tiers before later ones.
    ///
    /// # Errors
    /// [`CausalError::Knowledge`] when no order satisfies both.
    pub fn new(names: &[String], knowledge: &'a Knowledge) -> Result<Self, CausalError> {
        let n = names.len();
        let tier = |i: usize| knowledge.tiers.get(i).copied().flatten();
        let earlier = |a: usize, b: usize| matches!((tier(a), tier(b)), (Some(a), Some(b)) if a < b);
        let first = |a: usize, b: usize| knowledge.requires(a, b) || earlier(a, b);
        let before = (0..n).map(|b| (0..n).map(|a| first(a, b)).collect()).collect();
        let precedence = Self { knowledge, before };
        let placed = precedence.sorted((0..n).collect(), |_, _| false);
        match (0..n).find(|node| !placed.contains(node)) {
            Some(node) => Err(CausalError::Knowledge(format!(
                "by the required edges and the tiers `{}` would be an indirect cause of an earlier tier; \
                 take an edge or a tier away",
                names[node]
            ))),
            None => Ok(precedence),
        }
    }

    /// The nodes in an order that keeps what must be and the `edges`, each as early as the given order has it; nodes on
    /// a cycle, and those after them, are left out.
    fn sorted(&self, mut nodes: Vec<usize>, edges: impl Fn(usize, usize) -> bool) -> Vec<usize> {
        let mut order = Vec::with_capacity(nodes.len());
        let free = |node: usize, left: &[usize]| {
            left.iter().all(|&other| !self.before[node][other] && !edges(other, node))
        };
        while let Some(next) = nodes.iter().position(|&node| free(node, &nodes)) {
            order.push(nodes.remove(next));
        }
        order
    }

    /// The first and the last place among the others where a node may stand.
    fn range(&self, node: usize, others: &[usize]) -> (usize, usize) {
        let first = others.iter().rposition(|&other| self.before[node][other]).map_or(0, |place| place + 1);
        let last = others.iter().position(|&other| self.before[other][node]).unwrap_or(others.len());
        (first, last)
    }
}

/// An order with the parents that it gives.
pub(super) struct Ordered {
    pub order: Vec<usize>,
    pub parents: Vec<Vec<usize>>,
    pub score: f64,
}

/// The search; what the trees have learnt in one run serves the next.
pub(super) struct OrderSearch<'a> {
    trees: Vec<GrowShrinkTree<'a>>,
    precedence: &'a Precedence<'a>,
}

/// Scores of a node while another one is moved.
enum Moved {
    /// The moved node's own, at each place.
    Itself(Vec<f64>),
    /// Another node's, with the moved one behind it and before it.
    Other { behind: f64, before: f64 },
}

impl<'a> OrderSearch<'a> {
    pub fn new(trees: Vec<GrowShrinkTree<'a>>, precedence: &'a Precedence<'a>) -> Self {
        Self { trees, precedence }
    }

    /// The best order that is reached from a random one, and then from random members of the class of the best.
    pub fn run(&mut self, config: &BossConfig, start: u64) -> Ordered {
        let mut rng = generator(config.seed, start);
        let mut nodes: Vec<usize> = (0..self.trees.len()).collect();
        nodes.shuffle(&mut rng);
        let mut best = self.climb(self.precedence.sorted(nodes.clone(), |_, _| false));
        let mut in_vain = 0;
        while in_vain < config.members {
            let allowed = |cause, effect| !self.precedence.knowledge.forbids(cause, effect);
            let member = random_member(best.parents.clone(), allowed, &mut rng);
            nodes.shuffle(&mut rng);
            let edges = |cause, effect: usize| member[effect].contains(&cause);
            let order = self.precedence.sorted(nodes.clone(), edges);
            in_vain += 1;
            // With variables outside the tiers, a member may have no order that keeps to the tiers.
            if order.len() == nodes.len() {
                let next = self.climb(order);
                if next.score - best.score > ROUNDING * best.score.abs() {
                    best = next;
                    in_vain = 0;
                }
            }
        }
        best
    }

    /// Moves all nodes, pass after pass, until no move raises the score.
    fn climb(&mut self, mut order: Vec<usize>) -> Ordered {
        let mut moved = true;
        while moved {
            moved = false;
            for node in order.clone() {
                moved |= self.move_to_best(&mut order, node);
            }
        }
        self.parents_in(order)
    }

    /// Moves a node to its best place, the first of those that are equal; tells whether this raises the score.
    fn move_to_best(&mut self, order: &mut Vec<usize>, node: usize) -> bool {
        let Some(now) = order.iter().position(|&other| other == node) else { return false };
        let mut others = order.clone();
        others.remove(now);
        let (first, last) = self.precedence.range(node, &others);
        if first == last {
            return false;
        }
        let scores = self.scores_around(node, &others, first, last);
        // The score at each place, but for the nodes that stand before or behind in any case.
        let mut at_first = 0.0;
        for &other in &others[first..last] {
            if let Moved::Other { before, .. } = scores[other] {
                at_first += before;
            }
        }
        let Moved::Itself(own) = &scores[node] else { return false };
        let mut rest = at_first;
        let mut totals = vec![rest + own[0]];
        for (&other, own) in others[first..last].iter().zip(&own[1..]) {
            if let Moved::Other { behind, before } = scores[other] {
                rest += behind - before;
            }
            totals.push(rest + own);
        }
        let best = (0..totals.len()).reduce(|best, i| if totals[i] > totals[best] { i } else { best });
        let Some(best) = best else { return false };
        let stay = totals[now - first];
        if totals[best] - stay <= ROUNDING * stay.abs() {
            return false;
        }
        others.insert(first + best, node);
        *order = others;
        true
    }

    /// All nodes' scores with `node` at the places from `first` to `last` among the others, as far as they may differ.
    fn scores_around(&mut self, node: usize, others: &[usize], first: usize, last: usize) -> Vec<Moved> {
        let mut place = vec![0; self.trees.len()];
        others.iter().enumerate().for_each(|(i, &other)| place[other] = i);
        let scores = self.trees.par_iter_mut().enumerate().map(|(tree_node, tree)| {
            if tree_node == node {
                let at = |p: usize| tree.best_score(|parent| place[parent] < p);
                return Moved::Itself((first..=last).map(at).collect());
            }
            let here = place[tree_node];
            if !(first..last).contains(&here) {
                return Moved::Other { behind: 0.0, before: 0.0 };
            }
            let behind = tree.best_score(|parent| parent != node && place[parent] < here);
            let before = tree.best_score(|parent| parent == node || place[parent] < here);
            Moved::Other { behind, before }
        });
        scores.collect()
    }

    /// The parents in an order and the score of them all.
    fn parents_in(&mut self, order: Vec<usize>) -> Ordered {
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(i, &node)| place[node] = i);
        let mut score = 0.0;
        let parents = self.trees.iter_mut().enumerate().map(|(node, tree)| {
            let (parents, local) = tree.best(|parent| place[parent] < place[node]);
            score += local;
            parents.clone()
        });
        let parents = parents.collect();
        Ordered { order, parents, score }
    }
}
