//! A sequence of tokens as one vector.

use crate::tokens::Tokens;
use burn::module::{Module, Param};
use burn::nn::Initializer;
use burn::tensor::activation::softmax;
use burn::tensor::module::linear;
use burn::tensor::{Device, Tensor};

/// Size of an [`AttentionPool`].
#[derive(Clone, Copy, Debug)]
pub struct AttentionPoolConfig {
    /// Width of the tokens.
    pub dim: usize,
}

impl AttentionPoolConfig {
    /// Fresh weights.
    pub fn init(&self, device: &Device) -> AttentionPool {
        AttentionPool { query: Initializer::Normal { mean: 0.0, std: 0.02 }.init([self.dim, 1], device) }
    }
}

/// A mean of the valid tokens, weighted by softmax(x·q / √d) with a learned query q (as in Lee et
/// al. 2019, arXiv:1810.00825, with one seed and one head).
#[derive(Module, Debug)]
pub struct AttentionPool {
    query: Param<Tensor<2>>,
}

impl AttentionPool {
    /// `[batch, token, dim]` to `[batch, dim]`; zeros where no token is valid.
    pub fn forward(&self, tokens: &Tokens) -> Tensor<2> {
        let [_, _, dim] = tokens.dims();
        let weight = tokens.weight().unsqueeze_dim::<3>(2);
        let scores = linear(tokens.values.clone(), self.query.val(), None);
        let scores = scores.mul_scalar((dim as f32).powf(-0.5)) + (weight.clone() - 1.0).mul_scalar(1e4);
        let share = softmax(scores, 1) * weight;
        (tokens.values.clone() * share).sum_dim(1).squeeze_dim::<2>(1)
    }
}
