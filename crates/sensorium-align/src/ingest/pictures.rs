//! Captioned pictures as training examples.

use crate::error::AlignError;
use crate::model::{TextFront, Vision};
use crate::study::Captioned;
use burn::tensor::Device;
use sensorium_data::Pixels;
use sensorium_data::shards::CaptionedImage;
use sensorium_nn::NnError;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Pictures that are decoded together.
const PART: usize = 64;

/// Features of pictures, with those of their mirror images where `mirror`, and of their captions; `None` for a
/// picture that cannot be decoded, which `trouble` is told of. `each` is told how many further pictures are done.
///
/// # Errors
/// When the tokenizer fails; [`NnError::Interrupted`] after `stop`.
#[allow(clippy::too_many_arguments)]
pub fn captioned(
    vision: &Vision,
    front: &TextFront,
    items: &[CaptionedImage],
    mirror: bool,
    device: &Device,
    stop: &AtomicBool,
    trouble: &mut dyn FnMut(String),
    each: &mut dyn FnMut(u64),
) -> Result<Vec<Option<Captioned>>, AlignError> {
    let mut all = Vec::with_capacity(items.len());
    for part in items.chunks(PART) {
        if stop.load(Ordering::Relaxed) {
            return Err(NnError::Interrupted.into());
        }
        let mut pictures = Vec::new();
        let mut readable = Vec::new();
        for item in part {
            match Pixels::decode(Path::new(&item.key), &item.image_bytes) {
                Ok(pixels) => {
                    pictures.push(vision.reduced(&pixels));
                    readable.push(Some(item));
                }
                Err(error) => {
                    trouble(error.to_string());
                    readable.push(None);
                }
            }
        }
        let plain = vision.pictures(&pictures, device);
        let turned = if mirror {
            vision.pictures(&pictures.iter().map(Pixels::mirrored).collect::<Vec<_>>(), device)
        } else {
            Vec::new()
        };
        let (mut plain, mut turned) = (plain.into_iter(), turned.into_iter());
        let texts: Vec<&str> =
            readable.iter().flatten().flat_map(|i| i.captions.iter().map(String::as_str)).collect();
        let mut captions = front.sequences(&texts, device)?.into_iter().map(Arc::new);
        for item in readable {
            all.push(item.map(|item| Captioned {
                views: plain.next().into_iter().chain(turned.next()).map(Arc::new).collect(),
                captions: captions.by_ref().take(item.captions.len()).collect(),
                edits: Vec::new(),
            }));
        }
        each(part.len() as u64);
    }
    Ok(all)
}
