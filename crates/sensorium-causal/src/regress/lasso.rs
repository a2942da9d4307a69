//! The lasso: linear regression with few of many features.

use super::linear::Standardised;
use super::{Fitted, Linear, Regressor, check, folds, slices, take_rows};
use crate::CausalError;
use faer::Mat;
use rayon::prelude::*;

/// The lasso on standardised columns (Tibshirani 1996) by cyclic coordinate descent on covariances
/// along a path of penalties (Friedman, Hastie & Tibshirani 2010), the penalty chosen by cross-validation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lasso {
    /// A fixed penalty in units of the target; `None` chooses by cross-validation.
    pub penalty: Option<f64>,
    /// Number of penalties on the path.
    pub penalties: usize,
    /// The smallest penalty as a share of that which leaves no feature.
    pub smallest: f64,
    /// Parts for cross-validation.
    pub folds: usize,
    /// Take the largest penalty whose error is within one standard error of the least.
    pub one_standard_error: bool,
    /// Draws the parts.
    pub seed: u64,
}

impl Default for Lasso {
    fn default() -> Self {
        Self { penalty: None, penalties: 60, smallest: 1e-3, folds: 5, one_standard_error: false, seed: 0 }
    }
}

/// The chosen model and what the choice rested on.
#[derive(Clone, Debug, PartialEq)]
pub struct LassoPath {
    /// The model at the chosen penalty.
    pub linear: Linear,
    /// Weights on standardised columns: comparable importances, zero where left out.
    pub standardised: Vec<f64>,
    /// The chosen penalty.
    pub penalty: f64,
    /// Each penalty with the mean squared error of cross-validation; empty for a fixed penalty.
    pub errors: Vec<(f64, f64)>,
}

impl Lasso {
    /// As [`Regressor::fit`], with weights, penalty and errors at hand.
    ///
    /// # Errors
    /// As [`Regressor::fit`], and settings out of range.
    pub fn fit_path(&self, columns: &[&[f64]], target: &[f64]) -> Result<LassoPath, CausalError> {
        check(columns, target, self.folds.max(2))?;
        if self.penalties == 0
            || self.folds < 2
            || !(0.0..1.0).contains(&self.smallest)
            || self.smallest == 0.0
        {
            return Err(CausalError::Argument(
                "the lasso needs at least one penalty, two folds and a smallest share between 0 and 1".into(),
            ));
        }
        if self.penalty.is_some_and(|p| !(p >= 0.0 && p.is_finite())) {
            return Err(CausalError::Argument("the penalty of the lasso is zero or more".into()));
        }
        let problem = Covariances::new(Standardised::new(columns, target));
        let (penalty, errors) = match self.penalty {
            Some(penalty) => (penalty, Vec::new()),
            None => self.cross_validate(columns, target, &self.path(problem.largest_penalty())),
        };
        let mut weights = vec![0.0; columns.len()];
        for step in self.path(problem.largest_penalty()).into_iter().filter(|p| *p > penalty).chain([penalty])
        {
            problem.descend(&mut weights, step);
        }
        let scaled = (0..columns.len()).map(|j| problem.data.unscale(j, weights[j])).collect();
        Ok(LassoPath { linear: problem.data.linear(scaled), standardised: weights, penalty, errors })
    }

    /// Penalties from the one that leaves no feature down, evenly by ratio.
    fn path(&self, largest: f64) -> Vec<f64> {
        let steps = self.penalties.saturating_sub(1).max(1) as f64;
        (0..self.penalties).map(|k| largest * self.smallest.powf(k as f64 / steps)).collect()
    }

    fn cross_validate(&self, columns: &[&[f64]], target: &[f64], path: &[f64]) -> (f64, Vec<(f64, f64)>) {
        let part = folds(target.len(), self.folds, self.seed);
        let by_fold: Vec<Vec<f64>> = (0..self.folds)
            .into_par_iter()
            .map(|fold| {
                let (held, kept): (Vec<usize>, Vec<usize>) =
                    (0..target.len()).partition(|&r| part[r] == fold);
                let train = take_rows(columns, &kept);
                let train_target: Vec<f64> = kept.iter().map(|&r| target[r]).collect();
                let test = take_rows(columns, &held);
                let problem = Covariances::new(Standardised::new(&slices(&train), &train_target));
                let mut weights = vec![0.0; columns.len()];
                path.iter()
                    .map(|&penalty| {
                        problem.descend(&mut weights, penalty);
                        let scaled =
                            (0..columns.len()).map(|j| problem.data.unscale(j, weights[j])).collect();
                        let mut predicted = problem.data.linear(scaled).predict(&slices(&test));
                        predicted.resize(held.len(), predicted.first().copied().unwrap_or(0.0));
                        let squares = held.iter().zip(&predicted).map(|(&r, p)| (target[r] - p).powi(2));
                        squares.sum::<f64>() / held.len() as f64
                    })
                    .collect()
            })
            .collect();
        let mean = |k: usize| by_fold.iter().map(|e| e[k]).sum::<f64>() / self.folds as f64;
        let errors: Vec<(f64, f64)> = path.iter().enumerate().map(|(k, &p)| (p, mean(k))).collect();
        let best = (0..path.len()).min_by(|&a, &b| errors[a].1.total_cmp(&errors[b].1)).unwrap_or(0);
        let spread = by_fold.iter().map(|e| (e[best] - errors[best].1).powi(2)).sum::<f64>();
        let standard_error = (spread / (self.folds * (self.folds - 1)) as f64).sqrt();
        let bound = errors[best].1 + if self.one_standard_error { standard_error } else { 0.0 };
        let chosen = errors.iter().find(|(_, e)| *e <= bound).map_or(path[best], |(p, _)| *p);
        (chosen, errors)
    }
}

impl Regressor for Lasso {
    fn fit(&self, columns: &[&[f64]], target: &[f64]) -> Result<Fitted, CausalError> {
        self.fit_path(columns, target).map(|path| Fitted::Linear(path.linear))
    }
}

/// The problem in covariances: each sweep costs the square of the features, not the rows.
struct Covariances {
    data: Standardised,
    gram: Mat<f64>,
    right: Vec<f64>,
}

impl Covariances {
    fn new(data: Standardised) -> Self {
        let (gram, right) = (data.gram(), data.correlations());
        Self { data, gram, right }
    }

    /// The least penalty that leaves no feature.
    fn largest_penalty(&self) -> f64 {
        self.right.iter().fold(0.0_f64, |most, r| most.max(r.abs()))
    }

    /// Minimises `½·mean(residual²) + penalty·Σ|weights|`, starting from `weights`.
    fn descend(&self, weights: &mut [f64], penalty: f64) {
        let p = weights.len();
        let mut slope = self.right.clone();
        for (j, &w) in weights.iter().enumerate().filter(|(_, w)| **w != 0.0) {
            (0..p).for_each(|k| slope[k] -= w * self.gram[(k, j)]);
        }
        let tolerance = 1e-7 * self.largest_penalty().max(f64::MIN_POSITIVE);
        for sweep in 0..10_000 {
            // A full sweep first, then sweeps over features in use, a full one again to end.
            let full = sweep % 10 == 0;
            let mut moved = 0.0_f64;
            for j in 0..p {
                let own = self.gram[(j, j)];
                if own < 0.5 || (!full && weights[j] == 0.0) {
                    continue;
                }
                let raw = slope[j] + own * weights[j];
                let next = raw.signum() * (raw.abs() - penalty).max(0.0) / own;
                let step = next - weights[j];
                if step != 0.0 {
                    weights[j] = next;
                    moved = moved.max(step.abs());
                    (0..p).for_each(|k| slope[k] -= step * self.gram[(k, j)]);
                }
            }
            if moved < tolerance && full {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::generator;
    use rand::Rng;

    fn sample() -> (Vec<Vec<f64>>, Vec<f64>) {
        let mut rng = generator(3, 0);
        let columns: Vec<Vec<f64>> =
            (0..20).map(|_| (0..300).map(|_| rng.random_range(-1.0..1.0)).collect()).collect();
        let target = (0..300)
            .map(|i| 3.0 * columns[2][i] - 2.0 * columns[7][i] + rng.random_range(-0.1..0.1))
            .collect();
        (columns, target)
    }

    #[test]
    fn the_features_that_matter_are_found() {
        let (columns, target) = sample();
        let settings = Lasso { one_standard_error: true, ..Lasso::default() };
        let path = settings.fit_path(&slices(&columns), &target).unwrap();
        let used: Vec<usize> = (0..20).filter(|&j| path.standardised[j].abs() > 0.02).collect();
        assert_eq!(used, [2, 7]);
        assert!((path.linear.coefficients[2] - 3.0).abs() < 0.1);
    }

    #[test]
    fn every_solution_meets_the_optimality_conditions() {
        let (columns, target) = sample();
        let penalty = 0.1;
        let path = Lasso { penalty: Some(penalty), ..Lasso::default() }
            .fit_path(&slices(&columns), &target)
            .unwrap();
        let standard = Standardised::new(&slices(&columns), &target);
        let predicted = path.linear.predict(&slices(&columns));
        let residual: Vec<f64> = target.iter().zip(&predicted).map(|(t, p)| t - p).collect();
        for j in 0..20 {
            let slope = super::super::linear::dot(&standard.columns[j], &residual) / 300.0;
            let weight = path.standardised[j];
            if weight == 0.0 {
                assert!(slope.abs() <= penalty + 1e-6);
            } else {
                assert!((slope - penalty * weight.signum()).abs() < 1e-6);
            }
        }
    }
}
