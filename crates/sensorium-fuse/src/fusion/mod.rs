//! Ways to join modalities: the router and the baselines it is measured against.
//!
//! All read the same [`Summaries`], answer with the same [`Fused`] and are trained with the same
//! encoders, budget, dropout and augmentation.

mod compensator;
mod concat;
mod fixed;
mod gate;
mod head;
mod router;
mod transformer;

pub use compensator::Compensator;
pub use concat::Concat;
pub use fixed::Fixed;
pub use gate::{Gate, masked_softmax};
pub use head::Head;
pub use router::{Router, RouterConfig};
pub use transformer::LateTransformer;

use burn::module::Module;
use burn::tensor::Tensor;

/// One vector for each modality, and what is known about it from the outside.
#[derive(Clone, Debug)]
pub struct Summaries {
    /// Pooled tokens, `[batch, modality, dim]`; defined where present or hidden.
    pub values: Tensor<3>,
    /// 1 where the model may look, `[batch, modality]`.
    pub present: Tensor<2>,
    /// 1 where values are there for the compensator to learn from although the model may not look.
    pub hidden: Tensor<2>,
    /// Quality in `[0, 1]`, `[batch, modality]`.
    pub quality: Tensor<2>,
    /// Age of the newest sample in window lengths, `[batch, modality]`.
    pub staleness: Tensor<2>,
}

impl Summaries {
    /// Presence, quality and staleness side by side, `[batch, modality, 3]`; zeros for what is
    /// missing, so that nothing is told about it but its absence.
    pub fn status(&self) -> Tensor<3> {
        let quality = self.quality.clone() * self.present.clone();
        let staleness = self.staleness.clone() * self.present.clone();
        Tensor::stack(vec![self.present.clone(), quality, staleness], 2)
    }

    /// The status of all modalities in one row, `[batch, 3·modality]`: who was heard at all.
    pub fn heard(&self) -> Tensor<2> {
        let [batch, modalities] = self.present.dims();
        self.status().reshape([batch, 3 * modalities])
    }

    /// The values of what is present, zeros elsewhere, `[batch, modality, dim]`.
    pub fn visible(&self) -> Tensor<3> {
        self.values.clone() * self.present.clone().unsqueeze_dim::<3>(2)
    }
}

/// The answer of a fusion.
#[derive(Clone, Debug)]
pub struct Fused {
    /// Class, label or regression logits, `[batch, output]`.
    pub logits: Tensor<2>,
    /// The joint vector, the modalities' evidence put together, `[batch, dim]`.
    pub joint: Tensor<2>,
    /// Weights over what is present, `[batch, modality]`; rows sum to one, or to zero where nothing is.
    pub weights: Tensor<2>,
    /// Weights over what is missing and was compensated, `[batch, modality]`.
    pub compensated: Tensor<2>,
    /// Share of the compensated modalities, `[batch, 1]`.
    pub share: Tensor<2>,
    /// What each modality alone would answer, `[batch, modality, output]`, where the fusion has that.
    pub experts: Option<Tensor<3>>,
    /// Error of the compensator, `[1]`, where there is one: see [`Compensator::error`].
    pub compensation_error: Option<Tensor<1>>,
}

/// The fusions. A model holds one: its size does not matter.
#[allow(clippy::large_enum_variant)]
#[derive(Module, Debug)]
pub enum Fusion {
    /// The gated multimodal router.
    Router(Router),
    /// Weights that are the same for every sample, uniform or learned.
    Fixed(Fixed),
    /// Early concatenation.
    Concat(Concat),
    /// Late fusion by a transformer over the modalities' summaries.
    Transformer(LateTransformer),
}

impl Fusion {
    /// Joins the modalities.
    pub fn forward(&self, summaries: &Summaries) -> Fused {
        match self {
            Self::Router(f) => f.forward(summaries),
            Self::Fixed(f) => f.forward(summaries),
            Self::Concat(f) => f.forward(summaries),
            Self::Transformer(f) => f.forward(summaries),
        }
    }
}
