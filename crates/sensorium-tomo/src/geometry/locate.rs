//! From a place in the volume to a place on the detector.

use super::{Beam, DetectorShape, Geometry};

/// Where the voxels above one point (x, y) project to, in a view.
///
/// The detector's rows run along the rotation axis, so these voxels share a column, and their rows are
/// linear in z: `row = row_at_zero + rows_per_mm · z`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ray {
    /// Column, as a fraction.
    pub column: f64,
    /// Row of z = 0, as a fraction.
    pub row_at_zero: f64,
    /// Rows for each millimetre along z.
    pub rows_per_mm: f64,
    /// How much closer to the source than the axis: R / U (flat), R / √(t² + U²) (curved), 1 (parallel).
    pub closeness: f64,
}

/// Projects points of one view.
#[derive(Clone, Copy, Debug)]
pub struct Locator {
    kind: Kind,
    cos: f64,
    sin: f64,
    source_z_mm: f64,
    axis_distance: f64,
    columns_per_mm: f64,
    axis_column: f64,
    rows_per_mm: f64,
    middle_row: f64,
}

/// Which formula a [`Locator`] follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Parallel,
    /// Rows without magnification?
    Flat {
        fan: bool,
    },
    Curved {
        fan: bool,
    },
}

impl Locator {
    /// Which formula it follows; one for all views of a scan.
    #[cfg(any(feature = "wgpu", feature = "cuda"))]
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// The numbers of its formula: cos β, sin β, distance of the axis, columns for each mm (or for each unit
    /// of t / U, or radian), column of the axis, rows for each mm (or for each unit of z / U), row of the
    /// central ray, height of the source.
    #[cfg(any(feature = "wgpu", feature = "cuda"))]
    pub(crate) fn parameters(&self) -> [f64; 8] {
        [
            self.cos,
            self.sin,
            self.axis_distance,
            self.columns_per_mm,
            self.axis_column,
            self.rows_per_mm,
            self.middle_row,
            self.source_z_mm,
        ]
    }

    /// For a view of a scan whose detector is not tilted (see [`crate::rectify`]).
    pub fn new(geometry: &Geometry, view: usize) -> Self {
        let (sin, cos) = geometry.angles_deg()[view].to_radians().sin_cos();
        let d = geometry.detector();
        let curved = d.shape == DetectorShape::Curved;
        let kind = match geometry.beam() {
            Beam::Parallel => Kind::Parallel,
            Beam::Fan(_) if curved => Kind::Curved { fan: true },
            Beam::Cone(_) if curved => Kind::Curved { fan: false },
            Beam::Fan(_) => Kind::Flat { fan: true },
            Beam::Cone(_) => Kind::Flat { fan: false },
        };
        let distances = geometry.distances();
        let detector_distance = distances.map_or(1.0, |d| d.source_to_detector_mm);
        let magnified = matches!(geometry.beam(), Beam::Cone(_));
        Self {
            kind,
            cos,
            sin,
            source_z_mm: geometry.source_z_mm(view),
            axis_distance: distances.map_or(1.0, |d| d.source_to_axis_mm),
            columns_per_mm: detector_distance / d.column_pitch_mm,
            axis_column: geometry.axis_column(),
            rows_per_mm: if magnified { detector_distance } else { 1.0 } / d.row_pitch_mm,
            middle_row: 0.5 * (d.rows as f64 - 1.0) - d.row_offset_mm / d.row_pitch_mm,
        }
    }

    /// Where the voxels above (x, y) project to; `None` at and behind the source.
    #[inline]
    pub fn locate(&self, x_mm: f64, y_mm: f64) -> Option<Ray> {
        let t = x_mm * self.cos + y_mm * self.sin;
        if self.kind == Kind::Parallel {
            return Some(Ray {
                column: self.axis_column + t * self.columns_per_mm,
                row_at_zero: self.middle_row,
                rows_per_mm: self.rows_per_mm,
                closeness: 1.0,
            });
        }
        let along = self.axis_distance - x_mm * self.sin + y_mm * self.cos;
        if along <= 1e-6 * self.axis_distance {
            return None;
        }
        match self.kind {
            Kind::Curved { fan } => {
                let distance = t.hypot(along);
                Some(self.ray(t.atan2(along), distance.recip(), fan))
            }
            Kind::Flat { fan } => {
                let inverse = along.recip();
                Some(self.ray(t * inverse, inverse, fan))
            }
            Kind::Parallel => None,
        }
    }

    /// Direction of the ray through (x, y) in the plane of rotation: a unit vector.
    #[inline]
    pub fn direction(&self, x_mm: f64, y_mm: f64) -> [f64; 2] {
        if self.kind == Kind::Parallel {
            return [-self.sin, self.cos];
        }
        let (x, y) = (x_mm - self.axis_distance * self.sin, y_mm + self.axis_distance * self.cos);
        let inverse = x.hypot(y).recip();
        [x * inverse, y * inverse]
    }

    #[inline]
    fn ray(&self, along_detector: f64, inverse_distance: f64, fan: bool) -> Ray {
        let rows_per_mm = if fan { self.rows_per_mm } else { self.rows_per_mm * inverse_distance };
        Ray {
            column: self.axis_column + along_detector * self.columns_per_mm,
            row_at_zero: self.middle_row - self.source_z_mm * rows_per_mm,
            rows_per_mm,
            closeness: self.axis_distance * inverse_distance,
        }
    }
}
