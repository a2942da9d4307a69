//! The pairwise loss.

use burn::tensor::Tensor;
use burn::tensor::activation::log_sigmoid;

/// Each pair on its own: −log σ(z · logit) with z = 1 for pairs that belong together and −1 for the others,
/// summed and divided by the number of items (SigLIP, Zhai et al. 2023, arXiv:2303.15343, section 3.2).
/// `logits` hold temperature and bias already; pairs with `allowed` 0 do not count. All `[item, text]`;
/// the result `[1]`.
pub fn sigmoid_loss(logits: Tensor<2>, positives: Tensor<2>, allowed: Tensor<2>) -> Tensor<1> {
    let items = logits.dims()[0] as f32;
    let sign = positives.mul_scalar(2.0) - 1.0;
    (log_sigmoid(logits * sign) * allowed).sum().neg().div_scalar(items)
}
