//! FCI against what a graph with hidden causes says.
// Functions that tests share are not seen as tests by the lint.
#![allow(clippy::unwrap_used)]

use sensorium_causal::discovery::fci::{FciConfig, fci};
use sensorium_causal::independence::IndependenceTest;
use sensorium_causal::{CausalError, Dag, Graph, Knowledge, Mark, random};
use std::collections::{BTreeMap, BTreeSet};

use rand::Rng;

/// Answers from a DAG of which only the first `observed` nodes are seen.
struct Oracle {
    dag: Dag,
    observed: usize,
}

impl Oracle {
    fn new(nodes: usize, observed: usize, edges: &[(usize, usize)]) -> Self {
        let names: Vec<String> = (0..nodes).map(|i| format!("x{i}")).collect();
        Self { dag: Dag::from_edges(names, edges).unwrap(), observed }
    }

    fn names(&self) -> Vec<String> {
        self.dag.names()[..self.observed].to_vec()
    }

    fn pag(&self) -> Graph {
        fci(&self.names(), self, &Knowledge::none(), &FciConfig::default()).unwrap().graph
    }

    fn separable(&self, a: usize, b: usize) -> bool {
        (0..1_u32 << self.observed).any(|bits| {
            let given: Vec<usize> = (0..self.observed).filter(|i| bits >> i & 1 == 1).collect();
            !given.contains(&a) && !given.contains(&b) && self.dag.d_separated(&[a], &[b], &given)
        })
    }
}

impl IndependenceTest for Oracle {
    fn variables(&self) -> usize {
        self.observed
    }

    fn p_value(&self, x: usize, y: usize, given: &[usize]) -> Result<f64, CausalError> {
        Ok(f64::from(u8::from(self.dag.d_separated(&[x], &[y], given))))
    }
}

/// A DAG over a random order of its nodes; the last two are hidden.
fn random_oracle(seed: u64, nodes: usize, density: f64) -> Oracle {
    let mut rng = random::generator(seed, 0);
    let mut order: Vec<usize> = (0..nodes).collect();
    for i in (1..nodes).rev() {
        order.swap(i, rng.random_range(0..=i));
    }
    let mut edges = Vec::new();
    for i in 0..nodes {
        for j in i + 1..nodes {
            if rng.random_bool(density) {
                edges.push((order[i], order[j]));
            }
        }
    }
    Oracle::new(nodes, nodes - 2, &edges)
}

fn drawn(graph: &Graph) -> Vec<String> {
    let sign = |mark: Option<Mark>, arrow| match mark {
        Some(Mark::Arrow) => arrow,
        Some(Mark::Tail) => '-',
        _ => 'o',
    };
    let draw = |(a, b): (usize, usize)| {
        format!("{a} {}-{} {b}", sign(graph.mark(b, a), '<'), sign(graph.mark(a, b), '>'))
    };
    graph.edges().into_iter().map(draw).collect()
}

#[test]
fn every_mark_agrees_with_the_true_ancestors() {
    let (mut tails, mut arrows, mut both) = (0, 0, 0);
    for seed in 0..150 {
        let oracle = random_oracle(seed, 7, [0.3, 0.45, 0.6][seed as usize % 3]);
        let graph = oracle.pag();
        for a in 0..5 {
            for b in (0..5).filter(|&b| b != a) {
                assert_eq!(graph.adjacent(a, b), !oracle.separable(a, b), "seed {seed}: {a} and {b}");
                let causes = oracle.dag.ancestors(a).contains(&b);
                match graph.mark(a, b) {
                    Some(Mark::Arrow) => assert!(!causes, "seed {seed}: arrowhead {a} *→ {b}"),
                    Some(Mark::Tail) => assert!(causes, "seed {seed}: tail {a} *– {b}"),
                    _ => {}
                }
                tails += usize::from(graph.mark(a, b) == Some(Mark::Tail));
                arrows += usize::from(graph.mark(a, b) == Some(Mark::Arrow));
                both += usize::from(graph.is_bidirected(a, b));
            }
        }
    }
    assert!(tails > 20 && arrows > 100 && both > 5, "{tails} tails, {arrows} arrowheads, {both} ends of ↔");
}

#[test]
fn an_unshielded_collider_directs_what_follows_it() {
    assert_eq!(drawn(&Oracle::new(4, 4, &[(0, 2), (1, 2), (2, 3)]).pag()), ["0 o-> 2", "1 o-> 2", "2 --> 3"]);
}

#[test]
fn a_hidden_common_cause_is_found_between_two_instruments() {
    let oracle = Oracle::new(5, 4, &[(0, 1), (3, 2), (4, 1), (4, 2)]);
    assert_eq!(drawn(&oracle.pag()), ["0 o-> 1", "1 <-> 2", "2 <-o 3"]);
}

#[test]
fn a_discriminating_path_tells_a_cause_from_a_hidden_one() {
    let cause = Oracle::new(5, 4, &[(0, 1), (4, 1), (4, 2), (1, 3), (2, 3)]);
    assert_eq!(drawn(&cause.pag()), ["0 o-> 1", "1 <-o 2", "1 --> 3", "2 --> 3"]);
    let hidden = Oracle::new(6, 4, &[(0, 1), (4, 1), (4, 2), (1, 3), (5, 2), (5, 3)]);
    assert_eq!(drawn(&hidden.pag()), ["0 o-> 1", "1 <-> 2", "1 --> 3", "2 <-> 3"]);
}

#[test]
fn knowledge_sets_marks_and_leaves_hidden_causes_possible() {
    let oracle = Oracle::new(3, 2, &[(2, 0), (2, 1)]);
    let with = |knowledge: Knowledge| {
        drawn(&fci(&oracle.names(), &oracle, &knowledge, &FciConfig::default()).unwrap().graph)
    };
    assert_eq!(with(Knowledge::none()), ["0 o-o 1"]);
    let forbidden = BTreeSet::from([(0, 1)]);
    assert_eq!(with(Knowledge { forbidden, ..Knowledge::none() }), ["0 <-o 1"]);
    let forbidden = BTreeSet::from([(0, 1), (1, 0)]);
    assert_eq!(with(Knowledge { forbidden, ..Knowledge::none() }), ["0 <-> 1"]);
    let required = BTreeSet::from([(0, 1)]);
    assert_eq!(with(Knowledge { required, ..Knowledge::none() }), ["0 --> 1"]);
}

#[test]
fn an_impossible_alpha_is_refused() {
    let oracle = Oracle::new(2, 2, &[(0, 1)]);
    let config = FciConfig { alpha: 1.0, ..FciConfig::default() };
    assert!(fci(&oracle.names(), &oracle, &Knowledge::none(), &config).is_err());
}

#[test]
fn possible_d_sep_removes_an_edge_that_neighbours_cannot() {
    // 0 and 1 are separated by {2, 3, 4} alone, and 3 is adjacent to neither.
    let edges = [(5, 0), (5, 2), (2, 1), (6, 1), (6, 4), (4, 0), (3, 2), (3, 4)];
    let oracle = Oracle::new(7, 5, &edges);
    let neighbours_only = FciConfig { max_possible_d_sep: Some(1), ..FciConfig::default() };
    let without = fci(&oracle.names(), &oracle, &Knowledge::none(), &neighbours_only).unwrap();
    assert!(without.graph.adjacent(0, 1));
    let full = fci(&oracle.names(), &oracle, &Knowledge::none(), &FciConfig::default()).unwrap();
    assert!(!full.graph.adjacent(0, 1));
    assert_eq!(full.separating_sets[&(0, 1)], [[2, 3, 4]]);
}

/// For each end `(a, b)` of the edges, the marks at `b` in all ancestral graphs that imply what the oracle says: those
/// with directed and bidirected edges, found by trying every one.
fn marks_of_the_class(oracle: &Oracle, pag: &Graph) -> BTreeMap<(usize, usize), BTreeSet<Mark>> {
    let (n, edges) = (oracle.observed, pag.edges());
    let mut statements = Vec::new();
    for a in 0..n {
        for b in a + 1..n {
            for bits in (0..1_u32 << n).filter(|bits| bits >> a & 1 == 0 && bits >> b & 1 == 0) {
                let given: Vec<usize> = (0..n).filter(|i| bits >> i & 1 == 1).collect();
                let separated = oracle.dag.d_separated(&[a], &[b], &given);
                statements.push((a, b, given, separated));
            }
        }
    }
    let mut marks: BTreeMap<(usize, usize), BTreeSet<Mark>> = BTreeMap::new();
    for code in 0..3_usize.pow(edges.len() as u32) {
        let mut graph = pag.clone();
        let mut directed = Vec::new();
        for (i, &(a, b)) in edges.iter().enumerate() {
            match code / 3_usize.pow(i as u32) % 3 {
                0 => directed.push((a, b)),
                1 => directed.push((b, a)),
                _ => graph.set_edge(a, b, Mark::Arrow, Mark::Arrow),
            }
        }
        directed.iter().for_each(|&(a, b)| graph.direct(a, b));
        let Ok(dag) = Dag::from_edges(oracle.names(), &directed) else { continue };
        let ancestral = edges.iter().all(|&(a, b)| {
            !graph.is_bidirected(a, b) || !(dag.ancestors(a).contains(&b) || dag.ancestors(b).contains(&a))
        });
        let implied = |(a, b, given, separated): &(usize, usize, Vec<usize>, bool)| {
            graph.m_separated(&[*a], &[*b], given).unwrap() == *separated
        };
        if ancestral && statements.iter().all(implied) {
            for &(a, b) in &edges {
                marks.entry((a, b)).or_default().extend(graph.mark(a, b));
                marks.entry((b, a)).or_default().extend(graph.mark(b, a));
            }
        }
    }
    marks
}

#[test]
fn a_circle_stands_where_equivalent_graphs_differ_and_only_there() {
    let mut compared = 0;
    for seed in 0..400 {
        let nodes = 7 + seed as usize % 2;
        let oracle = random_oracle(1000 + seed, nodes, [0.25, 0.35, 0.5][seed as usize % 3]);
        let pag = oracle.pag();
        if !(3..=8).contains(&pag.edge_count()) {
            continue;
        }
        for ((a, b), marks) in marks_of_the_class(&oracle, &pag) {
            let expected = if marks.len() == 1 { marks.first().copied() } else { Some(Mark::Circle) };
            assert_eq!(pag.mark(a, b), expected, "seed {seed}: at {b} of {a} – {b} in {:?}", drawn(&pag));
            compared += 1;
        }
    }
    assert!(compared > 1000, "{compared} ends");
}
