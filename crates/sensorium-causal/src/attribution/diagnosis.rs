//! From two periods and what is known of the graph to suspects, evidence and next checks.

use super::{
    Change, MechanismChange, check_graph, check_periods, check_target, rank_correlation, regression_scores,
    robust_scores,
};
use crate::random::generator;
use crate::{CausalError, Dag, Graph, Table};
use rand::Rng;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

/// How the scores were computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CauseMethod {
    /// Deviation from the normal median: there was no graph.
    RobustDeviation,
    /// Deviation from what the causes in the graph explain.
    RegressionResidual,
    /// Change of the mechanism in location, spread or persistence, against normal windows of equal length.
    MechanismChange,
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
    /// Largest deviation in interquartile ranges; for [`CauseMethod::MechanismChange`] in standard deviations among
    /// normal windows.
    pub score: f64,
    /// Standard error of the score: over bootstrap samples of the normal period, or 1 by definition of the unit.
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
/// With a fully directed graph the suspects are the target and its ancestors. They are scored by
/// [`MechanismChange`] where both periods are long enough for it (8 rows of anomaly in order of time, and 8 times as
/// many normal ones), else by [`regression_scores`]. A graph with other marks is used as far as it is directed, and every variable
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
    let scored = score(normal, anomalous, dag.as_ref(), options)?;
    let suspects: Vec<usize> = match (&dag, used) {
        (Some(dag), GraphUsed::Given | GraphUsed::Learned) => {
            dag.ancestors(target).into_iter().chain([target]).collect()
        }
        _ => (0..normal.width()).filter(|i| *i != target).collect(),
    };
    let probabilities = probabilities(&suspects, &scored);
    let strength = normal_correlations(normal);
    let names = normal.names();
    let mut causes = Vec::with_capacity(suspects.len());
    for (&node, &probability) in suspects.iter().zip(&probabilities) {
        causes.push(RootCause {
            variable: names[node].clone(),
            score: scored.scores[node],
            standard_error: scored.errors[node],
            probability,
            evidence: scored.evidence[node].clone(),
            chain: chain(&names, dag.as_ref(), &strength, node, target),
        });
    }
    causes.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.variable.cmp(&b.variable)));
    let next_checks = next_checks(&names, dag.as_ref(), &suspects, &probabilities, options.checks);
    Ok(Diagnosis { method: scored.method, graph: used, causes, next_checks })
}

/// A score for each variable, and what it rests on.
struct Scored {
    method: CauseMethod,
    scores: Vec<f64>,
    errors: Vec<f64>,
    evidence: Vec<String>,
    /// What one unit of the score is, in standard deviations.
    unit: f64,
}

fn score(
    normal: &Table,
    anomalous: &Table,
    dag: Option<&Dag>,
    options: &DiagnosisOptions,
) -> Result<Scored, CausalError> {
    /// Interquartile range of the normal distribution, in standard deviations.
    const RANGE: f64 = 1.349;
    if let Some(dag) = dag
        && let Some(changes) = mechanism_changes(normal, anomalous, dag)?
    {
        let evidence = changes.iter().map(|c| {
            format!(
                "mechanism moved by {:+.1} σ, spread {:+.1} σ, persistence {:+.1} σ",
                c.location, c.scale, c.persistence
            )
        });
        let scores: Vec<f64> = changes.iter().map(Change::evidence).collect();
        return Ok(Scored {
            method: CauseMethod::MechanismChange,
            evidence: evidence.collect(),
            errors: vec![1.0; scores.len()],
            scores,
            unit: 1.0,
        });
    }
    let (method, against) = match dag {
        Some(_) => (CauseMethod::RegressionResidual, "what its causes explain"),
        None => (CauseMethod::RobustDeviation, "its normal median"),
    };
    let score = |table: &Table| match dag {
        Some(dag) => regression_scores(table, anomalous, dag),
        None => robust_scores(table, anomalous),
    };
    let scores = score(normal)?;
    let errors = standard_errors(normal, &scores, score, options);
    let evidence = scores.iter().map(|s| format!("{s:.1} interquartile ranges from {against}")).collect();
    Ok(Scored { method, scores, errors, evidence, unit: RANGE })
}

/// How the mechanisms changed; `None` where the periods are too short, or a variable has too few values, to tell.
fn mechanism_changes(
    normal: &Table,
    anomalous: &Table,
    dag: &Dag,
) -> Result<Option<Vec<Change>>, CausalError> {
    let window = anomalous.rows();
    if window < 8 || normal.rows() < 8 * window {
        return Ok(None);
    }
    match (MechanismChange { window, ..MechanismChange::default() }).fit(normal, dag) {
        Ok(mechanisms) => mechanisms.changes(anomalous).map(Some),
        Err(CausalError::Data(_)) => Ok(None),
        Err(other) => Err(other),
    }
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

fn probabilities(suspects: &[usize], scored: &Scored) -> Vec<f64> {
    let odds = |node: &usize| (1.0 + (scored.scores[*node] * scored.unit).powi(2) / 3.0).powi(2);
    let all: Vec<f64> = suspects.iter().map(odds).collect();
    let total: f64 = all.iter().sum();
    all.iter().map(|o| o / total).collect()
}

/// Rank correlation of two variables of the normal period.
fn normal_correlations(normal: &Table) -> impl Fn(usize, usize) -> f64 {
    move |a, b| match (normal.continuous(a), normal.continuous(b)) {
        (Ok(a), Ok(b)) => rank_correlation(a, b),
        _ => f64::NAN,
    }
}

/// The way from a cause to the target on which variables hang together most: the largest product of correlations.
fn chain(
    names: &[String],
    dag: Option<&Dag>,
    strength: &impl Fn(usize, usize) -> f64,
    cause: usize,
    target: usize,
) -> Vec<Link> {
    let Some(dag) = dag else { return Vec::new() };
    let mut between = dag.descendants(cause);
    between.retain(|n| *n == target || dag.descendants(*n).contains(&target));
    if !between.contains(&target) {
        return Vec::new();
    }
    // Each node's best way so far: how well it holds, from where, and the correlation of its last step.
    let mut best: BTreeMap<usize, (f64, usize, f64)> = BTreeMap::new();
    for node in dag.topological_order().into_iter().filter(|n| between.contains(n)) {
        for &parent in dag.parents(node) {
            let before = if parent == cause { Some(1.0) } else { best.get(&parent).map(|b| b.0) };
            let Some(before) = before else { continue };
            let correlation = strength(parent, node);
            let holds = before * correlation.abs().max(1e-3);
            if best.get(&node).is_none_or(|b| holds > b.0) {
                best.insert(node, (holds, parent, correlation));
            }
        }
    }
    let mut links = Vec::new();
    let mut node = target;
    while let Some(&(_, parent, correlation)) = best.get(&node).filter(|_| node != cause) {
        links.push(Link { cause: names[parent].clone(), effect: names[node].clone(), correlation });
        node = parent;
    }
    links.reverse();
    links
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
