//! Arrowheads before any rule: what is known, and unshielded colliders.

use super::rules::{point, separates_with};
use crate::discovery::pc::SeparatingSets;
use crate::{Graph, GraphKind, Knowledge, Mark};

/// The edges of `skeleton` with circles at their ends, but for what is known and for colliders: unshielded triples whose
/// middle is in no set that separated the other two.
pub(super) fn oriented(skeleton: &Graph, sets: &SeparatingSets, knowledge: &Knowledge) -> Graph {
    let mut graph = skeleton.clone().with_kind(GraphKind::Pag);
    for (a, b) in skeleton.edges() {
        let end = |cause, effect| match (knowledge.requires(cause, effect), knowledge.forbids(cause, effect))
        {
            (true, _) => Mark::Tail,
            (_, true) => Mark::Arrow,
            _ => Mark::Circle,
        };
        graph.set_edge(a, b, end(a, b), end(b, a));
    }
    for y in 0..graph.len() {
        let near = graph.neighbours(y);
        for (i, &x) in near.iter().enumerate() {
            for &z in &near[i + 1..] {
                let tail = [x, z].iter().any(|&end| graph.mark(end, y) == Some(Mark::Tail));
                if !tail && !graph.adjacent(x, z) && !separates_with(sets, x, z, y) {
                    point(&mut graph, x, y);
                    point(&mut graph, z, y);
                }
            }
        }
    }
    graph
}

/// Whether `a *→ b ←* c`.
pub(super) fn meet(graph: &Graph, a: usize, b: usize, c: usize) -> bool {
    graph.mark(a, b) == Some(Mark::Arrow) && graph.mark(c, b) == Some(Mark::Arrow)
}
