//! Maximum-entropy approximation of differential entropy (Hyvärinen 1998), fast enough for every pair of columns.
//!
//! H(u) ≈ (1 + ln 2π)/2 − k₁ (E ln cosh u − γ)² − k₂ (E u e^{−u²/2})² for u with mean 0 and variance 1.
//!
//! Both expectations need an exponential per sample, and nothing else that is dear: ln cosh u = |u| − ln 2 +
//! ln(1 + e^{−2|u|}), where the logarithms of a block are one logarithm of a product of factors between 1 and 2.
//! Sums run over a fixed number of lanes, so that the result is the same on every machine.

use crate::exponential::exp_of_negative;

const LANES: usize = 8;
/// Products of this many factors ≤ 2 stay far below the largest number.
const BLOCK: usize = 512 * LANES;

const K1: f64 = 79.047;
const K2: f64 = 7.4129;
const GAMMA: f64 = 0.37457;

/// Sums of ln cosh u and of u e^{−u²/2} over samples.
#[derive(Clone, Copy, Default)]
struct Sums {
    log_cosh: f64,
    odd: f64,
}

impl Sums {
    fn entropy(self, samples: usize) -> f64 {
        let (n, half_log_tau) = (samples as f64, (1.0 + std::f64::consts::TAU.ln()) / 2.0);
        half_log_tau - K1 * (self.log_cosh / n - GAMMA).powi(2) - K2 * (self.odd / n).powi(2)
    }
}

/// Entropy of a column with mean 0 and variance 1.
pub(super) fn entropy(standardised: &[f64]) -> f64 {
    let mut sums = Sums::default();
    for block in standardised.chunks(BLOCK) {
        add_block(block, &mut sums, |u, _| u, block);
    }
    sums.entropy(standardised.len())
}

/// Entropies of the standardised residuals of `x` on `y` and of `y` on `x`; both columns have mean 0 and
/// variance 1 and correlation `rho`.
pub(super) fn residual_entropies(x: &[f64], y: &[f64], rho: f64) -> (f64, f64) {
    let scale = 1.0 / (1.0 - rho * rho).sqrt();
    let slope = rho * scale;
    let (mut x_on_y, mut y_on_x) = (Sums::default(), Sums::default());
    for (x, y) in x.chunks(BLOCK).zip(y.chunks(BLOCK)) {
        add_block(x, &mut x_on_y, |x, y| scale * x - slope * y, y);
        add_block(x, &mut y_on_x, |x, y| scale * y - slope * x, y);
    }
    (x_on_y.entropy(x.len()), y_on_x.entropy(x.len()))
}

#[inline(always)]
fn add_block(x: &[f64], sums: &mut Sums, residual: impl Fn(f64, f64) -> f64, y: &[f64]) {
    let (mut absolute, mut odd, mut product) = ([0.0; LANES], [0.0; LANES], [1.0; LANES]);
    let (xs, ys) = (x.chunks_exact(LANES), y.chunks_exact(LANES));
    for (x, y) in xs.remainder().iter().zip(ys.remainder()) {
        step(residual(*x, *y), &mut absolute[0], &mut odd[0], &mut product[0]);
    }
    for (x, y) in xs.zip(ys) {
        for l in 0..LANES {
            step(residual(x[l], y[l]), &mut absolute[l], &mut odd[l], &mut product[l]);
        }
    }
    let logs: f64 = product.iter().map(|p| p.ln()).sum();
    sums.log_cosh += absolute.iter().sum::<f64>() + logs - std::f64::consts::LN_2 * x.len() as f64;
    sums.odd += odd.iter().sum::<f64>();
}

#[inline(always)]
fn step(u: f64, absolute: &mut f64, odd: &mut f64, product: &mut f64) {
    let size = u.abs();
    *absolute += size;
    *product *= 1.0 + exp_of_negative(-2.0 * size);
    *odd += u * exp_of_negative(-0.5 * u * u);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_that_of_the_definition() {
        let n = 5003;
        let u: Vec<f64> = (0..n).map(|i| (f64::from(i) * 0.7391).sin() * f64::from(i % 7)).collect();
        let count = f64::from(n);
        let mean = u.iter().sum::<f64>() / count;
        let sd = (u.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt();
        let u: Vec<f64> = u.iter().map(|v| (v - mean) / sd).collect();
        let log_cosh = u.iter().map(|v| v.cosh().ln()).sum::<f64>() / count;
        let odd = u.iter().map(|v| v * (-v * v / 2.0).exp()).sum::<f64>() / count;
        let expected =
            (1.0 + std::f64::consts::TAU.ln()) / 2.0 - K1 * (log_cosh - GAMMA).powi(2) - K2 * odd.powi(2);
        assert!((entropy(&u) - expected).abs() < 1e-12);
    }
}
