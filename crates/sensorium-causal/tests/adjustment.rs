//! Adjustment sets against exact computations: regressions in linear models, and all members of a class.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use sensorium_causal::Dag;
use std::collections::BTreeSet;

const N: usize = 5;

fn dag_of(bits: &[bool]) -> Dag {
    let pairs = (0..N).flat_map(|a| (a + 1..N).map(move |b| (a, b)));
    let place = |i: usize| (i * 2 + 1) % N;
    let edges: Vec<(usize, usize)> =
        pairs.zip(bits).filter(|(_, b)| **b).map(|((a, b), _)| (place(a), place(b))).collect();
    Dag::from_edges((0..N).map(|i| format!("x{i}")), &edges).unwrap()
}

/// Solves `a · w = b` for a covariance matrix `a` by Gauss' elimination, which needs no pivots for such.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for k in 0..n {
        let row = a[k].clone();
        for i in k + 1..n {
            let factor = a[i][k] / row[k];
            a[i].iter_mut().zip(&row).for_each(|(v, r)| *v -= factor * r);
            b[i] -= factor * b[k];
        }
    }
    for k in (0..n).rev() {
        let known: f64 = a[k][k + 1..].iter().zip(&b[k + 1..]).map(|(a, b)| a * b).sum();
        b[k] = (b[k] - known) / a[k][k];
    }
    b
}

/// A linear model: the effect of each node's noise on each node, `effects[from][on]`, and the covariances.
fn linear_model(dag: &Dag, coefficients: &[f64]) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let effects_of = |from: usize| {
        let mut effect = vec![0.0; N];
        effect[from] = 1.0;
        for node in dag.topological_order() {
            for &p in dag.parents(node) {
                effect[node] += coefficients[p * N + node] * effect[p];
            }
        }
        effect
    };
    let effects: Vec<Vec<f64>> = (0..N).map(effects_of).collect();
    let covariance = |a: usize, b: usize| (0..N).map(|k| effects[k][a] * effects[k][b]).sum();
    let covariances = (0..N).map(|a| (0..N).map(|b| covariance(a, b)).collect()).collect();
    (effects, covariances)
}

/// The coefficient of `x` in the regression of `y` on `x` and `set`, and its asymptotic variance.
fn regression(covariances: &[Vec<f64>], x: usize, y: usize, set: &BTreeSet<usize>) -> (f64, f64) {
    let on: Vec<usize> = std::iter::once(x).chain(set.iter().copied()).collect();
    let matrix = || on.iter().map(|&a| on.iter().map(|&b| covariances[a][b]).collect()).collect();
    let right: Vec<f64> = on.iter().map(|&a| covariances[a][y]).collect();
    let weights = solve(matrix(), right.clone());
    let left = covariances[y][y] - weights.iter().zip(&right).map(|(w, r)| w * r).sum::<f64>();
    let unit = (0..on.len()).map(|i| f64::from(u8::from(i == 0))).collect();
    (weights[0], left * solve(matrix(), unit)[0])
}

fn subsets(x: usize, y: usize) -> impl Iterator<Item = BTreeSet<usize>> {
    let others: Vec<usize> = (0..N).filter(|&i| i != x && i != y).collect();
    (0..1usize << others.len()).map(move |mask| {
        others.iter().enumerate().filter(|(i, _)| mask >> i & 1 == 1).map(|(_, &o)| o).collect()
    })
}

/// All DAGs with the class of `dag`.
fn members(dag: &Dag) -> Vec<Dag> {
    let class = dag.cpdag();
    let edges = dag.edges();
    let turned = (0..1usize << edges.len()).filter_map(|mask| {
        let turn = |(i, &(a, b)): (usize, &(usize, usize))| if mask >> i & 1 == 1 { (b, a) } else { (a, b) };
        Dag::from_edges(dag.names().to_vec(), &edges.iter().enumerate().map(turn).collect::<Vec<_>>()).ok()
    });
    turned.filter(|d| d.cpdag() == class).collect()
}

proptest! {
    #[test]
    fn a_set_is_valid_exactly_when_regressions_give_the_effect(
        bits in proptest::collection::vec(any::<bool>(), 10),
        coefficients in proptest::collection::vec(0.5..1.5f64, N * N)
    ) {
        let dag = dag_of(&bits);
        let (effects, covariances) = linear_model(&dag, &coefficients);
        for (x, effects) in effects.iter().enumerate() {
            for y in (0..N).filter(|&y| y != x) {
                for set in subsets(x, y) {
                    let (estimate, _) = regression(&covariances, x, y, &set);
                    let right = (estimate - effects[y]).abs() < 1e-9;
                    prop_assert_eq!(dag.is_valid_adjustment(x, y, &set), right, "{} on {} given {:?}", x, y, set);
                }
            }
        }
    }

    #[test]
    fn no_valid_set_beats_the_optimal_one_and_the_minimal_one_cannot_shrink(
        bits in proptest::collection::vec(any::<bool>(), 10),
        coefficients in proptest::collection::vec(-1.5..1.5f64, N * N),
        hidden in 0..N
    ) {
        let dag = dag_of(&bits);
        let (_, covariances) = linear_model(&dag, &coefficients);
        let none = BTreeSet::new();
        for x in 0..N {
            for y in (0..N).filter(|&y| y != x) {
                let valid: Vec<BTreeSet<usize>> =
                    subsets(x, y).filter(|s| dag.is_valid_adjustment(x, y, s)).collect();
                let optimal = dag.optimal_adjustment(x, y, &none);
                prop_assert_eq!(optimal.is_some(), dag.descendants(x).contains(&y));
                if let Some(best) = optimal {
                    prop_assert!(valid.contains(&best));
                    let variance = |s: &BTreeSet<usize>| regression(&covariances, x, y, s).1;
                    for set in &valid {
                        prop_assert!(variance(&best) <= variance(set) * (1.0 + 1e-9));
                    }
                }
                let unobserved = BTreeSet::from([hidden]);
                let observed: Vec<&BTreeSet<usize>> = valid.iter().filter(|s| !s.contains(&hidden)).collect();
                match dag.minimal_adjustment(x, y, &unobserved) {
                    None => prop_assert!(observed.is_empty()),
                    Some(set) => {
                        prop_assert!(observed.contains(&&set));
                        prop_assert!(!observed.iter().any(|s| s.is_subset(&set) && **s != set));
                    }
                }
            }
        }
    }

    #[test]
    fn a_set_is_valid_for_a_class_exactly_when_it_is_for_every_member(
        bits in proptest::collection::vec(any::<bool>(), 10)
    ) {
        let dag = dag_of(&bits);
        prop_assume!(dag.edge_count() <= 8);
        let class = dag.cpdag();
        let members = members(&dag);
        for x in 0..N {
            for y in (0..N).filter(|&y| y != x) {
                for set in subsets(x, y) {
                    let every = members.iter().all(|m| m.is_valid_adjustment(x, y, &set));
                    let said = class.is_valid_adjustment(x, y, &set).unwrap_or(false);
                    // A set that is valid everywhere where the effect is zero in some members only does not exist.
                    prop_assert_eq!(said, every, "{} on {} given {:?} in {:?}", x, y, set, class);
                }
                let none = BTreeSet::new();
                if class.check_amenable(x, y).is_ok() {
                    for member in &members {
                        let best = class.optimal_adjustment(x, y, &none).unwrap();
                        prop_assert_eq!(best, member.optimal_adjustment(x, y, &none));
                    }
                }
            }
        }
    }
}

#[test]
fn an_edge_of_unknown_direction_is_named() {
    let chain = Dag::from_edges(["a", "b", "c"], &[(0, 1), (1, 2)]).unwrap().cpdag();
    let text = chain.check_amenable(0, 2).unwrap_err().to_string();
    assert!(text.contains("whether `a` causes `b` or `b` causes `a`"), "{text}");
}
