//! Back-projection in double precision, written out: what the kernels are held against.

use crate::filter::FilteredViews;
use crate::geometry::Locator;
use crate::{Geometry, VolumeGrid};
use rayon::prelude::*;

/// Back-projects filtered views of a scan, voxel by voxel, with bilinear interpolation in f64; `[z, y, x]`.
///
/// Slow: for tests and figures of precision.
pub fn backproject_reference(geometry: &Geometry, grid: &VolumeGrid, views: &FilteredViews) -> Vec<f64> {
    let locators: Vec<Locator> = (0..views.views()).map(|view| Locator::new(geometry, view)).collect();
    let [nx, ny, _] = grid.voxels;
    let pixel = |view: usize, column: f64, row: f64| {
        let inside =
            (0.0..views.columns() as f64).contains(&column) && (-1.0..=views.rows() as f64).contains(&row);
        if inside { f64::from(views.column(view, column as usize)[(row + 1.0) as usize]) } else { 0.0 }
    };
    let voxel = |index: usize| {
        let x_mm = grid.position_mm(0, (index % nx) as f64);
        let y_mm = grid.position_mm(1, (index / nx % ny) as f64);
        let z_mm = grid.position_mm(2, (index / (nx * ny)) as f64);
        let mut sum = 0.0;
        for (view, locator) in locators.iter().enumerate() {
            let Some(ray) = locator.locate(x_mm, y_mm) else { continue };
            let row = ray.row_at_zero + ray.rows_per_mm * z_mm - views.first_row() as f64;
            let (left, low) = (ray.column.floor(), row.floor());
            let (along, up) = (ray.column - left, row - low);
            let below = (1.0 - along) * pixel(view, left, low) + along * pixel(view, left + 1.0, low);
            let above =
                (1.0 - along) * pixel(view, left, low + 1.0) + along * pixel(view, left + 1.0, low + 1.0);
            sum += ray.closeness * ray.closeness * ((1.0 - up) * below + up * above);
        }
        sum
    };
    (0..grid.len()).into_par_iter().map(voxel).collect()
}
