//! Points of two classes on a ring, and a network small enough to train in a blink.

#![allow(dead_code, clippy::unwrap_used)]

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor, TensorData};
use rand::Rng;
use sensorium_data::{Target, Task};
use sensorium_nn::seed::generator;
use sensorium_nn::train::{AdamWConfig, Network, TrainConfig, TrainingSet, Weights};
use sensorium_nn::{Batch, StreamBatch, TaskLoss};
use std::sync::Mutex;

/// Three linear maps with tanh between them, on the first token of the first stream.
#[derive(Module, Debug)]
pub struct Tiny {
    layers: Vec<Linear>,
    out: Linear,
    #[module(skip)]
    task: TaskLoss,
}

pub fn device() -> Device {
    Device::flex()
}

pub fn tiny() -> Tiny {
    let linear = |from, to| LinearConfig::new(from, to).init(&device());
    let task = Task::Classification { classes: vec!["in".into(), "out".into()] };
    let both = [Target::Class(0), Target::Class(1)];
    Tiny {
        layers: vec![linear(2, 12), linear(12, 12)],
        out: linear(12, 2),
        task: TaskLoss::fit(&task, both.iter()),
    }
}

/// Five epochs of six steps.
pub fn config() -> TrainConfig {
    let optimizer = AdamWConfig { learning_rate: 0.02, ..AdamWConfig::default() };
    TrainConfig {
        epochs: 5,
        batch: 16,
        patience: 99,
        seed: 7,
        threads: 2,
        optimizer,
        ..TrainConfig::default()
    }
}

impl Tiny {
    pub fn logits(&self, batch: &Batch) -> Tensor<2> {
        let [size, _, width] = batch.streams[0].values.dims();
        let mut x = batch.streams[0].values.clone().reshape([size, width]);
        for layer in &self.layers {
            x = layer.forward(x).tanh();
        }
        self.out.forward(x)
    }
}

impl Network for Tiny {
    fn loss(&self, batch: &Batch) -> Tensor<1> {
        let targets = self.task.encode(&batch.targets, &batch.present.device());
        self.task.each(self.logits(batch), &targets).mean()
    }
}

/// Points inside or outside a circle, jittered anew in every epoch.
pub struct Points {
    pub count: usize,
    /// An example whose values are not finite.
    pub absurd: Option<usize>,
    /// Scores to report epoch by epoch instead of the true ones.
    pub scripted: Vec<f64>,
    /// Weights that were judged, one entry an epoch.
    pub judged: Mutex<Vec<Weights>>,
    /// What tells this data set apart.
    pub name: String,
}

impl Points {
    pub fn new(count: usize) -> Self {
        Self { count, absurd: None, scripted: Vec::new(), judged: Mutex::default(), name: String::new() }
    }

    fn point(&self, i: usize) -> ([f32; 2], Target) {
        let mut rng = generator(11, &[i as u64]);
        let radius = if i.is_multiple_of(2) { 0.5 } else { 1.5 };
        let angle = rng.random_range(0.0..std::f32::consts::TAU);
        ([radius * angle.cos(), radius * angle.sin()], Target::Class(i % 2))
    }

    fn of(&self, points: Vec<([f32; 2], Target)>, device: &Device) -> Batch {
        let size = points.len();
        let values: Vec<f32> = points.iter().flat_map(|p| p.0).collect();
        let one = || Tensor::<2>::ones([size, 1], device);
        Batch {
            streams: vec![StreamBatch {
                values: Tensor::from_data(TensorData::new(values, [size, 1, 2]), device),
                start_ms: one(),
                end_ms: one(),
                mask: one(),
                quality: one(),
            }],
            present: one(),
            hidden: one(),
            quality: one(),
            staleness: one(),
            targets: points.into_iter().map(|p| p.1).collect(),
        }
    }
}

impl TrainingSet<Tiny> for Points {
    fn len(&self) -> usize {
        self.count
    }

    fn batch(&self, indices: &[usize], epoch: u64, device: &Device) -> Batch {
        let jittered = |i: &usize| {
            let (mut at, target) = self.point(*i);
            let mut rng = generator(12, &[epoch, *i as u64]);
            at.iter_mut().for_each(|x| *x += rng.random_range(-0.05..0.05));
            if self.absurd == Some(*i) {
                at[0] = f32::NAN;
            }
            (at, target)
        };
        self.of(indices.iter().map(jittered).collect(), device)
    }

    fn score(&self, network: &Tiny, device: &Device) -> f64 {
        let mut judged = self.judged.lock().unwrap();
        judged.push(Weights::of(network));
        if let Some(score) = self.scripted.get(judged.len() - 1) {
            return *score;
        }
        let validation = (1000..1040).map(|i| self.point(i)).collect();
        -f64::from(network.loss(&self.of(validation, device)).into_scalar::<f32>())
    }

    fn digest(&self) -> String {
        self.name.clone()
    }
}
