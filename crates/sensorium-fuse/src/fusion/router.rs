//! The gated multimodal router (GMR).

use super::compensator::Stack;
use super::{Compensator, Fused, Gate, Head, Summaries, masked_softmax};
use burn::module::{Module, Param};
use burn::nn::{Initializer, Linear, LinearConfig};
use burn::tensor::activation::sigmoid;
use burn::tensor::{Device, Tensor};
use sensorium_nn::activation::activate;
use sensorium_nn::block::{Block, BlockConfig};

/// Sizes and parts of a [`Router`].
#[derive(Clone, Copy, Debug)]
pub struct RouterConfig {
    /// Number of modalities.
    pub modalities: usize,
    /// Width of the summaries.
    pub dim: usize,
    /// Number of outputs.
    pub outputs: usize,
}

impl RouterConfig {
    /// Fresh weights.
    pub fn init(&self, device: &Device) -> Router {
        let small = Initializer::Normal { mean: 0.0, std: 0.02 };
        Router {
            modality_query: Identity { query: small.init([self.modalities, self.dim], device) },
            missing: small.init([self.modalities, self.dim], device),
            status: LinearConfig::new(3, self.dim).init(device),
            context: BlockConfig::new(self.dim).init(device),
            compensator: Compensator::new(self.modalities, self.dim, device),
            value_stack: Stack::new(self.modalities, self.dim, self.dim, device),
            value_out: LinearConfig::new(self.dim, self.dim).init(device),
            gate: Gate::new(self.dim, true, device),
            compensated_gate: Gate::new(self.dim, false, device),
            share: LinearConfig::new(self.dim, 1).init(device),
            heard: LinearConfig::new(3 * self.modalities, self.dim).init(device),
            between: LinearConfig::new(self.dim, self.dim).with_bias(false).init(device),
            head: Head::new(self.dim, self.outputs, device),
        }
    }
}

/// A learned vector that says which modality a summary belongs to.
#[derive(Module, Debug)]
pub struct Identity {
    query: Param<Tensor<2>>,
}

/// Weighs each modality for each sample.
///
/// With summaries e_m of the present modalities P and status s_m (presence, quality, staleness):
///
/// ```text
/// c   = Block(e_m + S s_m + id_m for m in P, missing_m + id_m otherwise)   context, keys in P only
/// ê_m = Compensator_m(c_m)                       for m not in P
/// v_m = V(e_m), or V(ê_m) where missing          a modality's own evidence: no context in it
/// w   = softmax over P  of Gate(e_m, c_m, s_m)   sums to one over what is present
/// u   = softmax over ∁P of Gate'(ê_m, c_m)         what is missing has no status
/// γ   = σ(mean of c over P) where something is missing, else 0
/// z   = (1 - γ) Σ w_m v_m + γ Σ u_m v_m + H s + B mean of c over P
/// y   = Head(z),   y_m = Head(v_m)               the expert of one modality shares the head
/// ```
///
/// H s says who was heard at all: eight silent modalities mean more than one. B adds what shows only
/// between modalities. Because v_m holds the evidence of modality m alone, its weight says how much of the answer comes
/// from there. Gating follows Arevalo et al. 2017 (arXiv:1702.01992), experts with a shared head and
/// their own losses follow the mixture of experts of Jacobs et al. 1991.
#[derive(Module, Debug)]
pub struct Router {
    modality_query: Identity,
    missing: Param<Tensor<2>>,
    status: Linear,
    context: Block,
    compensator: Compensator,
    value_stack: Stack,
    value_out: Linear,
    gate: Gate,
    compensated_gate: Gate,
    share: Linear,
    heard: Linear,
    between: Linear,
    head: Head,
}

impl Router {
    /// Routes a batch.
    pub fn forward(&self, summaries: &Summaries) -> Fused {
        let present = summaries.present.clone();
        let absent = present.clone().neg() + 1.0;
        let (here, gone) = (present.clone().unsqueeze_dim::<3>(2), absent.clone().unsqueeze_dim::<3>(2));
        let visible = summaries.visible();

        let placeholder = self.missing.val().unsqueeze_dim::<3>(0) * gone.clone();
        let named = visible.clone() + placeholder + self.modality_query.query.val().unsqueeze_dim::<3>(0);
        let context = self.context.forward(named + self.status.forward(summaries.status()), present.clone());

        let predicted = self.compensator.forward(context.clone());
        let content = visible + predicted.clone() * gone.clone();
        let values = self.value_out.forward(activate(self.value_stack.forward(content.clone())));

        let weights =
            masked_softmax(self.gate.forward(content.clone(), context.clone(), summaries), present.clone());
        let compensated = masked_softmax(
            self.compensated_gate.forward(content, context.clone(), summaries),
            absent.clone(),
        );
        let count = present.clone().sum_dim(1);
        let mean = (context * here).sum_dim(1).squeeze_dim::<2>(1) / count.clone().clamp_min(1.0);
        let anything_missing = absent.sum_dim(1).clamp_max(1.0);
        let nothing_present = count.clamp_max(1.0).neg() + 1.0;
        let share = sigmoid(self.share.forward(mean.clone()) - 2.0) * anything_missing;
        let share = share.clone() + (share.neg() + 1.0) * nothing_present;

        let mix =
            |w: &Tensor<2>| (values.clone() * w.clone().unsqueeze_dim::<3>(2)).sum_dim(1).squeeze_dim::<2>(1);
        let evidence = mix(&weights) * (share.clone().neg() + 1.0) + mix(&compensated) * share.clone();
        let joint = evidence + self.heard.forward(summaries.heard()) + self.between.forward(mean);
        Fused {
            logits: self.head.forward(joint.clone()),
            experts: Some(self.head.forward(values)),
            compensation_error: Some(Compensator::error(
                predicted,
                summaries.values.clone(),
                summaries.hidden.clone(),
            )),
            joint,
            weights,
            compensated,
            share,
        }
    }
}
