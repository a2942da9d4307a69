//! A region of interest: what lies outside is projected and taken away.

use crate::kernel::Isa;
use crate::projector::{Projector, to_columns};
use crate::{Geometry, Projections, TomoError, Volume, VolumeGrid};

/// Projections of what lies within `region` alone: `whole`, a coarse reconstruction of everything, is
/// projected without the region and subtracted.
///
/// Source: A. Ziegler, T. Nielsen, M. Grass, "Iterative reconstruction of a region of interest for
/// transmission tomography", Med. Phys. 35 (2008).
///
/// # Errors
/// [`TomoError::Request`] when the region is not within the whole; those of [`Projector::new`].
pub fn outside_removed(
    geometry: &Geometry,
    projections: &Projections,
    whole: &Volume,
    region: &VolumeGrid,
    isa: Isa,
) -> Result<Projections, TomoError> {
    projections.check(geometry)?;
    let grid = *whole.grid();
    let mut range = [(0, 0); 3];
    for axis in 0..3 {
        let edge = |index: f64, g: &VolumeGrid| g.position_mm(axis, index);
        let (low, high) = (edge(-0.5, region), edge(region.voxels[axis] as f64 - 0.5, region));
        let first = edge(-0.5, &grid);
        let (from, to) = ((low - first) / grid.voxel_mm[axis], (high - first) / grid.voxel_mm[axis]);
        if from < -1e-6 || to > grid.voxels[axis] as f64 + 1e-6 {
            return Err(TomoError::Request(format!(
                "the region reaches from {low:.2} to {high:.2} mm along {}, beyond the whole volume",
                ["x", "y", "z"][axis]
            )));
        }
        // Only coarse voxels that lie wholly within the region are left to it.
        range[axis] = ((from - 1e-6).ceil().max(0.0) as usize, (to + 1e-6).floor() as usize);
    }
    let [nx, ny, _] = grid.voxels;
    let mut outside = whole.values().to_vec();
    for z in range[2].0..range[2].1 {
        for y in range[1].0..range[1].1 {
            let line = (z * ny + y) * nx;
            outside[line + range[0].0..(line + range[0].1).max(line + range[0].0)].fill(0.0);
        }
    }
    let projector = Projector::new(geometry, grid, isa)?;
    let views: Vec<usize> = (0..geometry.views()).collect();
    let cast = projector.forward(&to_columns(&outside, &grid), &views);
    let mut rest = projections.clone();
    rest.values_mut().iter_mut().zip(&cast).for_each(|(p, c)| *p -= c);
    Ok(rest)
}
