//! FCI: a partial ancestral graph where some causes may not have been observed.

mod colliders;
mod possible_d_sep;
mod rules;

use super::pc::{SeparatingSets, learn_skeleton};
use crate::independence::IndependenceTest;
use crate::{CausalError, Graph, Knowledge};

/// Settings of [`fci`].
#[derive(Clone, Debug, PartialEq)]
pub struct FciConfig {
    /// Two variables are held to be independent when the p-value is above this. Default: 0.05.
    pub alpha: f64,
    /// The most variables that are conditioned on. Default: no limit.
    pub max_given: Option<usize>,
    /// The longest path, in edges, by which a variable comes into the Possible-D-Sep set of another. Default: no limit.
    pub max_possible_d_sep: Option<usize>,
}

impl Default for FciConfig {
    fn default() -> Self {
        Self { alpha: 0.05, max_given: None, max_possible_d_sep: None }
    }
}

/// What [`fci`] found.
#[derive(Clone, Debug)]
pub struct FciResult {
    /// The partial ancestral graph.
    pub graph: Graph,
    /// For each pair that is not adjacent, lower position first, what separated it.
    pub separating_sets: SeparatingSets,
    /// How many tests were made.
    pub tests: usize,
}

/// The FCI algorithm (Spirtes, Glymour and Scheines 2000, chapter 6), with the stable search for adjacencies of
/// [`pc`](super::pc::pc) and the orientation rules of Zhang (2008).
///
/// In the graph, a tail at `a` says that `a` causes the other end, perhaps through others; an arrowhead at `a` that it
/// does not; a circle that the tests leave it open. `a ↔ b` thus means a hidden common cause. Hidden causes are
/// allowed for, selection of the samples is not: Zhang's rules 5 to 7, which only apply under selection, are left
/// out; rules 1 to 4 and 8 to 10 are complete without it. Where tests contradict each other, a mark that stands is
/// not replaced.
///
/// Knowledge is about causes, hidden ones stay possible: forbidding `a → b` puts an arrowhead at `a` if the two are
/// adjacent, forbidding both directions `a ↔ b`; requiring `a → b` keeps that edge, directed.
///
/// # Errors
/// [`CausalError::Argument`] unless 0 < alpha < 1, [`CausalError::Knowledge`] for knowledge that contradicts itself,
/// and what the test refuses.
pub fn fci(
    names: &[String],
    test: &dyn IndependenceTest,
    knowledge: &Knowledge,
    config: &FciConfig,
) -> Result<FciResult, CausalError> {
    knowledge.check(names)?;
    // A forbidden edge may still be there as `a ↔ b`, so that only required edges bear on adjacency.
    let adjacency = Knowledge { required: knowledge.required.clone(), ..Knowledge::none() };
    let learnt = learn_skeleton(names, test, &adjacency, config.alpha, config.max_given)?;
    let (mut skeleton, mut separating_sets) = (learnt.graph, learnt.separating_sets);
    let first = colliders::oriented(&skeleton, &separating_sets, knowledge);
    let more = possible_d_sep::prune(&mut skeleton, &mut separating_sets, &first, test, knowledge, config)?;
    let mut graph = colliders::oriented(&skeleton, &separating_sets, knowledge);
    rules::close(&mut graph, &separating_sets);
    Ok(FciResult { graph, separating_sets, tests: learnt.tests + more })
}
