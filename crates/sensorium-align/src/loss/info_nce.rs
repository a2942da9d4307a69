//! The contrastive loss over a batch.

use super::log_sum_exp;
use burn::tensor::Tensor;

/// What [`info_nce`] compares; logits are similarities over the temperature.
#[derive(Clone, Debug)]
pub struct InfoNce {
    /// `[item, text]`.
    pub logits: Tensor<2>,
    /// 1 where item and text belong together, `[item, text]`.
    pub positives: Tensor<2>,
    /// 1 where a pair may stand in a denominator, `[item, text]`; positives always do.
    pub negatives: Tensor<2>,
    /// More negatives of each item, `[item, n]`.
    pub more_texts: Option<Tensor<2>>,
    /// More negatives of each text, `[text, n]`.
    pub more_items: Option<Tensor<2>>,
}

/// Mean over items and texts that have a positive of
///
/// −log ( Σ₊ exp s / (Σ₊ exp s + Σ₋ exp s) )
///
/// in both directions: InfoNCE (van den Oord et al. 2018, arXiv:1807.03748) with the sum over several
/// positives inside the logarithm (MIL-NCE, Miech et al. 2020, arXiv:1912.06430, equation 1), so that one
/// good candidate is enough. `[1]`.
pub fn info_nce(terms: &InfoNce) -> Tensor<1> {
    let allowed = terms.positives.clone().max_pair(terms.negatives.clone());
    let item = one_way(terms, &allowed, 1, terms.more_texts.clone());
    let text = one_way(terms, &allowed, 0, terms.more_items.clone().map(Tensor::transpose));
    (item + text).mul_scalar(0.5)
}

/// The direction whose denominators run along `dim`.
fn one_way(terms: &InfoNce, allowed: &Tensor<2>, dim: usize, more: Option<Tensor<2>>) -> Tensor<1> {
    let positive = log_sum_exp(terms.logits.clone(), terms.positives.clone(), dim);
    let (logits, weight) = match more {
        Some(more) => {
            let ones = more.clone().detach().ones_like();
            (
                Tensor::cat(vec![terms.logits.clone(), more], dim),
                Tensor::cat(vec![allowed.clone(), ones], dim),
            )
        }
        None => (terms.logits.clone(), allowed.clone()),
    };
    let has = terms.positives.clone().max_dim(dim);
    let loss = (log_sum_exp(logits, weight, dim) - positive) * has.clone();
    loss.sum() / has.sum().clamp_min(1.0)
}
