//! Linear discriminant analysis with a shrunk covariance: the supervised rows' classifier.

use super::Matrix;
use faer::linalg::solvers::Solve;
use faer::{Mat, Side};
use std::collections::BTreeMap;

/// Class means and one shared covariance (Fisher 1936), `(1 − s) Σ + s tr(Σ)/d I` (Friedman 1989,
/// doi:10.1080/01621459.1989.10478752); prior probabilities are equal.
#[derive(Clone, Debug)]
pub struct Discriminant {
    scale: Vec<(f64, f64)>,
    classes: Vec<usize>,
    /// `Σ⁻¹ μ` and `−½ μᵀ Σ⁻¹ μ` of each class.
    linear: Vec<(Vec<f64>, f64)>,
}

impl Discriminant {
    /// Fits on rows and their classes; `None` when there are no rows or the lengths differ.
    pub fn fit(rows: &Matrix, classes: &[usize], shrinkage: f64) -> Option<Self> {
        if rows.rows() == 0 || rows.rows() != classes.len() {
            return None;
        }
        let (scale, width) = (rows.scale(), rows.width());
        let z = rows.standardised(&scale);
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        classes.iter().enumerate().for_each(|(row, class)| members.entry(*class).or_default().push(row));
        let means: BTreeMap<usize, Vec<f64>> = members
            .iter()
            .map(|(class, rows)| {
                let mean = |c: usize| rows.iter().map(|&r| z.row(r)[c]).sum::<f64>() / rows.len() as f64;
                (*class, (0..width).map(mean).collect())
            })
            .collect();
        let centred = Mat::from_fn(z.rows(), width, |i, j| z.row(i)[j] - means[&classes[i]][j]);
        let mut sigma = centred.transpose() * &centred / faer::Scale(z.rows() as f64);
        let level = (0..width).map(|i| sigma[(i, i)]).sum::<f64>() / width as f64;
        for i in 0..width {
            for j in 0..width {
                sigma[(i, j)] *= 1.0 - shrinkage;
            }
            sigma[(i, i)] += shrinkage * level + 1e-9;
        }
        let factor = sigma.llt(Side::Lower).ok()?;
        let linear = means.values().map(|mean| {
            let solved = factor.solve(Mat::from_fn(width, 1, |i, _| mean[i]));
            let weights: Vec<f64> = (0..width).map(|i| solved[(i, 0)]).collect();
            let offset = -0.5 * weights.iter().zip(mean).map(|(w, m)| w * m).sum::<f64>();
            (weights, offset)
        });
        let linear = linear.collect();
        Some(Self { scale, classes: means.into_keys().collect(), linear })
    }

    /// The classes, ascending; the order of the scores.
    pub fn classes(&self) -> &[usize] {
        &self.classes
    }

    /// Log-probabilities of the classes for one row, up to a constant.
    pub fn scores(&self, row: &[f64]) -> Vec<f64> {
        let z: Vec<f64> = row.iter().zip(&self.scale).map(|(v, (m, s))| (v - m) / s).collect();
        let score = |(weights, offset): &(Vec<f64>, f64)| {
            weights.iter().zip(&z).map(|(w, v)| w * v).sum::<f64>() + offset
        };
        self.linear.iter().map(score).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlated_classes_are_told_apart_across_their_spread() {
        let row = |t: usize| {
            let (along, class) = ((t % 17) as f64 - 8.0, t % 2);
            [along + class as f64, along - class as f64 + 0.1 * (t % 5) as f64]
        };
        let rows = Matrix::new(2, (0..200).flat_map(row).collect());
        let classes: Vec<usize> = (0..200).map(|t| t % 2).collect();
        let fit = Discriminant::fit(&rows, &classes, 0.001).unwrap();
        let right = (0..200).filter(|&t| {
            let scores = fit.scores(&row(t));
            usize::from(scores[1] > scores[0]) == t % 2
        });
        assert_eq!(right.count(), 200);
        assert!(Discriminant::fit(&rows, &[0], 0.1).is_none());
    }
}
