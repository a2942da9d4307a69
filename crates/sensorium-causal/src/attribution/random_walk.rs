//! A random walk from the target that follows correlation upstream.

use super::{RankedCause, Ranking};
use crate::{CausalError, Dag};

/// Settings of the walk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RandomWalk {
    /// Weight of a step back from cause to effect, relative to its similarity. Default: 0.1.
    pub backward: f64,
    /// Steps of the power iteration. Default: 500.
    pub steps: usize,
}

impl Default for RandomWalk {
    fn default() -> Self {
        Self { backward: 0.1, steps: 500 }
    }
}

/// Ranks nodes by the share of time that a walk spends on them (MonitorRank, Kim et al. 2013).
///
/// `similarity[node]`, at least zero, is how much a node moves with the target. From a node the walk
/// goes to a cause in proportion to the cause's similarity, back to an effect in proportion to `backward`
/// times the effect's, and stays in proportion to what its own similarity exceeds that of its causes by.
///
/// # Errors
/// [`CausalError::Argument`] for a target, similarities or settings out of range.
pub fn random_walk_ranking(
    graph: &Dag,
    target: usize,
    similarity: &[f64],
    options: &RandomWalk,
) -> Result<Ranking, CausalError> {
    let n = graph.len();
    let sound = similarity.len() == n && similarity.iter().all(|s| *s >= 0.0 && s.is_finite());
    if target >= n || !sound || !(0.0..=1.0).contains(&options.backward) {
        return Err(CausalError::Argument(
            "a random walk needs a target in the graph, one similarity of zero or more for each node and a backward weight within 0 and 1".into(),
        ));
    }
    let mut share = vec![0.0; n];
    share[target] = 1.0;
    for _ in 0..options.steps {
        let mut next = vec![0.0; n];
        for node in 0..n {
            let causes = graph.parents(node).iter().map(|p| (*p, similarity[*p]));
            let effects = graph.children(node).iter().map(|c| (*c, options.backward * similarity[*c]));
            let largest = graph.parents(node).iter().map(|p| similarity[*p]).fold(0.0, f64::max);
            let stay = (node, (similarity[node] - largest).max(0.0));
            let moves: Vec<(usize, f64)> = causes.chain(effects).chain([stay]).collect();
            let total: f64 = moves.iter().map(|m| m.1).sum();
            if total > 0.0 {
                moves.iter().for_each(|(to, weight)| next[*to] += share[node] * weight / total);
            } else {
                next[node] += share[node];
            }
        }
        share = next;
    }
    let causes = graph.names().iter().zip(share).map(|(variable, score)| RankedCause {
        variable: variable.clone(),
        score,
        evidence: format!("the walk spends {:.1} % of its time here", 100.0 * score),
    });
    Ok(Ranking::new(causes.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_walk_ends_at_the_cause_that_moves_with_the_target() {
        let dag = Dag::from_edges(["a", "b", "t"], &[(0, 2), (1, 2)]).unwrap();
        let ranking = random_walk_ranking(&dag, 2, &[0.9, 0.1, 1.0], &RandomWalk::default()).unwrap();
        assert_eq!(ranking.causes[0].variable, "a");
        let total: f64 = ranking.causes.iter().map(|c| c.score).sum();
        assert!((total - 1.0).abs() < 1e-9);
    }
}
