//! What is trained: towers, losses, negatives.

use crate::RecipeError;
use sensorium_align::model::{TextFront, TextKind};
use sensorium_align::study::{CaptionStudy, CaptionViews, Captioned};
use sensorium_align::train::{AlignTraining, TrainedJoint, train_joint};
use sensorium_align::{JointConfig, ObjectiveConfig, Pool, StemKind, TowerConfig};
use sensorium_nn::Device;
use sensorium_nn::train::{AdamWConfig, TrainConfig};
use std::sync::atomic::AtomicBool;

/// Width of the joint space.
const JOINT: usize = 512;

/// Which negatives a run has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Negatives {
    /// The other pictures and captions of the batch.
    Batch,
    /// And a bank that is moved against the towers.
    Generated,
    /// And edited captions.
    Edited,
}

impl Negatives {
    /// All, the fewest first.
    pub(super) const ALL: [Self; 3] = [Self::Batch, Self::Generated, Self::Edited];

    /// For tables.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Batch => "in the batch",
            Self::Generated => "+ generated",
            Self::Edited => "+ edited",
        }
    }
}

/// Vectors in each generated bank.
const GENERATED: usize = 256;

/// Everything about one training run but its seed.
#[derive(Clone, Debug)]
pub(super) struct Arm {
    /// Sizes of the towers.
    pub(super) sizes: JointConfig,
    /// Loss and generated negatives.
    pub(super) objective: ObjectiveConfig,
    /// How pictures and captions are seen.
    pub(super) views: CaptionViews,
    /// Epochs, batch, optimizer.
    pub(super) training: AlignTraining,
}

impl Arm {
    /// The settings chosen on the validation pictures, for a text front end.
    pub(super) fn chosen(text: &TextFront, negatives: Negatives) -> Self {
        let tower = |stem, pool| TowerConfig {
            stem,
            dim: JOINT,
            joint: JOINT,
            blocks: 0,
            heads: 8,
            neighbours: false,
            reach_ms: None,
            pool,
        };
        let image = tower(StemKind::Dense { width: 1280 }, Pool::MeanMax);
        let words = match text {
            TextFront::MiniLm(_) => tower(StemKind::Dense { width: 384 }, Pool::MeanMax),
            TextFront::Words(vocabulary) => {
                tower(StemKind::Words { vocabulary: vocabulary.size() }, Pool::MeanMax)
            }
        };
        let scratch = text.kind() == TextKind::Words;
        Self {
            sizes: JointConfig { item: image, text: words },
            objective: ObjectiveConfig {
                temperature: 0.05,
                generated: if negatives == Negatives::Batch { 0 } else { GENERATED },
                ..ObjectiveConfig::default()
            },
            views: CaptionViews {
                edits: usize::from(negatives == Negatives::Edited),
                ..CaptionViews::default()
            },
            training: AlignTraining {
                run: TrainConfig {
                    epochs: if scratch { 20 } else { 15 },
                    batch: 256,
                    patience: 100,
                    warm_up: 0.1,
                    optimizer: AdamWConfig {
                        learning_rate: 1e-3,
                        weight_decay: 0.05,
                        clip_norm: 1.0,
                        ema_decay: 0.99,
                    },
                    seed: 0,
                    threads: 2,
                },
                ..AlignTraining::default()
            },
        }
    }

    /// Trains on `training`; `validation` chooses the epoch.
    pub(super) fn train(
        &self,
        training: &[Captioned],
        validation: &[Captioned],
    ) -> Result<TrainedJoint, RecipeError> {
        let mut study = CaptionStudy {
            training: training.to_vec(),
            validation: validation.to_vec(),
            views: self.views,
            seed: self.training.run.seed,
        };
        let stop = AtomicBool::new(false);
        Ok(train_joint(
            &self.sizes,
            &self.objective,
            &mut study,
            &self.training,
            None,
            &Device::flex(),
            &stop,
            &mut |_| {},
        )?)
    }
}
