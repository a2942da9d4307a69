//! Stretches of a video, decoded while others are in use.

use crate::error::AlignError;
use sensorium_data::video::{Damage, FrameOptions, Frames};
use sensorium_data::{DataError, Pixels, Timestamp};
use sensorium_nn::NnError;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};

/// Length of a stretch, and how much of it the next one has, too; µs.
const LENGTH: i64 = 20_000_000;
const OVERLAP: i64 = 2_000_000;

/// Frames that are seen together.
pub(super) struct Stretch {
    /// The pictures.
    pub frames: Vec<Pixels>,
    /// When they are shown, on the file's clock.
    pub times: Vec<Timestamp>,
    /// Those that no other stretch keeps.
    pub keep: Range<usize>,
}

impl Stretch {
    fn new(frames: Vec<(Timestamp, Pixels)>, from: Timestamp, to: Option<Timestamp>) -> Self {
        let (times, frames): (Vec<_>, Vec<_>) = frames.into_iter().unzip();
        let first = times.partition_point(|t| *t < from);
        let last = to.map_or(times.len(), |to| times.partition_point(|t| *t < to)).max(first);
        Self { frames, times, keep: first..last }
    }
}

/// Hands each stretch of a video to `work`, decoding the next one meanwhile; returns what was damaged.
pub(super) fn each_stretch(
    path: &Path,
    options: FrameOptions,
    stop: &AtomicBool,
    mut work: impl FnMut(&Stretch) -> Result<(), AlignError>,
) -> Result<Option<Damage>, AlignError> {
    let frames = Frames::open(path, options)?;
    std::thread::scope(|scope| {
        let (to, stretches) = sync_channel(1);
        let decoding = scope.spawn(move || cut(frames, &to));
        for stretch in &stretches {
            if stop.load(Ordering::Relaxed) {
                return Err(NnError::Interrupted.into());
            }
            work(&stretch?)?;
        }
        Ok(decoding.join().unwrap_or_default())
    })
}

/// Cuts frames into stretches. Of the time that two share, each keeps the half on its side.
fn cut(mut frames: Frames, to: &SyncSender<Result<Stretch, DataError>>) -> Option<Damage> {
    let mut held: Vec<(Timestamp, Pixels)> = Vec::new();
    let (mut start, mut keep_from) = (None, Timestamp::from_micros(i64::MIN));
    for frame in frames.by_ref() {
        let frame = match frame {
            Ok(frame) => frame,
            Err(error) => {
                let _ = to.send(Err(error));
                return None;
            }
        };
        let mut begin = *start.get_or_insert(frame.time);
        while frame.time >= begin.offset(LENGTH) {
            let next = begin.offset(LENGTH - OVERLAP);
            let border = next.offset(OVERLAP / 2);
            let shared = held.iter().filter(|(time, _)| *time >= next).cloned().collect();
            let whole = std::mem::replace(&mut held, shared);
            let stretch = Stretch::new(whole, keep_from, Some(border));
            if !stretch.keep.is_empty() && to.send(Ok(stretch)).is_err() {
                return None;
            }
            (begin, keep_from) = (next, border);
            if held.is_empty() {
                // Nothing is shown for a while: go on where the next frame is.
                begin = begin.max(frame.time);
                keep_from = keep_from.max(begin);
            }
        }
        start = Some(begin);
        let pixels = Pixels { height: frame.height, width: frame.width, rgb: frame.rgb };
        held.push((frame.time, pixels));
    }
    let rest = Stretch::new(held, keep_from, None);
    if !rest.keep.is_empty() {
        let _ = to.send(Ok(rest));
    }
    frames.damage().cloned()
}
