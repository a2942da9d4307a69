//! The activation between dense layers, one for the whole system.

use burn::tensor::{Tensor, activation};

/// The Gaussian error linear unit (Hendrycks & Gimpel 2016, arXiv:1606.08415) in its exact form: one
/// fused pass forward and one backward, where the approximation by tanh is seven and about fifteen.
pub fn activate<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    activation::gelu(x)
}
