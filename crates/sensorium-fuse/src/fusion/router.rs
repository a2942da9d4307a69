//! The gated multimodal router (GMR).

use super::compensator::Stack;
use super::{Compensator, Fused, Gate, Summaries, masked_softmax};
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
            expert_stack: Stack::new(self.modalities, self.dim, self.outputs, device),
            gate: Gate::new(self.dim, self.outputs, true, device),
            compensated_gate: Gate::new(self.dim, self.outputs, false, device),
            share: LinearConfig::new(self.dim, 1).init(device),
            heard: LinearConfig::new(3 * self.modalities, self.outputs).init(device),
            between: LinearConfig::new(self.dim, self.outputs).with_bias(false).init(device),
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
/// v_m = φ(V_m e_m), or φ(V_m ê_m) where missing    a modality's own evidence: no context in it
/// y_m = O_m v_m                                  its expert: what it alone would answer
/// w   = softmax over P  of Gate(e_m, c_m, s_m, y_m)  sums to one over what is present
/// u   = softmax over ∁P of Gate'(ê_m, c_m, y_m)      what is missing has no status
/// γ   = σ(mean of c over P) where something is missing, else 0
/// y   = (1 - γ) Σ w_m y_m + γ Σ u_m y_m + H s + ε B mean of c over P
/// ```
///
/// A weighted mean of logits is a product of experts whose exponents are the weights (Hinton 2002,
/// doi:10.1162/089976602760128018; Genest & Zidek 1986 call it the logarithmic opinion pool): a
/// modality that knows nothing about the sample gets the weight 0 and blurs nothing. H s says who was
/// heard at all: eight silent modalities mean more than one. B adds what shows only between
/// modalities; ε = 0.1 slows its learning, so that it takes over only what the experts cannot tell.
/// Because y_m holds the evidence of modality m alone, its weight says how much of the answer comes
/// from there. Gating follows Arevalo et al. 2017 (arXiv:1702.01992), experts with losses of their own
/// follow the mixture of experts of Jacobs et al. 1991.
#[derive(Module, Debug)]
pub struct Router {
    modality_query: Identity,
    missing: Param<Tensor<2>>,
    status: Linear,
    context: Block,
    compensator: Compensator,
    value_stack: Stack,
    expert_stack: Stack,
    gate: Gate,
    compensated_gate: Gate,
    share: Linear,
    heard: Linear,
    between: Linear,
}

/// The share of what shows only between modalities, ε.
const BETWEEN: f32 = 0.1;

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
        let values = activate(self.value_stack.forward(content.clone()));
        let experts = self.expert_stack.forward(values.clone());

        let logits = self.gate.forward(content.clone(), context.clone(), experts.clone(), summaries);
        let weights = masked_softmax(logits, present.clone());
        let logits = self.compensated_gate.forward(content, context.clone(), experts.clone(), summaries);
        let compensated = masked_softmax(logits, absent.clone());
        let count = present.clone().sum_dim(1);
        let mean = (context * here).sum_dim(1).squeeze_dim::<2>(1) / count.clone().clamp_min(1.0);
        let anything_missing = absent.sum_dim(1).clamp_max(1.0);
        let nothing_present = count.clamp_max(1.0).neg() + 1.0;
        let share = sigmoid(self.share.forward(mean.clone()) - 2.0) * anything_missing;
        let share = share.clone() + (share.neg() + 1.0) * nothing_present;

        let mix = |x: &Tensor<3>| {
            let by =
                |w: &Tensor<2>| (x.clone() * w.clone().unsqueeze_dim::<3>(2)).sum_dim(1).squeeze_dim::<2>(1);
            by(&weights) * (share.clone().neg() + 1.0) + by(&compensated) * share.clone()
        };
        let around = self.heard.forward(summaries.heard()) + self.between.forward(mean).mul_scalar(BETWEEN);
        Fused {
            logits: mix(&experts) + around,
            joint: mix(&values),
            experts: Some(experts),
            compensation_error: Some(Compensator::error(
                predicted,
                summaries.values.clone(),
                summaries.hidden.clone(),
            )),
            weights,
            compensated,
            share,
        }
    }
}
