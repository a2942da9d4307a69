//! From a joint vector to logits.

use burn::module::Module;
use burn::nn::{LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::{Device, Tensor};
use sensorium_nn::activation::activate;

/// Layer norm, one hidden layer with a residual, and a linear map.
#[derive(Module, Debug)]
pub struct Head {
    norm: LayerNorm,
    hidden: Linear,
    out: Linear,
}

impl Head {
    /// Fresh weights from width `dim` to `outputs` logits.
    pub fn new(dim: usize, outputs: usize, device: &Device) -> Self {
        Self {
            norm: LayerNormConfig::new(dim).init(device),
            hidden: LinearConfig::new(dim, dim).init(device),
            out: LinearConfig::new(dim, outputs).init(device),
        }
    }

    /// `[.., dim]` to `[.., output]`.
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let x = self.norm.forward(x);
        self.out.forward(x.clone() + activate(self.hidden.forward(x)))
    }
}
