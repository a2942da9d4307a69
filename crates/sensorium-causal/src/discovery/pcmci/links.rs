//! Which variables are joined, at which lags.

use super::PcmciConfig;
use super::conditions::{Lagged, LaggedTest};
use crate::discovery::pc::Combinations;
use crate::graph::LaggedGraph;
use crate::{CausalError, Knowledge, Mark};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Target, lag and source of an edge; at lag 0 the source is the lower position.
pub(super) type Link = (usize, usize, usize);

/// What is known of edges within a step and across steps.
pub(super) struct LaggedKnowledge {
    pub within_step: Knowledge,
    across_steps: Knowledge,
}

impl LaggedKnowledge {
    pub fn new(knowledge: &Knowledge) -> Self {
        // A required edge is one within a step, which says nothing of the way back at other lags.
        let across_steps = Knowledge { required: BTreeSet::new(), ..knowledge.clone() };
        Self { within_step: knowledge.clone(), across_steps }
    }

    /// Whether there can be no edge from a variable some steps back; at lag 0, in neither direction.
    pub fn keeps_apart(&self, (source, lag): Lagged, target: usize) -> bool {
        match lag {
            0 => self.within_step.forbids_adjacency(source, target),
            _ => self.across_steps.forbids(source, target),
        }
    }
}

/// The graph before edges within a step are directed, and how it came about.
pub(super) struct Links {
    pub graph: LaggedGraph,
    /// The largest p-value of each edge and its partial correlation.
    pub strengths: BTreeMap<Link, (f64, f64)>,
    /// For each pair that the second phase separated, the variables of the same step in each separating set. A pair that
    /// the first phase separated has no entry: it needed none.
    pub separating_sets: BTreeMap<Link, Vec<Vec<usize>>>,
    pub tests: usize,
}

/// Both phases.
pub(super) fn learn(
    names: &[String],
    test: &LaggedTest,
    known: &LaggedKnowledge,
    config: &PcmciConfig,
) -> Result<Links, CausalError> {
    let n = names.len();
    let first: Vec<(Vec<Lagged>, usize)> = (0..n)
        .into_par_iter()
        .map(|target| lagged_causes(target, n, test, known, config))
        .collect::<Result<_, CausalError>>()?;
    let mut graph = LaggedGraph::new(names.to_vec(), config.max_lag)?;
    for (target, (causes, _)) in first.iter().enumerate() {
        for &(source, lag) in causes {
            graph.add(source, lag, target, Mark::Tail, Mark::Arrow)?;
        }
        for source in (0..target).filter(|&source| !known.keeps_apart((source, 0), target)) {
            graph.add(source, 0, target, Mark::Tail, Mark::Tail)?;
        }
    }
    let tests = first.iter().map(|(_, tests)| tests).sum();
    let causes: Vec<Vec<Lagged>> = first.into_iter().map(|(causes, _)| causes).collect();
    let mut found = Links { graph, strengths: BTreeMap::new(), separating_sets: BTreeMap::new(), tests };
    momentary(&mut found, &causes, test, known, config)?;
    Ok(found)
}

/// The first phase: lagged variables that stay dependent on the target given the strongest of the others, one more of
/// them in each round (Runge 2020, algorithm 1); and the number of tests.
fn lagged_causes(
    target: usize,
    n: usize,
    test: &LaggedTest,
    known: &LaggedKnowledge,
    config: &PcmciConfig,
) -> Result<(Vec<Lagged>, usize), CausalError> {
    let mut causes: Vec<(Lagged, f64)> = (1..=config.max_lag)
        .flat_map(|lag| (0..n).map(move |source| ((source, lag), f64::INFINITY)))
        .filter(|&(cause, _)| !known.keeps_apart(cause, target))
        .collect();
    let (mut size, mut tests) = (0, 0);
    while causes.len() > size {
        let strongest: Vec<Lagged> = causes.iter().take(size + 1).map(|&(cause, _)| cause).collect();
        let mut kept = Vec::with_capacity(causes.len());
        for &(cause, strength) in &causes {
            let given: Vec<Lagged> = strongest.iter().copied().filter(|&v| v != cause).take(size).collect();
            let (p, r) = test.of(cause, (target, 0), &given)?;
            tests += 1;
            if p <= config.alpha {
                kept.push((cause, strength.min(r.abs())));
            }
        }
        kept.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        causes = kept;
        size += 1;
    }
    Ok((causes.into_iter().map(|(cause, _)| cause).collect(), tests))
}

/// What the tests of one link at one size of sets said.
struct Verdict {
    link: Link,
    separating: Vec<Vec<usize>>,
    weakest: Option<(f64, f64)>,
    tests: usize,
}

/// The second phase: momentary conditional independence given more and more neighbours within the step, all tests of
/// one size on the same graph (Runge 2020, algorithm 2).
fn momentary(
    found: &mut Links,
    causes: &[Vec<Lagged>],
    test: &LaggedTest,
    known: &LaggedKnowledge,
    config: &PcmciConfig,
) -> Result<(), CausalError> {
    for size in 0.. {
        let edges = found.graph.edges();
        let verdicts: Vec<Verdict> = edges
            .par_iter()
            .map(|e| judge((e.target, e.lag, e.source), size, &found.graph, causes, test, config.alpha))
            .collect::<Result<_, CausalError>>()?;
        if verdicts.iter().all(|verdict| verdict.tests == 0) {
            break;
        }
        for verdict in verdicts {
            let link @ (target, lag, source) = verdict.link;
            found.tests += verdict.tests;
            if let Some(weakest) = verdict.weakest {
                let entry = found.strengths.entry(link).or_insert(weakest);
                if weakest.0 > entry.0 {
                    *entry = weakest;
                }
            }
            let required = lag == 0
                && (known.within_step.requires(source, target) || known.within_step.requires(target, source));
            if !verdict.separating.is_empty() && !required {
                found.graph.remove(source, lag, target);
                found.strengths.remove(&link);
                found.separating_sets.insert(link, verdict.separating);
            }
        }
    }
    Ok(())
}

/// Tests a link given every set of `size` neighbours of the target, or at lag 0 of either end, within the step.
fn judge(
    link: Link,
    size: usize,
    graph: &LaggedGraph,
    causes: &[Vec<Lagged>],
    test: &LaggedTest,
    alpha: f64,
) -> Result<Verdict, CausalError> {
    let (target, lag, source) = link;
    let mut always: BTreeSet<Lagged> = causes[target].iter().copied().collect();
    always.extend(causes[source].iter().map(|&(variable, back)| (variable, back + lag)));
    always.remove(&(source, lag));
    let mut sides = vec![within_step(graph, target)];
    if lag == 0 {
        sides.push(within_step(graph, source));
        sides.iter_mut().for_each(|near| near.retain(|&v| v != source && v != target));
    }
    let mut verdict = Verdict { link, separating: Vec::new(), weakest: None, tests: 0 };
    for (side, near) in sides.iter().enumerate() {
        let mut choices = Combinations::new(near.len(), size);
        while let Some(chosen) = choices.next() {
            let set: Vec<usize> = chosen.iter().map(|&i| near[i]).collect();
            if side == 1 && set.iter().all(|v| sides[0].binary_search(v).is_ok()) {
                continue;
            }
            let given: Vec<Lagged> = always.iter().copied().chain(set.iter().map(|&v| (v, 0))).collect();
            let (p, r) = test.of((source, lag), (target, 0), &given)?;
            verdict.tests += 1;
            if verdict.weakest.is_none_or(|(largest, _)| p > largest) {
                verdict.weakest = Some((p, r));
            }
            if p > alpha {
                verdict.separating.push(set);
            }
        }
    }
    Ok(verdict)
}

/// Variables joined to `node` within the step, in order.
pub(super) fn within_step(graph: &LaggedGraph, node: usize) -> Vec<usize> {
    (0..graph.len()).filter(|&other| graph.marks(other, 0, node).is_some()).collect()
}
