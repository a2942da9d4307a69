//! What is trained: towers, losses, negatives.

use sensorium_align::model::{TextFront, TextKind};
use sensorium_align::study::CaptionViews;
use sensorium_align::train::AlignTraining;
use sensorium_align::{JointConfig, ObjectiveConfig, Pool, StemKind, TowerConfig};
use sensorium_nn::train::{AdamWConfig, TrainConfig};

/// Width of the joint space.
const JOINT: usize = 512;

/// Everything about one training run but its seed.
#[derive(Clone, Debug)]
pub struct Arm {
    /// Sizes of the towers.
    pub sizes: JointConfig,
    /// Loss and generated negatives.
    pub objective: ObjectiveConfig,
    /// How pictures and captions are seen.
    pub views: CaptionViews,
    /// Epochs, batch, optimizer.
    pub training: AlignTraining,
}

impl Arm {
    /// The settings chosen on the validation pictures, for a text front end.
    pub fn chosen(text: &TextFront) -> Self {
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
            objective: ObjectiveConfig { temperature: 0.05, ..ObjectiveConfig::default() },
            views: CaptionViews::default(),
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
}
