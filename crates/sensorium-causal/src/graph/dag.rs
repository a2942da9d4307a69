//! Directed acyclic graphs.

use super::marked::unique_names;
use super::{Graph, GraphKind};
use crate::CausalError;
use std::collections::BTreeSet;

/// A directed acyclic graph; it cannot hold a cycle. Parents and children are kept in ascending order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dag {
    names: Vec<String>,
    parents: Vec<Vec<usize>>,
    children: Vec<Vec<usize>>,
}

impl Dag {
    /// A graph without edges.
    ///
    /// # Errors
    /// A name that comes twice.
    pub fn new<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Result<Self, CausalError> {
        let names = unique_names(names)?;
        let n = names.len();
        Ok(Self { names, parents: vec![Vec::new(); n], children: vec![Vec::new(); n] })
    }

    /// A graph with these edges, cause first.
    ///
    /// # Errors
    /// A name that comes twice, a position out of range, a cycle.
    pub fn from_edges<S: Into<String>>(
        names: impl IntoIterator<Item = S>,
        edges: &[(usize, usize)],
    ) -> Result<Self, CausalError> {
        let mut dag = Self::new(names)?;
        let n = dag.len();
        for &(cause, effect) in edges {
            if cause.max(effect) >= n {
                return Err(CausalError::Argument(format!("there is no node {}", cause.max(effect))));
            }
            dag.parents[effect].push(cause);
            dag.children[cause].push(effect);
        }
        for list in dag.parents.iter_mut().chain(&mut dag.children) {
            list.sort_unstable();
            list.dedup();
        }
        match dag.a_cycle() {
            Some(cycle) => Err(CausalError::Cycle(cycle.join(" → "))),
            None => Ok(dag),
        }
    }

    /// The names along a cycle, first and last the same; linear in nodes and edges.
    fn a_cycle(&self) -> Option<Vec<&str>> {
        let mut left = vec![true; self.len()];
        self.topological_order().into_iter().for_each(|node| left[node] = false);
        // Every node that is left has a parent that is left: walking up comes back.
        let mut node = left.iter().position(|l| *l)?;
        let mut step_of = vec![usize::MAX; self.len()];
        let mut walk = Vec::new();
        while step_of[node] == usize::MAX {
            step_of[node] = walk.len();
            walk.push(node);
            node = self.parents[node].iter().copied().find(|&p| left[p])?;
        }
        let mut cycle: Vec<&str> = walk[step_of[node]..].iter().map(|&i| self.names[i].as_str()).collect();
        cycle.push(&self.names[node]);
        cycle.reverse();
        Some(cycle)
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The nodes' names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The position of a node.
    ///
    /// # Errors
    /// [`CausalError::UnknownVariable`].
    pub fn index_of(&self, name: &str) -> Result<usize, CausalError> {
        let position = self.names.iter().position(|n| n == name);
        position.ok_or_else(|| CausalError::unknown(name, &self.names))
    }

    /// Adds `cause → effect`; nothing changes when it is there.
    ///
    /// # Errors
    /// [`CausalError::Cycle`] with the way back, [`CausalError::Argument`] for a position out of range.
    pub fn add_edge(&mut self, cause: usize, effect: usize) -> Result<(), CausalError> {
        if cause.max(effect) >= self.len() {
            return Err(CausalError::Argument(format!("there is no node {}", cause.max(effect))));
        }
        if self.has_edge(cause, effect) {
            return Ok(());
        }
        if let Some(way) = self.directed_path(effect, cause) {
            let mut named: Vec<&str> = vec![&self.names[cause]];
            named.extend(way.iter().map(|&i| self.names[i].as_str()));
            return Err(CausalError::Cycle(named.join(" → ")));
        }
        insert_sorted(&mut self.parents[effect], cause);
        insert_sorted(&mut self.children[cause], effect);
        Ok(())
    }

    /// Takes `cause → effect` away.
    pub fn remove_edge(&mut self, cause: usize, effect: usize) {
        self.parents[effect].retain(|&p| p != cause);
        self.children[cause].retain(|&c| c != effect);
    }

    /// Whether `cause → effect`.
    pub fn has_edge(&self, cause: usize, effect: usize) -> bool {
        self.parents[effect].binary_search(&cause).is_ok()
    }

    /// Direct causes, in order.
    pub fn parents(&self, node: usize) -> &[usize] {
        &self.parents[node]
    }

    /// Direct effects, in order.
    pub fn children(&self, node: usize) -> &[usize] {
        &self.children[node]
    }

    /// All edges, cause first, in order of the effect.
    pub fn edges(&self) -> Vec<(usize, usize)> {
        (0..self.len()).flat_map(|e| self.parents[e].iter().map(move |&c| (c, e))).collect()
    }

    /// Number of edges.
    pub fn edge_count(&self) -> usize {
        self.parents.iter().map(Vec::len).sum()
    }

    /// Nodes, every cause before its effects; among those that could come next the lowest position first.
    pub fn topological_order(&self) -> Vec<usize> {
        let mut open: Vec<usize> = self.parents.iter().map(Vec::len).collect();
        let mut ready: BTreeSet<usize> = (0..self.len()).filter(|&i| open[i] == 0).collect();
        let mut order = Vec::with_capacity(self.len());
        while let Some(node) = ready.pop_first() {
            order.push(node);
            for &child in &self.children[node] {
                open[child] -= 1;
                if open[child] == 0 {
                    ready.insert(child);
                }
            }
        }
        order
    }

    /// All causes of a node, direct or not; without the node itself.
    pub fn ancestors(&self, node: usize) -> BTreeSet<usize> {
        reach(&self.parents, node)
    }

    /// All effects of a node, direct or not; without the node itself.
    pub fn descendants(&self, node: usize) -> BTreeSet<usize> {
        reach(&self.children, node)
    }

    /// A directed path from `from` to `to`, both ends in it; `None` when there is none.
    pub fn directed_path(&self, from: usize, to: usize) -> Option<Vec<usize>> {
        let mut came_from = vec![usize::MAX; self.len()];
        let mut open = std::collections::VecDeque::from([from]);
        came_from[from] = from;
        while let Some(node) = open.pop_front() {
            if node == to {
                let mut path = vec![to];
                while path[path.len() - 1] != from {
                    path.push(came_from[path[path.len() - 1]]);
                }
                path.reverse();
                return Some(path);
            }
            for &child in &self.children[node] {
                if came_from[child] == usize::MAX {
                    came_from[child] = node;
                    open.push_back(child);
                }
            }
        }
        None
    }

    /// The same graph with marks.
    pub fn to_graph(&self) -> Graph {
        let n = self.len();
        let mut graph = Graph::from_parts(self.names.clone(), GraphKind::Dag, vec![None; n * n]);
        for (cause, effect) in self.edges() {
            graph.direct(cause, effect);
        }
        graph
    }
}

fn insert_sorted(list: &mut Vec<usize>, value: usize) {
    if let Err(position) = list.binary_search(&value) {
        list.insert(position, value);
    }
}

fn reach(next: &[Vec<usize>], node: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut open = next[node].clone();
    while let Some(other) = open.pop() {
        if found.insert(other) {
            open.extend(&next[other]);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_is_refused_with_the_way_round() {
        let mut dag = Dag::from_edges(["a", "b", "c"], &[(0, 1), (1, 2)]).unwrap();
        assert_eq!(dag.add_edge(2, 0).unwrap_err().to_string(), "a directed cycle: c → a → b → c");
        assert!(dag.add_edge(1, 1).unwrap_err().to_string().contains("b → b"));
        assert_eq!(dag.edge_count(), 2);
    }

    #[test]
    fn many_edges_at_once_are_checked_for_cycles_too() {
        let error = Dag::from_edges(["a", "b", "c", "d"], &[(0, 1), (1, 2), (2, 1), (2, 3)]).unwrap_err();
        assert_eq!(error.to_string(), "a directed cycle: b → c → b");
        assert!(Dag::from_edges(["a"], &[(0, 0)]).is_err());
        assert!(Dag::from_edges(["a"], &[(0, 1)]).is_err());
    }

    #[test]
    fn causes_come_before_effects() {
        let dag = Dag::from_edges(["a", "b", "c", "d"], &[(3, 0), (0, 2), (3, 1)]).unwrap();
        assert_eq!(dag.topological_order(), [3, 0, 1, 2]);
        assert_eq!(dag.ancestors(2), BTreeSet::from([0, 3]));
        assert_eq!(dag.descendants(3), BTreeSet::from([0, 1, 2]));
    }
}
