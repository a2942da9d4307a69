//! Volumes larger than memory: slab by slab along the rotation axis.

use super::{Correction, FdkOptions, Tick, pipeline};
use crate::geometry::Beam;
use crate::io::ProjectionSource;
use crate::{Geometry, TomoError, Volume, VolumeGrid};
use std::ops::Range;

/// Neighbouring slices that are reconstructed together, and the rows of the detector that they need.
#[derive(Clone, Debug, PartialEq)]
pub struct Slab {
    /// The slices.
    pub slices: Range<usize>,
    /// The rows.
    pub rows: Range<usize>,
}

/// How a volume is cut.
#[derive(Clone, Debug, PartialEq)]
pub struct SlabPlan {
    /// The slabs, from the lowest on.
    pub slabs: Vec<Slab>,
    /// The most memory that one of them takes.
    pub bytes: u64,
}

impl SlabPlan {
    /// Cuts a volume so that a slab, its projections and what is made of them fit into `memory_bytes`.
    ///
    /// # Errors
    /// [`TomoError::Request`] when not even a single slice fits, those of [`Geometry::coverage`].
    pub fn new(
        geometry: &Geometry,
        grid: &VolumeGrid,
        options: &FdkOptions,
        needs_all_views: bool,
        memory_bytes: u64,
    ) -> Result<Self, TomoError> {
        geometry.coverage(grid)?;
        let mut depth = grid.voxels[2];
        loop {
            let plan = Self::of_depth(geometry, grid, options, needs_all_views, depth)?;
            if plan.bytes <= memory_bytes {
                return Ok(plan);
            }
            if depth == 1 {
                return Err(TomoError::Request(format!(
                    "a single slice takes {} MiB, and {} MiB are allowed; allow more memory, or reconstruct a smaller region",
                    plan.bytes.div_ceil(1 << 20),
                    memory_bytes >> 20
                )));
            }
            depth = depth.div_ceil(2);
        }
    }

    fn of_depth(
        geometry: &Geometry,
        grid: &VolumeGrid,
        options: &FdkOptions,
        needs_all_views: bool,
        depth: usize,
    ) -> Result<Self, TomoError> {
        let mut plan = Self { slabs: Vec::new(), bytes: 0 };
        let columns = geometry.detector().columns;
        for first in (0..grid.voxels[2]).step_by(depth) {
            let count = depth.min(grid.voxels[2] - first);
            let rows = rows_of_slab(geometry, &grid.slab(first, count)?);
            // The volume twice, while columns are turned into slices; three batches on their way, each
            // filtered and one more as it was read.
            let volume = 2 * grid.slice_len() * count;
            let held = if needs_all_views { geometry.views() } else { options.batch };
            let projections = (held + 4 * options.batch) * rows.len() * columns;
            plan.bytes = plan.bytes.max(4 * (volume + projections) as u64);
            plan.slabs.push(Slab { slices: first..first + count, rows });
        }
        Ok(plan)
    }

    /// Reconstructs a slab.
    ///
    /// # Errors
    /// Those of [`super::fdk_from`].
    #[allow(clippy::too_many_arguments)]
    pub fn reconstruct(
        &self,
        slab: usize,
        geometry: &Geometry,
        source: &dyn ProjectionSource,
        correction: &dyn Correction,
        grid: &VolumeGrid,
        options: &FdkOptions,
        tick: Tick,
    ) -> Result<Volume, TomoError> {
        let Slab { slices, rows } = &self.slabs[slab];
        let part = grid.slab(slices.start, slices.len())?;
        pipeline::reconstruct(geometry, source, correction, part, rows.clone(), options, tick)
    }
}

/// The rows of the detector that the slices of a grid need, in any view; empty when they lie beyond it.
pub fn rows_of_slab(geometry: &Geometry, grid: &VolumeGrid) -> Range<usize> {
    let d = geometry.detector();
    let faces = [grid.position_mm(2, 0.0), grid.position_mm(2, grid.voxels[2] as f64 - 1.0)];
    let scales = match geometry.beam() {
        Beam::Parallel | Beam::Fan(_) => [1.0, 1.0],
        Beam::Cone(distances) => {
            // The nearest and the farthest that a voxel can be from the source.
            let (r, radius) = (distances.source_to_axis_mm, grid.radius_mm());
            let nearest = (r - radius).max(1e-3 * r);
            [distances.source_to_detector_mm / nearest, distances.source_to_detector_mm / (r + radius)]
        }
    };
    let row = |v_mm: f64| (v_mm - geometry.row_mm(0.0)) / d.row_pitch_mm;
    let places = faces.iter().flat_map(|z| scales.iter().map(move |s| row(z * s)));
    let (low, high) = places.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| (l.min(p), h.max(p)));
    // The row beyond on either side takes part in the interpolation.
    let from = (low.floor().max(0.0) as usize).min(d.rows);
    let to = ((high.floor() + 2.0).max(0.0) as usize).min(d.rows);
    if to > from { from..to } else { 0..0 }
}
