//! The volume that is asked for.

use super::{counts, triple};
use crate::session::Session;
use anyhow::Result;
use clap::Args;
use sensorium::tomo::{Geometry, VolumeGrid};

/// Options for the volume's grid.
#[derive(Debug, Args)]
#[command(next_help_heading = "Volume")]
pub struct Grid {
    /// Voxels: N or NX,NY,NZ [default: as many as the detector resolves over the field of view]
    #[arg(long, value_name = "N", value_parser = counts)]
    voxels: Option<[usize; 3]>,
    /// Edges of a voxel: S or SX,SY,SZ [default: a column's pitch at the axis]
    #[arg(long, value_name = "MM", value_parser = triple)]
    voxel_mm: Option<[f64; 3]>,
    /// Middle of the volume; the axis is x = y = 0. With --voxels this is a region of interest
    #[arg(long, value_name = "X,Y,Z", value_parser = triple, allow_hyphen_values = true)]
    centre_mm: Option<[f64; 3]>,
}

impl Grid {
    /// The grid for a scan, and what the user should know about it.
    ///
    /// # Errors
    /// A grid that makes no sense, or that no ray meets.
    pub fn resolve(&self, session: &Session, geometry: &Geometry) -> Result<VolumeGrid> {
        let grid = match (self.voxels, self.voxel_mm) {
            (None, None) => geometry.default_grid()?,
            // All that there is to say: nothing depends on the field of view.
            (Some(voxels), Some(voxel_mm)) if self.centre_mm.is_some() => {
                VolumeGrid::centred(voxels, voxel_mm)?
            }
            (voxels, voxel_mm) => {
                let standard = geometry.default_grid()?;
                let edges = voxel_mm.unwrap_or(standard.voxel_mm);
                let voxels = voxels.unwrap_or_else(|| {
                    // The same box in other voxels.
                    std::array::from_fn(|a| {
                        let length = standard.voxels[a] as f64 * standard.voxel_mm[a];
                        ((length / edges[a]).round() as usize).max(1)
                    })
                });
                VolumeGrid::centred(voxels, edges)?.at(standard.centre_mm)?
            }
        };
        let grid = self.centre_mm.map_or(Ok(grid), |centre| grid.at(centre))?;
        let coverage = geometry.coverage(&grid)?;
        if coverage.seen < 1.0 {
            session.warn(format!(
                "only {:.0} % of the volume's columns are on the detector in some view; the others stay empty",
                100.0 * coverage.seen
            ));
        }
        Ok(grid)
    }
}
