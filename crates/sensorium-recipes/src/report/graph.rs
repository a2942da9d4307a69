//! A causal graph, drawn in layers; the evidence shows when the pointer rests on an edge.

use super::canvas::heading;
use sensorium_causal::Graph;
use sensorium_causal::graph::draw::{DrawOptions, draw};

/// A graph under a heading.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphPicture {
    /// Heading.
    pub title: String,
    /// A sentence below it, empty for none.
    pub text: String,
    /// The graph.
    pub graph: Graph,
    /// Styles of nodes and edges.
    pub options: DrawOptions,
}

impl GraphPicture {
    pub(crate) fn html(&self) -> String {
        let svg = draw(&self.graph, &self.options);
        format!("{}<div class=\"scroll graph\">\n{svg}\n</div>\n", heading(&self.title, &self.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sensorium_causal::Dag;

    #[test]
    fn names_are_escaped_in_the_drawing() {
        let graph = Dag::from_edges(["a<b", "c"], &[(0, 1)]).unwrap().to_graph();
        let picture =
            GraphPicture { title: "T".into(), text: String::new(), graph, options: DrawOptions::default() };
        let html = picture.html();
        assert!(html.contains("a&lt;b") && !html.contains("a<b") && html.contains("<svg"), "{html}");
    }
}
