//! What a DAG says of each node: its Markov blanket and its local independences.

use super::Dag;
use std::collections::BTreeSet;

/// A node is independent of others given its parents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalIndependence {
    /// The node.
    pub node: usize,
    /// Nodes that are neither its parents nor its descendants, in order.
    pub others: Vec<usize>,
    /// Its parents, in order.
    pub given: Vec<usize>,
}

impl Dag {
    /// Parents, children and the children's other parents: given these the node is independent of all others
    /// (Pearl 1988).
    pub fn markov_blanket(&self, node: usize) -> BTreeSet<usize> {
        let mut blanket: BTreeSet<usize> = self.parents(node).iter().copied().collect();
        for &child in self.children(node) {
            blanket.insert(child);
            blanket.extend(self.parents(child));
        }
        blanket.remove(&node);
        blanket
    }

    /// For each node its independence of what it does not cause, given its parents (the local Markov property, from
    /// which all other independences of the graph follow; Lauritzen et al. 1990). Nodes for which it says nothing
    /// are left out.
    pub fn local_independences(&self) -> Vec<LocalIndependence> {
        let local = |node: usize| {
            let descendants = self.descendants(node);
            let given = self.parents(node).to_vec();
            let other =
                |&o: &usize| o != node && !descendants.contains(&o) && given.binary_search(&o).is_err();
            LocalIndependence { node, others: (0..self.len()).filter(other).collect(), given: given.clone() }
        };
        (0..self.len()).map(local).filter(|i| !i.others.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::separation::tests::dag_of;
    use proptest::prelude::*;

    #[test]
    fn the_blanket_holds_spouses() {
        let dag = Dag::from_edges(["a", "b", "c", "d"], &[(0, 2), (1, 2), (2, 3)]).unwrap();
        assert_eq!(dag.markov_blanket(0), BTreeSet::from([1, 2]));
    }

    proptest! {
        #[test]
        fn blanket_and_local_independences_are_separations(bits in proptest::collection::vec(any::<bool>(), 21)) {
            let dag = dag_of(7, &bits);
            for node in 0..7 {
                let blanket = dag.markov_blanket(node);
                let rest: Vec<usize> = (0..7).filter(|o| *o != node && !blanket.contains(o)).collect();
                let blanket: Vec<usize> = blanket.into_iter().collect();
                prop_assert!(dag.d_separated(&[node], &rest, &blanket));
                // None of the blanket can be spared.
                for &member in &blanket {
                    let fewer: Vec<usize> = blanket.iter().copied().filter(|&b| b != member).collect();
                    prop_assert!(!dag.d_separated(&[node], &[member], &fewer));
                }
            }
            for local in dag.local_independences() {
                prop_assert!(dag.d_separated(&[local.node], &local.others, &local.given));
            }
        }
    }
}
