//! JPEG and PNG pictures.

use super::guard::guarded;
use crate::error::DataError;
use image::imageops::FilterType;
use image::{DynamicImage, ImageReader};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Cursor;
use std::path::Path;

/// What a pixel holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Color {
    /// One channel, luma.
    Gray,
    /// Three channels.
    #[default]
    Rgb,
}

impl Color {
    /// Names of the channels.
    pub fn channels(self) -> Vec<String> {
        let names: &[&str] = match self {
            Self::Gray => &["gray"],
            Self::Rgb => &["red", "green", "blue"],
        };
        names.iter().map(|n| n.to_string()).collect()
    }
}

/// Height and width in pixels, from the header alone.
///
/// # Errors
/// The file cannot be read or is no picture.
pub fn image_size(path: &Path) -> Result<[usize; 2], DataError> {
    guarded(path, || {
        let reader = ImageReader::open(path).and_then(|r| r.with_guessed_format());
        let size = reader.map_err(DataError::io(path))?.into_dimensions();
        let (width, height) = size.map_err(|e| unreadable(path, &e.to_string()))?;
        Ok([height as usize, width as usize])
    })
}

/// Reads a picture as `[channel, height, width]` in `[0, 1]`, resized to `size` (height, width).
///
/// # Errors
/// The file cannot be read, is no picture, or is cut short.
pub fn read_image(path: &Path, size: [usize; 2], color: Color) -> Result<Vec<f32>, DataError> {
    let bytes = fs::read(path).map_err(DataError::io(path))?;
    if cut_short(&bytes) {
        return Err(unreadable(path, "the file is cut short"));
    }
    let picture = guarded(path, || {
        let reader =
            ImageReader::new(Cursor::new(&bytes)).with_guessed_format().map_err(DataError::io(path))?;
        reader.decode().map_err(|e| unreadable(path, &e.to_string()))
    })?;
    Ok(to_planes(picture, size, color))
}

fn unreadable(path: &Path, why: &str) -> DataError {
    DataError::in_file(path, format!("cannot be read as JPEG or PNG ({why}); replace it or take it out"))
}

/// A JPEG without its end marker after the last scan. The decoder would fill the rest with gray.
fn cut_short(bytes: &[u8]) -> bool {
    let last = |marker: u8| bytes.windows(2).rposition(|pair| pair == [0xFF, marker]);
    bytes.starts_with(&[0xFF, 0xD8]) && last(0xD9) < last(0xDA)
}

fn to_planes(picture: DynamicImage, size: [usize; 2], color: Color) -> Vec<f32> {
    let [height, width] = size;
    let (w, h) = (width as u32, height as u32);
    let fits = picture.width() == w && picture.height() == h;
    match color {
        Color::Gray => {
            let gray = picture.into_luma8();
            let gray = if fits { gray } else { image::imageops::resize(&gray, w, h, FilterType::Triangle) };
            gray.as_raw().iter().map(|v| f32::from(*v) / 255.0).collect()
        }
        Color::Rgb => {
            let rgb = picture.into_rgb8();
            let rgb = if fits { rgb } else { image::imageops::resize(&rgb, w, h, FilterType::Triangle) };
            let raw = rgb.as_raw();
            (0..3).flat_map(|c| raw.iter().skip(c).step_by(3).map(|v| f32::from(*v) / 255.0)).collect()
        }
    }
}
