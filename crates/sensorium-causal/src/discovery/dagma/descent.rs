//! The descent along the central path: Adam on μ (loss + λ₁ |W|₁) − log det(sI − W∘W), for μ that shrinks.

use super::DagmaConfig;
use super::loss::Loss;
use super::square::Square;

/// A learning rate below this moves nothing.
const STALLED: f64 = 1e-16;

/// What is minimised, and which weights are held at 0 or freed of the penalty.
pub(super) struct Descent<'a> {
    pub config: &'a DagmaConfig,
    pub loss: Loss,
    /// 0 for a weight that is held at 0, 1 for the others.
    pub mask: Square,
    /// Factor of the penalty's gradient: 1, and −1 for a required edge.
    pub penalty: Square,
}

/// The end of a descent.
pub(super) struct Minimum {
    pub weights: Square,
    /// log det term; 0 for a graph without cycles.
    pub cyclicity: f64,
    pub loss: f64,
    pub iterations: usize,
}

/// One stage of the central path.
struct Stage {
    mu: f64,
    s: f64,
    learning_rate: f64,
    iterations: usize,
}

impl Descent<'_> {
    /// All stages; where the weights leave the domain of M-matrices, the stage starts anew with a larger s and half
    /// the learning rate.
    pub fn run(mut self) -> Minimum {
        let config = self.config;
        let size = self.mask.size;
        let mut weights = Square::from_fn(size, |_, _| 0.0);
        let (mut mu, mut iterations) = (config.mu, 0);
        for (t, &s) in config.s.iter().enumerate() {
            let last = t + 1 == config.s.len();
            let budget = if last { config.last_iterations } else { config.stage_iterations };
            let mut stage = Stage { mu, s, learning_rate: config.learning_rate, iterations: budget };
            weights = loop {
                let mut start = weights.clone();
                let (inside, used) = self.minimise(&mut start, &stage);
                iterations += used;
                if inside {
                    break start;
                }
                stage.learning_rate *= 0.5;
                stage.s += 0.1;
            };
            mu *= config.mu_factor;
        }
        let cyclicity = acyclicity(&weights, 1.0).map_or(f64::NAN, |(_, h)| h);
        let loss = self.loss.value(&weights);
        Minimum { weights, cyclicity, loss, iterations }
    }

    /// Whether the weights stayed in the domain, and the number of iterations.
    fn minimise(&mut self, weights: &mut Square, stage: &Stage) -> (bool, usize) {
        let config = self.config;
        let [beta1, beta2] = config.beta;
        let penalty_weight = stage.mu * config.lambda1;
        let mut learning_rate = stage.learning_rate;
        let mut gradient = weights.clone();
        let mut step = Square::from_fn(weights.size, |_, _| 0.0);
        let (mut first, mut second) = (step.values.clone(), step.values.clone());
        let (mut power1, mut power2) = (1.0, 1.0);
        let mut previous = 1e16;
        let mut inverse = step.clone();
        let mut transposed = step.clone();
        for iteration in 1..=stage.iterations {
            while !invert(weights, stage.s, &mut inverse) {
                if iteration == 1 || stage.s <= 0.9 {
                    return (false, iteration);
                }
                for (w, g) in weights.values.iter_mut().zip(&step.values) {
                    *w += 0.5 * learning_rate * g;
                }
                learning_rate *= 0.5;
                if learning_rate <= STALLED {
                    return (true, iteration);
                }
            }
            transpose(&inverse, &mut transposed);
            self.loss.gradient(weights, &mut gradient);
            power1 *= beta1;
            power2 *= beta2;
            let (scale1, scale2) = (1.0 / (1.0 - power1), 1.0 / (1.0 - power2));
            let moments = first.iter_mut().zip(&mut second);
            let constants = self.mask.values.iter().zip(&self.penalty.values);
            let slopes = gradient.values.iter().zip(&transposed.values);
            for ((((w, step), (m, v)), (mask, sign)), (loss, inverse)) in
                weights.values.iter_mut().zip(&mut step.values).zip(moments).zip(constants).zip(slopes)
            {
                let direction = f64::from(u8::from(*w > 0.0)) - f64::from(u8::from(*w < 0.0));
                let g = stage.mu * loss + penalty_weight * sign * direction + 2.0 * *w * inverse;
                *m = beta1 * *m + (1.0 - beta1) * g;
                *v = beta2 * *v + (1.0 - beta2) * g * g;
                *step = *m * scale1 / ((*v * scale2).sqrt() + 1e-8);
                *w = (*w - learning_rate * *step) * mask;
            }
            if iteration % config.checkpoint == 0 || iteration == stage.iterations {
                let objective = self.objective(weights, stage);
                // An objective that is not a number compares as not converged, as in dagma.
                if ((previous - objective) / previous).abs() <= config.tolerance {
                    return (true, iteration);
                }
                previous = objective;
            }
        }
        (true, stage.iterations)
    }

    fn objective(&self, weights: &Square, stage: &Stage) -> f64 {
        let size: f64 = weights.values.iter().map(|w| w.abs()).sum();
        let cyclicity = acyclicity(weights, stage.s).map_or(f64::NAN, |(_, h)| h);
        stage.mu * (self.loss.value(weights) + self.config.lambda1 * size) + cyclicity
    }
}

/// (sI − W∘W)⁻¹ into `to`; false outside the domain of M-matrices.
fn invert(weights: &Square, s: f64, to: &mut Square) -> bool {
    shifted(weights, s, to);
    to.invert_m_matrix().is_some()
}

/// The inverse and h(W) = −log det(sI − W∘W) + d log s; `None` outside the domain.
fn acyclicity(weights: &Square, s: f64) -> Option<(Square, f64)> {
    let mut inverse = weights.clone();
    shifted(weights, s, &mut inverse);
    let log_determinant = inverse.invert_m_matrix()?;
    Some((inverse, weights.size as f64 * s.ln() - log_determinant))
}

fn shifted(weights: &Square, s: f64, to: &mut Square) {
    for (to, w) in to.values.iter_mut().zip(&weights.values) {
        *to = -w * w;
    }
    for i in 0..weights.size {
        to.values[i * weights.stride + i] += s;
    }
}

fn transpose(from: &Square, to: &mut Square) {
    for (i, row) in to.values.chunks_exact_mut(from.stride).enumerate() {
        for (j, value) in row[..from.size].iter_mut().enumerate() {
            *value = from.values[j * from.stride + i];
        }
    }
}
