//! Sums back-projections in the memory of a graphics processor.

#![allow(unsafe_code)]

use super::GpuAdapter;
use super::kernel::{PARAMETERS, PlacesLaunch, Shape, SizesLaunch, backproject, parameters};
use crate::filter::FilteredViews;
use crate::geometry::Locator;
use crate::{Geometry, TomoError, Volume, VolumeGrid};
use cubecl::prelude::*;
use cubecl::server::{Handle, ServerError};
use rayon::prelude::*;

/// Sums back-projections of filtered views over a grid, on a graphics processor: what
/// [`crate::kernel::Backprojector`] does, in f32.
///
/// The volume stays on the device until [`GpuBackprojector::finish`]; views are uploaded as they come.
/// [`GpuBackprojector::add`] returns before the device is done, so the next views can be filtered meanwhile.
pub struct GpuBackprojector {
    adapter: GpuAdapter,
    grid: VolumeGrid,
    locators: Vec<Locator>,
    shape: Shape,
    parts: Vec<Part>,
    buffer_bytes: usize,
    /// Bytes of views handed over since the device was last waited for.
    pending: usize,
}

/// Some lines along x of every slice, `[y, x, z]` on the device.
struct Part {
    first_y: usize,
    lines: usize,
    values: Handle,
    /// Whether anything was written to the values yet.
    is_written: bool,
}

impl GpuBackprojector {
    /// Views that a launch adds at most: systems stop a display's adapter after about two seconds.
    const VIEWS: usize = 32;
    /// Bytes of views that are handed over before the device is waited for: the memory that uploads take.
    const PENDING_BYTES: usize = 512 << 20;

    /// An empty volume.
    ///
    /// # Errors
    /// [`TomoError::Geometry`] when no ray meets the volume, it reaches the source, or the detector is
    /// tilted; [`TomoError::Request`] when a line of the volume is more than a buffer of the device holds.
    pub fn new(geometry: &Geometry, grid: VolumeGrid, adapter: &GpuAdapter) -> Result<Self, TomoError> {
        Self::with_buffers(geometry, grid, adapter, adapter.buffer_bytes())
    }

    /// An empty volume and uploads in buffers of at most some bytes.
    pub(super) fn with_buffers(
        geometry: &Geometry,
        grid: VolumeGrid,
        adapter: &GpuAdapter,
        buffer_bytes: usize,
    ) -> Result<Self, TomoError> {
        geometry.coverage(&grid)?;
        if !geometry.detector().tilt.is_none() {
            return Err(TomoError::Geometry("the detector is tilted; rectify the projections first".into()));
        }
        let [nx, ny, nz] = grid.voxels;
        let hardware = &adapter.client().properties().hardware;
        let too_large = || {
            TomoError::Request(format!(
                "a volume of {nx} x {ny} x {nz} voxels does not fit {}; reconstruct fewer slices at a time",
                adapter.device()
            ))
        };
        let slices = u32::try_from(nz).ok().filter(|n| *n < 1 << 30).ok_or_else(too_large)?;
        let shape = Shape::new(slices, hardware.max_units_per_cube);
        let line_bytes = nx.saturating_mul(shape.depth() as usize * size_of::<f32>());
        let most_cubes = hardware.max_cube_count;
        let lines = (buffer_bytes / line_bytes).min(most_cubes.2 as usize).min(ny);
        if lines == 0 || nx.div_ceil(shape.along_x as usize) > most_cubes.1 as usize {
            return Err(too_large());
        }
        let part = |first_y: usize| {
            let lines = lines.min(ny - first_y);
            Part { first_y, lines, values: adapter.client().empty(lines * line_bytes), is_written: false }
        };
        Ok(Self {
            adapter: adapter.clone(),
            grid,
            locators: (0..geometry.views()).map(|view| Locator::new(geometry, view)).collect(),
            shape,
            parts: (0..ny).step_by(lines).map(part).collect(),
            buffer_bytes,
            pending: 0,
        })
    }

    /// Adds views: those of the scan from `first_view` on, times `factor`.
    ///
    /// # Errors
    /// [`TomoError::Request`] with what the device said of these views or the ones before, as when its
    /// memory is full.
    pub fn add(&mut self, views: &FilteredViews, first_view: usize, factor: f32) -> Result<(), TomoError> {
        let view_len = views.columns() * views.stride();
        let view_bytes = view_len * size_of::<f32>();
        let batch = (self.buffer_bytes / view_bytes).clamp(1, Self::VIEWS);
        for from in (0..views.views()).step_by(batch) {
            let count = batch.min(views.views() - from);
            if self.pending > 0 && self.pending + count * view_bytes > Self::PENDING_BYTES {
                self.wait()?;
            }
            self.pending += count * view_bytes;
            let values = &views.values()[from * view_len..(from + count) * view_len];
            let first = first_view + from;
            self.launch(views, values, first..first + count, factor);
        }
        Ok(())
    }

    fn launch(&mut self, views: &FilteredViews, values: &[f32], range: std::ops::Range<usize>, factor: f32) {
        let (client, grid, shape) = (self.adapter.client(), self.grid, self.shape);
        let locators = &self.locators[range];
        let Some(kind) = locators.first().map(Locator::kind) else { return };
        let numbers = parameters(locators, views);
        let uploaded = client.create_from_slice(f32::as_bytes(values));
        let numbers_uploaded = client.create_from_slice(f32::as_bytes(&numbers));
        let [across, _, _] = grid.voxels;
        let depth = shape.depth();
        for part in &mut self.parts {
            let cubes =
                CubeCount::Static(shape.cubes, (across as u32).div_ceil(shape.along_x), part.lines as u32);
            let [x_mm, y_mm, z_mm] = [
                grid.position_mm(0, 0.0),
                grid.position_mm(1, part.first_y as f64),
                grid.position_mm(2, 0.0),
            ];
            let [dx_mm, dy_mm, dz_mm] = grid.voxel_mm.map(|edge| edge as f32);
            // SAFETY: the lengths are those that the buffers were made with.
            let (views_arg, numbers_arg, volume_arg) = unsafe {
                (
                    BufferArg::from_raw_parts(uploaded.clone(), values.len()),
                    BufferArg::from_raw_parts(numbers_uploaded.clone(), locators.len() * PARAMETERS),
                    BufferArg::from_raw_parts(part.values.clone(), part.lines * across * depth as usize),
                )
            };
            backproject::launch(
                client,
                cubes,
                CubeDim::new_2d(shape.along_z, shape.along_x),
                views_arg,
                numbers_arg,
                volume_arg,
                PlacesLaunch::new(x_mm as f32, y_mm as f32, z_mm as f32, dx_mm, dy_mm, dz_mm),
                SizesLaunch::new(
                    locators.len() as u32,
                    views.columns() as u32,
                    views.stride() as u32,
                    views.rows() as u32 + 2,
                ),
                across as u32,
                depth,
                factor,
                u32::from(part.is_written),
                kind,
                shape.voxels_each,
            );
            part.is_written = true;
        }
    }

    fn wait(&mut self) -> Result<(), TomoError> {
        self.pending = 0;
        let volumes = self.parts.iter().map(|part| &part.values);
        cubecl::future::block_on(self.adapter.client().sync_buffers(volumes)).map_err(|e| self.failed(&e))
    }

    fn failed(&self, error: &ServerError) -> TomoError {
        TomoError::Request(format!(
            "{} ({}): {error}; when its memory is full, reconstruct fewer slices at a time",
            self.adapter.device(),
            self.adapter.name()
        ))
    }

    /// The volume, read back.
    ///
    /// # Errors
    /// [`TomoError::Request`] with what the device said.
    pub fn finish(self) -> Result<Volume, TomoError> {
        let mut volume = Volume::zeros(self.grid);
        let [nx, ny, _] = self.grid.voxels;
        let depth = self.shape.depth() as usize;
        for part in self.parts.iter().filter(|part| part.is_written) {
            let bytes = self.adapter.client().read_one(part.values.clone()).map_err(|e| self.failed(&e))?;
            let columns = f32::from_bytes(&bytes);
            // Slices of this part's lines, a few at a time: what is read from a column fills a cache line.
            volume.values_mut().par_chunks_mut(SLICES * nx * ny).enumerate().for_each(|(block, slices)| {
                let place = part.first_y * nx;
                for (index, column) in columns.chunks_exact(depth).enumerate() {
                    let values = &column[block * SLICES..];
                    for (slice, value) in slices.chunks_exact_mut(nx * ny).zip(values) {
                        slice[place + index] = *value;
                    }
                }
            });
        }
        Ok(volume)
    }
}

/// Slices that are turned together.
const SLICES: usize = 16;
