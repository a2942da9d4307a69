//! Natural cubic splines, each told by its values at its knots.

use faer::linalg::solvers::Solve;
use faer::{Mat, Side};
use serde::{Deserialize, Serialize};

/// A cubic between neighbouring knots, smooth to the second derivative, straight beyond the outer knots.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    knots: Vec<f64>,
    values: Vec<f64>,
    curvatures: Vec<f64>,
}

impl Curve {
    /// The curve's value; zero for a curve without knots.
    pub fn value(&self, x: f64) -> f64 {
        let last = match self.knots.len() {
            0 => return 0.0,
            1 => return self.values[0],
            n => n - 1,
        };
        let j = self.knots.partition_point(|k| *k <= x).clamp(1, last) - 1;
        weights(&self.knots, j, x).iter().zip([j, j + 1]).fold(0.0, |sum, ((value, curvature), k)| {
            sum + value * self.values[k] + curvature * self.curvatures[k]
        })
    }

    /// Knots ascend and come with a value and a curvature each.
    pub(crate) fn is_sound(&self) -> bool {
        self.knots.len() == self.values.len()
            && self.knots.len() == self.curvatures.len()
            && self.knots.windows(2).all(|w| w[0] < w[1])
    }
}

/// Weights of (value, second derivative) at knots `j` and `j + 1` for the spline at `x`
/// (Wood 2017, *Generalized Additive Models*, table 5.1), continued in a straight line outside.
fn weights(knots: &[f64], j: usize, x: f64) -> [(f64, f64); 2] {
    let (low, high) = (knots[j], knots[j + 1]);
    let h = high - low;
    let (left, right) = ((high - x) / h, (x - low) / h);
    let cubic = |t: f64| h * h * (t * t * t - t) / 6.0;
    if x < low {
        // The slope of the outer ends: −h/3 and −h/6 of the second derivatives.
        return [(left, -(x - low) * h / 3.0), (right, -(x - low) * h / 6.0)];
    }
    if x > high {
        return [(left, (x - high) * h / 6.0), (right, (x - high) * h / 3.0)];
    }
    [(left, cubic(left)), (right, cubic(right))]
}

/// The splines over some knots, as a linear space with the knots' values as coordinates.
pub(super) struct Basis {
    knots: Vec<f64>,
    /// Second derivatives at all knots from values: `knots × knots`.
    second: Mat<f64>,
    /// `∫ f″²` as a quadratic form of the values.
    pub(super) penalty: Mat<f64>,
}

impl Basis {
    /// Knots at evenly spaced quantiles of a column; none for a constant column.
    pub(super) fn new(column: &[f64], most: usize) -> Self {
        let mut sorted = column.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        sorted.dedup();
        let count = most.min(sorted.len());
        let mut knots: Vec<f64> = match count {
            0 | 1 => Vec::new(),
            _ => (0..count).map(|k| sorted[k * (sorted.len() - 1) / (count - 1)]).collect(),
        };
        knots.dedup();
        let n = knots.len();
        let mut second = Mat::zeros(n, n);
        let mut penalty = Mat::zeros(n, n);
        if n > 2 {
            let gap: Vec<f64> = knots.windows(2).map(|w| w[1] - w[0]).collect();
            let mut band = Mat::<f64>::zeros(n - 2, n - 2);
            let mut difference = Mat::<f64>::zeros(n - 2, n);
            for i in 0..n - 2 {
                band[(i, i)] = (gap[i] + gap[i + 1]) / 3.0;
                if i + 1 < n - 2 {
                    band[(i, i + 1)] = gap[i + 1] / 6.0;
                    band[(i + 1, i)] = gap[i + 1] / 6.0;
                }
                difference[(i, i)] = 1.0 / gap[i];
                difference[(i, i + 1)] = -1.0 / gap[i] - 1.0 / gap[i + 1];
                difference[(i, i + 2)] = 1.0 / gap[i + 1];
            }
            // The band is diagonally dominant, so it always has a Cholesky factor.
            if let Ok(factor) = band.llt(Side::Lower) {
                let inner = factor.solve(&difference);
                penalty = difference.transpose() * &inner;
                (0..n - 2).for_each(|i| (0..n).for_each(|j| second[(i + 1, j)] = inner[(i, j)]));
            }
        }
        Self { knots, second, penalty }
    }

    pub(super) fn len(&self) -> usize {
        self.knots.len()
    }

    /// Values of all basis functions at `x`.
    pub(super) fn row(&self, x: f64, out: &mut [f64]) {
        out.fill(0.0);
        let n = self.knots.len();
        if n < 2 {
            return;
        }
        let j = self.knots.partition_point(|k| *k <= x).clamp(1, n - 1) - 1;
        for ((value, curvature), k) in weights(&self.knots, j, x).into_iter().zip([j, j + 1]) {
            out[k] += value;
            out.iter_mut().enumerate().for_each(|(i, o)| *o += curvature * self.second[(k, i)]);
        }
    }

    /// The curve with these values at the knots, moved by `shift`.
    pub(super) fn curve(self, values: &[f64], shift: f64) -> Curve {
        let n = self.len();
        let curvatures = (0..n).map(|i| (0..n).map(|j| self.second[(i, j)] * values[j]).sum()).collect();
        Curve { knots: self.knots, values: values.iter().map(|v| v + shift).collect(), curvatures }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_goes_through_its_values_and_on_in_a_straight_line() {
        let knots: Vec<f64> = vec![0.0, 1.0, 2.5, 3.0];
        let values = [0.0, 2.0, -1.0, 1.0];
        let curve = Basis::new(&knots, 10).curve(&values, 0.0);
        for (k, v) in knots.iter().zip(values) {
            assert!((curve.value(*k) - v).abs() < 1e-12);
        }
        for (inside, edge, out) in [(1e-6, 0.0, -1.0), (3.0 - 1e-6, 3.0, 4.0)] {
            let slope = (curve.value(edge) - curve.value(inside)) / (edge - inside);
            assert!((curve.value(out) - curve.value(edge) - slope * (out - edge)).abs() < 1e-4);
        }
    }

    #[test]
    fn the_basis_is_the_curve() {
        let knots: Vec<f64> = (0..6).map(|k| f64::from(k * k)).collect();
        let values = [1.0, 0.0, 3.0, -2.0, 1.0, 0.5];
        let basis = Basis::new(&knots, 10);
        let mut row = vec![0.0; 6];
        basis.row(7.3, &mut row);
        let sum: f64 = row.iter().zip(values).map(|(r, v)| r * v).sum();
        assert!((sum - basis.curve(&values, 0.0).value(7.3)).abs() < 1e-12);
    }
}
