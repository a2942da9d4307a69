//! The rankings that are compared: ours, the published ones, and trivial rules.

use super::data::{Group, Lathe, Run};
use super::measure::scores_of_order;
use crate::RecipeError;
use sensorium_causal::events::{
    Behaviour, Catalogue, EventGraph, RootCauseOptions, baseline, root_causes_from_events, symptoms,
};
use std::collections::BTreeMap;

/// Ranks the variables of a run.
pub type Method<'a> = Box<dyn Fn(&Group, &Run) -> Result<Vec<f64>, RecipeError> + Sync + 'a>;

/// Ours, with the expert's graph.
pub const EXPERT: &str = "deviations, expert graph";
/// Ours, with the graph learned from normal operation.
pub const LEARNED: &str = "deviations, learned graph";
/// How the names of ours begin.
pub const OURS: &str = "deviations";
/// The published method with the expert's graph.
pub const EXPERT_RECENCY: &str = "expert graph + recency";
/// What the effort is compared with: from the first alarm that rose in the log, whatever it was.
pub const RECENCY_FROM_ALARM: &str = "recency from the first alarm";
/// The same, kinder to recency where notices of normal operation came before: from the first alarm that still stands at
/// the diagnosis and is none of those.
pub const RECENCY_FROM_STANDING: &str = "recency from the first standing alarm";

/// All methods by name, ours first. Scores are for the variables of the expert's graph.
pub fn all<'a>(
    data: &'a Lathe,
    normal: &'a Behaviour,
) -> Result<Vec<(&'static str, Method<'a>)>, RecipeError> {
    let (catalogue, known) = (&data.catalogue, data.known);
    let learned = normal.graph(catalogue)?;
    let order =
        move |list: Vec<usize>| scores_of_order(&list, known.max(list.iter().max().map_or(0, |m| m + 1)));
    let causes = move |scores: Vec<f64>| no_alarms(scores, catalogue, known);
    let diagnose = move |run: &Run, graph: Option<&EventGraph>| {
        let options = RootCauseOptions::default();
        let diagnosis = root_causes_from_events(&run.log, catalogue, normal, graph, &options)?;
        Ok(causes(diagnosis.scores(catalogue.len())))
    };
    let first_rise = move |run: &Run| {
        let mut rises = run.log.changes().iter().filter(|e| catalogue.is_alarm(e.variable) && e.value != 0.0);
        rises.next().map_or(run.log.span_s().1, |e| e.time_s)
    };
    let first_alarm = move |run: &Run| {
        let found = symptoms(&run.log, catalogue, normal, RootCauseOptions::default().horizon_s);
        found.first().map_or(run.log.span_s().1, |s| s.time_s)
    };
    let mut methods: Vec<(&'static str, Method<'a>)> = vec![
        (EXPERT, Box::new(move |g, r| diagnose(r, Some(&g.graph)))),
        (LEARNED, Box::new(move |_, r| diagnose(r, Some(&learned)))),
        ("deviations, no graph", Box::new(move |_, r| diagnose(r, None))),
        (
            EXPERT_RECENCY,
            Box::new(move |g, r| Ok(order(baseline::recency_with_graph(&r.log, catalogue, &g.graph)))),
        ),
        (
            "recency before alarms",
            Box::new(move |_, r| Ok(order(baseline::recency_before_alarms(&r.log, catalogue, None)))),
        ),
        (
            RECENCY_FROM_ALARM,
            Box::new(move |_, r| Ok(baseline::recency_from(&r.log, catalogue, first_rise(r)))),
        ),
        (
            RECENCY_FROM_STANDING,
            Box::new(move |_, r| Ok(baseline::recency_from(&r.log, catalogue, first_alarm(r)))),
        ),
        (
            "the same without alarms",
            Box::new(move |_, r| Ok(causes(baseline::recency_from(&r.log, catalogue, first_alarm(r))))),
        ),
        ("PageRank, expert graph", Box::new(move |g, _| Ok(causes(ranked_nodes(g, catalogue))))),
        (
            "BARO (median, spread)",
            Box::new(move |_, r| {
                let at = first_alarm(r);
                Ok(causes(baseline::median_spread(&r.log, catalogue.len(), at, 0.1, 1e-6)))
            }),
        ),
        (
            "alphabetical",
            Box::new(move |_, _| {
                let mut names: Vec<usize> = (0..known).filter(|&v| !catalogue.is_alarm(v)).collect();
                names.sort_by_key(|&v| catalogue.name(v));
                Ok(order(names)[..known].to_vec())
            }),
        ),
        ("most manipulated", Box::new(move |g, r| Ok(most_manipulated(g, &r.experiment, known)))),
        ("random (expected)", Box::new(move |_, _| Ok(causes(vec![0.0; catalogue.len()])))),
    ];
    for (_, method) in &mut methods {
        let inner = std::mem::replace(method, Box::new(|_, _| Ok(Vec::new())));
        *method = Box::new(move |g, r| Ok(inner(g, r)?[..known].to_vec()));
    }
    Ok(methods)
}

fn no_alarms(mut scores: Vec<f64>, catalogue: &Catalogue, known: usize) -> Vec<f64> {
    scores.truncate(known);
    for (variable, score) in scores.iter_mut().enumerate() {
        if catalogue.is_alarm(variable) {
            *score = f64::NEG_INFINITY;
        }
    }
    scores
}

fn ranked_nodes(group: &Group, catalogue: &Catalogue) -> Vec<f64> {
    let mut ranks = baseline::pagerank(&group.graph, catalogue.len());
    for (variable, rank) in ranks.iter_mut().enumerate() {
        if !group.graph.knows(variable) {
            *rank = f64::NEG_INFINITY;
        }
    }
    ranks
}

/// How often each variable was manipulated in the runs of a group other than those of one experiment: a rule that
/// knows the answers and nothing of the log.
fn most_manipulated(group: &Group, but: &str, known: usize) -> Vec<f64> {
    let mut counts: BTreeMap<usize, f64> = BTreeMap::new();
    for run in group.runs.iter().filter(|r| r.experiment != but) {
        run.truth.iter().for_each(|&v| *counts.entry(v).or_default() += 1.0);
    }
    (0..known).map(|v| counts.get(&v).copied().unwrap_or(f64::NEG_INFINITY)).collect()
}
