//! Markov equivalence: from a DAG to its class and from a class to one of its members.

use super::{Dag, Graph, GraphKind, close_orientations};
use crate::CausalError;

impl Dag {
    /// The class of DAGs with the same independences: the skeleton, colliders directed, closed by Meek's rules
    /// (Verma and Pearl 1990; Meek 1995).
    pub fn cpdag(&self) -> Graph {
        let mut graph = self.to_graph().with_kind(GraphKind::Cpdag);
        for (a, b) in self.edges() {
            graph.undirect(a, b);
        }
        for effect in 0..self.len() {
            let parents = self.parents(effect);
            for (i, &a) in parents.iter().enumerate() {
                for &b in &parents[i + 1..] {
                    if !self.has_edge(a, b) && !self.has_edge(b, a) {
                        graph.direct(a, effect);
                        graph.direct(b, effect);
                    }
                }
            }
        }
        close_orientations(&mut graph);
        graph
    }
}

impl Graph {
    /// A DAG of the class: the directed edges as they are, the others directed without a cycle or a new collider
    /// (Dor and Tarsi 1992).
    ///
    /// # Errors
    /// [`CausalError::Data`] when there is none, or an end is marked with a circle or two arrows.
    pub fn consistent_extension(&self) -> Result<Dag, CausalError> {
        let n = self.len();
        let mut left = self.clone();
        let mut edges = self.directed_or_undirected()?;
        edges.retain(|&(a, b)| self.is_directed(a, b));
        let mut alive: Vec<usize> = (0..n).collect();
        while !alive.is_empty() {
            let sink = alive.iter().position(|&x| is_sink(&left, &alive, x));
            let Some(position) = sink else {
                return Err(CausalError::Data(
                    "the graph has no member without a cycle or a new collider".into(),
                ));
            };
            let x = alive.remove(position);
            for y in left.neighbours(x) {
                if left.is_undirected(x, y) {
                    edges.push((y, x));
                }
                left.remove_edge(x, y);
            }
        }
        Dag::from_edges(self.names().to_vec(), &edges)
    }

    fn directed_or_undirected(&self) -> Result<Vec<(usize, usize)>, CausalError> {
        let edges = self.edges();
        match edges.iter().find(|&&(a, b)| !self.is_directed(a, b) && !self.is_undirected(a, b)) {
            Some(&(a, b)) => Err(CausalError::Data(format!(
                "the edge between `{}` and `{}` is neither directed nor undirected",
                self.names()[a],
                self.names()[b]
            ))),
            None => Ok(edges),
        }
    }
}

/// No edge leaves `x`, and each undirected neighbour is adjacent to all other neighbours.
fn is_sink(graph: &Graph, alive: &[usize], x: usize) -> bool {
    let near: Vec<usize> = alive.iter().copied().filter(|&y| graph.adjacent(x, y)).collect();
    near.iter().all(|&y| !graph.is_directed(x, y))
        && near
            .iter()
            .filter(|&&y| graph.is_undirected(x, y))
            .all(|&y| near.iter().all(|&z| z == y || graph.adjacent(y, z)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn random_dag(n: usize, bits: &[bool]) -> Dag {
        let names: Vec<String> = (0..n).map(|i| format!("x{i}")).collect();
        let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
        let edges: Vec<(usize, usize)> = pairs.zip(bits).filter(|(_, b)| **b).map(|(e, _)| e).collect();
        Dag::from_edges(names, &edges).unwrap()
    }

    proptest! {
        #[test]
        fn a_member_of_the_class_has_the_class(bits in proptest::collection::vec(any::<bool>(), 21)) {
            let class = random_dag(7, &bits).cpdag();
            prop_assert_eq!(class.consistent_extension().unwrap().cpdag(), class);
        }
    }

    #[test]
    fn a_chain_is_open_and_a_collider_is_directed() {
        let chain = Dag::from_edges(["a", "b", "c"], &[(0, 1), (1, 2)]).unwrap().cpdag();
        assert!(chain.is_undirected(0, 1) && chain.is_undirected(1, 2));
        let collider = Dag::from_edges(["a", "b", "c"], &[(0, 1), (2, 1)]).unwrap().cpdag();
        assert!(collider.is_directed(0, 1) && collider.is_directed(2, 1));
    }
}
