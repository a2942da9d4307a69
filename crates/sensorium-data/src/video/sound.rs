//! The sound track of a video.

use super::log::{LOG_OPTIONS, follow, tell_times};
use super::probe::describe;
use super::times::no_time;
use super::tool::{LOCAL_ONLY, Tool, file_url, unreadable};
use crate::error::DataError;
use crate::time::{Hertz, Timestamp};
use std::io::{BufReader, Read};
use std::path::Path;
use std::process::Stdio;

/// A sound track, mixed to one channel.
#[derive(Clone, Debug, PartialEq)]
pub struct SoundTrack {
    /// Time of the first sample, on the clock that the file's pictures have too.
    pub start: Timestamp,
    /// Samples per second.
    pub rate: Hertz,
    /// Evenly spaced samples, full scale at 1. Gaps in the track are silent.
    pub samples: Vec<f32>,
}

/// Reads the first sound track at `rate` samples per second, mixed to one channel; `None` where there is
/// none. All of it is held in memory: four bytes a sample. A damaged track gives what can be decoded.
///
/// # Errors
/// FFmpeg is not installed, the file is missing, empty or unreadable, or none of its sound can be decoded.
pub fn read_sound(path: &Path, rate: u32) -> Result<Option<SoundTrack>, DataError> {
    let Some(hertz) = Hertz::new(f64::from(rate)) else {
        return Err(DataError::Invalid("sound needs at least one sample per second; ask for 16000".into()));
    };
    let document = describe(path)?;
    let streams = document["streams"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !streams.iter().any(|s| s["codec_type"] == "audio") {
        return Ok(None);
    }
    let mut command = Tool::Ffmpeg.command();
    command.args(LOG_OPTIONS).arg("-copyts").args(LOCAL_ONLY).arg("-i").arg(file_url(path));
    // The resampler fills gaps and cuts overlaps, so that the k-th sample stays at its time.
    command.args(["-map", "0:a:0", "-af"]);
    command.arg(format!("asettb=1/1000000,{},aresample={rate}:async=1", tell_times("a")));
    command.args(["-ac", "1", "-ar", &rate.to_string(), "-f", "f32le", "pipe:1"]);
    let mut running = Tool::Ffmpeg.spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let (Some(stdout), Some(stderr)) = (running.0.stdout.take(), running.0.stderr.take()) else {
        return Err(unreadable(path, "the output of ffmpeg cannot be read"));
    };
    let log = std::thread::spawn(move || {
        let mut first = None;
        let complaints = follow(stderr, |time| first = first.or(Some(time)));
        (first, complaints)
    });
    let samples = read_samples(stdout).map_err(DataError::io(path))?;
    let (first, complaints) = log.join().unwrap_or_default();
    match first {
        Some(Some(micros)) if !samples.is_empty() => {
            Ok(Some(SoundTrack { start: Timestamp::from_micros(micros), rate: hertz, samples }))
        }
        Some(None) => Err(no_time(path)),
        _ => Err(unreadable(path, &complaints.text())),
    }
}

fn read_samples(stdout: impl Read) -> std::io::Result<Vec<f32>> {
    let mut input = BufReader::with_capacity(1 << 16, stdout);
    let mut samples = Vec::new();
    let mut bytes = [0; 4];
    loop {
        match input.read_exact(&mut bytes) {
            Ok(()) => samples.push(f32::from_le_bytes(bytes)),
            Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(samples),
            Err(e) => return Err(e),
        }
    }
}
