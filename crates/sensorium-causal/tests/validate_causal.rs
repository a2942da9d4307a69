//! Validation of models, effects and graphs, seen from outside.
// A test that cannot be set up should fail.
#![allow(clippy::unwrap_used)]

use rand::Rng;
use rand_distr::StandardNormal;
use sensorium_causal::independence::FisherZ;
use sensorium_causal::random::generator;
use sensorium_causal::scm::validate::{
    FalsifyOptions, RefuteOptions, Refuter, Verdict, falsify, invertibility, node_fits, refute,
};
use sensorium_causal::scm::{Contrast, Family, FitOptions, StructuralCausalModel};
use sensorium_causal::{Dag, Table};

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];
const EDGES: [(usize, usize); 5] = [(0, 1), (1, 2), (0, 3), (2, 4), (3, 4)];

fn table(rows: usize, seed: u64) -> Table {
    let mut rng = generator(seed, 0);
    let mut columns = vec![Vec::new(); 5];
    for _ in 0..rows {
        let mut noise = || rng.sample::<f64, _>(StandardNormal);
        let a = noise();
        let b = a + noise();
        let c = 0.8 * b + noise();
        let d = -a + noise();
        let e = c + d + noise();
        columns.iter_mut().zip([a, b, c, d, e]).for_each(|(column, v)| column.push(v));
    }
    Table::from_continuous(NAMES.into_iter().zip(columns)).unwrap()
}

fn model(table: &Table) -> StructuralCausalModel {
    let dag = Dag::from_edges(NAMES, &EDGES).unwrap();
    StructuralCausalModel::fit(table, &dag, &FitOptions::default()).unwrap()
}

#[test]
fn the_true_graph_is_not_rejected_and_a_reshuffled_one_is() {
    let table = table(500, 1);
    let test = FisherZ::new(&table).unwrap();
    let options = FalsifyOptions { permutations: 100, ..FalsifyOptions::default() };
    let truth = falsify(&Dag::from_edges(NAMES, &EDGES).unwrap(), &test, &options).unwrap();
    assert_eq!(truth.verdict, Verdict::NotRejected, "{truth:?}");
    let wrong = Dag::from_edges(NAMES, &[(4, 1), (1, 0), (4, 3), (0, 2), (3, 2)]).unwrap();
    assert_eq!(falsify(&wrong, &test, &options).unwrap().verdict, Verdict::Rejected);
    let full: Vec<(usize, usize)> = (0..5).flat_map(|b| (0..b).map(move |a| (a, b))).collect();
    let full = falsify(&Dag::from_edges(NAMES, &full).unwrap(), &test, &options).unwrap();
    assert_eq!((full.implied, full.verdict), (0, Verdict::Uninformative));
}

#[test]
fn a_fit_has_the_share_of_variance_that_its_noise_leaves() {
    let table = table(2000, 2);
    let fits = node_fits(&model(&table), &table, 5, 0).unwrap();
    assert_eq!(fits.iter().map(|f| f.variable).collect::<Vec<_>>(), [1, 2, 3, 4]);
    // b = a + noise, both of variance one.
    assert!((fits[0].r_squared.unwrap() - 0.5).abs() < 0.05);
    // CRPS of a normal grows with its deviation: 1 − 1/√2.
    assert!((fits[0].skill - (1.0 - 0.5f64.sqrt())).abs() < 0.04, "{}", fits[0].skill);
}

#[test]
fn noise_that_depends_on_its_parents_is_noticed() {
    let mut rng = generator(3, 0);
    let x: Vec<f64> = (0..400).map(|_| rng.random_range(-2.0..2.0)).collect();
    let y: Vec<f64> = x.iter().map(|x| x * x + 0.3 * rng.sample::<f64, _>(StandardNormal)).collect();
    let table = Table::from_continuous([("x", x), ("y", y)]).unwrap();
    let dag = Dag::from_edges(["x", "y"], &[(0, 1)]).unwrap();
    let p = |families: Vec<Family>| {
        let options = FitOptions { candidates: Some(families), ..FitOptions::default() };
        let model = StructuralCausalModel::fit(&table, &dag, &options).unwrap();
        invertibility(&model, &table, 0).unwrap()[0].p_value
    };
    assert!(p(vec![Family::Linear]) < 0.01);
    assert!(p(vec![Family::Curves]) > 0.05);
}

#[test]
fn a_true_effect_survives_and_a_placebo_vanishes() {
    let table = table(600, 4);
    let model = model(&table);
    let contrast = Contrast { treatment: 1, from: 0.0, to: 1.0, outcome: 4, level: None };
    let results = refute(&model, &table, &contrast, &RefuteOptions::default()).unwrap();
    assert!(results.iter().all(|r| r.passed), "{results:?}");
    assert!(results[0].after.abs() < 0.1 && results[0].before > 0.6);
    let strong =
        RefuteOptions { refuters: vec![Refuter::HiddenCause(3.0, -3.0)], ..RefuteOptions::default() };
    assert!(refute(&model, &table, &contrast, &strong).unwrap()[0].after < results[0].before - 0.1);
}

#[test]
fn a_test_that_the_data_do_not_allow_is_counted_and_stops_nothing() {
    // c is a copy of b, so what is given b and c cannot be told.
    let mut rng = generator(3, 0);
    let a: Vec<f64> = (0..200).map(|_| rng.sample(StandardNormal)).collect();
    let b: Vec<f64> = a.iter().map(|a| a + rng.sample::<f64, _>(StandardNormal)).collect();
    let d: Vec<f64> = b.iter().map(|b| b + rng.sample::<f64, _>(StandardNormal)).collect();
    let e: Vec<f64> = a.iter().map(|a| a + rng.sample::<f64, _>(StandardNormal)).collect();
    let table = Table::from_continuous([("a", a), ("b", b.clone()), ("c", b), ("d", d), ("e", e)]).unwrap();
    let edges = [(0, 1), (1, 2), (1, 3), (2, 3), (0, 4)];
    let dag = Dag::from_edges(["a", "b", "c", "d", "e"], &edges).unwrap();
    let found = falsify(&dag, &FisherZ::new(&table).unwrap(), &FalsifyOptions::default()).unwrap();
    assert!(found.untested > 0 && found.untested < found.implied, "{found:?}");
}
