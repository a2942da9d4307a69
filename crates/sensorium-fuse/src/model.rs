//! A trained fusion model.

use crate::calibrate::Calibration;
use crate::fusion::Fused;
use crate::net::{FusionConfig, FusionNet};
use crate::outlier::OutlierScore;
use burn::tensor::{Device, Tensor};
use rayon::prelude::*;
use sensorium_data::Task;
use sensorium_nn::bundle::{self, ModelCard};
use sensorium_nn::frontend::{Frontend, Pipeline};
use sensorium_nn::train::Weights;
use sensorium_nn::{Batch, Example, Model, NnError, Prediction, TaskLoss, View};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The network's part of a model card.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Saved {
    pub network: FusionConfig,
    pub loss: TaskLoss,
}

/// A trained fusion with its front ends and calibration.
pub struct FusionModel {
    card: ModelCard,
    pipeline: Pipeline,
    network: FusionNet,
    weights: Weights,
    calibration: Calibration,
    outlier: OutlierScore,
    device: Device,
}

/// What the network says of one example.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// `[output]`.
    pub logits: Vec<f32>,
    /// `[dim]`.
    pub joint: Vec<f32>,
    /// `[modality]`.
    pub weights: Vec<f32>,
    /// `[modality]`.
    pub compensated: Vec<f32>,
    /// Share of the compensated modalities.
    pub share: f32,
}

/// Examples in one pass of the network.
const PASS: usize = 32;

/// The network's answers for `examples`, in order.
pub fn forward_all(
    network: &FusionNet,
    frontends: &[Frontend],
    examples: &[&Example],
    view: &(dyn Fn(usize, usize) -> View + Sync),
    device: &Device,
) -> Vec<Row> {
    let passes: Vec<(usize, &[&Example])> =
        examples.chunks(PASS).enumerate().map(|(i, c)| (i * PASS, c)).collect();
    passes
        .into_par_iter()
        .flat_map_iter(|(first, chunk)| {
            let batch = Batch::new(frontends, chunk, |i, s| view(first + i, s), device);
            rows_of(network.forward(&batch))
        })
        .collect()
}

/// A batch's answers, row by row.
pub(crate) fn rows_of(fused: Fused) -> Vec<Row> {
    let rows = |t: Tensor<2>| {
        let width = t.dims()[1];
        let values = t.try_into_vec_as::<f32>().unwrap_or_default();
        values.chunks_exact(width.max(1)).map(<[f32]>::to_vec).collect::<Vec<_>>()
    };
    let (logits, joint) = (rows(fused.logits), rows(fused.joint));
    let (weights, compensated) = (rows(fused.weights), rows(fused.compensated));
    let parts = logits.into_iter().zip(joint).zip(weights).zip(compensated).zip(rows(fused.share));
    parts
        .map(|((((logits, joint), weights), compensated), share)| Row {
            logits,
            joint,
            weights,
            compensated,
            share: share.first().copied().unwrap_or(0.0),
        })
        .collect()
}

impl FusionModel {
    pub(crate) fn new(
        card: ModelCard,
        pipeline: Pipeline,
        network: FusionNet,
        weights: Weights,
        calibration: Calibration,
        outlier: OutlierScore,
        device: &Device,
    ) -> Self {
        Self { card, pipeline, network, weights, calibration, outlier, device: device.clone() }
    }

    /// Reads a bundle of kind [`crate::KIND`].
    ///
    /// # Errors
    /// When the bundle is damaged, newer, or of another kind.
    pub fn load(folder: &Path, device: &Device) -> Result<Self, NnError> {
        let mut bundle = bundle::load(folder)?;
        let wrong = |what: String| NnError::bundle(folder.join("model.toml"), what);
        if bundle.card.kind != crate::KIND {
            return Err(wrong(format!("kind {:?} is not a fusion model", bundle.card.kind)));
        }
        let saved: Saved = bundle
            .card
            .network
            .clone()
            .try_into()
            .map_err(|e| wrong(format!("damaged [network] table: {e}")))?;
        let calibration: Calibration = bundle
            .card
            .calibration
            .clone()
            .try_into()
            .map_err(|e| wrong(format!("damaged [calibration] table: {e}")))?;
        let modalities = bundle.pipeline.frontends.len();
        let sizes = &saved.network;
        let absent = sizes.streams.iter().flatten().any(|m| *m >= modalities);
        if sizes.dim == 0 || sizes.dim > 1024 || sizes.depth > 64 || modalities == 0 || absent {
            return Err(wrong("absurd sizes in the [network] table".into()));
        }
        if !saved.loss.is_whole() {
            return Err(wrong("the loss in the [network] table is not one for its task".into()));
        }
        if !calibration.is_whole(&saved.loss.task) {
            return Err(wrong("the [calibration] table is not one for the model's task".into()));
        }
        if saved.loss.task != bundle.card.schema.task {
            return Err(wrong("the network was made for another task than the schema states".into()));
        }
        let network = saved.network.init(&bundle.pipeline.frontends, saved.loss, device);
        let weights = bundle.weights(&Weights::of(&network), folder)?;
        let network = weights.load(network, device, false)?;
        let outlier = OutlierScore::from_tensors(&bundle.tensors.tensors)
            .ok_or_else(|| NnError::bundle(folder, "the outlier tensors are missing or damaged"))?;
        Ok(Self {
            card: bundle.card,
            pipeline: bundle.pipeline,
            network,
            weights,
            calibration,
            outlier,
            device: device.clone(),
        })
    }

    /// Where the network computes.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The network.
    pub fn network(&self) -> &FusionNet {
        &self.network
    }

    /// Temperature, thresholds and costs.
    pub fn calibration(&self) -> &Calibration {
        &self.calibration
    }

    /// What the network says of `examples`, before calibration.
    pub fn rows(&self, examples: &[&Example], view: &(dyn Fn(usize, usize) -> View + Sync)) -> Vec<Row> {
        forward_all(&self.network, &self.pipeline.frontends, examples, view, &self.device)
    }

    /// The calibrated answer for what the network said.
    pub fn answer(&self, row: &Row) -> Prediction {
        let task = &self.card.schema.task;
        let mut outputs = self.calibration.outputs(task, &row.logits);
        if let Task::Regression { .. } = task
            && let Ok(saved) = self.card.network.clone().try_into::<Saved>()
        {
            for (value, (mean, spread)) in outputs.iter_mut().zip(&saved.loss.scale) {
                *value = *value * spread + mean;
            }
        }
        Prediction {
            decision: self.calibration.decide(task, &outputs),
            outputs,
            weights: row.weights.clone(),
            compensated: row.compensated.clone(),
            compensated_share: row.share,
            outlier: self.outlier.score(&row.joint),
        }
    }
}

impl Model for FusionModel {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    fn predict(
        &self,
        examples: &[&Example],
        view: &(dyn Fn(usize, usize) -> View + Sync),
    ) -> Result<Vec<Prediction>, NnError> {
        let streams = self.pipeline.frontends.len();
        if let Some(wrong) = examples.iter().find(|e| e.streams.len() != streams) {
            return Err(NnError::Invalid(format!(
                "window at {} of {} has {} streams, the model {streams}",
                wrong.span.start,
                wrong.recording,
                wrong.streams.len()
            )));
        }
        Ok(self.rows(examples, view).iter().map(|row| self.answer(row)).collect())
    }

    fn save(&self, folder: &Path) -> Result<(), NnError> {
        bundle::save(folder, &self.card, &self.pipeline, &self.weights, &self.outlier.to_tensors())
    }
}
