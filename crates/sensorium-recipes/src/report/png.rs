//! Pictures as `data:` URIs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

/// Brightness, row-major, as a grey PNG; `None` when the sizes do not fit.
pub(crate) fn grey(width: usize, height: usize, pixels: &[u8]) -> Option<String> {
    encode(width, height, pixels, ExtendedColorType::L8)
}

/// Red, green, blue and opacity, row-major, as a PNG; `None` when the sizes do not fit.
pub(crate) fn rgba(width: usize, height: usize, pixels: &[u8]) -> Option<String> {
    encode(width, height, pixels, ExtendedColorType::Rgba8)
}

fn encode(width: usize, height: usize, pixels: &[u8], color: ExtendedColorType) -> Option<String> {
    let channels = if color == ExtendedColorType::L8 { 1 } else { 4 };
    if pixels.is_empty() || pixels.len() != width * height * channels {
        return None;
    }
    let mut png = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::Adaptive);
    let (width, height) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    encoder.write_image(pixels, width, height, color).ok()?;
    Some(format!("data:image/png;base64,{}", STANDARD.encode(png)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_comes_back_as_it_was() {
        let uri = grey(2, 1, &[7, 200]).unwrap();
        let png = STANDARD.decode(uri.strip_prefix("data:image/png;base64,").unwrap()).unwrap();
        assert_eq!(image::load_from_memory(&png).unwrap().into_luma8().into_raw(), vec![7, 200]);
    }

    #[test]
    fn sizes_that_do_not_fit_make_no_picture() {
        assert!(grey(2, 2, &[0; 3]).is_none());
        assert!(rgba(0, 0, &[]).is_none());
    }
}
