//! Pictures as bytes of red, green and blue.

use crate::error::DataError;
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat, RgbImage};
use std::io::Cursor;
use std::path::Path;

/// A picture: bytes of red, green and blue, row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pixels {
    /// Pixels.
    pub height: usize,
    /// Pixels.
    pub width: usize,
    /// `height · width · 3` bytes.
    pub rgb: Vec<u8>,
}

impl Pixels {
    /// Decodes a JPEG or PNG file's bytes; `name` is for the error.
    ///
    /// # Errors
    /// When they are of another format or damaged.
    pub fn decode(name: &Path, bytes: &[u8]) -> Result<Self, DataError> {
        crate::read::guarded(name, || {
            let decoded = image::load_from_memory(bytes).map_err(|e| {
                DataError::in_file(name, format!("not a picture that can be read ({e}); give JPEG or PNG"))
            })?;
            Ok(Self::from(decoded.to_rgb8()))
        })
    }

    /// Reads a picture's file.
    ///
    /// # Errors
    /// When it cannot be read or decoded.
    pub fn read(path: &Path) -> Result<Self, DataError> {
        Self::decode(path, &std::fs::read(path).map_err(DataError::io(path))?)
    }

    /// The picture stretched to `height` by `width`, averaged where it shrinks.
    pub fn resized(&self, height: usize, width: usize) -> Self {
        if (self.height, self.width) == (height, width) {
            return self.clone();
        }
        match self.image() {
            Some(image) => {
                Self::from(image::imageops::resize(&image, width as u32, height as u32, FilterType::Triangle))
            }
            None => Self { height, width, rgb: vec![0; 3 * height * width] },
        }
    }

    /// The picture mirrored left to right.
    pub fn mirrored(&self) -> Self {
        let rows = self.rgb.chunks_exact((3 * self.width).max(1));
        let rgb = rows.flat_map(|row| row.chunks_exact(3).rev().flatten().copied()).collect();
        Self { rgb, ..*self }
    }

    /// The picture as the bytes of a JPEG file.
    ///
    /// # Errors
    /// When it is empty.
    pub fn to_jpeg(&self) -> Result<Vec<u8>, DataError> {
        let image = self.image().ok_or_else(|| DataError::Invalid("a picture without pixels".into()))?;
        let mut bytes = Cursor::new(Vec::new());
        let written = DynamicImage::ImageRgb8(image).write_to(&mut bytes, ImageFormat::Jpeg);
        written.map_err(|e| DataError::Invalid(format!("a picture cannot be written as JPEG: {e}")))?;
        Ok(bytes.into_inner())
    }

    fn image(&self) -> Option<RgbImage> {
        RgbImage::from_raw(self.width as u32, self.height as u32, self.rgb.clone()).filter(|i| !i.is_empty())
    }
}

impl From<RgbImage> for Pixels {
    fn from(image: RgbImage) -> Self {
        Self { height: image.height() as usize, width: image.width() as usize, rgb: image.into_raw() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp() -> Pixels {
        Pixels { height: 1, width: 2, rgb: vec![10, 20, 30, 200, 210, 220] }
    }

    #[test]
    fn mirroring_turns_rows_but_not_colours() {
        assert_eq!(ramp().mirrored().rgb, vec![200, 210, 220, 10, 20, 30]);
        assert_eq!(ramp().mirrored().mirrored(), ramp());
    }

    #[test]
    fn what_is_written_as_jpeg_is_read_back_nearly() {
        let flat = Pixels { height: 16, width: 8, rgb: [90, 120, 30].repeat(128) };
        let back = Pixels::decode(Path::new("x.jpg"), &flat.to_jpeg().unwrap()).unwrap();
        assert_eq!((back.height, back.width), (16, 8));
        assert!(back.rgb.iter().zip(&flat.rgb).all(|(a, b)| a.abs_diff(*b) < 6));
    }

    #[test]
    fn what_is_no_picture_is_named() {
        let error = Pixels::decode(Path::new("notes.txt"), b"hello").unwrap_err().to_string();
        assert!(error.contains("notes.txt") && error.contains("JPEG or PNG"), "{error}");
    }
}
