//! Meek's orientation rules.

use super::Graph;

/// Orients what follows from the directed edges of a CPDAG without a new collider or a cycle, by Meek's rules
/// 1 to 4 (Meek, "Causal inference and causal explanation with background knowledge", UAI 1995), until nothing
/// changes.
pub fn close_orientations(graph: &mut Graph) {
    let n = graph.len();
    let mut neighbours: Vec<Vec<usize>> = (0..n).map(|a| graph.neighbours(a)).collect();
    neighbours.iter_mut().for_each(|l| l.sort_unstable());
    let mut open: Vec<(usize, usize)> = (0..n)
        .flat_map(|a| neighbours[a].iter().map(move |&b| (a, b)))
        .filter(|&(a, b)| graph.is_undirected(a, b))
        .collect();
    loop {
        let mut changed = false;
        for &(a, b) in &open {
            if graph.is_undirected(a, b) && is_forced(graph, &neighbours, a, b) {
                graph.direct(a, b);
                changed = true;
            }
        }
        if !changed {
            return;
        }
        open.retain(|&(a, b)| graph.is_undirected(a, b));
    }
}

/// Whether `a – b` must become `a → b`.
fn is_forced(graph: &Graph, neighbours: &[Vec<usize>], a: usize, b: usize) -> bool {
    let directed = |x, y| graph.is_directed(x, y);
    let undirected = |x, y| graph.is_undirected(x, y);
    // Rule 1: c → a – b, c and b not adjacent.
    let chain = |&c: &usize| directed(c, a) && !graph.adjacent(c, b);
    // Rule 2: a → c → b.
    let way = |&c: &usize| directed(a, c) && directed(c, b);
    if neighbours[a].iter().any(|c| chain(c) || way(c)) {
        return true;
    }
    // Rule 3: a – c → b, a – d → b, c and d not adjacent.
    let between: Vec<usize> =
        neighbours[a].iter().copied().filter(|&c| undirected(a, c) && directed(c, b)).collect();
    if between.iter().enumerate().any(|(i, &c)| between[i + 1..].iter().any(|&d| !graph.adjacent(c, d))) {
        return true;
    }
    // Rule 4: a – c → d → b, a and d adjacent, c and b not adjacent.
    neighbours[a].iter().any(|&c| {
        undirected(a, c)
            && c != b
            && !graph.adjacent(c, b)
            && neighbours[c]
                .iter()
                .any(|&d| d != a && directed(c, d) && directed(d, b) && graph.adjacent(a, d))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{GraphKind, Mark};

    fn graph(directed: &[(usize, usize)], undirected: &[(usize, usize)]) -> Graph {
        let mut graph = Graph::new(["a", "b", "c", "d"], GraphKind::Cpdag).unwrap();
        directed.iter().for_each(|&(a, b)| graph.direct(a, b));
        undirected.iter().for_each(|&(a, b)| graph.undirect(a, b));
        close_orientations(&mut graph);
        graph
    }

    #[test]
    fn a_chain_behind_an_arrow_is_directed() {
        assert!(graph(&[(2, 0)], &[(0, 1)]).is_directed(0, 1));
    }

    #[test]
    fn no_cycle_is_closed() {
        assert!(graph(&[(0, 2), (2, 1)], &[(0, 1)]).is_directed(0, 1));
    }

    #[test]
    fn two_ways_through_a_collider_direct_the_third() {
        assert!(graph(&[(2, 1), (3, 1)], &[(0, 1), (0, 2), (0, 3)]).is_directed(0, 1));
    }

    #[test]
    fn the_fourth_rule_directs_what_knowledge_adds() {
        assert!(graph(&[(2, 3), (3, 1)], &[(0, 2), (0, 1), (0, 3)]).is_directed(0, 1));
    }

    #[test]
    fn a_triangle_stays_open() {
        let open = graph(&[], &[(0, 1), (1, 2), (0, 2)]);
        assert_eq!(open.mark(0, 1), Some(Mark::Tail));
        assert_eq!(open.mark(1, 0), Some(Mark::Tail));
    }
}
