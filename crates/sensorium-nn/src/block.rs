//! A pre-norm transformer block with a key mask.

use crate::activation::activate;
use burn::module::Module;
use burn::nn::{LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Tensor};

/// Sizes of a [`Block`].
#[derive(Clone, Copy, Debug)]
pub struct BlockConfig {
    /// Width of the tokens.
    pub dim: usize,
    /// Attention heads; divides `dim`.
    pub heads: usize,
    /// Width of the feed-forward layer.
    pub hidden: usize,
}

impl BlockConfig {
    /// Four heads and a feed-forward layer twice as wide as the tokens.
    pub fn new(dim: usize) -> Self {
        Self { dim, heads: if dim.is_multiple_of(4) { 4 } else { 1 }, hidden: 2 * dim }
    }

    /// A block with fresh weights.
    pub fn init(&self, device: &Device) -> Block {
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        let norm = || LayerNormConfig::new(self.dim).init(device);
        Block {
            attention_norm: norm(),
            query: linear(self.dim, self.dim),
            // A softmax over keys does not see what is added to all of them.
            key: LinearConfig::new(self.dim, self.dim).with_bias(false).init(device),
            value: linear(self.dim, self.dim),
            out: linear(self.dim, self.dim),
            feed_norm: norm(),
            up: linear(self.dim, self.hidden),
            down: linear(self.hidden, self.dim),
            heads: self.heads,
        }
    }
}

/// Multi-head self-attention and a feed-forward layer, each behind a layer norm and a residual
/// (Vaswani et al. 2017, arXiv:1706.03762; pre-norm as in Xiong et al. 2020, arXiv:2002.04745).
#[derive(Module, Debug)]
pub struct Block {
    attention_norm: LayerNorm,
    query: Linear,
    key: Linear,
    value: Linear,
    out: Linear,
    feed_norm: LayerNorm,
    up: Linear,
    down: Linear,
    heads: usize,
}

impl Block {
    /// `[batch, token, dim]` to the same shape. `key_weight` is 1 for tokens that may be attended
    /// to and 0 for the others, `[batch, token]`; a row without any key attends evenly.
    pub fn forward(&self, x: Tensor<3>, key_weight: Tensor<2>) -> Tensor<3> {
        let [batch, tokens] = key_weight.dims();
        let bias = (key_weight - 1.0).mul_scalar(1e4).reshape([batch, 1, 1, tokens]);
        self.forward_with(x, bias, |heads| heads)
    }

    /// Like [`Block::forward`] with `bias` added to the scores, `[batch, 1 or head, 1 or token, token]`, and
    /// `turn` applied to queries and keys, `[batch, head, token, dim / heads]`.
    pub fn forward_with(
        &self,
        x: Tensor<3>,
        bias: Tensor<4>,
        turn: impl Fn(Tensor<4>) -> Tensor<4>,
    ) -> Tensor<3> {
        let x = x.clone() + self.attend(self.attention_norm.forward(x), bias, turn);
        let hidden = activate(self.up.forward(self.feed_norm.forward(x.clone())));
        x + self.down.forward(hidden)
    }

    /// Width of a head.
    pub fn depth(&self) -> usize {
        self.query.weight.dims()[1] / self.heads
    }

    fn attend(&self, x: Tensor<3>, bias: Tensor<4>, turn: impl Fn(Tensor<4>) -> Tensor<4>) -> Tensor<3> {
        let [batch, tokens, dim] = x.dims();
        let depth = dim / self.heads;
        // Three maps, not one that is cut in three: the gradient of a cut is a copy of the whole.
        let heads = |x: Tensor<3>| x.reshape([batch, tokens, self.heads, depth]).swap_dims(1, 2);
        let query = turn(heads(self.query.forward(x.clone())));
        let key = turn(heads(self.key.forward(x.clone())));
        let value = heads(self.value.forward(x));
        let scores = query.mul_scalar((depth as f32).powf(-0.5)).matmul(key.swap_dims(2, 3)) + bias;
        let mixed = softmax(scores, 3).matmul(value);
        self.out.forward(mixed.swap_dims(1, 2).reshape([batch, tokens, dim]))
    }
}
