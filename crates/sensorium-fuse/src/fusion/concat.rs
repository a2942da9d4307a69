//! Early concatenation.

use super::{Fused, Head, Summaries, masked_softmax};
use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};
use sensorium_nn::activation::activate;

/// All summaries and their status side by side (zeros where missing) through one dense network.
#[derive(Module, Debug)]
pub struct Concat {
    join: Linear,
    head: Head,
}

impl Concat {
    /// Fresh weights; the joint layer is four times as wide as a summary.
    pub fn new(modalities: usize, dim: usize, outputs: usize, device: &Device) -> Self {
        Self {
            join: LinearConfig::new(modalities * (dim + 3), 4 * dim).init(device),
            head: Head::new(4 * dim, outputs, device),
        }
    }

    /// Joins a batch. The weights are uniform over what is present: this fusion has none to tell.
    pub fn forward(&self, summaries: &Summaries) -> Fused {
        let [batch, modalities, dim] = summaries.values.dims();
        let wide = Tensor::cat(vec![summaries.visible(), summaries.status()], 2);
        let joint = activate(self.join.forward(wide.reshape([batch, modalities * (dim + 3)])));
        Fused {
            logits: self.head.forward(joint.clone()),
            joint,
            weights: masked_softmax(summaries.present.zeros_like(), summaries.present.clone()),
            compensated: summaries.present.zeros_like(),
            share: summaries.present.clone().narrow(1, 0, 1).zeros_like(),
            experts: None,
            compensation_error: None,
        }
    }
}
