//! The compensator: each modality predicted from whatever else is available.

use super::moments::Moments;
use super::{Modality, OneClassError};
use faer::linalg::solvers::Solve;
use faer::{Mat, Side};
use serde::{Deserialize, Serialize};

/// Moments of lagged rows and what is needed to solve any conditional regression from them.
///
/// A lagged row is `[lag, channel]`, lag 0 first, in standardised units. For modality `m` the outputs
/// are its channels at lag 0; the inputs are the channels of the other modalities at lag 0 and of all
/// modalities at the lags above.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Compensator {
    pub(super) channels: usize,
    pub(super) lags: usize,
    pub(super) ridge: f64,
    pub(super) moments: Moments,
}

/// A solved regression: `ŷ = y̅ + B (x − x̅)`.
#[derive(Clone, Debug)]
pub(super) struct Regression {
    outputs: Vec<usize>,
    inputs: Vec<usize>,
    /// Row-major `[output, input]`.
    coefficients: Vec<f64>,
    intercept: Vec<f64>,
    /// Covariance of the residual on the rows of the fit, row-major `[output, output]`.
    pub(super) in_sample: Vec<f64>,
}

impl Compensator {
    /// Solves modality `m` from the inputs whose `[lag, modality]` flag is set:
    /// `B = S_yx (S_xx + ridge · I)⁻¹`.
    pub(super) fn solve(
        &self,
        layout: &[Modality],
        modality: usize,
        available: &[bool],
    ) -> Result<Regression, OneClassError> {
        let outputs = layout[modality].channels.clone();
        let mut inputs = Vec::new();
        for lag in 0..=self.lags {
            for (other, group) in layout.iter().enumerate() {
                if available[lag * layout.len() + other] && (lag > 0 || other != modality) {
                    inputs.extend(group.channels.iter().map(|c| lag * self.channels + c));
                }
            }
        }
        let s = |i: usize, j: usize| self.moments.covariance(i, j);
        let coefficients = if inputs.is_empty() {
            Mat::zeros(0, outputs.len())
        } else {
            let left = Mat::from_fn(inputs.len(), inputs.len(), |i, j| {
                s(inputs[i], inputs[j]) + if i == j { self.ridge } else { 0.0 }
            });
            let right = Mat::from_fn(inputs.len(), outputs.len(), |i, j| s(inputs[i], outputs[j]));
            let factor =
                left.llt(Side::Lower).map_err(|_| OneClassError::Singular("compensator's normal matrix"))?;
            factor.solve(right)
        };
        Ok(self.regression(outputs, inputs, &coefficients))
    }

    fn regression(&self, outputs: Vec<usize>, inputs: Vec<usize>, b: &Mat<f64>) -> Regression {
        let s = |i: usize, j: usize| self.moments.covariance(i, j);
        let size = outputs.len();
        // For a ridge solution S_xx B = S_xy − ridge · B, so that
        // cov(y − Bᵀx) = S_yy − Bᵀ S_xy − ridge · Bᵀ B.
        let mut in_sample = vec![0.0; size * size];
        for i in 0..size {
            for j in 0..size {
                let explained = inputs
                    .iter()
                    .enumerate()
                    .map(|(k, &x)| b[(k, i)] * s(x, outputs[j]) + self.ridge * b[(k, i)] * b[(k, j)]);
                in_sample[i * size + j] = s(outputs[i], outputs[j]) - explained.sum::<f64>();
            }
        }
        let coefficients: Vec<f64> =
            (0..size).flat_map(|i| (0..inputs.len()).map(move |k| b[(k, i)])).collect();
        let shift = |i: usize| -> f64 {
            inputs.iter().enumerate().map(|(k, &x)| b[(k, i)] * self.moments.mean(x)).sum()
        };
        let intercept = outputs.iter().enumerate().map(|(i, &y)| self.moments.mean(y) - shift(i)).collect();
        Regression { outputs, inputs, coefficients, intercept, in_sample }
    }
}

impl Regression {
    /// `y − ŷ` for a lagged row; entries of inputs that are not available are never read.
    pub(super) fn residual(&self, lagged: &[f64]) -> Vec<f64> {
        let width = self.inputs.len();
        let predict = |i: usize| {
            let row = &self.coefficients[i * width..(i + 1) * width];
            row.iter().zip(&self.inputs).map(|(b, &x)| b * lagged[x]).sum::<f64>() + self.intercept[i]
        };
        self.outputs.iter().enumerate().map(|(i, &y)| lagged[y] - predict(i)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted() -> (Compensator, Vec<Modality>, Vec<[f64; 4]>) {
        let wave = |t: f64| (t * 0.7).sin();
        // Channels a and b at lag 0, then at lag 1; b follows a one row later.
        let rows: Vec<[f64; 4]> = (1..200)
            .map(f64::from)
            .map(|t| [wave(t), 3.0 * wave(t - 1.0), wave(t - 1.0), 3.0 * wave(t - 2.0)])
            .collect();
        let mut moments = Moments::new(4);
        rows.iter().for_each(|row| moments.add(row, 1.0));
        let layout = vec![Modality::new("a", [0]), Modality::new("b", [1])];
        (Compensator { channels: 2, lags: 1, ridge: 1e-9, moments }, layout, rows)
    }

    #[test]
    fn the_past_of_one_modality_predicts_the_other() {
        let (compensator, layout, rows) = fitted();
        let all = compensator.solve(&layout, 1, &[true; 4]).unwrap();
        assert!(rows.iter().all(|row| all.residual(row)[0].abs() < 1e-4));
        let blind = compensator.solve(&layout, 1, &[false; 4]).unwrap();
        assert!(blind.in_sample[0] > 1.0 && all.in_sample[0] < 1e-6);
    }

    #[test]
    fn the_in_sample_covariance_is_that_of_the_residuals() {
        let (mut compensator, layout, rows) = fitted();
        compensator.ridge = 0.3;
        let fit = compensator.solve(&layout, 1, &[true, true, false, true]).unwrap();
        let residuals: Vec<f64> = rows.iter().map(|row| fit.residual(row)[0]).collect();
        let mean_square = residuals.iter().map(|e| e * e).sum::<f64>() / residuals.len() as f64;
        assert!((mean_square - fit.in_sample[0]).abs() < 1e-9);
    }
}
