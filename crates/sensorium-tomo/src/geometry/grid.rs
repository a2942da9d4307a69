//! The grid of voxels that is reconstructed.

use super::LENGTHS_MM;
use crate::TomoError;
use serde::{Deserialize, Serialize};

/// A box of voxels; values are stored `[z, y, x]`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VolumeGrid {
    /// Voxels along x, y, z.
    pub voxels: [usize; 3],
    /// Edge lengths of a voxel along x, y, z.
    pub voxel_mm: [f64; 3],
    /// Position of the box's middle; the rotation axis is x = y = 0.
    #[serde(default)]
    pub centre_mm: [f64; 3],
}

/// More voxels than any memory-mapped file may have here: 2⁴⁰, 4 TiB of f32.
const MOST_VOXELS: u128 = 1 << 40;

impl VolumeGrid {
    /// A box around the origin.
    ///
    /// # Errors
    /// [`TomoError::Request`] for no voxels, too many of them, or edges that are not positive.
    pub fn centred(voxels: [usize; 3], voxel_mm: [f64; 3]) -> Result<Self, TomoError> {
        Self { voxels, voxel_mm, centre_mm: [0.0; 3] }.checked()
    }

    /// The same box elsewhere.
    ///
    /// # Errors
    /// [`TomoError::Request`] for a position that is not finite.
    pub fn at(mut self, centre_mm: [f64; 3]) -> Result<Self, TomoError> {
        self.centre_mm = centre_mm;
        self.checked()
    }

    /// This grid, when it makes sense; for grids that were read.
    ///
    /// # Errors
    /// Those of [`VolumeGrid::centred`] and [`VolumeGrid::at`].
    pub fn checked(self) -> Result<Self, TomoError> {
        let count: u128 = self.voxels.iter().map(|n| *n as u128).product();
        if count == 0 || count > MOST_VOXELS {
            return Err(TomoError::Request(format!(
                "the volume has {} x {} x {} voxels; each must be above 0 and the product at most 2^40",
                self.voxels[0], self.voxels[1], self.voxels[2]
            )));
        }
        if let Some(bad) = self.voxel_mm.iter().find(|e| e.is_nan() || **e <= 0.0) {
            return Err(TomoError::Request(format!("a voxel's edge is {bad} mm; it must be above 0")));
        }
        if let Some(bad) = self.voxel_mm.iter().find(|e| !LENGTHS_MM.contains(*e)) {
            return Err(TomoError::Request(format!(
                "a voxel's edge is {bad} mm; no scan resolves or sees that"
            )));
        }
        if self.centre_mm.iter().any(|c| c.is_nan() || c.abs() > *LENGTHS_MM.end()) {
            return Err(TomoError::Request(
                "the volume's centre_mm must be three numbers, up to 1e9 mm".into(),
            ));
        }
        Ok(self)
    }

    /// Number of voxels.
    pub fn len(&self) -> usize {
        self.voxels.iter().product()
    }

    /// Never: a grid has voxels.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Voxels of a slice, x × y.
    pub fn slice_len(&self) -> usize {
        self.voxels[0] * self.voxels[1]
    }

    /// Position of a voxel's centre along an axis (0 = x, 1 = y, 2 = z).
    pub fn position_mm(&self, axis: usize, index: f64) -> f64 {
        self.centre_mm[axis] + (index - 0.5 * (self.voxels[axis] as f64 - 1.0)) * self.voxel_mm[axis]
    }

    /// The slices `first..first + count` as a grid of its own.
    ///
    /// # Errors
    /// [`TomoError::Request`] for slices beyond the grid.
    pub fn slab(&self, first: usize, count: usize) -> Result<Self, TomoError> {
        if count == 0 || first + count > self.voxels[2] {
            return Err(TomoError::Request(format!(
                "slices {first} to {} are not within the {} of the volume",
                first + count,
                self.voxels[2]
            )));
        }
        let mut slab = *self;
        slab.voxels[2] = count;
        slab.centre_mm[2] = self.position_mm(2, first as f64 + 0.5 * (count as f64 - 1.0));
        Ok(slab)
    }

    /// Distance of the farthest corner from the rotation axis.
    pub fn radius_mm(&self) -> f64 {
        let reach =
            |axis: usize| self.centre_mm[axis].abs() + 0.5 * self.voxels[axis] as f64 * self.voxel_mm[axis];
        reach(0).hypot(reach(1))
    }
}
