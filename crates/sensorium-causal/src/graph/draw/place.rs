//! Coordinates: across the layers each vertex near its neighbours, along them a band for each layer.

use super::order::Layered;

/// Free space between two nodes of a layer, in pixels.
const NODE_GAP: f64 = 14.0;

/// Free space beside a bend.
const BEND_GAP: f64 = 9.0;

/// The least free space between two layers.
const LAYER_GAP: f64 = 48.0;

/// Where everything of one connected part stands: `along` the layers' axis and `across` it.
pub(super) struct Placed {
    /// The middle of each vertex across the layers' axis.
    pub across: Vec<f64>,
    /// Start and end of each layer's band.
    pub bands: Vec<(f64, f64)>,
    /// The layer of each vertex.
    pub layer_of: Vec<usize>,
    /// Length along the axis.
    pub length: f64,
    /// Breadth across it.
    pub breadth: f64,
}

/// Places vertices; `sizes` are the nodes' sizes along and across the axis.
pub(super) fn place(layered: &Layered, sizes: &[(f64, f64)]) -> Placed {
    let count = layered.above.len();
    let size = |v: usize| if v < layered.nodes { sizes[v].1 } else { 0.0 };
    let gap = |v: usize| if v < layered.nodes { NODE_GAP } else { BEND_GAP };
    let apart = |a: usize, b: usize| (size(a) + size(b)) / 2.0 + f64::max(gap(a), gap(b));
    let mut across = vec![0.0; count];
    for layer in &layered.layers {
        for pair in layer.windows(2) {
            across[pair[1]] = across[pair[0]] + apart(pair[0], pair[1]);
        }
    }
    let weight = |a: usize, b: usize| match (a < layered.nodes, b < layered.nodes) {
        (true, true) => 1.0,
        (false, false) => 8.0,
        _ => 2.0,
    };
    let rounds = if count > 4000 { 10 } else { 40 };
    for round in 0..rounds {
        let both = round + 12 >= rounds;
        let depth = layered.layers.len();
        for step in 0..depth {
            let index = if round % 2 == 0 { step } else { depth - 1 - step };
            let layer = &layered.layers[index];
            let wanted: Vec<(f64, f64)> = layer
                .iter()
                .map(|&v| {
                    let up = layered.above[v].iter().filter(|_| both || round % 2 == 0);
                    let down = layered.below[v].iter().filter(|_| both || round % 2 == 1);
                    let (mut sum, mut total) = (0.0, 0.0);
                    for &w in up.chain(down) {
                        sum += weight(v, w) * across[w];
                        total += weight(v, w);
                    }
                    if total > 0.0 { (sum / total, total) } else { (across[v], 0.1) }
                })
                .collect();
            let mut offsets = vec![0.0; layer.len()];
            for i in 1..layer.len() {
                offsets[i] = offsets[i - 1] + apart(layer[i - 1], layer[i]);
            }
            let fitted = ascending_fit(wanted.iter().zip(&offsets).map(|(&(w, t), o)| (w - o, t)));
            layer.iter().zip(fitted.iter().zip(&offsets)).for_each(|(&v, (f, o))| across[v] = f + o);
        }
    }
    let start = (0..count).map(|v| across[v] - size(v) / 2.0).fold(f64::INFINITY, f64::min);
    across.iter_mut().for_each(|a| *a -= start);
    let breadth = (0..count).map(|v| across[v] + size(v) / 2.0).fold(0.0, f64::max);
    let mut layer_of = vec![0; count];
    let mut bands = Vec::with_capacity(layered.layers.len());
    let mut at = 0.0;
    for (index, layer) in layered.layers.iter().enumerate() {
        let thick = layer.iter().filter(|&&v| v < layered.nodes).map(|&v| sizes[v].0).fold(0.0, f64::max);
        layer.iter().for_each(|&v| layer_of[v] = index);
        bands.push((at, at + thick));
        let steepest = layer
            .iter()
            .flat_map(|&v| layered.below[v].iter().map(move |&w| (v, w)))
            .map(|(v, w): (usize, usize)| (across[v] - across[w]).abs())
            .fold(0.0, f64::max);
        at += thick + LAYER_GAP.max((steepest * 0.2).min(110.0));
    }
    let length = bands.last().map_or(0.0, |b| b.1);
    Placed { across, bands, layer_of, length, breadth }
}

/// The ascending sequence with the least weighted squared distance to `wanted`: neighbours out of order are pooled
/// (Ayer et al. 1955).
fn ascending_fit(wanted: impl Iterator<Item = (f64, f64)>) -> Vec<f64> {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (value, weight) in wanted {
        let mut pool = (value, weight, 1);
        while let Some(&(before, heavy, members)) = pools.last()
            && before >= pool.0
        {
            let total = heavy + pool.1;
            pool = ((before * heavy + pool.0 * pool.1) / total, total, members + pool.2);
            pools.pop();
        }
        pools.push(pool);
    }
    pools.into_iter().flat_map(|(value, _, members)| std::iter::repeat_n(value, members)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::layers::LayeredEdge;
    use super::*;

    #[test]
    fn values_out_of_order_are_pooled() {
        let fitted = ascending_fit([(1.0, 1.0), (4.0, 1.0), (2.0, 3.0), (9.0, 1.0)].into_iter());
        assert_eq!(fitted, [1.0, 2.5, 2.5, 9.0]);
    }

    #[test]
    fn nodes_of_a_layer_do_not_overlap() {
        let edges: Vec<LayeredEdge> = (1..6).map(|to| LayeredEdge { from: 0, to }).collect();
        let layered = Layered::new(&[0, 1, 1, 1, 1, 1], &edges);
        let placed = place(&layered, &[(50.0, 20.0); 6]);
        for pair in layered.layers[1].windows(2) {
            assert!(placed.across[pair[1]] - placed.across[pair[0]] >= 20.0 + NODE_GAP - 1e-9);
        }
        assert!((placed.across[0] - placed.breadth / 2.0).abs() < 1e-6);
    }
}
