//! PC and GES give the graphs of causal-learn 0.1.4.8 on samples of five Bayesian networks.
//!
//! The golden file is made by `benches/peers/network_golden.py`. The networks come with `sensorium data get causal`.

use sensorium_causal::discovery::ges::{GesConfig, ges};
use sensorium_causal::discovery::pc::{PcConfig, pc};
use sensorium_causal::independence::{CountStatistic, CountTest, FisherZ, IndependenceTest};
use sensorium_causal::network::DiscreteNetwork;
use sensorium_causal::score::{Bdeu, BdeuPriors, GaussianBic, LocalScore};
use sensorium_causal::{Graph, Knowledge, Mark, Table};
use std::collections::BTreeSet;
use std::path::PathBuf;

fn networks() -> Option<PathBuf> {
    let root = std::env::var_os("SENSORIUM_DATA").filter(|v| !v.is_empty());
    let folder = PathBuf::from(root.unwrap_or_else(|| "data".into())).join("causal/networks");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {} is not there; `sensorium data get causal` brings it", folder.display());
    None
}

fn edges(graph: &Graph) -> BTreeSet<[String; 4]> {
    let mark = |m| match m {
        Some(Mark::Arrow) => "arrow",
        Some(Mark::Tail) => "tail",
        _ => "circle",
    };
    let names = graph.names();
    let one = |(a, b): (usize, usize)| {
        let (a, b) = (a.min(b), a.max(b));
        [names[a].clone(), names[b].clone(), mark(graph.mark(b, a)).into(), mark(graph.mark(a, b)).into()]
    };
    graph.edges().into_iter().map(one).collect()
}

/// Asks a method on every network's sample and compares; returns how many edges differ, by network.
fn compare(method: &str, ask: impl Fn(&Table) -> Graph) -> Vec<(String, usize)> {
    let Some(folder) = networks() else { return Vec::new() };
    let golden: serde_json::Value = serde_json::from_str(include_str!("golden/networks.json")).unwrap();
    let (rows, seed) = (golden["rows"].as_u64().unwrap() as usize, golden["seed"].as_u64().unwrap());
    let mut found = Vec::new();
    for (name, told) in golden["networks"].as_object().unwrap() {
        let network = DiscreteNetwork::read_bif(&folder.join(format!("{name}.bif"))).unwrap();
        let ours = edges(&ask(&network.sample(rows, seed).unwrap()));
        let theirs: BTreeSet<[String; 4]> = serde_json::from_value(told[method].clone()).unwrap();
        assert!(!theirs.is_empty());
        found.push((name.clone(), ours.symmetric_difference(&theirs).count()));
    }
    assert_eq!(found.len(), 5);
    found
}

fn numbers(table: &Table) -> Table {
    Table::from_continuous(table.columns().iter().map(|c| (c.name.clone(), c.as_numbers()))).unwrap()
}

fn by_tests(table: &Table, test: &dyn IndependenceTest) -> Graph {
    pc(&table.names(), test, &Knowledge::none(), &PcConfig::default()).unwrap().graph
}

fn by_score(table: &Table, score: &dyn LocalScore) -> Graph {
    ges(&table.names(), score, &Knowledge::none(), &GesConfig::default()).unwrap().graph
}

#[test]
fn pc_with_g_square_gives_the_same_graphs() {
    for (name, differ) in
        compare("pc-gsq", |t| by_tests(t, &CountTest::new(t, CountStatistic::GSquare).unwrap()))
    {
        assert_eq!(differ, 0, "{name}");
    }
}

/// On alarm one edge of 58 is directed here and not there (29 of its colliders contradict each other): causal-learn
/// keeps its ancestors up to date only in part when edges are replaced, and its guard against cycles reads them.
#[test]
fn pc_with_fishers_z_gives_the_same_graphs_but_for_one_edge() {
    for (name, differ) in compare("pc-fisherz", |t| by_tests(t, &FisherZ::new(&numbers(t)).unwrap())) {
        assert_eq!(differ, if name == "alarm" { 2 } else { 0 }, "{name}");
    }
}

#[test]
fn ges_with_bdeu_gives_the_same_graphs() {
    for (name, differ) in compare("ges-bdeu", |t| by_score(t, &Bdeu::new(t, BdeuPriors::default()).unwrap()))
    {
        assert_eq!(differ, 0, "{name}");
    }
}

#[test]
fn ges_with_bic_gives_the_same_graphs() {
    for (name, differ) in compare("ges-bic", |t| by_score(t, &GaussianBic::new(&numbers(t), 0.5).unwrap())) {
        assert_eq!(differ, 0, "{name}");
    }
}
