//! Whether the detector sees what is to be reconstructed.

use super::{DetectorShape, Geometry, Locator, VolumeGrid};
use crate::TomoError;

/// What the detector sees of a volume.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coverage {
    /// Radius around the axis that every view sees: the field of view. Wider objects are truncated.
    pub field_of_view_mm: f64,
    /// Share of the volume's columns (x, y) that some view projects onto the detector.
    pub seen: f64,
}

impl Geometry {
    /// What the detector sees of a volume.
    ///
    /// # Errors
    /// [`TomoError::Geometry`] when no voxel is seen by any view, or when the volume reaches the source.
    pub fn coverage(&self, grid: &VolumeGrid) -> Result<Coverage, TomoError> {
        if let Some(distances) = self.distances()
            && grid.radius_mm() >= distances.source_to_axis_mm
        {
            return Err(TomoError::Geometry(format!(
                "the volume reaches {:.1} mm from the axis, where the source is ({} mm): make it smaller",
                grid.radius_mm(),
                distances.source_to_axis_mm
            )));
        }
        let seen = self.seen_share(grid);
        if seen == 0.0 {
            let d = self.detector();
            return Err(TomoError::Geometry(format!(
                "no ray meets the volume: its middle is at {:?} mm, and the detector's at u = {} mm, v = {} mm; \
                 check centre_mm, voxel_mm and the detector's offsets",
                grid.centre_mm, d.column_offset_mm, d.row_offset_mm
            )));
        }
        Ok(Coverage { field_of_view_mm: self.field_of_view_mm(), seen })
    }

    /// Radius around the axis that every view sees whole; 0 when the axis itself is off the detector.
    pub fn field_of_view_mm(&self) -> f64 {
        let d = self.detector();
        let half = 0.5 * d.columns as f64 * d.column_pitch_mm;
        let edge = (half - d.column_offset_mm.abs()).max(0.0);
        match self.distances() {
            None => edge,
            Some(distances) => {
                let ratio = edge / distances.source_to_detector_mm;
                let angle = if d.shape == DetectorShape::Curved { ratio } else { ratio.atan() };
                distances.source_to_axis_mm * angle.sin()
            }
        }
    }

    /// A cubic-voxel grid over the field of view: as many voxels as columns, slices for all rows.
    ///
    /// # Errors
    /// [`TomoError::Geometry`] when the axis is off the detector, so that nothing is seen from all sides.
    pub fn default_grid(&self) -> Result<VolumeGrid, TomoError> {
        let radius = self.field_of_view_mm();
        if radius <= 0.0 {
            return Err(TomoError::Geometry(
                "the rotation axis is off the detector; check column_offset_mm, or give the volume yourself"
                    .into(),
            ));
        }
        let d = self.detector();
        let voxel = self.column_pitch_at_axis_mm();
        let across = ((2.0 * radius / voxel).floor() as usize).max(1);
        let height = d.rows as f64 * self.row_pitch_at_axis_mm();
        let travel =
            self.pitch_mm_per_turn().abs() * (self.angle_range_deg().1 - self.angle_range_deg().0) / 360.0;
        let slices = (((height + travel) / voxel).floor() as usize).max(1);
        let z = d.row_offset_mm / (d.row_pitch_mm / self.row_pitch_at_axis_mm());
        let voxel_z = if d.rows == 1 { self.row_pitch_at_axis_mm() } else { voxel };
        VolumeGrid::centred([across, across, slices], [voxel, voxel, voxel_z])?.at([0.0, 0.0, z])
    }

    fn seen_share(&self, grid: &VolumeGrid) -> f64 {
        const PROBES: usize = 16;
        let place = |axis: usize, i: usize| {
            let last = grid.voxels[axis] as f64 - 1.0;
            grid.position_mm(axis, last * i as f64 / (PROBES - 1) as f64)
        };
        let (low, high) = (grid.position_mm(2, -0.5), grid.position_mm(2, grid.voxels[2] as f64 - 0.5));
        let d = self.detector();
        let stride = self.views().div_ceil(64);
        let locators: Vec<Locator> =
            (0..self.views()).step_by(stride).map(|v| Locator::new(self, v)).collect();
        let is_seen = |x: f64, y: f64| {
            locators.iter().filter_map(|l| l.locate(x, y)).any(|ray| {
                let (bottom, top) =
                    (ray.row_at_zero + ray.rows_per_mm * low, ray.row_at_zero + ray.rows_per_mm * high);
                (-0.5..=d.columns as f64 - 0.5).contains(&ray.column)
                    && top >= -0.5
                    && bottom <= d.rows as f64 - 0.5
            })
        };
        let hits =
            (0..PROBES * PROBES).filter(|i| is_seen(place(0, i % PROBES), place(1, i / PROBES))).count();
        hits as f64 / (PROBES * PROBES) as f64
    }
}
