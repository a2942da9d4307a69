//! Discovery of functional models from outside: structure recovered, knowledge obeyed, bad input refused.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use sensorium_causal::discovery::dagma::{DagmaConfig, dagma};
use sensorium_causal::discovery::lingam::{LingamConfig, ParentSelection, direct_lingam};
use sensorium_causal::random::generator;
use sensorium_causal::simulate::{
    FunctionFamily, GraphFamily, LinearModel, Noise, NonlinearModel, WeightRange, random_dag, standardised,
    varsortability,
};
use sensorium_causal::{Dag, Knowledge, Table};
use std::collections::BTreeSet;

fn model(variables: usize, noise: Noise, seed: u64) -> LinearModel {
    let mut rng = generator(seed, 0);
    let dag = random_dag(variables, GraphFamily::ErdosRenyi { degree: 2.0 }, &mut rng).unwrap();
    LinearModel::random(dag, WeightRange { low: 0.6, high: 1.5 }, noise, &mut rng).unwrap()
}

#[test]
fn direct_lingam_recovers_the_graph_from_standardised_samples() {
    for (seed, noise) in [(1, Noise::Laplace), (2, Noise::Uniform), (3, Noise::Exponential)] {
        let model = model(8, noise, seed);
        let table = standardised(&model.sample(4000, &mut generator(seed, 1)).unwrap()).unwrap();
        assert_eq!(varsortability(&table, &model.dag).unwrap(), 0.5);
        let found = direct_lingam(&table, &Knowledge::none(), &LingamConfig::default()).unwrap();
        let truth: BTreeSet<_> = model.dag.edges().into_iter().collect();
        let edges: BTreeSet<_> = found.dag.edges().into_iter().collect();
        assert!(truth.is_subset(&edges), "{noise:?}: {truth:?} not within {edges:?}");
        assert!(edges.len() <= truth.len() + 1, "{noise:?}: {edges:?}");
    }
}

#[test]
fn direct_lingam_is_the_same_on_one_thread() {
    let table = model(7, Noise::Laplace, 5).sample(700, &mut generator(5, 1)).unwrap();
    let run = || direct_lingam(&table, &Knowledge::none(), &LingamConfig::default()).unwrap();
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(run);
    let many = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap().install(run);
    assert_eq!(alone.order, many.order);
    assert_eq!(alone.weights, many.weights);
}

#[test]
fn knowledge_binds_both_methods() {
    let table = Table::from_continuous({
        let mut rng = generator(9, 0);
        let cause: Vec<f64> = (0..800).map(|_| Noise::Laplace.sample(&mut rng)).collect();
        let effect: Vec<f64> = cause.iter().map(|c| c + 0.5 * Noise::Laplace.sample(&mut rng)).collect();
        let apart: Vec<f64> = (0..800).map(|_| Noise::Laplace.sample(&mut rng)).collect();
        [("cause", cause), ("effect", effect), ("apart", apart)]
    })
    .unwrap();
    let knowledge = Knowledge {
        required: BTreeSet::from([(2, 0)]),
        forbidden: BTreeSet::from([(0, 1)]),
        ..Knowledge::none()
    };
    let lingam = direct_lingam(&table, &knowledge, &LingamConfig::default()).unwrap().dag;
    let dagma = dagma(&table, &knowledge, &DagmaConfig::default()).unwrap().dag;
    for dag in [lingam, dagma] {
        assert!(dag.has_edge(2, 0) && !dag.has_edge(0, 1) && !dag.has_edge(0, 2), "{:?}", dag.edges());
    }
}

#[test]
fn dagma_recovers_a_chain_in_the_columns_units() {
    let dag = Dag::from_edges(["a", "b", "c"], &[(0, 1), (1, 2)]).unwrap();
    let mut rng = generator(4, 0);
    let mut model =
        LinearModel::random(dag.clone(), WeightRange::default(), Noise::Gaussian, &mut rng).unwrap();
    model.weights[(0, 1)] = 20.0;
    model.weights[(1, 2)] = -0.1;
    model.scales = vec![1.0, 10.0, 2.0];
    let table = model.sample(5000, &mut rng).unwrap();
    let found = dagma(&table, &Knowledge::none(), &DagmaConfig::default()).unwrap();
    let skeleton =
        |d: &Dag| d.edges().into_iter().map(|(i, j)| (i.min(j), i.max(j))).collect::<BTreeSet<_>>();
    assert_eq!(skeleton(&found.dag), skeleton(&dag));
    assert!(found.closing_cycles.is_empty() && found.cyclicity.abs() < 1e-2, "{}", found.cyclicity);
}

#[test]
fn settings_out_of_range_are_refused() {
    let table = model(3, Noise::Laplace, 1).sample(100, &mut generator(1, 1)).unwrap();
    let parents = ParentSelection::LeastSquares { threshold: f64::NAN };
    let error = direct_lingam(&table, &Knowledge::none(), &LingamConfig { parents }).unwrap_err().to_string();
    assert!(error.contains("threshold must be 0 or more"), "{error}");
    let config = DagmaConfig { s: Vec::new(), ..DagmaConfig::default() };
    let error = dagma(&table, &Knowledge::none(), &config).unwrap_err().to_string();
    assert!(error.contains("at least one value"), "{error}");
}

#[test]
fn contradicting_knowledge_is_refused_by_name() {
    let table = model(3, Noise::Laplace, 1).sample(100, &mut generator(1, 1)).unwrap();
    let knowledge = Knowledge {
        required: BTreeSet::from([(0, 1)]),
        tiers: vec![Some(1), Some(0), None],
        ..Knowledge::none()
    };
    let error = direct_lingam(&table, &knowledge, &LingamConfig::default()).unwrap_err().to_string();
    assert!(error.contains("x0 → x1 is required, but its cause stands in a later tier"), "{error}");
}

#[test]
fn non_linear_samples_do_not_give_the_order_away_by_their_scales() {
    let mut rng = generator(6, 0);
    let dag = random_dag(15, GraphFamily::ScaleFree { parents: 2 }, &mut rng).unwrap();
    for family in [
        FunctionFamily::GaussianProcess { length_scale: 1.0 },
        FunctionFamily::Network,
        FunctionFamily::Sigmoids,
    ] {
        let model = NonlinearModel::random(dag.clone(), family, Noise::Gaussian, 0.3, &mut rng).unwrap();
        let table = model.sample(500, &mut rng).unwrap();
        assert_eq!(varsortability(&standardised(&table).unwrap(), &dag).unwrap(), 0.5);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_order_does_not_depend_on_the_units(seed in 0_u64..1000, scale in 0.01_f64..100.0, shift in -50.0_f64..50.0) {
        let table = model(5, Noise::Exponential, seed).sample(300, &mut generator(seed, 1)).unwrap();
        let scaled = (0..5).map(|i| {
            let factor = if i % 2 == 0 { scale } else { -scale };
            let values = table.continuous(i).unwrap().iter().map(|v| factor * v + shift).collect();
            (table.names()[i].clone(), values)
        });
        let scaled = Table::from_continuous(scaled.collect::<Vec<(String, Vec<f64>)>>()).unwrap();
        let run = |t: &Table| direct_lingam(t, &Knowledge::none(), &LingamConfig::default()).unwrap();
        let (a, b) = (run(&table), run(&scaled));
        prop_assert_eq!(a.order, b.order);
        prop_assert_eq!(a.dag.edges(), b.dag.edges());
    }
}
