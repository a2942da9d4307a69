//! Directing what follows from what is directed, where tests may contradict each other.

use crate::{Graph, Knowledge};

/// Directs the edges whose direction is known.
pub(super) fn by_knowledge(graph: &mut Graph, knowledge: &Knowledge) {
    for (a, b) in graph.edges() {
        if knowledge.forbids(b, a) || knowledge.requires(a, b) {
            graph.direct(a, b);
        } else if knowledge.forbids(a, b) || knowledge.requires(b, a) {
            graph.direct(b, a);
        }
    }
}

/// Meek's rules, each edge only where neither knowledge nor a directed way back stands against it. Triples are visited
/// in the order that causal-learn visits them, which decides where directions contradict each other.
pub(super) fn close(graph: &mut Graph, knowledge: &Knowledge) {
    let n = graph.len();
    let mut adjacent: Vec<Vec<usize>> = (0..n).map(|a| graph.neighbours(a)).collect();
    // Pairs (i, j) whose second end is a tail come before those whose second end is an arrowhead; within, by j, then i.
    let has_arrow = |graph: &Graph, i: usize, j: usize| graph.is_directed(i, j);
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for arrow in [false, true] {
        for (j, near) in adjacent.iter().enumerate() {
            pairs.extend(near.iter().filter(|&&i| has_arrow(graph, i, j) == arrow).map(|&i| (i, j)));
        }
    }
    for (j, near) in adjacent.iter_mut().enumerate() {
        near.sort_by_key(|&k| has_arrow(graph, j, k));
    }
    let triples: Vec<(usize, usize, usize)> = pairs
        .iter()
        .flat_map(|&(i, j)| adjacent[j].iter().filter(move |&&k| k != i).map(move |&k| (i, j, k)))
        .collect();
    let is_open = |&(i, _, k): &(usize, usize, usize)| !graph.adjacent(i, k);
    let (open, closed): (Vec<_>, Vec<_>) = triples.into_iter().partition(is_open);
    loop {
        let mut changed = false;
        for &(i, j, k) in &open {
            if graph.is_directed(i, j) && graph.is_undirected(j, k) {
                changed |= direct(graph, knowledge, j, k);
            }
        }
        for &(i, j, k) in &closed {
            if graph.is_directed(i, j) && graph.is_directed(j, k) && graph.is_undirected(i, k) {
                changed |= direct(graph, knowledge, i, k);
            }
        }
        for &(i, j, l) in &closed {
            let between = |m: usize| graph.is_undirected(i, m) && graph.is_directed(m, l);
            if graph.is_undirected(i, l) && between(j) {
                let other =
                    adjacent[i].iter().any(|&k| k > j && k != l && between(k) && !graph.adjacent(j, k));
                if other {
                    changed |= direct(graph, knowledge, i, l);
                }
            }
        }
        if !knowledge.is_empty() {
            changed |= fourth_rule(graph, knowledge, &closed, &adjacent);
        }
        if !changed {
            return;
        }
    }
}

/// `i – c → d → l` with `i` adjacent to `d` and `l`, `c` not adjacent to `l`: `i → l`. Without knowledge it never applies.
fn fourth_rule(
    graph: &mut Graph,
    knowledge: &Knowledge,
    closed: &[(usize, usize, usize)],
    adjacent: &[Vec<usize>],
) -> bool {
    let mut changed = false;
    for &(i, d, l) in closed {
        if graph.is_undirected(i, l) && graph.is_directed(d, l) {
            let start =
                |&&c: &&usize| graph.is_undirected(i, c) && graph.is_directed(c, d) && !graph.adjacent(c, l);
            if adjacent[i].iter().any(|c| start(&c)) {
                changed |= direct(graph, knowledge, i, l);
            }
        }
    }
    changed
}

/// Directs `a – b` to `a → b` unless it is known to be wrong or there is a directed way from `b` to `a`.
fn direct(graph: &mut Graph, knowledge: &Knowledge, a: usize, b: usize) -> bool {
    if knowledge.forbids(a, b) || has_way(graph, b, a) {
        return false;
    }
    graph.direct(a, b);
    true
}

fn has_way(graph: &Graph, from: usize, to: usize) -> bool {
    let n = graph.len();
    let mut seen = vec![false; n];
    let mut open = vec![from];
    while let Some(node) = open.pop() {
        if node == to {
            return true;
        }
        if std::mem::replace(&mut seen[node], true) {
            continue;
        }
        open.extend((0..n).filter(|&c| graph.is_directed(node, c)));
    }
    false
}
