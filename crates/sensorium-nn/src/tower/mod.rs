//! Pretrained towers as native modules that load published weights.
//!
//! | tower | weights | what it gives |
//! | --- | --- | --- |
//! | [`MobileNetV2`] | torchvision's `mobilenet_v2` (`sensorium data get mobilenet-v2`) | a grid of image tokens |
//! | [`MiniLm`] | `all-MiniLM-L6-v2` (`sensorium data get minilm`) | a token for each sub-word |
//!
//! Both are ordinary modules: frozen, their output is computed once and kept; fine-tuned, they are part
//! of a network that trains.

mod minilm;
mod mobilenet;
mod pixels;
mod published;
mod sentences;

pub use minilm::{MiniLm, MiniLmConfig};
pub use mobilenet::{IMAGE_TOKEN_WIDTH, MobileNetV2};
pub use pixels::imagenet_normalised;
pub use published::{find_weights, weights_folder};
pub use sentences::{SentenceTokens, Sentences, WordPieces};
