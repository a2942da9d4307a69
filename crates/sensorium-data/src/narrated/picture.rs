//! The pictures that act, and those they act in front of.

use super::random::uniform;
use crate::DataError;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// A small image: an object or a background.
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

    /// An object cut from a natural image with a soft ellipse that touches the image's edges.
    ///
    /// # Errors
    ///
    /// As [`Picture::solid`].
    pub fn from_natural(rgb: Vec<u8>, height: usize, width: usize, name: &str) -> Result<Self, DataError> {
        let mut picture = Self::solid(rgb, height, width, name)?;
        picture.alpha = Some(ellipse(height, width));
        Ok(picture)
    }

    /// An object from a grey image with a black ground, such as a digit of MNIST or a piece of
    /// Fashion-MNIST: intensity says how solid it is, and `seed` draws a bright colour for it.
    ///
    /// # Errors
    ///
    /// [`DataError::Invalid`] when `grey` is not `[height, width]` or there is no pixel.
    pub fn from_grey(
        grey: &[u8],
        height: usize,
        width: usize,
        name: &str,
        seed: u64,
    ) -> Result<Self, DataError> {
        let colour = bright(seed);
        let rgb = grey
            .iter()
            .flat_map(|&value| {
                let shade = 0.45 + 0.55 * f64::from(value) / 255.0;
                colour.map(|channel| (channel * shade * 255.0).round() as u8)
            })
            .collect();
        let mut picture = Self::solid(rgb, height, width, name)?;
        picture.alpha = Some(grey.iter().map(|&value| value.saturating_mul(2)).collect());
        Ok(picture)
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

/// Alpha of an ellipse in a box: solid inside, and falling to 0 over the outer fifth of the radius.
fn ellipse(height: usize, width: usize) -> Vec<u8> {
    let mut alpha = Vec::with_capacity(height * width);
    for row in 0..height {
        for column in 0..width {
            let y = (2.0 * row as f64 + 1.0) / height as f64 - 1.0;
            let x = (2.0 * column as f64 + 1.0) / width as f64 - 1.0;
            let inside = ((1.0 - x.hypot(y)) / 0.2).clamp(0.0, 1.0);
            alpha.push((inside * 255.0).round() as u8);
        }
    }
    alpha
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
    fn a_natural_object_is_solid_in_the_middle_and_clear_in_the_corners() {
        let picture = Picture::from_natural(vec![9; 3 * 64], 8, 8, "pot").unwrap();
        let alpha = picture.alpha.unwrap();
        assert_eq!((alpha[0], alpha[4 * 8 + 4]), (0, 255));
    }

    #[test]
    fn a_grey_object_is_clear_where_it_is_black_and_its_colour_follows_the_seed() {
        let one = Picture::from_grey(&[0, 255], 1, 2, "digit one", 1).unwrap();
        let other = Picture::from_grey(&[0, 255], 1, 2, "digit one", 2).unwrap();
        assert_eq!(one.alpha, Some(vec![0, 255]));
        assert_ne!(one.rgb, other.rgb);
    }

    #[test]
    fn a_picture_of_the_wrong_size_is_refused() {
        assert!(Picture::solid(vec![0; 11], 2, 2, "x").is_err());
        assert!(Picture::solid(vec![], 0, 0, "x").is_err());
    }
}
