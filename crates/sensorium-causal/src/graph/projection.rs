//! What is left of a DAG when some nodes are not observed: directed edges, and bidirected ones for hidden causes
//! (latent projection; Verma 1993; Tian and Pearl 2002).

use super::Dag;
use std::collections::BTreeSet;

/// A mixed graph over the observed nodes, which keep their positions.
pub(super) struct Projection {
    /// The observed nodes.
    pub observed: BTreeSet<usize>,
    /// Observed causes, direct or through unobserved nodes alone.
    pub parents: Vec<BTreeSet<usize>>,
    /// Observed nodes with a common hidden cause.
    pub siblings: Vec<BTreeSet<usize>>,
    /// Observed nodes in order, causes first.
    pub order: Vec<usize>,
}

impl Projection {
    pub fn new(dag: &Dag, unobserved: &BTreeSet<usize>) -> Self {
        let n = dag.len();
        let observed: BTreeSet<usize> = (0..n).filter(|node| !unobserved.contains(node)).collect();
        let (mut parents, mut siblings) = (vec![BTreeSet::new(); n], vec![BTreeSet::new(); n]);
        for &node in &observed {
            for effect in observed_effects(dag, unobserved, node) {
                parents[effect].insert(node);
            }
        }
        for &hidden in unobserved {
            let effects = observed_effects(dag, unobserved, hidden);
            for &a in &effects {
                siblings[a].extend(effects.iter().filter(|&&b| b != a));
            }
        }
        let order = dag.topological_order().into_iter().filter(|node| observed.contains(node)).collect();
        Self { observed, parents, siblings, order }
    }

    /// `of` and its ancestors within `within`; edges into `cut` do not count.
    pub fn ancestors(
        &self,
        of: &BTreeSet<usize>,
        within: &BTreeSet<usize>,
        cut: &BTreeSet<usize>,
    ) -> BTreeSet<usize> {
        let mut found: BTreeSet<usize> = of.intersection(within).copied().collect();
        let mut open: Vec<usize> = found.iter().copied().collect();
        while let Some(node) = open.pop() {
            if !cut.contains(&node) {
                for &parent in self.parents[node].intersection(within) {
                    if found.insert(parent) {
                        open.push(parent);
                    }
                }
            }
        }
        found
    }

    /// Sets of nodes joined by bidirected edges within `within` (confounded components).
    pub fn districts(&self, within: &BTreeSet<usize>) -> Vec<BTreeSet<usize>> {
        let mut left = within.clone();
        let mut districts = Vec::new();
        while let Some(&start) = left.first() {
            let district = self.district(start, within);
            left.retain(|node| !district.contains(node));
            districts.push(district);
        }
        districts
    }

    fn district(&self, start: usize, within: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut district = BTreeSet::from([start]);
        let mut open = vec![start];
        while let Some(node) = open.pop() {
            for &next in self.siblings[node].intersection(within) {
                if district.insert(next) {
                    open.push(next);
                }
            }
        }
        district
    }

    /// Of the nodes before `node` in order, those on which it depends given them all: its district among them, and
    /// that district's parents.
    pub fn pillow(&self, node: usize, before: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut with = before.clone();
        with.insert(node);
        let mut pillow = self.district(node, &with);
        for member in pillow.clone() {
            pillow.extend(self.parents[member].intersection(&with));
        }
        pillow.remove(&node);
        pillow
    }
}

/// Observed nodes that `node` causes directly or through unobserved nodes alone.
fn observed_effects(dag: &Dag, unobserved: &BTreeSet<usize>, node: usize) -> BTreeSet<usize> {
    let (mut effects, mut passed) = (BTreeSet::new(), BTreeSet::new());
    let mut open = dag.children(node).to_vec();
    while let Some(child) = open.pop() {
        if !unobserved.contains(&child) {
            effects.insert(child);
        } else if passed.insert(child) {
            open.extend(dag.children(child));
        }
    }
    effects
}
