//! A graph with what a file says of its edges, and how readers put one together.

use super::{MAX_EDGES, MAX_NODES};
use crate::CausalError;
use crate::graph::{Dag, Graph, GraphKind, Mark};
use std::collections::BTreeMap;

/// What a file says of an edge besides its marks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EdgeNote {
    /// How sure the edge is, 0 to 1: the share of bootstrap samples that have it.
    pub confidence: Option<f64>,
    /// A weight, such as a coefficient.
    pub weight: Option<f64>,
    /// A text beside the edge, such as its evidence.
    pub label: Option<String>,
}

/// A graph and notes on its edges.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The graph.
    pub graph: Graph,
    /// Notes by edge, as [`Graph::edges`] orders its ends; an edge without a note has no entry.
    pub notes: BTreeMap<(usize, usize), EdgeNote>,
}

impl From<Graph> for Document {
    fn from(graph: Graph) -> Self {
        Self { graph, notes: BTreeMap::new() }
    }
}

impl Document {
    /// The edges with their marks and notes: `(from, to, at from, at to, note)`.
    pub(super) fn edges(&self) -> Vec<(usize, usize, Mark, Mark, EdgeNote)> {
        let tail = |mark: Option<Mark>| mark.unwrap_or(Mark::Tail);
        let edge = |(a, b): (usize, usize)| {
            let note = self.notes.get(&(a, b)).cloned().unwrap_or_default();
            (a, b, tail(self.graph.mark(b, a)), tail(self.graph.mark(a, b)), note)
        };
        self.graph.edges().into_iter().map(edge).collect()
    }
}

/// Marks at the lower and the higher position, and a note.
type StoredEdge = (Mark, Mark, EdgeNote);

/// Takes nodes and edges as a reader meets them.
pub(super) struct Builder {
    what: &'static str,
    names: Vec<String>,
    positions: BTreeMap<String, usize>,
    edges: BTreeMap<(usize, usize), StoredEdge>,
}

impl Builder {
    pub(super) fn new(what: &'static str) -> Self {
        Self { what, names: Vec::new(), positions: BTreeMap::new(), edges: BTreeMap::new() }
    }

    fn error(&self, line: usize, message: String) -> CausalError {
        CausalError::Parse { what: self.what.into(), line, message }
    }

    /// The position of a node; a new one when the name is new.
    pub(super) fn node(&mut self, name: &str, line: usize) -> Result<usize, CausalError> {
        if let Some(&position) = self.positions.get(name) {
            return Ok(position);
        }
        if self.names.len() == MAX_NODES {
            return Err(self.error(line, format!("more than {MAX_NODES} nodes")));
        }
        let position = self.names.len();
        self.names.push(name.to_owned());
        self.positions.insert(name.to_owned(), position);
        Ok(position)
    }

    /// The position of a node that must be new.
    pub(super) fn new_node(&mut self, name: &str, line: usize) -> Result<usize, CausalError> {
        if self.positions.contains_key(name) {
            return Err(self.error(line, format!("a second node is called `{name}`")));
        }
        self.node(name, line)
    }

    /// The position of a node that must be there.
    pub(super) fn known(&self, name: &str) -> Result<usize, CausalError> {
        self.positions.get(name).copied().ok_or_else(|| CausalError::unknown(name, &self.names))
    }

    /// An edge; the same one again changes nothing, and turned round it closes a cycle.
    pub(super) fn edge(
        &mut self,
        (from, at_from): (usize, Mark),
        (to, at_to): (usize, Mark),
        note: EdgeNote,
        line: usize,
    ) -> Result<(), CausalError> {
        if from == to {
            return Err(CausalError::Cycle(format!(
                "{0} → {0} ({1}, line {line})",
                self.names[from], self.what
            )));
        }
        let (key, marks) =
            if from < to { ((from, to), (at_from, at_to)) } else { ((to, from), (at_to, at_from)) };
        match self.edges.get(&key) {
            Some(&(low, high, _)) if (low, high) != marks => {
                let message = format!(
                    "a second edge between `{}` and `{}` with other marks; keep one",
                    self.names[from], self.names[to]
                );
                Err(self.error(line, message))
            }
            Some(_) => Ok(()),
            None if self.edges.len() == MAX_EDGES => {
                Err(self.error(line, format!("more than {MAX_EDGES} edges")))
            }
            None => {
                self.edges.insert(key, (marks.0, marks.1, note));
                Ok(())
            }
        }
    }

    /// The graph; without a kind, the narrowest that the marks allow.
    pub(super) fn finish(self, kind: Option<GraphKind>) -> Result<Document, CausalError> {
        let directed: Vec<(usize, usize)> = self
            .edges
            .iter()
            .filter_map(|(&(a, b), (low, high, _))| match (low, high) {
                (Mark::Tail, Mark::Arrow) => Some((a, b)),
                (Mark::Arrow, Mark::Tail) => Some((b, a)),
                _ => None,
            })
            .collect();
        let undirected = self.edges.values().filter(|e| (e.0, e.1) == (Mark::Tail, Mark::Tail)).count();
        let narrowest = if directed.len() == self.edges.len() {
            GraphKind::Dag
        } else if directed.len() + undirected == self.edges.len() {
            GraphKind::Cpdag
        } else {
            GraphKind::Pag
        };
        Dag::from_edges(self.names.clone(), &directed)?;
        let kind = kind.unwrap_or(narrowest);
        let allowed = match kind {
            GraphKind::Dag => narrowest == GraphKind::Dag,
            GraphKind::Cpdag => narrowest != GraphKind::Pag,
            GraphKind::Pag => true,
        };
        if !allowed {
            let message = format!(
                "{}: the graph calls itself {kind:?} and has edges that such a graph cannot have",
                self.what
            );
            return Err(CausalError::Data(message));
        }
        let mut graph = Graph::new(self.names, kind)?;
        let mut notes = BTreeMap::new();
        for ((a, b), (low, high, note)) in self.edges {
            graph.set_edge(a, b, low, high);
            if note != EdgeNote::default() {
                notes.insert(if graph.is_directed(b, a) { (b, a) } else { (a, b) }, note);
            }
        }
        Ok(Document { graph, notes })
    }
}

/// A kind by its name.
pub(super) fn kind_of(text: &str) -> Option<GraphKind> {
    match text {
        "dag" => Some(GraphKind::Dag),
        "cpdag" => Some(GraphKind::Cpdag),
        "pag" => Some(GraphKind::Pag),
        _ => None,
    }
}

/// The name of a kind.
pub(super) fn kind_name(kind: GraphKind) -> &'static str {
    match kind {
        GraphKind::Dag => "dag",
        GraphKind::Cpdag => "cpdag",
        GraphKind::Pag => "pag",
    }
}

/// A mark by its name.
pub(super) fn mark_of(text: &str) -> Option<Mark> {
    match text {
        "tail" => Some(Mark::Tail),
        "arrow" => Some(Mark::Arrow),
        "circle" => Some(Mark::Circle),
        _ => None,
    }
}

/// The name of a mark.
pub(super) fn mark_name(mark: Mark) -> &'static str {
    match mark {
        Mark::Tail => "tail",
        Mark::Arrow => "arrow",
        Mark::Circle => "circle",
    }
}
