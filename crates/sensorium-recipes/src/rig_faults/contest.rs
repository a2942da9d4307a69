//! Training every fusion on the same examples, and their answers in every scenario.

use super::scenario::{BROKEN, Scenario};
use super::setting::Setting;
use crate::{Progress, RecipeError, RunOptions};
use burn::tensor::Device;
use sensorium_data::rig::{Rig, RigConfig};
use sensorium_data::{RecordingSource, Split, Target};
use sensorium_fuse::{
    Costs, Dropout, FitOptions, FusionConfig, FusionModel, Prepared, Summarised, fit, prepare,
};
use sensorium_nn::frontend::PipelineConfig;
use sensorium_nn::metrics::{Confusion, argmax_rows};
use sensorium_nn::train::TrainConfig;
use sensorium_nn::{Example, Model};
use std::sync::atomic::AtomicBool;

/// The rig, its examples and the truth about the test windows.
pub struct Contest {
    /// The simulator.
    pub rig: Rig,
    /// Training and validation examples.
    pub prepared: Prepared,
    /// Test windows, with broken copies.
    pub test: Vec<Example>,
    /// Class of each test window.
    pub truth: Vec<usize>,
    /// Position of the recording of each test window, for resampling.
    pub recordings: Vec<usize>,
    /// Recordings of the test split, in the order of the windows.
    pub indices: Vec<usize>,
    train: TrainConfig,
    device: Device,
}

impl Contest {
    /// Simulates the recordings and makes the examples.
    pub fn new(
        setting: &Setting,
        options: &RunOptions,
        seed: u64,
        progress: &mut dyn Progress,
    ) -> Result<Self, RecipeError> {
        let config =
            RigConfig { seed, recordings_per_class: setting.recordings_per_class, ..RigConfig::default() };
        let rig = config.init()?;
        progress.stage("simulating and reading the rigs", None);
        let pipeline = PipelineConfig { failures: BROKEN.to_vec(), ..PipelineConfig::default() };
        let prepared = prepare(&rig, &pipeline, seed, &|_| {})?;
        let indices = rig.indices(Split::Test);
        let test = prepared.pipeline.examples(&rig, &indices, true, seed ^ 0x7e57, &|_| {})?;
        let truth =
            test.iter().map(|e| if let Target::Class(class) = e.target { class } else { 0 }).collect();
        let mut names: Vec<&str> = test.iter().map(|e| e.recording.as_str()).collect();
        names.dedup();
        let position = |name: &str| names.iter().position(|n| *n == name).unwrap_or(0);
        let recordings = test.iter().map(|e| position(&e.recording)).collect();
        let mut train =
            TrainConfig { epochs: setting.epochs, patience: setting.epochs, seed, ..TrainConfig::default() };
        if options.threads > 0 {
            train.threads = options.threads;
        }
        Ok(Self { rig, prepared, test, truth, recordings, indices, train, device: Device::flex() })
    }

    /// Number of modalities.
    pub fn streams(&self) -> usize {
        self.prepared.pipeline.frontends.len()
    }

    /// Names of the modalities.
    pub fn stream_names(&self) -> Vec<String> {
        self.prepared.schema.streams.iter().map(|s| s.name.clone()).collect()
    }

    /// Trains one network.
    pub fn fit(
        &self,
        network: FusionConfig,
        dropout: Dropout,
        name: &str,
        progress: &mut dyn Progress,
    ) -> Result<FusionModel, RecipeError> {
        let batches = self.prepared.train.len().div_ceil(self.train.batch) as u64;
        progress.stage(&format!("training {name}"), Some(batches * self.train.epochs));
        let options = FitOptions { network, train: self.train.clone(), dropout, costs: Costs::default() };
        let never = AtomicBool::new(false);
        let model = fit(&self.prepared, &options, &self.device, None, &never, &mut |p| {
            if p.score.is_none() {
                progress.advance(1);
            }
        })?;
        let made = &model.card().training;
        progress.message(&format!(
            "{name}: validation score {:.3} in epoch {}, {:.0} s",
            made.score, made.epoch, made.seconds
        ));
        Ok(model)
    }

    /// The test windows through a model's encoders, in every view.
    pub fn summarise<'a>(&self, model: &'a FusionModel) -> Summarised<'a> {
        Summarised::new(model, &self.test.iter().collect::<Vec<&Example>>())
    }

    /// The classes that a model names in a scenario.
    pub fn answers(&self, seen: &Summarised, scenario: &Scenario) -> Vec<usize> {
        let rows = seen.rows(&|i, s| scenario.view(i, s));
        rows.iter().filter_map(|row| argmax_rows(&row.logits, row.logits.len()).first().copied()).collect()
    }

    /// Macro-F1 of answers over some rows (all of them, or a resample).
    pub fn macro_f1(&self, answers: &[usize], rows: &[usize]) -> f64 {
        let mut confusion = Confusion::new(self.prepared.schema.task.outputs());
        rows.iter().for_each(|r| {
            confusion.record(self.truth[*r], answers[*r]);
        });
        confusion.macro_f1()
    }

    /// All rows.
    pub fn rows(&self) -> Vec<usize> {
        (0..self.test.len()).collect()
    }
}
