//! Losses of the supervised tasks.

use burn::tensor::activation::{log_sigmoid, log_softmax};
use burn::tensor::{Device, Tensor, TensorData};
use sensorium_data::{Target, Task};
use serde::{Deserialize, Serialize};

/// What a loss needs to know beside the targets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskLoss {
    /// The task.
    pub task: Task,
    /// Weight of each class (classification) or of the positives of each label (multi-label).
    pub class_weights: Vec<f32>,
    /// Mean and standard deviation of each output in training (regression).
    pub scale: Vec<(f32, f32)>,
    /// Share of a class's probability that is spread over all classes.
    pub smoothing: f32,
}

impl TaskLoss {
    /// Fits class weights (inverse square root of the frequency, mean one over the examples: full
    /// inverse weights make rare classes noisy) or output scales on training targets.
    pub fn fit<'a>(task: &Task, targets: impl Iterator<Item = &'a Target>) -> Self {
        let outputs = task.outputs();
        let mut counts = vec![0.0f64; outputs];
        let mut total = 0.0f64;
        let mut sums = vec![(0.0f64, 0.0f64); outputs];
        for target in targets {
            match target {
                Target::Class(c) if *c < outputs => counts[*c] += 1.0,
                Target::Labels(labels) => {
                    labels.iter().zip(&mut counts).for_each(|(l, c)| *c += f64::from(u8::from(*l)));
                }
                Target::Values(values) => {
                    for (v, s) in values.iter().zip(&mut sums) {
                        s.0 += f64::from(*v);
                        s.1 += f64::from(*v) * f64::from(*v);
                    }
                }
                _ => continue,
            }
            total += 1.0;
        }
        let total = total.max(1.0);
        let class_weights = match task {
            Task::Classification { .. } => {
                let raw: Vec<f64> =
                    counts.iter().map(|c| if *c > 0.0 { (total / c).sqrt() } else { 0.0 }).collect();
                let mean = raw.iter().zip(&counts).map(|(w, c)| w * c).sum::<f64>() / total;
                raw.iter().map(|w| (w / mean.max(1e-9)) as f32).collect()
            }
            _ => counts.iter().map(|c| ((total - c) / c.max(1.0)).clamp(0.2, 5.0).sqrt() as f32).collect(),
        };
        let scale = sums
            .iter()
            .map(|(s, q)| {
                let mean = s / total;
                (mean as f32, ((q / total - mean * mean).max(0.0).sqrt().max(1e-6)) as f32)
            })
            .collect();
        Self { task: task.clone(), class_weights, scale, smoothing: 0.05 }
    }

    /// Whether there is something to predict, with a finite weight and scale for each output.
    pub fn is_whole(&self) -> bool {
        let outputs = self.task.outputs();
        let numbers = self.class_weights.iter().copied().chain(self.scale.iter().flat_map(|s| [s.0, s.1]));
        outputs > 0
            && self.class_weights.len() == outputs
            && self.scale.len() == outputs
            && numbers.chain([self.smoothing]).all(f32::is_finite)
    }

    /// Loss of each example, `[batch]`, for `logits` `[batch, output]`; 0 where the target is unknown.
    /// Cross-entropy for classes, mean binary cross-entropy for labels, mean squared error of
    /// standardised values for regression.
    pub fn each(&self, logits: Tensor<2>, targets: &Encoded) -> Tensor<1> {
        let loss = match self.task {
            Task::Classification { .. } => (log_softmax(logits, 1) * targets.values.clone()).sum_dim(1).neg(),
            Task::MultiLabel { .. } | Task::OneClass => {
                let outputs = targets.values.dims()[1] as f32;
                let yes = log_sigmoid(logits.clone()) * targets.values.clone();
                let no = log_sigmoid(logits.neg()) * (targets.known.clone() - targets.positives());
                (yes + no).sum_dim(1).neg().div_scalar(outputs)
            }
            Task::Regression { .. } => {
                let wrong = (logits - targets.values.clone()) * targets.known.clone();
                wrong.square().mean_dim(1)
            }
        };
        loss.squeeze_dim::<1>(1)
    }

    /// Targets as the tensors that [`TaskLoss::each`] reads.
    pub fn encode(&self, targets: &[Target], device: &Device) -> Encoded {
        let outputs = self.task.outputs().max(1);
        let mut values = vec![0.0f32; targets.len() * outputs];
        let mut known = values.clone();
        for ((target, row), known) in
            targets.iter().zip(values.chunks_exact_mut(outputs)).zip(known.chunks_exact_mut(outputs))
        {
            match target {
                Target::Class(class) if *class < outputs => {
                    let weight = self.class_weights.get(*class).copied().unwrap_or(1.0);
                    row.fill(weight * self.smoothing / outputs as f32);
                    row[*class] += weight * (1.0 - self.smoothing);
                    known.fill(1.0);
                }
                Target::Labels(labels) => {
                    for ((v, l), w) in row.iter_mut().zip(labels).zip(&self.class_weights) {
                        *v = if *l { *w } else { 0.0 };
                    }
                    known.fill(1.0);
                }
                Target::Values(numbers) => {
                    for ((v, n), (mean, spread)) in row.iter_mut().zip(numbers).zip(&self.scale) {
                        *v = (n - mean) / spread;
                    }
                    known.fill(1.0);
                }
                _ => {}
            }
        }
        let shape = [targets.len(), outputs];
        Encoded {
            values: Tensor::from_data(TensorData::new(values, shape), device),
            known: Tensor::from_data(TensorData::new(known, shape), device),
        }
    }
}

/// Targets as tensors, `[batch, output]`: weighted class distributions, weighted labels or
/// standardised values, and 1 where they are known.
#[derive(Clone, Debug)]
pub struct Encoded {
    values: Tensor<2>,
    known: Tensor<2>,
}

impl Encoded {
    /// Each example's target `times` in a row, `[batch · times, output]`.
    pub fn repeated(&self, times: usize) -> Self {
        let [batch, outputs] = self.values.dims();
        let repeat = |t: &Tensor<2>| {
            let wide = t.clone().unsqueeze_dim::<3>(1).expand([batch, times, outputs]);
            wide.reshape([batch * times, outputs])
        };
        Self { values: repeat(&self.values), known: repeat(&self.known) }
    }

    /// 1 for each label that holds.
    fn positives(&self) -> Tensor<2> {
        self.values.clone().greater_scalar(0.0).float()
    }
}
