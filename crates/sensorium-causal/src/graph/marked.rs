//! Graphs whose edges carry a mark at each end.

use crate::CausalError;
use serde::{Deserialize, Serialize};

/// What stands at one end of an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// `-`: this end is a cause (an ancestor).
    Tail,
    /// `>`: this end is no cause of the other.
    Arrow,
    /// `o`: not known (in a PAG only).
    Circle,
}

/// How the marks of a [`Graph`] are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GraphKind {
    /// Every edge is directed, none makes a cycle.
    Dag,
    /// A class of Markov-equivalent DAGs (or a part of one, where knowledge was added): directed and undirected edges.
    Cpdag,
    /// A class of ancestral graphs with latent confounders: tails, arrows and circles.
    Pag,
}

/// A simple graph: at most one edge between two nodes, with a mark at each end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    names: Vec<String>,
    kind: GraphKind,
    /// `marks[a * n + b]` is the mark at `b` of the edge between `a` and `b`.
    marks: Vec<Option<Mark>>,
}

impl Graph {
    /// A graph without edges.
    ///
    /// # Errors
    /// A name that comes twice.
    pub fn new<S: Into<String>>(
        names: impl IntoIterator<Item = S>,
        kind: GraphKind,
    ) -> Result<Self, CausalError> {
        let names = unique_names(names)?;
        let marks = vec![None; names.len() * names.len()];
        Ok(Self { names, kind, marks })
    }

    /// A graph with an edge between any two nodes, `mark` at every end.
    ///
    /// # Errors
    /// A name that comes twice.
    pub fn complete<S: Into<String>>(
        names: impl IntoIterator<Item = S>,
        kind: GraphKind,
        mark: Mark,
    ) -> Result<Self, CausalError> {
        let mut graph = Self::new(names, kind)?;
        let n = graph.len();
        for a in 0..n {
            for b in (0..n).filter(|&b| b != a) {
                graph.marks[a * n + b] = Some(mark);
            }
        }
        Ok(graph)
    }

    pub(super) fn from_parts(names: Vec<String>, kind: GraphKind, marks: Vec<Option<Mark>>) -> Self {
        Self { names, kind, marks }
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The nodes' names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How the marks are to be read.
    pub fn kind(&self) -> GraphKind {
        self.kind
    }

    /// The same edges, read in another way.
    pub fn with_kind(mut self, kind: GraphKind) -> Self {
        self.kind = kind;
        self
    }

    /// The position of a node.
    ///
    /// # Errors
    /// [`CausalError::UnknownVariable`].
    pub fn index_of(&self, name: &str) -> Result<usize, CausalError> {
        let position = self.names.iter().position(|n| n == name);
        position.ok_or_else(|| CausalError::unknown(name, &self.names))
    }

    /// The mark at `b` of the edge between `a` and `b`; `None` where there is no edge.
    pub fn mark(&self, a: usize, b: usize) -> Option<Mark> {
        self.marks[a * self.len() + b]
    }

    /// Puts an edge between `a` and `b`, with `at_a` at `a` and `at_b` at `b`; replaces one that is there.
    ///
    /// # Panics
    /// When `a` is `b`.
    pub fn set_edge(&mut self, a: usize, b: usize, at_a: Mark, at_b: Mark) {
        assert_ne!(a, b, "an edge joins two nodes");
        let n = self.len();
        self.marks[a * n + b] = Some(at_b);
        self.marks[b * n + a] = Some(at_a);
    }

    /// `a → b`, replacing what is there.
    pub fn direct(&mut self, a: usize, b: usize) {
        self.set_edge(a, b, Mark::Tail, Mark::Arrow);
    }

    /// `a – b`, replacing what is there.
    pub fn undirect(&mut self, a: usize, b: usize) {
        self.set_edge(a, b, Mark::Tail, Mark::Tail);
    }

    /// Sets the mark at `b` alone, of an edge that is there.
    pub fn set_mark(&mut self, a: usize, b: usize, mark: Mark) {
        let n = self.len();
        if self.marks[a * n + b].is_some() {
            self.marks[a * n + b] = Some(mark);
        }
    }

    /// Takes the edge between `a` and `b` away.
    pub fn remove_edge(&mut self, a: usize, b: usize) {
        let n = self.len();
        self.marks[a * n + b] = None;
        self.marks[b * n + a] = None;
    }

    /// Whether there is an edge between `a` and `b`, whatever its marks.
    pub fn adjacent(&self, a: usize, b: usize) -> bool {
        self.mark(a, b).is_some()
    }

    /// Whether `a → b`.
    pub fn is_directed(&self, a: usize, b: usize) -> bool {
        self.mark(a, b) == Some(Mark::Arrow) && self.mark(b, a) == Some(Mark::Tail)
    }

    /// Whether `a – b`.
    pub fn is_undirected(&self, a: usize, b: usize) -> bool {
        self.mark(a, b) == Some(Mark::Tail) && self.mark(b, a) == Some(Mark::Tail)
    }

    /// Whether `a ↔ b`.
    pub fn is_bidirected(&self, a: usize, b: usize) -> bool {
        self.mark(a, b) == Some(Mark::Arrow) && self.mark(b, a) == Some(Mark::Arrow)
    }

    /// Nodes with an edge to `a`, in order.
    pub fn neighbours(&self, a: usize) -> Vec<usize> {
        (0..self.len()).filter(|&b| self.adjacent(a, b)).collect()
    }

    /// Nodes `p` with `p → a`, in order.
    pub fn parents(&self, a: usize) -> Vec<usize> {
        (0..self.len()).filter(|&b| self.is_directed(b, a)).collect()
    }

    /// Edges as pairs `(a, b)`: cause first where directed, the lower position first where not.
    pub fn edges(&self) -> Vec<(usize, usize)> {
        let n = self.len();
        let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
        pairs
            .filter(|&(a, b)| self.adjacent(a, b))
            .map(|(a, b)| if self.is_directed(b, a) { (b, a) } else { (a, b) })
            .collect()
    }

    /// Number of edges.
    pub fn edge_count(&self) -> usize {
        self.marks.iter().filter(|m| m.is_some()).count() / 2
    }
}

pub(super) fn unique_names<S: Into<String>>(
    names: impl IntoIterator<Item = S>,
) -> Result<Vec<String>, CausalError> {
    let names: Vec<String> = names.into_iter().map(Into::into).collect();
    let mut seen = std::collections::BTreeSet::new();
    match names.iter().find(|n| !seen.insert(n.as_str())) {
        Some(twice) => Err(CausalError::Argument(format!("two nodes are called `{twice}`"))),
        None => Ok(names),
    }
}
