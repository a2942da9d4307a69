//! Weights that are the same for every sample.

use super::compensator::Stack;
use super::{Fused, Head, Summaries, masked_softmax};
use burn::module::{Module, Param};
use burn::nn::{Initializer, Linear, LinearConfig};
use burn::tensor::{Device, Tensor};
use sensorium_nn::activation::activate;

/// A weighted mean of the modalities' evidence with constant weights, renormalised over what is
/// present: uniform or learned. One head reads the mean, and each modality's evidence as its expert.
/// With logits added up as in the router instead, fixed weights did worse (they cannot leave out a
/// modality that knows nothing), so that the stronger form is the baseline.
#[derive(Module, Debug)]
pub struct Fixed {
    query: Param<Tensor<2>>,
    value_stack: Stack,
    value_out: Linear,
    heard: Linear,
    head: Head,
    learned: bool,
}

impl Fixed {
    /// The same weight for every modality.
    pub fn uniform(modalities: usize, dim: usize, outputs: usize, device: &Device) -> Self {
        Self {
            query: Initializer::Zeros.init([1, modalities], device),
            value_stack: Stack::new(modalities, dim, dim, device),
            value_out: LinearConfig::new(dim, dim).init(device),
            heard: LinearConfig::new(3 * modalities, dim).init(device),
            head: Head::new(dim, outputs, device),
            learned: false,
        }
    }

    /// One learned weight for each modality.
    pub fn learned(modalities: usize, dim: usize, outputs: usize, device: &Device) -> Self {
        Self { learned: true, ..Self::uniform(modalities, dim, outputs, device) }
    }

    /// Joins a batch.
    pub fn forward(&self, summaries: &Summaries) -> Fused {
        let [batch, modalities, _] = summaries.values.dims();
        let hidden = activate(self.value_stack.forward(summaries.visible()));
        let values = self.value_out.forward(hidden);
        let logits = if self.learned {
            self.query.val().expand([batch, modalities])
        } else {
            summaries.present.zeros_like()
        };
        let weights = masked_softmax(logits, summaries.present.clone());
        let evidence = (values.clone() * weights.clone().unsqueeze_dim::<3>(2)).sum_dim(1);
        let joint = evidence.squeeze_dim::<2>(1) + self.heard.forward(summaries.heard());
        Fused {
            logits: self.head.forward(joint.clone()),
            experts: Some(self.head.forward(values)),
            compensation_error: None,
            joint,
            compensated: weights.zeros_like(),
            share: weights.clone().narrow(1, 0, 1).zeros_like(),
            weights,
        }
    }
}
