//! Those that search for a graph: ours, the empty graph, and the peers.

use super::peers;
use crate::RecipeError;
use sensorium_causal::discovery::{Method, SearchOptions, search};
use sensorium_causal::{CausalError, Graph, GraphKind, Knowledge, Table};
use std::time::Instant;

/// The same for all.
pub(super) const ALPHA: f64 = 0.01;

/// Someone who finds graphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Competitor {
    /// One of our methods.
    Ours(Method),
    /// No edge at all.
    Empty,
    /// A method of another library.
    Peer(&'static str),
}

/// What one of them found on a table.
pub(super) struct Answer {
    pub(super) graph: Graph,
    pub(super) seconds: f64,
}

impl Competitor {
    /// Our methods that find classes of DAGs (a PAG of FCI cannot be compared with those).
    pub(super) fn ours(suits: impl Fn(Method) -> bool) -> Vec<Self> {
        Method::ALL.into_iter().filter(|m| *m != Method::Fci && suits(*m)).map(Self::Ours).collect()
    }

    pub(super) fn name(self) -> String {
        match self {
            Self::Ours(method) => method.name().to_owned(),
            Self::Empty => "empty graph".to_owned(),
            Self::Peer(name) => name.to_owned(),
        }
    }

    /// For keys: letters, digits and `_`.
    pub(super) fn key(self) -> String {
        self.name().replace(['-', ' '], "_")
    }

    pub(super) fn is_ours(self) -> bool {
        matches!(self, Self::Ours(_))
    }

    /// The graph as a class; `None` where a method refuses the table, or a peer gives up or runs out of time.
    pub(super) fn search(self, table: &Table, seed: u64) -> Result<Option<Answer>, RecipeError> {
        let began = Instant::now();
        let graph = match self {
            Self::Empty => Graph::new(table.names(), GraphKind::Cpdag)?,
            Self::Ours(method) => {
                let options = SearchOptions { alpha: ALPHA, seed, ..SearchOptions::default() };
                match search(table, &Knowledge::none(), method, &options) {
                    Ok(found) => found.document.graph,
                    Err(CausalError::Data(_)) => return Ok(None),
                    Err(other) => return Err(other.into()),
                }
            }
            Self::Peer(name) => return peers::search(name, table),
        };
        let seconds = began.elapsed().as_secs_f64();
        Ok(Some(Answer { graph: as_class(graph)?, seconds }))
    }
}

/// A DAG becomes the class it belongs to.
pub(super) fn as_class(graph: Graph) -> Result<Graph, RecipeError> {
    match graph.kind() {
        GraphKind::Dag => Ok(graph.consistent_extension()?.cpdag()),
        _ => Ok(graph),
    }
}
