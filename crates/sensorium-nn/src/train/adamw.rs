//! AdamW on host vectors.
//!
//! Burn's own optimizer walks each parameter tensor with about ten element-wise tensor operations,
//! clips each tensor apart and keys its state by parameter ids that a weights file does not hold.
//! Here one pass over plain slices updates everything: clipping by the global norm, decoupled decay,
//! and an exponential moving average, with state that is saved under the parameters' names.

use serde::{Deserialize, Serialize};

/// Settings of the optimizer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdamWConfig {
    /// Peak learning rate.
    pub learning_rate: f32,
    /// Decoupled weight decay; matrices and convolutions only.
    pub weight_decay: f32,
    /// Largest global gradient norm.
    pub clip_norm: f32,
    /// Decay of the moving average of the weights.
    pub ema_decay: f32,
}

impl Default for AdamWConfig {
    fn default() -> Self {
        Self { learning_rate: 2e-3, weight_decay: 0.02, clip_norm: 1.0, ema_decay: 0.995 }
    }
}

/// First and second moments and the averaged weights.
#[derive(Clone, Debug, PartialEq)]
pub struct AdamWState {
    /// Steps taken.
    pub step: u64,
    /// Mean of the gradients.
    pub first: Vec<Vec<f32>>,
    /// Mean of their squares.
    pub second: Vec<Vec<f32>>,
    /// Moving average of the weights.
    pub average: Vec<Vec<f32>>,
}

impl AdamWState {
    /// Moments of zero, the average at the weights themselves.
    pub fn new(values: &[Vec<f32>]) -> Self {
        let zeros: Vec<Vec<f32>> = values.iter().map(|v| vec![0.0; v.len()]).collect();
        Self { step: 0, first: zeros.clone(), second: zeros, average: values.to_vec() }
    }

    /// One step at `rate` times the peak learning rate (Loshchilov & Hutter 2019, arXiv:1711.05101,
    /// algorithm 2). Returns the gradient norm before clipping. A gradient that is not finite leaves
    /// everything as it was.
    pub fn update(
        &mut self,
        values: &mut [Vec<f32>],
        shapes: &[Vec<usize>],
        gradients: &[Vec<f32>],
        config: &AdamWConfig,
        rate: f32,
    ) -> f32 {
        const BETA1: f32 = 0.9;
        const BETA2: f32 = 0.98;
        let square: f64 =
            gradients.iter().map(|g| g.iter().map(|v| f64::from(*v) * f64::from(*v)).sum::<f64>()).sum();
        let norm = square.sqrt() as f32;
        if !norm.is_finite() {
            return norm;
        }
        self.step += 1;
        let clip = (config.clip_norm / norm.max(1e-12)).min(1.0);
        let t = self.step as i32;
        let (fix1, fix2) = (1.0 - BETA1.powi(t), 1.0 - BETA2.powi(t));
        let step = config.learning_rate * rate;
        // The average follows closely at first, when the weights still move far.
        let decay = config.ema_decay.min((1.0 + t as f32) / (10.0 + t as f32));
        for (p, gradient) in gradients.iter().enumerate() {
            let shrink = if shapes[p].len() > 1 { 1.0 - step * config.weight_decay } else { 1.0 };
            let moments = self.first[p].iter_mut().zip(&mut self.second[p]);
            let weights = values[p].iter_mut().zip(&mut self.average[p]);
            for (((m, v), (w, a)), g) in moments.zip(weights).zip(gradient) {
                let g = g * clip;
                *m = BETA1 * *m + (1.0 - BETA1) * g;
                *v = BETA2 * *v + (1.0 - BETA2) * g * g;
                *w = *w * shrink - step * (*m / fix1) / ((*v / fix2).sqrt() + 1e-8);
                *a = decay * *a + (1.0 - decay) * *w;
            }
        }
        norm
    }
}

/// Share of the peak learning rate at `step` of `total`: linear warm-up, then half a cosine to zero
/// (Loshchilov & Hutter 2017, arXiv:1608.03983).
pub fn schedule(step: u64, total: u64, warm_up: u64) -> f32 {
    if step < warm_up {
        return (step + 1) as f32 / warm_up as f32;
    }
    let done = (step - warm_up) as f64 / (total.saturating_sub(warm_up)).max(1) as f64;
    (0.5 * (1.0 + (std::f64::consts::PI * done.min(1.0)).cos())) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_step_moves_by_the_learning_rate_against_the_sign() {
        let mut values = vec![vec![1.0, -1.0]];
        let mut state = AdamWState::new(&values);
        let config = AdamWConfig { learning_rate: 0.1, weight_decay: 0.0, clip_norm: 1e9, ema_decay: 0.9 };
        state.update(&mut values, &[vec![2]], &[vec![3.0, -0.5]], &config, 1.0);
        assert!((values[0][0] - 0.9).abs() < 1e-5 && (values[0][1] + 0.9).abs() < 1e-5);
    }

    #[test]
    fn a_gradient_that_is_not_finite_changes_nothing() {
        let mut values = vec![vec![1.0]];
        let mut state = AdamWState::new(&values);
        let before = (values.clone(), state.clone());
        state.update(&mut values, &[vec![1]], &[vec![f32::NAN]], &AdamWConfig::default(), 1.0);
        assert_eq!((values, state), before);
    }

    #[test]
    fn the_schedule_rises_then_falls_to_zero() {
        assert!(schedule(0, 100, 10) < schedule(9, 100, 10));
        assert!(schedule(50, 100, 10) > schedule(90, 100, 10));
        assert!(schedule(100, 100, 10) < 1e-6);
    }
}
