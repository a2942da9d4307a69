//! Graphs as JSON: `{"kind": "cpdag", "nodes": ["a", "b"], "edges": [{"from": "a", "to": "b"}]}`.
//!
//! An edge has a tail at `from` and an arrow at `to` unless `at_from` and `at_to` say otherwise; `confidence`,
//! `weight` and `label` may be there.

use super::document::{Builder, Document, EdgeNote};
use crate::CausalError;
use crate::graph::{GraphKind, Mark};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GraphText {
    #[serde(default)]
    kind: Option<GraphKind>,
    nodes: Vec<String>,
    edges: Vec<EdgeText>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EdgeText {
    from: String,
    to: String,
    #[serde(default = "tail")]
    at_from: Mark,
    #[serde(default = "arrow")]
    at_to: Mark,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confidence: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weight: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

fn tail() -> Mark {
    Mark::Tail
}

fn arrow() -> Mark {
    Mark::Arrow
}

fn parse_error(error: &serde_json::Error) -> CausalError {
    CausalError::Parse { what: "graph JSON".into(), line: error.line(), message: error.to_string() }
}

/// Reads JSON text.
///
/// # Errors
/// [`CausalError::Parse`] with the line for what is not such JSON, [`CausalError::UnknownVariable`] for an edge to a
/// node that is not listed, [`CausalError::Cycle`].
pub fn parse(text: &str) -> Result<Document, CausalError> {
    let read: GraphText = serde_json::from_str(text).map_err(|e| parse_error(&e))?;
    let mut builder = Builder::new("graph JSON");
    for name in &read.nodes {
        builder.new_node(name, 1)?;
    }
    for edge in read.edges {
        let from = (builder.known(&edge.from)?, edge.at_from);
        let to = (builder.known(&edge.to)?, edge.at_to);
        let note = EdgeNote { confidence: edge.confidence, weight: edge.weight, label: edge.label };
        builder.edge(from, to, note, 1)?;
    }
    builder.finish(read.kind)
}

/// JSON text that [`parse`] reads back as the same document, numbers of more than 15 digits to the last of them.
///
/// # Errors
/// None in practice; what the JSON writer says.
pub fn render(document: &Document) -> Result<String, CausalError> {
    let names = document.graph.names();
    let edge = |(a, b, at_from, at_to, note): (usize, usize, Mark, Mark, EdgeNote)| EdgeText {
        from: names[a].clone(),
        to: names[b].clone(),
        at_from,
        at_to,
        confidence: note.confidence,
        weight: note.weight,
        label: note.label,
    };
    let text = GraphText {
        kind: Some(document.graph.kind()),
        nodes: names.to_vec(),
        edges: document.edges().into_iter().map(edge).collect(),
    };
    serde_json::to_string_pretty(&text).map_err(|e| parse_error(&e))
}
