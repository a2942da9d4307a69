//! A slice as a picture, for reports.

use crate::TomoError;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

/// A slice `[y, x]` as an 8-bit grey PNG, row 0 on top, as [`crate::viewer`] shows it.
///
/// The window's low end is black and its high end is white, linear in between; what lies beyond is
/// clipped. A value that is NaN is black.
///
/// # Errors
/// [`TomoError::Request`] when the sizes are not those of the values, a size is 0, or the window is no
/// range of numbers.
pub fn slice_png(
    values: &[f32],
    width: usize,
    height: usize,
    window: (f32, f32),
) -> Result<Vec<u8>, TomoError> {
    if values.is_empty() || width.checked_mul(height) != Some(values.len()) {
        return Err(TomoError::Request(format!(
            "{} values are not a picture of {width} x {height} pixels",
            values.len()
        )));
    }
    check_window(window)?;
    let (low, high) = (f64::from(window.0), f64::from(window.1));
    let scale = 255.0 / (high - low);
    // The cast takes NaN to 0.
    let grey: Vec<u8> =
        values.iter().map(|v| ((f64::from(*v) - low) * scale).round().clamp(0.0, 255.0) as u8).collect();
    let side = |pixels: usize| {
        u32::try_from(pixels)
            .map_err(|_| TomoError::Request(format!("{pixels} pixels are too many for a PNG")))
    };
    let mut png = Vec::new();
    PngEncoder::new_with_quality(&mut png, CompressionType::Default, FilterType::Adaptive)
        .write_image(&grey, side(width)?, side(height)?, ExtendedColorType::L8)
        .map_err(|error| TomoError::Request(format!("the picture cannot be made: {error}")))?;
    Ok(png)
}

/// That a window is a range of numbers, low before high.
pub(crate) fn check_window((low, high): (f32, f32)) -> Result<(), TomoError> {
    if low.is_finite() && high.is_finite() && low < high {
        return Ok(());
    }
    Err(TomoError::Request(format!(
        "the window from {low} to {high} is no range; give two numbers, the lower one first"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(values: &[f32], width: usize, height: usize, window: (f32, f32)) -> Vec<u8> {
        let png = slice_png(values, width, height, window).unwrap();
        let picture = image::load_from_memory(&png).unwrap();
        assert_eq!((picture.width() as usize, picture.height() as usize), (width, height));
        picture.into_luma8().into_raw()
    }

    #[test]
    fn the_window_is_black_to_white_and_clips() {
        let values = [-5.0, 0.0, 1.0, 2.0, 9.0, f32::INFINITY];
        assert_eq!(pixels(&values, 3, 2, (0.0, 2.0)), [0, 0, 128, 255, 255, 255]);
    }

    #[test]
    fn nan_is_black() {
        assert_eq!(pixels(&[f32::NAN, 1.0], 2, 1, (0.0, 1.0)), [0, 255]);
    }

    #[test]
    fn the_widest_window_of_all_still_works() {
        assert_eq!(pixels(&[f32::MIN, 0.0, f32::MAX], 3, 1, (f32::MIN, f32::MAX)), [0, 128, 255]);
    }

    #[test]
    fn sizes_and_windows_that_cannot_be_are_refused() {
        assert!(slice_png(&[0.0; 3], 2, 2, (0.0, 1.0)).is_err());
        assert!(slice_png(&[], 0, 0, (0.0, 1.0)).is_err());
        for window in [(1.0, 1.0), (2.0, 1.0), (f32::NAN, 1.0), (0.0, f32::INFINITY)] {
            assert!(slice_png(&[0.0], 1, 1, window).is_err(), "{window:?}");
        }
    }
}
