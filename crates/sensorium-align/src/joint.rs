//! Two towers and the space that they share.

use crate::sequence::{Sequence, SequenceBatch};
use crate::tower::{Tower, TowerConfig};
use burn::module::Module;
use burn::tensor::{Device, Tensor};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Sizes of a [`JointNet`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct JointConfig {
    /// Images, frames or points.
    pub item: TowerConfig,
    /// Language.
    pub text: TowerConfig,
}

impl JointConfig {
    /// Towers with fresh weights.
    pub fn init(&self, device: &Device) -> JointNet {
        JointNet { item: self.item.init(device), text: self.text.init(device) }
    }
}

/// An item tower and a text tower.
#[derive(Module, Debug)]
pub struct JointNet {
    /// Images, frames or points.
    pub item: Tower,
    /// Language.
    pub text: Tower,
}

/// Sequences that go through a tower together, a chunk.
const CHUNK: usize = 64;

impl JointNet {
    /// A unit vector for each item, on the threads there are.
    pub fn embed_items(&self, items: &[&Sequence], device: &Device) -> Vec<Vec<f32>> {
        chunked(items, |part| rows(self.item.pooled(&SequenceBatch::new(part, device))))
    }

    /// A unit vector for each text.
    pub fn embed_texts(&self, texts: &[&Sequence], device: &Device) -> Vec<Vec<f32>> {
        chunked(texts, |part| rows(self.text.pooled(&SequenceBatch::new(part, device))))
    }

    /// A unit vector for each token of one item.
    pub fn embed_tokens(&self, item: &Sequence, device: &Device) -> Vec<Vec<f32>> {
        let tokens = self.item.unit_tokens(&SequenceBatch::new(&[item], device));
        let [_, count, joint] = tokens.dims();
        rows(tokens.reshape([count, joint]))
    }
}

fn chunked(sequences: &[&Sequence], embed: impl Fn(&[&Sequence]) -> Vec<Vec<f32>> + Sync) -> Vec<Vec<f32>> {
    let mut order: Vec<usize> = (0..sequences.len()).collect();
    order.sort_by_key(|i| sequences[*i].tokens());
    let found: Vec<(usize, Vec<f32>)> = order
        .par_chunks(CHUNK)
        .flat_map_iter(|part| {
            let together: Vec<&Sequence> = part.iter().map(|i| sequences[*i]).collect();
            part.iter().copied().zip(embed(&together)).collect::<Vec<_>>()
        })
        .collect();
    let mut all = vec![Vec::new(); sequences.len()];
    for (i, row) in found {
        all[i] = row;
    }
    all
}

fn rows(x: Tensor<2>) -> Vec<Vec<f32>> {
    let width = x.dims()[1].max(1);
    x.try_into_vec_as::<f32>().unwrap_or_default().chunks_exact(width).map(<[f32]>::to_vec).collect()
}
