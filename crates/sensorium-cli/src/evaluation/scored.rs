//! Answers beside the truth.

use sensorium::data::{Target, Task};
use sensorium::nn::{Example, Prediction};

/// The answers for the windows whose truth is known.
pub struct Scored<'a> {
    /// What was asked.
    pub task: &'a Task,
    /// Recording of each window: the unit that is drawn anew for intervals.
    pub recordings: Vec<&'a str>,
    /// What is true.
    pub targets: Vec<&'a Target>,
    /// What the model said.
    pub answers: Vec<&'a Prediction>,
}

impl<'a> Scored<'a> {
    /// Puts answers beside the targets of their examples; windows without a label are left out.
    pub fn new(task: &'a Task, examples: &[&'a Example], answers: &'a [Prediction]) -> Self {
        let mut scored = Self { task, recordings: Vec::new(), targets: Vec::new(), answers: Vec::new() };
        for (example, answer) in examples.iter().zip(answers).filter(|(e, _)| e.target != Target::Unknown) {
            scored.recordings.push(&example.recording);
            scored.targets.push(&example.target);
            scored.answers.push(answer);
        }
        scored
    }

    /// Number of windows.
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// True and decided class of each window.
    pub fn classes(&self) -> (Vec<usize>, Vec<usize>) {
        let truth = self.targets.iter().map(|t| if let Target::Class(c) = t { *c } else { 0 });
        let decided = self.answers.iter().map(|a| a.decision.first().copied().unwrap_or(0));
        (truth.collect(), decided.collect())
    }

    /// Outputs, `[window, output]`.
    pub fn outputs(&self) -> Vec<f32> {
        self.answers.iter().flat_map(|a| a.outputs.iter().copied()).collect()
    }

    /// For each window and label, whether it holds and whether the model says so, `[window, label]`.
    pub fn labels(&self) -> (Vec<bool>, Vec<bool>) {
        let labels = self.task.outputs();
        let (mut truth, mut said) = (Vec::new(), Vec::new());
        for (target, answer) in self.targets.iter().zip(&self.answers) {
            for label in 0..labels {
                truth.push(matches!(target, Target::Labels(held) if held.get(label) == Some(&true)));
                said.push(answer.decision.contains(&label));
            }
        }
        (truth, said)
    }

    /// True and predicted values of one output.
    pub fn values(&self, output: usize) -> (Vec<f32>, Vec<f32>) {
        let truth = self.targets.iter().map(|t| match t {
            Target::Values(values) => values.get(output).copied().unwrap_or(f32::NAN),
            _ => f32::NAN,
        });
        let said = self.answers.iter().map(|a| a.outputs.get(output).copied().unwrap_or(f32::NAN));
        (truth.collect(), said.collect())
    }

    /// For anomaly detection: whether each window is anomalous, whether there is an alarm, the score.
    pub fn alarms(&self) -> (Vec<bool>, Vec<bool>, Vec<f32>) {
        let truth = self.targets.iter().map(|t| matches!(t, Target::Class(1)));
        let alarm = self.answers.iter().map(|a| a.decision.contains(&1));
        let score = self.answers.iter().map(|a| a.outputs.first().copied().unwrap_or(f32::NAN));
        (truth.collect(), alarm.collect(), score.collect())
    }
}
