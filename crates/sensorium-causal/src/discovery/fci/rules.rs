//! Zhang's rules: which circles of a PAG are tails and which are arrowheads.

use crate::discovery::pc::SeparatingSets;
use crate::{Graph, Mark};
use std::collections::BTreeSet;

/// Applies rules 1 to 4 and 8 to 10 of Zhang (2008) until none applies. Marks that are no circles stay as they are.
pub(super) fn close(graph: &mut Graph, sets: &SeparatingSets) {
    while arrowheads(graph) || discriminating_paths(graph, sets) || tails(graph) {}
}

/// Whether some set that separated `a` and `b` holds `node`.
pub(super) fn separates_with(sets: &SeparatingSets, a: usize, b: usize, node: usize) -> bool {
    sets.get(&(a.min(b), a.max(b))).is_some_and(|sets| sets.iter().any(|set| set.contains(&node)))
}

/// Puts an arrowhead at `b` where there is a circle.
pub(super) fn point(graph: &mut Graph, a: usize, b: usize) -> bool {
    let circle = is_circle(graph, a, b);
    if circle {
        graph.set_mark(a, b, Mark::Arrow);
    }
    circle
}

/// Makes the edge `a → b` where no mark stands against it.
fn direct(graph: &mut Graph, a: usize, b: usize) -> bool {
    let allowed = graph.mark(b, a) != Some(Mark::Arrow) && graph.mark(a, b) != Some(Mark::Tail);
    let changed = allowed && !graph.is_directed(a, b);
    if changed {
        graph.direct(a, b);
    }
    changed
}

fn is_arrow(graph: &Graph, a: usize, b: usize) -> bool {
    graph.mark(a, b) == Some(Mark::Arrow)
}

fn is_circle(graph: &Graph, a: usize, b: usize) -> bool {
    graph.mark(a, b) == Some(Mark::Circle)
}

/// Rules 1, 2 and 3, once over the graph.
fn arrowheads(graph: &mut Graph) -> bool {
    let mut changed = false;
    for b in 0..graph.len() {
        let near = graph.neighbours(b);
        for &a in &near {
            for &c in near.iter().filter(|&&c| c != a) {
                if !graph.adjacent(a, c) {
                    // Rule 1: a *→ b o–* c.
                    if is_arrow(graph, a, b) && is_circle(graph, c, b) {
                        changed |= direct(graph, b, c);
                    }
                    // Rule 3: a *→ b ←* c and a *–o d o–* c.
                    if a < c && is_arrow(graph, a, b) && is_arrow(graph, c, b) {
                        for &d in near.iter().filter(|&&d| d != a && d != c) {
                            if is_circle(graph, a, d) && is_circle(graph, c, d) {
                                changed |= point(graph, d, b);
                            }
                        }
                    }
                } else if (graph.is_directed(a, b) && is_arrow(graph, b, c))
                    || (is_arrow(graph, a, b) && graph.is_directed(b, c))
                {
                    // Rule 2: a → b *→ c or a *→ b → c.
                    changed |= point(graph, a, c);
                }
            }
        }
    }
    changed
}

/// Rule 4, once over the graph: `b o–* c` at the end of a discriminating path.
fn discriminating_paths(graph: &mut Graph, sets: &SeparatingSets) -> bool {
    let mut changed = false;
    for c in 0..graph.len() {
        for b in graph.neighbours(c) {
            for a in graph.neighbours(b) {
                let last = is_circle(graph, c, b) && graph.is_directed(a, c) && is_arrow(graph, b, a);
                let Some(start) = last.then(|| path_start(graph, a, b, c)).flatten() else { continue };
                if separates_with(sets, start, c, b) {
                    changed |= direct(graph, b, c);
                } else if graph.mark(a, b) != Some(Mark::Tail) && graph.mark(b, c) != Some(Mark::Tail) {
                    changed |= point(graph, a, b) | point(graph, c, b) | point(graph, b, c);
                }
            }
        }
    }
    changed
}

/// The first node of a shortest path that discriminates `b` for `c` and ends in `a`, `b`, `c`: not adjacent to `c`,
/// with colliders that are parents of `c` in between.
fn path_start(graph: &Graph, a: usize, b: usize, c: usize) -> Option<usize> {
    let mut seen = BTreeSet::from([a, b, c]);
    let mut open = std::collections::VecDeque::from([a]);
    while let Some(node) = open.pop_front() {
        for before in graph.neighbours(node) {
            if seen.contains(&before) || !is_arrow(graph, before, node) {
                continue;
            }
            if !graph.adjacent(before, c) {
                return Some(before);
            }
            if graph.is_directed(before, c) && is_arrow(graph, node, before) {
                seen.insert(before);
                open.push_back(before);
            }
        }
    }
    None
}

/// Rules 8, 9 and 10, once over the graph: tails at `a o→ c`.
fn tails(graph: &mut Graph) -> bool {
    let mut changed = false;
    for a in 0..graph.len() {
        for c in graph.neighbours(a) {
            if is_circle(graph, c, a) && is_arrow(graph, a, c) && is_cause(graph, a, c) {
                changed |= direct(graph, a, c);
            }
        }
    }
    changed
}

fn is_cause(graph: &Graph, a: usize, c: usize) -> bool {
    // Rule 8: a → b → c.
    if (0..graph.len()).any(|b| graph.is_directed(a, b) && graph.is_directed(b, c)) {
        return true;
    }
    let steps: Vec<usize> =
        graph.neighbours(a).into_iter().filter(|&b| b != c && may_lead(graph, a, b)).collect();
    let reached: Vec<BTreeSet<usize>> = steps.iter().map(|&b| uncovered_from(graph, a, b, c)).collect();
    // Rule 9: an uncovered, possibly directed path to c whose second node is not adjacent to c.
    if steps.iter().zip(&reached).any(|(&b, nodes)| !graph.adjacent(b, c) && nodes.contains(&c)) {
        return true;
    }
    // Rule 10: two such paths to two parents of c, which start with nodes that are not adjacent to each other.
    let parents: BTreeSet<usize> = graph.parents(c).into_iter().collect();
    let ends: Vec<Vec<usize>> =
        reached.iter().map(|nodes| nodes.intersection(&parents).copied().collect()).collect();
    let differ = |one: &[usize], other: &[usize]| one.iter().any(|b| other.iter().any(|d| b != d));
    (0..steps.len())
        .any(|i| (0..i).any(|j| !graph.adjacent(steps[i], steps[j]) && differ(&ends[i], &ends[j])))
}

/// Whether `a` to `b` can be a step of a directed path.
fn may_lead(graph: &Graph, a: usize, b: usize) -> bool {
    !matches!(graph.mark(b, a), None | Some(Mark::Arrow)) && graph.mark(a, b) != Some(Mark::Tail)
}

/// Nodes at the end of uncovered, possibly directed paths that start with `first`, `second` and do not go on after
/// `end`. In a PAG no such path can come back to a node, so that its last step is all that need be remembered: after
/// an arrowhead it goes along directed edges, before it within the chordal graph of edges with circles at both ends.
fn uncovered_from(graph: &Graph, first: usize, second: usize, end: usize) -> BTreeSet<usize> {
    let mut seen = BTreeSet::from([(first, second)]);
    let mut open = vec![(first, second)];
    while let Some((before, node)) = open.pop() {
        if node == end {
            continue;
        }
        for next in graph.neighbours(node) {
            let goes_on = next != before && !graph.adjacent(before, next) && may_lead(graph, node, next);
            if goes_on && seen.insert((node, next)) {
                open.push((node, next));
            }
        }
    }
    seen.into_iter().map(|(_, node)| node).collect()
}
