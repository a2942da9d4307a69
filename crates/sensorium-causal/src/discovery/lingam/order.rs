//! The causal order: again and again the variable that is least an effect of the others.

use super::entropy::{entropy, residual_entropies};
use crate::discovery::continuous_samples::ContinuousSamples;
use crate::{CausalError, Knowledge};
use rayon::prelude::*;

/// A residual that keeps less than this share of its variance is rounding only.
const VANISHED: f64 = 1e-10;

/// Causal order by pairwise likelihood ratios (Hyvärinen and Smith 2013, equations 3 and 12).
pub(super) fn causal_order(
    samples: &ContinuousSamples,
    knowledge: &Knowledge,
) -> Result<Vec<usize>, CausalError> {
    let d = samples.width();
    let mut columns: Vec<Vec<f64>> =
        (0..d).map(|j| samples.centred.col(j).iter().copied().collect()).collect();
    for column in &mut columns {
        standardise(column);
    }
    let mut left: Vec<usize> = (0..d).collect();
    let mut order = Vec::with_capacity(d);
    while !left.is_empty() {
        let candidates: Vec<usize> =
            left.iter().copied().filter(|&i| may_be_next(knowledge, &left, i)).collect();
        let next = match candidates[..] {
            [] => return Err(CausalError::Knowledge("no variable can come first; look for a cycle".into())),
            [only] => only,
            _ => most_exogenous(&columns, &left, &candidates),
        };
        left.retain(|&i| i != next);
        order.push(next);
        let cause = std::mem::take(&mut columns[next]);
        if let Some(j) = take_out(&cause, &mut columns, &left) {
            return Err(CausalError::Data(format!(
                "column `{}` is a linear function of others; leave one of them out",
                samples.names[j]
            )));
        }
    }
    Ok(order)
}

/// Nothing that is left must come before it.
fn may_be_next(knowledge: &Knowledge, left: &[usize], i: usize) -> bool {
    let tier = |v: usize| knowledge.tiers.get(v).copied().flatten();
    left.iter().all(|&j| {
        let earlier = matches!((tier(j), tier(i)), (Some(a), Some(b)) if a < b);
        !earlier && !knowledge.requires(j, i)
    })
}

/// The candidate with the least evidence that another variable causes it: the sum over the others of the squared
/// differences of mutual information that speak against it.
fn most_exogenous(columns: &[Vec<f64>], left: &[usize], candidates: &[usize]) -> usize {
    let own: Vec<f64> = left.par_iter().map(|&i| entropy(&columns[i])).collect();
    let is_candidate: Vec<bool> = left.iter().map(|i| candidates.contains(i)).collect();
    let pairs: Vec<(usize, usize)> = (0..left.len())
        .flat_map(|a| (a + 1..left.len()).map(move |b| (a, b)))
        .filter(|&(a, b)| is_candidate[a] || is_candidate[b])
        .collect();
    let differences: Vec<f64> = pairs
        .par_iter()
        .map(|&(a, b)| {
            let (x, y) = (&columns[left[a]], &columns[left[b]]);
            let (x_on_y, y_on_x) = residual_entropies(x, y, correlation(x, y));
            (own[b] + x_on_y) - (own[a] + y_on_x)
        })
        .collect();
    let mut against = vec![0.0; left.len()];
    for (&(a, b), difference) in pairs.iter().zip(differences) {
        against[a] += difference.min(0.0).powi(2);
        against[b] += (-difference).min(0.0).powi(2);
    }
    let mut best = usize::MAX;
    for a in (0..left.len()).filter(|&a| is_candidate[a]) {
        if best == usize::MAX || against[a] < against[best] {
            best = a;
        }
    }
    left[best]
}

/// Replaces each column that is left by its standardised residual on `cause`; returns the first of which nothing
/// remains.
fn take_out(cause: &[f64], columns: &mut [Vec<f64>], left: &[usize]) -> Option<usize> {
    let vanished = |(j, column): (usize, &mut Vec<f64>)| {
        let rho = correlation(column, cause);
        for (x, c) in column.iter_mut().zip(cause) {
            *x -= rho * c;
        }
        (standardise(column) < VANISHED).then_some(j)
    };
    columns.par_iter_mut().enumerate().filter(|(j, _)| left.contains(j)).filter_map(vanished).min()
}

/// Mean 0, variance 1; returns the variance that it had.
fn standardise(column: &mut [f64]) -> f64 {
    let n = column.len() as f64;
    let mean = column.iter().sum::<f64>() / n;
    for x in column.iter_mut() {
        *x -= mean;
    }
    let variance = dot(column, column) / n;
    let scale = 1.0 / variance.sqrt();
    for x in column.iter_mut() {
        *x *= scale;
    }
    variance
}

fn correlation(x: &[f64], y: &[f64]) -> f64 {
    dot(x, y) / x.len() as f64
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let (xs, ys) = (x.chunks_exact(8), y.chunks_exact(8));
    let rest: f64 = xs.remainder().iter().zip(ys.remainder()).map(|(a, b)| a * b).sum();
    for (x, y) in xs.zip(ys) {
        for l in 0..8 {
            lanes[l] += x[l] * y[l];
        }
    }
    rest + lanes.iter().sum::<f64>()
}
