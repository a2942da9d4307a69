//! Moves projections along their rows by parts of a pixel.

use crate::{Projections, TomoError};
use rayon::prelude::*;
use std::f64::consts::PI;

/// Samples on either side that the kernel reaches.
const REACH: isize = 10;
/// Kaiser's shape parameter: side lobes below −80 dB.
const SHAPE: f64 = 8.0;

/// Moves the content of every row by `shift_px` columns, towards larger columns when positive.
///
/// The value at column i becomes that at i − `shift_px`, by a sinc of 20 samples under a Kaiser window
/// (β = 8) whose weights are made to sum to 1 (J. F. Kaiser, R. W. Schafer, IEEE Trans. ASSP 28, 1980);
/// beyond the ends of a row its end values continue. Whole shifts are exact. A rotation axis at column c
/// moves to c + `shift_px`, so that `column_offset_mm` falls by `shift_px` · `column_pitch_mm`.
///
/// # Errors
/// [`TomoError::Request`] when the shift is no number or as long as a row; [`TomoError::Projections`] when
/// values are no numbers, which the kernel would spread: repair dead pixels first.
pub fn shift_columns(projections: &mut Projections, shift_px: f64) -> Result<(), TomoError> {
    let columns = projections.columns();
    if !shift_px.is_finite() || shift_px.abs() >= columns as f64 {
        return Err(TomoError::Request(format!(
            "a shift of {shift_px} columns makes no sense for rows of {columns}; it must be shorter than a row"
        )));
    }
    if projections.values().par_iter().any(|v| !v.is_finite()) {
        return Err(TomoError::Projections(
            "some values are not finite and a shift would spread them; repair dead pixels first (--repair)"
                .into(),
        ));
    }
    let whole = shift_px.floor();
    let kernel = kernel(shift_px - whole);
    let whole = whole as isize;
    projections.values_mut().par_chunks_mut(columns).for_each_init(Vec::new, |copy, row| {
        copy.clear();
        copy.extend_from_slice(row);
        let last = columns as isize - 1;
        for (i, value) in row.iter_mut().enumerate() {
            let from = i as isize - whole - REACH;
            let sum: f64 = kernel
                .iter()
                .enumerate()
                .map(|(k, w)| w * f64::from(copy[(from + k as isize).clamp(0, last) as usize]))
                .sum();
            *value = sum as f32;
        }
    });
    Ok(())
}

/// Weights of the samples at −REACH .. REACH − 1 for the value at −`part`, 0 ≤ `part` < 1.
fn kernel(part: f64) -> Vec<f64> {
    let weight = |k: isize| {
        let x = k as f64 + part;
        let inside = 1.0 - (x / REACH as f64).powi(2);
        if x == 0.0 {
            1.0
        } else if part == 0.0 || inside <= 0.0 {
            0.0
        } else {
            (PI * x).sin() / (PI * x) * bessel_i0(SHAPE * inside.sqrt()) / bessel_i0(SHAPE)
        }
    };
    let weights: Vec<f64> = (-REACH..REACH).map(weight).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|w| w / sum).collect()
}

/// The modified Bessel function I₀ by its series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = 0.25 * x * x;
    let terms = (1..40).scan(1.0, |term, n| {
        *term *= quarter / f64::from(n * n);
        Some(*term)
    });
    1.0 + terms.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bump(middle: f64) -> Vec<f32> {
        (0..64).map(|i| (-(f64::from(i) - middle).powi(2) / 18.0).exp() as f32).collect()
    }

    proptest! {
        #[test]
        fn a_smooth_bump_moves_by_the_shift(shift in -10.0f64..10.0) {
            let mut p = Projections::new(1, 1, 64, bump(31.0)).unwrap();
            shift_columns(&mut p, shift).unwrap();
            for (moved, wanted) in p.values().iter().zip(bump(31.0 + shift)) {
                prop_assert!((moved - wanted).abs() < 1e-4, "{moved} {wanted}");
            }
        }
    }

    #[test]
    fn a_whole_shift_is_exact_and_ends_continue() {
        let mut p = Projections::new(1, 1, 5, vec![1.0, 2.5, 3.0, 4.0, 9.0]).unwrap();
        shift_columns(&mut p, -2.0).unwrap();
        assert_eq!(p.values(), [3.0, 4.0, 9.0, 9.0, 9.0]);
    }

    #[test]
    fn shifts_of_a_row_and_more_and_nan_are_refused() {
        let mut p = Projections::new(1, 1, 5, vec![1.0; 5]).unwrap();
        assert!(shift_columns(&mut p, 5.0).unwrap_err().to_string().contains("shorter than a row"));
        p.values_mut()[0] = f32::NAN;
        assert!(shift_columns(&mut p, 0.5).unwrap_err().to_string().contains("repair dead pixels"));
    }
}
