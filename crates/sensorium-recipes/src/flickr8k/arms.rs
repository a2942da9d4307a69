//! What is trained: towers, losses, negatives.

use crate::RecipeError;
use sensorium_align::ingest::{WORD_WIDTH, caption_sizes};
use sensorium_align::model::TextFront;
use sensorium_align::study::{CaptionStudy, CaptionViews, Captioned, word_vectors};
use sensorium_align::train::{AlignTraining, Selection, TrainedJoint, train_joint};
use sensorium_align::{JointConfig, ObjectiveConfig, StemKind};
use sensorium_nn::Device;
use sensorium_nn::train::{AdamWConfig, TrainConfig};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Numbers a token of MiniLM has.
const MINILM_WIDTH: usize = 384;

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

/// Vectors in each generated bank. They count a quarter, from half of the training on: what hurt least.
const GENERATED: usize = 256;
const GENERATED_WEIGHT: f32 = 0.25;
const GENERATED_FROM: f32 = 0.5;

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
        let (stem, epochs, drop_words) = match text {
            TextFront::MiniLm(_) => (StemKind::Dense { width: MINILM_WIDTH }, 12, 0.0),
            TextFront::Words(vocabulary) => (StemKind::Words { vocabulary: vocabulary.size() }, 16, 0.2),
        };
        Self {
            sizes: caption_sizes(stem),
            objective: ObjectiveConfig {
                temperature: 0.05,
                smoothing: 0.1,
                generated: if negatives == Negatives::Batch { 0 } else { GENERATED },
                generated_weight: GENERATED_WEIGHT,
                generated_from: GENERATED_FROM,
                ..ObjectiveConfig::default()
            },
            views: CaptionViews {
                drop_cells: 0.0,
                drop_words,
                edits: usize::from(negatives == Negatives::Edited),
                ..CaptionViews::default()
            },
            training: AlignTraining {
                run: TrainConfig {
                    epochs,
                    batch: 256,
                    patience: epochs,
                    warm_up: 0.05,
                    optimizer: AdamWConfig {
                        learning_rate: 1e-3,
                        weight_decay: 0.01,
                        clip_norm: 5.0,
                        ema_decay: 0.98,
                    },
                    seed: 0,
                    threads: 2,
                },
                ascent: 0.02,
                select: Selection::Last,
                ..AlignTraining::default()
            },
        }
    }

    /// Trains on `training` for all epochs; `words` are the start vectors of words.
    pub(super) fn train(
        &self,
        training: &[Captioned],
        words: Option<Arc<Vec<f32>>>,
    ) -> Result<TrainedJoint, RecipeError> {
        let mut study = CaptionStudy {
            training: training.to_vec(),
            validation: Vec::new(),
            views: self.views,
            seed: self.training.run.seed,
            words,
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

/// Start vectors of the words of a front end without pretrained ones, from the captions of `training` alone.
pub(super) fn start_vectors(
    front: &TextFront,
    training: &[Captioned],
) -> Result<Option<Arc<Vec<f32>>>, RecipeError> {
    match front {
        TextFront::MiniLm(_) => Ok(None),
        TextFront::Words(words) => Ok(Some(Arc::new(word_vectors(training, words.size(), WORD_WIDTH)?))),
    }
}
