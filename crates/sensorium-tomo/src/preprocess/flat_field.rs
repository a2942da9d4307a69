//! Flat-field correction: raw counts to line integrals.

use super::line_integral::{check_floor, negative_log};
use crate::{Projections, TomoError};
use rayon::prelude::*;
use std::ops::Range;

/// The largest share of pixels without a usable flat.
const MOST_UNUSABLE: f64 = 0.2;

/// Flat (open beam, no object) and dark (no beam) frames of a detector.
///
/// The transmission of a pixel is (data − dark) / (flat − dark), with the frames averaged. With flats from
/// before and after the scan, the flat of view i of n is their mixture at the time i / (n − 1).
#[derive(Clone, Debug, PartialEq)]
pub struct FlatField {
    rows: usize,
    columns: usize,
    dark: Vec<f32>,
    /// Flat − dark; NaN where it is not usable.
    before: Vec<f32>,
    after: Option<Vec<f32>>,
    saturation: Option<f32>,
}

/// What a flat-field correction had to repair or leave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlatFieldReport {
    /// Values `[view, row, column]` whose transmission was below the floor and was raised to it.
    pub floored: usize,
    /// That floor.
    pub transmission: f32,
    /// Pixels `[row, column]` whose flat is saturated or not above the dark: NaN in every view now, for
    /// [`find_dead_pixels`](super::find_dead_pixels) to repair.
    pub unusable_pixels: usize,
}

impl FlatField {
    /// From flat and dark frames, each `[frame, row, column]`.
    ///
    /// # Errors
    /// [`TomoError::Projections`] when their sizes differ, a dark is no number, or more than a fifth of the
    /// pixels have flats that are not above the dark (all-zero flats, flats and darks exchanged).
    pub fn new(flats: &Projections, darks: &Projections) -> Result<Self, TomoError> {
        let (rows, columns) = (darks.rows(), darks.columns());
        let dark = mean_frame(darks);
        if let Some(at) = dark.iter().position(|v| !v.is_finite()) {
            return Err(TomoError::Projections(format!(
                "the dark frames are not finite at row {}, column {}; leave the broken frame out",
                at / columns,
                at % columns
            )));
        }
        let mut field = Self { rows, columns, dark, before: Vec::new(), after: None, saturation: None };
        field.before = field.usable(flats, "flat frames")?;
        Ok(field)
    }

    /// The count from which on the detector is saturated: flats that reach it in their mean are not usable.
    ///
    /// # Errors
    /// [`TomoError::Projections`] when more than a fifth of the pixels are saturated.
    pub fn with_saturation(mut self, counts: f32) -> Result<Self, TomoError> {
        self.saturation = Some(counts);
        let dark = std::mem::take(&mut self.dark);
        for flat in std::iter::once(&mut self.before).chain(self.after.as_mut()) {
            flat.iter_mut().zip(&dark).filter(|(f, d)| **f + **d >= counts).for_each(|(f, _)| *f = f32::NAN);
            check_share(flat, "flat frames")?;
        }
        self.dark = dark;
        Ok(self)
    }

    /// Adds flats taken after the scan, `[frame, row, column]`; those given before were taken before it.
    ///
    /// # Errors
    /// Those of [`FlatField::new`].
    pub fn with_flats_after(mut self, flats: &Projections) -> Result<Self, TomoError> {
        self.after = Some(self.usable(flats, "flat frames after the scan")?);
        Ok(self)
    }

    /// Turns raw counts into line integrals −ln((data − dark) / (flat − dark)), in place.
    ///
    /// Transmissions below `floor` (see [`DEFAULT_FLOOR`](super::DEFAULT_FLOOR)) are raised to it.
    ///
    /// # Errors
    /// [`TomoError::Projections`] when the detector's size differs, or no count is above the dark;
    /// [`TomoError::Request`] when `floor` is not in (0, 1). The projections are then unchanged.
    pub fn apply(&self, projections: &mut Projections, floor: f32) -> Result<FlatFieldReport, TomoError> {
        check_floor(floor)?;
        self.check_size(projections, "projections")?;
        let size = self.rows * self.columns;
        let lit = |view: &[f32]| view.iter().zip(&self.dark).any(|(v, d)| v > d);
        if !projections.values().par_chunks(size).any(lit) {
            return Err(TomoError::Projections(
                "no count is above the dark frames: the shutter was closed, or these are not the raw counts"
                    .into(),
            ));
        }
        let last = (projections.views() - 1).max(1) as f32;
        let floored = projections
            .values_mut()
            .par_chunks_mut(size)
            .enumerate()
            .map(|(view, values)| self.apply_view(values, view as f32 / last, floor))
            .reduce(|| 0, |a, b| a + b);
        let unusable_pixels = (0..size).filter(|i| self.flat_at(*i, 0.5).is_nan()).count();
        Ok(FlatFieldReport { floored, transmission: floor, unusable_pixels })
    }

    /// Turns raw counts into line integrals as [`FlatField::apply`] does, asking nothing: for parts of a scan,
    /// which may well hold no light at all. Returns the number of values raised to `floor`.
    pub(super) fn apply_to_part(
        &self,
        projections: &mut Projections,
        views: Range<usize>,
        of: usize,
        floor: f32,
    ) -> usize {
        let (size, last) = (self.rows * self.columns, (of - 1).max(1) as f32);
        let parts = projections.values_mut().par_chunks_mut(size).enumerate();
        parts
            .map(|(view, values)| self.apply_view(values, (views.start + view) as f32 / last, floor))
            .reduce(|| 0, |a, b| a + b)
    }

    /// The same frames for some neighbouring rows.
    pub(super) fn only_rows(&self, rows: Range<usize>) -> Self {
        let pixels = rows.start * self.columns..rows.end * self.columns;
        Self {
            rows: rows.len(),
            columns: self.columns,
            dark: self.dark[pixels.clone()].to_vec(),
            before: self.before[pixels.clone()].to_vec(),
            after: self.after.as_ref().map(|after| after[pixels].to_vec()),
            saturation: self.saturation,
        }
    }

    /// Rows and columns of the frames.
    pub fn size(&self) -> (usize, usize) {
        (self.rows, self.columns)
    }

    fn apply_view(&self, values: &mut [f32], time: f32, floor: f32) -> usize {
        let correct = |(i, value): (usize, &mut f32)| {
            *value -= self.dark[i];
            usize::from(negative_log(value, 1.0 / self.flat_at(i, time), floor))
        };
        values.iter_mut().enumerate().map(correct).sum()
    }

    fn flat_at(&self, pixel: usize, time: f32) -> f32 {
        let before = self.before[pixel];
        self.after.as_ref().map_or(before, |after| before + time * (after[pixel] - before))
    }

    /// Flat − dark, NaN where that is no open beam.
    fn usable(&self, flats: &Projections, what: &str) -> Result<Vec<f32>, TomoError> {
        self.check_size(flats, what)?;
        let saturation = self.saturation.unwrap_or(f32::INFINITY);
        let flat: Vec<f32> = mean_frame(flats)
            .iter()
            .zip(&self.dark)
            .map(|(f, d)| if f > d && *f < saturation { f - d } else { f32::NAN })
            .collect();
        check_share(&flat, what)?;
        Ok(flat)
    }

    fn check_size(&self, frames: &Projections, what: &str) -> Result<(), TomoError> {
        if (frames.rows(), frames.columns()) == (self.rows, self.columns) {
            return Ok(());
        }
        Err(TomoError::Projections(format!(
            "the {what} have {} rows and {} columns, the dark frames {} rows and {} columns; \
             give frames of the same part of the detector",
            frames.rows(),
            frames.columns(),
            self.rows,
            self.columns
        )))
    }
}

fn check_share(flat: &[f32], what: &str) -> Result<(), TomoError> {
    let unusable = flat.iter().filter(|v| v.is_nan()).count();
    if unusable as f64 <= MOST_UNUSABLE * flat.len() as f64 {
        return Ok(());
    }
    Err(TomoError::Projections(format!(
        "in {unusable} of {} pixels the {what} are saturated or not above the dark frames; \
         check that flats and darks are not exchanged and that the beam was on",
        flat.len()
    )))
}

/// The mean over the frames, `[row, column]`.
fn mean_frame(frames: &Projections) -> Vec<f32> {
    let mut sum = vec![0.0f64; frames.rows() * frames.columns()];
    for frame in 0..frames.views() {
        sum.iter_mut().zip(frames.view(frame)).for_each(|(s, v)| *s += f64::from(*v));
    }
    sum.iter().map(|s| (s / frames.views() as f64) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocess::DEFAULT_FLOOR;

    fn frames(count: usize, columns: usize, value: impl Fn(usize, usize) -> f32) -> Projections {
        let values = (0..count * columns).map(|i| value(i / columns, i % columns)).collect();
        Projections::new(count, 1, columns, values).unwrap()
    }

    #[test]
    fn line_integrals_come_back_from_counts() {
        let (dark, flat) = (|c: usize| 90.0 + c as f32, |c: usize| 20_000.0 + 500.0 * c as f32);
        let line = |view: usize, c: usize| 0.3 * view as f32 + 0.1 * c as f32;
        let mut p = frames(4, 5, |v, c| dark(c) + (flat(c) - dark(c)) * (-line(v, c)).exp());
        let wobble = |frame: usize| 40.0 * (frame as f32 - 1.0);
        let field =
            FlatField::new(&frames(3, 5, |f, c| flat(c) + wobble(f)), &frames(3, 5, |_, c| dark(c))).unwrap();
        let report = field.apply(&mut p, DEFAULT_FLOOR).unwrap();
        assert_eq!((report.floored, report.unusable_pixels), (0, 0));
        for (i, v) in p.values().iter().enumerate() {
            assert!((v - line(i / 5, i % 5)).abs() < 1e-5);
        }
    }

    #[test]
    fn a_beam_that_decays_is_followed_between_two_groups_of_flats() {
        let counts = |view: usize| 1000.0 - 50.0 * view as f32;
        let mut p = frames(5, 3, |v, _| counts(v) * (-1.0f32).exp());
        let darks = frames(1, 3, |_, _| 0.0);
        let field = FlatField::new(&frames(2, 3, |_, _| 1000.0), &darks).unwrap();
        let field = field.with_flats_after(&frames(2, 3, |_, _| 800.0)).unwrap();
        field.apply(&mut p, DEFAULT_FLOOR).unwrap();
        assert!(p.values().iter().all(|v| (v - 1.0).abs() < 1e-5));
    }

    #[test]
    fn a_dead_flat_pixel_becomes_nan_and_is_counted() {
        let darks = frames(1, 10, |_, _| 100.0);
        let flats =
            frames(2, 10, |_, c| [1000.0, 99.0, 65_535.0][usize::from(c == 3) + 2 * usize::from(c == 7)]);
        let field = FlatField::new(&flats, &darks).unwrap().with_saturation(65_535.0).unwrap();
        let mut p = frames(2, 10, |v, c| if (v, c) == (1, 0) { 50.0 } else { 550.0 });
        let report = field.apply(&mut p, 0.01).unwrap();
        assert_eq!(report, FlatFieldReport { floored: 1, transmission: 0.01, unusable_pixels: 2 });
        let nan: Vec<usize> = (0..20).filter(|i| p.values()[*i].is_nan()).collect();
        assert_eq!(nan, [3, 7, 13, 17]);
    }

    #[test]
    fn frames_that_cannot_serve_are_refused_with_the_remedy() {
        let darks = frames(1, 4, |_, _| 100.0);
        let refused = |flats: &Projections| FlatField::new(flats, &darks).unwrap_err().to_string();
        assert!(
            refused(&frames(1, 4, |_, _| 0.0)).contains("in 4 of 4 pixels the flat frames are saturated")
        );
        assert!(
            refused(&frames(1, 5, |_, _| 900.0)).contains("have 1 rows and 5 columns, the dark frames 1")
        );
        let field = FlatField::new(&frames(1, 4, |_, _| 900.0), &darks).unwrap();
        let saturated = field.clone().with_saturation(800.0).unwrap_err().to_string();
        assert!(saturated.contains("saturated"), "{saturated}");
        let closed = field.apply(&mut frames(2, 4, |_, _| 90.0), 0.01).unwrap_err().to_string();
        assert!(closed.contains("no count is above the dark"), "{closed}");
        let nan = frames(1, 4, |_, _| f32::NAN);
        assert!(FlatField::new(&darks, &nan).unwrap_err().to_string().contains("row 0, column 0"));
    }
}
