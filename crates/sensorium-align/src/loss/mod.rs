//! Losses on a matrix of similarities, `[item, text]`.
//!
//! Every loss takes the positives as a matrix of the same shape: 1 where item and text belong together. A
//! text may have several items and an item several texts (the captions of one picture, the candidate
//! narrations of one clip).

mod info_nce;
mod sigmoid;

pub use info_nce::{InfoNce, info_nce};
pub use sigmoid::sigmoid_loss;

use burn::tensor::Tensor;

/// log Σ exp over `dim` of the entries where `weight` (0 or 1) is 1, keeping `dim`. A row without any entry
/// gives about −10⁴.
pub(crate) fn log_sum_exp(x: Tensor<2>, weight: Tensor<2>, dim: usize) -> Tensor<2> {
    let x = x + (weight - 1.0).mul_scalar(1e4);
    let top = x.clone().detach().max_dim(dim);
    (x - top.clone()).exp().sum_dim(dim).log() + top
}
