//! The methods, each from an issue to an order of services.

use super::data::{Issue, Scenario};
use crate::RecipeError;
use sensorium_causal::attribution::{
    RandomWalk, RankedCause, Ranking, Spread, TraversalOptions, correlation_ranking, exclusive_excess,
    random_walk_ranking, rank_correlation, regression_ranking, robust_ranking, tail_score, traversal_ranking,
};
use sensorium_causal::{CausalError, Dag, Table};

/// A rarity of one in a hundred, as the negative logarithm of the probability.
const RARE: f64 = 4.605;

/// Names of the methods in this crate, ours first.
pub(super) const METHODS: [&str; 12] = [
    "exclusive excess (ours)",
    "traversal",
    "rank correlation",
    "regression residual (as CIRCA)",
    "median/IQR (as BARO)",
    "random walk (as MonitorRank)",
    "traversal, with our rules",
    "rank correlation, with our rules",
    "regression residual, with our rules",
    "median/IQR, with our rules",
    "random walk, with our rules",
    "exclusive excess without the rules",
];

/// Services with the metric of the target in both periods, and the graph among them.
struct View {
    normal: Table,
    anomalous: Table,
    graph: Dag,
    target: usize,
}

impl View {
    fn new(scenario: &Scenario, issue: &Issue) -> Result<Self, RecipeError> {
        let (mut normal, mut anomalous, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        for (node, name) in scenario.graph.names().iter().enumerate() {
            let of = |metrics: &super::data::Metrics| {
                metrics.get(name, &issue.metric, &issue.statistic).map(<[f64]>::to_vec)
            };
            let (Some(before), Some(during)) = (of(&scenario.normal), of(&issue.metrics)) else { continue };
            let count = |values: &[f64]| values.iter().filter(|v| v.is_finite()).count();
            if count(&before) >= 8 && count(&during) >= 1 {
                normal.push((name.clone(), before));
                anomalous.push((name.clone(), during));
                kept.push(node);
            }
        }
        let (normal, anomalous) = (Table::from_continuous(normal)?, Table::from_continuous(anomalous)?);
        let mut graph = Dag::new(normal.names())?;
        for (to, node) in kept.iter().enumerate() {
            for (from, cause) in kept.iter().enumerate() {
                if scenario.graph.has_edge(*cause, *node) {
                    graph.add_edge(from, to)?;
                }
            }
        }
        let target = normal.index_of(&issue.target)?;
        Ok(Self { normal, anomalous, graph, target })
    }
}

/// The services in the order in which each of [`METHODS`] suspects them.
pub(super) fn rankings(scenario: &Scenario, issue: &Issue) -> Result<Vec<Ranking>, RecipeError> {
    let view = View::new(scenario, issue)?;
    let joined =
        |i: usize| Ok::<_, CausalError>([view.normal.continuous(i)?, view.anomalous.continuous(i)?].concat());
    let wanted = joined(view.target)?;
    let (mut rarity, mut similarity) = (Vec::new(), Vec::new());
    for node in 0..view.normal.width() {
        let before = view.normal.continuous(node)?;
        let during = view.anomalous.continuous(node)?.iter().filter(|v| v.is_finite());
        rarity.push(during.map(|v| tail_score(before, *v)).fold(0.0, f64::max));
        similarity.push(rank_correlation(&joined(node)?, &wanted).abs());
    }
    let options = TraversalOptions { threshold: RARE };
    let mut all = vec![
        ours(scenario, issue, true)?,
        traversal_ranking(&view.graph, view.target, &rarity, &options)?,
        correlation_ranking(&view.normal, &view.anomalous, view.target)?,
        regression_ranking(&view.normal, &view.anomalous, &view.graph, view.target)?,
        robust_ranking(&view.normal, &view.anomalous)?,
        random_walk_ranking(&view.graph, view.target, &similarity, &RandomWalk::default())?,
    ];
    let bent: Vec<Ranking> = all[1..].iter().map(|r| with_rules(r, &issue.target)).collect();
    all.extend(bent);
    all.push(ours(scenario, issue, false)?);
    Ok(all)
}

/// The same order with the rules that ours has: components first, then the target, callers' views of calls last.
fn with_rules(ranking: &Ranking, target: &str) -> Ranking {
    let place = |name: &str| usize::from(name == target) + 2 * usize::from(is_view(name));
    let mut causes = ranking.causes.clone();
    causes.sort_by_key(|c| place(&c.variable));
    Ranking { causes }
}

/// Whether a name is that of a caller's view of a call, not of a component.
fn is_view(name: &str) -> bool {
    name.ends_with("_remote") || name.ends_with("_client")
}

/// Exclusive excess, in the windows in which the target is worst against those in which it is not.
/// `rules`: callers' views of calls are set aside, and the target counts a tenth.
fn ours(scenario: &Scenario, issue: &Issue, rules: bool) -> Result<Ranking, RecipeError> {
    let graph = &scenario.graph;
    let target = graph.index_of(&issue.target)?;
    let amounts: Vec<Vec<f64>> =
        graph.names().iter().map(|name| excess(scenario, issue, name, rules)).collect();
    let windows = amounts[target].len();
    let mut own = vec![Vec::with_capacity(windows); graph.len()];
    for window in 0..windows {
        let now: Vec<f64> = amounts.iter().map(|a| a.get(window).copied().unwrap_or(0.0)).collect();
        for (values, value) in own.iter_mut().zip(exclusive_excess(graph, &now)?) {
            values.push(value);
        }
    }
    let worst = amounts[target].iter().copied().fold(0.0, f64::max);
    let weights: Vec<f64> = amounts[target].iter().map(|a| a.max(0.0)).collect();
    let quiet: Vec<usize> = (0..windows).filter(|w| amounts[target][*w] < 0.25 * worst).collect();
    let total: f64 = weights.iter().sum();
    let mut candidates = graph.ancestors(target);
    candidates.insert(target);
    let causes = candidates.into_iter().map(|node| {
        let name = &graph.names()[node];
        let during: f64 = weights.iter().zip(&own[node]).map(|(w, e)| w * e).sum::<f64>() / total.max(1e-12);
        let before = quiet.iter().map(|w| own[node][*w]).sum::<f64>() / quiet.len().max(1) as f64;
        let share = (during - before).max(0.0) / worst.max(1e-12);
        // A caller's view of a call comes after the components; the target is where the alarm rang and
        // holds what no callee was seen to add, so it comes after the callees that explain some of it.
        let rank = match (rules && is_view(name), rules && node == target) {
            (true, _) => -1.0,
            (_, true) => 0.1 * share,
            _ => share,
        };
        RankedCause {
            variable: name.clone(),
            score: rank,
            evidence: format!("adds {:.0} % of the target's excess itself", 100.0 * share),
        }
    });
    Ok(Ranking::new(causes.collect()))
}

/// Seconds or failed calls beyond normal in each window; zero where nothing was measured.
fn excess(scenario: &Scenario, issue: &Issue, name: &str, rules: bool) -> Vec<f64> {
    let windows = issue.metrics.get(&issue.target, &issue.metric, &issue.statistic).map_or(0, <[f64]>::len);
    let level = issue.metrics.get(name, &issue.metric, &issue.statistic);
    let calls = issue.metrics.get(name, "requests", "Sum");
    let normal = scenario.normal.get(name, &issue.metric, &issue.statistic).and_then(Spread::of);
    let (Some(level), Some(calls), Some(normal)) = (level, calls, normal) else { return vec![0.0; windows] };
    if rules && is_view(name) {
        return vec![0.0; windows];
    }
    let change =
        |v: f64| if issue.metric == "availability" { (normal.median - v) / 100.0 } else { v - normal.median };
    level
        .iter()
        .zip(calls)
        .map(|(v, n)| if v.is_finite() && n.is_finite() { change(*v) * n } else { 0.0 })
        .collect()
}
