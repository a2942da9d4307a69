//! Additive noise: effect = f(cause) + noise, noise independent of the cause.

use super::normalisation::{ascending, standardised};
use super::spline::SplineBasis;
use crate::CausalError;
use crate::exponential::exp_of_negative;

/// Most samples for HSIC, which takes a time that grows with their square.
const MOST: usize = 1000;

/// HSIC between the cause and the residuals of a spline on it.
pub(super) fn cost(cause: &[f64], effect: &[f64]) -> Result<f64, CausalError> {
    let (cause, effect) = (standardised(cause), standardised(effect));
    let fit = SplineBasis::new(&cause).fit(&effect, None)?;
    let residuals: Vec<f64> = effect.iter().zip(&fit.fitted).map(|(y, f)| y - f).collect();
    Ok(dependence(&cause, &residuals))
}

/// HSIC (Gretton and others 2005) with Gaussian kernels of median width, divided by the square root of both
/// variables' own, so that it lies between 0 and 1. Of many samples, evenly spaced rows are taken.
pub(super) fn dependence(x: &[f64], y: &[f64]) -> f64 {
    let step = x.len().div_ceil(MOST);
    let x: Vec<f64> = x.iter().step_by(step).copied().collect();
    let y: Vec<f64> = y.iter().step_by(step).copied().collect();
    let (k, l) = (centred_kernel(&x), centred_kernel(&y));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    dot(&k, &l) / (dot(&k, &k) * dot(&l, &l)).sqrt()
}

fn centred_kernel(x: &[f64]) -> Vec<f64> {
    let n = x.len();
    let width = median_distance(x);
    let scale = -0.5 / (width * width);
    let mut kernel = Vec::with_capacity(n * n);
    for a in x {
        kernel.extend(x.iter().map(|b| exp_of_negative(scale * (a - b) * (a - b))));
    }
    let means: Vec<f64> = kernel.chunks_exact(n).map(|row| row.iter().sum::<f64>() / n as f64).collect();
    let mean = means.iter().sum::<f64>() / n as f64;
    for (row, row_mean) in kernel.chunks_exact_mut(n).zip(&means) {
        for (value, column_mean) in row.iter_mut().zip(&means) {
            *value += mean - row_mean - column_mean;
        }
    }
    kernel
}

/// Median distance between different values, from 200 of them that are evenly spaced in order.
fn median_distance(x: &[f64]) -> f64 {
    let order = ascending(x);
    let some: Vec<f64> = order.iter().step_by(order.len().div_ceil(200)).map(|&i| x[i]).collect();
    let mut distances: Vec<f64> = some
        .iter()
        .enumerate()
        .flat_map(|(i, a)| some[i + 1..].iter().map(move |b| (a - b).abs()))
        .filter(|d| *d > 0.0)
        .collect();
    distances.sort_by(f64::total_cmp);
    distances.get(distances.len() / 2).copied().unwrap_or(1.0)
}
