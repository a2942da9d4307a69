//! Tokens that keep their time: what every encoder returns, whatever its modality.

use burn::tensor::{Bool, Tensor};

/// A batch of token sequences. Times are milliseconds from the window's start; `mask` is true where
/// a token is valid (Burn's padding masks mean the opposite: see [`Tokens::padding`]).
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Embeddings, `[batch, token, dim]`.
    pub values: Tensor<3>,
    /// Start of the interval a token speaks of, `[batch, token]`, ms.
    pub start_ms: Tensor<2>,
    /// End of that interval, `[batch, token]`, ms.
    pub end_ms: Tensor<2>,
    /// Where the token lies, `[batch, token, 3]`, metres, for modalities that have a place.
    pub position: Option<Tensor<3>>,
    /// How good the source looked, `[batch, token]`, in `[0, 1]`.
    pub quality: Tensor<2>,
    /// True where the token is valid, `[batch, token]`.
    pub mask: Tensor<2, Bool>,
}

impl Tokens {
    /// The mask in Burn's convention: true where a token is to be ignored, `[batch, token]`.
    pub fn padding(&self) -> Tensor<2, Bool> {
        self.mask.clone().bool_not()
    }

    /// 1 where valid, 0 elsewhere, `[batch, token]`.
    pub fn weight(&self) -> Tensor<2> {
        self.mask.clone().float()
    }

    /// Batch size, number of tokens, width.
    pub fn dims(&self) -> [usize; 3] {
        self.values.dims()
    }

    /// Mean over the valid tokens, `[batch, dim]`; zeros where none is valid.
    pub fn mean(&self) -> Tensor<2> {
        let weight = self.weight();
        let count = weight.clone().sum_dim(1).clamp_min(1.0);
        let sum = (self.values.clone() * weight.unsqueeze_dim::<3>(2)).sum_dim(1);
        sum.squeeze_dim::<2>(1) / count
    }
}
