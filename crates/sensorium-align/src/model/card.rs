//! What a bundle of a joint space says of itself.

use super::text::TextKind;
use super::vision::VisionKind;
use crate::joint::JointConfig;
use sensorium_nn::Provenance;
use serde::{Deserialize, Serialize};

/// Version of the format that this crate writes.
pub const FORMAT: u32 = 1;
/// The kind in `model.toml`.
pub const KIND: &str = "align";
/// The card's file.
pub const CARD: &str = "model.toml";

/// `model.toml` of a joint space.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlignCard {
    /// Version of the format.
    pub format: u32,
    /// Always `align`.
    pub kind: String,
    /// Version of Sensorium that wrote the bundle.
    pub sensorium: String,
    /// SHA-256 of `weights.safetensors`, filled in when it is saved.
    #[serde(default)]
    pub weights_sha256: String,
    /// SHA-256 of the text front end's file, filled in when it is saved.
    #[serde(default)]
    pub text_sha256: String,
    /// What a frozen image tower gives; `None` for a space without pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vision: Option<VisionKind>,
    /// The text front end.
    pub text: TextKind,
    /// Longest text, in tokens.
    pub longest_text: usize,
    /// Cosines over this are log-odds.
    pub temperature: f32,
    /// What was frozen, in words.
    pub frozen: String,
    /// Frames a second that video is read at; 0 for all of them.
    #[serde(default)]
    pub rate_hz: f64,
    /// How the model was made.
    pub training: Provenance,
    /// Sizes of the trained towers.
    pub network: JointConfig,
}

impl AlignCard {
    /// A card of this version.
    pub fn new(
        network: JointConfig,
        text: TextKind,
        longest_text: usize,
        temperature: f32,
        training: Provenance,
    ) -> Self {
        Self {
            format: FORMAT,
            kind: KIND.into(),
            sensorium: env!("CARGO_PKG_VERSION").into(),
            weights_sha256: String::new(),
            text_sha256: String::new(),
            vision: None,
            text,
            longest_text,
            temperature,
            frozen: String::new(),
            rate_hz: 0.0,
            training,
            network,
        }
    }
}
