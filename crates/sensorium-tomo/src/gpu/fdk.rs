//! Filtered back-projection with the second half on a device.

use super::{GpuBackprojector, GpuDevice};
use crate::filter::ViewFilter;
use crate::{FdkOptions, Geometry, Projections, TomoError, Volume, VolumeGrid};

/// Reconstructs a volume as [`crate::fdk`] does, with the back-projection on a device.
///
/// Filtering stays on the CPU and goes on while the device works on the views before. Of the options, those
/// for the CPU's kernels (`blocks`, `isa`) are not used.
///
/// # Errors
/// [`TomoError::Request`] when the device does not open or fails; otherwise those of [`crate::fdk`].
pub fn fdk_on(
    device: GpuDevice,
    geometry: &Geometry,
    projections: &Projections,
    grid: VolumeGrid,
    options: &FdkOptions,
) -> Result<Volume, TomoError> {
    projections.check(geometry)?;
    let filter = ViewFilter::new(geometry, options.window)?.extending(options.extend_truncated);
    let mut backprojector = GpuBackprojector::new(geometry, grid, &device.open()?)?;
    let size = projections.rows() * projections.columns();
    let batch = options.batch.max(1);
    for (part, values) in projections.values().chunks(batch * size).enumerate() {
        let views = filter.apply(values, part * batch, 0..projections.rows())?;
        backprojector.add(&views, part * batch, 1.0)?;
    }
    backprojector.finish()
}
