//! Standardisation fitted on training data.

use super::StreamFeatures;
use serde::{Deserialize, Serialize};

/// Subtracts a mean and divides by a spread, per feature, then clips to ±8. What is not finite comes
/// to stand at the mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Normaliser {
    mean: Vec<f32>,
    scale: Vec<f32>,
}

const CLIP: f32 = 8.0;

impl Normaliser {
    /// Leaves values as they are (sub-word ids).
    pub fn identity() -> Self {
        Self { mean: Vec::new(), scale: Vec::new() }
    }

    /// Mean and standard deviation over all valid tokens, as far as they are finite. They repeat after
    /// `width` values: the width of a token, or of all tokens when each has statistics of its own.
    /// With `shared` one mean and spread serve all features (pixels).
    pub fn fit<'a>(width: usize, shared: bool, items: impl Iterator<Item = &'a StreamFeatures>) -> Self {
        let mut count = vec![0.0f64; width];
        let (mut sum, mut square) = (count.clone(), count.clone());
        for item in items {
            let token = item.values.len() / item.mask.len().max(1);
            let tokens = item.values.chunks_exact(token.max(1)).zip(&item.mask);
            for (t, (row, _)) in tokens.enumerate().filter(|(_, (_, valid))| **valid) {
                for (i, v) in row.iter().enumerate().filter(|(_, v)| v.is_finite()) {
                    let f = (t * token + i) % width;
                    count[f] += 1.0;
                    sum[f] += f64::from(*v);
                    square[f] += f64::from(*v) * f64::from(*v);
                }
            }
        }
        let mut mean: Vec<f64> = sum.iter().zip(&count).map(|(s, n)| s / n.max(1.0)).collect();
        let mut variance: Vec<f64> =
            (0..width).map(|f| (square[f] / count[f].max(1.0) - mean[f] * mean[f]).max(0.0)).collect();
        if shared && width > 0 {
            let all = mean.iter().sum::<f64>() / width as f64;
            let between = mean.iter().map(|m| (m - all).powi(2)).sum::<f64>() / width as f64;
            let within = variance.iter().sum::<f64>() / width as f64;
            mean.fill(all);
            variance.fill(between + within);
        }
        // A feature that never varies in training says nothing: it is switched off, not blown up.
        let scale = |(v, m): (&f64, &f64)| {
            if *v > 1e-12 * (1.0 + m * m) { (1.0 / v.sqrt()) as f32 } else { 0.0 }
        };
        let scale = variance.iter().zip(&mean).map(scale).collect();
        Self { mean: mean.iter().map(|m| *m as f32).collect(), scale }
    }

    /// Whether this is for `width` features (or for any) and holds nothing but numbers.
    pub(super) fn fits(&self, width: usize) -> bool {
        let whole = self.mean.iter().chain(&self.scale).all(|v| v.is_finite());
        whole && self.mean.len() == self.scale.len() && (self.mean.is_empty() || self.mean.len() == width)
    }

    /// Standardises in place.
    pub fn apply(&self, features: &mut StreamFeatures) {
        if self.mean.is_empty() {
            return;
        }
        for row in features.values.chunks_exact_mut(self.mean.len()) {
            for ((v, m), s) in row.iter_mut().zip(&self.mean).zip(&self.scale) {
                let z = (*v - m) * s;
                *v = if z.is_finite() { z.clamp(-CLIP, CLIP) } else { 0.0 };
            }
        }
    }
}
