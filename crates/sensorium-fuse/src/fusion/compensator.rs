//! What a missing modality would have said.

use burn::module::{Module, Param};
use burn::nn::Initializer;
use burn::tensor::{Device, Tensor};
use sensorium_nn::activation::activate;

/// Predicts the summary token of each missing modality from the context of the present ones, by a
/// two-layer network of its own for each modality (in the line of Ma et al. 2021, SMIL,
/// arXiv:2103.05677, and of masked prediction, here in latent space). It learns from modalities that
/// training hides: their true summaries, through which no gradient flows back, are its targets.
#[derive(Module, Debug)]
pub struct Compensator {
    first_stack: Stack,
    second_stack: Stack,
}

/// One linear map for each modality.
#[derive(Module, Debug)]
pub struct Stack {
    stack: Param<Tensor<3>>,
    bias: Param<Tensor<2>>,
}

impl Stack {
    /// Fresh weights, `[modality, from, to]`.
    pub fn new(modalities: usize, from: usize, to: usize, device: &Device) -> Self {
        Self {
            stack: Initializer::Normal { mean: 0.0, std: 0.05 }.init([modalities, from, to], device),
            bias: Initializer::Zeros.init([modalities, to], device),
        }
    }

    /// `[batch, modality, from]` to `[batch, modality, to]`.
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let y = x.swap_dims(0, 1).matmul(self.stack.val());
        y.swap_dims(0, 1) + self.bias.val().unsqueeze_dim::<3>(0)
    }
}

impl Compensator {
    /// Fresh weights.
    pub fn new(modalities: usize, dim: usize, device: &Device) -> Self {
        Self {
            first_stack: Stack::new(modalities, dim, dim, device),
            second_stack: Stack::new(modalities, dim, dim, device),
        }
    }

    /// Context `[batch, modality, dim]` to predicted summaries of the same shape.
    pub fn forward(&self, context: Tensor<3>) -> Tensor<3> {
        self.second_stack.forward(activate(self.first_stack.forward(context)))
    }

    /// Mean squared error over the modalities that training hid, averaged over each example's hidden
    /// modalities and then over all examples (0 for one that hides nothing), `[1]`.
    pub fn error(predicted: Tensor<3>, truth: Tensor<3>, hidden: Tensor<2>) -> Tensor<1> {
        let wrong = (predicted - truth.detach()).square().mean_dim(2).squeeze_dim::<2>(2);
        let count = hidden.clone().sum_dim(1).clamp_min(1.0);
        ((wrong * hidden).sum_dim(1) / count).mean()
    }
}
