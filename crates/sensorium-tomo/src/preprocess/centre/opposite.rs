//! The axis from rays that are measured from both ends.

use super::sinogram::{Mixture, Sinogram};
use super::{best_candidate, golden_section};
use crate::TomoError;
use rayon::prelude::*;
use std::f64::consts::PI;

/// Views that are compared with their opposites, spread over all.
const MOST_VIEWS: usize = 90;
/// Columns of the Gaussian's standard deviation, coarse and fine. The fine one makes the noise of interpolated
/// values that of the others, which would otherwise draw the axis to quarter columns.
const COARSE: f64 = 4.0;
const FINE: f64 = 1.25;
/// Columns over which the ends of the compared part fade in.
const FADED: f64 = 8.0;

/// Where opposite rays agree best between two columns, and their mismatch there.
pub(super) fn search(sinogram: &Sinogram, low: f64, high: f64) -> Result<(f64, f64), TomoError> {
    let views = compared_views(sinogram);
    if views.is_empty() {
        return Err(TomoError::Geometry(
            "no view has an opposite one near: the angles are too uneven; give column_offset_mm yourself"
                .into(),
        ));
    }
    let last = sinogram.columns as f64 - 1.0;
    let coarse = Smoothed::new(sinogram, COARSE);
    let count = (high - low).ceil() as usize + 1;
    let candidate = |i: usize| low + (high - low) * i as f64 / (count - 1) as f64;
    let stride = if sinogram.columns >= 256 { 4 } else { 1 };
    let costs: Vec<(f64, f64)> = (0..count)
        .into_par_iter()
        .map(candidate)
        .map(|axis| (axis, coarse.mismatch(&views, axis, stride, axis.min(last - axis))))
        .collect();
    let (near, _) = best_candidate(&costs)?;
    let fine = Smoothed::new(sinogram, FINE);
    let step = 0.25;
    let steps: Vec<f64> = (-12..=12).map(|i| near + step * f64::from(i)).collect();
    // The same width for all: columns of air that come in add noise, and would push the axis away.
    let half_width = (near.min(last - near) - 13.0 * step).max(2.0);
    let cost = |axis: f64| fine.mismatch(&views, axis, 1, half_width);
    let costs: Vec<f64> = steps.par_iter().map(|axis| cost(*axis)).collect();
    let best = (0..steps.len()).min_by(|a, b| costs[*a].total_cmp(&costs[*b])).unwrap_or(12);
    let axis = golden_section(steps[best] - step, steps[best] + step, cost);
    Ok((axis, cost(axis)))
}

/// Views that have an opposite, at most [`MOST_VIEWS`] of them.
fn compared_views(sinogram: &Sinogram) -> Vec<usize> {
    let has_opposite = |view: &usize| {
        let angle = sinogram.angles_rad[*view];
        sinogram.fan.is_some() || opposite(sinogram, angle).is_some()
    };
    let all: Vec<usize> = (0..sinogram.views()).filter(has_opposite).collect();
    all.iter().copied().step_by(all.len().div_ceil(MOST_VIEWS).max(1)).collect()
}

/// The opposite of a parallel view: half a turn on, or back.
fn opposite(sinogram: &Sinogram, angle_rad: f64) -> Option<Mixture> {
    sinogram.mixture(angle_rad + PI).or_else(|| sinogram.mixture(angle_rad - PI))
}

struct Smoothed<'a> {
    sinogram: &'a Sinogram,
    rows: Vec<Vec<f32>>,
}

impl<'a> Smoothed<'a> {
    fn new(sinogram: &'a Sinogram, sigma: f64) -> Self {
        let reach = (3.0 * sigma).ceil() as isize;
        let mut kernel: Vec<f64> =
            (-reach..=reach).map(|i| (-0.5 * (i as f64 / sigma).powi(2)).exp()).collect();
        let sum: f64 = kernel.iter().sum();
        kernel.iter_mut().for_each(|k| *k /= sum);
        let last = sinogram.columns as isize - 1;
        let smooth = |row: &[f32]| -> Vec<f32> {
            let at = |i: isize| f64::from(row[i.clamp(0, last) as usize]);
            let value =
                |i: isize| (-reach..=reach).zip(&kernel).map(|(k, w)| w * at(i + k)).sum::<f64>() as f32;
            (0..=last).map(value).collect()
        };
        let rows = sinogram
            .rows
            .par_iter()
            .map(|s| s.par_chunks(sinogram.columns).flat_map_iter(smooth).collect())
            .collect();
        Self { sinogram, rows }
    }

    /// Mean square of the difference of opposite rays relative to that of both, over columns within
    /// `half_width` of the axis, which fade in so that none comes in at once.
    fn mismatch(&self, views: &[usize], axis: f64, stride: usize, half_width: f64) -> f64 {
        let (mut difference, mut both) = (0.0, 0.0);
        let columns = self.sinogram.columns;
        let first = (axis - half_width).max(0.0).ceil() as usize;
        let end = (axis + half_width).min(columns as f64 - 1.0).max(0.0).floor() as usize;
        let fade = (0.25 * half_width).clamp(1.0, FADED);
        for view in views {
            let angle = self.sinogram.angles_rad[*view];
            let parallel = if self.sinogram.fan.is_none() { opposite(self.sinogram, angle) } else { None };
            for column in (first..=end).step_by(stride) {
                let mixture = match self.sinogram.fan {
                    None => parallel,
                    Some((per_column, curved)) => {
                        let ratio = (column as f64 - axis) * per_column;
                        let gamma = if curved { ratio } else { ratio.atan() };
                        self.sinogram.mixture(angle + PI - 2.0 * gamma)
                    }
                };
                let Some(mixture) = mixture else { continue };
                let counted = ((half_width - (column as f64 - axis).abs()) / fade).clamp(0.0, 1.0);
                let (at, weights) = cubic(2.0 * axis - column as f64, columns);
                for row in &self.rows {
                    let here = f64::from(row[view * columns + column]);
                    let there = value(row, columns, &mixture, at, &weights);
                    difference += counted * (here - there).powi(2);
                    both += counted * (here.powi(2) + there.powi(2));
                }
            }
        }
        if both > 0.0 { 2.0 * difference / both } else { 2.0 }
    }
}

/// The value of a sinogram between views and columns.
fn value(row: &[f32], columns: usize, mixture: &Mixture, at: [usize; 4], weights: &[f64; 4]) -> f64 {
    let of_view = |view: usize| -> f64 {
        at.iter().zip(weights).map(|(c, w)| w * f64::from(row[view * columns + c])).sum()
    };
    let mixed = mixture.views.iter().zip(&mixture.weights).filter(|(_, w)| **w != 0.0);
    mixed.map(|(view, w)| w * of_view(*view)).sum()
}

/// Columns and weights of cubic (Catmull-Rom) interpolation.
fn cubic(place: f64, columns: usize) -> ([usize; 4], [f64; 4]) {
    let last = columns as isize - 1;
    let whole = place.floor();
    let at = [-1, 0, 1, 2].map(|k| (whole as isize + k).clamp(0, last) as usize);
    (at, crate::geometry::catmull_rom(place - whole))
}
