//! PC: a graph from tests of conditional independence.

mod colliders;
mod orient;
mod skeleton;

pub(super) use skeleton::Combinations;
pub use skeleton::{SeparatingSets, Skeleton, learn_skeleton};

use crate::independence::IndependenceTest;
use crate::{CausalError, Graph, Knowledge};

/// How unshielded triples `x – y – z` are told to be colliders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColliderRule {
    /// When `y` is in no set that separated `x` and `z` at the level at which they were separated.
    #[default]
    SeparatingSets,
    /// When `y` is in less than half of the sets, among neighbours of `x` or of `z`, that separate them (Colombo and
    /// Maathuis 2014). In exactly half: not decided, and the triple stays undirected.
    Majority,
    /// When `y` is in none of those sets (Ramsey, Zhang and Spirtes 2006); in some: not decided.
    Conservative,
}

/// Settings of [`pc`].
#[derive(Clone, Debug, PartialEq)]
pub struct PcConfig {
    /// Two variables are held to be independent when the p-value is above this. Default: 0.05.
    pub alpha: f64,
    /// The most variables that are conditioned on. Default: no limit.
    pub max_given: Option<usize>,
    /// How colliders are told. Default: [`ColliderRule::SeparatingSets`].
    pub colliders: ColliderRule,
}

impl Default for PcConfig {
    fn default() -> Self {
        Self { alpha: 0.05, max_given: None, colliders: ColliderRule::default() }
    }
}

/// What [`pc`] found.
#[derive(Clone, Debug)]
pub struct PcResult {
    /// The class of graphs.
    pub graph: Graph,
    /// What was learnt before edges were directed: separating sets, p-values, tests.
    pub skeleton: Skeleton,
    /// Contradictions between tests: colliders that were not directed since another one stood against them, as names.
    pub conflicts: Vec<String>,
}

/// The stable PC algorithm (Spirtes and Glymour 1991; Colombo and Maathuis 2014): edges are removed level by level, all
/// tests of a level on the same graph and in parallel, so that the order of the columns plays no part; then colliders
/// are directed, in the order of their columns where they contradict each other, and Meek's rules 1 to 3 (and 4 where
/// something is known beforehand) close the rest. No rule makes a directed cycle.
///
/// # Errors
/// [`CausalError::Argument`] unless 0 < alpha < 1, [`CausalError::Knowledge`] for knowledge that contradicts itself,
/// and what the test refuses.
pub fn pc(
    names: &[String],
    test: &dyn IndependenceTest,
    knowledge: &Knowledge,
    config: &PcConfig,
) -> Result<PcResult, CausalError> {
    let skeleton = learn_skeleton(names, test, knowledge, config.alpha, config.max_given)?;
    let mut graph = skeleton.graph.clone();
    orient::by_knowledge(&mut graph, knowledge);
    let conflicts = colliders::direct(&mut graph, &skeleton, test, knowledge, config)?;
    orient::close(&mut graph, knowledge);
    Ok(PcResult { graph, skeleton, conflicts })
}
