//! A matched pair of projectors: forward projection and its exact transpose.
//!
//! Both are the separable footprints of Y. Long, J. A. Fessler, J. M. Balter ("3D forward and
//! back-projection for X-ray CT using separable footprints", IEEE Trans. Med. Imaging 29, 2010), in the
//! form SF-TR: in the plane of rotation a voxel's shadow is the trapezoid between its projected corners,
//! along the rotation axis the interval between its projected faces; both are averaged over the pixels, and
//! the slant of a ray against the plane enters as a factor of its pixel.
//!
//! The overlap of the voxels of a column with the pixels of a detector column is found from running sums:
//! of the voxels for the forward projection, of the pixels for the transpose. So both are the resampling
//! of [`crate::kernel`], followed by a difference.

mod adjoint;
mod footprint;
mod forward;

use crate::geometry::{Beam, DetectorShape, Locator};
use crate::kernel::Isa;
use crate::{Geometry, TomoError, VolumeGrid};
use footprint::Footprints;

/// Projects volumes and transposes that, for some scan and grid.
///
/// Volumes are in columns here, `[y, x, z]` (see [`to_columns`] and [`from_columns`]); projections are
/// `[view, row, column]`. Volumes in 1/mm give line integrals without unit.
pub struct Projector {
    grid: VolumeGrid,
    isa: Isa,
    rows: usize,
    columns: usize,
    footprints: Vec<Footprints>,
    /// Length of a ray relative to its projection into the plane of rotation, `[column, row]`.
    slants: Vec<f32>,
}

impl Projector {
    /// For a scan and a grid.
    ///
    /// # Errors
    /// [`TomoError::Geometry`] when no ray meets the volume, it reaches the source, or the detector is tilted.
    pub fn new(geometry: &Geometry, grid: VolumeGrid, isa: Isa) -> Result<Self, TomoError> {
        geometry.coverage(&grid)?;
        if !geometry.detector().tilt.is_none() {
            return Err(TomoError::Geometry("the detector is tilted; rectify the projections first".into()));
        }
        let d = geometry.detector();
        let footprint = |view| Footprints::new(Locator::new(geometry, view), &grid);
        Ok(Self {
            grid,
            isa,
            rows: d.rows,
            columns: d.columns,
            footprints: (0..geometry.views()).map(footprint).collect(),
            slants: slants(geometry),
        })
    }

    /// The grid.
    pub fn grid(&self) -> &VolumeGrid {
        &self.grid
    }

    /// Number of views.
    pub fn views(&self) -> usize {
        self.footprints.len()
    }

    /// Pixels of a projection.
    pub fn pixels(&self) -> usize {
        self.rows * self.columns
    }
}

fn slants(geometry: &Geometry) -> Vec<f32> {
    let d = geometry.detector();
    let slant = |column: usize, row: usize| {
        let (Beam::Cone(distances), v) = (geometry.beam(), geometry.row_mm(row as f64)) else { return 1.0 };
        let in_plane = match d.shape {
            DetectorShape::Flat => distances.source_to_detector_mm.hypot(geometry.column_mm(column as f64)),
            DetectorShape::Curved => distances.source_to_detector_mm,
        };
        (in_plane.hypot(v) / in_plane) as f32
    };
    (0..d.columns * d.rows).map(|i| slant(i / d.rows, i % d.rows)).collect()
}

/// From `[z, y, x]` to columns, `[y, x, z]`.
pub fn to_columns(values: &[f32], grid: &VolumeGrid) -> Vec<f32> {
    transposed(values, grid.voxels[2], grid.slice_len())
}

/// From columns, `[y, x, z]`, to `[z, y, x]`.
pub fn from_columns(columns: &[f32], grid: &VolumeGrid) -> Vec<f32> {
    transposed(columns, grid.slice_len(), grid.voxels[2])
}

/// `[row, column]` to `[column, row]`.
pub(crate) fn transposed(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    use rayon::prelude::*;
    const BAND: usize = 16;
    let mut out = vec![0.0; values.len()];
    if values.is_empty() {
        return out;
    }
    out.par_chunks_mut(BAND * rows).enumerate().for_each(|(band, part)| {
        let first = band * BAND;
        for (row, line) in values.chunks_exact(columns).enumerate() {
            for (offset, column) in part.chunks_exact_mut(rows).enumerate() {
                column[row] = line[first + offset];
            }
        }
    });
    out
}
