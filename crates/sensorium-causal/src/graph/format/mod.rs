//! Reading and writing graphs as text: [`dot`], [`gml`], [`json`], and the graphs of BIF networks.

mod document;
pub mod dot;
pub mod gml;
pub mod json;
pub(crate) mod lexer;

pub use document::{Document, EdgeNote};

use crate::network::DiscreteNetwork;
use crate::{CausalError, Graph};
use std::path::Path;

/// The most nodes that a reader takes: a [`Graph`] stores every pair of nodes.
pub const MAX_NODES: usize = 10_000;

/// The most edges that a reader takes.
pub const MAX_EDGES: usize = 500_000;

/// The longest text file that is read: 256 MiB.
const MAX_BYTES: u64 = 1 << 28;

/// Reads a graph from a file; `.dot` or `.gv`, `.gml`, `.json` and `.bif` say how.
///
/// # Errors
/// [`CausalError::Io`], [`CausalError::Argument`] for another ending, and as the format's reader with the file's name.
pub fn read(path: &Path) -> Result<Graph, CausalError> {
    read_document(path).map(|document| document.graph)
}

/// As [`read`], with the notes on edges.
///
/// # Errors
/// As [`read`].
pub fn read_document(path: &Path) -> Result<Document, CausalError> {
    let parse = match extension(path).as_str() {
        "dot" | "gv" => dot::parse,
        "gml" => gml::parse,
        "json" => json::parse,
        "bif" => |text: &str| Ok(Document::from(DiscreteNetwork::from_bif(text)?.dag().to_graph())),
        _ => return Err(unknown_ending(path, "dot, gv, gml, json and bif are read")),
    };
    parse(&read_text(path)?).map_err(|e| e.in_file(path))
}

/// Writes a graph to a file; `.dot` or `.gv`, `.gml` and `.json` say how.
///
/// # Errors
/// [`CausalError::Io`], [`CausalError::Argument`] for another ending.
pub fn write(path: &Path, graph: &Graph) -> Result<(), CausalError> {
    write_document(path, &Document::from(graph.clone()))
}

/// As [`write()`], with the notes on edges.
///
/// # Errors
/// As [`write()`].
pub fn write_document(path: &Path, document: &Document) -> Result<(), CausalError> {
    let text = match extension(path).as_str() {
        "dot" | "gv" => dot::render(document),
        "gml" => gml::render(document),
        "json" => json::render(document)?,
        "bif" => return Err(unknown_ending(path, "BIF holds probabilities, not a graph alone")),
        _ => return Err(unknown_ending(path, "dot, gv, gml and json are written")),
    };
    write_text(path, &text)
}

fn extension(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default()
}

fn unknown_ending(path: &Path, known: &str) -> CausalError {
    CausalError::Argument(format!("{}: {known}", path.display()))
}

/// The text of a file.
pub(crate) fn read_text(path: &Path) -> Result<String, CausalError> {
    let io = |source| CausalError::Io { path: path.to_owned(), source };
    let length = std::fs::metadata(path).map_err(io)?.len();
    if length > MAX_BYTES {
        return Err(CausalError::Data(format!(
            "{}: {length} bytes are more than the {MAX_BYTES} that are read",
            path.display()
        )));
    }
    std::fs::read_to_string(path).map_err(io)
}

/// Writes a text file.
pub(crate) fn write_text(path: &Path, text: &str) -> Result<(), CausalError> {
    std::fs::write(path, text).map_err(|source| CausalError::Io { path: path.to_owned(), source })
}
