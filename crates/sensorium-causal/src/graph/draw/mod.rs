//! Drawings of graphs as SVG: causes on one side, effects on the other.
//!
//! Each connected part is drawn in layers (Sugiyama, Tagawa and Toda 1981); nodes without edges stand in a grid. The
//! curves of edges stay between the layers or in a lane of their own, and so run through no node.
//!
//! ```
//! use sensorium_causal::graph::draw::{DrawOptions, draw};
//! use sensorium_causal::Dag;
//!
//! let dag = Dag::from_edges(["dose", "width", "yield"], &[(0, 1), (1, 2)])?;
//! assert!(draw(&dag.to_graph(), &DrawOptions::default()).starts_with("<svg"));
//! # Ok::<(), sensorium_causal::CausalError>(())
//! ```

mod layers;
mod order;
mod place;
mod svg;

use super::Graph;
use order::Layered;
use std::collections::BTreeMap;

/// Which way edges run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// From left to right: compact for long names.
    #[default]
    Right,
    /// From top to bottom.
    Down,
}

/// How a node looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeStyle {
    /// Drawn in the colour of emphasis.
    pub highlighted: bool,
    /// Drawn pale.
    pub muted: bool,
    /// A second, smaller line in the node.
    pub note: Option<String>,
    /// Shown when the pointer rests on the node; its name when not given.
    pub title: Option<String>,
}

/// How an edge looks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EdgeStyle {
    /// How sure the edge is, 0 to 1: wider and darker when surer. Fully drawn when not given.
    pub confidence: Option<f64>,
    /// Drawn in the colour of emphasis.
    pub highlighted: bool,
    /// The evidence, shown when the pointer rests on the edge, under the ends and the confidence.
    pub title: Option<String>,
}

/// How a graph is drawn.
///
/// Colours come from the page's custom properties `--graph-text`, `--graph-edge`, `--graph-node`, `--graph-border` and
/// `--graph-emphasis`; without them from the text colour around the drawing, so that a dark page has a light drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawOptions {
    /// Which way edges run.
    pub direction: Direction,
    /// Size of the nodes' names in pixels.
    pub font_size: f64,
    /// Names longer than this many characters are cut; the whole stands in the title.
    pub longest_name: usize,
    /// Styles of nodes that are not plain.
    pub nodes: BTreeMap<usize, NodeStyle>,
    /// Styles of edges that are not plain, in either order of the ends.
    pub edges: BTreeMap<(usize, usize), EdgeStyle>,
    /// What the drawing shows, for readers who do not see it.
    pub description: String,
}

impl Default for DrawOptions {
    fn default() -> Self {
        Self {
            direction: Direction::Right,
            font_size: 13.0,
            longest_name: 28,
            nodes: BTreeMap::new(),
            edges: BTreeMap::new(),
            description: "causal graph".into(),
        }
    }
}

/// Free space around parts and at the rim, in pixels.
const MARGIN: f64 = 24.0;

/// Free space between nodes without edges.
const GRID_GAP: f64 = 12.0;

/// A node's box: centre and size in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct NodeBox {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// The way of an edge: straight stretches through bands, joined by curves between them.
#[derive(Clone, Debug, Default, PartialEq)]
struct Route {
    from: usize,
    to: usize,
    points: Vec<(f64, f64)>,
}

/// Where everything stands.
#[derive(Debug, Default)]
struct Drawing {
    boxes: Vec<NodeBox>,
    routes: Vec<Route>,
    width: f64,
    height: f64,
}

/// An SVG element that shows the graph, to be written into a page or a file.
///
/// Arrows, circles and tails stand at the ends of edges as the graph has them; edges with two arrows are dashed.
/// Meant for up to a few hundred nodes.
pub fn draw(graph: &Graph, options: &DrawOptions) -> String {
    svg::render(graph, options, &arrange(graph, options))
}

fn arrange(graph: &Graph, options: &DrawOptions) -> Drawing {
    let sizes: Vec<(f64, f64)> =
        (0..graph.len()).map(|node| svg::node_size(&graph.names()[node], options, node)).collect();
    let mut drawing = Drawing { boxes: vec![NodeBox::default(); graph.len()], ..Drawing::default() };
    let (parts, alone) = parts(graph);
    let mut pieces: Vec<Piece> =
        parts.iter().map(|nodes| Piece::new(graph, nodes, &sizes, options.direction)).collect();
    pieces.sort_by(|a, b| b.area().total_cmp(&a.area()));
    let total: f64 = pieces.iter().map(Piece::area).sum();
    let widest = pieces.iter().map(|p| p.width).fold(0.0, f64::max);
    let target = widest.max((total * 1.7).sqrt()).max(600.0);
    let (mut x, mut y, mut row) = (MARGIN, MARGIN, 0.0f64);
    for piece in pieces {
        if x > MARGIN && x + piece.width > MARGIN + target {
            (x, y, row) = (MARGIN, y + row + MARGIN, 0.0);
        }
        drawing.width = drawing.width.max(x + piece.width + MARGIN);
        row = row.max(piece.height);
        let (dx, advance) = (x, piece.width + 2.0 * MARGIN);
        for (node, mut place) in piece.boxes {
            place.x += dx;
            place.y += y;
            drawing.boxes[node] = place;
        }
        for mut route in piece.routes {
            route.points.iter_mut().for_each(|p| *p = (p.0 + dx, p.1 + y));
            drawing.routes.push(route);
        }
        x += advance;
    }
    let below = if row > 0.0 { y + row + MARGIN } else { y };
    place_alone(&mut drawing, &alone, &sizes, target, below);
    drawing
}

/// Puts nodes without edges into columns of equal width.
fn place_alone(drawing: &mut Drawing, alone: &[usize], sizes: &[(f64, f64)], target: f64, top: f64) {
    let cell = alone.iter().map(|&n| sizes[n].0).fold(0.0, f64::max);
    let tall = alone.iter().map(|&n| sizes[n].1).fold(0.0, f64::max);
    let columns = (((target + GRID_GAP) / (cell + GRID_GAP)) as usize).max(1);
    for (i, &node) in alone.iter().enumerate() {
        let (column, row) = ((i % columns) as f64, (i / columns) as f64);
        let (width, height) = sizes[node];
        let x = MARGIN + column * (cell + GRID_GAP) + cell / 2.0;
        let y = top + row * (tall + GRID_GAP) + tall / 2.0;
        drawing.boxes[node] = NodeBox { x, y, width, height };
        drawing.width = drawing.width.max(x + cell / 2.0 + MARGIN);
    }
    let rows = alone.len().div_ceil(columns) as f64;
    let grid = if alone.is_empty() { 0.0 } else { rows * (tall + GRID_GAP) - GRID_GAP + MARGIN };
    drawing.height = (top + grid).max(2.0 * MARGIN);
    drawing.width = drawing.width.max(2.0 * MARGIN);
}

/// Connected parts with more than one node, and the nodes without edges.
fn parts(graph: &Graph) -> (Vec<Vec<usize>>, Vec<usize>) {
    let mut seen = vec![false; graph.len()];
    let (mut parts, mut alone) = (Vec::new(), Vec::new());
    for start in 0..graph.len() {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let mut part = vec![start];
        let mut next = 0;
        while next < part.len() {
            for b in graph.neighbours(part[next]) {
                if !std::mem::replace(&mut seen[b], true) {
                    part.push(b);
                }
            }
            next += 1;
        }
        part.sort_unstable();
        if part.len() > 1 { parts.push(part) } else { alone.push(start) }
    }
    (parts, alone)
}

/// One connected part, from its own origin.
struct Piece {
    boxes: Vec<(usize, NodeBox)>,
    routes: Vec<Route>,
    width: f64,
    height: f64,
}

impl Piece {
    fn area(&self) -> f64 {
        (self.width + MARGIN) * (self.height + MARGIN)
    }

    fn new(graph: &Graph, nodes: &[usize], sizes: &[(f64, f64)], direction: Direction) -> Self {
        let (layer_of, edges) = layers::layers(graph, nodes);
        let mut layered = Layered::new(&layer_of, &edges);
        layered.reduce_crossings();
        let right = direction == Direction::Right;
        let turned = |(along, across): (f64, f64)| if right { (along, across) } else { (across, along) };
        let own: Vec<(f64, f64)> = nodes.iter().map(|&n| turned(sizes[n])).collect();
        let placed = place::place(&layered, &own);
        let middle = |v: usize| {
            let (start, end) = placed.bands[placed.layer_of[v]];
            (start + end) / 2.0
        };
        let boxes = nodes.iter().enumerate().map(|(i, &node)| {
            let (x, y) = turned((middle(i), placed.across[i]));
            (node, NodeBox { x, y, width: sizes[node].0, height: sizes[node].1 })
        });
        let ports = Ports::new(&layered, &placed.across, &own);
        let routes = layered.chains.iter().enumerate().map(|(index, chain)| {
            let mut points = Vec::with_capacity(2 * chain.len());
            for (step, &v) in chain.iter().enumerate() {
                let (start, end) = placed.bands[placed.layer_of[v]];
                let half = if v < layered.nodes { own[v].0 / 2.0 } else { 0.0 };
                if step == 0 {
                    let across = placed.across[v] + ports.out[index];
                    points.extend([(middle(v) + half, across), (end, across)]);
                } else if step + 1 == chain.len() {
                    let across = placed.across[v] + ports.into[index];
                    points.extend([(start, across), (middle(v) - half, across)]);
                } else {
                    points.extend([(start, placed.across[v]), (end, placed.across[v])]);
                }
            }
            let ends = (nodes[chain[0]], nodes[chain[chain.len() - 1]]);
            Route { from: ends.0, to: ends.1, points: points.into_iter().map(turned).collect() }
        });
        let (boxes, routes) = (boxes.collect(), routes.collect());
        let (width, height) = turned((placed.length, placed.breadth));
        Self { boxes, routes, width, height }
    }
}

/// Where on its ends' sides each edge starts and arrives: spread out in the order of the other ends.
struct Ports {
    out: Vec<f64>,
    into: Vec<f64>,
}

impl Ports {
    fn new(layered: &Layered, across: &[f64], sizes: &[(f64, f64)]) -> Self {
        let mut ports = Self { out: vec![0.0; layered.chains.len()], into: vec![0.0; layered.chains.len()] };
        let (mut leaving, mut arriving) = (vec![Vec::new(); layered.nodes], vec![Vec::new(); layered.nodes]);
        for (index, chain) in layered.chains.iter().enumerate() {
            let last = chain.len() - 1;
            leaving[chain[0]].push((across[chain[1]], index));
            arriving[chain[last]].push((across[chain[last - 1]], index));
        }
        for (lists, offsets) in [(leaving, &mut ports.out), (arriving, &mut ports.into)] {
            for (node, mut list) in lists.into_iter().enumerate() {
                list.sort_by(|a, b| a.0.total_cmp(&b.0));
                let room = (sizes[node].1 - 10.0).max(0.0);
                let step = (room / list.len().max(2).saturating_sub(1) as f64).min(8.0);
                let first = -step * (list.len().saturating_sub(1)) as f64 / 2.0;
                for (i, (_, index)) in list.into_iter().enumerate() {
                    offsets[index] = first + step * i as f64;
                }
            }
        }
        ports
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::GraphKind;
    use crate::{Dag, Mark};
    use proptest::prelude::*;

    fn some_graph(n: usize, marks: &[u8]) -> Graph {
        let mut graph = Graph::new((0..n).map(|i| format!("variable {i}")), GraphKind::Pag).unwrap();
        let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
        let mark = |m: u8| [Mark::Tail, Mark::Arrow, Mark::Circle][usize::from(m % 3)];
        for ((a, b), &m) in pairs.zip(marks).filter(|(_, m)| **m < 9) {
            graph.set_edge(a, b, mark(m), mark(m / 3));
        }
        graph
    }

    /// Points along a route: its stretches and the curves between them.
    fn sampled(route: &Route) -> Vec<(f64, f64)> {
        let mut all = Vec::new();
        for (i, pair) in route.points.windows(2).enumerate() {
            for step in 0..=20 {
                let t = f64::from(step) / 20.0;
                let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
                if i % 2 == 0 {
                    all.push((x0 + t * (x1 - x0), y0 + t * (y1 - y0)));
                } else {
                    // A cubic with level ends: control points half way along.
                    let u = 1.0 - t;
                    let middle = (x0 + x1) / 2.0;
                    let x = u * u * u * x0 + 3.0 * u * t * middle + t * t * t * x1;
                    let y = (u * u * u + 3.0 * u * u * t) * y0 + (3.0 * u * t * t + t * t * t) * y1;
                    all.push((x, y));
                }
            }
        }
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn nodes_do_not_overlap_and_edges_run_through_none(
            n in 1..14usize, marks in proptest::collection::vec(0..40u8, 91)
        ) {
            let graph = some_graph(n, &marks);
            let drawing = arrange(&graph, &DrawOptions::default());
            prop_assert_eq!(drawing.routes.len(), graph.edge_count());
            for (i, a) in drawing.boxes.iter().enumerate() {
                prop_assert!(a.x - a.width / 2.0 > 0.0 && a.x + a.width / 2.0 < drawing.width);
                prop_assert!(a.y - a.height / 2.0 > 0.0 && a.y + a.height / 2.0 < drawing.height);
                for b in &drawing.boxes[..i] {
                    let apart = (a.x - b.x).abs() >= (a.width + b.width) / 2.0
                        || (a.y - b.y).abs() >= (a.height + b.height) / 2.0;
                    prop_assert!(apart);
                }
            }
            for route in &drawing.routes {
                for (x, y) in sampled(route) {
                    for (i, place) in drawing.boxes.iter().enumerate() {
                        let inside = (x - place.x).abs() < place.width / 2.0 - 0.5
                            && (y - place.y).abs() < place.height / 2.0 - 0.5;
                        prop_assert!(!inside, "{} → {} runs through {}", route.from, route.to, i);
                    }
                }
            }
        }
    }

    #[test]
    fn causes_stand_left_of_their_effects() {
        let dag = Dag::from_edges(["a", "b", "c", "d"], &[(3, 0), (0, 2), (3, 1)]).unwrap();
        let drawing = arrange(&dag.to_graph(), &DrawOptions::default());
        for (cause, effect) in dag.edges() {
            assert!(drawing.boxes[cause].x < drawing.boxes[effect].x);
        }
        let down = DrawOptions { direction: Direction::Down, ..DrawOptions::default() };
        let drawing = arrange(&dag.to_graph(), &down);
        for (cause, effect) in dag.edges() {
            assert!(drawing.boxes[cause].y < drawing.boxes[effect].y);
        }
    }

    #[test]
    fn a_cycle_and_an_empty_graph_are_drawn_too() {
        let mut graph = Graph::new(["a", "b", "c"], GraphKind::Cpdag).unwrap();
        [(0, 1), (1, 2), (2, 0)].iter().for_each(|&(a, b)| graph.direct(a, b));
        assert_eq!(draw(&graph, &DrawOptions::default()).matches("<g class=\"causal-edge").count(), 3);
        let empty = Graph::new(Vec::<String>::new(), GraphKind::Dag).unwrap();
        assert!(draw(&empty, &DrawOptions::default()).ends_with("</svg>\n"));
    }
}
