//! Words without their order into the joint space.

use super::{Pool, word_numbers};
use crate::sequence::SequenceBatch;
use burn::module::Module;
use burn::nn::{Embedding, EmbeddingConfig, Linear, LinearConfig};
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

/// Settings of a [`WordBag`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BagConfig {
    /// Share of the numbers of each word's vector that training leaves out.
    pub dropout: f32,
}

/// W₁ mean(e) + max(W₂ e) over the word vectors e of a sentence, each map with its bias: what it is about on
/// the whole, and what one word alone says.
#[derive(Module, Debug)]
pub struct WordBag {
    embedding: Embedding,
    mean: Linear,
    largest: Linear,
    #[module(skip)]
    dropout: f32,
}

impl BagConfig {
    /// A bag of `vocabulary` words with vectors of `dim` numbers, into `joint`.
    pub fn init(&self, vocabulary: usize, dim: usize, joint: usize, device: &Device) -> WordBag {
        let linear = || LinearConfig::new(dim, joint).init(device);
        WordBag {
            embedding: EmbeddingConfig::new(vocabulary, dim).init(device),
            mean: linear(),
            largest: linear(),
            dropout: self.dropout,
        }
    }
}

impl WordBag {
    /// One vector a sentence, `[sentence, joint]`, not yet of length one.
    pub fn forward(&self, batch: &SequenceBatch) -> Tensor<2> {
        let words = self.embedding.forward(word_numbers(batch));
        let words = match batch.dropout {
            Some(dropout) => dropout.apply(words, 0, self.dropout),
            None => words,
        };
        let mean = self.mean.forward(Pool::Mean.apply(words.clone(), batch.mask.clone()));
        mean + Pool::Max.apply(self.largest.forward(words), batch.mask.clone())
    }

    /// Each word alone, `[sentence, word, joint]`.
    pub fn tokens(&self, batch: &SequenceBatch) -> Tensor<3> {
        let words = self.embedding.forward(word_numbers(batch));
        self.mean.forward(words.clone()) + self.largest.forward(words)
    }
}
