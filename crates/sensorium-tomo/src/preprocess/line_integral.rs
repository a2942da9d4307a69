//! The negative logarithm: transmission to line integrals.

use crate::{Projections, TomoError};
use rayon::prelude::*;

/// The least transmission that is told from none by default: a line integral of 11.5.
pub const DEFAULT_FLOOR: f32 = 1e-5;

/// How many values were raised before the logarithm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Floored {
    /// Number of values `[view, row, column]` below the floor; values that are no number are not among them.
    pub count: usize,
    /// The transmission they were raised to.
    pub transmission: f32,
}

/// Turns transmissions I / I₀ into line integrals −ln(I / I₀), in place.
///
/// Values below `floor` (none, or negative ones from the dark's subtraction) are raised to it and counted;
/// values above 1 become negative line integrals, as the noise of air must; NaN stays NaN.
///
/// # Errors
/// [`TomoError::Request`] when `floor` is not in (0, 1); [`TomoError::Projections`] when no value reaches it:
/// then the data are no transmissions.
pub fn line_integrals(projections: &mut Projections, floor: f32) -> Result<Floored, TomoError> {
    line_integrals_from_counts(projections, 1.0, floor)
}

/// Turns counts I into line integrals −ln(I / I₀) with one open-beam count I₀ for all pixels, in place.
///
/// # Errors
/// Those of [`line_integrals`], and [`TomoError::Request`] when `open_beam_counts` is not above 0.
pub fn line_integrals_from_counts(
    projections: &mut Projections,
    open_beam_counts: f32,
    floor: f32,
) -> Result<Floored, TomoError> {
    if !(open_beam_counts.is_finite() && open_beam_counts > 0.0) {
        return Err(TomoError::Request(format!(
            "the open beam has {open_beam_counts} counts; it must be above 0"
        )));
    }
    check_floor(floor)?;
    let least = floor * open_beam_counts;
    if !projections.values().par_iter().any(|v| *v >= least) {
        return Err(TomoError::Projections(format!(
            "no value reaches a transmission of {floor} of {open_beam_counts} counts: these are not such counts; \
             check the open beam, or leave the logarithm out when they are line integrals already"
        )));
    }
    Ok(Floored { count: part_from_counts(projections, open_beam_counts, floor), transmission: floor })
}

/// [`line_integrals_from_counts`] of a part of a scan, which may well hold no light at all.
pub(super) fn part_from_counts(projections: &mut Projections, open_beam_counts: f32, floor: f32) -> usize {
    let row = projections.columns();
    projections
        .values_mut()
        .par_chunks_mut(row)
        .map(|row| row.iter_mut().map(|v| usize::from(negative_log(v, 1.0 / open_beam_counts, floor))).sum())
        .reduce(|| 0, |a, b: usize| a + b)
}

/// That a floor is a transmission between none and all.
pub(super) fn check_floor(floor: f32) -> Result<(), TomoError> {
    if floor > 0.0 && floor < 1.0 {
        return Ok(());
    }
    Err(TomoError::Request(format!("the least transmission is {floor}; it must be above 0 and below 1")))
}

/// Replaces a count by its line integral; whether it had to be raised.
#[inline]
pub(super) fn negative_log(value: &mut f32, per_count: f32, floor: f32) -> bool {
    let transmission = *value * per_count;
    let raised = transmission < floor;
    *value = if raised { -floor.ln() } else { -transmission.ln() };
    raised
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_logarithm_inverts_beers_law(line in -1.0f32..9.0, open in 1.0f32..60_000.0) {
            let mut p = Projections::new(1, 1, 2, vec![open * (-line).exp(), open]).unwrap();
            let floored = line_integrals_from_counts(&mut p, open, DEFAULT_FLOOR).unwrap();
            prop_assert_eq!(floored.count, 0);
            prop_assert!((p.values()[0] - line).abs() < 2e-5);
            prop_assert!(p.values()[1].abs() < 1e-6);
        }
    }

    #[test]
    fn nothing_and_less_are_raised_and_counted_and_nan_stays() {
        let mut p = Projections::new(1, 2, 2, vec![0.0, -0.1, f32::NAN, 1.0]).unwrap();
        let floored = line_integrals(&mut p, 0.01).unwrap();
        assert_eq!(floored, Floored { count: 2, transmission: 0.01 });
        assert_eq!(p.values()[..2], [-(0.01f32.ln()); 2]);
        assert!(p.values()[2].is_nan());
        assert_eq!(p.values()[3], 0.0);
    }

    #[test]
    fn empty_data_and_impossible_settings_are_refused() {
        let mut p = Projections::new(1, 1, 2, vec![0.0; 2]).unwrap();
        assert!(line_integrals(&mut p, 0.01).unwrap_err().to_string().contains("no value reaches"));
        for floor in [0.0, -1.0, 1.0, f32::NAN] {
            assert!(line_integrals(&mut p, floor).is_err());
        }
        assert!(line_integrals_from_counts(&mut p, 0.0, 0.01).unwrap_err().to_string().contains("above 0"));
    }
}
