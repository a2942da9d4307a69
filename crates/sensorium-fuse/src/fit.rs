//! From recordings to a trained fusion model.

use crate::calibrate::{Calibration, Costs};
use crate::model::{FusionModel, forward_all};
use crate::net::{FusionConfig, FusionNet};
use crate::outlier::OutlierScore;
use crate::views::Dropout;
use burn::tensor::Device;
use rayon::prelude::*;
use sensorium_data::{RecordingSource, Schema, Split, Target, Task};
use sensorium_nn::bundle::{FORMAT, ModelCard, Provenance, digest};
use sensorium_nn::frontend::{Frontend, Pipeline, PipelineConfig};
use sensorium_nn::metrics;
use sensorium_nn::train::{Progress, RunFolder, TrainConfig, TrainingSet, train};
use sensorium_nn::{Batch, Example, NnError, TaskLoss, View, seed};
use std::sync::atomic::AtomicBool;

/// Settings of a fit.
#[derive(Clone, Debug)]
pub struct FitOptions {
    /// The network.
    pub network: FusionConfig,
    /// The training run.
    pub train: TrainConfig,
    /// Dropout and degradation of modalities.
    pub dropout: Dropout,
    /// Costs behind the decision.
    pub costs: Costs,
}

/// Examples that several fusions can be fitted on.
pub struct Prepared {
    /// What the recordings share.
    pub schema: Schema,
    /// The fitted front ends.
    pub pipeline: Pipeline,
    /// Training windows, with broken copies.
    pub train: Vec<Example>,
    /// Validation windows, with broken copies.
    pub validation: Vec<Example>,
    /// The task's loss, fitted on the training targets.
    pub loss: TaskLoss,
}

/// Loads the training and validation recordings, fits the front ends and makes the examples.
///
/// # Errors
/// Those of loading; a class or output without training windows; no validation window.
pub fn prepare(
    source: &dyn RecordingSource,
    config: &PipelineConfig,
    seed: u64,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Prepared, NnError> {
    let schema = source.schema().clone();
    if schema.task == Task::OneClass {
        return Err(NnError::Invalid("one-class tasks are fitted by the one-class detector".into()));
    }
    let (pipeline, mut train) = Pipeline::fit(source, &source.indices(Split::Train), config, seed, progress)?;
    let validation_indices = source.indices(Split::Validation);
    let mut validation = pipeline.examples(source, &validation_indices, true, seed, progress)?;
    for (examples, name) in [(&mut train, "training"), (&mut validation, "validation")] {
        examples.retain(|e| e.target != Target::Unknown);
        if examples.is_empty() {
            return Err(NnError::Invalid(format!(
                "no {name} window has a label; look at [labels] and [split] in dataset.toml"
            )));
        }
    }
    if let Task::Classification { classes } = &schema.task {
        for (class, name) in classes.iter().enumerate() {
            if !train.iter().any(|e| e.target == Target::Class(class)) {
                return Err(NnError::Invalid(format!(
                    "class {name:?} has no training window; give it more recordings, or change [split] in dataset.toml"
                )));
            }
        }
    }
    let loss = TaskLoss::fit(&schema.task, train.iter().map(|e| &e.target));
    Ok(Prepared { schema, pipeline, train, validation, loss })
}

/// Fits one fusion.
///
/// # Errors
/// Those of [`train`].
pub fn fit(
    prepared: &Prepared,
    options: &FitOptions,
    device: &Device,
    folder: Option<&RunFolder>,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(Progress),
) -> Result<FusionModel, NnError> {
    if let (Some(name), Task::Classification { classes }) = (&options.costs.normal, &prepared.schema.task)
        && !classes.contains(name)
    {
        return Err(NnError::Invalid(format!(
            "the normal class {name:?} is not among the classes: {}",
            classes.join(", ")
        )));
    }
    let network = options.network.init(&prepared.pipeline.frontends, prepared.loss.clone(), device);
    let set = FusionSet { prepared, options };
    let trained = train(network.clone(), &set, &options.train, folder, device, stop, progress)?;
    let network: FusionNet = trained.weights.load(network, device, false)?;

    let clean = |_: usize, _: usize| View::Clean;
    let all = |examples: &[Example]| {
        let list: Vec<&Example> = examples.iter().collect();
        forward_all(&network, &prepared.pipeline.frontends, &list, &clean, device)
    };
    let (on_train, on_validation) = (all(&prepared.train), all(&prepared.validation));
    let targets = |examples: &[Example]| examples.iter().map(|e| e.target.clone()).collect::<Vec<_>>();
    let logits: Vec<Vec<f32>> = on_validation.iter().map(|r| r.logits.clone()).collect();
    let calibration =
        Calibration::fit(&prepared.schema.task, &logits, &targets(&prepared.validation), &options.costs);
    let joint = |rows: &[crate::model::Row]| rows.iter().map(|r| r.joint.clone()).collect::<Vec<_>>();
    let outlier = OutlierScore::fit(&joint(&on_train), &targets(&prepared.train), &joint(&on_validation));
    let table = |value: Result<toml::Table, toml::ser::Error>| {
        value.map_err(|e| NnError::Invalid(format!("cannot write the model card: {e}")))
    };
    let card = ModelCard {
        format: FORMAT,
        kind: crate::KIND.into(),
        sensorium: env!("CARGO_PKG_VERSION").into(),
        pipeline_sha256: String::new(),
        weights_sha256: String::new(),
        training: Provenance {
            data: prepared.schema.name.clone(),
            seed: options.train.seed,
            threads: options.train.threads,
            windows: prepared.train.len(),
            epoch: trained.epoch,
            score: trained.score,
            seconds: trained.seconds,
        },
        network: table(toml::Table::try_from(&crate::model::Saved {
            network: options.network.clone(),
            loss: prepared.loss.clone(),
        }))?,
        calibration: table(toml::Table::try_from(&calibration))?,
        schema: prepared.schema.clone(),
    };
    Ok(FusionModel::new(
        card,
        prepared.pipeline.clone(),
        network,
        trained.weights,
        calibration,
        outlier,
        device,
    ))
}

struct FusionSet<'a> {
    prepared: &'a Prepared,
    options: &'a FitOptions,
}

impl FusionSet<'_> {
    fn views(
        rule: &Dropout,
        examples: &[&Example],
        indices: &[usize],
        epoch: u64,
        seed: u64,
    ) -> Vec<Vec<View>> {
        let failures = examples.first().map_or(0, |e| e.streams[0].broken.len());
        examples
            .iter()
            .zip(indices)
            .map(|(example, index)| {
                let present: Vec<bool> = example.streams.iter().map(|s| s.clean.is_some()).collect();
                rule.views(&present, failures, seed, epoch, *index)
            })
            .collect()
    }
}

impl TrainingSet<FusionNet> for FusionSet<'_> {
    fn len(&self) -> usize {
        self.prepared.train.len()
    }

    fn batch(&self, indices: &[usize], epoch: u64, device: &Device) -> Batch {
        let examples: Vec<&Example> = indices.iter().map(|i| &self.prepared.train[*i]).collect();
        let views = Self::views(&self.options.dropout, &examples, indices, epoch, self.options.train.seed);
        let frontends = &self.prepared.pipeline.frontends;
        let mut batch = Batch::new(frontends, &examples, |i, s| views[i][s], device);
        let spread = self.options.dropout.noise;
        for (s, stream) in batch.streams.iter_mut().enumerate().filter(|_| spread > 0.0) {
            // The numbers of a text are the names of its words.
            if !matches!(frontends[s], Frontend::Text(_)) {
                let seed = self.options.train.seed;
                stream.jitter(spread, |i| seed::generator(seed, &[6, epoch, indices[i] as u64, s as u64]));
            }
        }
        batch
    }

    /// Mean of the score on clean and on degraded validation windows (the same degradation in every
    /// epoch and for every fusion).
    fn score(&self, network: &FusionNet, device: &Device) -> f64 {
        const DEGRADED: u64 = 0x0de9_7aded;
        let examples: Vec<&Example> = self.prepared.validation.iter().collect();
        let indices: Vec<usize> = (0..examples.len()).collect();
        let always = Dropout { clean: 0.0, ..Dropout::default() };
        let views = Self::views(&always, &examples, &indices, 0, DEGRADED);
        let frontends = &self.prepared.pipeline.frontends;
        let judge = |view: &(dyn Fn(usize, usize) -> View + Sync)| {
            let rows = forward_all(network, frontends, &examples, view, device);
            score(&self.prepared.loss, &examples, &rows.into_iter().map(|r| r.logits).collect::<Vec<_>>())
        };
        0.5 * (judge(&|_, _| View::Clean) + judge(&|i, s| views[i][s]))
    }

    /// The settings, the fitted front ends (their normalisation follows the training data closely)
    /// and the targets.
    fn digest(&self) -> String {
        let FitOptions { network, dropout, .. } = self.options;
        let Prepared { pipeline, loss, train, validation, .. } = self.prepared;
        let targets: Vec<&Target> = train.iter().chain(validation).map(|e| &e.target).collect();
        let described = format!("{network:?} {dropout:?} {loss:?} {pipeline:?} {targets:?}");
        digest(described.as_bytes())
    }
}

/// Macro-F1 for classes, micro-F1 at one half for labels, minus the mean squared error of
/// standardised values for regression.
fn score(loss: &TaskLoss, examples: &[&Example], logits: &[Vec<f32>]) -> f64 {
    match &loss.task {
        Task::Classification { .. } => {
            let (mut truth, mut predicted) = (Vec::new(), Vec::new());
            for (example, row) in examples.iter().zip(logits) {
                if let Target::Class(class) = example.target {
                    truth.push(class);
                    predicted.push(metrics::argmax_rows(row, row.len()).first().copied().unwrap_or(0));
                }
            }
            metrics::macro_f1(&truth, &predicted)
        }
        Task::MultiLabel { .. } | Task::OneClass => {
            let (mut truth, mut predicted) = (Vec::new(), Vec::new());
            for (example, row) in examples.iter().zip(logits) {
                if let Target::Labels(labels) = &example.target {
                    truth.extend(labels);
                    predicted.extend(row.iter().map(|l| *l > 0.0));
                }
            }
            metrics::Detection::from_flags(&truth, &predicted).f1()
        }
        Task::Regression { .. } => {
            let pairs: Vec<(f32, f32)> = examples
                .par_iter()
                .zip(logits)
                .flat_map_iter(|(example, row)| {
                    let values = match &example.target {
                        Target::Values(v) => v.as_slice(),
                        _ => &[],
                    };
                    let scaled = values.iter().zip(&loss.scale).map(|(v, (m, s))| (v - m) / s);
                    scaled.zip(row.iter().copied()).collect::<Vec<_>>()
                })
                .collect();
            -pairs.iter().map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>() / pairs.len().max(1) as f64
        }
    }
}
