//! A joint space that is ready for use: front ends, towers, the bundle.

mod bundle;
mod card;
mod text;
mod vision;

pub use card::{AlignCard, CARD, KIND};
pub use text::{TextFront, TextKind, Vocabulary, WORD_BASE, word_numbers};
pub use vision::{Vision, VisionKind};

use crate::error::AlignError;
use crate::joint::JointNet;
use crate::sequence::Sequence;
use burn::tensor::Device;
use sensorium_data::Pixels;

/// Pretrained towers where there are any, the trained ones behind them, and what is known of them.
#[derive(Clone, Debug)]
pub struct JointModel {
    /// What the bundle says of it.
    pub card: AlignCard,
    /// From pixels to token features; `None` for a space without pictures.
    pub vision: Option<Vision>,
    /// From words to token features.
    pub text: TextFront,
    /// Into the joint space.
    pub net: JointNet,
    device: Device,
}

impl JointModel {
    /// Puts a model together.
    pub fn new(
        card: AlignCard,
        vision: Option<Vision>,
        text: TextFront,
        net: JointNet,
        device: &Device,
    ) -> Self {
        Self { card, vision, text, net, device: device.clone() }
    }

    /// Width of the joint space.
    pub fn joint(&self) -> usize {
        self.net.text.joint()
    }

    /// Unit vectors of sentences.
    ///
    /// # Errors
    /// When the tokenizer fails.
    pub fn embed_texts(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, AlignError> {
        let sequences = self.text.sequences(texts, &self.device)?;
        Ok(self.net.embed_texts(&sequences.iter().collect::<Vec<_>>(), &self.device))
    }

    /// Unit vectors of pictures.
    ///
    /// # Errors
    /// When the model has no image encoder, or one of moving pictures only.
    pub fn embed_images(&self, pictures: &[Pixels]) -> Result<Vec<Vec<f32>>, AlignError> {
        let vision = self.vision()?;
        if let VisionKind::Frames { .. } = vision.kind {
            return Err(AlignError::Invalid(
                "this model was made for video; a single picture has no place in its space".into(),
            ));
        }
        let sequences = vision.pictures(pictures, &self.device);
        Ok(self.net.embed_items(&sequences.iter().collect::<Vec<_>>(), &self.device))
    }

    /// Features of frames, before the trained tower.
    ///
    /// # Errors
    /// When the model was not made for video.
    pub fn frame_features(&self, frames: &[Pixels], time_ms: &[f32]) -> Result<Sequence, AlignError> {
        let vision = self.vision()?;
        let VisionKind::Frames { .. } = vision.kind else {
            return Err(AlignError::Invalid(
                "this model was made for single pictures; train one on narrated videos for this".into(),
            ));
        };
        Ok(vision.frames(frames, time_ms, &self.device))
    }

    /// Where the tensors are.
    pub fn device(&self) -> &Device {
        &self.device
    }

    fn vision(&self) -> Result<&Vision, AlignError> {
        self.vision.as_ref().ok_or_else(|| {
            AlignError::Invalid(
                "this model has no image encoder; use one that was trained on pictures or video".into(),
            )
        })
    }
}
