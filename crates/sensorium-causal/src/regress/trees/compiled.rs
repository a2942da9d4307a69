//! Trees in a form that predicts many rows fast.
//!
//! As in QuickScorer (Lucchese et al. 2015): the leaves of a tree are bits, from left to right, and a split
//! that sends a row right clears the bits of its left side; the lowest bit left is the row's leaf. What all
//! splits on one feature clear depends only on which of the ensemble's thresholds its value exceeds, so
//! it is looked up: one load a feature instead of a walk of unpredictable branches.

use super::grow::Tree;

/// An ensemble with its lookups.
pub(super) struct Compiled {
    /// `thresholds[feature]`, ascending.
    thresholds: Vec<Vec<f64>>,
    trees: Vec<Lookup>,
}

struct Lookup {
    /// A feature, and the leaves left for each number of its thresholds exceeded.
    masks: Vec<(usize, Vec<u64>)>,
    leaves: Vec<f64>,
}

impl Compiled {
    /// `None` when a tree has more leaves than a word has bits.
    pub(super) fn new<'a>(trees: impl Iterator<Item = &'a Tree> + Clone, features: usize) -> Option<Self> {
        let mut thresholds = vec![Vec::new(); features];
        for node in trees.clone().flat_map(|t| &t.nodes).filter(|n| n.left != 0) {
            thresholds[node.feature as usize].push(node.value);
        }
        for own in &mut thresholds {
            own.sort_unstable_by(f64::total_cmp);
            own.dedup();
        }
        let trees = trees.map(|tree| Lookup::new(tree, &thresholds)).collect::<Option<_>>()?;
        Some(Self { thresholds, trees })
    }

    /// Adds the trees' values to `sums`, for the rows from `first` on.
    pub(super) fn add(&self, columns: &[&[f64]], first: usize, sums: &mut [f64]) {
        let rows = first..first + sums.len();
        let codes: Vec<Vec<u16>> = self
            .thresholds
            .iter()
            .zip(columns)
            .map(|(own, column)| match own.is_empty() {
                true => Vec::new(),
                false => column[rows.clone()].iter().map(|v| own.partition_point(|t| t < v) as u16).collect(),
            })
            .collect();
        let mut left = vec![u64::MAX; sums.len()];
        for tree in &self.trees {
            match tree.masks.as_slice() {
                [] => sums.iter_mut().for_each(|sum| *sum += tree.leaves[0]),
                [(feature, only)] => {
                    for (sum, code) in sums.iter_mut().zip(&codes[*feature]) {
                        *sum += tree.leaves[only[usize::from(*code)].trailing_zeros() as usize];
                    }
                }
                many => {
                    left.fill(u64::MAX);
                    for (feature, masks) in many {
                        left.iter_mut().zip(&codes[*feature]).for_each(|(l, c)| *l &= masks[usize::from(*c)]);
                    }
                    for (sum, left) in sums.iter_mut().zip(&left) {
                        *sum += tree.leaves[left.trailing_zeros() as usize];
                    }
                }
            }
        }
    }
}

impl Lookup {
    fn new(tree: &Tree, thresholds: &[Vec<f64>]) -> Option<Self> {
        if thresholds.iter().any(|t| t.len() >= usize::from(u16::MAX)) {
            return None;
        }
        let mut lookup = Self { masks: Vec::new(), leaves: Vec::new() };
        lookup.visit(tree, 0, thresholds)?;
        Some(lookup)
    }

    /// Numbers the leaves below a node; gives their bits.
    fn visit(&mut self, tree: &Tree, at: usize, thresholds: &[Vec<f64>]) -> Option<u64> {
        let node = tree.nodes[at];
        if node.left == 0 {
            let bit = 1u64.checked_shl(self.leaves.len() as u32)?;
            self.leaves.push(node.value);
            return Some(bit);
        }
        let left = self.visit(tree, node.left as usize, thresholds)?;
        let right = self.visit(tree, node.right as usize, thresholds)?;
        let feature = node.feature as usize;
        let own = &thresholds[feature];
        let exceeded = own.partition_point(|t| *t <= node.value);
        let position = self.masks.iter().position(|m| m.0 == feature).unwrap_or_else(|| {
            self.masks.push((feature, vec![u64::MAX; own.len() + 1]));
            self.masks.len() - 1
        });
        self.masks[position].1[exceeded..].iter_mut().for_each(|mask| *mask &= !left);
        Some(left | right)
    }
}

#[cfg(test)]
mod tests {
    use super::super::BoostedTrees;
    use super::*;
    use crate::random::generator;
    use crate::regress::slices;
    use rand::Rng;

    #[test]
    fn lookups_and_walks_agree_on_rows_never_seen() {
        let mut rng = generator(8, 0);
        let mut draw =
            || (0..700).map(|_| (rng.random_range(-2.0..2.0) * 8.0_f64).round() / 8.0).collect::<Vec<f64>>();
        let columns = [draw(), draw(), draw(), draw()];
        let target: Vec<f64> = (0..700).map(|i| columns[0][i] * columns[1][i] + columns[2][i]).collect();
        let trees = BoostedTrees::default().fit_trees(&slices(&columns), &target).unwrap();
        let fresh = [draw(), draw(), draw(), draw()];
        let fresh = slices(&fresh);
        let fast = trees.predict(&fresh);
        for row in 0..700 {
            let one: Vec<&[f64]> = fresh.iter().map(|c| &c[row..=row]).collect();
            // A single row is walked.
            assert_eq!(trees.predict(&one)[0], fast[row]);
        }
    }

    #[test]
    fn a_tree_with_more_leaves_than_bits_is_left_to_walk() {
        let x: Vec<f64> = (0..1000).map(f64::from).collect();
        let settings = BoostedTrees {
            rounds: 1,
            max_leaves: 100,
            max_depth: 20,
            min_leaf_rows: 1,
            bins: 255,
            penalty: 0.0,
            ..BoostedTrees::default()
        };
        let trees = settings.fit_trees(&[&x], &x).unwrap();
        assert_eq!(trees.trees()[0].nodes.len(), 199);
        assert!(Compiled::new(trees.trees().iter(), 1).is_none());
        let (many, one) = (trees.predict(&[&x]), trees.predict(&[&x[500..501]]));
        assert_eq!(many[500], one[0]);
    }
}
