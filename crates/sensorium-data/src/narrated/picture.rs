//! The pictures that act, and those they act in front of.

use super::random::uniform;
use crate::DataError;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// A small image: an object or a background. Either is drawn as a square.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Colours, row by row: `[height, width, 3]`, 0 to 255.
    pub rgb: Vec<u8>,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// How solid each pixel is, `[height, width]`, 0 to 255; all solid when absent.
    pub alpha: Option<Vec<u8>>,
    /// What the narrator calls it, without an article: "ankle boot".
    pub name: String,
}

impl Picture {
    /// A picture that is solid everywhere, as a background is.
    ///
    /// # Errors
    ///
    /// [`DataError::Invalid`] when `rgb` is not `[height, width, 3]` or there is no pixel.
    pub fn solid(rgb: Vec<u8>, height: usize, width: usize, name: &str) -> Result<Self, DataError> {
        let picture = Self { rgb, height, width, alpha: None, name: name.into() };
        picture.check()?;
        Ok(picture)
    }

    /// An object cut from a natural image: an ellipse that touches the image's edges, with a white rim
    /// and a soft edge, like a sticker.
    ///
    /// # Errors
    ///
    /// As [`Picture::solid`].
    pub fn from_natural(rgb: Vec<u8>, height: usize, width: usize, name: &str) -> Result<Self, DataError> {
        let mut picture = Self::solid(rgb, height, width, name)?;
        let radii = radii(height, width);
        for (colour, radius) in picture.rgb.chunks_exact_mut(3).zip(&radii) {
            let rim = ((radius - RIM) / SOFT).clamp(0.0, 1.0);
            for value in colour {
                *value = (f64::from(*value) * (1.0 - rim) + 255.0 * rim).round() as u8;
            }
        }
        let solid =
            radii.iter().map(|radius| (((1.0 - radius) / SOFT).clamp(0.0, 1.0) * 255.0).round() as u8);
        picture.alpha = Some(solid.collect());
        Ok(picture)
    }

    /// An object from a grey image with a black ground, such as a digit of MNIST or a piece of
    /// Fashion-MNIST. Intensity says how solid it is, `seed` draws a bright colour for it, and it gets a
    /// black rim of one pixel. It is cut to what is not black, but its sides stay within 3 : 2, since
    /// objects are drawn as squares.
    ///
    /// # Errors
    ///
    /// [`DataError::Invalid`] when `grey` is not `[height, width]` or has no pixel above 50 of 255.
    pub fn from_grey(
        grey: &[u8],
        height: usize,
        width: usize,
        name: &str,
        seed: u64,
    ) -> Result<Self, DataError> {
        let invalid = |what: &str| Err(DataError::Invalid(format!("the grey picture \"{name}\" {what}")));
        if height.checked_mul(width) != Some(grey.len()) {
            return invalid(&format!("of {height} × {width} pixels has {} values", grey.len()));
        }
        let at = |row: usize, column: usize| grey[row * width + column];
        let is_ink = |value: u8| value > 50;
        let rows: Vec<usize> = (0..height).filter(|&r| (0..width).any(|c| is_ink(at(r, c)))).collect();
        let columns: Vec<usize> = (0..width).filter(|&c| (0..height).any(|r| is_ink(at(r, c)))).collect();
        let (Some((top, bottom)), Some((left, right))) = (ends(&rows), ends(&columns)) else {
            return invalid("is all black");
        };
        let (tall, wide) = (bottom - top + 1, right - left + 1);
        // At least one more pixel on each side, for the rim.
        let (height, width) = (tall.max(2 * wide / 3) + 2, wide.max(2 * tall / 3) + 2);
        let (above, before) = ((height - tall) / 2, (width - wide) / 2);
        let ink = |row: usize, column: usize| {
            let is_inside = (above..above + tall).contains(&row) && (before..before + wide).contains(&column);
            if is_inside { at(top + row - above, left + column - before) } else { 0 }
        };
        let colour = bright(seed);
        let (mut rgb, mut alpha) = (Vec::new(), Vec::new());
        for row in 0..height {
            for column in 0..width {
                let value = ink(row, column);
                let near = (row.saturating_sub(1)..=row + 1)
                    .flat_map(|r| (column.saturating_sub(1)..=column + 1).map(move |c| (r, c)))
                    .map(|(r, c)| ink(r, c));
                alpha.push(near.max().unwrap_or(value).saturating_mul(2));
                let shade = (f64::from(value) / 127.5).min(1.0) * (0.45 + 0.55 * f64::from(value) / 255.0);
                rgb.extend(colour.map(|channel| (channel * shade * 255.0).round() as u8));
            }
        }
        Ok(Self { rgb, height, width, alpha: Some(alpha), name: name.into() })
    }

    /// Checks that the sizes fit.
    pub(super) fn check(&self) -> Result<(), DataError> {
        let pixels = self.height.saturating_mul(self.width);
        let fits = pixels > 0
            && self.rgb.len() == 3 * pixels
            && self.alpha.as_ref().is_none_or(|alpha| alpha.len() == pixels);
        if fits {
            return Ok(());
        }
        Err(DataError::Invalid(format!(
            "the picture \"{}\" of {} × {} pixels has {} colour values and {} alpha values",
            self.name,
            self.height,
            self.width,
            self.rgb.len(),
            self.alpha.as_ref().map_or(0, Vec::len),
        )))
    }
}

/// The first and the last of a list.
fn ends(list: &[usize]) -> Option<(usize, usize)> {
    list.first().copied().zip(list.last().copied())
}

/// Where the rim of a cut-out begins and over what it softens, as shares of its radius.
const RIM: f64 = 0.84;
const SOFT: f64 = 0.06;

/// Distance of each pixel from the middle, 1 on the ellipse that touches the edges: `[height, width]`.
fn radii(height: usize, width: usize) -> Vec<f64> {
    let offset = |place: usize, size: usize| (2.0 * place as f64 + 1.0) / size as f64 - 1.0;
    let row = |row| (0..width).map(move |column| offset(column, width).hypot(offset(row, height)));
    (0..height).flat_map(row).collect()
}

/// A colour of full value whose hue `seed` draws; red, green and blue from 0 to 1.
fn bright(seed: u64) -> [f64; 3] {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (hue, pallor) = (uniform(&mut rng, 0.0, 6.0), uniform(&mut rng, 0.15, 0.5));
    [0.0, 4.0, 2.0].map(|shift| {
        let place = (hue + shift) % 6.0;
        let tone = ((place - 3.0).abs() - 1.0).clamp(0.0, 1.0);
        pallor + (1.0 - pallor) * tone
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_natural_object_is_solid_in_the_middle_white_at_its_rim_and_clear_in_the_corners() {
        let picture = Picture::from_natural(vec![9; 3 * 1024], 32, 32, "pot").unwrap();
        let alpha = picture.alpha.unwrap();
        assert_eq!((alpha[0], alpha[16 * 32 + 16], alpha[16 * 32 + 1]), (0, 255, 255));
        assert_eq!((picture.rgb[3 * (16 * 32 + 16)], picture.rgb[3 * (16 * 32 + 1)]), (9, 255));
    }

    #[test]
    fn a_grey_object_is_cut_out_with_a_black_rim_in_a_colour_that_follows_the_seed() {
        let mut grey = [0; 25];
        (grey[11], grey[12]) = (255, 200);
        let one = Picture::from_grey(&grey, 5, 5, "digit one", 1).unwrap();
        let other = Picture::from_grey(&grey, 5, 5, "digit one", 2).unwrap();
        assert_eq!((one.height, one.width), (3, 4));
        assert_eq!(one.alpha, Some([vec![255; 4], vec![255; 4], vec![255; 4]].concat()));
        assert_eq!(one.rgb[..12], [0; 12]);
        assert_ne!(one.rgb, other.rgb);
        assert!(Picture::from_grey(&[0; 25], 5, 5, "nothing", 1).is_err());
    }

    #[test]
    fn a_picture_of_the_wrong_size_is_refused() {
        assert!(Picture::solid(vec![0; 11], 2, 2, "x").is_err());
        assert!(Picture::solid(vec![], 0, 0, "x").is_err());
    }
}
