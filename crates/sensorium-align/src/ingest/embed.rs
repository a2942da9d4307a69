//! Videos in a joint space.

use super::decode::each_stretch;
use crate::error::AlignError;
use crate::model::JointModel;
use sensorium_data::video::{Damage, FrameOptions, VideoInfo, probe};
use sensorium_data::{Hertz, Span, Timestamp};
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// The frames of a video in a joint space.
#[derive(Clone, Debug)]
pub struct EmbeddedVideo {
    /// Middle of the time that each frame is shown for, from the [`origin`] of the file's clock, ms; rising.
    pub time_ms: Vec<f32>,
    /// A unit vector a frame.
    pub vectors: Vec<Vec<f32>>,
    /// What could not be decoded.
    pub damage: Option<Damage>,
    /// The header.
    pub info: VideoInfo,
}

impl EmbeddedVideo {
    /// When the last frame ends, ms.
    pub fn end_ms(&self) -> f32 {
        match self.time_ms.as_slice() {
            [] => 0.0,
            [only] => only + 20.0,
            [.., before, last] => last + 0.5 * (last - before),
        }
    }
}

/// Where a player's clock is zero: the file's own zero in MP4 and Matroska, the first frame in formats whose
/// clocks start anywhere (transport streams).
pub fn origin(info: &VideoInfo) -> Timestamp {
    let zero_based = info.format.split(',').any(|f| f == "mp4" || f == "matroska");
    if zero_based { Timestamp::ZERO } else { info.start }
}

/// Unit vectors of the frames of a video, or of a span of it (from the [`origin`]). Frames are decoded in a
/// thread of their own and seen in stretches of 20 s that overlap by 2 s. `each` is told how many further
/// frames are done.
///
/// # Errors
/// A model that was not made for video; a file that is no video; no frame in the span;
/// [`NnError::Interrupted`](sensorium_nn::NnError::Interrupted) after `stop`.
pub fn embed_video(
    model: &JointModel,
    path: &Path,
    span: Option<Span>,
    stop: &AtomicBool,
    each: &mut dyn FnMut(u64),
) -> Result<EmbeddedVideo, AlignError> {
    let Some(vision) = &model.vision else {
        return Err(AlignError::invalid(
            "this model has no image encoder; use one that was trained on videos",
        ));
    };
    let info = probe(path)?;
    let origin = origin(&info);
    let shift = origin.as_micros();
    let options = FrameOptions {
        size: Some([vision.side(); 2]),
        rate: Hertz::new(model.card.rate_hz),
        span: span.map(|s| Span::new(s.start.offset(shift), s.end.offset(shift))),
        ..FrameOptions::default()
    };
    let (mut time_ms, mut vectors) = (Vec::new(), Vec::new());
    let damage = each_stretch(path, options, stop, |stretch| {
        let times: Vec<f32> = stretch.times.iter().map(|t| t.ms_since(origin)).collect();
        let features = model.frame_features(&stretch.frames, &times)?;
        let found = model.net.embed_tokens(&features, model.device());
        vectors.extend(found.into_iter().take(stretch.keep.end).skip(stretch.keep.start));
        time_ms.extend(&features.time_ms[stretch.keep.clone()]);
        each(stretch.keep.len() as u64);
        Ok(())
    })?;
    if vectors.is_empty() {
        let place = path.display();
        return Err(AlignError::invalid(format!(
            "{place}: no frame is shown in this span; give one inside the video"
        )));
    }
    Ok(EmbeddedVideo { time_ms, vectors, damage, info })
}
