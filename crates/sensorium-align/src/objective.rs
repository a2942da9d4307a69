//! What a batch of embeddings is trained towards: temperature, generated negatives, the loss.

use crate::generator::{Generator, guarded};
use crate::loss::{InfoNce, info_nce, sigmoid_loss};
use crate::sync::{Binding, SyncLinks, synchronous_loss};
use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

/// Bounds of the temporal kernel's width: a frame, and longer than any sentence.
const NARROWEST_MS: f32 = 40.0;
const WIDEST_MS: f32 = 10_000.0;

/// The logarithm of the kernel's width learns so many times as fast as weights do: an optimizer that moves each
/// parameter by about the learning rate would hardly change it in a run.
const WIDTH_RATE: f32 = 10.0;

/// Which loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LossKind {
    /// Softmax over the batch.
    #[default]
    InfoNce,
    /// Each pair on its own.
    Sigmoid,
}

/// Which rows of a batch belong together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pairs {
    /// Number of item rows.
    pub items: usize,
    /// Item row of each text row; `None` for a text that is only a negative.
    pub item_of_text: Vec<Option<usize>>,
    /// Pairs (item, text) that are neither positive nor negative.
    pub ignored: Vec<(usize, usize)>,
}

impl Pairs {
    /// Number of text rows.
    pub fn texts(&self) -> usize {
        self.item_of_text.len()
    }

    /// Positives and negatives, `[item, text]`.
    fn matrices(&self, device: &Device) -> (Tensor<2>, Tensor<2>) {
        let (items, texts) = (self.items, self.texts());
        let mut positives = vec![0.0f32; items * texts];
        let mut negatives = vec![1.0f32; items * texts];
        for (t, item) in self.item_of_text.iter().enumerate() {
            if let Some(i) = item {
                positives[i * texts + t] = 1.0;
                negatives[i * texts + t] = 0.0;
            }
        }
        for (i, t) in &self.ignored {
            negatives[i * texts + t] = 0.0;
        }
        let two = |v| Tensor::from_data(TensorData::new(v, [items, texts]), device);
        (two(positives), two(negatives))
    }
}

/// What belongs together in a batch.
#[derive(Clone, Debug, PartialEq)]
pub enum Links {
    /// Whole items and texts.
    Pairs(Pairs),
    /// Frames and cues, by time.
    Synchronous(SyncLinks),
}

/// Settings of an [`Objective`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectiveConfig {
    /// The loss.
    pub loss: LossKind,
    /// Similarities are divided by this at the start.
    pub temperature: f32,
    /// Generated negatives; 0 for none.
    pub generated: usize,
    /// Generated negatives whose cosine to the positive exceeds that of the pair itself less this are left
    /// out: they may be true.
    pub guard: f32,
    /// What a generated negative counts beside one of the batch: its exponential is multiplied by this.
    pub generated_weight: f32,
    /// Share of the training after which generated negatives take part.
    pub generated_from: f32,
    /// Label smoothing of InfoNCE over whole items and texts; 0 for none.
    pub smoothing: f32,
    /// How texts find their frames, where frames and cues are bound.
    pub binding: Binding,
    /// Width of the temporal kernel at the start, ms.
    pub width_ms: f32,
}

impl Default for ObjectiveConfig {
    fn default() -> Self {
        Self {
            loss: LossKind::InfoNce,
            temperature: 0.07,
            generated: 0,
            guard: 0.0,
            generated_weight: 1.0,
            generated_from: 0.0,
            smoothing: 0.0,
            binding: Binding::Kernel,
            width_ms: 600.0,
        }
    }
}

/// Temperature and bias are learned with the towers, the generated negatives against them.
#[derive(Module, Debug)]
pub struct Objective {
    /// Logarithm of the inverse temperature, `[1]`.
    log_scale: Param<Tensor<1>>,
    /// Added to the logits of the sigmoid loss, `[1]`.
    offset: Param<Tensor<1>>,
    /// Texts and items that were never there.
    generator: Option<Generator>,
    /// Logarithm of the kernel's width in ms over [`WIDTH_RATE`], `[1]`.
    log_width: Param<Tensor<1>>,
    #[module(skip)]
    config: ObjectiveConfig,
}

impl ObjectiveConfig {
    /// An objective for a joint space of width `joint`.
    pub fn init(&self, joint: usize, device: &Device) -> Objective {
        let sigmoid = self.loss == LossKind::Sigmoid;
        let one = |v: f32| Param::from_tensor(Tensor::<1>::from_floats([v], device));
        Objective {
            log_scale: one(-self.temperature.max(1e-3).ln()),
            offset: one(if sigmoid { -10.0 } else { 0.0 }),
            generator: (self.generated > 0).then(|| Generator::new(self.generated, joint, device)),
            log_width: one(self.width_ms.max(1.0).ln() / WIDTH_RATE),
            config: *self,
        }
    }
}

impl Objective {
    /// Loss of unit vectors `items` `[item or frame, joint]` and `texts` `[text, joint]`, `[1]`, when the share
    /// `done` of the training is over.
    pub fn loss(&self, items: Tensor<2>, texts: Tensor<2>, links: &Links, done: f32) -> Tensor<1> {
        // At most 100, as CLIP has it: beyond, a step explodes.
        let scale = self.log_scale.val().clamp_max(4.6052).exp().reshape([1, 1]);
        match links {
            Links::Pairs(pairs) => self.paired(items, texts, pairs, scale, done),
            Links::Synchronous(links) => {
                let log_width = self.log_width.val().mul_scalar(WIDTH_RATE);
                let width = log_width.clamp(NARROWEST_MS.ln(), WIDEST_MS.ln()).exp().reshape([1, 1]);
                synchronous_loss(self.config.binding, items, texts, links, scale, width)
            }
        }
    }

    fn paired(
        &self,
        items: Tensor<2>,
        texts: Tensor<2>,
        pairs: &Pairs,
        scale: Tensor<2>,
        done: f32,
    ) -> Tensor<1> {
        let (positives, negatives) = pairs.matrices(&items.device());
        let cosines = items.clone().matmul(texts.clone().transpose());
        if self.config.loss == LossKind::Sigmoid {
            let logits = cosines * scale + self.offset.val().reshape([1, 1]);
            let allowed = positives.clone() + negatives;
            return sigmoid_loss(logits, positives, allowed);
        }
        let generator = self.generator.as_ref().filter(|_| done >= self.config.generated_from);
        let (more_texts, more_items) = match generator {
            Some(generator) => {
                // A positive's own cosine is the bar that a generated negative must stay below.
                let bar = |dim: usize| {
                    (cosines.clone().detach() + (positives.clone() - 1.0).mul_scalar(1e4)).max_dim(dim)
                };
                let texts_bar = bar(0).transpose();
                let weight = self.config.generated_weight.max(1e-6).ln();
                let logits = |rows, bank, bar| {
                    let cosines = guarded(rows, bank, bar, self.config.guard);
                    Some((cosines * scale.clone()).add_scalar(weight))
                };
                (logits(items, generator.texts(), bar(1)), logits(texts, generator.items(), texts_bar))
            }
            None => (None, None),
        };
        let logits = cosines * scale;
        let smoothing = self.config.smoothing;
        info_nce(&InfoNce { logits, positives, negatives, more_texts, more_items, smoothing })
    }

    /// Width of the temporal kernel now, ms.
    pub fn width_ms(&self) -> f32 {
        let log_width = WIDTH_RATE * self.log_width.val().into_scalar::<f32>();
        log_width.clamp(NARROWEST_MS.ln(), WIDEST_MS.ln()).exp()
    }

    /// The temperature now.
    pub fn temperature(&self) -> f32 {
        self.log_scale.val().into_scalar::<f32>().min(4.6052).exp().recip()
    }
}
