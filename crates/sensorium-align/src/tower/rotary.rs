//! Attention over tokens at their real times.

use burn::module::Module;
use burn::nn::{LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Tensor};
use sensorium_nn::activation::activate;

/// Periods of the rotations, ms: from the fastest change that two frames can show to a scene.
const SHORTEST_MS: f32 = 120.0;
const LONGEST_MS: f32 = 60_000.0;

/// Sizes of a [`TemporalBlock`].
#[derive(Clone, Copy, Debug)]
pub struct TemporalBlockConfig {
    /// Width of the tokens.
    pub dim: usize,
    /// Attention heads; `dim / heads` is even.
    pub heads: usize,
    /// Tokens further apart than this do not attend to one another. ms.
    pub reach_ms: Option<f32>,
}

impl TemporalBlockConfig {
    /// A block with fresh weights.
    pub fn init(&self, device: &Device) -> TemporalBlock {
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        let norm = || LayerNormConfig::new(self.dim).init(device);
        TemporalBlock {
            attention_norm: norm(),
            query: linear(self.dim, self.dim),
            key: LinearConfig::new(self.dim, self.dim).with_bias(false).init(device),
            value: linear(self.dim, self.dim),
            out: linear(self.dim, self.dim),
            feed_norm: norm(),
            up: linear(self.dim, 2 * self.dim),
            down: linear(2 * self.dim, self.dim),
            heads: self.heads,
            reach_ms: self.reach_ms.unwrap_or(f32::INFINITY),
        }
    }
}

/// A pre-norm transformer block whose queries and keys are turned by angles that are proportional to the
/// tokens' times in ms (rotary embedding, Su et al. 2021, arXiv:2104.09864, over real time instead of
/// position). A score then depends on the time between two tokens and not on when a clip was cut.
#[derive(Module, Debug)]
pub struct TemporalBlock {
    attention_norm: LayerNorm,
    query: Linear,
    key: Linear,
    value: Linear,
    out: Linear,
    feed_norm: LayerNorm,
    up: Linear,
    down: Linear,
    heads: usize,
    reach_ms: f32,
}

/// Angles and mask of a batch, the same for all blocks of a tower.
#[derive(Clone, Debug)]
pub struct TimeAngles {
    cos: Tensor<4>,
    sin: Tensor<4>,
    /// Added to the scores, `[batch, 1, token, token]`.
    bias: Tensor<4>,
}

impl TemporalBlock {
    /// Angles for tokens at `time_ms` with `mask` (1 where valid), both `[batch, token]`.
    pub fn angles(&self, time_ms: Tensor<2>, mask: Tensor<2>) -> TimeAngles {
        let [batch, tokens] = time_ms.dims();
        let [dim, _] = self.query.weight.dims();
        let half = dim / self.heads / 2;
        let device = time_ms.device();
        let turns: Vec<f32> = (0..half)
            .map(|i| {
                let at = if half > 1 { i as f32 / (half - 1) as f32 } else { 0.0 };
                std::f32::consts::TAU / (SHORTEST_MS * (LONGEST_MS / SHORTEST_MS).powf(at))
            })
            .collect();
        let turns = Tensor::<1>::from_floats(turns.as_slice(), &device).reshape([1, 1, 1, half]);
        let phase = time_ms.clone().reshape([batch, 1, tokens, 1]) * turns;
        let keys = (mask - 1.0).mul_scalar(1e4).reshape([batch, 1, 1, tokens]);
        let bias = if self.reach_ms.is_finite() {
            let apart =
                time_ms.clone().reshape([batch, 1, tokens, 1]) - time_ms.reshape([batch, 1, 1, tokens]);
            keys + apart.abs().greater_scalar(self.reach_ms).float().mul_scalar(-1e4)
        } else {
            keys
        };
        TimeAngles { cos: phase.clone().cos(), sin: phase.sin(), bias }
    }

    /// `[batch, token, dim]` to the same shape.
    pub fn forward(&self, x: Tensor<3>, angles: &TimeAngles) -> Tensor<3> {
        let x = x.clone() + self.attend(self.attention_norm.forward(x), angles);
        let hidden = activate(self.up.forward(self.feed_norm.forward(x.clone())));
        x + self.down.forward(hidden)
    }

    fn attend(&self, x: Tensor<3>, angles: &TimeAngles) -> Tensor<3> {
        let [batch, tokens, dim] = x.dims();
        let depth = dim / self.heads;
        let heads = |x: Tensor<3>| x.reshape([batch, tokens, self.heads, depth]).swap_dims(1, 2);
        let turned = |x: Tensor<4>| {
            let (a, b) = (x.clone().narrow(3, 0, depth / 2), x.narrow(3, depth / 2, depth / 2));
            let first = a.clone() * angles.cos.clone() - b.clone() * angles.sin.clone();
            let second = a * angles.sin.clone() + b * angles.cos.clone();
            Tensor::cat(vec![first, second], 3)
        };
        let query = turned(heads(self.query.forward(x.clone())));
        let key = turned(heads(self.key.forward(x.clone())));
        let value = heads(self.value.forward(x));
        let scores =
            query.mul_scalar((depth as f32).powf(-0.5)).matmul(key.swap_dims(2, 3)) + angles.bias.clone();
        let mixed = softmax(scores, 3).matmul(value);
        self.out.forward(mixed.swap_dims(1, 2).reshape([batch, tokens, dim]))
    }
}
