//! Videos with subtitles as training examples.

use super::decode::each_stretch;
use super::embed::origin;
use super::files::video_files;
use crate::error::AlignError;
use crate::model::{TextFront, Vision};
use crate::sequence::Sequence;
use crate::study::NarratedVideo;
use crate::sync::CueRow;
use burn::tensor::Device;
use sensorium_data::subtitles::{self, Subtitles};
use sensorium_data::video::{FrameOptions, probe};
use sensorium_data::{Hertz, Timestamp};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// A video's file and its cues.
#[derive(Clone, Debug)]
pub struct Narration {
    /// The video.
    pub video: PathBuf,
    /// What is said in it.
    pub subtitles: Subtitles,
}

/// Videos of a folder that have a subtitle file (`.srt`, `.vtt`) of the same stem beside them. Those whose
/// subtitles cannot be read are left out; `trouble` is told of them, and of videos without subtitles.
///
/// # Errors
/// As [`video_files`]; no video has subtitles.
pub fn narrations(folder: &Path, trouble: &mut dyn FnMut(String)) -> Result<Vec<Narration>, AlignError> {
    let mut all = Vec::new();
    for video in video_files(folder)? {
        let beside = ["srt", "vtt", "SRT", "VTT"].map(|e| video.with_extension(e));
        match beside.iter().find(|p| p.is_file()).map(|p| subtitles::read(p)) {
            Some(Ok(subtitles)) => all.push(Narration { video, subtitles }),
            Some(Err(error)) => trouble(error.to_string()),
            None => trouble(format!("{}: no .srt or .vtt file of this stem; left out", video.display())),
        }
    }
    if all.is_empty() {
        return Err(AlignError::invalid(format!(
            "{}: no video has readable subtitles; put clip.srt or clip.vtt beside clip.mp4",
            folder.display()
        )));
    }
    Ok(all)
}

/// Features of a video's frames, at most `rate_hz` a second (0 for all), and of its cues. Cues
/// that lie wholly outside the video are left out.
///
/// # Errors
/// A file that is no video; a tokenizer that fails;
/// [`NnError::Interrupted`](sensorium_nn::NnError::Interrupted) after `stop`.
pub fn narrated(
    vision: &Vision,
    front: &TextFront,
    narration: &Narration,
    rate_hz: f64,
    device: &Device,
    stop: &AtomicBool,
) -> Result<NarratedVideo, AlignError> {
    let path = &narration.video;
    let origin = origin(&probe(path)?);
    let options =
        FrameOptions { size: Some([vision.side(); 2]), rate: Hertz::new(rate_hz), ..FrameOptions::default() };
    let mut frames = Sequence::default();
    each_stretch(path, options, stop, |stretch| {
        let time_ms: Vec<f32> = stretch.times.iter().map(|t| t.ms_since(origin)).collect();
        let whole = vision.frames(&stretch.frames, &time_ms, device);
        let part = whole.slice(stretch.keep.start, stretch.keep.end);
        frames.width = part.width;
        frames.values.extend(part.values);
        frames.time_ms.extend(part.time_ms);
        Ok(())
    })?;
    let (Some(first), Some(last)) = (frames.time_ms.first().copied(), frames.time_ms.last().copied()) else {
        return Err(AlignError::invalid(format!("{}: no frame can be decoded", path.display())));
    };
    let ms = |time: Timestamp| time.ms_since(Timestamp::ZERO);
    let cues: Vec<_> = narration
        .subtitles
        .cues
        .iter()
        .filter(|c| ms(c.span.start) <= last && ms(c.span.end) >= first)
        .collect();
    let texts: Vec<&str> = cues.iter().map(|c| c.text.as_str()).collect();
    let rows = cues.iter().map(|c| CueRow { video: 0, start_ms: ms(c.span.start), end_ms: ms(c.span.end) });
    let texts = if texts.is_empty() { Vec::new() } else { front.sequences(&texts, device)? };
    Ok(NarratedVideo { frames, cues: rows.collect(), texts: texts.into_iter().map(Arc::new).collect() })
}
