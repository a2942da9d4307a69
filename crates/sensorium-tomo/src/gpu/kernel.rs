//! The kernel: voxel-driven back-projection with bilinear interpolation, as [`crate::kernel`] does it.
//!
//! A cube's first dimension runs along z, so neighbouring threads read neighbouring rows of the same two
//! columns of a projection, and write neighbouring voxels. A thread works on [`Shape::voxels_each`] voxels of
//! one column, a row of threads apart: the place on the detector is worked out once for them all.
//!
//! # Precision
//! Everything is f32. Places on the detector are counted from its middle, and their whole part is split off
//! before the middle is added again, so that on a detector of 2048 columns a place is wrong by about 2⁻¹³ of
//! a column; the CPU's f64 has no such error. What is constant in a view is worked out in f64.

// What the macros write needs it; nothing here is unsafe.
#![allow(unsafe_code)]

use crate::filter::FilteredViews;
use crate::geometry::{Kind, Locator};
use cubecl::prelude::*;
use std::f32::consts::{FRAC_PI_2, FRAC_PI_4};

/// Numbers that the kernel takes for each view.
pub(super) const PARAMETERS: usize = 8;

/// Where the voxels of a part of the volume are: position = first + index · step, along each axis.
#[derive(CubeLaunch, CubeType)]
pub(super) struct Places {
    x_mm: f32,
    y_mm: f32,
    z_mm: f32,
    dx_mm: f32,
    dy_mm: f32,
    dz_mm: f32,
}

/// The sizes of the filtered views.
#[derive(CubeLaunch, CubeType)]
pub(super) struct Sizes {
    views: u32,
    columns: u32,
    stride: u32,
    /// Entries of a column that count: the rows and a zero on both sides.
    entries: u32,
}

/// Adds views, `[view, column, stride]`, to a part of the volume, `[y, x, z]`; with `keep` = 0 the volume's
/// values are replaced.
#[cube(launch)]
#[allow(clippy::too_many_arguments)]
pub(super) fn backproject(
    views: &[f32],
    parameters: &[f32],
    volume: &mut [f32],
    places: Places,
    sizes: Sizes,
    across: u32,
    depth: u32,
    factor: f32,
    keep: u32,
    #[comptime] kind: Kind,
    #[comptime] voxels_each: u32,
) {
    let x = CUBE_POS_Y * CUBE_DIM_Y + UNIT_POS_Y;
    let first_z = CUBE_POS_X * CUBE_DIM_X * voxels_each + UNIT_POS_X;
    if x >= across {
        terminate!();
    }
    let x_mm = places.x_mm + f32::cast_from(x) * places.dx_mm;
    let y_mm = places.y_mm + f32::cast_from(CUBE_POS_Z) * places.dy_mm;
    let z_mm = places.z_mm + f32::cast_from(first_z) * places.dz_mm;
    let apart_mm = f32::cast_from(CUBE_DIM_X) * places.dz_mm;

    let columns = f32::cast_from(sizes.columns);
    let middle_column = f32::cast_from(sizes.columns / 2);
    let middle_entry = f32::cast_from(sizes.entries / 2);
    let last_entry = f32::cast_from(sizes.entries - 1) - middle_entry;
    let mut sums = Array::<f32>::new(voxels_each as usize);

    for view in 0..sizes.views {
        let p = view as usize * PARAMETERS;
        let (cos, sin) = (parameters[p], parameters[p + 1]);
        let axis_distance = parameters[p + 2];
        let across_view = x_mm * cos + y_mm * sin;
        let along = axis_distance - x_mm * sin + y_mm * cos;

        // `geometry::Locator::locate`, with `inverse` for what it divides by.
        let mut along_detector = across_view;
        let mut inverse = 1.0f32;
        if comptime!(matches!(kind, Kind::Flat { .. })) {
            inverse = 1.0f32 / along;
            along_detector = across_view * inverse;
        }
        if comptime!(matches!(kind, Kind::Curved { .. })) {
            inverse = 1.0f32 / (across_view * across_view + along * along).sqrt();
            along_detector = arctangent(across_view / along);
        }
        let mut closeness = 1.0f32;
        if comptime!(kind != Kind::Parallel) {
            closeness = axis_distance * inverse;
        }
        let mut entries_per_mm = parameters[p + 5];
        if comptime!(kind == Kind::Flat { fan: false } || kind == Kind::Curved { fan: false }) {
            entries_per_mm *= inverse;
        }

        let column = parameters[p + 4] + along_detector * parameters[p + 3];
        let floor = column.floor();
        let part = column - floor;
        let floor = floor + middle_column;
        // Threads along z agree: they share the column.
        if floor >= -1.0f32 && floor < columns {
            let weight = factor * closeness * closeness;
            let left = select(floor < 0.0f32, 0.0f32, weight * (1.0f32 - part));
            let right = select(floor + 1.0f32 >= columns, 0.0f32, weight * part);
            let low = u32::cast_from(max(floor, 0.0f32));
            let high = u32::cast_from(min(floor + 1.0f32, columns - 1.0f32));
            let low = ((view * sizes.columns + low) * sizes.stride) as usize;
            let high = ((view * sizes.columns + high) * sizes.stride) as usize;

            let start = parameters[p + 6] + (z_mm - parameters[p + 7]) * entries_per_mm;
            let step = apart_mm * entries_per_mm;
            #[unroll]
            for k in 0..voxels_each {
                let entry = start + f32::cast_from(k) * step;
                // Both ends are zeros, so places beyond them count nothing.
                let entry = clamp(entry, -middle_entry, last_entry);
                let floor = min(entry.floor(), last_entry - 1.0f32);
                let part = entry - floor;
                let row = u32::cast_from(floor + middle_entry) as usize;
                let before = left * views[low + row] + right * views[high + row];
                let after = left * views[low + row + 1] + right * views[high + row + 1];
                sums[k as usize] += before + part * (after - before);
            }
        }
    }

    let column = ((CUBE_POS_Z * across + x) * depth + first_z) as usize;
    #[unroll]
    for k in 0..voxels_each {
        let at = column + (k * CUBE_DIM_X) as usize;
        let mut sum = sums[k as usize];
        if keep != 0 {
            sum += volume[at];
        }
        volume[at] = sum;
    }
}

/// The arctangent to 2⁻²³: Vulkan's own may be wrong by 4096 units in the last place, and some drivers' is.
///
/// S. L. Moshier's `atanf` (Cephes Mathematical Library, 1992).
#[cube]
fn arctangent(ratio: f32) -> f32 {
    let size = ratio.abs();
    // tan(3π/8) and tan(π/8).
    let steep = size > 2.414_213_5f32;
    let middling = size > 0.414_213_57f32;
    let base = select(steep, FRAC_PI_2, select(middling, FRAC_PI_4, 0.0f32));
    let rest = select(steep, -1.0f32 / size, select(middling, (size - 1.0f32) / (size + 1.0f32), size));
    let square = rest * rest;
    let series = 8.053_744_6e-2f32 * square - 1.387_768_5e-1f32;
    let series = series * square + 1.997_771e-1f32;
    let series = series * square - 3.333_295e-1f32;
    let angle = base + (series * square * rest + rest);
    select(ratio < 0.0f32, -angle, angle)
}

/// The numbers of some views, counted from the middle of what is held of the detector.
pub(super) fn parameters(locators: &[Locator], views: &FilteredViews) -> Vec<f32> {
    let middle_column = (views.columns() / 2) as f64;
    // The first entry of a column is the zero before the first row held.
    let middle_entry = ((views.rows() + 2) / 2) as f64 + views.first_row() as f64 - 1.0;
    let of_view = |locator: &Locator| {
        let mut numbers = locator.parameters();
        numbers[4] -= middle_column;
        numbers[6] -= middle_entry;
        numbers.map(|n| n as f32)
    };
    locators.iter().flat_map(of_view).collect()
}

/// How threads are laid over a column of the volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// Threads of a cube along z.
    pub(super) along_z: u32,
    /// Threads of a cube along x.
    pub(super) along_x: u32,
    /// Voxels that each thread works on.
    pub(super) voxels_each: u32,
    /// Cubes along z.
    pub(super) cubes: u32,
}

impl Shape {
    /// For columns of `slices` voxels, with up to `units` threads in a cube.
    pub(super) fn new(slices: u32, units: u32) -> Self {
        const ROW: u32 = 32;
        const MOST_VOXELS: u32 = 8;
        let units = units.clamp(ROW, 256);
        let along_z = slices.next_power_of_two().min(ROW);
        let cubes = slices.div_ceil(along_z * MOST_VOXELS);
        let voxels_each = slices.div_ceil(along_z * cubes);
        Self { along_z, along_x: units / along_z, voxels_each, cubes }
    }

    /// Voxels of a column on the device: a few more than the volume's, so that no thread has to stop.
    pub(super) fn depth(&self) -> u32 {
        self.along_z * self.voxels_each * self.cubes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_cover_every_slice_and_little_more() {
        for slices in 1..1200 {
            let shape = Shape::new(slices, 256);
            assert!(shape.depth() >= slices, "{slices}: {shape:?}");
            assert!(shape.depth() - slices < shape.along_z * shape.cubes, "{slices}: {shape:?}");
            assert!(shape.voxels_each <= 8 && shape.along_x * shape.along_z == 256, "{slices}: {shape:?}");
        }
    }
}
