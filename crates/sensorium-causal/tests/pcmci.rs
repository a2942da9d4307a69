//! PCMCI+ on series whose causes are known.
// Functions that tests share are not seen as tests by the lint.
#![allow(clippy::unwrap_used)]

use rand_distr::{Distribution, StandardNormal};
use sensorium_causal::discovery::pcmci::{PcmciConfig, PcmciResult, pcmci_plus};
use sensorium_causal::graph::LaggedGraph;
use sensorium_causal::{Knowledge, Mark, Table, random};
use std::collections::BTreeSet;

/// A cause, its lag, the effect and the coefficient.
type Term = (usize, usize, usize, f64);

/// A stationary linear process with normal noise; effects within a step go to later positions.
fn simulate(variables: usize, terms: &[Term], rows: usize, seed: u64) -> Table {
    let mut rng = random::generator(seed, 0);
    let mut series: Vec<Vec<f64>> = vec![Vec::new(); variables];
    for t in 0..rows + 100 {
        for j in 0..variables {
            let noise: f64 = StandardNormal.sample(&mut rng);
            let caused: f64 = terms
                .iter()
                .filter(|&&(_, lag, effect, _)| effect == j && lag <= t)
                .map(|&(cause, lag, _, weight)| weight * series[cause][t - lag])
                .sum();
            series[j].push(noise + caused);
        }
    }
    let columns = series.into_iter().enumerate().map(|(i, s)| (format!("x{i}"), s[100..].to_vec()));
    Table::from_continuous(columns).unwrap()
}

fn run(table: &Table, max_lag: usize, alpha: f64) -> PcmciResult {
    pcmci_plus(table, &Knowledge::none(), &PcmciConfig { max_lag, alpha }).unwrap()
}

fn graph_of(variables: usize, max_lag: usize, terms: &[Term]) -> LaggedGraph {
    let names: Vec<String> = (0..variables).map(|i| format!("x{i}")).collect();
    let mut graph = LaggedGraph::new(names, max_lag).unwrap();
    for &(cause, lag, effect, _) in terms {
        graph.add(cause, lag, effect, Mark::Tail, Mark::Arrow).unwrap();
    }
    graph
}

const LAGGED: [Term; 6] =
    [(0, 1, 0, 0.7), (1, 1, 1, 0.6), (2, 1, 2, 0.5), (0, 1, 1, 0.5), (1, 2, 2, -0.4), (3, 1, 3, 0.8)];

/// With effects within the step: 0 → 1 → 2, all autocorrelated.
const MIXED: [Term; 5] = [(0, 1, 0, 0.6), (1, 1, 1, 0.6), (2, 1, 2, 0.6), (0, 0, 1, 0.6), (1, 0, 2, 0.6)];

#[test]
fn lagged_causes_come_out_exactly() {
    let found = run(&simulate(4, &LAGGED, 2000, 1), 2, 1e-4);
    assert_eq!(found.graph, graph_of(4, 2, &LAGGED));
    assert_eq!(found.links.len(), found.graph.edges().len());
    assert!(found.links.iter().all(|link| link.p_value <= 1e-4));
    let negative = found.links.iter().find(|l| (l.source, l.lag, l.target) == (1, 2, 2)).unwrap();
    assert!(negative.partial_correlation < -0.2, "{negative:?}");
}

#[test]
fn autocorrelation_directs_effects_within_a_step() {
    let found = run(&simulate(3, &MIXED, 2000, 2), 2, 1e-4);
    assert_eq!(found.graph, graph_of(3, 2, &MIXED));
    assert!(found.conflicts.is_empty());
}

#[test]
fn false_edges_between_independent_autocorrelated_series_are_about_as_rare_as_alpha() {
    let terms: Vec<Term> = (0..4).map(|i| (i, 1, i, 0.9)).collect();
    let (mut false_edges, runs) = (0, 20);
    for seed in 0..runs {
        let found = run(&simulate(4, &terms, 300, seed), 2, 0.01);
        false_edges += found.links.iter().filter(|link| link.source != link.target).count();
    }
    // 12 ordered pairs at 2 lags and 6 pairs within the step.
    let rate = false_edges as f64 / (runs * 30) as f64;
    assert!(rate < 0.02, "rate {rate}");
}

#[test]
fn an_edge_without_a_reason_for_a_direction_stays_undirected_until_knowledge_directs_it() {
    let table = simulate(2, &[(0, 0, 1, 0.7)], 1000, 3);
    assert_eq!(run(&table, 1, 1e-4).graph.marks(0, 0, 1), Some((Mark::Tail, Mark::Tail)));
    let knowledge = Knowledge { forbidden: BTreeSet::from([(1, 0)]), ..Knowledge::none() };
    let config = PcmciConfig { max_lag: 1, alpha: 1e-4 };
    let found = pcmci_plus(&table, &knowledge, &config).unwrap();
    assert_eq!(found.graph, graph_of(2, 1, &[(0, 0, 1, 0.7)]));
    let knowledge = Knowledge { forbidden: BTreeSet::from([(0, 1), (1, 0)]), ..Knowledge::none() };
    assert!(pcmci_plus(&table, &knowledge, &config).unwrap().graph.edges().is_empty());
}

#[test]
fn data_that_cannot_be_tested_are_refused_with_the_column() {
    let message = |columns: Vec<(&str, Vec<f64>)>, max_lag: usize, alpha: f64| {
        let table = Table::from_continuous(columns).unwrap();
        let config = PcmciConfig { max_lag, alpha };
        pcmci_plus(&table, &Knowledge::none(), &config).unwrap_err().to_string()
    };
    let wave = |rows: usize| (0..rows).map(|i| (i as f64 * 1.7).sin() + i as f64 % 3.0).collect::<Vec<f64>>();
    assert!(message(vec![("a", wave(8))], 2, 0.05).contains("at least 9"));
    assert!(message(vec![("a", wave(50)), ("b", vec![2.0; 50])], 2, 0.05).contains("`b` is constant"));
    let mut gap = wave(50);
    gap[7] = f64::NAN;
    assert!(message(vec![("a", gap)], 2, 0.05).contains("`a` has no value in row 7"));
    let mut infinite = wave(50);
    infinite[3] = f64::INFINITY;
    assert!(message(vec![("a", infinite)], 2, 0.05).contains("`a` is infinite in row 3"));
    assert!(message(vec![("a", wave(50))], 0, 0.05).contains("max_lag is 0"));
    assert!(message(vec![("a", wave(50))], 1, 0.0).contains("alpha is 0"));
}

#[test]
fn nothing_is_inferred_from_a_pair_that_knowledge_keeps_apart() {
    let table = simulate(3, &MIXED, 2000, 2);
    let forbidden = BTreeSet::from([(0, 2), (2, 0)]);
    let knowledge = Knowledge { forbidden, ..Knowledge::none() };
    let found = pcmci_plus(&table, &knowledge, &PcmciConfig { max_lag: 2, alpha: 1e-4 }).unwrap();
    assert_eq!(found.graph, graph_of(3, 2, &MIXED));
}

#[test]
fn a_required_edge_stays_and_is_directed() {
    let table = simulate(2, &[(0, 1, 0, 0.5), (1, 1, 1, 0.5)], 500, 4);
    let knowledge = Knowledge { required: BTreeSet::from([(1, 0)]), ..Knowledge::none() };
    let found = pcmci_plus(&table, &knowledge, &PcmciConfig { max_lag: 1, alpha: 1e-4 }).unwrap();
    assert_eq!(found.graph.marks(1, 0, 0), Some((Mark::Tail, Mark::Arrow)));
    let link = found.links.iter().find(|link| link.lag == 0).unwrap();
    assert!(link.p_value > 1e-4, "{link:?}");
}
