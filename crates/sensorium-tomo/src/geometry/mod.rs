//! Where the source, the detector and the volume are.
//!
//! # Conventions
//! Lengths are millimetres, angles degrees. The object stands still; its rotation axis is `z`. At the
//! angle β, counted anticlockwise when seen from +z,
//!
//! - the detector's columns run along `e_u = (cos β, sin β, 0)`, its rows along `e_v = (0, 0, 1)`;
//! - rays leave along `w = (−sin β, cos β, 0)`; the source is at `−R w`, R being `source_to_axis_mm`;
//! - with D = `source_to_detector_mm`, a point projects to `u = D t / U`, `v = D (z − z_s) / U`, where
//!   `t = x cos β + y sin β`, `U = R − x sin β + y cos β` and `z_s` is the source's height (helix);
//! - on a curved detector (a cylinder around the source, axis along z), `u = D γ` with the fan angle
//!   `γ = atan2(t, U)`, and `v = D (z − z_s) / √(t² + U²)`;
//! - for a parallel beam `u = t`, `v = z`; for a fan beam `u` is the cone's and `v = z`: every row is a
//!   slice of its own.
//!
//! The centre of column i of n has `u = (i − (n − 1)/2) · column_pitch_mm + column_offset_mm`; rows alike,
//! row 0 being the lowest. So an offset says how far the detector's middle is from where the axis (or
//! the central ray) meets it.
//!
//! # The conventions of RTK
//! RTK turns around its y axis with the source on +z at angle 0. With `x_rtk = x`, `y_rtk = z`,
//! `z_rtk = −y` and `GantryAngle` = β the two agree; `SID` is `source_to_axis_mm` and `SDD` is
//! `source_to_detector_mm`; the details stand at [`Detector`] (checked against RTK 2.7 by
//! `benches/peers/rtk_fdk.py`).
//!
//! Source: L. A. Feldkamp, L. C. Davis, J. W. Kress, "Practical cone-beam algorithm", J. Opt. Soc. Am. A 1
//! (1984); A. C. Kak, M. Slaney, *Principles of Computerized Tomographic Imaging* (1988), chapter 3.

mod coverage;
mod file;
mod grid;
mod line;
mod locate;
mod rectify;
mod redundancy;

pub use coverage::Coverage;
pub use grid::VolumeGrid;
pub use line::Line;
#[cfg(any(feature = "wgpu", feature = "cuda"))]
pub(crate) use locate::Kind;
pub use locate::{Locator, Ray};
pub(crate) use rectify::catmull_rom;
pub use rectify::rectify;
pub use redundancy::{Scan, redundancy_weights};

use crate::TomoError;
use serde::{Deserialize, Serialize};

/// Lengths that a scan may have: beyond, numbers stop making sense before they stop being numbers.
pub(crate) const LENGTHS_MM: std::ops::RangeInclusive<f64> = 1e-9..=1e9;
/// More values than projections may have: 2⁴⁰, 4 TiB of f32.
const MOST_PIXELS: u128 = 1 << 40;

/// How the rays run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Beam {
    /// Parallel rays, as at a synchrotron.
    Parallel,
    /// A fan in each row: rows are slices of their own.
    Fan(Distances),
    /// A cone from one point.
    Cone(Distances),
}

/// Distances of a diverging beam.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distances {
    /// From the source to the rotation axis, R.
    pub source_to_axis_mm: f64,
    /// From the source to the detector, D.
    pub source_to_detector_mm: f64,
}

/// The form of the detector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DetectorShape {
    /// A plane.
    #[default]
    Flat,
    /// A cylinder around the source: columns at equal fan angles.
    Curved,
}

/// A detector of `rows` × `columns` pixels.
///
/// In RTK's terms: `column_offset_mm` is `ProjectionOffsetX` and `row_offset_mm` is `ProjectionOffsetY`, both
/// with an image whose origin is `−(n − 1)/2 · pitch`; `in_plane_deg` is `InPlaneAngle` where there are no
/// offsets. RTK's `OutOfPlaneAngle` turns the source too: a detector leaning by θ = `about_columns_deg` about
/// its middle at the offsets (o_u, o_v) is `OutOfPlaneAngle` = −θ, `SID` = R cos θ, `SDD` = D cos θ − o_v sin θ,
/// `SourceOffsetY` = −R sin θ, `ProjectionOffsetX` = o_u, `ProjectionOffsetY` = (D − R) sin θ + o_v cos θ.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detector {
    /// Plane or cylinder.
    #[serde(default)]
    pub shape: DetectorShape,
    /// Pixels along u.
    pub columns: usize,
    /// Pixels along v.
    pub rows: usize,
    /// Distance of neighbouring columns (on a curved detector along the arc).
    pub column_pitch_mm: f64,
    /// Distance of neighbouring rows.
    pub row_pitch_mm: f64,
    /// Position of the middle of the columns.
    #[serde(default)]
    pub column_offset_mm: f64,
    /// Position of the middle of the rows.
    #[serde(default)]
    pub row_offset_mm: f64,
    /// How the detector is turned out of its ideal place.
    #[serde(default)]
    pub tilt: Tilt,
}

/// Turns of a flat detector about its own middle, applied in the order of the fields, each about a fixed
/// direction of the ideal detector; [`rectify`] writes them out and undoes them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tilt {
    /// Turn in its plane, from u towards v (about the ray that meets it at right angles).
    pub in_plane_deg: f64,
    /// Turn about the u axis: the upper edge leans away from the source when positive.
    pub about_columns_deg: f64,
    /// Turn about the v axis: the edge of large u leans away from the source when positive.
    pub about_rows_deg: f64,
}

impl Detector {
    /// A plane of pixels in its ideal place, the central ray meeting its middle.
    pub fn flat(columns: usize, rows: usize, column_pitch_mm: f64, row_pitch_mm: f64) -> Self {
        Self {
            shape: DetectorShape::Flat,
            columns,
            rows,
            column_pitch_mm,
            row_pitch_mm,
            column_offset_mm: 0.0,
            row_offset_mm: 0.0,
            tilt: Tilt::default(),
        }
    }
}

impl Tilt {
    /// Whether the detector is in its ideal place.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// A scan: the beam, the detector and one angle a projection.
#[derive(Clone, Debug, PartialEq)]
pub struct Geometry {
    beam: Beam,
    detector: Detector,
    angles_deg: Vec<f64>,
    pitch_mm_per_turn: f64,
    /// Half-way between the least and the largest angle.
    middle_deg: f64,
}

impl Geometry {
    /// A circular scan.
    ///
    /// # Errors
    /// [`TomoError::Geometry`] for lengths that are not positive, numbers that are not finite, a
    /// detector without pixels or in front of the axis, no angles, or two equal angles.
    pub fn new(beam: Beam, detector: Detector, angles_deg: Vec<f64>) -> Result<Self, TomoError> {
        Self { beam, detector, angles_deg, pitch_mm_per_turn: 0.0, middle_deg: 0.0 }.checked()
    }

    /// The same scan as a helix: the source rises by so much in a turn of +360°, and is at z = 0 at the
    /// middle of the scan's angles.
    ///
    /// # Errors
    /// [`TomoError::Geometry`] for a pitch that is not finite, and for beams that are no cone.
    pub fn with_pitch(mut self, pitch_mm_per_turn: f64) -> Result<Self, TomoError> {
        self.pitch_mm_per_turn = pitch_mm_per_turn;
        self.checked()
    }

    /// The same scan with another detector.
    ///
    /// # Errors
    /// Those of [`Geometry::new`].
    pub fn with_detector(mut self, detector: Detector) -> Result<Self, TomoError> {
        self.detector = detector;
        self.checked()
    }

    /// The same scan with the detector's middle moved to `column_offset_mm`: what a search for the
    /// centre of rotation finds.
    ///
    /// # Errors
    /// [`TomoError::Geometry`] when it is not finite.
    pub fn with_column_offset(self, column_offset_mm: f64) -> Result<Self, TomoError> {
        let detector = Detector { column_offset_mm, ..self.detector };
        self.with_detector(detector)
    }

    /// Some of the views, by index.
    ///
    /// # Errors
    /// [`TomoError::Geometry`] when none is left or one is out of range.
    pub fn subset(&self, views: &[usize]) -> Result<Self, TomoError> {
        if let Some(beyond) = views.iter().find(|v| **v >= self.views()) {
            return Err(TomoError::Geometry(format!(
                "view {beyond} does not exist, there are {} (counted from 0)",
                self.views()
            )));
        }
        if self.pitch_mm_per_turn != 0.0 {
            return Err(TomoError::Geometry(
                "a helix has no subsets of views: its height follows from all angles".into(),
            ));
        }
        let angles_deg = views.iter().map(|v| self.angles_deg[*v]).collect();
        Self { angles_deg, ..self.clone() }.checked()
    }

    /// How the rays run.
    pub fn beam(&self) -> Beam {
        self.beam
    }

    /// The detector.
    pub fn detector(&self) -> &Detector {
        &self.detector
    }

    /// One angle a projection.
    pub fn angles_deg(&self) -> &[f64] {
        &self.angles_deg
    }

    /// Number of projections.
    pub fn views(&self) -> usize {
        self.angles_deg.len()
    }

    /// Rise of a helix in a turn; 0 for a circle.
    pub fn pitch_mm_per_turn(&self) -> f64 {
        self.pitch_mm_per_turn
    }

    /// Height of the source at a view.
    pub fn source_z_mm(&self, view: usize) -> f64 {
        if self.pitch_mm_per_turn == 0.0 {
            return 0.0;
        }
        self.pitch_mm_per_turn * (self.angles_deg[view] - self.middle_deg) / 360.0
    }

    /// Distances of a diverging beam.
    pub fn distances(&self) -> Option<Distances> {
        match self.beam {
            Beam::Parallel => None,
            Beam::Fan(distances) | Beam::Cone(distances) => Some(distances),
        }
    }

    /// How much larger things at the axis are on the detector along u: D / R, or 1.
    pub fn magnification(&self) -> f64 {
        self.distances().map_or(1.0, |d| d.source_to_detector_mm / d.source_to_axis_mm)
    }

    /// Distance of neighbouring columns, seen at the axis.
    pub fn column_pitch_at_axis_mm(&self) -> f64 {
        self.detector.column_pitch_mm / self.magnification()
    }

    /// Distance of neighbouring rows, seen at the axis.
    pub fn row_pitch_at_axis_mm(&self) -> f64 {
        match self.beam {
            Beam::Cone(_) => self.detector.row_pitch_mm / self.magnification(),
            Beam::Parallel | Beam::Fan(_) => self.detector.row_pitch_mm,
        }
    }

    /// Position u of a column's centre.
    pub fn column_mm(&self, column: f64) -> f64 {
        let d = &self.detector;
        (column - 0.5 * (d.columns as f64 - 1.0)) * d.column_pitch_mm + d.column_offset_mm
    }

    /// Position v of a row's centre.
    pub fn row_mm(&self, row: f64) -> f64 {
        let d = &self.detector;
        (row - 0.5 * (d.rows as f64 - 1.0)) * d.row_pitch_mm + d.row_offset_mm
    }

    /// The column that the rotation axis projects to, as a fraction.
    pub fn axis_column(&self) -> f64 {
        let d = &self.detector;
        0.5 * (d.columns as f64 - 1.0) - d.column_offset_mm / d.column_pitch_mm
    }

    pub(crate) fn angle_range_deg(&self) -> (f64, f64) {
        let low = self.angles_deg.iter().copied().fold(f64::INFINITY, f64::min);
        (low, self.angles_deg.iter().copied().fold(f64::NEG_INFINITY, f64::max))
    }

    fn checked(mut self) -> Result<Self, TomoError> {
        let d = &self.detector;
        let lengths = [("column_pitch_mm", d.column_pitch_mm), ("row_pitch_mm", d.row_pitch_mm)];
        let distances = self.distances().map(|d| {
            [("source_to_axis_mm", d.source_to_axis_mm), ("source_to_detector_mm", d.source_to_detector_mm)]
        });
        for (name, value) in lengths.into_iter().chain(distances.into_iter().flatten()) {
            if value.is_nan() || value <= 0.0 {
                return Err(TomoError::Geometry(format!("{name} is {value}; it must be above 0")));
            }
            if !LENGTHS_MM.contains(&value) {
                return Err(TomoError::Geometry(format!(
                    "{name} is {value} mm; no scan is that small or large"
                )));
            }
        }
        let free = [
            ("column_offset_mm", d.column_offset_mm),
            ("row_offset_mm", d.row_offset_mm),
            ("tilt.in_plane_deg", d.tilt.in_plane_deg),
            ("tilt.about_columns_deg", d.tilt.about_columns_deg),
            ("tilt.about_rows_deg", d.tilt.about_rows_deg),
            ("pitch_mm_per_turn", self.pitch_mm_per_turn),
        ];
        if let Some((name, value)) = free.into_iter().find(|(_, value)| !value.is_finite()) {
            return Err(TomoError::Geometry(format!("{name} is {value}; it must be a number")));
        }
        if d.columns == 0 || d.rows == 0 {
            let text =
                format!("the detector has {} columns and {} rows; both must be above 0", d.columns, d.rows);
            return Err(TomoError::Geometry(text));
        }
        let pixels = [d.columns, d.rows, self.angles_deg.len()].iter().map(|n| *n as u128).product::<u128>();
        if pixels > MOST_PIXELS {
            return Err(TomoError::Geometry(format!(
                "{} views of {} x {} pixels are more than 2^40 values; correct the sizes",
                self.angles_deg.len(),
                d.columns,
                d.rows
            )));
        }
        for (name, value) in
            [("about_columns_deg", d.tilt.about_columns_deg), ("about_rows_deg", d.tilt.about_rows_deg)]
        {
            if value.abs() >= 45.0 {
                return Err(TomoError::Geometry(format!(
                    "tilt.{name} is {value}; it must be below 45 in size"
                )));
            }
        }
        if let Some(distances) = self.distances()
            && distances.source_to_detector_mm < distances.source_to_axis_mm
        {
            return Err(TomoError::Geometry(format!(
                "source_to_detector_mm ({}) is less than source_to_axis_mm ({}): the detector would stand before the axis",
                distances.source_to_detector_mm, distances.source_to_axis_mm
            )));
        }
        self.check_kind()?;
        check_angles(&self.angles_deg)?;
        let (low, high) = self.angle_range_deg();
        self.middle_deg = 0.5 * (low + high);
        Ok(self)
    }

    fn check_kind(&self) -> Result<(), TomoError> {
        if self.detector.shape == DetectorShape::Curved {
            if self.beam == Beam::Parallel {
                return Err(TomoError::Geometry(
                    "a parallel beam has no curved detector; use \"flat\"".into(),
                ));
            }
            if !self.detector.tilt.is_none() {
                return Err(TomoError::Geometry(
                    "tilt is for flat detectors; leave it out for a curved one".into(),
                ));
            }
        }
        if self.pitch_mm_per_turn != 0.0 && !matches!(self.beam, Beam::Cone(_)) {
            return Err(TomoError::Geometry(
                "pitch_mm_per_turn is for cone beams; leave it out or set it to 0".into(),
            ));
        }
        Ok(())
    }
}

fn check_angles(angles_deg: &[f64]) -> Result<(), TomoError> {
    if angles_deg.is_empty() {
        return Err(TomoError::Geometry("there are no angles; give one for each projection".into()));
    }
    if let Some(at) = angles_deg.iter().position(|a| !a.is_finite()) {
        return Err(TomoError::Geometry(format!(
            "angles_deg[{at}] is {}; it must be a number",
            angles_deg[at]
        )));
    }
    let mut order: Vec<usize> = (0..angles_deg.len()).collect();
    order.sort_by(|a, b| angles_deg[*a].total_cmp(&angles_deg[*b]).then(a.cmp(b)));
    for pair in order.windows(2) {
        if angles_deg[pair[0]] == angles_deg[pair[1]] {
            return Err(TomoError::Geometry(format!(
                "angles_deg[{}] and angles_deg[{}] are both {}: a view is repeated; drop it, with its projection",
                pair[0], pair[1], angles_deg[pair[0]]
            )));
        }
    }
    Ok(())
}

/// `count` angles from `first` on, `step` apart.
pub fn even_angles_deg(first: f64, step: f64, count: usize) -> Vec<f64> {
    (0..count).map(|i| first + step * i as f64).collect()
}
