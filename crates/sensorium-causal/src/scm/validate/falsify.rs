//! Falsification of a graph against the independences that it implies.

use crate::independence::IndependenceTest;
use crate::random::generator;
use crate::{CausalError, Dag};
use rand::seq::SliceRandom;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

/// Settings of [`falsify`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FalsifyOptions {
    /// An independence counts as violated when its p-value is below.
    pub significance: f64,
    /// Graphs with permuted nodes that the given one is compared with.
    pub permutations: usize,
    /// Significance of the comparison itself.
    pub level: f64,
    /// Draws the permutations.
    pub seed: u64,
}

impl Default for FalsifyOptions {
    fn default() -> Self {
        Self { significance: 0.05, permutations: 50, level: 0.05, seed: 0 }
    }
}

/// What the comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The graph violates significantly fewer independences than graphs with permuted nodes.
    NotRejected,
    /// The graph is no better than graphs with permuted nodes.
    Rejected,
    /// The data cannot tell: the graph implies no independence, too many permutations imply the same, or neither the
    /// graph nor too many permutations violate any.
    Uninformative,
}

/// How a graph fares against its implied independences.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Falsification {
    /// Independences of a node from each non-descendant given its parents.
    pub implied: usize,
    /// Those violated in the data: (node, non-descendant, p-value).
    pub violated: Vec<(usize, usize, f64)>,
    /// Independences of the given graph that the data do not allow to be tested: a set of variables that determine
    /// one another.
    pub untested: usize,
    /// Share of permuted graphs that violate no larger share; small is good.
    pub p_value: f64,
    /// Share of permuted graphs that are Markov equivalent to the given one.
    pub equivalent: f64,
    /// Mean share of violations among permuted graphs.
    pub permuted_share: f64,
    /// What follows.
    pub verdict: Verdict,
}

/// Compares how many implied local Markov independences a graph violates with graphs whose nodes are
/// permuted (Eulig, Mastakouri, Blöbaum, Hardt & Janzing 2023).
///
/// # Errors
/// A test on other variables than the graph's nodes, no permutation, and what the test refuses other than for the data
/// ([`CausalError::Data`]): such statements are left out of all shares.
pub fn falsify(
    dag: &Dag,
    test: &dyn IndependenceTest,
    options: &FalsifyOptions,
) -> Result<Falsification, CausalError> {
    if test.variables() != dag.len() || options.permutations == 0 {
        return Err(CausalError::Argument(format!(
            "falsifying needs a test on the graph's {} nodes and a permutation or more",
            dag.len()
        )));
    }
    let identity: Vec<usize> = (0..dag.len()).collect();
    let mut graphs = vec![identity.clone()];
    for k in 0..options.permutations {
        let mut order = identity.clone();
        order.shuffle(&mut generator(options.seed, k as u64));
        graphs.push(order);
    }
    let statements: Vec<Vec<Statement>> = graphs.iter().map(|order| implied(dag, order)).collect();
    let mut wanted: Vec<&Statement> = statements.iter().flatten().collect();
    wanted.sort_unstable();
    wanted.dedup();
    let p_values: BTreeMap<&Statement, f64> = wanted
        .into_par_iter()
        .filter_map(|s| match test.p_value(s.0, s.1, &s.2) {
            Ok(p) => Some(Ok((s, p))),
            Err(CausalError::Data(_)) => None,
            Err(other) => Some(Err(other)),
        })
        .collect::<Result<_, _>>()?;
    // Statements of both directions of a pair count each, as in the definition.
    let share = |own: &[Statement]| {
        let tested: Vec<f64> = own.iter().filter_map(|s| p_values.get(s).copied()).collect();
        let broken = tested.iter().filter(|p| **p < options.significance).count();
        broken as f64 / tested.len().max(1) as f64
    };
    let own = share(&statements[0]);
    let others: Vec<f64> = statements[1..].iter().map(|s| share(s)).collect();
    let as_good = others.iter().filter(|s| **s <= own).count();
    let pattern = dag.cpdag();
    let mut equivalent = 0;
    for order in &graphs[1..] {
        let edges: Vec<(usize, usize)> = dag.edges().iter().map(|&(a, b)| (order[a], order[b])).collect();
        equivalent += usize::from(Dag::from_edges(dag.names().to_vec(), &edges)?.cpdag() == pattern);
    }
    let n = options.permutations as f64;
    let (p_value, equivalent) = (as_good as f64 / n, equivalent as f64 / n);
    let implied = statements[0].len();
    // A graph that violates nothing is not refuted by others that violate nothing either.
    let tested = |s: &Statement| p_values.get(s).copied();
    let untested = statements[0].iter().filter(|s| tested(s).is_none()).count();
    let spotless = statements[0].iter().filter_map(tested).all(|p| p >= options.significance);
    let verdict =
        if implied == untested || equivalent > options.level || (spotless && p_value > options.level) {
            Verdict::Uninformative
        } else if p_value > options.level {
            Verdict::Rejected
        } else {
            Verdict::NotRejected
        };
    let violated = statements[0]
        .iter()
        .filter_map(|s| Some((s.0, s.1, tested(s)?)))
        .filter(|found| found.2 < options.significance)
        .collect();
    let permuted_share = others.iter().sum::<f64>() / n;
    Ok(Falsification { implied, violated, untested, p_value, equivalent, permuted_share, verdict })
}

/// A node, a non-descendant that is no parent, and the node's parents.
type Statement = (usize, usize, Vec<usize>);

/// The local Markov independences of a graph whose node `i` is called `order[i]`.
fn implied(dag: &Dag, order: &[usize]) -> Vec<Statement> {
    let mut all = Vec::new();
    for node in 0..dag.len() {
        let below = dag.descendants(node);
        let mut given: Vec<usize> = dag.parents(node).iter().map(|&p| order[p]).collect();
        given.sort_unstable();
        for other in (0..dag.len()).filter(|o| *o != node && !below.contains(o)) {
            if !dag.has_edge(other, node) {
                all.push((order[node], order[other], given.clone()));
            }
        }
    }
    all
}
