//! The volume while it is worked on: tiles of columns.

use crate::{Volume, VolumeGrid};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// How the work is cut so that it stays in the caches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockShape {
    /// Columns of the volume along x and along y that a thread works on at a time.
    pub tile: [usize; 2],
    /// Views that it takes through a tile before it goes on to the next views.
    pub views: usize,
}

impl Default for BlockShape {
    fn default() -> Self {
        Self { tile: [16, 8], views: 8 }
    }
}

/// A volume in tiles, `[tile, y, x, z]`: the voxels of a column are neighbours, and so are the columns of a
/// tile. Tiles at the far edges are cut short.
pub(crate) struct TiledVolume {
    grid: VolumeGrid,
    tiles: Vec<Tile>,
}

/// Some neighbouring columns.
pub(crate) struct Tile {
    pub(crate) first: [usize; 2],
    pub(crate) size: [usize; 2],
    /// `[y, x, z]`.
    pub(crate) values: Vec<f32>,
}

impl TiledVolume {
    pub(crate) fn zeros(grid: VolumeGrid, tile: [usize; 2]) -> Self {
        let tile = [tile[0].clamp(1, grid.voxels[0]), tile[1].clamp(1, grid.voxels[1])];
        let counts = [grid.voxels[0].div_ceil(tile[0]), grid.voxels[1].div_ceil(tile[1])];
        let tiles = (0..counts[0] * counts[1])
            .map(|i| {
                let first = [i % counts[0] * tile[0], i / counts[0] * tile[1]];
                let size = [0, 1].map(|axis| tile[axis].min(grid.voxels[axis] - first[axis]));
                Tile { first, size, values: vec![0.0; size[0] * size[1] * grid.voxels[2]] }
            })
            .collect();
        Self { grid, tiles }
    }

    pub(crate) fn tiles_mut(&mut self) -> &mut [Tile] {
        &mut self.tiles
    }

    /// The values as a volume.
    pub(crate) fn to_volume(&self) -> Volume {
        let depth = self.grid.voxels[2];
        let mut volume = Volume::zeros(self.grid);
        let [nx, ny, nz] = self.grid.voxels;
        // Some slices at a time: what is read from a column fills a cache line.
        volume.values_mut().par_chunks_mut(SLICES * nx * ny).enumerate().for_each(|(part, slices)| {
            let first = part * SLICES;
            let count = SLICES.min(nz - first);
            for tile in &self.tiles {
                for (column, values) in tile.values.chunks_exact(depth).enumerate() {
                    let (x, y) =
                        (tile.first[0] + column % tile.size[0], tile.first[1] + column / tile.size[0]);
                    for (slice, value) in values[first..first + count].iter().enumerate() {
                        slices[slice * nx * ny + y * nx + x] = *value;
                    }
                }
            }
        });
        volume
    }
}

/// Slices that are turned together.
const SLICES: usize = 16;
