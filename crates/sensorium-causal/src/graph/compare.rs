//! How far a graph is from the true one.

use super::Graph;
use crate::CausalError;

/// Precision, recall and F1 over directed edges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EdgeScores {
    /// Share of the found edges that are true; 1 when none was found.
    pub precision: f64,
    /// Share of the true edges that were found; 1 when there is none.
    pub recall: f64,
    /// Harmonic mean of the two; 0 when both are.
    pub f1: f64,
}

/// Scores over ordered pairs that may be cause and effect: `a → b` counts as the pair `(a, b)`, an undirected edge
/// as both pairs. So a found undirected edge where the truth is directed has one hit and one false alarm.
///
/// # Errors
/// The graphs have different nodes.
pub fn directed_edge_scores(truth: &Graph, found: &Graph) -> Result<EdgeScores, CausalError> {
    same_nodes(truth, found)?;
    let n = truth.len();
    let claims = |g: &Graph, a, b| g.is_directed(a, b) || g.is_undirected(a, b);
    let (mut hits, mut claimed, mut real) = (0.0, 0.0, 0.0);
    for a in 0..n {
        for b in (0..n).filter(|&b| b != a) {
            let (t, f) = (claims(truth, a, b), claims(found, a, b));
            real += f64::from(u8::from(t));
            claimed += f64::from(u8::from(f));
            hits += f64::from(u8::from(t && f));
        }
    }
    let precision = if claimed > 0.0 { hits / claimed } else { 1.0 };
    let recall = if real > 0.0 { hits / real } else { 1.0 };
    let f1 = if hits > 0.0 {
        2.0 * precision * recall / (precision + recall)
    } else if claimed + real == 0.0 {
        1.0
    } else {
        0.0
    };
    Ok(EdgeScores { precision, recall, f1 })
}

/// Structural Hamming distance: the number of node pairs whose edge differs in presence or in a mark
/// (Tsamardinos, Brown and Aliferis 2006).
///
/// # Errors
/// The graphs have different nodes.
pub fn structural_hamming_distance(truth: &Graph, found: &Graph) -> Result<usize, CausalError> {
    same_nodes(truth, found)?;
    let n = truth.len();
    let differs = |a, b| truth.mark(a, b) != found.mark(a, b) || truth.mark(b, a) != found.mark(b, a);
    Ok((0..n).map(|a| (a + 1..n).filter(|&b| differs(a, b)).count()).sum())
}

fn same_nodes(truth: &Graph, found: &Graph) -> Result<(), CausalError> {
    if truth.names() == found.names() {
        Ok(())
    } else {
        Err(CausalError::Argument("two graphs to compare must have the same nodes in the same order".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dag, GraphKind};

    #[test]
    fn a_reversed_edge_is_one_difference_and_no_hit() {
        let truth = Dag::from_edges(["a", "b", "c"], &[(0, 1), (2, 1)]).unwrap().cpdag();
        let mut found = truth.clone();
        found.direct(1, 0);
        assert_eq!(structural_hamming_distance(&truth, &found).unwrap(), 1);
        let scores = directed_edge_scores(&truth, &found).unwrap();
        assert_eq!((scores.precision, scores.recall, scores.f1), (0.5, 0.5, 0.5));
    }

    #[test]
    fn the_empty_graph_finds_nothing() {
        let truth = Dag::from_edges(["a", "b"], &[(0, 1)]).unwrap().cpdag();
        let empty = Graph::new(["a", "b"], GraphKind::Cpdag).unwrap();
        assert_eq!(directed_edge_scores(&truth, &empty).unwrap().f1, 0.0);
    }
}
