//! The page with a graph and what was found on it.

use sensorium::causal::graph::draw::{DrawOptions, EdgeStyle, NodeStyle};
use sensorium::causal::graph::format::Document;
use sensorium::recipes::report::{GraphPicture, Section};

/// A section with the graph, edges as sure as their notes say.
pub fn section(document: &Document, text: impl Into<String>, marked: &[usize]) -> Section {
    let mut options = DrawOptions { description: "A causal graph".into(), ..DrawOptions::default() };
    for (&edge, note) in &document.notes {
        let style = EdgeStyle { confidence: note.confidence, highlighted: false, title: note.label.clone() };
        options.edges.insert(edge, style);
    }
    for &node in marked {
        options.nodes.insert(node, NodeStyle { highlighted: true, ..NodeStyle::default() });
    }
    let title = "Graph".to_owned();
    Section::Graph(Box::new(GraphPicture {
        title,
        text: text.into(),
        graph: document.graph.clone(),
        options,
    }))
}
