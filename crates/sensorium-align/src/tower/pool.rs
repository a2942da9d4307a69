//! Tokens to one vector.

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

/// How the tokens of an item become one vector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pool {
    /// The mean of the valid tokens.
    #[default]
    Mean,
    /// The largest value of each channel.
    Max,
    /// Both, added.
    MeanMax,
}

impl Pool {
    /// `[item, token, dim]` with `mask` `[item, token]` to `[item, dim]`.
    pub fn apply(self, x: Tensor<3>, mask: Tensor<2>) -> Tensor<2> {
        let weight = mask.unsqueeze_dim::<3>(2);
        let mean = || {
            let count = weight.clone().sum_dim(1).clamp_min(1.0);
            ((x.clone() * weight.clone()).sum_dim(1) / count).squeeze_dim::<2>(1)
        };
        let max = || (x.clone() + (weight.clone() - 1.0).mul_scalar(1e4)).max_dim(1).squeeze_dim::<2>(1);
        match self {
            Self::Mean => mean(),
            Self::Max => max(),
            Self::MeanMax => mean() + max(),
        }
    }
}
