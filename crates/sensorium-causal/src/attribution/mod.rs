//! Root causes: which variable made the target go wrong.
//!
//! All methods compare a normal period with an anomalous one and return a [`Ranking`]. Graphs are causal:
//! an edge runs from cause to effect. In a call graph, where an edge runs from caller to callee, latency
//! and errors travel the other way, so its edges are to be turned round first.
//!
//! | method | graph | what it looks for |
//! | --- | --- | --- |
//! | [`robust_ranking`] | none | the largest deviation in units of the interquartile range |
//! | [`correlation_ranking`] | none | the strongest rank correlation with the target |
//! | [`traversal_ranking`] | needed | anomalous nodes with no anomalous cause, linked to the target |
//! | [`regression_ranking`] | needed | what a node's causes do not explain |
//! | [`random_walk_ranking`] | needed | where a walk that follows correlation upstream ends up |
//! | [`exclusive_excess`] | needed | what a node adds to what its causes hand it (sums of times, counts) |
//! | [`MechanismChange`] | needed | mechanisms whose residuals changed in location, spread or persistence |
//! | [`attribute_outlier`] | a fitted model | whose noise made one row's target an outlier (Shapley) |
//! | [`attribute_change`] | needed | whose mechanism moved the target's mean or spread (Shapley) |
//! | [`root_causes`] | any | picks a method from what is there, with evidence and next checks |
//!
//! [`shapley`] shares any outcome fairly among players.

mod correlation;
mod diagnosis;
mod distribution_change;
mod exclusive;
mod mechanism_change;
mod outlier;
mod random_walk;
mod regression;
mod robust;
mod shapley;
mod traversal;

pub use correlation::{correlation_ranking, rank_correlation};
pub use diagnosis::{
    CauseMethod, Diagnosis, DiagnosisOptions, GraphUsed, Link, NextCheck, RootCause, root_causes,
};
pub use distribution_change::{ChangeOptions, Statistic, attribute_change};
pub use exclusive::exclusive_excess;
pub use mechanism_change::{Change, ChangedMechanism, MechanismChange, Mechanisms};
pub use outlier::{NoiseShare, OutlierOptions, attribute_outlier};
pub use random_walk::{RandomWalk, random_walk_ranking};
pub use regression::{regression_ranking, regression_scores};
pub use robust::{Spread, robust_ranking, robust_scores, tail_score};
pub use shapley::{ShapleyOptions, ShapleyValues, shapley};
pub use traversal::{TraversalOptions, traversal_ranking};

use crate::{CausalError, Dag, Table};
use serde::Serialize;

/// A candidate and how strongly it is suspected.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RankedCause {
    /// Name of the variable.
    pub variable: String,
    /// Strength of suspicion; comparable within a ranking only.
    pub score: f64,
    /// What the score rests on, in words.
    pub evidence: String,
}

/// Candidates, the most suspected first; equal scores in order of name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ranking {
    /// The candidates.
    pub causes: Vec<RankedCause>,
}

impl Ranking {
    /// Sorts candidates by falling score; a score that is NaN goes last.
    pub fn new(mut causes: Vec<RankedCause>) -> Self {
        let key = |cause: &RankedCause| if cause.score.is_nan() { f64::NEG_INFINITY } else { cause.score };
        causes.sort_by(|a, b| key(b).total_cmp(&key(a)).then_with(|| a.variable.cmp(&b.variable)));
        Self { causes }
    }

    /// Position of a variable, counted from 1.
    pub fn position(&self, variable: &str) -> Option<usize> {
        self.causes.iter().position(|cause| cause.variable == variable).map(|index| index + 1)
    }
}

/// Checks that two periods have the same continuous columns and that both have rows.
fn check_periods(normal: &Table, anomalous: &Table) -> Result<(), CausalError> {
    if normal.names() != anomalous.names() {
        return Err(CausalError::Data(
            "the normal and the anomalous period have different columns; give both the same, in the same order".into(),
        ));
    }
    if normal.rows() < 8 {
        return Err(CausalError::Data(format!(
            "the normal period has {} rows; quartiles need at least 8",
            normal.rows()
        )));
    }
    if anomalous.rows() == 0 {
        return Err(CausalError::Data("the anomalous period has no rows; give at least one".into()));
    }
    for index in 0..normal.width() {
        for (period, table) in [("normal", normal), ("anomalous", anomalous)] {
            if !table.continuous(index)?.iter().any(|v| v.is_finite()) {
                return Err(CausalError::Data(format!(
                    "column `{}` has no value in the {period} period; leave it out",
                    normal.names()[index]
                )));
            }
        }
    }
    Ok(())
}

/// Checks the target's index.
fn check_target(table: &Table, target: usize) -> Result<(), CausalError> {
    if target < table.width() {
        return Ok(());
    }
    Err(CausalError::Argument(format!(
        "the target is column {target}, and there are {} columns, counted from 0",
        table.width()
    )))
}

/// Checks that the nodes of a graph are the columns, in the same order.
fn check_graph(table: &Table, graph: &Dag) -> Result<(), CausalError> {
    if graph.names() == table.names().as_slice() {
        return Ok(());
    }
    Err(CausalError::Data("the graph's nodes are not the table's columns in the same order".into()))
}
