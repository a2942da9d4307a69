//! Towers: token features of one modality into the joint space.

mod attended;
mod bag;
mod dropout;
mod points;
mod pool;
mod residual;
mod rotary;

pub use attended::AttendedHead;
pub use bag::{BagConfig, WordBag};
pub use dropout::Dropout;
pub use points::{POINT_WIDTH, PointStem, PointStemConfig, largest_and_mean};
pub use pool::Pool;
pub use residual::{ResidualConfig, ResidualHead, VectorScale};
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
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum StemKind {
    /// Token vectors of a pretrained tower.
    Dense {
        /// Numbers a token.
        width: usize,
    },
    /// Token vectors of large or uneven numbers, such as motion: a head on each.
    Tokens {
        /// Numbers a token.
        width: usize,
        /// The head.
        head: ResidualConfig,
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
    /// The mean of the token vectors of a pretrained tower, and a head on it that is the rest of the tower.
    Mean {
        /// Numbers a token.
        width: usize,
        /// The head.
        head: ResidualConfig,
    },
    /// The token vectors of a pretrained tower weighed by learned attention; this is the whole tower.
    Attended {
        /// Numbers a token.
        width: usize,
    },
    /// Numbers of words, as [`StemKind::Words`] reads them, without their order; this is the whole tower.
    Bag {
        /// How many there are.
        vocabulary: usize,
        /// Settings.
        head: BagConfig,
    },
}

impl StemKind {
    /// Whether nothing follows but the joint space: no neighbours, no blocks, no map, no pooling.
    const fn is_whole(&self) -> bool {
        matches!(self, Self::Mean { .. } | Self::Attended { .. } | Self::Bag { .. })
    }
}

/// Sizes of a [`Tower`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TowerConfig {
    /// The first layer.
    pub stem: StemKind,
    /// Width of the tokens inside; of the word vectors of a bag.
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
        let whole = self.stem.is_whole();
        Tower {
            stem: match self.stem {
                StemKind::Dense { width } => Stem::Dense(linear(width, self.dim)),
                StemKind::Tokens { width, head } => Stem::Tokens(head.init(width, self.dim, device)),
                StemKind::Words { vocabulary } => {
                    Stem::Words(EmbeddingConfig::new(vocabulary, self.dim).init(device))
                }
                StemKind::Points { points, facts } => {
                    Stem::Points(PointStemConfig { points, facts, dim: self.dim }.init(device))
                }
                StemKind::Mean { width, head } => Stem::Mean(head.init(width, self.joint, device)),
                StemKind::Attended { width } => Stem::Attended(AttendedHead::new(width, self.joint, device)),
                StemKind::Bag { vocabulary, head } => {
                    Stem::Bag(head.init(vocabulary, self.dim, self.joint, device))
                }
            },
            neighbours: (self.neighbours && !whole).then(|| NeighbourConvolution::new(self.dim, device)),
            blocks: (0..if whole { 0 } else { self.blocks }).map(|_| block.init(device)).collect(),
            norm: (!whole).then(|| LayerNormConfig::new(self.dim).init(device)),
            project: (!whole).then(|| linear(self.dim, self.joint)),
            pool: self.pool,
            joint: self.joint,
        }
    }
}

/// The first layer of a [`Tower`].
// One a tower: its size does not matter.
#[allow(clippy::large_enum_variant)]
#[derive(Module, Debug)]
enum Stem {
    Dense(Linear),
    Tokens(ResidualHead),
    Words(Embedding),
    Points(PointStem),
    Mean(ResidualHead),
    Attended(AttendedHead),
    Bag(WordBag),
}

/// Token features to unit vectors of the joint space: a stem, neighbours joined, attention over real
/// times, a linear map, pooling. Or one of the stems that are whole towers.
#[derive(Module, Debug)]
pub struct Tower {
    stem: Stem,
    neighbours: Option<NeighbourConvolution>,
    blocks: Vec<TemporalBlock>,
    norm: Option<LayerNorm>,
    project: Option<Linear>,
    #[module(skip)]
    pool: Pool,
    joint: usize,
}

impl Tower {
    /// Each token in the joint space, not yet of length one, `[item, token, joint]`. Stems that are whole
    /// towers treat each token as an item of its own, without dropout.
    pub fn tokens(&self, batch: &SequenceBatch) -> Tensor<3> {
        let weight = batch.mask.clone().unsqueeze_dim::<3>(2);
        let mut x = match &self.stem {
            Stem::Dense(linear) => linear.forward(batch.values.clone()),
            Stem::Tokens(head) => activate(head.forward(batch.values.clone(), batch.dropout)),
            Stem::Words(embedding) => embedding.forward(word_numbers(batch)),
            Stem::Points(stem) => stem.forward(batch.values.clone()),
            Stem::Mean(head) => {
                return head.forward(batch.values.clone(), None);
            }
            Stem::Attended(head) => return head.tokens(batch.values.clone()),
            Stem::Bag(bag) => return bag.tokens(batch),
        };
        if let Some(neighbours) = self.neighbours.as_ref().filter(|_| x.dims()[1] > 1) {
            x = x.clone() + activate(neighbours.forward(x * weight));
        }
        if let Some(first) = self.blocks.first() {
            let angles = first.angles(batch.time_ms.clone(), batch.mask.clone());
            x = self.blocks.iter().fold(x, |x, block| block.forward(x, &angles));
        }
        let x = match &self.norm {
            Some(norm) => norm.forward(x),
            None => x,
        };
        match &self.project {
            Some(project) => project.forward(x),
            None => x,
        }
    }

    /// Width of the joint space.
    pub const fn joint(&self) -> usize {
        self.joint
    }

    /// One unit vector an item, `[item, joint]`.
    pub fn pooled(&self, batch: &SequenceBatch) -> Tensor<2> {
        unit(match &self.stem {
            Stem::Mean(head) => {
                head.forward(Pool::Mean.apply(batch.values.clone(), batch.mask.clone()), batch.dropout)
            }
            Stem::Attended(head) => head.forward(batch.values.clone(), batch.mask.clone()),
            Stem::Bag(bag) => bag.forward(batch),
            _ => self.pool.apply(self.tokens(batch), batch.mask.clone()),
        })
    }

    /// One unit vector a token, `[item, token, joint]`.
    pub fn unit_tokens(&self, batch: &SequenceBatch) -> Tensor<3> {
        unit(self.tokens(batch))
    }
}

/// Whether the parameter `name` starts at the value that it was made with and is not drawn: what standardises
/// vectors, the correction of a [`ResidualHead`] and the query of an [`AttendedHead`].
pub fn starts_as_made(name: &str) -> bool {
    let parts: Vec<&str> = name.rsplit('.').take(2).collect();
    matches!(parts.as_slice(), [_, "standard" | "correction"] | ["query", "Attended"])
}

/// Numbers of words from their digits, `[item, token]`.
fn word_numbers(batch: &SequenceBatch) -> Tensor<2, Int> {
    let digits = batch.values.clone();
    let numbers = digits.clone().narrow(2, 0, 1) + digits.narrow(2, 1, 1).mul_scalar(f32::from(WORD_BASE));
    numbers.squeeze_dim::<2>(2).int()
}

/// Vectors along the last dimension at length one.
pub fn unit<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    let norm = x.clone().square().sum_dim(D - 1).add_scalar(1e-12).sqrt();
    x / norm
}
