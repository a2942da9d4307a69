//! From two periods and what is known of the graph to suspects, evidence and next checks.

use super::{check_graph, check_periods, check_target, rank_correlation, regression_scores, robust_scores};
use crate::random::generator;
use crate::{CausalError, Dag, Graph, Table};
use rand::Rng;
use rayon::prelude::*;
use serde::Serialize;

/// How the scores were computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CauseMethod {
    /// Deviation from the normal median: there was no graph.
    RobustDeviation,
    /// Deviation from what the causes in the graph explain.
    RegressionResidual,
}

/// What graph the diagnosis rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GraphUsed {
    /// None.
    None,
    /// One with undirected or uncertain edges, of which only the directed ones were used.
    Partial,
    /// A fully directed one from the caller.
    Given,
    /// A fully directed one that the caller learned from data.
    Learned,
}

/// Settings of [`root_causes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiagnosisOptions {
    /// Whether the graph was learned from data, which the result then says. Default: no.
    pub learned: bool,
    /// Bootstrap samples of the normal period for the standard errors, at least 2. Default: 30.
    pub bootstrap: usize,
    /// Seed of the bootstrap. Default: 0.
    pub seed: u64,
    /// How many next checks are named. Default: 5.
    pub checks: usize,
}

impl Default for DiagnosisOptions {
    fn default() -> Self {
        Self { learned: false, bootstrap: 30, seed: 0, checks: 5 }
    }
}

/// A suspect.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RootCause {
    /// Name of the variable.
    pub variable: String,
    /// Largest deviation in interquartile ranges.
    pub score: f64,
    /// Standard error of the score over bootstrap samples of the normal period.
    pub standard_error: f64,
    /// Probability of being the cause, if exactly one of the suspects is.
    pub probability: f64,
    /// What the score rests on.
    pub evidence: String,
    /// The way to the target; empty without a graph or for the target itself.
    pub chain: Vec<Link>,
}

/// A step from cause to effect.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Link {
    /// Name of the cause.
    pub cause: String,
    /// Name of the effect.
    pub effect: String,
    /// Rank correlation of the two in the normal period.
    pub correlation: f64,
}

/// A variable to look at, and what that would tell.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NextCheck {
    /// Name of the variable.
    pub variable: String,
    /// Expected information in bits from learning whether the cause lies here or upstream.
    pub gain_bits: f64,
}

/// Suspects for the anomaly of a target.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnosis {
    /// How the scores were computed.
    pub method: CauseMethod,
    /// What graph they rest on.
    pub graph: GraphUsed,
    /// The suspects, the strongest first.
    pub causes: Vec<RootCause>,
    /// What to look at next, the most informative first.
    pub next_checks: Vec<NextCheck>,
}

/// Suspects for what changed in `target` between a normal and an anomalous period.
///
/// With a fully directed graph the suspects are the target and its ancestors, scored by
/// [`regression_scores`]. A graph with other marks is used as far as it is directed, and every variable
/// stays a suspect. Without a graph all variables but the target are scored by [`robust_scores`].
///
/// Probabilities assume one cause and residuals that follow Student's t with 3 degrees of freedom: the
/// odds of a suspect grow with `(1 + z²/3)²`, where `z` is the score in standard deviations.
///
/// # Errors
/// [`CausalError::Data`] for periods or a graph that do not fit together or a target that is constant in
/// the normal period, [`CausalError::Argument`] for the target or the settings.
pub fn root_causes(
    normal: &Table,
    anomalous: &Table,
    target: usize,
    graph: Option<&Graph>,
    options: &DiagnosisOptions,
) -> Result<Diagnosis, CausalError> {
    check_target(normal, target)?;
    check_periods(normal, anomalous)?;
    if options.bootstrap < 2 {
        return Err(CausalError::Argument("standard errors need at least 2 bootstrap samples".into()));
    }
    let finite: Vec<f64> = normal.continuous(target)?.iter().copied().filter(|v| v.is_finite()).collect();
    if finite.iter().all(|v| *v == finite[0]) {
        return Err(CausalError::Data(format!(
            "the target `{}` is constant in the normal period; choose a longer period or another target",
            normal.names()[target]
        )));
    }
    let (dag, used) = directed_part(normal, graph, options.learned)?;
    let score = |table: &Table| match &dag {
        Some(dag) => regression_scores(table, anomalous, dag),
        None => robust_scores(table, anomalous),
    };
    let scores = score(normal)?;
    let errors = standard_errors(normal, &scores, score, options);
    let suspects: Vec<usize> = match (&dag, used) {
        (Some(dag), GraphUsed::Given | GraphUsed::Learned) => {
            dag.ancestors(target).into_iter().chain([target]).collect()
        }
        _ => (0..normal.width()).filter(|i| *i != target).collect(),
    };
    let probabilities = probabilities(&suspects, &scores);
    let names = normal.names();
    let mut causes = Vec::with_capacity(suspects.len());
    for (&node, &probability) in suspects.iter().zip(&probabilities) {
        let against = if dag.is_some() { "what its causes explain" } else { "its normal median" };
        causes.push(RootCause {
            variable: names[node].clone(),
            score: scores[node],
            standard_error: errors[node],
            probability,
            evidence: format!("{:.1} interquartile ranges from {against}", scores[node]),
            chain: chain(normal, dag.as_ref(), node, target)?,
        });
    }
    causes.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.variable.cmp(&b.variable)));
    let next_checks = next_checks(&names, dag.as_ref(), &suspects, &probabilities, options.checks);
    let method = if dag.is_some() { CauseMethod::RegressionResidual } else { CauseMethod::RobustDeviation };
    Ok(Diagnosis { method, graph: used, causes, next_checks })
}

/// The directed edges of a graph, and whether they are all there is.
fn directed_part(
    table: &Table,
    graph: Option<&Graph>,
    learned: bool,
) -> Result<(Option<Dag>, GraphUsed), CausalError> {
    let Some(graph) = graph else { return Ok((None, GraphUsed::None)) };
    let mut dag = Dag::new(graph.names().to_vec())?;
    for node in 0..graph.len() {
        for parent in graph.parents(node) {
            dag.add_edge(parent, node)?;
        }
    }
    check_graph(table, &dag)?;
    let whole = dag.edge_count() == graph.edge_count();
    let used = match (whole, learned) {
        (false, _) => GraphUsed::Partial,
        (true, false) => GraphUsed::Given,
        (true, true) => GraphUsed::Learned,
    };
    Ok((Some(dag), used))
}

fn standard_errors(
    normal: &Table,
    scores: &[f64],
    score: impl Fn(&Table) -> Result<Vec<f64>, CausalError> + Sync,
    options: &DiagnosisOptions,
) -> Vec<f64> {
    let samples: Vec<Vec<f64>> = (0..options.bootstrap as u64)
        .into_par_iter()
        .filter_map(|sample| {
            let mut rng = generator(options.seed, sample);
            let rows: Vec<usize> = (0..normal.rows()).map(|_| rng.random_range(0..normal.rows())).collect();
            // A sample that left a column without values says nothing; it is skipped.
            score(&normal.take(&rows)).ok()
        })
        .collect();
    let n = samples.len() as f64;
    (0..scores.len())
        .map(|node| {
            let mean = samples.iter().map(|s| s[node]).sum::<f64>() / n;
            (samples.iter().map(|s| (s[node] - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt()
        })
        .collect()
}

fn probabilities(suspects: &[usize], scores: &[f64]) -> Vec<f64> {
    /// Interquartile range of the normal distribution, in standard deviations.
    const RANGE: f64 = 1.349;
    let odds = |node: &usize| (1.0 + (scores[*node] * RANGE).powi(2) / 3.0).powi(2);
    let all: Vec<f64> = suspects.iter().map(odds).collect();
    let total: f64 = all.iter().sum();
    all.iter().map(|o| o / total).collect()
}

fn chain(normal: &Table, dag: Option<&Dag>, cause: usize, target: usize) -> Result<Vec<Link>, CausalError> {
    let Some(path) = dag.and_then(|d| d.directed_path(cause, target)) else { return Ok(Vec::new()) };
    let names = normal.names();
    path.windows(2)
        .map(|step| {
            Ok(Link {
                cause: names[step[0]].clone(),
                effect: names[step[1]].clone(),
                correlation: rank_correlation(normal.continuous(step[0])?, normal.continuous(step[1])?),
            })
        })
        .collect()
}

fn next_checks(
    names: &[String],
    dag: Option<&Dag>,
    suspects: &[usize],
    probabilities: &[f64],
    count: usize,
) -> Vec<NextCheck> {
    let entropy =
        |p: f64| if p <= 0.0 || p >= 1.0 { 0.0 } else { -p * p.log2() - (1.0 - p) * (1.0 - p).log2() };
    let gain = |node: usize| {
        let upstream = dag.map(|d| d.ancestors(node)).unwrap_or_default();
        let inside = suspects.iter().zip(probabilities).filter(|(s, _)| **s == node || upstream.contains(s));
        entropy(inside.map(|(_, p)| p).sum())
    };
    let mut checks: Vec<NextCheck> =
        suspects.iter().map(|s| NextCheck { variable: names[*s].clone(), gain_bits: gain(*s) }).collect();
    checks.sort_by(|a, b| b.gain_bits.total_cmp(&a.gain_bits).then_with(|| a.variable.cmp(&b.variable)));
    checks.truncate(count);
    checks
}
