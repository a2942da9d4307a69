//! Voxels as whole numbers, and those as text.

use super::summary::Summary;
use crate::{TomoError, Volume};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use rayon::prelude::*;
use std::io::Write;

/// Share of the values below and above the first window.
const OUTSIDE: f64 = 0.002;

/// Voxels as codes: 0 for no number, otherwise `value = low + step · (code − 1)`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Codes {
    /// Bits of a code.
    pub bits: u32,
    /// Value of code 1.
    pub low: f64,
    /// Value of the last code.
    pub high: f64,
    /// Values between neighbouring codes; 0 when all values are equal.
    pub step: f64,
    codes: Vec<u16>,
}

impl Codes {
    /// Codes of `bits` bits over the range of the values.
    pub fn of(volume: &Volume, bits: u32) -> Result<Self, TomoError> {
        let Summary { low, high, .. } = Summary::of(volume)?;
        let (low, high) = (f64::from(low), f64::from(high));
        let steps = f64::from((1u32 << bits) - 2);
        let step = (high - low) / steps;
        let scale = if step > 0.0 { 1.0 / step } else { 0.0 };
        let code = |v: &f32| {
            if v.is_finite() {
                1 + ((f64::from(*v) - low) * scale).round().clamp(0.0, steps) as u16
            } else {
                0
            }
        };
        let codes = volume.values().par_iter().map(code).collect();
        Ok(Self { bits, low, high, step, codes })
    }

    /// The range without the outermost values; around the value when there is only one.
    pub fn window(&self) -> (f64, f64) {
        let mut counts = vec![0usize; 1 << self.bits];
        for code in &self.codes {
            counts[usize::from(*code)] += 1;
        }
        counts[0] = 0;
        let total: usize = counts.iter().sum();
        let outside = (total as f64 * OUTSIDE) as usize;
        let value = |code: usize| self.low + self.step * (code as f64 - 1.0);
        let low = value(code_past(outside, counts.iter().enumerate()));
        let high = value(code_past(outside, counts.iter().enumerate().rev()));
        if low < high {
            (low, high)
        } else if self.low < self.high {
            (self.low, self.high)
        } else {
            let half = if self.low == 0.0 { 0.5 } else { 0.5 * self.low.abs() };
            (self.low - half, self.low + half)
        }
    }

    /// The codes' lower bytes, then, above 8 bits, their upper bytes; zlib, then base64.
    ///
    /// Planes of bytes compress better than pairs, since the upper bytes vary slowly.
    pub fn to_text(&self) -> Result<String, TomoError> {
        let mut bytes: Vec<u8> = self.codes.iter().map(|code| *code as u8).collect();
        if self.bits > 8 {
            bytes.extend(self.codes.iter().map(|code| (code >> 8) as u8));
        }
        let failed = |error| TomoError::Request(format!("the voxels cannot be compressed: {error}"));
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&bytes).map_err(failed)?;
        Ok(STANDARD.encode(encoder.finish().map_err(failed)?))
    }
}

/// The first code with more than `outside` voxels up to it.
fn code_past<'a>(outside: usize, counts: impl Iterator<Item = (usize, &'a usize)>) -> usize {
    let mut passed = 0;
    let mut past = counts.skip_while(|(_, count)| {
        passed += **count;
        passed <= outside
    });
    past.next().map_or(1, |(code, _)| code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VolumeGrid;

    fn codes(values: Vec<f32>, bits: u32) -> Codes {
        let grid = VolumeGrid::centred([values.len(), 1, 1], [1.0; 3]).unwrap();
        Codes::of(&Volume::new(grid, values).unwrap(), bits).unwrap()
    }

    #[test]
    fn the_range_takes_all_codes_and_zero_is_for_nan() {
        let found = codes(vec![-1.0, f32::NAN, 1.0, f32::INFINITY], 8);
        assert_eq!(found.codes, [1, 0, 255, 0]);
        assert_eq!(codes(vec![-1.0, 1.0], 16).codes, [1, 65535]);
    }

    #[test]
    fn the_largest_range_does_not_overflow() {
        let found = codes(vec![f32::MIN, 0.0, f32::MAX], 12);
        assert_eq!(found.codes, [1, 2048, 4095]);
        assert!(found.step.is_finite());
    }

    #[test]
    fn a_constant_is_one_code_in_the_middle_of_its_window() {
        let found = codes(vec![2.0; 5], 16);
        assert_eq!((found.codes[0], found.step), (1, 0.0));
        assert_eq!(found.window(), (1.0, 3.0));
        assert_eq!(codes(vec![0.0], 8).window(), (-0.5, 0.5));
    }

    #[test]
    fn the_window_leaves_outliers_out() {
        let mut values: Vec<f32> = (0..2000).map(|i| i as f32 / 2000.0).collect();
        values.push(50.0);
        let (low, high) = codes(values, 16).window();
        assert!(low < 0.01 && (0.98..1.0).contains(&high), "{low} to {high}");
    }
}
