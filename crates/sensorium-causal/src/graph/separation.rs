//! Which independences a graph implies: d-separation in a DAG, m-separation in an ancestral graph.

use super::{Dag, Graph, Mark};
use crate::CausalError;
use std::collections::BTreeSet;

impl Dag {
    /// Whether `given` separates every node of `x` from every node of `y`: no path between them carries dependence
    /// (Pearl 1988), by reachability in time linear in nodes and edges (Shachter 1998; Koller and Friedman 2009,
    /// algorithm 3.1).
    ///
    /// Nodes of `given` are left out of `x` and `y`; a node in both `x` and `y` is not separated from itself.
    pub fn d_separated(&self, x: &[usize], y: &[usize], given: &[usize]) -> bool {
        let given: BTreeSet<usize> = given.iter().copied().collect();
        let connected = self.d_connected(x, &given, |_, _| false);
        y.iter().all(|node| given.contains(node) || !connected[*node])
    }

    /// For each node whether it is connected to `x` given `given`, without the edges that `cut(cause, effect)` names.
    /// Nodes of `given` are connected to nothing.
    pub(crate) fn d_connected(
        &self,
        x: &[usize],
        given: &BTreeSet<usize>,
        cut: impl Fn(usize, usize) -> bool,
    ) -> Vec<bool> {
        let n = self.len();
        let opens = self.with_ancestors(given, &cut);
        // From a child a walk may go anywhere; from a parent it goes on to children, or back up at an open collider.
        let (mut from_child, mut from_parent) = (vec![false; n], vec![false; n]);
        let mut open: Vec<(usize, bool)> = Vec::new();
        for &node in x.iter().filter(|node| !given.contains(node)) {
            open.push((node, true));
        }
        while let Some((node, arrived_from_child)) = open.pop() {
            let visited = if arrived_from_child { &mut from_child[node] } else { &mut from_parent[node] };
            if std::mem::replace(visited, true) {
                continue;
            }
            let blocked = given.contains(&node);
            let up = if arrived_from_child { !blocked } else { opens[node] };
            if up {
                let parents = self.parents(node).iter().filter(|&&p| !cut(p, node));
                open.extend(parents.map(|&p| (p, true)));
            }
            if !blocked {
                let children = self.children(node).iter().filter(|&&c| !cut(node, c));
                open.extend(children.map(|&c| (c, false)));
            }
        }
        (0..n).map(|node| (from_child[node] || from_parent[node]) && !given.contains(&node)).collect()
    }

    /// Which nodes are in `given` or cause one of it.
    fn with_ancestors(&self, given: &BTreeSet<usize>, cut: impl Fn(usize, usize) -> bool) -> Vec<bool> {
        let mut found = vec![false; self.len()];
        let mut open: Vec<usize> = given.iter().copied().collect();
        while let Some(node) = open.pop() {
            if !std::mem::replace(&mut found[node], true) {
                open.extend(self.parents(node).iter().filter(|&&p| !cut(p, node)));
            }
        }
        found
    }
}

impl Graph {
    /// Whether `given` m-separates every node of `x` from every node of `y` in a graph of tails and arrows, such as a
    /// maximal ancestral graph (Richardson and Spirtes 2002).
    ///
    /// # Errors
    /// [`CausalError::Data`] for a circle: what it stands for must be known.
    pub fn m_separated(&self, x: &[usize], y: &[usize], given: &[usize]) -> Result<bool, CausalError> {
        let n = self.len();
        let neighbours: Vec<Vec<usize>> = (0..n).map(|a| self.neighbours(a)).collect();
        let circle = (0..n).flat_map(|a| neighbours[a].iter().map(move |&b| (a, b)));
        if let Some((a, b)) = circle.into_iter().find(|&(a, b)| self.mark(a, b) == Some(Mark::Circle)) {
            return Err(CausalError::Data(format!(
                "the edge between `{}` and `{}` has a circle; separation needs tails and arrows",
                self.names()[a],
                self.names()[b]
            )));
        }
        let given: BTreeSet<usize> = given.iter().copied().collect();
        let mut opens = vec![false; n];
        let mut above: Vec<usize> = given.iter().copied().collect();
        while let Some(node) = above.pop() {
            if !std::mem::replace(&mut opens[node], true) {
                above.extend(neighbours[node].iter().filter(|&&p| self.is_directed(p, node)));
            }
        }
        // States: a node, and whether the walk came to it by an arrow.
        let (mut by_tail, mut by_arrow) = (vec![false; n], vec![false; n]);
        let mut open: Vec<(usize, bool)> =
            x.iter().filter(|a| !given.contains(a)).map(|&a| (a, false)).collect();
        while let Some((node, arrow)) = open.pop() {
            let visited = if arrow { &mut by_arrow[node] } else { &mut by_tail[node] };
            if std::mem::replace(visited, true) {
                continue;
            }
            for &next in &neighbours[node] {
                let collider = arrow && self.mark(next, node) == Some(Mark::Arrow);
                if if collider { opens[node] } else { !given.contains(&node) } {
                    open.push((next, self.mark(node, next) == Some(Mark::Arrow)));
                }
            }
        }
        Ok(y.iter().all(|node| given.contains(node) || !(by_tail[*node] || by_arrow[*node])))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::graph::GraphKind;
    use proptest::prelude::*;

    /// A DAG whose edges are those bits that are set, over a fixed shuffle of the nodes (not for multiples of 15).
    pub(in crate::graph) fn dag_of(n: usize, bits: &[bool]) -> Dag {
        let names: Vec<String> = (0..n).map(|i| format!("x{i}")).collect();
        let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
        let step = if n.is_multiple_of(3) { 5 } else { 3 };
        let place = |i: usize| (i * step + 1) % n;
        let edges: Vec<(usize, usize)> =
            pairs.zip(bits).filter(|(_, b)| **b).map(|((a, b), _)| (place(a), place(b))).collect();
        Dag::from_edges(names, &edges).unwrap()
    }

    /// Separation in the moral graph of the smallest ancestral set (Lauritzen et al. 1990).
    fn separated_by_moralisation(dag: &Dag, x: usize, y: usize, given: &[usize]) -> bool {
        let mut kept: BTreeSet<usize> = BTreeSet::from([x, y]);
        kept.extend(given);
        for node in kept.clone() {
            kept.extend(dag.ancestors(node));
        }
        let mut joined = BTreeSet::new();
        for &node in &kept {
            for (i, &p) in dag.parents(node).iter().enumerate() {
                joined.extend([(p, node), (node, p)]);
                for &q in &dag.parents(node)[..i] {
                    joined.extend([(p, q), (q, p)]);
                }
            }
        }
        let mut reached = BTreeSet::from([x]);
        let mut open = vec![x];
        while let Some(node) = open.pop() {
            for &next in kept.iter().filter(|&&k| !given.contains(&k) && joined.contains(&(node, k))) {
                if reached.insert(next) {
                    open.push(next);
                }
            }
        }
        !reached.contains(&y)
    }

    proptest! {
        #[test]
        fn reachability_agrees_with_moralisation(
            bits in proptest::collection::vec(any::<bool>(), 21), given in proptest::collection::vec(any::<bool>(), 7)
        ) {
            let dag = dag_of(7, &bits);
            let graph = dag.to_graph();
            for x in 0..7 {
                for y in (0..7).filter(|&y| y != x) {
                    let given: Vec<usize> = (0..7).filter(|&i| given[i] && i != x && i != y).collect();
                    let expected = separated_by_moralisation(&dag, x, y, &given);
                    prop_assert_eq!(dag.d_separated(&[x], &[y], &given), expected);
                    prop_assert_eq!(graph.m_separated(&[x], &[y], &given).unwrap(), expected);
                }
            }
        }

        #[test]
        fn a_bidirected_edge_separates_as_a_latent_cause_does(
            bits in proptest::collection::vec(any::<bool>(), 10), given in proptest::collection::vec(any::<bool>(), 5)
        ) {
            let dag = dag_of(5, &bits);
            // Nodes 1 and 2 are joined by a bidirected edge if by nothing else.
            prop_assume!(!dag.has_edge(1, 2) && !dag.has_edge(2, 1));
            let mut graph = dag.to_graph().with_kind(GraphKind::Pag);
            graph.set_edge(1, 2, Mark::Arrow, Mark::Arrow);
            let names: Vec<String> = (0..6).map(|i| format!("x{i}")).collect();
            let mut edges = dag.edges();
            edges.extend([(5, 1), (5, 2)]);
            let latent = Dag::from_edges(names, &edges).unwrap();
            let given: Vec<usize> = (1..4).filter(|&i| given[i]).collect();
            prop_assert_eq!(
                graph.m_separated(&[0], &[4], &given).unwrap(),
                latent.d_separated(&[0], &[4], &given)
            );
        }
    }

    #[test]
    fn a_collider_opens_when_its_effect_is_known() {
        let dag = Dag::from_edges(["a", "b", "c", "d"], &[(0, 2), (1, 2), (2, 3)]).unwrap();
        assert!(dag.d_separated(&[0], &[1], &[]));
        assert!(!dag.d_separated(&[0], &[1], &[3]));
        assert!(!dag.d_separated(&[0, 1], &[1], &[]));
    }

    #[test]
    fn circles_are_refused_by_name() {
        let graph = Graph::complete(["a", "b"], GraphKind::Pag, Mark::Circle).unwrap();
        assert!(graph.m_separated(&[0], &[1], &[]).unwrap_err().to_string().contains("between `a` and `b`"));
    }
}
