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
    /// Share of the target that is spread evenly over all candidates of the matrix that may stand in a
    /// denominator (label smoothing, Szegedy et al. 2016, arXiv:1512.00567, section 7); 0 for none.
    pub smoothing: f32,
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
    let target = if terms.smoothing > 0.0 {
        let count = allowed.clone().sum_dim(dim).clamp_min(1.0);
        let mean = (terms.logits.clone() * allowed.clone()).sum_dim(dim) / count;
        positive.mul_scalar(1.0 - terms.smoothing) + mean.mul_scalar(terms.smoothing)
    } else {
        positive
    };
    let has = terms.positives.clone().max_dim(dim);
    let loss = (log_sum_exp(logits, weight, dim) - target) * has.clone();
    loss.sum() / has.sum().clamp_min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn smoothing_spreads_its_share_over_the_candidates_of_a_row() {
        let device = Device::flex();
        let logits = Tensor::<2>::from_floats([[2.0, 0.0], [1.0, 3.0]], &device);
        let positives = Tensor::<2>::from_floats([[1.0, 0.0], [0.0, 1.0]], &device);
        let negatives = Tensor::<2>::from_floats([[0.0, 1.0], [1.0, 0.0]], &device);
        let at = |smoothing| {
            let terms = InfoNce {
                logits: logits.clone(),
                positives: positives.clone(),
                negatives: negatives.clone(),
                more_texts: None,
                more_items: None,
                smoothing,
            };
            info_nce(&terms).into_scalar::<f32>()
        };
        // Rows and columns: log-sums 2.126928, 3.126928 and 2.313262, 3.048587; positives 2 and 3; means 1, 2
        // and 1.5, 1.5.
        let plain = 0.25 * (0.126_928 + 0.126_928 + 0.313_262 + 0.048_587);
        assert!((at(0.0) - plain).abs() < 1e-5, "{}", at(0.0));
        // The target falls by a tenth of the gap between positive and mean: 1, 1 and 0.5, 1.5.
        assert!((at(0.1) - (plain + 0.25 * 0.1 * 4.0)).abs() < 1e-5, "{}", at(0.1));
    }
}
