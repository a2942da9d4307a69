//! From a graph to another one of its class.

use rand::Rng;
use rand::seq::SliceRandom;

/// Another member of the class of a graph that is given by the sorted parents of each node: every edge in turn, in a
/// random order, is reversed with probability one half if it is covered, as often as the graph has nodes. Such
/// reversals lead to all members (Chickering, "A transformational characterization of equivalent Bayesian network
/// structures", UAI 1995, theorem 2). `allowed` tells which edges may be, cause first.
pub(super) fn random_member(
    mut parents: Vec<Vec<usize>>,
    allowed: impl Fn(usize, usize) -> bool,
    rng: &mut impl Rng,
) -> Vec<Vec<usize>> {
    for _ in 0..parents.len() {
        let mut edges: Vec<(usize, usize)> = parents
            .iter()
            .enumerate()
            .flat_map(|(effect, causes)| causes.iter().map(move |&cause| (cause, effect)))
            .collect();
        edges.shuffle(rng);
        for (cause, effect) in edges {
            let reverse = rng.random_bool(0.5) && allowed(effect, cause);
            if reverse && is_covered(&parents, cause, effect) {
                parents[effect].retain(|&p| p != cause);
                let place = parents[cause].partition_point(|&p| p < effect);
                parents[cause].insert(place, effect);
            }
        }
    }
    parents
}

/// Whether the effect has the parents of the cause and the cause, and no others.
fn is_covered(parents: &[Vec<usize>], cause: usize, effect: usize) -> bool {
    parents[effect].iter().filter(|&&p| p != cause).eq(&parents[cause])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dag;
    use crate::random::generator;
    use crate::simulate::{GraphFamily, random_dag};
    use std::collections::BTreeSet;

    fn parents(dag: &Dag) -> Vec<Vec<usize>> {
        (0..dag.len()).map(|node| dag.parents(node).to_vec()).collect()
    }

    fn dag(parents: &[Vec<usize>]) -> Dag {
        let edges = parents.iter().enumerate().flat_map(|(e, p)| p.iter().map(move |&c| (c, e)));
        let names: Vec<String> = (0..parents.len()).map(|i| format!("x{i}")).collect();
        Dag::from_edges(names, &edges.collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn a_member_has_the_class_of_the_graph() {
        for seed in 0..30 {
            let mut rng = generator(seed, 0);
            let start = random_dag(12, GraphFamily::ErdosRenyi { degree: 3.0 }, &mut rng).unwrap();
            let member = random_member(parents(&start), |_, _| true, &mut rng);
            assert_eq!(dag(&member).cpdag(), start.cpdag());
        }
    }

    #[test]
    fn all_members_of_a_chain_come_up_and_no_edge_that_is_not_allowed() {
        let chain = vec![vec![], vec![0], vec![1]];
        let mut rng = generator(1, 0);
        let mut members = |allowed: fn(usize, usize) -> bool| -> BTreeSet<Vec<Vec<usize>>> {
            (0..100).map(|_| random_member(chain.clone(), allowed, &mut rng)).collect()
        };
        assert_eq!(members(|_, _| true).len(), 3);
        assert_eq!(members(|cause, _| cause != 2).len(), 2);
    }
}
