//! Front ends: fixed transforms from a window's samples to the numbers that an encoder reads.
//!
//! They hold no weights, run outside automatic differentiation and in parallel, and their output
//! can be kept, so that a training run pays for them once. What is fitted (normalisation,
//! vocabulary) is fitted on training data alone and stored in the bundle.

mod audio;
mod grid;
mod image;
mod normaliser;
mod parse;
mod pipeline;
mod series;
mod shape;
mod spectrum;
mod table;
mod text;

pub use audio::AudioFrontend;
pub use image::ImageFrontend;
pub use normaliser::Normaliser;
pub use pipeline::{Pipeline, PipelineConfig};
pub use series::SeriesFrontend;
pub use table::TableFrontend;
pub use text::TextFrontend;

use sensorium_data::{Stream, Window};
use serde::{Deserialize, Serialize};

/// What an encoder reads of one stream in one window.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamFeatures {
    /// Row-major `[token, width]`.
    pub values: Vec<f32>,
    /// Start of each token, ms from the window's start.
    pub start_ms: Vec<f32>,
    /// End of each token, ms.
    pub end_ms: Vec<f32>,
    /// Whether each token is valid.
    pub mask: Vec<bool>,
    /// What [`sensorium_data::Presence::of`] says, in `[0, 1]`.
    pub quality: f32,
    /// Age of the newest sample at the window's end, as a share of the window's length.
    pub staleness: f32,
}

/// The front end of one stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Frontend {
    /// Numbers over time.
    Series(SeriesFrontend),
    /// Sound.
    Audio(AudioFrontend),
    /// Pictures.
    Image(ImageFrontend),
    /// Words.
    Text(TextFrontend),
    /// One row of numbers.
    Table(TableFrontend),
}

impl Frontend {
    /// Number of tokens in every window.
    pub fn tokens(&self) -> usize {
        match self {
            Self::Series(f) => f.tokens(),
            Self::Audio(f) => f.tokens(),
            Self::Image(f) => f.frames,
            Self::Text(f) => f.tokens,
            Self::Table(_) => 1,
        }
    }

    /// Numbers in a token (1 for text: the id of a sub-word).
    pub fn width(&self) -> usize {
        match self {
            Self::Series(f) => f.width(),
            Self::Audio(f) => f.width(),
            Self::Image(f) => f.channels * f.height * f.width,
            Self::Text(_) => 1,
            Self::Table(f) => f.width(),
        }
    }

    /// Numbers that are normalised apart from one another: one for each position in a token, or in all
    /// tokens where a token's place says what it is (a whole window or a part of it).
    pub(crate) fn positions(&self) -> usize {
        match self {
            Self::Series(_) | Self::Audio(_) => self.tokens() * self.width(),
            Self::Image(_) | Self::Text(_) | Self::Table(_) => self.width(),
        }
    }

    /// Features of `stream` in the window; `None` when nothing usable is there.
    pub fn features(&self, window: &Window, index: usize) -> Option<StreamFeatures> {
        let stream: &Stream = window.streams[index].as_ref()?;
        let presence = window.presence(index);
        if !presence.is_present() {
            return None;
        }
        let mut features = match self {
            Self::Series(f) => f.features(stream, window.span),
            Self::Audio(f) => f.features(stream, window.span),
            Self::Image(f) => f.features(stream, window.span),
            Self::Text(f) => f.features(stream, window.span),
            Self::Table(f) => f.features(stream, window.span),
        }?;
        features.quality = presence.quality();
        let length_ms = (window.span.micros() as f64 * 1e-3) as f32;
        features.staleness = (window.staleness_ms(index) / length_ms.max(1e-3)).clamp(0.0, 4.0);
        Some(features)
    }
}
