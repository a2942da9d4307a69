//! Layers for the nodes of a connected graph: every edge goes from a lower layer to a higher one.

use crate::graph::{Graph, Mark};

/// An edge and which way it runs through the layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LayeredEdge {
    /// The end in the lower layer.
    pub from: usize,
    /// The end in the higher layer.
    pub to: usize,
}

/// Nodes in an order that most directed edges follow (all, without a cycle): next comes a node without directed
/// parents left, near those before it if there is one; in a cycle the one with the most edges out.
fn order(graph: &Graph, nodes: &[usize]) -> Vec<usize> {
    let neighbours: Vec<Vec<usize>> = nodes.iter().map(|&a| graph.neighbours(a)).collect();
    let mut left: Vec<usize> = (0..nodes.len()).collect();
    let mut placed = vec![false; graph.len()];
    let mut order = Vec::with_capacity(nodes.len());
    while !left.is_empty() {
        let key = |&i: &usize| {
            let node = nodes[i];
            let open = |&&b: &&usize| !placed[b];
            let parents = neighbours[i].iter().filter(open).filter(|&&b| graph.is_directed(b, node)).count();
            let children = neighbours[i].iter().filter(open).filter(|&&b| graph.is_directed(node, b)).count();
            let near = neighbours[i].iter().any(|&b| placed[b]);
            let cyclic = if parents == 0 { isize::MIN } else { parents as isize - children as isize };
            (parents > 0, cyclic, !near, i)
        };
        let Some(position) = (0..left.len()).min_by_key(|&p| key(&left[p])) else { break };
        let node = nodes[left.remove(position)];
        placed[node] = true;
        order.push(node);
    }
    order
}

/// The layer of each of `nodes` (counted from 0, by their positions in `nodes`) and the edges between them, as such
/// positions, lower layer first.
pub(super) fn layers(graph: &Graph, nodes: &[usize]) -> (Vec<usize>, Vec<LayeredEdge>) {
    let order = order(graph, nodes);
    let mut position = vec![usize::MAX; graph.len()];
    nodes.iter().enumerate().for_each(|(i, &node)| position[node] = i);
    let mut rank = vec![0; nodes.len()];
    order.iter().enumerate().for_each(|(r, &node)| rank[position[node]] = r);
    let mut edges = Vec::new();
    for (i, &a) in nodes.iter().enumerate() {
        for j in graph.neighbours(a).into_iter().map(|b| position[b]).filter(|&j| j != usize::MAX) {
            if rank[i] < rank[j] {
                edges.push(LayeredEdge { from: i, to: j });
            }
        }
    }
    let (mut above, mut below) = (vec![Vec::new(); nodes.len()], vec![Vec::new(); nodes.len()]);
    for edge in &edges {
        below[edge.from].push(edge.to);
        above[edge.to].push(edge.from);
    }
    let mut layer = vec![0usize; nodes.len()];
    let ranked: Vec<usize> = order.iter().map(|&node| position[node]).collect();
    for &i in &ranked {
        layer[i] = above[i].iter().map(|&a| layer[a] + 1).max().unwrap_or(0);
    }
    // Move nodes towards their effects where that shortens more edges than it lengthens.
    for _ in 0..3 {
        for &i in ranked.iter().rev() {
            if below[i].len() > above[i].len()
                && let Some(lowest) = below[i].iter().map(|&b| layer[b]).min()
            {
                layer[i] = lowest - 1;
            }
        }
    }
    let first = layer.iter().copied().min().unwrap_or(0);
    layer.iter_mut().for_each(|l| *l -= first);
    (layer, edges)
}

/// The marks at both ends of an edge that is there.
pub(super) fn marks(graph: &Graph, a: usize, b: usize) -> (Mark, Mark) {
    (graph.mark(b, a).unwrap_or(Mark::Tail), graph.mark(a, b).unwrap_or(Mark::Tail))
}
