//! Pictures with captions.

use super::standard::standardise;
use crate::joint::JointNet;
use crate::objective::{Links, Pairs};
use crate::retrieval::ranks;
use crate::sequence::Sequence;
use crate::train::{Step, Study};
use burn::tensor::Device;
use half::f16;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use sensorium_nn::seed;
use sensorium_nn::train::Weights;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One picture and what is said of it.
#[derive(Clone, Debug, Default)]
pub struct Captioned {
    /// Token features of the picture and of its mirror image, or of the picture alone.
    pub views: Vec<Arc<Sequence>>,
    /// Token features of its captions.
    pub captions: Vec<Arc<Sequence>>,
    /// Token features of edited captions that are no longer true, for each caption.
    pub edits: Vec<Vec<Arc<Sequence>>>,
}

/// How a training step sees pictures and captions. Draws are from hash(seed, epoch, picture).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaptionViews {
    /// Share of a picture's cells that are left out.
    pub drop_cells: f64,
    /// Share of a caption's tokens that are left out.
    pub drop_words: f64,
    /// Captions of each picture in a step.
    pub captions: usize,
    /// Edited captions of each picture in a step.
    pub edits: usize,
    /// Whether mirrored pictures are seen, too. Captions that tell left from right speak against it.
    pub mirror: bool,
}

impl Default for CaptionViews {
    fn default() -> Self {
        Self { drop_cells: 0.2, drop_words: 0.1, captions: 1, edits: 0, mirror: true }
    }
}

/// Training and validation pictures.
#[derive(Clone, Debug)]
pub struct CaptionStudy {
    /// Pictures to learn from.
    pub training: Vec<Captioned>,
    /// Pictures to select on; may be none.
    pub validation: Vec<Captioned>,
    /// How they are seen.
    pub views: CaptionViews,
    /// Seed of the views.
    pub seed: u64,
    /// Start vectors of the words of a text tower that is a bag (see [`word_vectors`](super::word_vectors));
    /// drawn where there are none.
    pub words: Option<Arc<Vec<f32>>>,
}

impl Study for CaptionStudy {
    fn len(&self) -> usize {
        self.training.len()
    }

    fn step(&self, indices: &[usize], epoch: u64) -> Step {
        let (mut items, mut texts, mut edits) = (Vec::new(), Vec::new(), Vec::new());
        let mut pairs = Pairs { items: indices.len(), ..Pairs::default() };
        for (row, index) in indices.iter().enumerate() {
            let example = &self.training[*index];
            let mut rng = seed::generator(self.seed, &[11, epoch, *index as u64]);
            let view = if self.views.mirror { rng.random_range(0..example.views.len()) } else { 0 };
            items.push(thinned(&example.views[view], self.views.drop_cells, &mut rng));
            let first = rng.random_range(0..example.captions.len());
            for k in 0..self.views.captions.clamp(1, example.captions.len()) {
                let c = (first + k) % example.captions.len();
                texts.push(thinned(&example.captions[c], self.views.drop_words, &mut rng));
                pairs.item_of_text.push(Some(row));
            }
            let choices: Vec<_> = example.edits.get(first).into_iter().flatten().collect();
            for _ in 0..self.views.edits.min(choices.len()) {
                edits.push(thinned(
                    choices[rng.random_range(0..choices.len())],
                    self.views.drop_words,
                    &mut rng,
                ));
            }
        }
        pairs.item_of_text.extend(edits.iter().map(|_| None));
        texts.extend(edits);
        let first = indices.first().copied().unwrap_or(0) as u64;
        let dropout = Some(seed::generator(self.seed, &[14, epoch, first]).random());
        Step { items, texts, links: Links::Pairs(pairs), dropout }
    }

    /// What standardises pictures is taken from the training pictures; words start where `words` has them.
    fn start(&self, weights: &mut Weights) {
        standardise(
            weights,
            "item",
            self.training.iter().flat_map(|example| example.views.iter().map(Arc::as_ref)),
        );
        let Some(words) = &self.words else { return };
        let place = weights.names.iter().position(|name| name == "net.text.stem.Bag.embedding.weight");
        if let Some(values) = place.map(|i| &mut weights.values[i]).filter(|v| v.len() == words.len()) {
            values.copy_from_slice(words);
        }
    }

    fn has_validation(&self) -> bool {
        !self.validation.is_empty()
    }

    /// Mean of recall at 1 in both directions over the validation pictures.
    fn score(&self, net: &JointNet, device: &Device) -> f64 {
        if self.validation.is_empty() {
            return f64::NAN;
        }
        let items: Vec<&Sequence> = self.validation.iter().map(|v| v.views[0].as_ref()).collect();
        let (mut texts, mut owners) = (Vec::new(), Vec::new());
        for (i, example) in self.validation.iter().enumerate() {
            texts.extend(example.captions.iter().map(Arc::as_ref));
            owners.extend(example.captions.iter().map(|_| i));
        }
        let (of_items, of_texts) =
            ranks(&net.embed_items(&items, device), &net.embed_texts(&texts, device), &owners);
        0.5 * (of_items.recall(1) + of_texts.recall(1))
    }

    fn digest(&self) -> String {
        let of_one = |example: &Captioned| {
            let all = example.views.iter().chain(&example.captions).chain(example.edits.iter().flatten());
            all.fold(0u64, |sum, sequence| sum.rotate_left(1) ^ sequence.digest())
        };
        let parts: Vec<u64> = self.training.par_iter().chain(&self.validation).map(of_one).collect();
        let words = self.words.iter().flat_map(|words| words.iter());
        let words = words.fold(0u64, |sum, v| sum.rotate_left(1) ^ u64::from(v.to_bits()));
        let all = parts.into_iter().fold(words, |sum, part| sum.rotate_left(1) ^ part);
        format!("{:?} {} {} {all:016x}", self.views, self.seed, self.validation.len())
    }
}

/// A sequence without a share of its tokens; at least one stays.
fn thinned(sequence: &Arc<Sequence>, share: f64, rng: &mut ChaCha8Rng) -> Arc<Sequence> {
    let tokens = sequence.tokens();
    if share <= 0.0 || tokens < 2 {
        return sequence.clone();
    }
    let kept: Vec<usize> = (0..tokens).filter(|_| !rng.random_bool(share.min(1.0))).collect();
    if kept.is_empty() || kept.len() == tokens {
        return sequence.clone();
    }
    let values: Vec<f16> = kept
        .iter()
        .flat_map(|t| sequence.values[t * sequence.width..(t + 1) * sequence.width].iter().copied())
        .collect();
    let time_ms = if sequence.time_ms.is_empty() {
        Vec::new()
    } else {
        kept.iter().map(|t| sequence.time_ms[*t]).collect()
    };
    Arc::new(Sequence { values, width: sequence.width, time_ms })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::joint::JointConfig;
    use crate::tower::{BagConfig, Pool, ResidualConfig, StemKind, TowerConfig, VectorScale};

    #[test]
    fn start_weights_find_their_places() {
        let head = ResidualConfig { hidden: 3, dropout: 0.0, scale: VectorScale::Standard };
        let item = TowerConfig {
            stem: StemKind::Mean { width: 2, head },
            dim: 2,
            joint: 4,
            blocks: 0,
            heads: 1,
            neighbours: false,
            reach_ms: None,
            pool: Pool::Mean,
        };
        let bag = StemKind::Bag { vocabulary: 3, head: BagConfig { dropout: 0.0 } };
        let sizes = JointConfig { item, text: TowerConfig { stem: bag, ..item } };
        let mut weights = Weights::of(&sizes.init(&Device::flex()));
        weights.names.iter_mut().for_each(|name| *name = format!("net.{name}"));
        let seen = |values: &[f32]| Captioned {
            views: vec![Arc::new(Sequence::new(values, 2))],
            ..Captioned::default()
        };
        let study = CaptionStudy {
            training: vec![seen(&[1.0, 3.0]), seen(&[3.0, 5.0])],
            validation: Vec::new(),
            views: CaptionViews::default(),
            seed: 0,
            words: Some(Arc::new(vec![0.5; 6])),
        };
        study.start(&mut weights);
        let values = |leaf: &str| {
            let place = weights.names.iter().position(|name| name.ends_with(leaf)).unwrap();
            weights.values[place].clone()
        };
        assert_eq!(values("standard.mean"), [2.0, 4.0]);
        assert!((values("standard.spread")[0] - 2.0f32.sqrt()).abs() < 1e-6);
        assert_eq!(values("embedding.weight"), [0.5; 6]);
        assert!(values("correction.weight").iter().all(|v| *v == 0.0));
    }
}
