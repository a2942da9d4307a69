//! CSV, PNG sequences, timestamped text.

use crate::error::DataError;
use crate::stream::{Samples, Stream};
use image::{ExtendedColorType, ImageFormat};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Writes a stream of numbers as CSV: `time` in seconds with six decimals, then the channels; a
/// missing value is an empty cell.
///
/// # Errors
/// The stream holds no numbers, or the file cannot be written.
pub fn write_csv(path: &Path, stream: &Stream) -> Result<(), DataError> {
    let Samples::Values { channels, data } = &stream.samples else {
        return Err(DataError::in_file(path, "only numbers can be written as CSV"));
    };
    let mut out = String::from("time");
    for c in 0..*channels {
        let name = stream.spec.channels.get(c).cloned().unwrap_or_else(|| format!("channel {}", c + 1));
        let _ = write!(out, ",{}", quoted(&name));
    }
    out.push('\n');
    for (i, row) in data.chunks_exact((*channels).max(1)).enumerate() {
        out.push_str(&seconds(stream.times.at(i).as_micros()));
        for value in row {
            out.push(',');
            if value.is_finite() {
                let _ = write!(out, "{value}");
            }
        }
        out.push('\n');
    }
    fs::write(path, out).map_err(DataError::io(path))
}

/// Writes pictures as PNG files into `folder`, each named by its time in microseconds.
///
/// # Errors
/// The stream holds no pictures, or a file cannot be written.
pub fn write_images(folder: &Path, stream: &Stream) -> Result<(), DataError> {
    let Samples::Images { channels, height, width, data } = &stream.samples else {
        return Err(DataError::in_file(folder, "only pictures can be written as PNG"));
    };
    fs::create_dir_all(folder).map_err(DataError::io(folder))?;
    let plane = height * width;
    for (i, picture) in data.chunks_exact((channels * plane).max(1)).enumerate() {
        let path = folder.join(format!("{}.png", stream.times.at(i).as_micros()));
        let byte = |v: f32| (v.clamp(0.0, 1.0) * 255.0).round() as u8;
        let pixels: Vec<u8> =
            (0..plane).flat_map(|p| (0..*channels).map(move |c| byte(picture[c * plane + p]))).collect();
        let color = if *channels == 1 { ExtendedColorType::L8 } else { ExtendedColorType::Rgb8 };
        image::save_buffer_with_format(
            &path,
            &pixels,
            *width as u32,
            *height as u32,
            color,
            ImageFormat::Png,
        )
        .map_err(|e| DataError::in_file(&path, format!("cannot be written: {e}")))?;
    }
    Ok(())
}

/// Writes entries as lines of a time in seconds and the words; line breaks become blanks.
///
/// # Errors
/// The stream holds no words, or the file cannot be written.
pub fn write_text(path: &Path, stream: &Stream) -> Result<(), DataError> {
    let Samples::Text(entries) = &stream.samples else {
        return Err(DataError::in_file(path, "only words can be written as text"));
    };
    let mut out = String::new();
    for (i, entry) in entries.iter().enumerate() {
        let words = entry.split(['\n', '\r']).collect::<Vec<_>>().join(" ");
        let _ = writeln!(out, "[{}] {words}", seconds(stream.times.at(i).as_micros()));
    }
    fs::write(path, out).map_err(DataError::io(path))
}

/// Seconds with six decimals, exact.
pub(crate) fn seconds(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let whole = micros.unsigned_abs();
    format!("{sign}{}.{:06}", whole / 1_000_000, whole % 1_000_000)
}

/// A CSV cell, in quotes where it needs them.
pub(crate) fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r', ';', '\t']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_string()
    }
}
