//! Weighting and filtering of whole projections.

use super::ramp::{RampFilter, Scratch, Window};
use crate::geometry::{Beam, DetectorShape, Scan, redundancy_weights};
use crate::{Geometry, TomoError};
use rayon::prelude::*;
use std::ops::Range;

/// Filtered projections, `[view, column, row]`: the rows of a column are neighbours, since the voxels of a
/// column of the volume read them in turn. A zero stands before the first row and one after the last, so
/// that interpolation fades out at the detector's edge.
#[derive(Clone, Debug)]
pub struct FilteredViews {
    columns: usize,
    stride: usize,
    first_row: usize,
    rows: usize,
    values: Vec<f32>,
}

impl FilteredViews {
    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// First row of the detector that is held.
    pub fn first_row(&self) -> usize {
        self.first_row
    }

    /// Rows that are held.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of views.
    pub fn views(&self) -> usize {
        self.values.len() / (self.columns * self.stride)
    }

    /// A column: a zero, the rows held, a zero.
    #[inline]
    pub fn column(&self, view: usize, column: usize) -> &[f32] {
        let from = (view * self.columns + column) * self.stride;
        &self.values[from..from + self.rows + 2]
    }

    /// All values with their padding, `[view, column, stride]`.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Distance of neighbouring columns in [`FilteredViews::values`].
    pub fn stride(&self) -> usize {
        self.stride
    }
}

/// Weighs and filters the projections of a scan.
///
/// Each value is multiplied by the cosine of the angle between its ray and the central one, by the view's
/// share of the angle and by its redundancy; then rows are convolved with the ramp (Feldkamp, Davis and
/// Kress, equation 27 ff.; for parallel beams the cosine is 1 and this is filtered back-projection).
pub struct ViewFilter {
    ramp: RampFilter,
    rows: usize,
    columns: usize,
    scan: Scan,
    angles_rad: Vec<f64>,
    view_weights: Vec<f64>,
    fan_angles_rad: Vec<f64>,
    /// `[row, column]`.
    cosines: Vec<f32>,
    extending: bool,
}

impl ViewFilter {
    /// For a scan on a circle.
    ///
    /// # Errors
    /// [`TomoError::Geometry`] for a helix, a tilted detector or a single view.
    pub fn new(geometry: &Geometry, window: Window) -> Result<Self, TomoError> {
        if geometry.pitch_mm_per_turn() != 0.0 {
            return Err(TomoError::Geometry(
                "filtered back-projection is for circular scans; reconstruct a helix with sirt, cgls or tv"
                    .into(),
            ));
        }
        if !geometry.detector().tilt.is_none() {
            return Err(TomoError::Geometry("the detector is tilted; rectify the projections first".into()));
        }
        let (scan, view_weights) = redundancy_weights(geometry)?;
        let d = geometry.detector();
        let (pitch, scale) = match (d.shape, geometry.distances()) {
            (DetectorShape::Curved, Some(distances)) => {
                (d.column_pitch_mm / distances.source_to_detector_mm, 1.0 / distances.source_to_axis_mm)
            }
            _ => (geometry.column_pitch_at_axis_mm(), 1.0),
        };
        Ok(Self {
            ramp: RampFilter::new(d.columns, pitch, d.shape, window),
            rows: d.rows,
            columns: d.columns,
            scan,
            angles_rad: geometry.angles_deg().iter().map(|a| a.to_radians()).collect(),
            view_weights: view_weights.iter().map(|w| w * scale).collect(),
            fan_angles_rad: (0..d.columns).map(|c| geometry.fan_angle_rad(c as f64)).collect(),
            cosines: cosines(geometry),
            extending: false,
        })
    }

    /// The same filter, continuing rows that end within the object (see [`RampFilter::apply`]).
    pub fn extending(self, extending: bool) -> Self {
        Self { extending, ..self }
    }

    /// What the angles cover.
    pub fn scan(&self) -> Scan {
        self.scan
    }

    /// Filters the rows `rows` of the views from `first_view` on; `values` is `[view, row, column]`.
    ///
    /// # Errors
    /// [`TomoError::Projections`] when the values are not whole views, or not all numbers.
    pub fn apply(
        &self,
        values: &[f32],
        first_view: usize,
        rows: Range<usize>,
    ) -> Result<FilteredViews, TomoError> {
        let size = rows.len() * self.columns;
        let views = values.len() / size.max(1);
        if size == 0 || !values.len().is_multiple_of(size) || rows.end > self.rows {
            return Err(TomoError::Projections(format!(
                "{} values are not views of the rows {rows:?} with {} columns",
                values.len(),
                self.columns
            )));
        }
        if first_view + views > self.angles_rad.len() {
            return Err(TomoError::Projections(format!(
                "view {} does not exist: the geometry has {}",
                first_view + views - 1,
                self.angles_rad.len()
            )));
        }
        crate::stack::check_finite(values, first_view, rows.clone(), self.columns)?;
        // A multiple of 8, and never of 1024: columns a power of two apart would share few cache lines.
        let stride = (rows.len() + 2).next_multiple_of(8);
        let stride = if stride.is_multiple_of(1024) { stride + 8 } else { stride };
        let mut filtered = FilteredViews {
            columns: self.columns,
            stride,
            first_row: rows.start,
            rows: rows.len(),
            values: vec![0.0; views * self.columns * stride],
        };
        let memory = || (self.ramp.scratch(), vec![0.0f32; BAND * self.columns]);
        filtered.values.par_chunks_mut(self.columns * stride).enumerate().for_each_init(
            memory,
            |(scratch, band), (view, out)| {
                let input = &values[view * size..(view + 1) * size];
                self.view(input, first_view + view, rows.start, stride, out, scratch, band);
            },
        );
        Ok(filtered)
    }

    #[allow(clippy::too_many_arguments)]
    fn view(
        &self,
        input: &[f32],
        view: usize,
        first_row: usize,
        stride: usize,
        out: &mut [f32],
        scratch: &mut Scratch,
        band: &mut [f32],
    ) {
        let columns = self.columns;
        let weight =
            |fan: &f64| (self.view_weights[view] * self.scan.weight(self.angles_rad[view], *fan)) as f32;
        let shares: Vec<f32> = self.fan_angles_rad.iter().map(weight).collect();
        for (block, lines) in input.chunks(BAND * columns).enumerate() {
            let count = lines.len() / columns;
            for (line, row) in lines.chunks(columns).enumerate() {
                let into = &mut band[line * columns..(line + 1) * columns];
                let cosines = &self.cosines[(first_row + block * BAND + line) * columns..][..columns];
                for (((into, value), cosine), share) in into.iter_mut().zip(row).zip(cosines).zip(&shares) {
                    *into = value * cosine * share;
                }
                self.ramp.apply(into, self.extending, scratch);
            }
            // Turn a band of rows into columns: `BAND` neighbours are written together.
            for (column, out) in out.chunks_mut(stride).enumerate() {
                let place = &mut out[1 + block * BAND..1 + block * BAND + count];
                for (line, value) in place.iter_mut().enumerate() {
                    *value = band[line * columns + column];
                }
            }
        }
    }
}

/// Rows that are filtered before they are turned into columns.
const BAND: usize = 16;

fn cosines(geometry: &Geometry) -> Vec<f32> {
    let d = geometry.detector();
    let one = |row: usize, column: usize| -> f64 {
        let Some(distances) = geometry.distances() else { return 1.0 };
        let in_plane = geometry.fan_angle_rad(column as f64).cos();
        let Beam::Cone(_) = geometry.beam() else { return in_plane };
        let v = geometry.row_mm(row as f64);
        let along = match d.shape {
            DetectorShape::Flat => distances.source_to_detector_mm / in_plane,
            DetectorShape::Curved => distances.source_to_detector_mm,
        };
        in_plane * along / along.hypot(v)
    };
    (0..d.rows * d.columns).map(|i| one(i / d.columns, i % d.columns) as f32).collect()
}
