//! Directing the edges within a step.

use super::conditions::Lagged;
use super::links::{LaggedKnowledge, Links, within_step};
use crate::graph::LaggedGraph;
use crate::{CausalError, Knowledge, Mark};

/// Directs what is known, then colliders, then what follows by Meek's rules; returns colliders that an earlier one stood
/// against. No step makes a directed cycle or goes against knowledge.
pub(super) fn direct(found: &mut Links, known: &LaggedKnowledge) -> Result<Vec<String>, CausalError> {
    let knowledge = &known.within_step;
    let n = found.graph.len();
    for b in 0..n {
        for a in within_step(&found.graph, b).into_iter().filter(|&a| a < b) {
            if knowledge.forbids(b, a) {
                point(&mut found.graph, knowledge, a, b)?;
            } else if knowledge.forbids(a, b) {
                point(&mut found.graph, knowledge, b, a)?;
            }
        }
    }
    let conflicts = colliders(found, known)?;
    while close(&mut found.graph, known)? {}
    Ok(conflicts)
}

/// Unshielded triples `x *– middle – z`, `z` in the same step, whose middle is in no set that separated the ends.
fn colliders(found: &mut Links, known: &LaggedKnowledge) -> Result<Vec<String>, CausalError> {
    let knowledge = &known.within_step;
    let mut conflicts = Vec::new();
    for middle in 0..found.graph.len() {
        let near = within_step(&found.graph, middle);
        let mut triples: Vec<(Lagged, usize)> = Vec::new();
        for &z in &near {
            let lagged = found.graph.parents(middle).into_iter().filter(|&(_, lag)| lag > 0);
            let present = near.iter().filter(|&&x| x < z).map(|&x| (x, 0));
            triples.extend(lagged.chain(present).map(|x| (x, z)));
        }
        for ((x, lag), z) in triples {
            if !separated(&found.graph, known, (x, lag), z) {
                continue;
            }
            let link = if lag == 0 { (z.max(x), 0, z.min(x)) } else { (z, lag, x) };
            let sets = found.separating_sets.get(&link);
            if sets.is_some_and(|sets| sets.iter().any(|set| set.contains(&middle))) {
                continue;
            }
            let ends: Vec<usize> = if lag == 0 { vec![x, z] } else { vec![z] };
            if ends.iter().any(|&end| knowledge.forbids(end, middle)) {
                continue;
            }
            let graph = &mut found.graph;
            if ends.iter().all(|&end| graph.marks(end, 0, middle) == ARROW || may_point(graph, end, middle)) {
                for end in ends {
                    point(graph, knowledge, end, middle)?;
                }
            } else {
                let names = graph.names();
                let earlier = if lag == 0 { String::new() } else { format!("[t-{lag}]") };
                conflicts.push(format!("{}{earlier} → {} ← {}", names[x], names[middle], names[z]));
            }
        }
    }
    Ok(conflicts)
}

/// Meek's rules, once over the graph.
fn close(graph: &mut LaggedGraph, known: &LaggedKnowledge) -> Result<bool, CausalError> {
    let mut changed = false;
    for a in 0..graph.len() {
        for b in within_step(graph, a) {
            if graph.marks(a, 0, b) == OPEN && follows(graph, known, a, b) {
                changed |= point(graph, &known.within_step, a, b)?;
            }
        }
    }
    Ok(changed)
}

/// Whether `a – b` must be `a → b`.
fn follows(graph: &LaggedGraph, known: &LaggedKnowledge, a: usize, b: usize) -> bool {
    let near = within_step(graph, a);
    let arrow = |from: usize, to: usize| graph.marks(from, 0, to) == ARROW;
    // Rule 1: c → a – b, c at any lag and separated from b.
    graph.parents(a).into_iter().any(|c| separated(graph, known, c, b))
        // Rule 2: a → c → b.
        || near.iter().any(|&c| arrow(a, c) && arrow(c, b))
        // Rule 3: a – c → b and a – d → b, c and d separated.
        || near.iter().any(|&c| {
            let between = |v: usize| graph.marks(a, 0, v) == OPEN && arrow(v, b);
            between(c) && near.iter().any(|&d| d > c && between(d) && separated(graph, known, (c, 0), d))
        })
}

/// Whether tests, not knowledge, say that there is no edge.
fn separated(graph: &LaggedGraph, known: &LaggedKnowledge, x: Lagged, z: usize) -> bool {
    graph.marks(x.0, x.1, z).is_none() && !known.keeps_apart(x, z)
}

const ARROW: Option<(Mark, Mark)> = Some((Mark::Tail, Mark::Arrow));
const OPEN: Option<(Mark, Mark)> = Some((Mark::Tail, Mark::Tail));

/// Whether `a – b` is open and `a → b` would close no cycle.
fn may_point(graph: &LaggedGraph, a: usize, b: usize) -> bool {
    graph.marks(a, 0, b) == OPEN && !leads(graph, b, a)
}

fn point(graph: &mut LaggedGraph, knowledge: &Knowledge, a: usize, b: usize) -> Result<bool, CausalError> {
    let allowed = may_point(graph, a, b) && !knowledge.forbids(a, b);
    if allowed {
        // At lag 0 an edge is stored from the lower position.
        let (low, high) = (a.min(b), a.max(b));
        let (at_low, at_high) = if a < b { (Mark::Tail, Mark::Arrow) } else { (Mark::Arrow, Mark::Tail) };
        graph.add(low, 0, high, at_low, at_high)?;
    }
    Ok(allowed)
}

/// Whether there is a directed way within the step.
fn leads(graph: &LaggedGraph, from: usize, to: usize) -> bool {
    let mut seen = vec![false; graph.len()];
    let mut open = vec![from];
    while let Some(node) = open.pop() {
        if node == to {
            return true;
        }
        if !std::mem::replace(&mut seen[node], true) {
            open.extend((0..graph.len()).filter(|&next| graph.marks(node, 0, next) == ARROW));
        }
    }
    false
}
