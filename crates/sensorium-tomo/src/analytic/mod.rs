//! Filtered back-projection: FBP for parallel and fan beams, FDK for cones; in memory, in slabs through a
//! file, and live.

mod live;
mod pipeline;
mod slab;

pub use live::{LiveScan, LiveUpdate};
pub use slab::{Slab, SlabPlan, rows_of_slab};

use crate::filter::Window;
use crate::io::ProjectionSource;
use crate::kernel::{BlockShape, Isa};
use crate::{Geometry, Projections, TomoError, Volume, VolumeGrid};
use std::ops::Range;

/// Settings of [`fdk`].
#[derive(Clone, Debug)]
pub struct FdkOptions {
    /// What the ramp is damped with. Default: nothing.
    pub window: Window,
    /// How the work is cut. Default: tiles of 16 × 8 columns, 8 views; see [`crate::kernel::tuned`].
    pub blocks: BlockShape,
    /// The kernels to use. Default: the fastest.
    pub isa: Isa,
    /// Views that are read and filtered at a time, while those before are back-projected. Default: 32.
    pub batch: usize,
    /// Whether rows that end within the object are continued smoothly, so that a truncated scan has no bright
    /// rim. Default: no.
    pub extend_truncated: bool,
}

impl Default for FdkOptions {
    fn default() -> Self {
        Self {
            window: Window::default(),
            blocks: BlockShape::default(),
            isa: Isa::best(),
            batch: 32,
            extend_truncated: false,
        }
    }
}

/// What is done to projections between the file and the filter.
pub trait Correction: Sync {
    /// Corrects some views; `rows` are the rows of the detector that `projections` holds.
    ///
    /// # Errors
    /// When the values cannot be corrected.
    fn correct(
        &self,
        projections: &mut Projections,
        views: Range<usize>,
        rows: Range<usize>,
    ) -> Result<(), TomoError>;

    /// Whether it must see all views at once, as the removal of rings does.
    fn needs_all_views(&self) -> bool {
        false
    }
}

/// Nothing is done.
impl Correction for () {
    fn correct(&self, _: &mut Projections, _: Range<usize>, _: Range<usize>) -> Result<(), TomoError> {
        Ok(())
    }
}

/// Is told how many voxel updates of how many are done; `false` stops the reconstruction.
pub type Tick<'a> = &'a (dyn Fn(u64, u64) -> bool + Sync);

/// Reconstructs a volume, in 1/mm, from line integrals in memory.
///
/// # Errors
/// [`TomoError::Projections`] for sizes that are not the geometry's and for values that are no numbers;
/// [`TomoError::Geometry`] when no ray meets the volume, it reaches the source, the detector is tilted or the
/// scan is a helix.
pub fn fdk(
    geometry: &Geometry,
    projections: &Projections,
    grid: VolumeGrid,
    options: &FdkOptions,
) -> Result<Volume, TomoError> {
    fdk_from(geometry, projections, &(), grid, options, &|_, _| true)
}

/// Reconstructs a volume, in 1/mm, from projections wherever they are.
///
/// # Errors
/// Those of [`fdk`], of reading and of correcting; [`TomoError::Stopped`] when `tick` stops it.
pub fn fdk_from(
    geometry: &Geometry,
    source: &dyn ProjectionSource,
    correction: &dyn Correction,
    grid: VolumeGrid,
    options: &FdkOptions,
    tick: Tick,
) -> Result<Volume, TomoError> {
    crate::stack::check_sizes(geometry, source.views(), source.rows(), source.columns())?;
    geometry.coverage(&grid)?;
    let rows = rows_of_slab(geometry, &grid);
    pipeline::reconstruct(geometry, source, correction, grid, rows, options, tick)
}
