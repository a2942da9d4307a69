//! WAV with 32-bit floats.

use crate::error::DataError;
use crate::stream::{Samples, Stream, TimeAxis};
use std::fs;
use std::path::Path;

/// Writes a regular stream of numbers as a WAV file of 32-bit floats. The rate is rounded to whole
/// samples per second, as the format asks; missing values are written as 0.
///
/// # Errors
/// The stream is not regular, has no channel, is too long for the format (4 GiB), or the file cannot
/// be written.
pub fn write_wav(path: &Path, stream: &Stream) -> Result<(), DataError> {
    let (Samples::Values { channels, data }, TimeAxis::Regular { rate, .. }) =
        (&stream.samples, &stream.times)
    else {
        return Err(DataError::in_file(path, "only evenly spaced numbers can be written as WAV"));
    };
    let size = u32::try_from(data.len() * 4).ok().filter(|n| *n < u32::MAX - 64);
    let (Some(size), Ok(channels @ 1..)) = (size, u16::try_from(*channels)) else {
        return Err(DataError::in_file(path, "too long, or without a channel, for a WAV file"));
    };
    let frame = u32::from(channels) * 4;
    let rate = rate.get().round().max(1.0) as u32;
    let mut out = Vec::with_capacity(44 + data.len() * 4);
    out.extend(b"RIFF");
    out.extend((36 + size).to_le_bytes());
    out.extend(b"WAVEfmt ");
    out.extend(16u32.to_le_bytes());
    out.extend(3u16.to_le_bytes());
    out.extend(channels.to_le_bytes());
    out.extend(rate.to_le_bytes());
    out.extend(rate.saturating_mul(frame).to_le_bytes());
    out.extend((frame as u16).to_le_bytes());
    out.extend(32u16.to_le_bytes());
    out.extend(b"data");
    out.extend(size.to_le_bytes());
    for value in data {
        out.extend(if value.is_finite() { *value } else { 0.0 }.to_le_bytes());
    }
    fs::write(path, out).map_err(DataError::io(path))
}
