//! What may separate two variables although it is adjacent to neither.

use super::{FciConfig, colliders};
use crate::discovery::pc::{Combinations, SeparatingSets};
use crate::independence::IndependenceTest;
use crate::{CausalError, Graph, Knowledge};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Takes away the edges between variables that some set of Possible-D-Sep makes independent (Spirtes, Glymour and
/// Scheines 2000, section 6.7), all pairs on the same graph. `graph` has circles at all ends but those of colliders.
/// Returns the number of tests.
pub(super) fn prune(
    skeleton: &mut Graph,
    sets: &mut SeparatingSets,
    graph: &Graph,
    test: &dyn IndependenceTest,
    knowledge: &Knowledge,
    config: &FciConfig,
) -> Result<usize, CausalError> {
    let possible: Vec<Vec<usize>> = (0..graph.len()).map(|x| possible_d_sep(graph, x, config)).collect();
    let mut pairs = skeleton.edges();
    pairs.retain(|&(a, b)| !knowledge.requires(a, b) && !knowledge.requires(b, a));
    let verdicts: Vec<(Option<Vec<usize>>, usize)> = pairs
        .par_iter()
        .map(|&pair| separating_set(pair, skeleton, &possible, test, config))
        .collect::<Result<_, CausalError>>()?;
    let mut tests = 0;
    for ((a, b), (found, count)) in pairs.into_iter().zip(verdicts) {
        tests += count;
        if let Some(set) = found {
            skeleton.remove_edge(a, b);
            sets.insert((a, b), vec![set]);
        }
    }
    Ok(tests)
}

/// Nodes at the end of paths from `x` on which every inner node is a collider or the middle of a triangle.
fn possible_d_sep(graph: &Graph, x: usize, config: &FciConfig) -> Vec<usize> {
    let mut seen: BTreeSet<(usize, usize)> = graph.neighbours(x).into_iter().map(|a| (x, a)).collect();
    let mut rim: Vec<(usize, usize)> = seen.iter().copied().collect();
    let mut length = 1;
    while !rim.is_empty() && config.max_possible_d_sep.is_none_or(|most| length < most) {
        let mut next_rim = Vec::new();
        for (before, node) in rim {
            for next in graph.neighbours(node).into_iter().filter(|&c| c != before && c != x) {
                let collider = colliders::meet(graph, before, node, next);
                if (collider || graph.adjacent(before, next)) && seen.insert((node, next)) {
                    next_rim.push((node, next));
                }
            }
        }
        rim = next_rim;
        length += 1;
    }
    let nodes: BTreeSet<usize> = seen.into_iter().map(|(_, node)| node).collect();
    nodes.into_iter().collect()
}

/// The first set that separates a pair, smaller sets first, and how many were tried. Sets of neighbours of one of the
/// two were tried before.
fn separating_set(
    (x, y): (usize, usize),
    skeleton: &Graph,
    possible: &[Vec<usize>],
    test: &dyn IndependenceTest,
    config: &FciConfig,
) -> Result<(Option<Vec<usize>>, usize), CausalError> {
    let candidates =
        |of: usize| -> Vec<usize> { possible[of].iter().copied().filter(|&v| v != x && v != y).collect() };
    let sides = [candidates(x), candidates(y)];
    let largest = sides.iter().map(Vec::len).max().unwrap_or(0);
    let mut tests = 0;
    for size in 1..=config.max_given.map_or(largest, |most| most.min(largest)) {
        for (side, near) in sides.iter().enumerate() {
            let mut choices = Combinations::new(near.len(), size);
            while let Some(chosen) = choices.next() {
                let given: Vec<usize> = chosen.iter().map(|&i| near[i]).collect();
                let tried = [x, y].iter().any(|&end| given.iter().all(|&v| skeleton.adjacent(end, v)))
                    || (side == 1 && given.iter().all(|v| sides[0].binary_search(v).is_ok()));
                if tried {
                    continue;
                }
                tests += 1;
                if test.p_value(x, y, &given)? > config.alpha {
                    return Ok((Some(given), tests));
                }
            }
        }
    }
    Ok((None, tests))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{GraphKind, Mark};

    #[test]
    fn a_limit_shortens_the_paths() {
        // 0 o→ 1 ↔ 2 ↔ 3 ←o 4.
        let mut graph = Graph::new(["a", "b", "c", "d", "e"], GraphKind::Pag).unwrap();
        graph.set_edge(0, 1, Mark::Circle, Mark::Arrow);
        graph.set_edge(1, 2, Mark::Arrow, Mark::Arrow);
        graph.set_edge(2, 3, Mark::Arrow, Mark::Arrow);
        graph.set_edge(4, 3, Mark::Circle, Mark::Arrow);
        let within = |most| {
            let config = FciConfig { max_possible_d_sep: most, ..FciConfig::default() };
            possible_d_sep(&graph, 0, &config)
        };
        assert_eq!(within(None), [1, 2, 3, 4]);
        assert_eq!(within(Some(2)), [1, 2]);
        assert_eq!(within(Some(1)), [1]);
    }
}
