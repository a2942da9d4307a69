//! Towers: token features of one modality into the joint space.

mod points;
mod pool;
mod rotary;

pub use points::{POINT_WIDTH, PointStem, PointStemConfig};
pub use pool::Pool;
pub use rotary::{TemporalBlock, TemporalBlockConfig, TimeAngles};

use crate::model::WORD_BASE;
use crate::sequence::SequenceBatch;
use burn::module::Module;
use burn::nn::{Embedding, EmbeddingConfig, LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::{Device, Int, Tensor};
use sensorium_nn::activation::activate;
use sensorium_nn::encoder::NeighbourConvolution;
use serde::{Deserialize, Serialize};

/// What the first layer reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum StemKind {
    /// Token vectors of a pretrained tower.
    Dense {
        /// Numbers a token.
        width: usize,
    },
    /// How token vectors of a pretrained tower change: the next less the one before. What stays the same, such
    /// as the scene, is out of sight, so that it cannot be learned by heart in place of what happens.
    Changes {
        /// Numbers a token.
        width: usize,
    },
    /// Numbers of words, two digits each (see `Vocabulary::sequence`).
    Words {
        /// How many there are.
        vocabulary: usize,
    },
    /// Clusters of points.
    Points {
        /// Points a cluster.
        points: usize,
        /// Facts on each cluster.
        facts: usize,
    },
}

/// Sizes of a [`Tower`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TowerConfig {
    /// The first layer.
    pub stem: StemKind,
    /// Width of the tokens inside.
    pub dim: usize,
    /// Width of the joint space.
    pub joint: usize,
    /// Transformer blocks.
    pub blocks: usize,
    /// Attention heads.
    pub heads: usize,
    /// Whether neighbouring tokens are joined before the blocks: for frames and words.
    pub neighbours: bool,
    /// Tokens further apart than this do not see one another, ms.
    pub reach_ms: Option<f32>,
    /// From tokens to one vector.
    pub pool: Pool,
}

impl TowerConfig {
    /// A tower with fresh weights.
    pub fn init(&self, device: &Device) -> Tower {
        let block = TemporalBlockConfig { dim: self.dim, heads: self.heads, reach_ms: self.reach_ms };
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        Tower {
            stem: match self.stem {
                StemKind::Dense { width } => Stem::Dense(linear(width, self.dim)),
                StemKind::Changes { width } => Stem::Changes(linear(width, self.dim)),
                StemKind::Words { vocabulary } => {
                    Stem::Words(EmbeddingConfig::new(vocabulary, self.dim).init(device))
                }
                StemKind::Points { points, facts } => {
                    Stem::Points(PointStemConfig { points, facts, dim: self.dim }.init(device))
                }
            },
            neighbours: self.neighbours.then(|| NeighbourConvolution::new(self.dim, device)),
            blocks: (0..self.blocks).map(|_| block.init(device)).collect(),
            norm: LayerNormConfig::new(self.dim).init(device),
            project: linear(self.dim, self.joint),
            pool: self.pool,
        }
    }
}

/// The first layer of a [`Tower`].
// One a tower: its size does not matter.
#[allow(clippy::large_enum_variant)]
#[derive(Module, Debug)]
enum Stem {
    Dense(Linear),
    Changes(Linear),
    Words(Embedding),
    Points(PointStem),
}

/// Token features to unit vectors of the joint space: a stem, neighbours joined, attention over real
/// times, a linear map, pooling.
#[derive(Module, Debug)]
pub struct Tower {
    stem: Stem,
    neighbours: Option<NeighbourConvolution>,
    blocks: Vec<TemporalBlock>,
    norm: LayerNorm,
    project: Linear,
    #[module(skip)]
    pool: Pool,
}

impl Tower {
    /// Each token in the joint space, not yet of length one, `[item, token, joint]`.
    pub fn tokens(&self, batch: &SequenceBatch) -> Tensor<3> {
        let weight = batch.mask.clone().unsqueeze_dim::<3>(2);
        let mut x = match &self.stem {
            Stem::Dense(linear) => linear.forward(batch.values.clone()),
            Stem::Changes(linear) => linear.forward(changes(batch)),
            Stem::Words(embedding) => {
                let digits = batch.values.clone();
                let ids =
                    digits.clone().narrow(2, 0, 1) + digits.narrow(2, 1, 1).mul_scalar(f32::from(WORD_BASE));
                let ids: Tensor<2, Int> = ids.squeeze_dim::<2>(2).int();
                embedding.forward(ids)
            }
            Stem::Points(stem) => stem.forward(batch.values.clone()),
        };
        if let Some(neighbours) = self.neighbours.as_ref().filter(|_| x.dims()[1] > 1) {
            x = x.clone() + activate(neighbours.forward(x * weight));
        }
        if let Some(first) = self.blocks.first() {
            let angles = first.angles(batch.time_ms.clone(), batch.mask.clone());
            x = self.blocks.iter().fold(x, |x, block| block.forward(x, &angles));
        }
        self.project.forward(self.norm.forward(x))
    }

    /// Width of the joint space.
    pub fn joint(&self) -> usize {
        self.project.weight.dims()[1]
    }

    /// One unit vector an item, `[item, joint]`.
    pub fn pooled(&self, batch: &SequenceBatch) -> Tensor<2> {
        unit(self.pool.apply(self.tokens(batch), batch.mask.clone()))
    }

    /// One unit vector a token, `[item, token, joint]`.
    pub fn unit_tokens(&self, batch: &SequenceBatch) -> Tensor<3> {
        let x = self.tokens(batch);
        let norm = x.clone().square().sum_dim(2).add_scalar(1e-12).sqrt();
        x / norm
    }
}

/// Each token's successor less its predecessor, `[item, token, width]`; the ends stand for what lies beyond them.
fn changes(batch: &SequenceBatch) -> Tensor<3> {
    let x = batch.values.clone();
    let [items, tokens, width] = x.dims();
    if tokens < 2 {
        return x.zeros_like();
    }
    let after = Tensor::cat(vec![x.clone().narrow(1, 1, tokens - 1), x.clone().narrow(1, tokens - 1, 1)], 1);
    let end = Tensor::zeros([items, 1], &x.device());
    let valid = Tensor::cat(vec![batch.mask.clone().narrow(1, 1, tokens - 1), end], 1);
    let valid = valid.unsqueeze_dim::<3>(2).expand([items, tokens, width]);
    let after = after * valid.clone() + x.clone() * (valid.neg() + 1.0);
    let before = Tensor::cat(vec![x.clone().narrow(1, 0, 1), x.narrow(1, 0, tokens - 1)], 1);
    after - before
}

/// Rows at length one.
pub fn unit(x: Tensor<2>) -> Tensor<2> {
    let norm = x.clone().square().sum_dim(1).add_scalar(1e-12).sqrt();
    x / norm
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sequence::Sequence;

    #[test]
    fn changes_are_of_the_neighbours_and_padding_is_none_of_them() {
        let (long, short) = (Sequence::new(&[1.0, 4.0, 9.0, 16.0], 1), Sequence::new(&[2.0, 7.0], 1));
        let batch = SequenceBatch::new(&[&long, &short], &Device::flex());
        let found = changes(&batch).try_into_vec_as::<f32>().unwrap();
        assert_eq!(found[..4], [3.0, 8.0, 12.0, 7.0]);
        assert_eq!(found[4..6], [5.0, 5.0]);
    }
}
