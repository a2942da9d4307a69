//! GES: greedy search among classes of graphs by a score.

mod operators;

pub use operators::GesStep;

use crate::score::{LocalScore, ScoreCache};
use crate::{CausalError, Graph, GraphKind, Knowledge, graph::close_orientations};
use operators::Class;

/// Settings of [`ges`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GesConfig {
    /// The most parents that an insertion may give a node. Default: no limit.
    pub max_parents: Option<usize>,
}

/// What [`ges`] found.
#[derive(Clone, Debug)]
pub struct GesResult {
    /// The class of graphs.
    pub graph: Graph,
    /// Its score.
    pub score: f64,
    /// The steps that led there.
    pub steps: Vec<GesStep>,
}

/// Greedy equivalence search (Chickering, "Optimal structure identification with greedy search", JMLR 2002): the best
/// insertion of an edge until none raises the score, then the best deletion. Of steps with equal gains the first is
/// taken, in the order of the columns, so that the result does not depend on the number of threads. Knowledge directs
/// edges of every class on the way and forbids steps; the search begins with the required edges.
///
/// # Errors
/// [`CausalError::Argument`] for names that are not as many as the score's variables, and
/// [`CausalError::Knowledge`] for knowledge that contradicts itself.
pub fn ges(
    names: &[String],
    score: &dyn LocalScore,
    knowledge: &Knowledge,
    config: &GesConfig,
) -> Result<GesResult, CausalError> {
    if names.len() != score.variables() {
        return Err(CausalError::Argument(format!(
            "{} names for {} variables; give one name a variable",
            names.len(),
            score.variables()
        )));
    }
    knowledge.check(names)?;
    let cache = ScoreCache::new(score);
    let mut graph = Graph::new(names.to_vec(), GraphKind::Cpdag)?;
    knowledge.required.iter().for_each(|&(cause, effect)| graph.direct(cause, effect));
    graph = class_of(&graph, knowledge)?;
    let mut steps = Vec::new();
    for insertion in [true, false] {
        let mut refused = Vec::new();
        loop {
            let best = Class::new(&graph).best(insertion, &cache, knowledge, config.max_parents, &refused);
            let Some(step) = best.filter(|s| s.gain > 0.0) else { break };
            match class_of(&taken(&graph, &step), knowledge) {
                Ok(next) => {
                    graph = next;
                    steps.push(step);
                    refused.clear();
                }
                // Without knowledge every valid step has a member; with it a step may have none.
                Err(_) => refused.push(step),
            }
        }
    }
    let dag = graph.consistent_extension()?;
    let total = (0..names.len()).map(|node| {
        let mut parents = dag.parents(node).to_vec();
        parents.sort_unstable();
        cache.local(node, &parents)
    });
    let score = total.sum();
    Ok(GesResult { graph, score, steps })
}

/// The graph after a step, before it is made a class again.
fn taken(graph: &Graph, step: &GesStep) -> Graph {
    let mut next = graph.clone();
    if step.insertion {
        next.direct(step.from, step.to);
        step.directed.iter().for_each(|&t| next.direct(t, step.to));
    } else {
        next.remove_edge(step.from, step.to);
        for &h in &step.directed {
            next.direct(step.to, h);
            if next.is_undirected(step.from, h) {
                next.direct(step.from, h);
            }
        }
    }
    next
}

/// The class of a member of a graph, directed further by what is known.
pub(super) fn class_of(graph: &Graph, knowledge: &Knowledge) -> Result<Graph, CausalError> {
    let mut class = graph.consistent_extension()?.cpdag();
    if knowledge.is_empty() {
        return Ok(class);
    }
    for (a, b) in class.edges() {
        match (class.is_directed(a, b), knowledge.forbids(a, b), knowledge.forbids(b, a)) {
            (false, false, true) => class.direct(a, b),
            (false, true, false) => class.direct(b, a),
            (true, true, _) | (false, true, true) => {
                return Err(CausalError::Knowledge(
                    "a forbidden edge is in every member of the class".into(),
                ));
            }
            _ => {}
        }
    }
    close_orientations(&mut class);
    match class.edges().into_iter().find(|&(a, b)| class.is_directed(a, b) && knowledge.forbids(a, b)) {
        Some(_) => Err(CausalError::Knowledge("a forbidden edge follows from the others".into())),
        None => Ok(class),
    }
}
