//! A convolution over neighbouring tokens.

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

/// A convolution of width three over the sequence of tokens, with zeros beyond its ends.
///
/// It is written as one dense map of each token beside its two neighbours: the backend's own
/// convolution wants the channels first, so that two transpositions stand around it, and its
/// gradient is a transposed convolution without a matrix product.
#[derive(Module, Debug)]
pub struct NeighbourConvolution {
    join: Linear,
}

impl NeighbourConvolution {
    /// Fresh weights for tokens of width `dim`.
    pub fn new(dim: usize, device: &Device) -> Self {
        Self { join: LinearConfig::new(3 * dim, dim).init(device) }
    }

    /// `[batch, token, dim]`, two tokens and more, to the same shape.
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let [batch, tokens, dim] = x.dims();
        let end = Tensor::zeros([batch, 1, dim], &x.device());
        let before = Tensor::cat(vec![end.clone(), x.clone().narrow(1, 0, tokens - 1)], 1);
        let after = Tensor::cat(vec![x.clone().narrow(1, 1, tokens - 1), end], 1);
        self.join.forward(Tensor::cat(vec![before, x, after], 2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::TensorData;
    use burn::tensor::module::conv1d;
    use burn::tensor::ops::ConvOptions;

    #[test]
    fn it_is_the_backends_own_convolution() {
        let device = Device::flex();
        for tokens in [2, 3, 7] {
            let ours = NeighbourConvolution::new(3, &device);
            let values = (0..2 * tokens * 3).map(|i| (i as f32 * 0.37).sin()).collect::<Vec<f32>>();
            let x = Tensor::<3>::from_data(TensorData::new(values, [2, tokens, 3]), &device);
            // [3 · from, to] to [to, from, 3].
            let kernel = ours.join.weight.val().reshape([3, 3, 3]).permute([2, 1, 0]);
            let bias = ours.join.bias.as_ref().map(|b| b.val());
            let theirs = conv1d(x.clone().swap_dims(1, 2), kernel, bias, ConvOptions::new([1], [1], [1], 1));
            let apart = (ours.forward(x) - theirs.swap_dims(1, 2)).abs().max().into_scalar::<f32>();
            assert!(apart < 1e-5, "{tokens} tokens: {apart}");
        }
    }
}
