//! The order of nodes within layers, with few crossings: barycentres and swaps of neighbours (Sugiyama et al. 1981).

use super::layers::LayeredEdge;

/// A graph whose edges join successive layers: longer ones run over bends, one in each layer between.
pub(super) struct Layered {
    /// Vertices of each layer in order; those below `nodes` are nodes, the others bends.
    pub layers: Vec<Vec<usize>>,
    /// Number of nodes.
    pub nodes: usize,
    /// Neighbours of each vertex in the layer before.
    pub above: Vec<Vec<usize>>,
    /// Neighbours of each vertex in the layer after.
    pub below: Vec<Vec<usize>>,
    /// The vertices along each edge, ends included.
    pub chains: Vec<Vec<usize>>,
}

impl Layered {
    /// Puts bends into edges that pass over layers.
    pub fn new(layer_of: &[usize], edges: &[LayeredEdge]) -> Self {
        let nodes = layer_of.len();
        let depth = layer_of.iter().copied().max().map_or(0, |l| l + 1);
        let mut layers = vec![Vec::new(); depth];
        layer_of.iter().enumerate().for_each(|(node, &l)| layers[l].push(node));
        let (mut above, mut below) = (vec![Vec::new(); nodes], vec![Vec::new(); nodes]);
        let mut chains = Vec::with_capacity(edges.len());
        for edge in edges {
            let mut chain = vec![edge.from];
            for layer in &mut layers[layer_of[edge.from] + 1..layer_of[edge.to]] {
                let bend = above.len();
                above.push(Vec::new());
                below.push(Vec::new());
                layer.push(bend);
                chain.push(bend);
            }
            chain.push(edge.to);
            for pair in chain.windows(2) {
                below[pair[0]].push(pair[1]);
                above[pair[1]].push(pair[0]);
            }
            chains.push(chain);
        }
        Self { layers, nodes, above, below, chains }
    }

    /// Orders every layer so that few edges cross.
    pub fn reduce_crossings(&mut self) {
        let sweeps = if self.above.len() > 4000 { 6 } else { 24 };
        let mut best = self.layers.clone();
        let mut fewest = self.crossings();
        let mut place = vec![0.0; self.above.len()];
        for sweep in 0..sweeps {
            if fewest == 0 {
                break;
            }
            let down = sweep % 2 == 0;
            let depth = self.layers.len();
            for step in 1..depth {
                let layer = if down { step } else { depth - 1 - step };
                let fixed = if down { layer - 1 } else { layer + 1 };
                self.layers[fixed].iter().enumerate().for_each(|(i, &v)| place[v] = i as f64);
                let near = if down { &self.above } else { &self.below };
                let mut keyed: Vec<(f64, usize)> = Vec::with_capacity(self.layers[layer].len());
                for (i, &v) in self.layers[layer].iter().enumerate() {
                    let count = near[v].len() as f64;
                    let mean = near[v].iter().map(|&w| place[w]).sum::<f64>() / count;
                    keyed.push((if count > 0.0 { mean } else { i as f64 }, v));
                }
                // Equal places change order in every second pair of sweeps, to leave a local minimum.
                if sweep % 4 >= 2 {
                    keyed.reverse();
                }
                keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
                self.layers[layer] = keyed.into_iter().map(|(_, v)| v).collect();
            }
            self.swap_neighbours();
            let crossings = self.crossings();
            if crossings < fewest {
                fewest = crossings;
                best.clone_from(&self.layers);
            }
        }
        self.layers = best;
    }

    /// Swaps vertices that stand side by side as long as that takes crossings away.
    fn swap_neighbours(&mut self) {
        let mut place = self.places();
        for _ in 0..4 {
            let mut improved = false;
            for layer in &mut self.layers {
                for i in 1..layer.len() {
                    let (a, b) = (layer[i - 1], layer[i]);
                    let crossed = |a: usize, b: usize| {
                        crossings_of(&self.above[a], &self.above[b], &place)
                            + crossings_of(&self.below[a], &self.below[b], &place)
                    };
                    if crossed(b, a) < crossed(a, b) {
                        layer.swap(i - 1, i);
                        (place[a], place[b]) = (place[b], place[a]);
                        improved = true;
                    }
                }
            }
            if !improved {
                return;
            }
        }
    }

    /// The place of each vertex in its layer.
    fn places(&self) -> Vec<usize> {
        let mut place = vec![0; self.above.len()];
        for layer in &self.layers {
            layer.iter().enumerate().for_each(|(i, &v)| place[v] = i);
        }
        place
    }

    /// How many pairs of edges cross.
    pub fn crossings(&self) -> usize {
        let place = self.places();
        let mut count = 0;
        for (index, layer) in self.layers.iter().enumerate().skip(1) {
            // Lower ends in order of the upper ones: a crossing is a pair out of order.
            let width = layer.len();
            let mut tree = vec![0usize; width + 1];
            let mut seen = 0;
            for &upper in &self.layers[index - 1] {
                let mut ends: Vec<usize> = self.below[upper].iter().map(|&v| place[v]).collect();
                ends.sort_unstable();
                for &end in &ends {
                    let (mut i, mut before) = (end + 1, 0);
                    while i > 0 {
                        before += tree[i];
                        i &= i - 1;
                    }
                    count += seen - before;
                }
                for end in ends {
                    let mut i = end + 1;
                    while i <= width {
                        tree[i] += 1;
                        i += i & i.wrapping_neg();
                    }
                    seen += 1;
                }
            }
        }
        count
    }
}

/// Crossings between the edges of two vertices side by side, the first on the left.
fn crossings_of(left: &[usize], right: &[usize], place: &[usize]) -> usize {
    left.iter().map(|&a| right.iter().filter(|&&b| place[b] < place[a]).count()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(pairs: &[(usize, usize)]) -> Vec<LayeredEdge> {
        pairs.iter().map(|&(from, to)| LayeredEdge { from, to }).collect()
    }

    #[test]
    fn long_edges_have_a_bend_in_each_layer_between() {
        let layered = Layered::new(&[0, 1, 3], &edges(&[(0, 1), (1, 2), (0, 2)]));
        assert_eq!(layered.chains[2], [0, 4, 5, 2]);
        assert_eq!(layered.layers, [vec![0], vec![1, 4], vec![3, 5], vec![2]]);
    }

    #[test]
    fn crossings_are_counted_and_taken_away() {
        let mut layered = Layered::new(&[0, 0, 0, 1, 1, 1], &edges(&[(0, 5), (1, 4), (2, 3), (0, 4)]));
        assert_eq!(layered.crossings(), 4);
        layered.reduce_crossings();
        assert_eq!(layered.crossings(), 0);
    }
}
