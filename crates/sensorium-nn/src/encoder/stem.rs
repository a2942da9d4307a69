//! The part of an encoder that knows its modality.

use super::image::{ImageStem, ImageStemConfig};
use crate::activation::activate;
use crate::frontend::Frontend;
use burn::module::Module;
use burn::nn::{Embedding, EmbeddingConfig, Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

/// Two dense layers on each token.
#[derive(Module, Debug)]
pub struct DenseStem {
    up: Linear,
    down: Linear,
}

/// The stems. A model holds a handful: their size does not matter.
#[allow(clippy::large_enum_variant)]
#[derive(Module, Debug)]
pub enum Stem {
    /// Series, audio, tables.
    Dense(DenseStem),
    /// Pictures.
    Image(ImageStem),
    /// Sub-word ids.
    Text(Embedding),
}

impl Stem {
    /// A stem for `frontend` with fresh weights, to tokens of width `dim`.
    pub fn new(frontend: &Frontend, dim: usize, device: &Device) -> Self {
        match frontend {
            Frontend::Series(_) | Frontend::Audio(_) | Frontend::Table(_) => Self::Dense(DenseStem {
                up: LinearConfig::new(frontend.width(), 2 * dim).init(device),
                down: LinearConfig::new(2 * dim, dim).init(device),
            }),
            Frontend::Image(f) => Self::Image(
                ImageStemConfig { channels: f.channels, height: f.height, width: f.width, dim }.init(device),
            ),
            Frontend::Text(f) => Self::Text(EmbeddingConfig::new(f.vocabulary, dim).init(device)),
        }
    }

    /// `[batch, token, width]` to `[batch, token, dim]`.
    pub fn forward(&self, values: Tensor<3>) -> Tensor<3> {
        match self {
            Self::Dense(stem) => stem.down.forward(activate(stem.up.forward(values))),
            Self::Image(stem) => stem.forward(values),
            Self::Text(embedding) => {
                let [batch, tokens, _] = values.dims();
                embedding.forward(values.reshape([batch, tokens]).int())
            }
        }
    }
}
