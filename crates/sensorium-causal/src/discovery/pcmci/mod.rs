//! PCMCI+: a graph of causes now and some steps back, from time series.

mod conditions;
mod links;
mod orient;

use crate::graph::LaggedGraph;
use crate::{CausalError, Knowledge, Table};
use conditions::LaggedTest;

/// Settings of [`pcmci_plus`].
#[derive(Clone, Debug, PartialEq)]
pub struct PcmciConfig {
    /// How many steps back a cause may lie; at least 1. Default: 1.
    pub max_lag: usize,
    /// Two variables are held to be independent when the p-value is above this. Default: 0.01.
    pub alpha: f64,
}

impl Default for PcmciConfig {
    fn default() -> Self {
        Self { max_lag: 1, alpha: 0.01 }
    }
}

/// How sure an edge is, and how strong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LaggedLink {
    /// The earlier variable; at lag 0 the one of the lower position.
    pub source: usize,
    /// Steps back in time.
    pub lag: usize,
    /// The later variable.
    pub target: usize,
    /// The largest p-value of the tests of the second phase.
    pub p_value: f64,
    /// The partial correlation in the test that gave it, between -1 and 1.
    pub partial_correlation: f64,
}

/// What [`pcmci_plus`] found.
#[derive(Clone, Debug)]
pub struct PcmciResult {
    /// The edges; those of lag 0 that the tests leave open are undirected.
    pub graph: LaggedGraph,
    /// One entry for each edge, in order of target, lag and source.
    pub links: Vec<LaggedLink>,
    /// Colliders that were not directed since an earlier one stood against them, as names.
    pub conflicts: Vec<String>,
    /// How many tests were made.
    pub tests: usize,
}

/// PCMCI+ (Runge 2020, algorithms 1 and 2 with the collider rule "none") on a table whose rows are equally spaced steps
/// in time, for linear dependence between stationary series without hidden causes.
///
/// First the lags that may matter to each variable are narrowed down, each tested given the strongest of the others.
/// Then each of these, and each pair within a step, is tested given sets of neighbours within the step and the lagged
/// causes of both ends (momentary conditional independence). Time directs lagged edges; within a step colliders and
/// Meek's rules 1 to 3 do. Tests are partial correlations by Fisher's z over the rows that have `2 · max_lag` rows before.
///
/// What knowledge forbids, by pairs or by tiers, it forbids at every lag. A required edge is one within a step.
/// Two variables that knowledge keeps apart are not tested, so that nothing is inferred from what separates them.
///
/// # Errors
/// [`CausalError::Argument`] unless 0 < alpha < 1 and `max_lag` is at least 1, [`CausalError::Knowledge`] for knowledge
/// that contradicts itself, [`CausalError::Data`] for a column that is categorical, constant, not finite or with values
/// missing, for too few rows, and for columns that determine each other.
pub fn pcmci_plus(
    table: &Table,
    knowledge: &Knowledge,
    config: &PcmciConfig,
) -> Result<PcmciResult, CausalError> {
    if !(config.alpha > 0.0 && config.alpha < 1.0) {
        return Err(CausalError::Argument(format!("alpha is {}; it must be between 0 and 1", config.alpha)));
    }
    if config.max_lag == 0 {
        return Err(CausalError::Argument("max_lag is 0; let it be at least 1, or use pc".into()));
    }
    knowledge.check(&table.names())?;
    let known = links::LaggedKnowledge::new(knowledge);
    let test = LaggedTest::new(table, config.max_lag)?;
    let mut found = links::learn(&table.names(), &test, &known, config)?;
    let conflicts = orient::direct(&mut found, &known)?;
    let links = found
        .strengths
        .iter()
        .map(|(&(target, lag, source), &(p_value, partial_correlation))| LaggedLink {
            source,
            lag,
            target,
            p_value,
            partial_correlation,
        })
        .collect();
    Ok(PcmciResult { graph: found.graph, links, conflicts, tests: found.tests })
}
