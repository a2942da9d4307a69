//! A fitted ensemble of trees: prediction and the importance of features.

use super::compiled::Compiled;
use super::grow::Tree;
use crate::CausalError;
use crate::random::generator;
use rand::seq::SliceRandom;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Rows that are predicted together.
const BLOCK: usize = 1024;

/// A sum of trees for each output: one for a number or two classes, one a class for more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trees {
    start: Vec<f64>,
    features: usize,
    trees: Vec<Tree>,
}

/// How much a feature matters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Importance {
    /// Position of the feature.
    pub feature: usize,
    /// Share of the loss, or rise of the error.
    pub value: f64,
}

impl Trees {
    pub(super) fn new(start: Vec<f64>, features: usize) -> Self {
        Self { start, features, trees: Vec::new() }
    }

    pub(super) fn push(&mut self, tree: Tree) {
        self.trees.push(tree);
    }

    pub(super) fn truncate(&mut self, rounds: usize) {
        self.trees.truncate(rounds * self.start.len());
    }

    /// The trees, output by output within each round.
    #[cfg(test)]
    pub(super) fn trees(&self) -> &[Tree] {
        &self.trees
    }

    /// Number of trees.
    pub fn count(&self) -> usize {
        self.trees.len()
    }

    /// Number of outputs: one for a number or two classes, one a class for more.
    pub fn outputs(&self) -> usize {
        self.start.len()
    }

    /// Whether the trees are made for this many features, whole, and without loops.
    pub(crate) fn is_sound(&self, features: usize) -> bool {
        let ahead = |at: usize, next: u32, len: usize| (next as usize) > at && (next as usize) < len;
        let whole = |tree: &Tree| {
            let len = tree.nodes.len();
            let mut nodes = tree.nodes.iter().enumerate();
            len > 0
                && nodes.all(|(at, node)| {
                    let inner = ahead(at, node.left, len) && ahead(at, node.right, len);
                    node.left == 0 || (inner && (node.feature as usize) < features)
                })
        };
        !self.start.is_empty() && self.features == features && self.trees.iter().all(whole)
    }

    /// Scores `[output][row]`: expected numbers, or log-odds of classes.
    pub fn scores(&self, columns: &[&[f64]]) -> Vec<Vec<f64>> {
        let rows = columns.first().map_or(1, |c| c.len());
        let outputs = self.start.len();
        (0..outputs)
            .map(|output| {
                let own = self.trees.iter().skip(output).step_by(outputs);
                let mut sums = vec![self.start[output]; rows];
                // Few rows do not repay the lookups.
                let compiled = if rows >= 128 { Compiled::new(own.clone(), self.features) } else { None };
                // Tree by tree over a block of rows: tree and block stay in the cache.
                sums.par_chunks_mut(BLOCK).enumerate().for_each(|(block, sums)| match &compiled {
                    Some(compiled) => compiled.add(columns, block * BLOCK, sums),
                    None => {
                        for tree in own.clone() {
                            for (offset, sum) in sums.iter_mut().enumerate() {
                                *sum += tree.value(columns, block * BLOCK + offset);
                            }
                        }
                    }
                });
                sums
            })
            .collect()
    }

    /// Expected number of each row; for two classes the log-odds of the second.
    pub fn predict(&self, columns: &[&[f64]]) -> Vec<f64> {
        self.scores(columns).swap_remove(0)
    }

    /// Probabilities `[row][class]` of a classification.
    pub fn probabilities(&self, columns: &[&[f64]]) -> Vec<Vec<f64>> {
        let scores = self.scores(columns);
        let rows = scores[0].len();
        if scores.len() == 1 {
            let second = scores[0].iter().map(|s| logistic(*s));
            return second.map(|p| vec![1.0 - p, p]).collect();
        }
        (0..rows).map(|r| softmax(&scores.iter().map(|s| s[r]).collect::<Vec<f64>>())).collect()
    }

    /// Each feature's share of the loss that the splits took away, the largest first.
    pub fn gain_importance(&self) -> Vec<Importance> {
        let mut gain = vec![0.0; self.features];
        for node in self.trees.iter().flat_map(|t| &t.nodes).filter(|n| n.left != 0) {
            gain[node.feature as usize] += node.gain;
        }
        let total = gain.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        ranked(gain.into_iter().map(|g| g / total))
    }

    /// By how much the mean squared error of a regression rises when a feature's values are shuffled
    /// among the rows (Breiman 2001), over `repeats` shuffles, the largest first.
    ///
    /// # Errors
    /// As [`super::Regressor::fit`], a classification, no repeat.
    pub fn permutation_importance(
        &self,
        columns: &[&[f64]],
        target: &[f64],
        repeats: usize,
        seed: u64,
    ) -> Result<Vec<Importance>, CausalError> {
        super::check(columns, target, 2)?;
        if self.start.len() > 1 || repeats == 0 || columns.len() != self.features {
            return Err(CausalError::Argument(format!(
                "permutation importance needs a regression on {} features and one repeat or more",
                self.features
            )));
        }
        let error = |predicted: Vec<f64>| {
            predicted.iter().zip(target).map(|(p, t)| (p - t).powi(2)).sum::<f64>() / target.len() as f64
        };
        let whole = self.predict(columns);
        let base = error(whole.clone());
        let rise = |feature: usize| {
            let splits_on =
                |tree: &&Tree| tree.nodes.iter().any(|n| n.left != 0 && n.feature as usize == feature);
            let trees: Vec<Tree> = self.trees.iter().filter(splits_on).cloned().collect();
            if trees.is_empty() {
                return 0.0;
            }
            // Only these trees change.
            let part = Self { start: vec![0.0], features: self.features, trees };
            let before = part.predict(columns);
            let mut rng = generator(seed, feature as u64);
            let mut shuffled = columns[feature].to_vec();
            let total: f64 = (0..repeats)
                .map(|_| {
                    shuffled.shuffle(&mut rng);
                    let mut changed = columns.to_vec();
                    changed[feature] = &shuffled;
                    let mut after = part.predict(&changed);
                    after.iter_mut().zip(whole.iter().zip(&before)).for_each(|(a, (w, b))| *a += w - b);
                    error(after) - base
                })
                .sum();
            total / repeats as f64
        };
        let rises: Vec<f64> = (0..self.features).into_par_iter().map(rise).collect();
        Ok(ranked(rises.into_iter()))
    }
}

fn ranked(values: impl Iterator<Item = f64>) -> Vec<Importance> {
    let mut all: Vec<Importance> =
        values.enumerate().map(|(feature, value)| Importance { feature, value }).collect();
    all.sort_by(|a, b| b.value.total_cmp(&a.value).then(a.feature.cmp(&b.feature)));
    all
}

pub(super) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

pub(super) fn softmax(scores: &[f64]) -> Vec<f64> {
    let most = scores.iter().fold(f64::NEG_INFINITY, |m, s| m.max(*s));
    let raw: Vec<f64> = scores.iter().map(|s| (s - most).exp()).collect();
    let total: f64 = raw.iter().sum();
    raw.into_iter().map(|r| r / total).collect()
}

#[cfg(test)]
mod tests {
    use super::super::BoostedTrees;
    use crate::random::generator;
    use crate::regress::slices;
    use rand::Rng;

    fn sample(rows: usize, width: usize) -> (Vec<Vec<f64>>, Vec<f64>) {
        let mut rng = generator(5, 0);
        let columns: Vec<Vec<f64>> =
            (0..width).map(|_| (0..rows).map(|_| rng.random_range(-2.0..2.0)).collect()).collect();
        let target = (0..rows)
            .map(|i| columns[1][i] * columns[2][i] + columns[3][i].sin() + rng.random_range(-0.1..0.1))
            .collect();
        (columns, target)
    }

    #[test]
    fn an_interaction_is_learned_and_its_features_lead() {
        let (columns, target) = sample(2000, 8);
        let trees = BoostedTrees::default().fit_trees(&slices(&columns), &target).unwrap();
        let predicted = trees.predict(&slices(&columns));
        let left: f64 = predicted.iter().zip(&target).map(|(p, t)| (p - t).powi(2)).sum();
        let all: f64 = target.iter().map(|t| t * t).sum();
        assert!(left / all < 0.05, "{}", left / all);
        let shuffled = trees.permutation_importance(&slices(&columns), &target, 2, 0).unwrap();
        for ranking in [trees.gain_importance(), shuffled] {
            let mut lead: Vec<usize> = ranking[..3].iter().map(|i| i.feature).collect();
            lead.sort_unstable();
            assert_eq!(lead, [1, 2, 3]);
        }
    }

    #[test]
    fn three_classes_are_told_apart_with_probabilities_that_sum_to_one() {
        let (columns, _) = sample(1500, 4);
        let class: Vec<u32> =
            columns[0].iter().map(|v| if *v < -0.7 { 0 } else { 1 + u32::from(*v > 0.7) }).collect();
        let trees = BoostedTrees::default().fit_classes(&slices(&columns), &class, 3).unwrap();
        let probabilities = trees.probabilities(&slices(&columns));
        let right = probabilities.iter().zip(&class).filter(|(p, c)| p[**c as usize] > 0.5).count();
        assert!(right > 1450, "{right}");
        assert!(probabilities.iter().all(|p| (p.iter().sum::<f64>() - 1.0).abs() < 1e-9));
    }

    #[test]
    fn the_number_of_threads_does_not_matter() {
        let (columns, target) = sample(400, 150);
        let fit = || BoostedTrees::default().fit_trees(&slices(&columns), &target).unwrap();
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(fit);
        assert_eq!(alone, fit());
    }

    #[test]
    fn pure_noise_is_not_learned() {
        let (columns, _) = sample(600, 4);
        let mut rng = generator(6, 0);
        let target: Vec<f64> = (0..600).map(|_| rng.random_range(-1.0..1.0)).collect();
        let trees = BoostedTrees::default().fit_trees(&slices(&columns), &target).unwrap();
        assert!(trees.count() < 15, "{}", trees.count());
    }
}
