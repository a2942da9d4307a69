//! Anomalous nodes without an anomalous cause, linked to the target by anomalous nodes.

use super::{RankedCause, Ranking};
use crate::{CausalError, Dag};

/// What counts as anomalous.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TraversalOptions {
    /// Scores from here on are anomalous. Default: 3.
    pub threshold: f64,
}

impl Default for TraversalOptions {
    fn default() -> Self {
        Self { threshold: 3.0 }
    }
}

/// Walks from the target upstream through anomalous nodes; those with no anomalous cause come first, the
/// others of the walk after them, both by score (the backtracking of Chen et al. 2014, Lin et al. 2018).
///
/// `scores[node]` is the node's anomaly; NaN is not anomalous. Nodes that are not reached are left out.
///
/// # Errors
/// [`CausalError::Argument`] for a target or a number of scores that the graph does not have.
pub fn traversal_ranking(
    graph: &Dag,
    target: usize,
    scores: &[f64],
    options: &TraversalOptions,
) -> Result<Ranking, CausalError> {
    if target >= graph.len() || scores.len() != graph.len() {
        return Err(CausalError::Argument(format!(
            "target {target} and {} scores for a graph of {} nodes",
            scores.len(),
            graph.len()
        )));
    }
    let anomalous = |node: usize| scores[node] >= options.threshold;
    let mut reached = vec![false; graph.len()];
    reached[target] = true;
    let mut stack = vec![target];
    while let Some(node) = stack.pop() {
        for &cause in graph.parents(node) {
            if anomalous(cause) && !reached[cause] {
                reached[cause] = true;
                stack.push(cause);
            }
        }
    }
    let first = (0..graph.len()).filter(|n| reached[*n]).map(|n| scores[n]).fold(0.0, f64::max);
    let causes = (0..graph.len()).filter(|n| reached[*n]).map(|node| {
        let root = !graph.parents(node).iter().any(|p| anomalous(*p));
        let own = if scores[node].is_nan() { 0.0 } else { scores[node] };
        let what = if root { "no anomalous cause" } else { "an anomalous cause of its own" };
        RankedCause {
            variable: graph.names()[node].clone(),
            score: if root { own + first + 1.0 } else { own },
            evidence: format!("anomaly {own:.1}, linked to the target by anomalous nodes, {what}"),
        }
    });
    Ok(Ranking::new(causes.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deepest_anomalous_node_comes_before_larger_effects() {
        let dag = Dag::from_edges(["a", "b", "c", "d"], &[(0, 1), (1, 2), (3, 2)]).unwrap();
        let ranking =
            traversal_ranking(&dag, 2, &[4.0, 9.0, 20.0, 1.0], &TraversalOptions::default()).unwrap();
        assert_eq!(ranking.causes[0].variable, "a");
        assert_eq!(ranking.position("d"), None);
        assert!(traversal_ranking(&dag, 7, &[0.0; 4], &TraversalOptions::default()).is_err());
    }
}
