//! Gradient-boosted trees on histograms.

mod bins;
mod compiled;
mod fitted;
mod grow;

pub use fitted::{Importance, Trees};
pub use grow::Tree;

use super::{Fitted, Regressor, check};
use crate::CausalError;
use crate::random::generator;
use bins::Binned;
use rand::seq::{SliceRandom, index};
use rand_chacha::ChaCha8Rng;

/// Gradient boosting (Friedman 2001) of trees grown best leaf first on binned features, with steps of
/// second order; stops when a part of the rows held out gets no better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoostedTrees {
    /// Rounds at most.
    pub rounds: usize,
    /// Share of each step that is taken.
    pub learning_rate: f64,
    /// Leaves of a tree at most.
    pub max_leaves: usize,
    /// Splits above a leaf at most.
    pub max_depth: usize,
    /// Rows in a leaf at least.
    pub min_leaf_rows: usize,
    /// Added to the curvature of each leaf.
    pub penalty: f64,
    /// Ranges that a feature is cut into, 2 to 255.
    pub bins: usize,
    /// Share of the features that each tree may use.
    pub feature_share: f64,
    /// Share of the rows that each tree sees.
    pub row_share: f64,
    /// Share of the rows held out to stop early; zero runs all rounds.
    pub validation_share: f64,
    /// Rounds without gain on the rows held out before it stops.
    pub patience: usize,
    /// Draws the rows held out, and rows and features of each tree.
    pub seed: u64,
}

impl Default for BoostedTrees {
    fn default() -> Self {
        Self {
            rounds: 300,
            learning_rate: 0.1,
            max_leaves: 16,
            max_depth: 6,
            min_leaf_rows: 10,
            penalty: 1.0,
            bins: 64,
            feature_share: 1.0,
            row_share: 1.0,
            validation_share: 0.15,
            patience: 15,
            seed: 0,
        }
    }
}

/// What is minimised.
#[derive(Clone, Copy)]
enum Loss {
    /// Half the squared error.
    Squares,
    /// Log-loss of one of two classes, 0 and 1.
    Bernoulli,
    /// Log-loss of one of several classes.
    Softmax(usize),
}

impl Loss {
    fn outputs(self) -> usize {
        if let Self::Softmax(classes) = self { classes } else { 1 }
    }

    /// Gradient and curvature of each output at one row.
    fn slope(self, scores: &[f64], target: f64, out: &mut [(f64, f64)]) {
        match self {
            Self::Squares => out[0] = (scores[0] - target, 1.0),
            Self::Bernoulli => {
                let p = fitted::logistic(scores[0]);
                out[0] = (p - target, (p * (1.0 - p)).max(1e-6));
            }
            Self::Softmax(_) => {
                let probabilities = fitted::softmax(scores);
                for (class, (slot, p)) in out.iter_mut().zip(probabilities).enumerate() {
                    let hit = if class == target as usize { 1.0 } else { 0.0 };
                    *slot = (p - hit, (p * (1.0 - p)).max(1e-6));
                }
            }
        }
    }

    fn value(self, scores: &[f64], target: f64) -> f64 {
        match self {
            Self::Squares => 0.5 * (scores[0] - target).powi(2),
            Self::Bernoulli => softplus(if target > 0.5 { -scores[0] } else { scores[0] }),
            Self::Softmax(_) => {
                let most = scores.iter().fold(f64::NEG_INFINITY, |m, s| m.max(*s));
                most + scores.iter().map(|s| (s - most).exp()).sum::<f64>().ln() - scores[target as usize]
            }
        }
    }
}

fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

impl BoostedTrees {
    /// As [`Regressor::fit`], with trees and importances at hand.
    ///
    /// # Errors
    /// As [`Regressor::fit`], and settings out of range.
    pub fn fit_trees(&self, columns: &[&[f64]], target: &[f64]) -> Result<Trees, CausalError> {
        let start = target.iter().sum::<f64>() / target.len().max(1) as f64;
        self.boost(columns, target, Loss::Squares, vec![start])
    }

    /// Learns the probability of each of `classes` classes, from `target[row]` in `0..classes`.
    ///
    /// # Errors
    /// As [`Regressor::fit`], fewer than two classes, a class out of range.
    pub fn fit_classes(
        &self,
        columns: &[&[f64]],
        target: &[u32],
        classes: usize,
    ) -> Result<Trees, CausalError> {
        if classes < 2 {
            return Err(CausalError::Data("a classification needs two classes or more".into()));
        }
        if let Some(row) = target.iter().position(|&c| c as usize >= classes) {
            return Err(CausalError::Data(format!(
                "class {} in row {row}; there are {classes}, counted from 0",
                target[row]
            )));
        }
        let mut share = vec![0.5; classes];
        target.iter().for_each(|&c| share[c as usize] += 1.0);
        let total: f64 = share.iter().sum();
        let numbers: Vec<f64> = target.iter().map(|&c| f64::from(c)).collect();
        if classes == 2 {
            return self.boost(columns, &numbers, Loss::Bernoulli, vec![(share[1] / share[0]).ln()]);
        }
        let start = share.iter().map(|s| (s / total).ln()).collect();
        self.boost(columns, &numbers, Loss::Softmax(classes), start)
    }

    fn validate(&self) -> Result<(), CausalError> {
        let share = |v: f64| v > 0.0 && v <= 1.0;
        let sound = self.learning_rate > 0.0
            && self.max_leaves >= 2
            && self.max_depth >= 1
            && self.min_leaf_rows >= 1
            && self.penalty >= 0.0
            && (2..=255).contains(&self.bins)
            && share(self.feature_share)
            && share(self.row_share)
            && (0.0..1.0).contains(&self.validation_share);
        if sound {
            Ok(())
        } else {
            Err(CausalError::Argument(format!("boosted trees cannot be fitted so: {self:?}")))
        }
    }

    fn boost(
        &self,
        columns: &[&[f64]],
        target: &[f64],
        loss: Loss,
        start: Vec<f64>,
    ) -> Result<Trees, CausalError> {
        self.validate()?;
        check(columns, target, 2)?;
        let (n, outputs) = (target.len(), loss.outputs());
        let mut rng = generator(self.seed, 0);
        let mut order: Vec<u32> = (0..n as u32).collect();
        order.shuffle(&mut rng);
        let held = order.split_off(n - (n as f64 * self.validation_share) as usize);
        order.sort_unstable();
        let binned = Binned::new(columns, self.bins);
        let able: Vec<usize> = (0..columns.len()).filter(|&j| !binned.edges[j].is_empty()).collect();
        let mut scores: Vec<f64> = start.repeat(n);
        let mut fitted = Trees::new(start, columns.len());
        if able.is_empty() {
            return Ok(fitted);
        }
        let mut slopes = vec![(0.0, 0.0); outputs];
        let (mut gradient, mut curvature) = (vec![vec![0.0; n]; outputs], vec![vec![0.0; n]; outputs]);
        let (mut least, mut kept) = (f64::INFINITY, 0);
        for round in 0..self.rounds {
            for &row in &order {
                let row = row as usize;
                loss.slope(&scores[row * outputs..][..outputs], target[row], &mut slopes);
                for (output, (g, h)) in slopes.iter().enumerate() {
                    (gradient[output][row], curvature[output][row]) = (*g, *h);
                }
            }
            let rows = draw(&order, self.row_share, &mut rng);
            let used = draw(&able, self.feature_share, &mut rng);
            for output in 0..outputs {
                let tree =
                    grow::grow(self, &binned, &used, rows.clone(), &gradient[output], &curvature[output]);
                (0..n).for_each(|row| scores[row * outputs + output] += tree.value(columns, row));
                fitted.push(tree);
            }
            if held.is_empty() {
                kept = round + 1;
                continue;
            }
            let value = |&row: &u32| {
                let row = row as usize;
                loss.value(&scores[row * outputs..][..outputs], target[row])
            };
            let error = held.iter().map(value).sum::<f64>() / held.len() as f64;
            if error < least {
                (least, kept) = (error, round + 1);
            } else if round + 1 >= kept + self.patience {
                break;
            }
        }
        fitted.truncate(kept);
        Ok(fitted)
    }
}

/// A share of the items, at least one, in their order.
fn draw<T: Copy>(items: &[T], share: f64, rng: &mut ChaCha8Rng) -> Vec<T> {
    if share >= 1.0 {
        return items.to_vec();
    }
    let count = ((items.len() as f64 * share).round() as usize).clamp(1, items.len());
    let mut chosen = index::sample(rng, items.len(), count).into_vec();
    chosen.sort_unstable();
    chosen.into_iter().map(|i| items[i]).collect()
}

impl Regressor for BoostedTrees {
    fn fit(&self, columns: &[&[f64]], target: &[f64]) -> Result<Fitted, CausalError> {
        self.fit_trees(columns, target).map(Fitted::Trees)
    }
}
