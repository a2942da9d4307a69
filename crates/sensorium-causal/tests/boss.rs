//! Best-order search from outside: against the truth, against GES, with knowledge.

use rand::Rng;
use sensorium_causal::discovery::boss::{BossConfig, BossResult, boss};
use sensorium_causal::discovery::ges::{GesConfig, ges};
use sensorium_causal::random::generator;
use sensorium_causal::score::{Bdeu, BdeuPriors, GaussianBic, LocalScore};
use sensorium_causal::simulate::{GraphFamily, LinearModel, Noise, WeightRange, random_dag};
use sensorium_causal::{Column, Dag, Knowledge, Table};
use std::collections::BTreeSet;

fn linear(nodes: usize, degree: f64, rows: usize, seed: u64) -> (Dag, Table) {
    let mut rng = generator(seed, 0);
    let dag = random_dag(nodes, GraphFamily::ErdosRenyi { degree }, &mut rng).unwrap();
    let model = LinearModel::random(dag.clone(), WeightRange::default(), Noise::Gaussian, &mut rng).unwrap();
    (dag, model.sample(rows, &mut rng).unwrap())
}

fn run(table: &Table, knowledge: &Knowledge, config: &BossConfig) -> BossResult {
    boss(&table.names(), &GaussianBic::new(table, 0.5).unwrap(), knowledge, config).unwrap()
}

fn total(score: &dyn LocalScore, dag: &Dag) -> f64 {
    (0..dag.len()).map(|node| score.local(node, dag.parents(node))).sum()
}

#[test]
fn the_class_of_a_linear_model_is_found_from_many_rows() {
    let found = (0..10).filter(|&seed| {
        let (dag, table) = linear(12, 3.0, 20_000, seed);
        run(&table, &Knowledge::none(), &BossConfig::default()).graph == dag.cpdag()
    });
    assert!(found.count() >= 9);
}

#[test]
fn the_score_is_that_of_the_graph_and_the_graph_keeps_to_the_order() {
    let (_, table) = linear(15, 4.0, 500, 1);
    let found = run(&table, &Knowledge::none(), &BossConfig::default());
    let score = GaussianBic::new(&table, 0.5).unwrap();
    assert!((found.score - total(&score, &found.dag)).abs() < 1e-8 * found.score.abs());
    let place = |node: usize| found.order.iter().position(|&o| o == node).unwrap();
    assert!(found.dag.edges().iter().all(|&(cause, effect)| place(cause) < place(effect)));
    assert_eq!(found.graph, found.dag.cpdag());
}

#[test]
fn scores_are_no_worse_than_those_of_ges() {
    for seed in 0..6 {
        let (_, table) = linear(15, 5.0, 300, seed);
        let score = GaussianBic::new(&table, 0.5).unwrap();
        let other = ges(&table.names(), &score, &Knowledge::none(), &GesConfig::default()).unwrap();
        let found = run(&table, &Knowledge::none(), &BossConfig::default());
        assert!(found.score >= other.score - 1e-6, "seed {seed}: {} against {}", found.score, other.score);
    }
}

#[test]
fn the_same_seed_gives_the_same_result_on_any_number_of_threads() {
    let (_, table) = linear(20, 5.0, 200, 2);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run(&table, &Knowledge::none(), &BossConfig { seed: 7, ..BossConfig::default() }))
    };
    let (one, four) = (on(1), on(4));
    assert_eq!((one.order, one.dag, one.score), (four.order, four.dag, four.score));
}

#[test]
fn more_starts_never_lower_the_score() {
    let (_, table) = linear(20, 6.0, 100, 3);
    let by = |starts| run(&table, &Knowledge::none(), &BossConfig { starts, ..BossConfig::default() }).score;
    assert!(by(8) >= by(2) && by(2) >= by(1));
}

#[test]
fn knowledge_is_kept() {
    for seed in 0..10 {
        let (dag, table) = linear(10, 3.0, 500, seed);
        let mut rng = generator(seed, 1);
        let order = dag.topological_order();
        // Tiers and a required edge against the true order, so that they are felt.
        let mut tiers = vec![None; 10];
        order.iter().enumerate().for_each(|(i, &node)| {
            tiers[node] = if rng.random_bool(0.3) { None } else { Some(3 - i / 3) };
        });
        let (cause, effect) = (order[9], order[0]);
        (tiers[cause], tiers[effect]) = (Some(0), Some(3));
        let forbidden = dag.edges().into_iter().take(3).filter(|&e| e != (cause, effect)).collect();
        let knowledge = Knowledge { required: BTreeSet::from([(cause, effect)]), forbidden, tiers };
        let found = run(&table, &knowledge, &BossConfig::default());
        assert!(found.dag.has_edge(cause, effect) && found.graph.is_directed(cause, effect));
        for (a, b) in found.dag.edges() {
            assert!(!knowledge.forbids(a, b), "seed {seed}: {a} → {b}");
            assert!(!found.graph.is_directed(b, a));
        }
        for a in 0..10 {
            let tier = |node: usize| knowledge.tiers[node];
            let backwards = |&b: &usize| matches!((tier(a), tier(b)), (Some(a), Some(b)) if a > b);
            assert!(!found.dag.descendants(a).iter().any(|b| backwards(b)));
        }
    }
}

#[test]
fn a_node_has_no_more_parents_than_allowed() {
    let (_, table) = linear(12, 6.0, 2000, 4);
    let found =
        run(&table, &Knowledge::none(), &BossConfig { max_parents: Some(2), ..BossConfig::default() });
    assert_eq!((0..12).map(|node| found.dag.parents(node).len()).max(), Some(2));
}

#[test]
fn an_exclusive_or_with_a_weak_trace_is_found() {
    let mut rng = generator(5, 0);
    let mut codes = vec![Vec::new(); 3];
    for _ in 0..2000 {
        let (a, b) = (rng.random_bool(0.55), rng.random_bool(0.45));
        let c = (a ^ b) ^ rng.random_bool(0.05);
        for (column, value) in codes.iter_mut().zip([a, b, c]) {
            column.push(u32::from(value));
        }
    }
    let levels = || vec!["no".to_owned(), "yes".to_owned()];
    let columns = ["a", "b", "c"].into_iter().zip(codes);
    let table =
        Table::new(columns.map(|(n, c)| Column::categorical(n.to_owned(), levels(), c)).collect()).unwrap();
    let score = Bdeu::new(&table, BdeuPriors::default()).unwrap();
    let found = boss(&table.names(), &score, &Knowledge::none(), &BossConfig::default()).unwrap();
    assert_eq!(found.graph, Dag::from_edges(["a", "b", "c"], &[(0, 2), (1, 2)]).unwrap().cpdag());
}

#[test]
fn what_cannot_be_is_refused() {
    let (_, table) = linear(4, 1.0, 100, 6);
    let score = GaussianBic::new(&table, 0.5).unwrap();
    let refusal = |names: &[String], knowledge: &Knowledge, config: &BossConfig| {
        boss(names, &score, knowledge, config).unwrap_err().to_string()
    };
    let (none, usual) = (Knowledge::none(), BossConfig::default());
    assert!(refusal(&table.names()[1..], &none, &usual).contains("3 names for 4 variables"));
    assert!(
        refusal(&table.names(), &none, &BossConfig { starts: 0, ..usual }).contains("at least one start")
    );
    let around = Knowledge {
        required: BTreeSet::from([(0, 1), (1, 2)]),
        tiers: vec![Some(1), None, Some(0)],
        ..Knowledge::none()
    };
    assert!(refusal(&table.names(), &around, &usual).contains("indirect cause of an earlier tier"));
}
