//! The stand's causal graph, written out.

use super::faults::Fault;
use super::sensor::Sensor;

/// Nodes and directed edges, cause before effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CausalGraph {
    /// Names: drivers, faults, hidden states, measured streams.
    pub nodes: Vec<String>,
    /// Pairs of positions in `nodes`.
    pub edges: Vec<(usize, usize)>,
}

impl CausalGraph {
    /// Whether `cause` acts on `effect` directly.
    pub fn has_edge(&self, cause: &str, effect: &str) -> bool {
        self.edges.iter().any(|(a, b)| self.nodes[*a] == cause && self.nodes[*b] == effect)
    }

    /// The graph in the DOT language of Graphviz.
    pub fn to_dot(&self) -> String {
        let mut dot = String::from("digraph rig {\n  rankdir=LR;\n");
        for node in &self.nodes {
            let measured = Sensor::ALL.iter().any(|s| s.name() == node);
            let shape = if measured { "box" } else { "ellipse" };
            dot.push_str(&format!("  \"{node}\" [shape={shape}];\n"));
        }
        for (cause, effect) in &self.edges {
            dot.push_str(&format!("  \"{}\" -> \"{}\";\n", self.nodes[*cause], self.nodes[*effect]));
        }
        dot.push_str("}\n");
        dot
    }
}

/// What acts on what in the stand: load and ambient temperature are the roots of normal operation,
/// each fault is a root of its own, and a fault's edges are exactly [`Fault::couples`].
pub fn causal_graph() -> CausalGraph {
    let states = ["load", "ambient", "torque", "speed", "slip", "valve", "losses"];
    let faults = Fault::ALL.iter().map(|f| f.name());
    let sensors = Sensor::ALL.iter().map(|s| s.name());
    let nodes: Vec<String> = states.into_iter().chain(faults).chain(sensors).map(Into::into).collect();
    let normal = [
        ("load", "torque"),
        ("load", "speed"),
        ("load", "valve"),
        ("torque", "slip"),
        ("torque", "current"),
        ("torque", "losses"),
        ("speed", "vibration"),
        ("speed", "acoustic"),
        ("speed", "current"),
        ("speed", "pressure"),
        ("speed", "flow"),
        ("slip", "vibration"),
        ("slip", "acoustic"),
        ("slip", "current"),
        ("torque", "vibration"),
        ("torque", "acoustic"),
        ("valve", "pressure"),
        ("valve", "flow"),
        ("losses", "temperature"),
        ("losses", "thermal"),
        ("ambient", "temperature"),
        ("ambient", "thermal"),
    ];
    let coupled =
        Fault::ALL.iter().flat_map(|fault| fault.couples().iter().map(|s| (fault.name(), s.name())));
    let position = |name: &str| nodes.iter().position(|n| n == name);
    let edges = normal
        .into_iter()
        .chain(coupled)
        .filter_map(|(cause, effect)| Some((position(cause)?, position(effect)?)))
        .collect();
    CausalGraph { nodes, edges }
}
