//! Total variation: its value, and the volume nearest to another with less of it.

use crate::VolumeGrid;
use rayon::prelude::*;

/// The isotropic total variation of a volume in columns `[y, x, z]`: the sum over the voxels of the length
/// of the vector of differences to the next voxel along x, y and z.
pub fn total_variation_of(volume: &[f32], grid: &VolumeGrid) -> f64 {
    let line = grid.voxels[0] * grid.voxels[2];
    let parts: Vec<f64> = (0..grid.voxels[1])
        .into_par_iter()
        .map(|y| {
            let mut sum = 0.0;
            for_differences(volume, grid, y, |_, d| {
                sum += f64::from(d.iter().map(|d| d * d).sum::<f32>().sqrt())
            });
            sum
        })
        .collect();
    debug_assert_eq!(line * grid.voxels[1], volume.len());
    parts.iter().sum()
}

/// The dual variables of a denoising, one vector a voxel; kept between calls they save iterations.
#[derive(Clone)]
pub struct Dual {
    p: [Vec<f32>; 3],
}

impl Dual {
    /// Zeros.
    pub fn zeros(grid: &VolumeGrid) -> Self {
        Self { p: [(); 3].map(|()| vec![0.0; grid.len()]) }
    }
}

/// The volume x, not below zero if `non_negative`, that minimises ½‖x − noisy‖² + weight · TV(x); both in
/// columns `[y, x, z]`. `dual` is where the search starts, and where it ended.
///
/// Source: A. Beck, M. Teboulle, "Fast gradient-based algorithms for constrained total variation image
/// denoising and deblurring problems", IEEE Trans. Image Process. 18 (2009), algorithm FGP.
pub fn denoise(
    noisy: &[f32],
    grid: &VolumeGrid,
    weight: f32,
    iterations: usize,
    non_negative: bool,
    dual: &mut Dual,
) -> Vec<f32> {
    let mut r = dual.clone();
    let mut x = vec![0.0f32; noisy.len()];
    let least = if non_negative { 0.0 } else { f32::NEG_INFINITY };
    if weight <= 0.0 {
        return noisy.iter().map(|v| v.max(least)).collect();
    }
    let mut t = 1.0f64;
    for _ in 0..iterations {
        primal(noisy, grid, weight, least, &r, &mut x);
        let t_next = 0.5 * (1.0 + (1.0 + 4.0 * t * t).sqrt());
        ascend(&x, grid, 1.0 / (12.0 * weight), ((t - 1.0) / t_next) as f32, dual, &mut r);
        t = t_next;
    }
    primal(noisy, grid, weight, least, dual, &mut x);
    x
}

/// x = max(least, noisy + weight · div p).
fn primal(noisy: &[f32], grid: &VolumeGrid, weight: f32, least: f32, dual: &Dual, x: &mut [f32]) {
    let [nx, _, nz] = grid.voxels;
    let line = nx * nz;
    let [px, py, pz] = &dual.p;
    x.par_chunks_mut(line).enumerate().for_each(|(y, out)| {
        let here = y * line..(y + 1) * line;
        let before = if y == 0 { &[][..] } else { &py[(y - 1) * line..y * line] };
        let (noisy, px, py, pz) = (&noisy[here.clone()], &px[here.clone()], &py[here.clone()], &pz[here]);
        for column in 0..nx {
            let at = column * nz..(column + 1) * nz;
            let out = &mut out[at.clone()];
            for (k, out) in out.iter_mut().enumerate() {
                let i = at.start + k;
                let mut divergence = px[i] + py[i] + pz[i];
                if column > 0 {
                    divergence -= px[i - nz];
                }
                if y > 0 {
                    divergence -= before[i];
                }
                if k > 0 {
                    divergence -= pz[i - 1];
                }
                *out = (noisy[i] + weight * divergence).max(least);
            }
        }
    });
}

/// p ← the unit balls' nearest to r + step · grad x; r ← p + momentum (p − p before).
fn ascend(x: &[f32], grid: &VolumeGrid, step: f32, momentum: f32, dual: &mut Dual, r: &mut Dual) {
    let line = grid.voxels[0] * grid.voxels[2];
    let [px, py, pz] = &mut dual.p;
    let [rx, ry, rz] = &mut r.p;
    (
        px.par_chunks_mut(line),
        py.par_chunks_mut(line),
        pz.par_chunks_mut(line),
        rx.par_chunks_mut(line),
        ry.par_chunks_mut(line),
        rz.par_chunks_mut(line),
    )
        .into_par_iter()
        .enumerate()
        .for_each(|(y, (px, py, pz, rx, ry, rz))| {
            for_differences(x, grid, y, |i, d| {
                let moved = [rx[i] + step * d[0], ry[i] + step * d[1], rz[i] + step * d[2]];
                let squares = moved.iter().map(|v| v * v).sum::<f32>();
                let shrink = if squares > 1.0 { squares.sqrt().recip() } else { 1.0 };
                let place = [(&mut px[i], &mut rx[i]), (&mut py[i], &mut ry[i]), (&mut pz[i], &mut rz[i])];
                for ((p, r), moved) in place.into_iter().zip(moved) {
                    let new = shrink * moved;
                    *r = new + momentum * (new - *p);
                    *p = new;
                }
            });
        });
}

/// Calls `f` with each voxel of a plane y (its place in the plane) and its differences to the next along x,
/// y and z, 0 at the far faces.
#[inline(always)]
fn for_differences(x: &[f32], grid: &VolumeGrid, y: usize, mut f: impl FnMut(usize, [f32; 3])) {
    let [nx, ny, nz] = grid.voxels;
    let line = nx * nz;
    let here = &x[y * line..(y + 1) * line];
    // At the far face a voxel is its own next one.
    let next = if y + 1 < ny { &x[(y + 1) * line..(y + 2) * line] } else { here };
    for column in 0..nx {
        let first = column * nz;
        let beside = if column + 1 < nx { first + nz } else { first };
        for k in 0..nz {
            let value = here[first + k];
            let above = if k + 1 < nz { here[first + k + 1] } else { value };
            f(first + k, [here[beside + k] - value, next[first + k] - value, above - value]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noisy(grid: &VolumeGrid) -> Vec<f32> {
        (0..grid.len())
            .map(|i| if i % grid.slice_len() > grid.slice_len() / 2 { 1.0 } else { 0.0 } + ((i * 7919) % 101) as f32 / 300.0)
            .collect()
    }

    fn objective(x: &[f32], noisy: &[f32], grid: &VolumeGrid, weight: f64) -> f64 {
        let squares: f64 = x.iter().zip(noisy).map(|(a, b)| f64::from(a - b).powi(2)).sum();
        0.5 * squares + weight * total_variation_of(x, grid)
    }

    #[test]
    fn the_result_is_a_minimum() {
        let grid = VolumeGrid::centred([6, 5, 4], [1.0; 3]).unwrap();
        let noisy = noisy(&grid);
        let x = denoise(&noisy, &grid, 0.2, 400, false, &mut Dual::zeros(&grid));
        let best = objective(&x, &noisy, &grid, 0.2);
        assert!(best < objective(&noisy, &noisy, &grid, 0.2));
        for i in 0..x.len() {
            for change in [-0.02f32, 0.02] {
                let mut other = x.clone();
                other[i] += change;
                assert!(objective(&other, &noisy, &grid, 0.2) > best - 1e-5, "voxel {i} by {change}");
            }
        }
    }

    #[test]
    fn a_large_weight_leaves_the_mean_and_no_weight_the_input() {
        let grid = VolumeGrid::centred([4, 4, 4], [1.0; 3]).unwrap();
        let noisy = noisy(&grid);
        let mean = noisy.iter().sum::<f32>() / noisy.len() as f32;
        let flat = denoise(&noisy, &grid, 50.0, 2000, false, &mut Dual::zeros(&grid));
        assert!(flat.iter().all(|v| (v - mean).abs() < 1e-2), "{flat:?} {mean}");
        assert_eq!(denoise(&noisy, &grid, 0.0, 5, false, &mut Dual::zeros(&grid)), noisy);
    }
}
