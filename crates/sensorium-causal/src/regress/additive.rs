//! Smooth additive models.

use super::spline::{Basis, Curve};
use super::{Fitted, Regressor, check};
use crate::CausalError;
use faer::linalg::solvers::Solve;
use faer::{Mat, Side};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// A sum of one natural cubic spline for each feature, with a penalty on curvature. Penalties are chosen
/// by generalised cross-validation (Wood 2017, §6.2), first one for all, then feature by feature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Additive {
    /// Knots of a curve at most.
    pub knots: usize,
    /// Weight of the degrees of freedom; more than one guards against too wiggly curves.
    pub caution: f64,
}

impl Default for Additive {
    fn default() -> Self {
        Self { knots: 10, caution: 1.4 }
    }
}

/// `intercept + Σ curve(feature)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curves {
    /// The mean of the target.
    pub intercept: f64,
    /// One curve for each feature, with mean zero over the rows it was fitted on.
    pub curves: Vec<Curve>,
}

impl Curves {
    /// The expected target for each row of `columns[feature][row]`.
    pub fn predict(&self, columns: &[&[f64]]) -> Vec<f64> {
        let rows = columns.first().map_or(1, |c| c.len());
        let mut out = vec![self.intercept; rows];
        for (curve, column) in self.curves.iter().zip(columns) {
            out.par_iter_mut().zip(*column).with_min_len(4096).for_each(|(sum, x)| *sum += curve.value(*x));
        }
        out
    }
}

/// Beyond this many coefficients all features share one penalty.
const OWN_PENALTY_LIMIT: usize = 250;

struct Problem {
    bases: Vec<Basis>,
    starts: Vec<usize>,
    means: Vec<f64>,
    gram: Mat<f64>,
    right: Vec<f64>,
    total: f64,
    scales: Vec<f64>,
    rows: f64,
    caution: f64,
}

impl Problem {
    fn new(columns: &[&[f64]], centred: &[f64], settings: &Additive) -> Self {
        let bases: Vec<Basis> = columns.iter().map(|c| Basis::new(c, settings.knots)).collect();
        let mut starts = vec![0];
        bases.iter().for_each(|b| starts.push(starts[starts.len() - 1] + b.len()));
        let (n, width) = (centred.len(), starts[bases.len()]);
        let mut design = Mat::<f64>::zeros(n, width);
        let mut means = vec![0.0; width];
        for (j, basis) in bases.iter().enumerate() {
            let mut values = vec![0.0; basis.len()];
            for (i, x) in columns[j].iter().enumerate() {
                basis.row(*x, &mut values);
                values.iter().enumerate().for_each(|(k, v)| design[(i, starts[j] + k)] = *v);
            }
        }
        for k in 0..width {
            means[k] = (0..n).map(|i| design[(i, k)]).sum::<f64>() / n as f64;
            (0..n).for_each(|i| design[(i, k)] -= means[k]);
        }
        let gram = design.transpose() * &design;
        let right = (0..width).map(|k| (0..n).map(|i| design[(i, k)] * centred[i]).sum()).collect();
        let scales = (0..bases.len())
            .map(|j| {
                let data: f64 = (starts[j]..starts[j + 1]).map(|k| gram[(k, k)]).sum();
                let bend: f64 = (0..bases[j].len()).map(|k| bases[j].penalty[(k, k)]).sum();
                if bend > 0.0 { data / bend } else { 0.0 }
            })
            .collect();
        let total = centred.iter().map(|v| v * v).sum();
        Self { bases, starts, means, gram, right, total, scales, rows: n as f64, caution: settings.caution }
    }

    /// Coefficients and score for one penalty a feature (as powers of ten); `None` when not solvable.
    fn solve(&self, powers: &[f64]) -> Option<(Vec<f64>, f64)> {
        let width = self.right.len();
        let mut left = self.gram.clone();
        let size: f64 = (0..width).map(|k| self.gram[(k, k)]).sum::<f64>() / width as f64;
        for (j, basis) in self.bases.iter().enumerate() {
            let weight = self.scales[j] * 10f64.powf(powers[j]);
            for a in 0..basis.len() {
                let row = self.starts[j] + a;
                (0..basis.len())
                    .for_each(|b| left[(row, self.starts[j] + b)] += weight * basis.penalty[(a, b)]);
                // Curves are centred, so the constant is left open; this closes it.
                left[(row, row)] += 1e-7 * size;
            }
        }
        let factor = left.llt(Side::Lower).ok()?;
        let right = Mat::from_fn(width, 1, |i, _| self.right[i]);
        let solution = factor.solve(&right);
        let smoother = factor.solve(&self.gram);
        let freedom = 1.0 + (0..width).map(|k| smoother[(k, k)]).sum::<f64>();
        let weights: Vec<f64> = (0..width).map(|k| solution[(k, 0)]).collect();
        let through = &self.gram * &solution;
        let explained: f64 = (0..width).map(|k| weights[k] * (2.0 * self.right[k] - through[(k, 0)])).sum();
        let open = self.rows - self.caution * freedom;
        let score = if open > 0.0 {
            self.rows * (self.total - explained).max(0.0) / (open * open)
        } else {
            f64::INFINITY
        };
        Some((weights, score))
    }

    fn best(&self) -> Option<Vec<f64>> {
        let count = self.bases.len();
        let mut found: Option<(Vec<f64>, Vec<f64>, f64)> = None;
        let mut offer = |powers: Vec<f64>| {
            if let Some((weights, score)) = self.solve(&powers)
                && found.as_ref().is_none_or(|f| score < f.2 * (1.0 - 1e-9))
            {
                found = Some((powers, weights, score));
            }
            found.as_ref().map(|f| f.0.clone())
        };
        // From straight lines down, so that equal scores keep the straighter curve.
        let mut powers = None;
        for power in [5.0, 3.0, 2.0, 1.0, 0.0, -1.0, -2.0, -3.0, -4.0] {
            powers = offer(vec![power; count]);
        }
        if count > 1 && self.right.len() <= OWN_PENALTY_LIMIT {
            for step in [3.0, -1.5, 1.0] {
                for j in 0..count {
                    let mut moved = powers.clone()?;
                    moved[j] += step;
                    powers = offer(moved);
                }
            }
        }
        found.map(|f| f.1)
    }
}

impl Additive {
    /// As [`Regressor::fit`], with the curves at hand.
    ///
    /// # Errors
    /// As [`Regressor::fit`], fewer than three knots.
    pub fn fit_curves(&self, columns: &[&[f64]], target: &[f64]) -> Result<Curves, CausalError> {
        check(columns, target, 3)?;
        if self.knots < 3 {
            return Err(CausalError::Argument(format!("curves with {} knots; use 3 or more", self.knots)));
        }
        let intercept = target.iter().sum::<f64>() / target.len() as f64;
        let centred: Vec<f64> = target.iter().map(|v| v - intercept).collect();
        let problem = Problem::new(columns, &centred, self);
        let weights = if problem.right.is_empty() { Some(Vec::new()) } else { problem.best() };
        let weights = weights.ok_or_else(|| {
            CausalError::Data("the curves have no solution; scale the features to ordinary numbers".into())
        })?;
        let Problem { bases, starts, means, .. } = problem;
        let curves = bases
            .into_iter()
            .enumerate()
            .map(|(j, basis)| {
                let own = starts[j]..starts[j + 1];
                let shift: f64 = own.clone().map(|k| weights[k] * means[k]).sum();
                basis.curve(&weights[own], -shift)
            })
            .collect();
        Ok(Curves { intercept, curves })
    }
}

impl Regressor for Additive {
    fn fit(&self, columns: &[&[f64]], target: &[f64]) -> Result<Fitted, CausalError> {
        self.fit_curves(columns, target).map(Fitted::Curves)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::generator;
    use crate::regress::slices;
    use rand::Rng;

    fn columns() -> Vec<Vec<f64>> {
        let mut rng = generator(1, 0);
        (0..2).map(|_| (0..500).map(|_| rng.random_range(-3.0..3.0)).collect()).collect()
    }

    #[test]
    fn curves_are_found_under_noise() {
        let columns = columns();
        let truth: Vec<f64> = (0..500).map(|i| columns[0][i].sin() * 2.0 + columns[1][i]).collect();
        let mut rng = generator(2, 0);
        let noisy: Vec<f64> = truth.iter().map(|t| t + rng.random_range(-0.5..0.5)).collect();
        let curves = Additive::default().fit_curves(&slices(&columns), &noisy).unwrap();
        let error = curves.predict(&slices(&columns)).into_iter().zip(&truth).map(|(p, t)| (p - t).powi(2));
        assert!((error.sum::<f64>() / 500.0).sqrt() < 0.1);
    }

    #[test]
    fn a_straight_line_stays_straight_and_goes_on() {
        let columns = columns();
        let target: Vec<f64> = columns[0].iter().map(|x| 2.0 * x + 1.0).collect();
        let curves = Additive::default().fit_curves(&[&columns[0], &[4.0; 500]], &target).unwrap();
        assert!((curves.predict(&[&[10.0], &[4.0]])[0] - 21.0).abs() < 1e-3);
    }

    #[test]
    fn duplicate_columns_do_not_harm() {
        let columns = columns();
        let target: Vec<f64> = columns[0].iter().map(|x| x * x).collect();
        let curves = Additive::default().fit_curves(&[&columns[0], &columns[0]], &target).unwrap();
        assert!((curves.predict(&[&[2.0], &[2.0]])[0] - 4.0).abs() < 0.1);
    }
}
