//! What is fitted on validation data after training: temperature, thresholds, outlier score.

use sensorium_data::{Target, Task};
use serde::{Deserialize, Serialize};

/// What wrong decisions cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Costs {
    /// Cost of an alarm, or a label, where there is none.
    pub false_alarm: f32,
    /// Cost of a missed one.
    pub miss: f32,
    /// The class that means "no alarm"; without it classes are chosen by probability alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normal: Option<String>,
}

impl Default for Costs {
    fn default() -> Self {
        Self { false_alarm: 1.0, miss: 1.0, normal: None }
    }
}

/// What turns logits into probabilities and decisions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Logits are divided by this (Guo et al. 2017, arXiv:1706.04599).
    pub temperature: f32,
    /// For multi-label tasks, the probability from which each label is taken to hold.
    pub thresholds: Vec<f32>,
    /// The stated costs.
    pub costs: Costs,
    /// Position of the normal class, where one is stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normal: Option<usize>,
}

impl Calibration {
    /// Fits temperature and thresholds on validation logits, `[example][output]`.
    pub fn fit(task: &Task, logits: &[Vec<f32>], targets: &[Target], costs: &Costs) -> Self {
        let normal = match (task, &costs.normal) {
            (Task::Classification { classes }, Some(name)) => classes.iter().position(|c| c == name),
            _ => None,
        };
        let temperature = match task {
            Task::Classification { .. } | Task::MultiLabel { .. } => {
                golden(0.05, 20.0, |t| negative_log_likelihood(task, logits, targets, t))
            }
            _ => 1.0,
        };
        let thresholds = match task {
            Task::MultiLabel { labels } => {
                (0..labels.len()).map(|l| threshold(l, logits, targets, temperature, costs)).collect()
            }
            _ => Vec::new(),
        };
        Self { temperature, thresholds, costs: costs.clone(), normal }
    }

    /// Whether this can be a calibration for `task`, and holds nothing but sensible numbers.
    pub(crate) fn is_whole(&self, task: &Task) -> bool {
        let labels = if let Task::MultiLabel { labels } = task { labels.len() } else { 0 };
        let costs = [self.costs.false_alarm, self.costs.miss];
        self.temperature.is_finite()
            && self.temperature > 0.0
            && self.thresholds.len() == labels
            && self.thresholds.iter().chain(&costs).all(|v| v.is_finite())
            && self.normal.is_none_or(|n| n < task.outputs())
    }

    /// Probabilities (classes, labels) or standardised values (regression) of logits.
    pub fn outputs(&self, task: &Task, logits: &[f32]) -> Vec<f32> {
        match task {
            Task::Classification { .. } => softmax(logits, self.temperature),
            Task::MultiLabel { .. } => logits.iter().map(|l| sigmoid(l / self.temperature)).collect(),
            _ => logits.to_vec(),
        }
    }

    /// The decision of least expected cost: a class, or the labels that hold.
    ///
    /// With a normal class an alarm is raised when P(not normal) · miss > P(normal) · false alarm,
    /// and the likeliest other class is named.
    pub fn decide(&self, task: &Task, outputs: &[f32]) -> Vec<usize> {
        match task {
            Task::Classification { .. } => {
                let best = |skip: Option<usize>| {
                    let candidates = (0..outputs.len()).filter(|i| Some(*i) != skip);
                    candidates.max_by(|a, b| outputs[*a].total_cmp(&outputs[*b]).then(b.cmp(a)))
                };
                let choice = match self.normal {
                    Some(n) if n < outputs.len() => {
                        let alarm =
                            (1.0 - outputs[n]) * self.costs.miss > outputs[n] * self.costs.false_alarm;
                        if alarm { best(Some(n)) } else { Some(n) }
                    }
                    _ => best(None),
                };
                choice.into_iter().collect()
            }
            Task::MultiLabel { .. } => outputs
                .iter()
                .enumerate()
                .filter(|(l, p)| **p >= self.thresholds.get(*l).copied().unwrap_or(0.5))
                .map(|(l, _)| l)
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// Softmax of logits at a temperature.
pub fn softmax(logits: &[f32], temperature: f32) -> Vec<f32> {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let raw: Vec<f32> = logits.iter().map(|l| ((l - top) / temperature).exp()).collect();
    let sum: f32 = raw.iter().sum();
    raw.iter().map(|r| r / sum).collect()
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

fn negative_log_likelihood(task: &Task, logits: &[Vec<f32>], targets: &[Target], t: f32) -> f64 {
    let mut total = 0.0;
    for (row, target) in logits.iter().zip(targets) {
        match (task, target) {
            (Task::Classification { .. }, Target::Class(class)) => {
                let p = softmax(row, t).get(*class).copied().unwrap_or(0.0);
                total -= f64::from(p.max(1e-12)).ln();
            }
            (Task::MultiLabel { .. }, Target::Labels(labels)) => {
                for (l, holds) in row.iter().zip(labels) {
                    let p = sigmoid(if *holds { *l } else { -*l } / t);
                    total -= f64::from(p.max(1e-12)).ln();
                }
            }
            _ => {}
        }
    }
    total
}

/// The threshold of least cost among the observed probabilities of label `l`.
fn threshold(l: usize, logits: &[Vec<f32>], targets: &[Target], temperature: f32, costs: &Costs) -> f32 {
    let mut scored: Vec<(f32, bool)> = logits
        .iter()
        .zip(targets)
        .filter_map(|(row, target)| match target {
            Target::Labels(labels) => Some((sigmoid(row[l] / temperature), *labels.get(l)?)),
            _ => None,
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    // From "never" downwards: each example that comes in is a hit or a false alarm.
    let misses = scored.iter().filter(|(_, holds)| *holds).count() as f32;
    let mut cost = misses * costs.miss;
    let (mut best, mut least) = (1.0f32 + 1e-6, cost);
    for (i, (p, holds)) in scored.iter().enumerate() {
        cost += if *holds { -costs.miss } else { costs.false_alarm };
        let next = scored.get(i + 1).map_or(0.0, |s| s.0);
        if cost < least && next < *p {
            (best, least) = (0.5 * (p + next), cost);
        }
    }
    best
}

/// Minimum of a unimodal function by golden-section search over the logarithm of its argument.
fn golden(low: f32, high: f32, f: impl Fn(f32) -> f64) -> f32 {
    const RATIO: f32 = 0.618_034;
    let (mut a, mut b) = (low.ln(), high.ln());
    for _ in 0..40 {
        let (c, d) = (b - RATIO * (b - a), a + RATIO * (b - a));
        if f(c.exp()) < f(d.exp()) { b = d } else { a = c }
    }
    (0.5 * (a + b)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task() -> Task {
        Task::Classification { classes: vec!["normal".into(), "fault".into()] }
    }

    #[test]
    fn overconfident_logits_are_cooled() {
        // Right three times in four, but sure each time.
        let logits: Vec<Vec<f32>> = (0..400).map(|_| vec![4.0, -4.0]).collect();
        let targets: Vec<Target> = (0..400).map(|i| Target::Class(usize::from(i % 4 == 0))).collect();
        let fitted = Calibration::fit(&task(), &logits, &targets, &Costs::default());
        let p = fitted.outputs(&task(), &logits[0]);
        assert!((p[0] - 0.75).abs() < 0.05, "{p:?}, temperature {}", fitted.temperature);
    }

    #[test]
    fn dear_misses_lower_the_bar_for_an_alarm() {
        let decide = |miss: f32| {
            let costs = Costs { miss, normal: Some("normal".into()), ..Costs::default() };
            Calibration::fit(&task(), &[], &[], &costs).decide(&task(), &[0.8, 0.2])
        };
        assert_eq!(decide(1.0), vec![0]);
        assert_eq!(decide(10.0), vec![1]);
    }

    #[test]
    fn label_thresholds_follow_the_costs() {
        let task = Task::MultiLabel { labels: vec!["a".into()] };
        let logits: Vec<Vec<f32>> = (0..100).map(|i| vec![i as f32 * 0.1 - 5.0]).collect();
        let holds = |i: usize| i >= 70 || i.is_multiple_of(7);
        let targets: Vec<Target> = (0..100).map(|i| Target::Labels(vec![holds(i)])).collect();
        let at = |miss: f32| {
            let costs = Costs { miss, ..Costs::default() };
            Calibration::fit(&task, &logits, &targets, &costs).thresholds[0]
        };
        assert!(at(20.0) < at(1.0));
    }
}
