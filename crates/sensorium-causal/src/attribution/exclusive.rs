//! What a node adds to what its causes hand it.

use crate::{CausalError, Dag};

/// The excess of each node that its direct causes do not hand it: `max(0, eᵥ − Σ max(0, eₚ))` over the
/// parents `p` of `v`.
///
/// For amounts that add up along the edges: time spent (mean latency × calls) or failed calls of a
/// service include those of the services it calls. The structural equations then have known
/// coefficients, one, and the noise term of a node is its exclusive excess. A cause with several effects
/// is taken to hand all of its excess to each, which errs towards the cause. NaN counts as no excess.
///
/// # Errors
/// [`CausalError::Argument`] when there is not one excess for each node.
pub fn exclusive_excess(graph: &Dag, excess: &[f64]) -> Result<Vec<f64>, CausalError> {
    if excess.len() != graph.len() {
        return Err(CausalError::Argument(format!(
            "{} amounts for a graph of {} nodes; give one for each",
            excess.len(),
            graph.len()
        )));
    }
    let positive = |node: usize| excess[node].max(0.0);
    Ok((0..graph.len())
        .map(|node| (positive(node) - graph.parents(node).iter().map(|p| positive(*p)).sum::<f64>()).max(0.0))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excess_that_is_handed_on_is_not_a_nodes_own() {
        let dag = Dag::from_edges(["table", "search", "site"], &[(0, 1), (1, 2)]).unwrap();
        assert_eq!(exclusive_excess(&dag, &[5.0, 5.0, 6.0]).unwrap(), [5.0, 0.0, 1.0]);
        assert_eq!(exclusive_excess(&dag, &[f64::NAN, 4.0, 3.0]).unwrap(), [0.0, 4.0, 0.0]);
        assert!(exclusive_excess(&dag, &[1.0]).is_err());
    }
}
