//! One regression tree on binned features, grown best leaf first.

use super::BoostedTrees;
use super::bins::Binned;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// A binary tree in which node `i` sends a row to `left[i]` when its feature is at most the threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    pub(super) nodes: Vec<Node>,
}

/// A split, or a leaf when `left` is zero (the root is nobody's child).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Node {
    pub(super) feature: u32,
    /// Threshold of a split, value of a leaf.
    pub(super) value: f64,
    pub(super) left: u32,
    pub(super) right: u32,
    pub(super) gain: f64,
}

impl Node {
    fn leaf(value: f64) -> Self {
        Self { feature: 0, value, left: 0, right: 0, gain: 0.0 }
    }
}

impl Tree {
    /// The value of the leaf that a row of `columns[feature][row]` falls into.
    pub(super) fn value(&self, columns: &[&[f64]], row: usize) -> f64 {
        let mut node = &self.nodes[0];
        while node.left != 0 {
            let next = if columns[node.feature as usize][row] <= node.value { node.left } else { node.right };
            node = &self.nodes[next as usize];
        }
        node.value
    }
}

#[derive(Clone, Copy, Default)]
struct Cell {
    gradient: f64,
    curvature: f64,
    rows: u32,
}

impl Cell {
    fn plus(self, other: Self) -> Self {
        Self {
            gradient: self.gradient + other.gradient,
            curvature: self.curvature + other.curvature,
            rows: self.rows + other.rows,
        }
    }

    fn minus(self, other: Self) -> Self {
        Self {
            gradient: self.gradient - other.gradient,
            curvature: self.curvature - other.curvature,
            rows: self.rows - other.rows,
        }
    }
}

struct Split {
    gain: f64,
    feature: usize,
    bin: usize,
}

struct Leaf {
    node: usize,
    depth: usize,
    rows: Vec<u32>,
    cells: Vec<Vec<Cell>>,
    split: Option<Split>,
}

/// Grows a tree down the gradient. Second-order gains and leaf values as in XGBoost (Chen & Guestrin
/// 2016, eqs. 5 and 7); a sibling's histogram is its parent's less its own.
pub(super) fn grow(
    settings: &BoostedTrees,
    binned: &Binned,
    used: &[usize],
    rows: Vec<u32>,
    gradient: &[f64],
    curvature: &[f64],
) -> Tree {
    let histogram = |rows: &[u32]| histograms(binned, used, rows, gradient, curvature);
    let mut tree = Tree { nodes: vec![Node::leaf(0.0)] };
    let cells = histogram(&rows);
    let total = rows.iter().fold(Cell::default(), |sum, &r| {
        sum.plus(Cell { gradient: gradient[r as usize], curvature: curvature[r as usize], rows: 1 })
    });
    tree.nodes[0].value = settings.leaf_value(total);
    let split = settings.best_split(&cells, used, total);
    let mut leaves = vec![Leaf { node: 0, depth: 0, rows, cells, split }];
    let mut count = 1;
    while count < settings.max_leaves {
        let best = (0..leaves.len())
            .filter(|&i| leaves[i].depth < settings.max_depth)
            .filter_map(|i| leaves[i].split.as_ref().map(|s| (i, s.gain)))
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        let Some((position, _)) = best else { break };
        let mut leaf = leaves.swap_remove(position);
        let Some(split) = leaf.split.take() else { break };
        let codes = &binned.codes[split.feature];
        let (left, right): (Vec<u32>, Vec<u32>) =
            leaf.rows.iter().partition(|&&r| usize::from(codes[r as usize]) <= split.bin);
        let (left_node, right_node) = (tree.nodes.len(), tree.nodes.len() + 1);
        tree.nodes[leaf.node] = Node {
            feature: split.feature as u32,
            value: binned.edges[split.feature][split.bin],
            left: left_node as u32,
            right: right_node as u32,
            gain: split.gain,
        };
        let left_smaller = left.len() <= right.len();
        let small = histogram(if left_smaller { &left } else { &right });
        let mut large = leaf.cells;
        for (mine, theirs) in large.iter_mut().zip(&small) {
            mine.iter_mut().zip(theirs).for_each(|(a, b)| *a = a.minus(*b));
        }
        let (left_cells, right_cells) = if left_smaller { (small, large) } else { (large, small) };
        for (node, rows, cells) in [(left_node, left, left_cells), (right_node, right, right_cells)] {
            let total = cells[0].iter().fold(Cell::default(), |sum, c| sum.plus(*c));
            tree.nodes.push(Node::leaf(settings.leaf_value(total)));
            let split = settings.best_split(&cells, used, total);
            leaves.push(Leaf { node, depth: leaf.depth + 1, rows, cells, split });
        }
        count += 1;
    }
    tree
}

fn histograms(
    binned: &Binned,
    used: &[usize],
    rows: &[u32],
    gradient: &[f64],
    curvature: &[f64],
) -> Vec<Vec<Cell>> {
    let one = |&feature: &usize| {
        let codes = &binned.codes[feature];
        let mut cells = vec![Cell::default(); binned.edges[feature].len() + 1];
        for &row in rows {
            let row = row as usize;
            let cell = &mut cells[usize::from(codes[row])];
            cell.gradient += gradient[row];
            cell.curvature += curvature[row];
            cell.rows += 1;
        }
        cells
    };
    // Handing out work costs more than a small histogram.
    if rows.len() * used.len() < 50_000 {
        used.iter().map(one).collect()
    } else {
        used.par_iter().with_min_len(8).map(one).collect()
    }
}

impl BoostedTrees {
    fn leaf_value(&self, total: Cell) -> f64 {
        -self.learning_rate * total.gradient / (total.curvature + self.penalty).max(1e-12)
    }

    fn best_split(&self, cells: &[Vec<Cell>], used: &[usize], total: Cell) -> Option<Split> {
        if (total.rows as usize) < 2 * self.min_leaf_rows {
            return None;
        }
        let worth = |c: Cell| c.gradient * c.gradient / (c.curvature + self.penalty).max(1e-12);
        let mut best: Option<Split> = None;
        for (position, bins) in cells.iter().enumerate() {
            let mut left = Cell::default();
            for (bin, cell) in bins.iter().enumerate().take(bins.len() - 1) {
                left = left.plus(*cell);
                let right = total.minus(left);
                if (left.rows as usize) < self.min_leaf_rows || cell.rows == 0 {
                    continue;
                }
                if (right.rows as usize) < self.min_leaf_rows {
                    break;
                }
                let gain = 0.5 * (worth(left) + worth(right) - worth(total));
                if gain > best.as_ref().map_or(1e-12, |b| b.gain) {
                    best = Some(Split { gain, feature: used[position], bin });
                }
            }
        }
        best
    }
}
