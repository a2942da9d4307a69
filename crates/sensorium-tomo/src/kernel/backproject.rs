//! Voxel-driven back-projection with bilinear interpolation.
//!
//! The detector's rows run along the rotation axis, so all voxels of a column of the volume read the same
//! two columns of a projection, at evenly spaced rows. For each column and view these two are mixed once,
//! and the mix is resampled: the work for a voxel is one linear interpolation of neighbouring numbers.

#![allow(unsafe_code)]

use super::simd::{SLACK, Simd, dispatch, resample_add};
use super::tiles::{Tile, TiledVolume};
use super::{BlockShape, Isa};
use crate::filter::FilteredViews;
use crate::geometry::Locator;
use crate::{Geometry, TomoError, Volume, VolumeGrid};
use rayon::prelude::*;

/// Sums back-projections of filtered views over a grid.
pub struct Backprojector {
    grid: VolumeGrid,
    locators: Vec<Locator>,
    shape: BlockShape,
    isa: Isa,
    volume: TiledVolume,
}

impl Backprojector {
    /// An empty volume, which may be part of a larger one: whether a ray meets it is not asked (see
    /// [`Geometry::coverage`]).
    ///
    /// # Errors
    /// [`TomoError::Geometry`] when the detector is tilted.
    pub fn new(
        geometry: &Geometry,
        grid: VolumeGrid,
        shape: BlockShape,
        isa: Isa,
    ) -> Result<Self, TomoError> {
        if !geometry.detector().tilt.is_none() {
            return Err(TomoError::Geometry("the detector is tilted; rectify the projections first".into()));
        }
        Ok(Self {
            grid,
            locators: (0..geometry.views()).map(|view| Locator::new(geometry, view)).collect(),
            shape,
            isa,
            volume: TiledVolume::zeros(grid, shape.tile),
        })
    }

    /// Adds views: those of the scan from `first_view` on, times `factor`.
    pub fn add(&mut self, views: &FilteredViews, first_view: usize, factor: f32) {
        let (grid, isa, block) = (self.grid, self.isa, self.shape.views.max(1));
        let locators = &self.locators[first_view..first_view + views.views()];
        self.volume.tiles_mut().par_iter_mut().for_each_init(
            || vec![0.0f32; views.rows() + 2 + SLACK],
            |mix, tile| {
                let mut from = 0;
                while from < locators.len() {
                    let to = (from + block).min(locators.len());
                    let job = Job { grid: &grid, locators: &locators[from..to], views, first: from, factor };
                    add_to_tile(isa, tile, &job, mix);
                    from = to;
                }
            },
        );
    }

    /// The sum so far.
    pub fn volume(&self) -> Volume {
        self.volume.to_volume()
    }
}

/// Some views to be added to a tile.
struct Job<'a> {
    grid: &'a VolumeGrid,
    locators: &'a [Locator],
    views: &'a FilteredViews,
    /// Where in `views` the first of `locators` is.
    first: usize,
    factor: f32,
}

fn add_to_tile(isa: Isa, tile: &mut Tile, job: &Job, mix: &mut [f32]) {
    dispatch!(isa, tile_with(tile: &mut Tile, job: &Job, mix: &mut [f32]));
}

/// # Safety
/// The instruction set of `S` must be there.
#[inline(always)]
unsafe fn tile_with<S: Simd>(tile: &mut Tile, job: &Job, mix: &mut [f32]) {
    let grid = job.grid;
    let depth = grid.voxels[2];
    let (bottom_mm, slice_mm) = (grid.position_mm(2, 0.0), grid.voxel_mm[2]);
    let columns = job.views.columns();
    for (index, sums) in tile.values.chunks_exact_mut(depth).enumerate() {
        let x_mm = grid.position_mm(0, (tile.first[0] + index % tile.size[0]) as f64);
        let y_mm = grid.position_mm(1, (tile.first[1] + index / tile.size[0]) as f64);
        for (view, locator) in job.locators.iter().enumerate() {
            let Some(ray) = locator.locate(x_mm, y_mm) else { continue };
            let floor = ray.column.floor();
            if !(floor >= -1.0 && floor < columns as f64) {
                continue;
            }
            // Beyond the first and last column the projection is zero.
            let weight = job.factor * (ray.closeness * ray.closeness) as f32;
            let part = (ray.column - floor) as f32;
            let left = if floor < 0.0 { 0.0 } else { weight * (1.0 - part) };
            let right = if floor + 1.0 >= columns as f64 { 0.0 } else { weight * part };
            let low = job.views.column(job.first + view, floor.max(0.0) as usize);
            let high = job.views.column(job.first + view, (floor as isize + 1) as usize % columns);

            // Rows as entries of these columns, which begin with a zero for the row before the first.
            let step = ray.rows_per_mm * slice_mm;
            let start = ray.row_at_zero + ray.rows_per_mm * bottom_mm + 1.0 - job.views.first_row() as f64;
            let last = start + (depth as f64 - 1.0) * step;
            let from = start.floor().max(0.0) as usize;
            let to = (last.max(0.0) as usize).saturating_add(2).min(low.len());
            if from >= to {
                continue;
            }
            let mixed = &mut mix[..to - from + SLACK];
            for ((mixed, low), high) in mixed.iter_mut().zip(&low[from..to]).zip(&high[from..to]) {
                *mixed = left * low + right * high;
            }
            // SAFETY: the set is there by this function's contract.
            unsafe { resample_add::<S>(sums, mixed, to - from, start - from as f64, step) };
        }
    }
}
