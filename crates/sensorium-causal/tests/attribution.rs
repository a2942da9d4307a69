//! Root causes on simulated chains with a known injected cause, and input that is refused.

use rand::Rng;
use sensorium_causal::attribution::{
    DiagnosisOptions, GraphUsed, RandomWalk, TraversalOptions, correlation_ranking, random_walk_ranking,
    rank_correlation, regression_ranking, robust_ranking, robust_scores, root_causes, traversal_ranking,
};
use sensorium_causal::random::generator;
use sensorium_causal::{Dag, Table};

const NODES: usize = 5;

fn chain() -> Dag {
    Dag::from_edges(["a", "b", "c", "d", "t"], &[(0, 1), (1, 2), (2, 4), (3, 4)]).unwrap()
}

/// Rows of a linear model on [`chain`], with a shift of `shift` added to one node's noise.
fn rows(count: usize, faulty: usize, shift: f64, seed: u64) -> Table {
    let (dag, mut rng) = (chain(), generator(seed, 7));
    let mut columns = vec![Vec::new(); NODES];
    for _ in 0..count {
        let mut row = [0.0; NODES];
        for node in dag.topological_order() {
            let noise: f64 = (0..4).map(|_| rng.random_range(-1.0..1.0)).sum();
            let causes: f64 = dag.parents(node).iter().map(|p| row[*p]).sum();
            row[node] = causes + noise + if node == faulty { shift } else { 0.0 };
        }
        columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
    }
    Table::from_continuous(dag.names().iter().cloned().zip(columns)).unwrap()
}

/// In how many of 40 cases a method puts the injected cause first.
fn first(method: impl Fn(&Table, &Table) -> String) -> usize {
    (0..40_u64)
        .filter(|case| {
            let faulty = (*case % 4) as usize;
            let (normal, anomalous) = (rows(200, NODES, 0.0, *case), rows(5, faulty, 12.0, 100 + case));
            method(&normal, &anomalous) == chain().names()[faulty]
        })
        .count()
}

#[test]
fn residuals_name_the_injected_cause() {
    let hits = first(|n, a| regression_ranking(n, a, &chain(), 4).unwrap().causes[0].variable.clone());
    assert!(hits >= 38, "{hits} of 40");
}

#[test]
fn traversal_names_the_injected_cause_in_most_cases() {
    let hits = first(|n, a| {
        let scores = robust_scores(n, a).unwrap();
        let options = TraversalOptions { threshold: 2.0 };
        traversal_ranking(&chain(), 4, &scores, &options).unwrap().causes[0].variable.clone()
    });
    assert!(hits >= 30, "{hits} of 40");
}

#[test]
fn methods_without_the_mechanisms_beat_a_guess() {
    let robust = first(|n, a| robust_ranking(n, a).unwrap().causes[0].variable.clone());
    let correlated = first(|n, a| correlation_ranking(n, a, 4).unwrap().causes[0].variable.clone());
    let walk = first(|n, a| {
        let joined = |i: usize| [n.continuous(i).unwrap(), a.continuous(i).unwrap()].concat();
        let similarity: Vec<f64> =
            (0..NODES).map(|i| rank_correlation(&joined(i), &joined(4)).abs()).collect();
        random_walk_ranking(&chain(), 4, &similarity, &RandomWalk::default()).unwrap().causes[0]
            .variable
            .clone()
    });
    assert!(robust >= 12, "median/IQR: {robust} of 40");
    assert!(correlated >= 8, "correlation: {correlated} of 40");
    assert!(walk >= 8, "walk: {walk} of 40");
}

#[test]
fn a_diagnosis_says_what_it_used_and_how_the_cause_reaches_the_target() {
    let (normal, anomalous) = (rows(200, NODES, 0.0, 1), rows(5, 0, 12.0, 2));
    let options = DiagnosisOptions::default();
    let found = root_causes(&normal, &anomalous, 4, Some(&chain().to_graph()), &options).unwrap();
    assert_eq!(found.graph, GraphUsed::Given);
    assert_eq!(found.causes[0].variable, "a");
    assert_eq!(found.causes[0].chain.len(), 3);
    assert!((found.causes.iter().map(|c| c.probability).sum::<f64>() - 1.0).abs() < 1e-9);
    assert!(found.next_checks.windows(2).all(|w| w[0].gain_bits >= w[1].gain_bits));
    let blind = root_causes(&normal, &anomalous, 4, None, &options).unwrap();
    assert_eq!(blind.graph, GraphUsed::None);
}

#[test]
fn a_constant_or_unknown_target_is_refused() {
    let normal = rows(20, NODES, 0.0, 1);
    let constant = Table::from_continuous(normal.names().into_iter().map(|n| (n, vec![1.0; 20]))).unwrap();
    let options = DiagnosisOptions::default();
    let told = root_causes(&constant, &normal, 4, None, &options).unwrap_err().to_string();
    assert!(told.contains("constant in the normal period"), "{told}");
    let told = root_causes(&normal, &normal, 9, None, &options).unwrap_err().to_string();
    assert!(told.contains("column 9"), "{told}");
}
