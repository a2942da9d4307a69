//! The page with a graph and what was found on it.

use sensorium::causal::graph::draw::{DrawOptions, EdgeStyle, NodeStyle};
use sensorium::causal::graph::format::Document;
use sensorium::causal::{CausalError, Graph};
use sensorium::recipes::report::{GraphPicture, Section};
use std::collections::BTreeSet;

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

/// The part of a graph that a page has room for: the given nodes alone, with the edges among them.
///
/// # Errors
/// None for nodes that are there.
pub fn part(graph: &Graph, nodes: &BTreeSet<usize>) -> Result<Graph, CausalError> {
    let kept: Vec<usize> = nodes.iter().copied().collect();
    let mut small = Graph::new(kept.iter().map(|&i| graph.names()[i].clone()), graph.kind())?;
    for (a, &from) in kept.iter().enumerate() {
        for (b, &to) in kept.iter().enumerate().skip(a + 1) {
            if let (Some(at_a), Some(at_b)) = (graph.mark(to, from), graph.mark(from, to)) {
                small.set_edge(a, b, at_a, at_b);
            }
        }
    }
    Ok(small)
}
