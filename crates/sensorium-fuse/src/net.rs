//! Encoders, pools and a fusion as one network with its loss.

use crate::fusion::{Concat, Fixed, Fused, Fusion, LateTransformer, RouterConfig, Summaries};
use burn::module::Module;
use burn::tensor::activation::{log_softmax, softmax};
use burn::tensor::{Device, Tensor};
use sensorium_nn::encoder::{AttentionPool, AttentionPoolConfig, Encoder, EncoderConfig};
use sensorium_nn::frontend::Frontend;
use sensorium_nn::train::Network;
use sensorium_nn::{Batch, StreamBatch, TaskLoss};
use serde::{Deserialize, Serialize};

/// Which fusion a network has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FusionKind {
    /// The gated multimodal router.
    Router,
    /// The same weight for every modality.
    Uniform,
    /// One learned weight for each modality.
    Constant,
    /// Early concatenation.
    Concat,
    /// Late fusion by a transformer.
    Transformer,
}

impl FusionKind {
    /// All fusions, ours first.
    pub const ALL: [Self; 5] = [Self::Router, Self::Uniform, Self::Constant, Self::Concat, Self::Transformer];

    /// The name in tables, bundles and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Router => "router",
            Self::Uniform => "uniform",
            Self::Constant => "constant",
            Self::Concat => "concat",
            Self::Transformer => "transformer",
        }
    }
}

/// Sizes of a [`FusionNet`] and weights of the parts of its loss.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FusionConfig {
    /// The fusion.
    pub fusion: FusionKind,
    /// Streams that the network reads, by position; all when `None`. The others count as missing and
    /// cost nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub streams: Option<Vec<usize>>,
    /// Width of the tokens.
    pub dim: usize,
    /// Blocks of the late transformer.
    pub depth: usize,
    /// Weight of the experts' mean loss.
    pub expert_loss: f32,
    /// Weight of the gate's loss: the cross-entropy between the weights and softmax(-loss of each
    /// expert / `gate_temperature`), which teaches the gate where the evidence is.
    pub gate_loss: f32,
    /// How sharply the better experts are preferred.
    pub gate_temperature: f32,
    /// Weight of the compensator's error.
    pub compensation_loss: f32,
}

impl FusionConfig {
    /// The default sizes.
    pub fn new(fusion: FusionKind) -> Self {
        Self {
            fusion,
            streams: None,
            dim: 48,
            depth: 2,
            expert_loss: 0.3,
            gate_loss: 0.3,
            gate_temperature: 0.3,
            compensation_loss: 0.2,
        }
    }

    /// A network over the streams of `frontends`; its weights are set by training or loading.
    pub fn init(&self, frontends: &[Frontend], loss: TaskLoss, device: &Device) -> FusionNet {
        let (modalities, dim, outputs) = (frontends.len(), self.dim, loss.task.outputs());
        let fusion = match self.fusion {
            FusionKind::Router => Fusion::Router(RouterConfig { modalities, dim, outputs }.init(device)),
            FusionKind::Uniform => Fusion::Fixed(Fixed::uniform(modalities, dim, outputs, device)),
            FusionKind::Constant => Fusion::Fixed(Fixed::learned(modalities, dim, outputs, device)),
            FusionKind::Concat => Fusion::Concat(Concat::new(modalities, dim, outputs, device)),
            FusionKind::Transformer => {
                Fusion::Transformer(LateTransformer::new(modalities, dim, outputs, self.depth, device))
            }
        };
        FusionNet {
            encoders: frontends.iter().map(|f| EncoderConfig { dim }.init(f, device)).collect(),
            pools: frontends.iter().map(|_| AttentionPoolConfig { dim }.init(device)).collect(),
            fusion,
            rule: LossRule { config: self.clone(), task: loss },
        }
    }
}

/// What the loss needs; not trained.
#[derive(Clone, Debug)]
pub struct LossRule {
    config: FusionConfig,
    task: TaskLoss,
}

/// Encoders, pools and a fusion.
#[derive(Module, Debug)]
pub struct FusionNet {
    encoders: Vec<Encoder>,
    pools: Vec<AttentionPool>,
    fusion: Fusion,
    #[module(skip)]
    rule: LossRule,
}

impl FusionNet {
    /// Modality `m` of a batch as one vector an example, `[batch, dim]`.
    pub fn encode(&self, m: usize, stream: &StreamBatch) -> Tensor<2> {
        self.pools[m].forward(&self.encoders[m].forward(stream))
    }

    /// One vector for each modality of a batch.
    pub fn summaries(&self, batch: &Batch) -> Summaries {
        let device = batch.present.device();
        let reads = |m: usize| self.rule.config.streams.as_ref().is_none_or(|list| list.contains(&m));
        let blank = [batch.size(), self.rule.config.dim];
        let pooled = batch.streams.iter().enumerate().map(|(m, stream)| match reads(m) {
            true => self.encode(m, stream),
            false => Tensor::zeros(blank, &device),
        });
        let pooled: Vec<Tensor<2>> = pooled.collect();
        let kept: Vec<f32> = (0..pooled.len()).map(|m| f32::from(u8::from(reads(m)))).collect();
        let kept = Tensor::<1>::from_floats(kept.as_slice(), &device).unsqueeze::<2>();
        Summaries {
            values: Tensor::stack(pooled, 1),
            present: batch.present.clone() * kept.clone(),
            hidden: batch.hidden.clone() * kept,
            quality: batch.quality.clone(),
            staleness: batch.staleness.clone(),
        }
    }

    /// The answer for a batch.
    pub fn forward(&self, batch: &Batch) -> Fused {
        self.fusion.forward(&self.summaries(batch))
    }

    /// The fusion alone, for summaries that are at hand.
    pub fn fuse(&self, summaries: &Summaries) -> Fused {
        self.fusion.forward(summaries)
    }
}

impl Network for FusionNet {
    fn loss(&self, batch: &Batch) -> Tensor<1> {
        let LossRule { config, task } = &self.rule;
        let summaries = self.summaries(batch);
        let present = summaries.present.clone();
        let fused = self.fuse(&summaries);
        let targets = task.encode(&batch.targets, &batch.present.device());
        let mut total = task.each(fused.logits, &targets).mean();
        if let Some(experts) = fused.experts {
            let [size, modalities, outputs] = experts.dims();
            let each =
                task.each(experts.reshape([size * modalities, outputs]), &targets.repeated(modalities));
            let each = each.reshape([size, modalities]);
            // A mean over each example's modalities first: then a batch's loss is the mean of its
            // parts' losses, however the batch is shared among threads.
            let count = present.clone().sum_dim(1).clamp_min(1.0);
            let mean = ((each.clone() * present.clone()).sum_dim(1) / count).mean();
            total = total + mean.mul_scalar(config.expert_loss);
            if config.fusion == FusionKind::Router && config.gate_loss > 0.0 {
                let lower = (present.clone() - 1.0).mul_scalar(1e4);
                let preferred = softmax(each.detach().div_scalar(-config.gate_temperature) + lower, 1);
                let preferred = preferred * present;
                let gap = (preferred * (fused.weights + 1e-6).log()).sum_dim(1).neg().mean();
                total = total + gap.mul_scalar(config.gate_loss);
            }
        }
        if let Some(error) = fused.compensation_error {
            total = total + error.mul_scalar(config.compensation_loss);
        }
        total
    }
}

/// Class probabilities of logits at a temperature, `[batch, output]`.
pub fn probabilities(logits: Tensor<2>, temperature: f32) -> Tensor<2> {
    log_softmax(logits.div_scalar(temperature), 1).exp()
}
