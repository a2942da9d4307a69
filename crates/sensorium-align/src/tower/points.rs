//! Points to one vector.

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};
use sensorium_nn::activation::activate;

/// Numbers a point: x, y, z and intensity.
pub const POINT_WIDTH: usize = 4;

/// A network of two layers over each point, then the largest and the mean of each channel: the order of
/// the points does not matter (PointNet, Qi et al. 2017, arXiv:1612.00593, equation 1, without its
/// transform networks: clusters come centred and turned).
#[derive(Module, Debug)]
pub struct PointStem {
    first: Linear,
    second: Linear,
    facts: Linear,
    join: Linear,
    points: usize,
}

/// Sizes of a [`PointStem`].
#[derive(Clone, Copy, Debug)]
pub struct PointStemConfig {
    /// Points a token has room for.
    pub points: usize,
    /// Numbers behind the points that tell of the cluster as a whole: place, size, velocity.
    pub facts: usize,
    /// Width of the tokens.
    pub dim: usize,
}

impl PointStemConfig {
    /// Numbers a token: the points, whether each is there, the facts.
    pub const fn width(&self) -> usize {
        self.points * (POINT_WIDTH + 1) + self.facts
    }

    /// Fresh weights.
    pub fn init(&self, device: &Device) -> PointStem {
        let hidden = self.dim / 2;
        PointStem {
            first: LinearConfig::new(POINT_WIDTH, hidden).init(device),
            second: LinearConfig::new(hidden, self.dim).init(device),
            facts: LinearConfig::new(self.facts.max(1), self.dim).init(device),
            join: LinearConfig::new(3 * self.dim, self.dim).init(device),
            points: self.points,
        }
    }
}

impl PointStem {
    /// `[batch, token, points · 5 + facts]` to `[batch, token, dim]`. Of each point x, y, z and intensity
    /// stand first, all points' presence (1 or 0) behind all points, the facts last.
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let [batch, tokens, width] = x.dims();
        let at = self.points * POINT_WIDTH;
        let points = x.clone().narrow(2, 0, at).reshape([batch * tokens, self.points, POINT_WIDTH]);
        let there = x.clone().narrow(2, at, self.points).reshape([batch * tokens, self.points, 1]);
        let facts = x.narrow(2, at + self.points, width - at - self.points);
        let each = activate(self.second.forward(activate(self.first.forward(points))));
        let dim = each.dims()[2];
        let pooled = largest_and_mean(each, there).reshape([batch, tokens, 2 * dim]);
        let facts = activate(self.facts.forward(facts));
        activate(self.join.forward(Tensor::cat(vec![pooled, facts], 2)))
    }
}

/// The largest and the mean of each channel over the points that are there: `[cloud, point, dim]` and presence
/// (1 or 0) `[cloud, point, 1]` to `[cloud, 2 · dim]`.
pub fn largest_and_mean(each: Tensor<3>, there: Tensor<3>) -> Tensor<2> {
    let largest = (each.clone() + (there.clone() - 1.0).mul_scalar(1e4)).max_dim(1).clamp_min(-1.0);
    let count = there.clone().sum_dim(1).clamp_min(1.0);
    let mean = (each * there).sum_dim(1) / count;
    Tensor::cat(vec![largest, mean], 2).squeeze_dim::<2>(1)
}
