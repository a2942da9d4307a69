//! Late fusion by a transformer.

use super::{Fused, Head, Summaries, masked_softmax};
use burn::module::{Module, Param};
use burn::nn::{Initializer, Linear, LinearConfig};
use burn::tensor::{Device, Tensor};
use sensorium_nn::block::{Block, BlockConfig};

/// A class token and the modalities' summaries, each with its identity and status, through
/// transformer blocks that attend to what is present; the class token is read out.
#[derive(Module, Debug)]
pub struct LateTransformer {
    query: Param<Tensor<2>>,
    class: Class,
    status: Linear,
    blocks: Vec<Block>,
    head: Head,
}

/// The learned class token.
#[derive(Module, Debug)]
pub struct Class {
    query: Param<Tensor<3>>,
}

impl LateTransformer {
    /// Fresh weights of `depth` blocks.
    pub fn new(modalities: usize, dim: usize, outputs: usize, depth: usize, device: &Device) -> Self {
        let small = Initializer::Normal { mean: 0.0, std: 0.02 };
        Self {
            query: small.init([modalities, dim], device),
            class: Class { query: small.init([1, 1, dim], device) },
            status: LinearConfig::new(3, dim).init(device),
            blocks: (0..depth).map(|_| BlockConfig::new(dim).init(device)).collect(),
            head: Head::new(dim, outputs, device),
        }
    }

    /// Joins a batch. The weights are uniform over what is present: this fusion has none to tell.
    pub fn forward(&self, summaries: &Summaries) -> Fused {
        let [batch, _, dim] = summaries.values.dims();
        let named = summaries.visible()
            + self.query.val().unsqueeze_dim::<3>(0)
            + self.status.forward(summaries.status());
        let mut x = Tensor::cat(vec![self.class.query.val().expand([batch, 1, dim]), named], 1);
        let always = summaries.present.clone().narrow(1, 0, 1).ones_like();
        let keys = Tensor::cat(vec![always, summaries.present.clone()], 1);
        for block in &self.blocks {
            x = block.forward(x, keys.clone());
        }
        let joint = x.narrow(1, 0, 1).squeeze_dim::<2>(1);
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
