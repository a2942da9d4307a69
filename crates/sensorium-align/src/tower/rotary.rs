//! Attention over tokens at their real times.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use sensorium_nn::block::{Block, BlockConfig};

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
        let block = BlockConfig { dim: self.dim, heads: self.heads, hidden: 2 * self.dim };
        TemporalBlock { block: block.init(device), reach_ms: self.reach_ms.unwrap_or(f32::INFINITY) }
    }
}

/// A [`Block`] whose queries and keys are turned by angles that are proportional to the tokens' times in ms
/// (rotary embedding, Su et al. 2021, arXiv:2104.09864, over real time instead of position). A score then
/// depends on the time between two tokens and not on when a clip was cut.
#[derive(Module, Debug)]
pub struct TemporalBlock {
    block: Block,
    reach_ms: f32,
}

/// Angles and mask of a batch, the same for all blocks of a tower.
#[derive(Clone, Debug)]
pub struct TimeAngles {
    cos: Tensor<4>,
    sin: Tensor<4>,
    /// Added to the scores, `[batch, 1, 1 or token, token]`.
    bias: Tensor<4>,
}

impl TimeAngles {
    /// Vectors `[batch, head, token, depth]`, first and second half taken as pairs, turned.
    fn turn(&self, x: Tensor<4>) -> Tensor<4> {
        let half = x.dims()[3] / 2;
        let (a, b) = (x.clone().narrow(3, 0, half), x.narrow(3, half, half));
        let first = a.clone() * self.cos.clone() - b.clone() * self.sin.clone();
        let second = a * self.sin.clone() + b * self.cos.clone();
        Tensor::cat(vec![first, second], 3)
    }
}

impl TemporalBlock {
    /// Angles for tokens at `time_ms` with `mask` (1 where valid), both `[batch, token]`.
    pub fn angles(&self, time_ms: Tensor<2>, mask: Tensor<2>) -> TimeAngles {
        let [batch, tokens] = time_ms.dims();
        let half = self.block.depth() / 2;
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
        self.block.forward_with(x, angles.bias.clone(), |heads| angles.turn(heads))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::TensorData;

    fn run(times: &[f32], reach_ms: Option<f32>) -> Vec<f32> {
        let device = Device::flex();
        let config = TemporalBlockConfig { dim: 8, heads: 2, reach_ms };
        let block = config.init(&device);
        let mut weights = sensorium_nn::train::Weights::of(&block);
        weights.reset(3);
        let block = weights.load_unchecked(block, &device, false);
        let tokens = times.len();
        let values: Vec<f32> = (0..tokens * 8).map(|i| (i as f32 * 0.9).sin()).collect();
        let x = Tensor::<3>::from_data(TensorData::new(values, [1, tokens, 8]), &device);
        let times = Tensor::<2>::from_data(TensorData::new(times.to_vec(), [1, tokens]), &device);
        let mask = times.ones_like();
        block.forward(x, &block.angles(times, mask)).try_into_vec_as::<f32>().unwrap()
    }

    fn furthest(a: &[f32], b: &[f32]) -> f32 {
        a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn only_the_time_between_tokens_matters() {
        let early = run(&[0.0, 80.0, 210.0], None);
        assert!(furthest(&early, &run(&[5_000.0, 5_080.0, 5_210.0], None)) < 1e-3);
        assert!(furthest(&early, &run(&[0.0, 80.0, 900.0], None)) > 1e-2);
    }

    #[test]
    fn tokens_out_of_reach_change_nothing() {
        let near = run(&[0.0, 80.0, 5_000.0], Some(1_000.0));
        let far = run(&[0.0, 80.0, 9_000.0], Some(1_000.0));
        assert!(furthest(&near[..16], &far[..16]) < 1e-6);
    }
}
