//! Where in time a token lies, as numbers that a network can use.

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

/// Sines and cosines of a token's start and end at periods from a quarter of a second to about a
/// minute (Vaswani et al. 2017, section 3.5, over real time instead of position), then a linear map.
#[derive(Module, Debug)]
pub struct TimeEncoding {
    project: Linear,
}

const PERIODS_MS: [f32; 5] = [250.0, 1_000.0, 4_000.0, 16_000.0, 64_000.0];

impl TimeEncoding {
    /// Fresh weights for tokens of width `dim`.
    pub fn new(dim: usize, device: &Device) -> Self {
        Self { project: LinearConfig::new(4 * PERIODS_MS.len(), dim).init(device) }
    }

    /// Times `[batch, token]` in ms to `[batch, token, dim]`.
    pub fn forward(&self, start_ms: Tensor<2>, end_ms: Tensor<2>) -> Tensor<3> {
        let [batch, tokens] = start_ms.dims();
        let times = Tensor::<2>::stack::<3>(vec![start_ms, end_ms], 2).unsqueeze_dim::<4>(3);
        let turns = PERIODS_MS.map(|period| std::f32::consts::TAU / period);
        let turns = Tensor::<1>::from_floats(turns, &times.device()).reshape([1, 1, 1, PERIODS_MS.len()]);
        let phases = (times * turns).reshape([batch, tokens, 2 * PERIODS_MS.len()]);
        let parts = vec![phases.clone().sin(), phases.cos()];
        self.project.forward(Tensor::cat(parts, 2))
    }
}
