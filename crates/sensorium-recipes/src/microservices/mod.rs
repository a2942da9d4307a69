//! `microservices`: which service of a web shop is the cause of an alarm (PetShop, Hardt et al. 2023).
//!
//! **Data.** Scenarios (patterns of traffic), each with a call graph, a normal period and issues: five windows of
//! five minutes around an alarm of the site's latency or availability, and the service that was tampered with.
//! A scenario without a normal period takes the first one of another scenario, for every method, and the
//! outcome says so. In the call graph an edge runs from caller to callee; latency and errors travel from
//! callee to caller, so the graph is turned round. A service without eight normal values or without a value
//! in the issue is unknown to the baselines.
//!
//! **Task.** Each method orders the services. Figures are the shares of test issues, pooled over scenarios,
//! whose cause is first, or among the first three, with Wilson's 95 % intervals. A cause that a method does
//! not list counts as missed.
//!
//! **Ours.** A service's excess in a window is `calls × (mean latency − normal median)`, or the failed calls
//! beyond normal; it contains that of the services called. What is left after taking away the callees' is
//! the service's own. Windows count by the target's excess, and what a service adds in the quiet windows of
//! the same issue is taken off. Callers' views of calls (`_remote`, `_client`) are no components and come
//! last; the target's own share counts a tenth, as it contains all that no callee reports.
//! The rules were written with the labels of the issues at hand in view and not changed after the test issues were run,
//! so that only other scenarios (`--data-dir`) are a clean test. What they are worth is shown: the baselines are run
//! with the same two rules as well, and ours without them; the best baseline may be one of these.
//!
//! **Baselines.** Traversal, rank correlation, regression residuals (CIRCA), median/IQR (BARO) and a random
//! walk (MonitorRank) on the same issues, in this crate and, when `SENSORIUM_PEER_PYTHON` names a Python with
//! pandas and scikit-learn, again by `benches/peers/petshop_rca.py`. Trivial rules: always the most frequent
//! train cause, always the target, the service furthest upstream of it.
//! `--data-dir` names another folder with scenarios in the same layout.

mod data;
mod methods;
mod peer;

use crate::{Figure, Outcome, Progress, Recipe, RecipeError, RunOptions, Table, Target};
use data::{Issue, Scenario};
use sensorium_nn::metrics::{Interval, wilson};
use std::collections::BTreeMap;
use std::time::Instant;

/// The recipe.
pub struct Microservices;

/// A method and the position, counted from 1, that it gave the cause of each case.
struct Positions {
    name: String,
    kind: Kind,
    positions: Vec<Option<usize>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ours,
    /// Ours without some of its parts.
    Ablation,
    Baseline,
    Trivial,
}

impl Positions {
    fn hits(&self, within: usize, cases: &[usize]) -> u64 {
        cases.iter().filter(|c| self.positions[**c].is_some_and(|p| p <= within)).count() as u64
    }
}

impl Recipe for Microservices {
    fn name(&self) -> &'static str {
        "microservices"
    }

    fn summary(&self) -> &'static str {
        "root causes in a web shop's services, against traversal, correlation, CIRCA and BARO"
    }

    fn data(&self) -> &'static [&'static str] {
        &["petshop"]
    }

    fn run(&self, options: &RunOptions, _: &mut dyn Progress) -> Result<Outcome, RecipeError> {
        let started = Instant::now();
        let folder = options.evaluation_dir("petshop")?;
        let scenarios = data::read(&folder, &options.data_root.join("petshop"))?;
        let mut outcome = Outcome::new(self.name(), options.quick, options.seed_list());
        let split = |which: fn(&Scenario) -> &[Issue]| -> Vec<(&Scenario, &Issue)> {
            scenarios.iter().flat_map(|s| which(s).iter().map(move |i| (s, i))).collect()
        };
        let (train, test) = (split(|s| &s.train), split(|s| &s.test));
        if test.is_empty() {
            return Err(RecipeError::Other(format!("{}: no scenario has test issues", folder.display())));
        }
        let frequent = most_frequent(&train);
        let peers = peer::orders(&test)?;
        if peers.is_none() {
            outcome.notes.push(
                "SENSORIUM_PEER_PYTHON is not set: the baselines are those of this crate alone.".into(),
            );
        }
        let mut unusable = Vec::new();
        let found = evaluate(&test, frequent.as_deref(), peers, &mut unusable)?;
        figures(&found, test.len(), &mut outcome);
        outcome.tables.push(table(
            "Cause first / among the first three, test issues",
            &found,
            &test,
            &scenarios,
        ));
        if !train.is_empty() {
            let found = evaluate(&train, frequent.as_deref(), None, &mut unusable)?;
            outcome.tables.push(table("The same on the train issues", &found, &train, &scenarios));
        }
        notes(&scenarios, frequent.as_deref(), &mut outcome);
        outcome.notes.append(&mut unusable);
        outcome.seconds = started.elapsed().as_secs_f64();
        Ok(outcome)
    }
}

fn evaluate(
    cases: &[(&Scenario, &Issue)],
    frequent: Option<&str>,
    peers: Option<peer::PeerOrders>,
    unusable: &mut Vec<String>,
) -> Result<Vec<Positions>, RecipeError> {
    let mut found: Vec<Positions> = Vec::new();
    let named = |name: &str, kind| Positions { name: name.to_owned(), kind, positions: Vec::new() };
    for (index, name) in methods::METHODS.iter().enumerate() {
        let kind = match index {
            0 => Kind::Ours,
            last if last + 1 == methods::METHODS.len() => Kind::Ablation,
            _ => Kind::Baseline,
        };
        found.push(named(name, kind));
    }
    for (scenario, issue) in cases {
        // What no method can work with is missed by all.
        let rankings = match methods::rankings(scenario, issue) {
            Ok(rankings) => rankings.into_iter().map(Some).collect(),
            Err(RecipeError::Causal(why)) => {
                unusable
                    .push(format!("{}: {why}; counted as missed for every method.", issue.folder.display()));
                vec![None; found.len()]
            }
            Err(other) => return Err(other),
        };
        for (method, ranking) in found.iter_mut().zip(rankings) {
            method.positions.push(ranking.and_then(|r| r.position(&issue.cause)));
        }
    }
    for (name, orders) in peers.unwrap_or_default() {
        let mut peer = named(&name, Kind::Baseline);
        peer.positions = cases
            .iter()
            .enumerate()
            .map(|(case, (_, issue))| {
                let order = orders.get(case)?;
                order.iter().position(|n| *n == issue.cause).map(|p| p + 1)
            })
            .collect();
        found.push(peer);
    }
    let rule = |name: &str, pick: &dyn Fn(&Scenario, &Issue) -> Option<String>| {
        let mut rule = named(name, Kind::Trivial);
        let hit =
            |(s, i): &(&Scenario, &Issue)| (pick(s, i).as_deref() == Some(i.cause.as_str())).then_some(1);
        rule.positions = cases.iter().map(hit).collect();
        rule
    };
    found.push(rule("always the most frequent train cause", &|_, _| frequent.map(str::to_owned)));
    found.push(rule("always the target", &|_, issue| Some(issue.target.clone())));
    found.push(rule("always the furthest upstream", &furthest));
    Ok(found)
}

/// The ancestor of the target with the longest shortest path to it, the first by name among equals.
fn furthest(scenario: &Scenario, issue: &Issue) -> Option<String> {
    let target = scenario.graph.index_of(&issue.target).ok()?;
    let depth = |node: usize| scenario.graph.directed_path(node, target).map_or(0, |p| p.len());
    let name = |node: usize| &scenario.graph.names()[node];
    let far =
        scenario.graph.ancestors(target).into_iter().max_by_key(|n| (depth(*n), std::cmp::Reverse(name(*n))));
    far.map(|node| name(node).clone())
}

fn most_frequent(cases: &[(&Scenario, &Issue)]) -> Option<String> {
    let mut counts = BTreeMap::new();
    cases.iter().for_each(|(_, issue)| *counts.entry(issue.cause.clone()).or_insert(0) += 1);
    counts
        .into_iter()
        .max_by_key(|(name, count)| (*count, std::cmp::Reverse(name.clone())))
        .map(|(name, _)| name)
}

fn figures(found: &[Positions], cases: usize, outcome: &mut Outcome) {
    let all: Vec<usize> = (0..cases).collect();
    let share = |hits: u64| hits as f64 / cases as f64;
    let interval = |hits: u64| -> Interval { wilson(hits, cases as u64, 0.95) };
    for within in [1, 3] {
        let Some(ours) = found.iter().find(|m| m.kind == Kind::Ours) else { continue };
        let Some(best) = found
            .iter()
            .filter(|m| matches!(m.kind, Kind::Baseline | Kind::Trivial))
            .max_by_key(|m| m.hits(within, &all))
        else {
            continue;
        };
        let (own, rival) = (ours.hits(within, &all), best.hits(within, &all));
        // Best, or within the interval of the best: at least the lower end of the best baseline's interval.
        let target = Target::at_least(interval(rival).lo);
        outcome.figures.push(
            Figure::new(format!("top{within}"), format!("cause among the first {within}"), share(own))
                .interval(interval(own))
                .baseline(best.name.clone(), share(rival))
                .target(target),
        );
        outcome.figures.push(
            Figure::new(
                format!("top{within}_best_peer"),
                format!("first {within}, best baseline: {}", best.name),
                share(rival),
            )
            .interval(interval(rival)),
        );
    }
}

fn table(title: &str, found: &[Positions], cases: &[(&Scenario, &Issue)], scenarios: &[Scenario]) -> Table {
    let groups: Vec<(String, Vec<usize>)> = scenarios
        .iter()
        .map(|s| (s.name.clone(), (0..cases.len()).filter(|c| cases[*c].0.name == s.name).collect()))
        .chain([("all".to_owned(), (0..cases.len()).collect())])
        .filter(|(_, cases): &(String, Vec<usize>)| !cases.is_empty())
        .collect();
    let heads = groups.iter().map(|(name, cases)| format!("{name} ({})", cases.len()));
    let mut table = Table::new(title, ["method".to_owned()].into_iter().chain(heads));
    for method in found {
        let cells = groups.iter().map(|(_, cases)| match method.kind {
            Kind::Trivial => method.hits(1, cases).to_string(),
            _ => format!("{} / {}", method.hits(1, cases), method.hits(3, cases)),
        });
        let row: Vec<String> = [method.name.clone()].into_iter().chain(cells).collect();
        if method.kind == Kind::Ours {
            table.own_row(row)
        } else {
            table.row(row)
        };
    }
    table.note = "Numbers of issues; trivial rules name one service.".into();
    table
}

fn notes(scenarios: &[Scenario], frequent: Option<&str>, outcome: &mut Outcome) {
    for scenario in scenarios.iter().filter(|s| s.borrowed) {
        let from = scenario.normal_path.parent().and_then(|p| p.parent()).and_then(|p| p.file_name());
        let from = from.map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        outcome.notes.push(format!(
            "{} has no normal period; every method uses that of {from}, with another traffic.",
            scenario.name
        ));
    }
    if let Some(cause) = frequent {
        outcome.notes.push(format!(
            "The most frequent train cause is {cause}. Where all train issues share it, the train issues cannot tell methods from the rule that always names it."
        ));
    }
    outcome.notes.push(
        "An issue has a handful of windows, so methods that learn from the anomalous period have little to go on. Cells without a value are windows without calls.".into(),
    );
    outcome.notes.push(
        "The target of a figure is the lower end of the best baseline's interval: being best or within its interval. The \
         rules (views last, the target late) were written with these labels in view; other scenarios are the clean test."
            .into(),
    );
}
