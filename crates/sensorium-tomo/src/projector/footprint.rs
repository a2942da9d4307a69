//! The shadow of a column of voxels on the detector.

use crate::VolumeGrid;
use crate::geometry::{Locator, Ray};

/// Shadows in one view.
pub(crate) struct Footprints {
    locator: Locator,
    edge_mm: [f64; 3],
    bottom_mm: f64,
}

/// Where the shadow of a column begins and how its rows run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shadow {
    /// The first column of the detector that it meets.
    pub(crate) first_column: usize,
    /// Rows from the detector's lower edge to the lower face of the lowest voxel.
    pub(crate) start: f64,
    /// Rows from one face to the next.
    pub(crate) step: f64,
}

impl Footprints {
    pub(crate) fn new(locator: Locator, grid: &VolumeGrid) -> Self {
        Self { locator, edge_mm: grid.voxel_mm, bottom_mm: grid.position_mm(2, -0.5) }
    }

    /// The shadow of the column around (x, y) on a detector of so many columns: the mean length, in mm, of
    /// the rays of each detector column within it goes to `lengths`, from the first column met on. `None`
    /// when it meets no column.
    #[inline]
    pub(crate) fn shadow(
        &self,
        x_mm: f64,
        y_mm: f64,
        columns: usize,
        lengths: &mut Vec<f32>,
    ) -> Option<Shadow> {
        let middle = self.locator.locate(x_mm, y_mm)?;
        let (dx, dy) = (0.5 * self.edge_mm[0], 0.5 * self.edge_mm[1]);
        let corner = |x: f64, y: f64| self.locator.locate(x, y).map(|ray: Ray| ray.column + 0.5);
        let mut corners = [
            corner(x_mm - dx, y_mm - dy)?,
            corner(x_mm + dx, y_mm - dy)?,
            corner(x_mm - dx, y_mm + dy)?,
            corner(x_mm + dx, y_mm + dy)?,
        ];
        sort(&mut corners);
        if corners[3] <= 0.0 || corners[0] >= columns as f64 {
            return None;
        }
        let first = corners[0].max(0.0) as usize;
        let end = (corners[3].ceil() as usize).min(columns);
        let trapezoid = Trapezoid::new(corners, self.chord_mm(x_mm, y_mm));
        lengths.clear();
        let mut before = trapezoid.integral(first as f64);
        for column in first..end {
            let after = trapezoid.integral(column as f64 + 1.0);
            lengths.push((after - before) as f32);
            before = after;
        }
        Some(Shadow {
            first_column: first,
            start: middle.row_at_zero + middle.rows_per_mm * self.bottom_mm + 0.5,
            step: middle.rows_per_mm * self.edge_mm[2],
        })
    }

    /// The longest way through a voxel in the plane, along the ray through its middle.
    fn chord_mm(&self, x_mm: f64, y_mm: f64) -> f64 {
        let [along_x, along_y] = self.locator.direction(x_mm, y_mm);
        (self.edge_mm[0] / along_x.abs()).min(self.edge_mm[1] / along_y.abs())
    }
}

/// Rises from the first to the second corner, is flat to the third and falls to the fourth.
struct Trapezoid {
    corners: [f64; 4],
    height: f64,
    /// Half the slope over the rise and over the fall.
    half_slopes: [f64; 2],
}

impl Trapezoid {
    fn new(corners: [f64; 4], height: f64) -> Self {
        let half_slope = |width: f64| if width > 1e-9 { 0.5 * height / width } else { 0.0 };
        let half_slopes = [half_slope(corners[1] - corners[0]), half_slope(corners[3] - corners[2])];
        Self { corners, height, half_slopes }
    }

    /// The integral up to u.
    #[inline]
    fn integral(&self, u: f64) -> f64 {
        let [a, b, c, d] = self.corners;
        let rise = u.clamp(a, b) - a;
        let flat = u.clamp(b, c) - b;
        let fall = u.clamp(c, d);
        let missing = d - fall;
        rise * rise * self.half_slopes[0]
            + self.height * flat
            + ((d - c) * (d - c) - missing * missing) * self.half_slopes[1]
    }
}

#[inline]
fn sort(v: &mut [f64; 4]) {
    for (a, b) in [(0, 1), (2, 3), (0, 2), (1, 3), (1, 2)] {
        if v[a] > v[b] {
            v.swap(a, b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Beam, Detector, DetectorShape, Geometry, Tilt};

    #[test]
    fn a_parallel_shadow_holds_the_area_of_the_voxel() {
        let detector = Detector {
            shape: DetectorShape::Flat,
            columns: 40,
            rows: 1,
            column_pitch_mm: 0.25,
            row_pitch_mm: 1.0,
            column_offset_mm: 0.1,
            row_offset_mm: 0.0,
            tilt: Tilt::default(),
        };
        let geometry = Geometry::new(Beam::Parallel, detector, vec![0.0, 17.0, 45.0, 90.0, 133.0]).unwrap();
        let grid = VolumeGrid::centred([3, 3, 1], [1.0, 0.5, 1.0]).unwrap();
        for view in 0..geometry.views() {
            let footprints = Footprints::new(Locator::new(&geometry, view), &grid);
            let mut lengths = Vec::new();
            footprints.shadow(0.3, -0.2, 40, &mut lengths).unwrap();
            let area = lengths.iter().sum::<f32>() * 0.25;
            assert!((area - 0.5).abs() < 1e-5, "view {view}: {area}");
        }
    }
}
