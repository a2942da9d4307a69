//! It needs arguments, so it is not run by the tests.
//!
//! Draws a graph file as SVG: `cargo run --release -p sensorium-causal --example draw_graph -- graph.gml > graph.svg`.

use sensorium_causal::CausalError;
use sensorium_causal::graph::draw::{DrawOptions, EdgeStyle, draw};
use sensorium_causal::graph::format;
use std::path::PathBuf;

fn main() -> Result<(), CausalError> {
    let Some(path) = std::env::args_os().nth(1).map(PathBuf::from) else {
        return Err(CausalError::Argument("name a .dot, .gml, .json or .bif file".into()));
    };
    let document = format::read_document(&path)?;
    let mut options = DrawOptions { description: path.display().to_string(), ..DrawOptions::default() };
    for (edge, note) in document.notes {
        let style = EdgeStyle { confidence: note.confidence, title: note.label, ..EdgeStyle::default() };
        options.edges.insert(edge, style);
    }
    print!("{}", draw(&document.graph, &options));
    Ok(())
}
