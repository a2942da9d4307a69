//! Local scores and GES against causal-learn (`benches/peers/score_golden.py`).

use sensorium_causal::discovery::ges::{GesConfig, GesResult, ges};
use sensorium_causal::score::{Bdeu, BdeuPriors, DiscreteBic, GaussianBic, LocalScore, QuotientNml};
use sensorium_causal::{Column, Knowledge, Table};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    codes: Vec<Vec<u32>>,
    numbers: Vec<Vec<f64>>,
    families: Vec<(usize, Vec<usize>, f64, f64)>,
    ges_bdeu: Vec<(usize, usize, bool)>,
    ges_bic: Vec<(usize, usize, bool)>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/score.json")).unwrap()
}

fn categories(codes: &[Vec<u32>]) -> Table {
    let columns = codes.iter().enumerate().map(|(i, codes)| {
        let levels = (0..=*codes.iter().max().unwrap()).map(|l| l.to_string()).collect();
        Column::categorical(format!("c{i}"), levels, codes.clone())
    });
    Table::new(columns.collect()).unwrap()
}

fn numbers(values: &[Vec<f64>]) -> Table {
    Table::from_continuous(values.iter().enumerate().map(|(i, v)| (format!("x{i}"), v.clone()))).unwrap()
}

fn run(table: &Table, score: &dyn LocalScore, knowledge: &Knowledge) -> GesResult {
    ges(&table.names(), score, knowledge, &GesConfig::default()).unwrap()
}

fn edges(found: &GesResult) -> Vec<(usize, usize, bool)> {
    let directed = |&(a, b): &(usize, usize)| (a, b, found.graph.is_directed(a, b));
    found.graph.edges().iter().map(directed).collect()
}

fn near(ours: f64, theirs: f64) -> bool {
    (ours - theirs).abs() < 1e-8 * theirs.abs()
}

#[test]
fn local_scores_are_those_of_causal_learn() {
    let golden = golden();
    let bdeu = Bdeu::new(&categories(&golden.codes), BdeuPriors::default()).unwrap();
    let bic = GaussianBic::new(&numbers(&golden.numbers), 0.5).unwrap();
    for (node, parents, by_bdeu, by_bic) in golden.families {
        assert!(near(bdeu.local(node, &parents), by_bdeu), "BDeu of {node} given {parents:?}");
        assert!(near(bic.local(node, &parents), by_bic), "BIC of {node} given {parents:?}");
    }
}

#[test]
fn ges_finds_the_class_that_causal_learn_finds() {
    let golden = golden();
    let table = categories(&golden.codes);
    let bdeu = Bdeu::new(&table, BdeuPriors::default()).unwrap();
    assert_eq!(edges(&run(&table, &bdeu, &Knowledge::none())), golden.ges_bdeu);
    let table = numbers(&golden.numbers);
    let bic = GaussianBic::new(&table, 0.5).unwrap();
    assert_eq!(edges(&run(&table, &bic, &Knowledge::none())), golden.ges_bic);
}

#[test]
fn equivalent_graphs_have_equal_scores() {
    let table = categories(&golden().codes);
    let bdeu = Bdeu::new(&table, BdeuPriors::default()).unwrap();
    let (bic, nml) = (DiscreteBic::new(&table).unwrap(), QuotientNml::new(&table).unwrap());
    for score in [&bdeu as &dyn LocalScore, &bic, &nml] {
        let forth = score.local(0, &[]) + score.local(1, &[0]);
        let back = score.local(1, &[]) + score.local(0, &[1]);
        assert!(near(forth, back), "{forth} is not {back}");
    }
}

#[test]
fn the_result_scores_the_empty_graph_plus_all_gains() {
    let table = categories(&golden().codes);
    let bdeu = Bdeu::new(&table, BdeuPriors::default()).unwrap();
    let found = run(&table, &bdeu, &Knowledge::none());
    let empty: f64 = (0..table.width()).map(|node| bdeu.local(node, &[])).sum();
    assert!(near(empty + found.steps.iter().map(|s| s.gain).sum::<f64>(), found.score));
}

#[test]
fn knowledge_is_kept() {
    let table = numbers(&golden().numbers);
    let bic = GaussianBic::new(&table, 0.5).unwrap();
    let mut knowledge = Knowledge::none();
    knowledge.required.insert((0, 5));
    knowledge.forbidden.insert((3, 4));
    knowledge.tiers = vec![Some(0), Some(1), Some(1), Some(2), Some(3), Some(3)];
    let found = run(&table, &bic, &knowledge).graph;
    assert!(found.is_directed(0, 5));
    for (a, b) in found.edges() {
        assert!(found.is_directed(a, b) || !knowledge.forbids(a, b) && !knowledge.forbids(b, a));
        assert!(!found.is_directed(a, b) || !knowledge.forbids(a, b), "{a} → {b}");
    }
}

#[test]
fn no_node_gets_more_parents_than_allowed() {
    let table = numbers(&golden().numbers);
    let bic = GaussianBic::new(&table, 0.5).unwrap();
    let config = GesConfig { max_parents: Some(1) };
    let found = ges(&table.names(), &bic, &Knowledge::none(), &config).unwrap();
    let dag = found.graph.consistent_extension().unwrap();
    assert!((0..6).all(|node| dag.parents(node).len() <= 1));
}

#[test]
fn priors_out_of_range_are_refused() {
    let table = categories(&golden().codes[..2]);
    let error = Bdeu::new(&table, BdeuPriors::default()).unwrap_err().to_string();
    assert!(error.contains("no prior of graphs"), "{error}");
}
