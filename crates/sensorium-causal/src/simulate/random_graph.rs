//! Random directed acyclic graphs.

use crate::{CausalError, Dag};
use rand::Rng;
use rand::seq::SliceRandom;

/// How the edges of a random graph come about. The order of the nodes is always a random one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GraphFamily {
    /// Every pair is joined with the same probability (Erdős and Rényi 1959).
    ErdosRenyi {
        /// Expected number of edges at a node, in and out together.
        degree: f64,
    },
    /// Nodes come one after the other, each with as many edges from earlier nodes, which are drawn in proportion to
    /// one more than the edges that they have (Barabási and Albert 1999).
    ScaleFree {
        /// Edges into each node, as far as there are earlier nodes.
        parents: usize,
    },
    /// Nodes stand in layers of about equal size; every pair of neighbouring layers is joined with the same
    /// probability. Two layers make a bipartite graph.
    Layered {
        /// Number of layers.
        layers: usize,
        /// Expected number of edges into a node that is not in the first layer.
        parents: f64,
    },
}

/// A random graph on nodes `x0`, `x1`, …
///
/// # Errors
/// [`CausalError::Argument`] for a degree that is negative or more than the graph can have, or layers that are fewer
/// than two or more than the nodes.
pub fn random_dag(nodes: usize, family: GraphFamily, rng: &mut impl Rng) -> Result<Dag, CausalError> {
    let mut order: Vec<usize> = (0..nodes).collect();
    order.shuffle(rng);
    let edges = match family {
        GraphFamily::ErdosRenyi { degree } => {
            let share = probability(degree, nodes.saturating_sub(1) as f64)?;
            let pairs = (0..nodes).flat_map(|b| (0..b).map(move |a| (a, b)));
            pairs.filter(|_| rng.random_bool(share)).collect()
        }
        GraphFamily::ScaleFree { parents } => scale_free(nodes, parents, rng),
        GraphFamily::Layered { layers, parents } => layered(nodes, layers, parents, rng)?,
    };
    let edges: Vec<(usize, usize)> = edges.into_iter().map(|(a, b)| (order[a], order[b])).collect();
    Dag::from_edges((0..nodes).map(|i| format!("x{i}")), &edges)
}

fn probability(expected: f64, most: f64) -> Result<f64, CausalError> {
    if most == 0.0 {
        return Ok(0.0);
    }
    if (0.0..=most).contains(&expected) {
        Ok(expected / most)
    } else {
        Err(CausalError::Argument(format!("{expected} edges at a node: between 0 and {most} are possible")))
    }
}

fn scale_free(nodes: usize, parents: usize, rng: &mut impl Rng) -> Vec<(usize, usize)> {
    let mut edges = Vec::new();
    // Each node once for itself and once for every edge that it has.
    let mut urn: Vec<usize> = Vec::new();
    for node in 0..nodes {
        let mut chosen = std::collections::BTreeSet::new();
        while chosen.len() < parents.min(node) {
            chosen.insert(urn[rng.random_range(0..urn.len())]);
        }
        for &parent in &chosen {
            edges.push((parent, node));
            urn.extend([parent, node]);
        }
        urn.push(node);
    }
    edges
}

fn layered(
    nodes: usize,
    layers: usize,
    parents: f64,
    rng: &mut impl Rng,
) -> Result<Vec<(usize, usize)>, CausalError> {
    if layers < 2 || layers > nodes {
        return Err(CausalError::Argument(format!("{layers} layers for {nodes} nodes; take 2 to {nodes}")));
    }
    let layer = |i: usize| i * layers / nodes;
    let mut edges = Vec::new();
    for b in 0..nodes {
        let before: Vec<usize> = (0..b).filter(|&a| layer(a) + 1 == layer(b)).collect();
        let share = probability(parents.min(before.len() as f64), before.len() as f64)?;
        edges.extend(before.into_iter().filter(|_| rng.random_bool(share)).map(|a| (a, b)));
    }
    Ok(edges)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::generator;

    #[test]
    fn the_expected_degree_is_met() {
        let mut edges = 0;
        for stream in 0..50 {
            let family = GraphFamily::ErdosRenyi { degree: 4.0 };
            edges += random_dag(30, family, &mut generator(1, stream)).unwrap().edge_count();
        }
        let mean = edges as f64 / 50.0;
        assert!((mean - 60.0).abs() < 5.0, "{mean}");
    }

    #[test]
    fn scale_free_nodes_have_the_parents_asked_for_and_a_hub() {
        let dag = random_dag(200, GraphFamily::ScaleFree { parents: 2 }, &mut generator(2, 0)).unwrap();
        assert_eq!(dag.edge_count(), 1 + 198 * 2);
        assert!((0..200).any(|i| dag.children(i).len() > 15));
    }

    #[test]
    fn two_layers_are_bipartite() {
        let family = GraphFamily::Layered { layers: 2, parents: 2.0 };
        let dag = random_dag(20, family, &mut generator(3, 0)).unwrap();
        assert!(dag.edge_count() > 5);
        assert!((0..20).all(|i| dag.parents(i).is_empty() || dag.children(i).is_empty()));
    }

    #[test]
    fn more_edges_than_pairs_are_refused() {
        let family = GraphFamily::ErdosRenyi { degree: 9.0 };
        assert!(
            random_dag(5, family, &mut generator(4, 0)).unwrap_err().to_string().contains("between 0 and 4")
        );
    }
}
