//! Encoders: features of one stream to [`Tokens`].
//!
//! Each is a stem of its modality (dense layers for series, audio and tables, a small residual
//! convolutional network for images, an embedding for text), an encoding of the tokens' times, a
//! convolution over neighbouring tokens where the tokens are an even sequence, and a transformer
//! block.

mod convolution;
mod image;
mod pool;
mod stem;
mod time;

pub use convolution::NeighbourConvolution;
pub use image::{ImageStem, ImageStemConfig};
pub use pool::{AttentionPool, AttentionPoolConfig};
pub use stem::{DenseStem, Stem};
pub use time::TimeEncoding;

use crate::activation::activate;
use crate::batch::StreamBatch;
use crate::block::{Block, BlockConfig};
use crate::frontend::Frontend;
use crate::tokens::Tokens;
use burn::module::Module;
use burn::nn::{LayerNorm, LayerNormConfig};
use burn::tensor::Device;

/// Sizes of an [`Encoder`].
#[derive(Clone, Copy, Debug)]
pub struct EncoderConfig {
    /// Width of the tokens.
    pub dim: usize,
}

impl EncoderConfig {
    /// An encoder for the output of `frontend`, with fresh weights.
    pub fn init(&self, frontend: &Frontend, device: &Device) -> Encoder {
        let sequence = matches!(frontend, Frontend::Series(_) | Frontend::Audio(_)) && frontend.tokens() > 1;
        Encoder {
            stem: Stem::new(frontend, self.dim, device),
            time: TimeEncoding::new(self.dim, device),
            convolution: sequence.then(|| NeighbourConvolution::new(self.dim, device)),
            block: (frontend.tokens() > 1).then(|| BlockConfig::new(self.dim).init(device)),
            norm: LayerNormConfig::new(self.dim).init(device),
        }
    }
}

/// Features `[batch, token, width]` to tokens `[batch, token, dim]`.
///
/// Laws that every encoder keeps (`tests/encoder_laws.rs`): the shape; times and quality pass
/// through; what stands in invalid tokens never changes a valid one; examples of a batch do not
/// touch one another.
#[derive(Module, Debug)]
pub struct Encoder {
    stem: Stem,
    time: TimeEncoding,
    convolution: Option<NeighbourConvolution>,
    block: Option<Block>,
    norm: LayerNorm,
}

impl Encoder {
    /// Encodes a batch of one stream.
    pub fn forward(&self, batch: &StreamBatch) -> Tokens {
        let weight = batch.mask.clone().unsqueeze_dim::<3>(2);
        let mut x = self.stem.forward(batch.values.clone());
        x = x + self.time.forward(batch.start_ms.clone(), batch.end_ms.clone());
        if let Some(convolution) = &self.convolution {
            x = x.clone() + activate(convolution.forward(x * weight.clone()));
        }
        if let Some(block) = &self.block {
            x = block.forward(x, batch.mask.clone());
        }
        let values = self.norm.forward(x) * weight;
        let [size, tokens, _] = values.dims();
        Tokens {
            values,
            start_ms: batch.start_ms.clone(),
            end_ms: batch.end_ms.clone(),
            position: None,
            quality: batch.quality.clone().expand([size, tokens]),
            mask: batch.mask.clone().greater_scalar(0.5),
        }
    }
}
