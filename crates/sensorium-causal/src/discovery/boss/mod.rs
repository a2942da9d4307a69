//! BOSS: best-order search for the graph with the best score.

mod grow_shrink;
mod member;
mod order;

use super::ges::class_of;
use crate::score::{LocalScore, ScoreCache};
use crate::{CausalError, Dag, Graph, Knowledge};
use grow_shrink::GrowShrinkTree;
use order::{OrderSearch, Precedence};

/// Settings of [`boss`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BossConfig {
    /// The number of random orders that the search begins from; the best result is kept. Default: 3.
    pub starts: usize,
    /// The number of random members of the class that was reached from which each start is continued in vain before it
    /// ends; 0 for the search of the paper. Default: 5.
    pub members: usize,
    /// The most parents of a node, unless more are required. Default: no limit.
    pub max_parents: Option<usize>,
    /// Seed of the random orders.
    pub seed: u64,
}

impl Default for BossConfig {
    fn default() -> Self {
        Self { starts: 3, members: 5, max_parents: None, seed: 0 }
    }
}

/// What [`boss`] found.
#[derive(Clone, Debug)]
pub struct BossResult {
    /// The class of graphs, directed further by what is known.
    pub graph: Graph,
    /// The graph that the best order gave, a member of the class.
    pub dag: Dag,
    /// The best order, causes first.
    pub order: Vec<usize>,
    /// Its score.
    pub score: f64,
}

/// Best-order score search (Andrews, Ramsey, Sanchez Romero, Camchong and Kummerfeld, "Fast scalable and accurate
/// discovery of DAGs using the best order score search and grow-shrink trees", NeurIPS 2023), without the backward step
/// among classes at its end. In an order every node takes its parents from the nodes before it, by growing and
/// shrinking; each pass moves every node to its best place, until no move raises the score. Of starts with equal scores
/// the first is taken. The result depends on the seed, but not on the number of threads.
///
/// Required edges are always in the graph; forbidden ones never are. An order keeps to the tiers, so that no variable
/// of a later tier is even an indirect cause of one of an earlier tier.
///
/// # Errors
/// [`CausalError::Argument`] for names that are not as many as the score's variables, or no start at all, and
/// [`CausalError::Knowledge`] for knowledge that contradicts itself.
pub fn boss(
    names: &[String],
    score: &dyn LocalScore,
    knowledge: &Knowledge,
    config: &BossConfig,
) -> Result<BossResult, CausalError> {
    if names.len() != score.variables() {
        return Err(CausalError::Argument(format!(
            "{} names for {} variables; give one name a variable",
            names.len(),
            score.variables()
        )));
    }
    if config.starts == 0 {
        return Err(CausalError::Argument("no order to begin from; ask for at least one start".into()));
    }
    knowledge.check(names)?;
    let cache = ScoreCache::new(score);
    let trees = (0..names.len())
        .map(|node| GrowShrinkTree::new(node, &cache, knowledge, config.max_parents))
        .collect();
    let precedence = Precedence::new(names, knowledge)?;
    let mut search = OrderSearch::new(trees, &precedence);
    let mut best = search.run(config, 0);
    for start in 1..config.starts as u64 {
        let next = search.run(config, start);
        if next.score > best.score {
            best = next;
        }
    }
    let edges: Vec<(usize, usize)> = best
        .parents
        .iter()
        .enumerate()
        .flat_map(|(effect, causes)| causes.iter().map(move |&cause| (cause, effect)))
        .collect();
    let dag = Dag::from_edges(names.to_vec(), &edges)?;
    let graph = class_of(&dag.to_graph(), knowledge)?;
    Ok(BossResult { graph, dag, order: best.order, score: best.score })
}
