//! The methods: the same data and budget, other bindings or towers.

use super::world::Filmed;
use crate::RecipeError;
use sensorium_align::ingest::narrated_sizes;
use sensorium_align::study::{NarratedStudy, NarratedVideo, NarratedViews};
use sensorium_align::sync::Binding;
use sensorium_align::train::{AlignTraining, TrainedJoint, train_joint};
use sensorium_align::{JointConfig, ObjectiveConfig, StemKind};
use sensorium_nn::Device;
use sensorium_nn::train::{AdamWConfig, TrainConfig};
use std::sync::atomic::AtomicBool;

/// Numbers a token of MiniLM has.
const MINILM_WIDTH: usize = 384;

/// A method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arm {
    /// Time binding with offsets.
    Synchronous,
    /// Pairing of clips, the same tower.
    Clip,
    /// Pairing of clips, frames that do not see one another.
    Frames,
}

impl Arm {
    /// For tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Synchronous => "synchronous (ours)",
            Self::Clip => "clip pairing",
            Self::Frames => "averaged frames",
        }
    }

    /// Sizes of the towers for features of `width` numbers a frame.
    pub fn sizes(self, width: usize) -> JointConfig {
        let mut sizes = narrated_sizes(width, StemKind::Dense { width: MINILM_WIDTH });
        if self == Self::Frames {
            (sizes.item.blocks, sizes.item.neighbours) = (0, false);
        }
        sizes
    }

    /// A video as this arm sees it.
    pub fn seen(self, filmed: &Filmed) -> NarratedVideo {
        match self {
            Self::Synchronous | Self::Clip => filmed.video.clone(),
            Self::Frames => NarratedVideo { frames: filmed.looks.clone(), ..filmed.video.clone() },
        }
    }

    /// Trains it; `validation` chooses the epoch, without labels.
    pub fn train(
        self,
        training: Vec<NarratedVideo>,
        validation: Vec<NarratedVideo>,
        epochs: u64,
        seed: u64,
        threads: usize,
    ) -> Result<(TrainedJoint, NarratedStudy), RecipeError> {
        let width = training.first().map_or(1, |v| v.frames.width);
        let binding = if self == Self::Synchronous { Binding::Kernel } else { Binding::Clip };
        let views = NarratedViews { offsets: self == Self::Synchronous, ..NarratedViews::default() };
        let objective = ObjectiveConfig { binding, temperature: 0.1, ..ObjectiveConfig::default() };
        let config = AlignTraining {
            run: TrainConfig {
                epochs,
                batch: 16,
                patience: epochs,
                warm_up: 0.1,
                optimizer: AdamWConfig {
                    learning_rate: 1e-3,
                    weight_decay: 0.05,
                    clip_norm: 1.0,
                    ema_decay: 0.98,
                },
                seed,
                threads,
            },
            ..AlignTraining::default()
        };
        let mut study = NarratedStudy::new(training, validation, views, seed);
        let stop = AtomicBool::new(false);
        let trained = train_joint(
            &self.sizes(width),
            &objective,
            &mut study,
            &config,
            None,
            &Device::flex(),
            &stop,
            &mut |_| {},
        )?;
        Ok((trained, study))
    }
}
