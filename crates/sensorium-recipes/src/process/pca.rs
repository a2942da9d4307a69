//! Principal-component monitoring: Hotelling's T² and the squared prediction error.

use super::matrix::trailing_mean;
use super::{Matrix, thresholds};
use faer::{Mat, Side};

/// A fitted PCA monitor (Jackson and Mudholkar 1979, doi:10.1080/00401706.1979.10489779); with
/// `lags > 1` the dynamic PCA of Ku, Storer and Georgakis 1995 (doi:10.1016/0169-7439(95)00076-3).
#[derive(Clone, Debug)]
pub struct PcaMonitor {
    lags: usize,
    window: usize,
    scale: Vec<(f64, f64)>,
    /// Row-major `[component, column]`, the kept components, largest first.
    components: Vec<f64>,
    /// All eigenvalues of the covariance with `1/(rows − 1)`, largest first.
    eigenvalues: Vec<f64>,
    kept: usize,
}

/// How many components to keep, and what a statistic looks at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PcaConfig {
    /// Rows that are stacked: 1 for static PCA.
    pub lags: usize,
    /// Rows over which each statistic is averaged.
    pub window: usize,
    /// Share of the variance that the kept components explain.
    pub explained: f64,
}

impl PcaMonitor {
    /// Fits on runs of normal rows; no lag reaches across their ends. `None` when the rows are too few
    /// or not finite.
    pub fn fit(config: PcaConfig, runs: &[Matrix]) -> Option<Self> {
        let lags = config.lags.max(1);
        let width = runs.first()?.width() * lags;
        let stacked = runs.iter().flat_map(|run| {
            let lagged = run.lagged(lags);
            let from = (lags - 1).min(lagged.rows());
            lagged.slice(from, lagged.rows()).values().to_vec()
        });
        let rows = Matrix::new(width, stacked.collect());
        if rows.rows() < 2 || rows.values().iter().any(|v| !v.is_finite()) {
            return None;
        }
        let scale = rows.scale();
        let z = rows.standardised(&scale);
        let z = Mat::from_fn(z.rows(), width, |i, j| z.row(i)[j]);
        let covariance = z.transpose() * &z / faer::Scale((rows.rows() - 1) as f64);
        let eigen = covariance.self_adjoint_eigen(Side::Lower).ok()?;
        // Ascending in faer.
        let order: Vec<usize> = (0..width).rev().collect();
        let eigenvalues: Vec<f64> = order.iter().map(|&i| eigen.S()[i].max(0.0)).collect();
        let total: f64 = eigenvalues.iter().sum();
        let mut sum = 0.0;
        let reaching = eigenvalues.iter().position(|v| {
            sum += v;
            sum >= config.explained * total
        });
        let kept = reaching.map_or(width, |i| i + 1);
        let components = order[..kept]
            .iter()
            .flat_map(|&c| (0..width).map(move |r| (r, c)))
            .map(|(r, c)| eigen.U()[(r, c)]);
        let components = components.collect();
        Some(Self { lags, window: config.window.max(1), scale, components, eigenvalues, kept })
    }

    /// Number of kept components.
    pub fn kept(&self) -> usize {
        self.kept
    }

    /// All eigenvalues, largest first.
    pub fn eigenvalues(&self) -> &[f64] {
        &self.eigenvalues
    }

    /// `[T², SPE]` of each row: `T² = Σ t_i²/λ_i` over the kept scores, `SPE = |z − P t|²`, each
    /// averaged over the last `window` rows.
    pub fn statistics(&self, rows: &Matrix) -> Vec<[f64; 2]> {
        let lagged = rows.lagged(self.lags).standardised(&self.scale);
        let (mut t2, mut spe) = (Vec::new(), Vec::new());
        for z in lagged.iter() {
            let mut explained = 0.0;
            let mut hotelling = 0.0;
            for (component, eigenvalue) in self.components.chunks_exact(z.len()).zip(&self.eigenvalues) {
                let score: f64 = component.iter().zip(z).map(|(p, v)| p * v).sum();
                explained += score * score;
                hotelling += score * score / eigenvalue.max(1e-12);
            }
            t2.push(hotelling);
            // P is orthonormal: |z − P t|² = |z|² − |t|².
            spe.push((z.iter().map(|v| v * v).sum::<f64>() - explained).max(0.0));
        }
        let (t2, spe) = (trailing_mean(&t2, self.window), trailing_mean(&spe, self.window));
        t2.into_iter().zip(spe).map(|(a, b)| [a, b]).collect()
    }

    /// `[T², SPE]` thresholds whose union raises a `false_alarm` share of alarms on the normal rows,
    /// each block of them judged by a fit on the others.
    pub fn thresholds(
        config: PcaConfig,
        normal: &Matrix,
        blocks: usize,
        false_alarm: f64,
    ) -> Option<[f64; 2]> {
        let skip = config.lags.max(1) + config.window.max(1) - 2;
        let mut found = Vec::new();
        for block in 0..blocks {
            let (start, end) = (block * normal.rows() / blocks, (block + 1) * normal.rows() / blocks);
            let after = normal.slice(end + skip, normal.rows());
            let before = normal.slice(0, start.saturating_sub(skip));
            let runs: Vec<Matrix> = [before, after].into_iter().filter(|m| m.rows() > 0).collect();
            let fit = Self::fit(config, &runs)?;
            // The rows before the block give its first rows their history.
            let from = start.saturating_sub(skip);
            let statistics = fit.statistics(&normal.slice(from, end));
            found.extend_from_slice(&statistics[if start < skip { skip } else { start - from }..]);
        }
        thresholds::union(&found, false_alarm)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn example() -> Matrix {
        let row = |t: usize| {
            let a = (t as f64 * 0.7).sin();
            let b = (t as f64 * 1.3 + 0.4).cos();
            [a, a + 0.1 * b, b, 0.5 * a - 0.2 * b + 0.05 * (t as f64 * 2.9).sin()]
        };
        Matrix::new(4, (0..60).flat_map(row).collect())
    }

    // Golden values: benches/peers/process_golden.py with scikit-learn 1.9.1.
    #[test]
    fn t2_and_spe_agree_with_scikit_learn() {
        let config = PcaConfig { lags: 1, window: 1, explained: 0.85 };
        let fit = PcaMonitor::fit(config, &[example()]).unwrap();
        assert_eq!(fit.kept(), GOLDEN_KEPT);
        for (row, expected) in [(0, GOLDEN_ROW_0), (31, GOLDEN_ROW_31)] {
            let found = fit.statistics(&example())[row];
            assert!((found[0] - expected[0]).abs() < 1e-9, "{found:?}");
            assert!((found[1] - expected[1]).abs() < 1e-9, "{found:?}");
        }
    }

    const GOLDEN_KEPT: usize = 2;
    const GOLDEN_ROW_0: [f64; 2] = [1.627_989_422_192, 0.000_006_317_152];
    const GOLDEN_ROW_31: [f64; 2] = [2.192_345_530_730, 0.008_419_629_075];

    #[test]
    fn a_window_averages_the_statistics() {
        let plain = PcaMonitor::fit(PcaConfig { lags: 2, window: 1, explained: 0.9 }, &[example()]).unwrap();
        let pooled = PcaMonitor::fit(PcaConfig { lags: 2, window: 3, explained: 0.9 }, &[example()]).unwrap();
        let (a, b) = (plain.statistics(&example()), pooled.statistics(&example()));
        assert!((b[10][1] - (a[8][1] + a[9][1] + a[10][1]) / 3.0).abs() < 1e-12);
    }
}
