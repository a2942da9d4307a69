//! Graphs of time series: an edge goes from a variable some steps back to a variable now.

use super::marked::unique_names;
use super::{Dag, Graph, GraphKind, Mark};
use crate::CausalError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An edge from `source`, `lag` steps back, to `target` now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaggedEdge {
    /// The earlier variable; at lag 0 the one that was named first.
    pub source: usize,
    /// Steps back in time.
    pub lag: usize,
    /// The later variable.
    pub target: usize,
    /// The mark at the source.
    pub at_source: Mark,
    /// The mark at the target.
    pub at_target: Mark,
}

impl LaggedEdge {
    /// Whether the source causes the target.
    pub fn is_directed(&self) -> bool {
        (self.at_source, self.at_target) == (Mark::Tail, Mark::Arrow)
    }
}

/// A graph that repeats at every step: `x[t − lag] → y[t]`.
///
/// An edge of lag 0 joins two variables of the same step and may be undirected (Runge 2020); it is stored once.
/// An edge of a positive lag cannot point back in time: its mark at the target is never a tail.
///
/// ```
/// use sensorium_causal::graph::LaggedGraph;
/// use sensorium_causal::Mark;
///
/// let mut graph = LaggedGraph::new(["heat", "drift"], 2)?;
/// graph.add(0, 1, 1, Mark::Tail, Mark::Arrow)?;
/// assert!(graph.summary().is_directed(0, 1));
/// # Ok::<(), sensorium_causal::CausalError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaggedGraph {
    names: Vec<String>,
    max_lag: usize,
    /// From (target, lag, source) to the marks at source and target; at lag 0 both orders are one entry.
    edges: BTreeMap<(usize, usize, usize), (Mark, Mark)>,
}

impl LaggedGraph {
    /// A graph without edges over variables that may act up to `max_lag` steps later.
    ///
    /// # Errors
    /// A name that comes twice.
    pub fn new<S: Into<String>>(
        names: impl IntoIterator<Item = S>,
        max_lag: usize,
    ) -> Result<Self, CausalError> {
        Ok(Self { names: unique_names(names)?, max_lag, edges: BTreeMap::new() })
    }

    /// The variables' names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of variables.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no variable.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The largest lag that an edge may have.
    pub fn max_lag(&self) -> usize {
        self.max_lag
    }

    /// Adds the edge from `source`, `lag` steps back, to `target`; replaces one that is there. At lag 0 the edge
    /// between two variables is one, whichever is named first.
    ///
    /// # Errors
    /// [`CausalError::Argument`] for a position or lag out of range, a variable joined to itself in the same step,
    /// an edge of a positive lag with a tail at its target (an effect before its cause).
    pub fn add(
        &mut self,
        source: usize,
        lag: usize,
        target: usize,
        at_source: Mark,
        at_target: Mark,
    ) -> Result<(), CausalError> {
        let wrong = |message: String| Err(CausalError::Argument(message));
        if source.max(target) >= self.len() {
            return wrong(format!("there is no variable {}", source.max(target)));
        }
        if lag > self.max_lag {
            return wrong(format!("the lag {lag} is beyond the largest, {}", self.max_lag));
        }
        if lag == 0 && source == target {
            return wrong(format!("`{}` cannot be joined to itself in the same step", self.names[source]));
        }
        if lag > 0 && at_target == Mark::Tail {
            return wrong(format!(
                "`{}` would be a cause of `{}` {lag} steps earlier",
                self.names[target], self.names[source]
            ));
        }
        if lag == 0 {
            self.edges.remove(&(source, 0, target));
        }
        self.edges.insert((target, lag, source), (at_source, at_target));
        Ok(())
    }

    /// Takes the edge from `source`, `lag` steps back, to `target` away; at lag 0 in either order.
    pub fn remove(&mut self, source: usize, lag: usize, target: usize) {
        self.edges.remove(&(target, lag, source));
        if lag == 0 {
            self.edges.remove(&(source, lag, target));
        }
    }

    /// The marks at source and target of the edge from `source`, `lag` steps back; at lag 0 in either order.
    pub fn marks(&self, source: usize, lag: usize, target: usize) -> Option<(Mark, Mark)> {
        let found = self.edges.get(&(target, lag, source)).copied();
        let turned = || self.edges.get(&(source, 0, target)).map(|&(s, t)| (t, s));
        if lag == 0 { found.or_else(turned) } else { found }
    }

    /// All edges in order of target, lag and source.
    pub fn edges(&self) -> Vec<LaggedEdge> {
        let edge = |(&(target, lag, source), &(at_source, at_target)): (&_, &_)| LaggedEdge {
            source,
            lag,
            target,
            at_source,
            at_target,
        };
        self.edges.iter().map(edge).collect()
    }

    /// Causes of a variable: `(source, lag)` of its directed edges, in order of lag and source.
    pub fn parents(&self, target: usize) -> Vec<(usize, usize)> {
        let mut parents: Vec<(usize, usize)> = self
            .edges()
            .into_iter()
            .filter_map(|e| match (e.is_directed(), e.at_source, e.at_target) {
                (true, _, _) if e.target == target => Some((e.source, e.lag)),
                (_, Mark::Arrow, Mark::Tail) if e.lag == 0 && e.source == target => Some((e.target, 0)),
                _ => None,
            })
            .collect();
        parents.sort_by_key(|&(source, lag)| (lag, source));
        parents
    }

    /// One edge for two variables that are joined at any lag; what a variable does to itself is left out.
    ///
    /// Two variables that cause one another at different lags come out as `a ↔ b`: arrows at both ends. An end that
    /// is an arrow at one lag and a tail at another is an arrow; one that is a circle at one lag and a tail at
    /// another is a circle.
    pub fn summary(&self) -> Graph {
        let n = self.len();
        let mut graph = Graph::from_parts(self.names.clone(), GraphKind::Pag, vec![None; n * n]);
        let stronger = |old: Option<Mark>, new: Mark| match (old, new) {
            (Some(Mark::Arrow), _) | (_, Mark::Arrow) => Mark::Arrow,
            (Some(Mark::Circle), _) | (_, Mark::Circle) => Mark::Circle,
            _ => Mark::Tail,
        };
        for edge in self.edges().into_iter().filter(|e| e.source != e.target) {
            let (s, t) = (edge.source, edge.target);
            let (at_s, at_t) =
                (stronger(graph.mark(t, s), edge.at_source), stronger(graph.mark(s, t), edge.at_target));
            graph.set_edge(s, t, at_s, at_t);
        }
        let two_kinds =
            graph.edges().iter().all(|&(a, b)| graph.is_directed(a, b) || graph.is_undirected(a, b));
        if two_kinds { graph.with_kind(GraphKind::Cpdag) } else { graph }
    }

    /// The graph over `steps` steps in a row; node `step · len + variable` is called `name[t-k]`, the last `name[t]`.
    ///
    /// Edges from before the first step are left out.
    ///
    /// # Errors
    /// [`CausalError::Data`] when an edge is not directed, [`CausalError::Cycle`] for a cycle within a step,
    /// [`CausalError::Argument`] for more nodes than a graph may have.
    pub fn unrolled(&self, steps: usize) -> Result<Dag, CausalError> {
        let n = self.len();
        if n.checked_mul(steps).is_none_or(|nodes| nodes > super::format::MAX_NODES) {
            return Err(CausalError::Argument(format!("{steps} steps of {n} variables are too many nodes")));
        }
        let name = |step: usize, variable: usize| match steps - 1 - step {
            0 => format!("{}[t]", self.names[variable]),
            back => format!("{}[t-{back}]", self.names[variable]),
        };
        let mut edges = Vec::new();
        for edge in self.edges() {
            let (source, target) = match (edge.at_source, edge.at_target) {
                (Mark::Tail, Mark::Arrow) => (edge.source, edge.target),
                (Mark::Arrow, Mark::Tail) => (edge.target, edge.source),
                _ => {
                    return Err(CausalError::Data(format!(
                        "the edge between `{}` and `{}` at lag {} is not directed; direct it first",
                        self.names[edge.source], self.names[edge.target], edge.lag
                    )));
                }
            };
            edges.extend((edge.lag..steps).map(|step| ((step - edge.lag) * n + source, step * n + target)));
        }
        let names = (0..steps).flat_map(|step| (0..n).map(move |variable| name(step, variable)));
        Dag::from_edges(names.collect::<Vec<_>>(), &edges)
    }

    /// JSON text: variables, the largest lag, and edges by name.
    ///
    /// # Errors
    /// None in practice; what the JSON writer says.
    pub fn to_json(&self) -> Result<String, CausalError> {
        let edges = self.edges().into_iter().map(|e| EdgeText {
            source: self.names[e.source].clone(),
            lag: e.lag,
            target: self.names[e.target].clone(),
            at_source: e.at_source,
            at_target: e.at_target,
        });
        let text = GraphText { variables: self.names.clone(), max_lag: self.max_lag, edges: edges.collect() };
        serde_json::to_string_pretty(&text).map_err(|e| CausalError::Data(e.to_string()))
    }

    /// Reads what [`LaggedGraph::to_json`] writes.
    ///
    /// # Errors
    /// [`CausalError::Parse`] with the line, an unknown variable, and as [`LaggedGraph::add`].
    pub fn from_json(text: &str) -> Result<Self, CausalError> {
        let read: GraphText = serde_json::from_str(text).map_err(|e| CausalError::Parse {
            what: "lagged graph JSON".into(),
            line: e.line(),
            message: e.to_string(),
        })?;
        let mut graph = Self::new(read.variables, read.max_lag)?;
        let positions: BTreeMap<String, usize> =
            graph.names.iter().enumerate().map(|(i, n)| (n.clone(), i)).collect();
        let position =
            |name: &str| positions.get(name).copied().ok_or_else(|| CausalError::unknown(name, &graph.names));
        let mut edges = Vec::with_capacity(read.edges.len());
        for edge in &read.edges {
            edges.push((
                position(&edge.source)?,
                edge.lag,
                position(&edge.target)?,
                edge.at_source,
                edge.at_target,
            ));
        }
        for (source, lag, target, at_source, at_target) in edges {
            graph.add(source, lag, target, at_source, at_target)?;
        }
        Ok(graph)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GraphText {
    variables: Vec<String>,
    max_lag: usize,
    edges: Vec<EdgeText>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EdgeText {
    source: String,
    lag: usize,
    target: String,
    at_source: Mark,
    at_target: Mark,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph() -> LaggedGraph {
        let mut graph = LaggedGraph::new(["a", "b", "c"], 2).unwrap();
        graph.add(0, 1, 0, Mark::Tail, Mark::Arrow).unwrap();
        graph.add(0, 2, 1, Mark::Tail, Mark::Arrow).unwrap();
        graph.add(2, 0, 1, Mark::Tail, Mark::Arrow).unwrap();
        graph
    }

    #[test]
    fn an_edge_within_a_step_is_one_in_either_order() {
        let mut graph = graph();
        assert_eq!(graph.marks(1, 0, 2), Some((Mark::Arrow, Mark::Tail)));
        graph.add(1, 0, 2, Mark::Tail, Mark::Tail).unwrap();
        assert_eq!(graph.edges().len(), 3);
        assert_eq!(graph.marks(2, 0, 1), Some((Mark::Tail, Mark::Tail)));
        graph.remove(2, 0, 1);
        assert_eq!(graph.marks(1, 0, 2), None);
    }

    #[test]
    fn an_effect_cannot_come_before_its_cause() {
        let text = graph().add(0, 1, 2, Mark::Arrow, Mark::Tail).unwrap_err().to_string();
        assert_eq!(text, "`c` would be a cause of `a` 1 steps earlier");
        assert!(graph().add(0, 3, 2, Mark::Tail, Mark::Arrow).is_err());
        assert!(graph().add(1, 0, 1, Mark::Tail, Mark::Arrow).is_err());
    }

    #[test]
    fn the_summary_joins_lags_and_leaves_loops_out() {
        let mut graph = graph();
        let summary = graph.summary();
        assert_eq!(summary.edges(), [(0, 1), (2, 1)]);
        assert_eq!(summary.kind(), GraphKind::Cpdag);
        graph.add(1, 1, 0, Mark::Tail, Mark::Arrow).unwrap();
        assert!(graph.summary().is_bidirected(0, 1));
    }

    #[test]
    fn unrolling_repeats_every_edge() {
        let dag = graph().unrolled(3).unwrap();
        assert_eq!(dag.names()[8], "c[t]");
        assert_eq!(dag.names()[0], "a[t-2]");
        assert_eq!(dag.edges(), [(2, 1), (0, 3), (5, 4), (3, 6), (0, 7), (8, 7)]);
        assert_eq!(graph().parents(1), [(2, 0), (0, 2)]);
    }

    #[test]
    fn json_reads_back() {
        let text = graph().to_json().unwrap();
        assert_eq!(LaggedGraph::from_json(&text).unwrap(), graph());
        let unknown = text.replace("\"target\": \"b\"", "\"target\": \"z\"");
        assert!(LaggedGraph::from_json(&unknown).unwrap_err().to_string().contains("`z`"));
    }
}
