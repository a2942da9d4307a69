//! Gate logits and the masked softmax.

use super::Summaries;
use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::{log_softmax, softmax};
use burn::tensor::{Device, Tensor};
use sensorium_nn::activation::activate;

/// One logit a modality from its content, the other modalities' context, its quality and staleness,
/// and what its own expert says and how surely (the gated multimodal unit of Arevalo et al. 2017, arXiv:1702.01992, with a softmax
/// over modalities and with context, as in the gating networks of Jacobs et al. 1991,
/// doi:10.1162/neco.1991.3.1.79). No gradient flows back from the gate to the experts: they learn to be
/// right, not to be chosen.
#[derive(Module, Debug)]
pub struct Gate {
    content: Linear,
    context: Linear,
    evidence: Linear,
    status: Option<Linear>,
    out: Linear,
}

impl Gate {
    /// Fresh weights for vectors of width `dim` and experts with `outputs` logits. Missing modalities
    /// have no status to read.
    pub fn new(dim: usize, outputs: usize, reads_status: bool, device: &Device) -> Self {
        Self {
            content: LinearConfig::new(dim, dim).init(device),
            context: LinearConfig::new(dim, dim).with_bias(false).init(device),
            evidence: LinearConfig::new(outputs, dim).with_bias(false).init(device),
            status: reads_status.then(|| LinearConfig::new(3, dim).with_bias(false).init(device)),
            out: LinearConfig::new(dim, 1).init(device),
        }
    }

    /// `content` and `context` `[batch, modality, dim]` and the experts' answers
    /// `[batch, modality, output]` to logits `[batch, modality]`.
    pub fn forward(
        &self,
        content: Tensor<3>,
        context: Tensor<3>,
        experts: Tensor<3>,
        summaries: &Summaries,
    ) -> Tensor<2> {
        let evidence = self.evidence.forward(log_softmax(experts.detach(), 2));
        let mut hidden = self.content.forward(content) + self.context.forward(context) + evidence;
        if let Some(status) = &self.status {
            hidden = hidden + status.forward(summaries.status());
        }
        self.out.forward(activate(hidden)).squeeze_dim::<2>(2)
    }
}

/// Softmax over the entries of each row where `mask` is 1; rows sum to one there, and are zero where
/// no entry is. `[batch, modality]`.
pub fn masked_softmax(logits: Tensor<2>, mask: Tensor<2>) -> Tensor<2> {
    let masked = logits * mask.clone() + (mask.clone() - 1.0).mul_scalar(1e4);
    let share = softmax(masked, 1) * mask;
    let total = share.clone().sum_dim(1).clamp_min(1e-9);
    share / total
}
