//! Tokens to one vector by attention that is learned.

use super::residual::Standard;
use burn::module::{Module, Param};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Tensor};

/// The learned query's products with tokens are divided by this.
const QUERY_SCALE: f32 = 8.0;

/// Tokens weighed by their product with one learned query, and a linear map of their mean (structured
/// self-attention with one hop, Lin et al. 2017, arXiv:1703.03130). The query starts at zero: at first all tokens
/// count the same. What a sentence says of an action is in few of its words; the mean of all is mostly about
/// the others.
#[derive(Module, Debug)]
pub struct AttendedHead {
    standard: Standard,
    /// `[width]`.
    query: Param<Tensor<1>>,
    project: Linear,
}

impl AttendedHead {
    /// A head from tokens of `width` numbers to `joint`.
    pub fn new(width: usize, joint: usize, device: &Device) -> Self {
        Self {
            standard: Standard::new(width, device),
            query: Param::from_tensor(Tensor::zeros([width], device)),
            project: LinearConfig::new(width, joint).init(device),
        }
    }

    /// Each token as if it were the only one, `[item, token, joint]`.
    pub fn tokens(&self, x: Tensor<3>) -> Tensor<3> {
        self.project.forward(self.standard.apply(x))
    }

    /// `[item, token, width]` with `mask` `[item, token]` to `[item, joint]`, not yet of length one.
    pub fn forward(&self, x: Tensor<3>, mask: Tensor<2>) -> Tensor<2> {
        let x = self.standard.apply(x);
        let query = self.query.val().unsqueeze::<3>();
        let fit = (x.clone() * query).sum_dim(2).div_scalar(QUERY_SCALE).squeeze_dim::<2>(2);
        let weights = softmax(fit + (mask - 1.0).mul_scalar(1e4), 1).unsqueeze_dim::<3>(2);
        self.project.forward((x * weights).sum_dim(1).squeeze_dim::<2>(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_has_no_weight_and_a_fresh_query_takes_the_mean() {
        let device = Device::flex();
        let head = AttendedHead::new(2, 3, &device);
        let x = Tensor::<3>::from_data([[[1.0, 2.0], [3.0, 6.0], [9.0, 9.0]]], &device);
        let mask = Tensor::<2>::from_data([[1.0, 1.0, 0.0]], &device);
        let found = head.forward(x, mask).try_into_vec_as::<f32>().unwrap();
        let mean = Tensor::<3>::from_data([[[2.0, 4.0]]], &device);
        let expected = head.tokens(mean).try_into_vec_as::<f32>().unwrap();
        assert!(found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-5), "{found:?} {expected:?}");
    }
}
