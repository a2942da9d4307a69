//! MiniLM as a text tower.

use super::published::Published;
use crate::error::NnError;
use crate::train::Weights;
use burn::module::Module;
use burn::nn::{Embedding, EmbeddingConfig, LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::activation::{gelu, softmax};
use burn::tensor::{Device, Int, Tensor};
use std::path::Path;

/// Sizes of a [`MiniLm`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MiniLmConfig {
    /// Sub-words. Default: 30,522.
    pub vocabulary: usize,
    /// Longest sequence. Default: 512.
    pub positions: usize,
    /// Width of the tokens. Default: 384.
    pub dim: usize,
    /// Attention heads. Default: 12.
    pub heads: usize,
    /// Width of the feed-forward layers. Default: 1,536.
    pub hidden: usize,
    /// Layers. Default: 6.
    pub layers: usize,
}

impl Default for MiniLmConfig {
    fn default() -> Self {
        Self { vocabulary: 30_522, positions: 512, dim: 384, heads: 12, hidden: 1536, layers: 6 }
    }
}

impl MiniLmConfig {
    /// The network with weights that mean nothing yet.
    pub fn init(&self, device: &Device) -> MiniLm {
        let embed = |rows| EmbeddingConfig::new(rows, self.dim).init(device);
        MiniLm {
            words: embed(self.vocabulary),
            positions: embed(self.positions),
            kinds: embed(2),
            norm: self.norm(device),
            layers: (0..self.layers).map(|_| self.layer(device)).collect(),
        }
    }

    fn norm(&self, device: &Device) -> LayerNorm {
        LayerNormConfig::new(self.dim).with_epsilon(1e-12).init(device)
    }

    fn layer(&self, device: &Device) -> Layer {
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        Layer {
            query: linear(self.dim, self.dim),
            key: linear(self.dim, self.dim),
            value: linear(self.dim, self.dim),
            out: linear(self.dim, self.dim),
            attention_norm: self.norm(device),
            up: linear(self.dim, self.hidden),
            down: linear(self.hidden, self.dim),
            feed_norm: self.norm(device),
            heads: self.heads,
        }
    }
}

/// The encoder of `all-MiniLM-L6-v2`: a post-norm transformer (Devlin et al. 2019, arXiv:1810.04805),
/// distilled (Wang et al. 2020, arXiv:2002.10957) and trained on sentence pairs (Reimers & Gurevych 2019,
/// arXiv:1908.10084).
#[derive(Module, Debug)]
pub struct MiniLm {
    words: Embedding,
    positions: Embedding,
    kinds: Embedding,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

#[derive(Module, Debug)]
struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    out: Linear,
    attention_norm: LayerNorm,
    up: Linear,
    down: Linear,
    feed_norm: LayerNorm,
    heads: usize,
}

impl MiniLm {
    /// The network with the published weights from `folder/model.safetensors`.
    ///
    /// # Errors
    /// When the file is missing, damaged, or of another network.
    pub fn load(folder: &Path, device: &Device) -> Result<Self, NnError> {
        let sizes = MiniLmConfig::default();
        let network = sizes.init(device);
        let mut file = Published::open(folder)?;
        let (dim, hidden) = (sizes.dim, sizes.hidden);
        // In the order of our parameters; a norm's gamma comes before its beta.
        let mut values = vec![
            file.take("embeddings.word_embeddings.weight", &[sizes.vocabulary, dim])?,
            file.take("embeddings.position_embeddings.weight", &[sizes.positions, dim])?,
            file.take("embeddings.token_type_embeddings.weight", &[2, dim])?,
            file.take("embeddings.LayerNorm.weight", &[dim])?,
            file.take("embeddings.LayerNorm.bias", &[dim])?,
        ];
        for layer in 0..sizes.layers {
            let name = |part: &str| format!("encoder.layer.{layer}.{part}");
            for (part, from, to) in [
                ("attention.self.query", dim, dim),
                ("attention.self.key", dim, dim),
                ("attention.self.value", dim, dim),
                ("attention.output.dense", dim, dim),
                ("attention.output.LayerNorm", dim, 0),
                ("intermediate.dense", dim, hidden),
                ("output.dense", hidden, dim),
                ("output.LayerNorm", dim, 0),
            ] {
                let weight = name(&format!("{part}.weight"));
                values.push(if to == 0 {
                    file.take(&weight, &[from])?
                } else {
                    file.take_dense(&weight, from, to)?
                });
                let bias = if to == 0 { from } else { to };
                values.push(file.take(&name(&format!("{part}.bias")), &[bias])?);
            }
        }
        let weights = Weights { values, ..Weights::of(&network) };
        weights.load(network, device, false)
    }

    /// Sub-word numbers and their mask (1 where valid), both `[batch, token]`, to `[batch, token, dim]`.
    pub fn forward(&self, ids: Tensor<2, Int>, mask: Tensor<2>) -> Tensor<3> {
        let [batch, tokens] = ids.dims();
        let device = mask.device();
        let places = Tensor::<1, Int>::arange(0..tokens as i64, &device).unsqueeze_dim::<2>(0);
        let kinds = Tensor::<2, Int>::zeros([1, 1], &device);
        let x = self.words.forward(ids) + self.positions.forward(places) + self.kinds.forward(kinds);
        let bias = (mask - 1.0).mul_scalar(1e4).reshape([batch, 1, 1, tokens]);
        self.layers.iter().fold(self.norm.forward(x), |x, layer| layer.forward(x, bias.clone()))
    }
}

impl Layer {
    fn forward(&self, x: Tensor<3>, bias: Tensor<4>) -> Tensor<3> {
        let [batch, tokens, dim] = x.dims();
        let depth = dim / self.heads;
        let heads = |x: Tensor<3>| x.reshape([batch, tokens, self.heads, depth]).swap_dims(1, 2);
        let (query, key) = (heads(self.query.forward(x.clone())), heads(self.key.forward(x.clone())));
        let value = heads(self.value.forward(x.clone()));
        let scores = query.mul_scalar((depth as f32).powf(-0.5)).matmul(key.swap_dims(2, 3)) + bias;
        let mixed = softmax(scores, 3).matmul(value).swap_dims(1, 2).reshape([batch, tokens, dim]);
        let x = self.attention_norm.forward(x + self.out.forward(mixed));
        let fed = self.down.forward(gelu(self.up.forward(x.clone())));
        self.feed_norm.forward(x + fed)
    }
}
